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

#include <stdio.h>

#include <libavutil/log.h>

#include "cmd.h"
#include "media/frame_filter.h"
#include "media/generate.h"
#include "media/reader.h"
#include "options.h"
#include "report/log.h"
#include "room/scenario.h"

typedef struct Validate {
    TextList files;
    int      level;
} Validate;

static const Option options[] = {
    { "level", 'v', OPTION_LEVEL, offsetof(Validate, level), "LEVEL",
      "quiet, error, warning, info (default), verbose, debug", NULL },
    { 0 },
};

static const Usage usage = {
    "FILE...", options,
    "Checks scenarios without running them: what is in the files, and that\n"
    "the media, keys and traces that they name can be read.\n"
    "Exit status: 0 if all are well, 2 if one is not.",
    offsetof(Validate, files),
};

/* Whether the filters take the scheme and the options, each with the key. */
static int try_filters(const Scenario *s, const char *more, const Key *key)
{
    static const char *const names[] = { "e2ee_encrypt", "e2ee_decrypt" };
    char text[1024];
    int ret = 0;

    snprintf(text, sizeof(text), "%s%s%s", s->options ? s->options : "",
             s->options && more ? ":" : "", more ? more : "");
    for (int i = 0; i < 2 && ret >= 0; i++)
        ret = frame_filter_try(&(FrameFilterSetup){
            .name = names[i], .scheme = s->scheme, .kind = "audio",
            .options = *text ? text : NULL, .key = key,
        });
    return ret;
}

static bool is_video(TrackKind kind)
{
    return kind == KIND_VIDEO || kind == KIND_SHARE;
}

/* Whether there is such a stream, or what makes such media up. */
static int try_source(const TrackPlan *track)
{
    const MediaSource *m = &track->source;
    const ReaderSetup setup = {
        .file = m->file, .stream = m->stream, .start = m->start,
        .length = m->length,
        .type = is_video(track->kind) ? AVMEDIA_TYPE_VIDEO
                                      : AVMEDIA_TYPE_AUDIO,
    };
    Generator *generator = NULL;
    Reader *reader = NULL;
    int ret = m->file ? reader_open(&reader, &setup)
                      : generator_open(&generator, m->generate,
                                       is_video(track->kind), 1);

    reader_free(&reader);
    generator_free(&generator);
    return ret;
}

static int try_participant(const Scenario *s, const ParticipantPlan *p)
{
    int ret = 0;

    if (p->options || p->key.kind == KEY_OWN)
        ret = try_filters(s, p->options, &p->key);
    for (int i = 0; i < p->nb_tracks && ret >= 0; i++)
        ret = try_source(&p->tracks[i]);
    return ret;
}

static int check(const char *file, Scenario *s)
{
    int ret;

    if ((ret = scenario_read(s, file)) < 0 || (ret = scenario_check(s)) < 0 ||
        (ret = try_filters(s, NULL, &s->key)) < 0)
        return ret;
    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        ret = try_participant(s, &s->participants[i]);
    return ret;
}

static void describe(const char *file, const Scenario *s)
{
    char length[32] = "until the media ends";
    int nb_tracks = 0;

    for (int i = 0; i < s->nb_participants; i++)
        nb_tracks += s->participants[i].nb_tracks;
    if (s->duration)
        snprintf(length, sizeof(length), "%g s", s->duration / 1e6);
    log_out("%s: ok: %d participants, %d track%s, %s\n", file,
            s->nb_participants, nb_tracks, nb_tracks == 1 ? "" : "s", length);
}

int cmd_validate(int argc, char **argv)
{
    Validate v = { .level = AV_LOG_INFO };
    int status = options_parse(&usage, &v, argc, argv);

    if (status >= 0)
        goto end;
    log_init(v.level);
    status = EXIT_HELD;
    if (!v.files.nb) {
        log_error("validate: give one scenario file or more");
        status = EXIT_BAD_INPUT;
    }
    for (int i = 0; i < v.files.nb; i++) {
        Scenario scenario;

        scenario_init(&scenario);
        if (check(v.files.texts[i], &scenario) < 0)
            status = EXIT_BAD_INPUT;
        else
            describe(v.files.texts[i], &scenario);
        scenario_free(&scenario);
    }

end:
    text_list_free(&v.files);
    return status;
}
