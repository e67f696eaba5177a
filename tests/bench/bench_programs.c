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


/*
 * What whole programs cost beside a stream copy by ffmpeg of the same media:
 * the copy with the filters, and e2ee-meeting opening recordings. They take
 * turns; files are made in a directory of TMPDIR, or here, and removed.
 *
 *     bench_programs [options] FFMPEG E2EE-MEETING MEDIA [MINUTES]
 *
 * MEDIA is repeated for so many minutes (default 5).
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

#define ARGUMENTS_MAX 32
#define USUAL_ROUNDS  9

/* Bytes of a key, so that a short run is not all PBKDF2. */
#define KEY "0:hex:000102030405060708090a0b0c0d0e0f\n"

#define COPY "FFMPEG -nostdin -v error -y -i plain.mkv -c copy "

/** Words apart by spaces; the programs and MEDIA stand for the arguments. */
typedef struct Row {
    const char *name, *command;
    const char *target;          ///< of wall or CPU time; NULL: the base
} Row;

static const char *const preparations[] = {
    "FFMPEG -nostdin -v error -y -stream_loop -1 -i MEDIA -t SECONDS -c copy "
    "plain.mkv",
    COPY "-bsf e2ee_encrypt=key_file=room.key sealed.mkv",
    "MEETING run --join a=plain.mkv --join b --key-file room.key --srtp none "
    "--verify open --pcap hops/",
};

static const Row rows[] = {
    { "stream copy", COPY "out.mkv", NULL },
    { "the same with e2ee_encrypt",
      COPY "-bsf e2ee_encrypt=key_file=room.key out.mkv", "wall 1.05" },
    { "the same with e2ee_decrypt",
      "FFMPEG -nostdin -v error -y -i sealed.mkv -c copy "
      "-bsf e2ee_decrypt=key_file=room.key out.mkv", "wall 1.05" },
    { "e2ee-meeting open, Matroska",
      "MEETING open --key-file room.key -o out.mkv sealed.mkv", "1.3" },
    { "e2ee-meeting open, pcap",
      "MEETING open --key-file room.key --sdp hops/a-up.pcap.sdp -o out.mkv "
      "hops/a-up.pcap", "1.3" },
};

#define NB_ROWS (int)(sizeof(rows) / sizeof(*rows))

static BenchOptions options;
static char seconds[16], directory[4096];
static int  home;

static const char *argument(const char *word)
{
    static const char *const names[] = { "FFMPEG", "MEETING", "MEDIA" };

    for (int i = 0; i < 3; i++)
        if (!strcmp(word, names[i]))
            return options.arguments[i];
    return strcmp(word, "SECONDS") ? word : seconds;
}

static void become(const char *command)
{
    char *copy = strdup(command), *words[ARGUMENTS_MAX] = { NULL };
    int nb = 0, null = open("/dev/null", O_WRONLY);

    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[nb++] = (char *)argument(word);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execv(words[0], words);
    _exit(127);
}

static double wall_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static double in_seconds(struct timeval t)
{
    return t.tv_sec + t.tv_usec * 1e-6;
}

/* Back to where it began. */
static void clean_up(void)
{
    static const char *const files[] = {
        "room.key", "plain.mkv", "sealed.mkv", "out.mkv", "hops/a-up.pcap",
        "hops/a-up.pcap.sdp", "hops/a-down.pcap", "hops/a-down.pcap.sdp",
        "hops/b-up.pcap", "hops/b-up.pcap.sdp", "hops/b-down.pcap",
        "hops/b-down.pcap.sdp",
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        unlink(files[i]);
    rmdir("hops");
    if (fchdir(home) < 0 || rmdir(directory) < 0)
        perror(directory);
    close(home);
}

static void run(const char *command, double *wall, double *cpu)
{
    double start = wall_clock();
    struct rusage usage;
    pid_t child = fork();
    int status;

    if (!child)
        become(command);
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status) {
        clean_up();
        fprintf(stderr, "%s\n", command);
        bench_die(&options, "this failed");
    }
    *wall = wall_clock() - start;
    *cpu  = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

static void write_key(void)
{
    FILE *file;

    umask(077);
    if (!(file = fopen("room.key", "w")) || fputs(KEY, file) < 0 ||
        fclose(file) == EOF)
        bench_die(&options, "the key file cannot be written");
}

static void prepare(void)
{
    double wall, cpu;

    if (!mkdtemp(directory) || chdir(directory) < 0 || mkdir("hops", 0700))
        bench_die(&options, "no directory for the files");
    write_key();
    for (size_t i = 0; i < sizeof(preparations) / sizeof(*preparations); i++)
        run(preparations[i], &wall, &cpu);
}

static void measure_rows(int rounds, json_t *table)
{
    static double wall[NB_ROWS][MEASURE_ROUNDS_MAX];
    static double cpu[NB_ROWS][MEASURE_ROUNDS_MAX];
    static double walls[NB_ROWS][MEASURE_ROUNDS_MAX];
    static double cpus[NB_ROWS][MEASURE_ROUNDS_MAX];

    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < NB_ROWS; i++) {
            int row = round & 1 ? NB_ROWS - 1 - i : i;

            run(rows[row].command, &wall[row][round], &cpu[row][round]);
        }
        for (int i = 0; i < NB_ROWS; i++) {
            walls[i][round] = wall[i][round] / wall[0][round];
            cpus[i][round]  = cpu[i][round] / cpu[0][round];
        }
    }
    for (int i = 0; i < NB_ROWS; i++)
        table_add(table, json_pack(
            "{s:s,s:f,s:f,s:o,s:o,s:s?}", "program", rows[i].name,
            "wall s", measure_spread(wall[i], rounds).median,
            "CPU s", measure_spread(cpu[i], rounds).median,
            "wall to copy", table_spread(measure_spread(walls[i], rounds)),
            "CPU to copy", table_spread(measure_spread(cpus[i], rounds)),
            "target", rows[i].target));
}

/* The arguments are used in another directory. */
static void make_absolute(void)
{
    for (int i = 0; i < 3; i++)
        if (!(options.arguments[i] = realpath(options.arguments[i], NULL)))
            bench_die(&options, "usage: bench_programs [options] FFMPEG "
                      "E2EE-MEETING MEDIA [MINUTES]; one of these is missing");
}

int main(int argc, char **argv)
{
    static const char *const columns[] = { "program", "wall s", "CPU s",
                                           "wall to copy", "CPU to copy",
                                           "target", NULL };
    const char *parent = getenv("TMPDIR");
    char title[96];
    int minutes;
    json_t *table;

    options = bench_options(argc, argv);
    if (options.nb_arguments < 3)
        bench_die(&options, "usage: bench_programs [options] FFMPEG "
                  "E2EE-MEETING MEDIA [MINUTES]");
    make_absolute();
    minutes = options.nb_arguments > 3 ? atoi(options.arguments[3]) :
              options.quick ? 1 : 5;
    if (minutes < 1)
        bench_die(&options, "MINUTES is a number from 1 on");
    snprintf(seconds, sizeof(seconds), "%d", 60 * minutes);
    snprintf(directory, sizeof(directory), "%s/bench-XXXXXX",
             parent ? parent : ".");
    home = open(".", O_RDONLY);
    prepare();
    snprintf(title, sizeof(title), "Whole programs, %d minutes of media",
             minutes);
    table = table_new(title, columns);
    measure_rows(bench_rounds(&options, USUAL_ROUNDS), table);
    clean_up();
    table_end(&options, "programs", table);
    return 0;
}
