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

#include <stddef.h>
#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/log.h>

#include "capture/input_options.h"
#include "capture/read_all.h"
#include "cmd.h"
#include "interrupt.h"
#include "lint/lint.h"
#include "options.h"
#include "report/log.h"

#define MAX_TIME   (INT64_C(12) * 3600 * 1000000)
#define MAX_FRAMES (INT64_C(1) << 32)

typedef struct LintOptions {
    TextList    files, maps;
    InputSetup  input;
    LintSetup   setup;
    LintLevel   level;
    const char *json;
    int64_t     max_frames, max_time;
    bool        list;
    int         verbosity;
} LintOptions;

#define OFFSET(x) offsetof(LintOptions, x)

static int set_level(void *target, const char *argument)
{
    LintOptions *o = target;

    if (!lint_parse_level(argument, &o->level))
        return 0;
    log_error("--level %s: choose info, warning or error", argument);
    return AVERROR(EINVAL);
}

static int set_scheme(void *target, const char *argument)
{
    LintOptions *o = target;

    o->setup.scheme = ff_e2ee_scheme_find(argument);
    if (o->setup.scheme)
        return 0;
    log_error("--scheme %s: unknown; choose dave, jitsi, livekit, nextcloud, "
              "sframe, stream or videosdk", argument);
    return AVERROR(EINVAL);
}

static const Option options[] = {
    { "level", 0, OPTION_CALL, 0, "LEVEL",
      "info, warning (default) or error: exit with 1 if anything\n"
      "is found at it or above", set_level },
    { "scheme", 0, OPTION_CALL, 0, "NAME",
      "what the stream will be sealed by", set_scheme },
    { "to", 0, OPTION_TEXT, OFFSET(setup.container), "FORMAT",
      "the container that it goes to sealed, by FFmpeg's name\n"
      "(default: the one that it is in)", NULL },
    { "sealed", 0, OPTION_FLAG, OFFSET(setup.sealed), NULL,
      "every track has to be sealed already", NULL },
    { "max-key-frames", 0, OPTION_INTEGER, OFFSET(max_frames), "N",
      "frames that a key may be used for (default 2^32)", NULL },
    { "max-key-time", 0, OPTION_TIME, OFFSET(max_time), "TIME",
      "how long it may be used (default 12 h)", NULL },
    { "list", 0, OPTION_FLAG, OFFSET(list), NULL, "list the rules", NULL },
    INPUT_OPTIONS(OFFSET(input), OFFSET(maps)),
    { "json", 0, OPTION_TEXT, OFFSET(json), "FILE",
      "write what was found as JSON (-: standard output)", NULL },
    { "verbosity", 'v', OPTION_LEVEL, OFFSET(verbosity), "LEVEL",
      "quiet, error, warning, info (default), verbose, debug", NULL },
    { NULL }
};

static const Usage usage = {
    "[options] FILE...", options,
    "What receivers will choke on, in streams to be sealed or sealed already.\n"
    "Exit status: 0 nothing found at the level, 1 something, 2 bad usage or\n"
    "input.",
    OFFSET(files)
};

static int look(void *opaque, const InputTrack *track, const AVPacket *packet,
                const InputFrame *info)
{
    return lint_frame(opaque, track, packet, info);
}

static int read_all(Lint *lint, Input *input)
{
    int ret = input_read_all(input, look, lint);

    return ret == AVERROR_EOF ? lint_finish(lint) : ret;
}

static int tell(const Lint *lint, const LintOptions *o)
{
    if (!lint->nb_tracks) {
        log_error("%s: there are no frames in it; give captures or media",
                  o->files.texts[0]);
        return EXIT_BAD_INPUT;
    }
    if (!o->json || strcmp(o->json, "-"))
        lint_print(lint);
    if (o->json && lint_write_json(lint, o->json) < 0)
        return EXIT_BAD_INPUT;
    return lint_worst(lint) >= o->level ? EXIT_NOT_HELD : EXIT_HELD;
}

static int run(const LintOptions *o)
{
    Lint lint = { .setup = o->setup };
    Input *input = NULL;
    int status = EXIT_BAD_INPUT;
    int ret = input_open(&input, o->files.texts, o->files.nb, &o->input);

    if (ret >= 0)
        ret = read_all(&lint, input);
    if (interrupt_pending()) {
        log_error("interrupted");
        status = EXIT_INTERRUPTED;
    } else if (ret < 0 && !log_error_told()) {
        log_error("the streams could not be read: %s", av_err2str(ret));
    } else if (ret >= 0) {
        status = tell(&lint, o);
    }
    lint_free(&lint);
    input_free(&input);
    return status;
}

int cmd_lint(int argc, char **argv)
{
    LintOptions o = { .level = LINT_WARNING, .verbosity = AV_LOG_INFO,
                      .max_frames = MAX_FRAMES, .max_time = MAX_TIME };
    int status = options_parse(&usage, &o, argc, argv);

    if (status >= 0)
        goto end;
    log_init(o.verbosity);
    interrupt_install();
    o.input.maps       = o.maps.texts;
    o.input.nb_maps    = o.maps.nb;
    o.setup.max_frames = o.max_frames;
    o.setup.max_time   = o.max_time;
    status = EXIT_BAD_INPUT;
    if (o.list) {
        lint_print_rules();
        status = EXIT_HELD;
    } else if (!o.files.nb) {
        log_error("lint: name the files to look into; see e2ee-meeting lint "
                  "--help");
    } else {
        status = run(&o);
    }

end:
    text_list_free(&o.files);
    text_list_free(&o.maps);
    return status;
}
