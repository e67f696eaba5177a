/*
 * This file is part of ffmpeg-e2ee.
 *
 * ffmpeg-e2ee is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ffmpeg-e2ee is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ffmpeg-e2ee; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * e2ee-meeting: the table of subcommands.
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>

#include "cmd.h"
#include "memory.h"
#include "report/log.h"
#include "versions.h"

static const struct {
    const char *name;
    int       (*run)(int argc, char **argv);
    const char *description;
} subcommands[] = {
    { "lint", cmd_lint, "say what receivers will choke on in a stream" },
    { "open", cmd_open, "open sealed recordings into one file that plays" },
    { "probe", cmd_probe, "find which key opens each stream, and how" },
    { "run", cmd_run, "hold a meeting with media files and compare what "
                      "everybody sees" },
    { "streams", cmd_streams, "list what recordings hold; needs no key" },
    { "summary", cmd_summary, "merge many reports into one" },
    { "validate", cmd_validate, "check scenarios without running them" },
    { "why", cmd_why, "tell what became of a frame" },
};

#define NB_SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static void print_usage(FILE *out)
{
    fprintf(out, "usage: e2ee-meeting <command> [options]\n\n");
    for (size_t i = 0; i < NB_SUBCOMMANDS; i++)
        fprintf(out, "  %-9s %s\n", subcommands[i].name,
                subcommands[i].description);
    fprintf(out, "  %-9s %s\n  %-9s %s\n\n", "--version", "print the versions",
            "--help", "print this text");
    fprintf(out, "e2ee-meeting <command> --help tells more about one.\n");
}

/*
 * Keys are not for core dumps. A reader who goes away and a file as large as
 * it may be are errors of writing, not the end.
 */
static void prepare_process(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0);
#endif
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static int run(int (*command)(int argc, char **argv), int argc, char **argv)
{
    int status = command(argc, argv);

    if (fflush(stdout) == EOF || ferror(stdout)) {
        if (!log_error_told())
            log_error("standard output: not all could be written; make room, "
                      "or let its reader stay");
        if (status != EXIT_INTERRUPTED)
            status = EXIT_BAD_INPUT;
    }
    if (status == EXIT_BAD_INPUT && !log_error_told())
        log_error("%s: not enough memory", argv[0]);
    return status;
}

int main(int argc, char **argv)
{
    prepare_process();
    memory_set_up();
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_BAD_INPUT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_usage(stdout);
        return EXIT_HELD;
    }
    if (!strcmp(argv[1], "--version")) {
        print_versions();
        return EXIT_HELD;
    }
    for (size_t i = 0; i < NB_SUBCOMMANDS; i++)
        if (!strcmp(argv[1], subcommands[i].name))
            return run(subcommands[i].run, argc - 1, argv + 1);

    fprintf(stderr, "e2ee-meeting: unknown command '%s'\n", argv[1]);
    print_usage(stderr);
    return EXIT_BAD_INPUT;
}
