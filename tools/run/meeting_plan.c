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
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>

#include "interrupt.h"
#include "meeting_plan.h"
#include "report/log.h"
#include "room/list.h"
#include "room/scenario_tables.h"

#define NAME_LENGTH 64

static int out_of_memory(void)
{
    log_error("not enough memory");
    return AVERROR(ENOMEM);
}

int plan_text(char **field, const char *text)
{
    if (!text)
        return 0;
    av_freep(field);
    *field = av_strdup(text);
    return *field ? 0 : out_of_memory();
}

/* What is in front of the first '='. */
static void get_name(char name[NAME_LENGTH], const char *argument)
{
    size_t length = strcspn(argument, "=") + 1;

    av_strlcpy(name, argument, FFMIN(length, NAME_LENGTH));
}

/* Somebody who is in the meeting already, for an option that is no --join. */
static ParticipantPlan *get_participant(Scenario *s, const char *name)
{
    int number = scenario_find(s, name);

    if (number >= 0)
        return &s->participants[number];
    if (name_is_good(name))
        log_error("%s does not join; add --join %s", name, name);
    else
        log_error("'%s' is no name; use 1 to 32 letters, digits, . _ -", name);
    return NULL;
}

static int count_streams(const char *file, int nb[2])
{
    AVFormatContext *format = NULL;
    int limit = log_limit(AV_LOG_FATAL);
    int ret = avformat_open_input(&format, file, NULL, NULL);

    if (ret >= 0)
        ret = avformat_find_stream_info(format, NULL);
    if (ret < 0)
        log_error("%s: %s%s; give a media file that ffmpeg can read", file,
                  av_err2str(ret), log_unshown());
    log_limit(limit);
    for (unsigned i = 0; ret >= 0 && i < format->nb_streams; i++) {
        const AVStream *stream = format->streams[i];
        enum AVMediaType type  = stream->codecpar->codec_type;

        nb[0] += type == AVMEDIA_TYPE_VIDEO &&
                 !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
        nb[1] += type == AVMEDIA_TYPE_AUDIO;
    }
    avformat_close_input(&format);
    if (ret >= 0 && !nb[0] && !nb[1]) {
        log_error("%s: no audio or video in it; give a media file", file);
        ret = AVERROR_STREAM_NOT_FOUND;
    }
    return ret;
}

static int add_track(ParticipantPlan *p, TrackKind kind, const char *file,
                     const char *stream)
{
    TrackPlan *track = list_add(&p->tracks, &p->nb_tracks, sizeof(*track));

    if (!track)
        return out_of_memory();
    track->kind          = kind;
    track->source.file   = av_strdup(file);
    track->source.stream = av_strdup(stream);
    if (!track->source.file || !track->source.stream ||
        !list_add(&track->encodings, &track->nb_encodings, sizeof(Encoding)))
        return out_of_memory();
    return 0;
}

static int add_file(ParticipantPlan *p, const char *file, bool share)
{
    const TrackKind kinds[] = {
        share ? KIND_SHARE : KIND_VIDEO,
        share ? KIND_SHARE_AUDIO : KIND_AUDIO,
    };
    int nb[2] = { 0 }, ret;
    char stream[16];

    if (!*file) {
        log_error("%s: an empty file name", p->name);
        return AVERROR(EINVAL);
    }
    ret = count_streams(file, nb);
    for (int i = 0; i < 2 && ret >= 0; i++) {
        for (int j = 0; j < nb[i] && ret >= 0; j++) {
            snprintf(stream, sizeof(stream), "%c:%d", "va"[i], j);
            ret = add_track(p, kinds[i], file, stream);
        }
    }
    return ret;
}

static int add_files(ParticipantPlan *p, const char *files, bool share)
{
    int ret = 0;

    while (*files && ret >= 0) {
        size_t length = strcspn(++files, ",");
        char *file = av_strndup(files, length);

        ret = file ? add_file(p, file, share) : out_of_memory();
        files += length;
        av_free(file);
    }
    return ret;
}

int plan_join(Scenario *s, const char *argument)
{
    const char *files = strchr(argument, '=');
    char name[NAME_LENGTH];
    int number;

    get_name(name, argument);
    number = scenario_find(s, name);
    if (number < 0 && name_is_good(name)) {
        number = scenario_add_participant(s, name);
        if (number < 0)
            return out_of_memory();
    }
    if (number < 0) {
        get_participant(s, name);
        return AVERROR(EINVAL);
    }
    return add_files(&s->participants[number], files ? files : "", false);
}

int plan_share(Scenario *s, const char *argument)
{
    const char *files = strchr(argument, '=');
    char name[NAME_LENGTH];
    ParticipantPlan *p;

    if (!files) {
        log_error("--share %s: say what is shared: --share NAME=FILE",
                  argument);
        return AVERROR(EINVAL);
    }
    get_name(name, argument);
    p = get_participant(s, name);
    return p ? add_files(p, files, true) : AVERROR(EINVAL);
}

static const char *keep_name(Scenario *s, const char *name)
{
    char **kept = list_add(&s->key_names, &s->nb_key_names, sizeof(*kept));

    return kept ? *kept = av_strdup(name) : NULL;
}

int plan_room_key(Scenario *s, const char *file, const char *variable)
{
    const char *name = file ? file : variable;

    if (!name)
        return 0;
    if (file && variable) {
        log_error("give --key-file or --key-env, not both");
        return AVERROR(EINVAL);
    }
    name = keep_name(s, name);
    return !name  ? out_of_memory()
           : file ? key_from_file(&s->key, KEY_ROOM, name)
                  : key_from_environment(&s->key, KEY_ROOM, name);
}

static int choose_key(Scenario *s, ParticipantPlan *p, const char *value)
{
    char label[NAME_LENGTH + 8];
    const char *file;

    if (!strcmp(value, "room")) {
        p->key = s->key;
    } else if (!strcmp(value, "none")) {
        p->key = (Key){ .kind = KEY_NONE };
    } else if (!strcmp(value, "wrong")) {
        snprintf(label, sizeof(label), "wrong %s", p->name);
        return key_from_seed(&p->key, KEY_WRONG, s->seed, label);
    } else {
        file = keep_name(s, value);
        return file ? key_from_file(&p->key, KEY_OWN, file) : out_of_memory();
    }
    return 0;
}

int plan_key(Scenario *s, const char *argument)
{
    const char *value = strchr(argument, '=');
    char name[NAME_LENGTH];
    ParticipantPlan *p;

    get_name(name, argument);
    if (!value || !value[1]) {
        log_error("--key %s: say which: --key NAME=FILE, NAME=none, "
                  "NAME=wrong or NAME=room", name);
        return AVERROR(EINVAL);
    }
    p = get_participant(s, name);
    return p ? choose_key(s, p, value + 1) : AVERROR(EINVAL);
}
