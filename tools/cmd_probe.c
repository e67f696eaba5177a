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
#include "options.h"
#include "probe/probe.h"
#include "probe/report.h"
#include "report/log.h"

typedef struct ProbeOptions {
    TextList    files, key_files, key_envs, salts, maps;
    InputSetup  input;
    const char *json;
    int64_t     window;
    int         level;
} ProbeOptions;

#define OFFSET(x) offsetof(ProbeOptions, x)

static const Option options[] = {
    { "key-file", 0, OPTION_LIST, OFFSET(key_files), "FILE",
      "candidate keys, one a line as for the filters; may be\n"
      "given several times", NULL },
    { "key-env", 0, OPTION_LIST, OFFSET(key_envs), "NAME",
      "the same in an environment variable", NULL },
    { "salt", 0, OPTION_LIST, OFFSET(salts), "TEXT",
      "try this salt too, besides those of the schemes", NULL },
    { "ratchet-window", 0, OPTION_INTEGER, OFFSET(window), "STEPS",
      "how many ratchet steps to look ahead (default 8)", NULL },
    INPUT_OPTIONS(OFFSET(input), OFFSET(maps)),
    { "json", 0, OPTION_TEXT, OFFSET(json), "FILE",
      "write what was found as JSON (-: standard output)", NULL },
    { "level", 'v', OPTION_LEVEL, OFFSET(level), "LEVEL",
      "quiet, error, warning, info (default), verbose, debug", NULL },
    { NULL }
};

static const Usage usage = {
    "[options] FILE...", options,
    "Which key opens each stream, and how; where none does, why.\n"
    "Exit status: 0 every stream opens, 1 some frames do, 3 none does, 2 bad\n"
    "usage or input.",
    OFFSET(files)
};

static int read_secrets(SecretList *secrets, const ProbeOptions *o)
{
    int ret = 0;

    for (int i = 0; i < o->key_files.nb && ret >= 0; i++)
        ret = secrets_read_file(secrets, o->key_files.texts[i]);
    for (int i = 0; i < o->key_envs.nb && ret >= 0; i++)
        ret = secrets_read_env(secrets, o->key_envs.texts[i]);
    return ret < 0 ? ret : secrets_add_forms(secrets);
}

static int look(void *opaque, const InputTrack *track, const AVPacket *packet,
                const InputFrame *info)
{
    return probe_frame(opaque, track, packet, info);
}

static int read_all(Probe *probe, Input *input)
{
    int ret = input_read_all(input, look, probe);

    return ret == AVERROR_EOF ? probe_finish(probe) : ret;
}

/* Streams of which no frame could be put together. */
static int nb_without_frames(const Input *input)
{
    int nb = 0;

    for (int i = 0; i < input_nb_tracks(input); i++) {
        const InputTrack *track = input_track(input, i);

        nb += track->nb_packets && !track->nb_frames;
    }
    return nb;
}

static int tell(const Probe *probe, const Input *input, const ProbeOptions *o)
{
    int nb_explained, nb_some;

    if (!probe->nb_tracks) {
        log_error("%s: there are no frames in it; give captures or media",
                  o->files.texts[0]);
        return EXIT_BAD_INPUT;
    }
    if (!o->json || strcmp(o->json, "-"))
        probe_print(probe);
    if (o->json && probe_write_json(probe, o->json) < 0)
        return EXIT_BAD_INPUT;
    probe_count(probe, &nb_explained, &nb_some);
    if (nb_some && nb_explained == probe->nb_tracks &&
        !nb_without_frames(input))
        return EXIT_HELD;
    return nb_some ? EXIT_NOT_HELD : EXIT_NOTHING;
}

static int run(ProbeOptions *o)
{
    SecretList secrets = { 0 };
    Search search = { 0 };
    Probe probe = { .search = &search };
    Input *input = NULL;
    int status = EXIT_BAD_INPUT;
    int ret = read_secrets(&secrets, o);

    if (ret >= 0)
        ret = search_init(&search, &secrets, o->salts.texts, o->salts.nb,
                          FFMIN(o->window, 255));
    if (ret >= 0)
        ret = input_open(&input, o->files.texts, o->files.nb, &o->input);
    if (ret >= 0)
        ret = read_all(&probe, input);
    if (interrupt_pending()) {
        log_error("interrupted");
        status = EXIT_INTERRUPTED;
    } else if (ret < 0 && !log_error_told()) {
        log_error("the streams could not be probed: %s", av_err2str(ret));
    } else if (ret >= 0) {
        status = tell(&probe, input, o);
    }
    probe_free(&probe);
    search_free(&search);
    secrets_free(&secrets);
    input_free(&input);
    return status;
}

int cmd_probe(int argc, char **argv)
{
    ProbeOptions o = { .level = AV_LOG_INFO, .window = 8 };
    int status = options_parse(&usage, &o, argc, argv);

    if (status >= 0)
        goto end;
    log_init(o.level);
    interrupt_install();
    o.input.maps    = o.maps.texts;
    o.input.nb_maps = o.maps.nb;
    status = EXIT_BAD_INPUT;
    if (!o.files.nb)
        log_error("probe: name the files to look into; see e2ee-meeting "
                  "probe --help");
    else
        status = run(&o);

end:
    text_list_free(&o.files);
    text_list_free(&o.key_files);
    text_list_free(&o.key_envs);
    text_list_free(&o.salts);
    text_list_free(&o.maps);
    return status;
}
