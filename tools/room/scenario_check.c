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

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>

#include "media/frame_filter.h"
#include "report/log.h"
#include "scenario.h"

/* One error line, with the place if it is in a file. */
__attribute__((format(printf, 3, 4)))
static int wrong(const Scenario *s, const Place *place, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (s->file && place && place->line)
        log_error("%s:%d:%d: %s", s->file, place->line, place->column, text);
    else if (s->file)
        log_error("%s:1:1: %s", s->file, text);
    else
        log_error("%s", text);
    return AVERROR(EINVAL);
}

static int64_t end_of(int64_t to)
{
    return to ? to : INT64_MAX;
}

static int check_track(const Scenario *s, const ParticipantPlan *p,
                       const TrackPlan *t)
{
    bool endless = t->source.generate || t->source.loop;
    int64_t from = FFMAX(t->published.from, p->present.from);
    int64_t to   = FFMIN(end_of(t->published.to), end_of(p->present.to));

    if (from >= to)
        return wrong(s, &t->place, "%s is not there while this %s is on",
                     p->name, track_kind_name(t->kind));
    if (endless && !s->duration && !t->source.length && to == INT64_MAX)
        return wrong(s, &t->place, "this %s has no end: give the meeting a "
                     "'duration'", track_kind_name(t->kind));
    return 0;
}

static int check_participant(const Scenario *s, int number)
{
    const ParticipantPlan *p = &s->participants[number];
    int ret = 0;

    if (scenario_find(s, p->name) != number)
        return wrong(s, &p->place, "there is a participant '%s' already",
                     p->name);
    if (s->duration && p->present.from >= s->duration)
        return wrong(s, &p->place, "%s joins at %g s, when the meeting is over",
                     p->name, p->present.from / 1e6);
    if (p->present.to && p->present.to <= p->present.from)
        return wrong(s, &p->place, "%s leaves before joining", p->name);
    for (int i = 0; i < p->nb_tracks && ret >= 0; i++)
        ret = check_track(s, p, &p->tracks[i]);
    return ret;
}

static bool is_about(const ParticipantPlan *sender, const TrackPlan *track,
                     const char *name, int kind)
{
    return (!name || !strcmp(sender->name, name)) &&
           (kind < 0 || (int)track->kind == kind);
}

/* The most encodings of the tracks that something is about, 0: no track. */
static int most_encodings(const Scenario *s, const char *sender, int kind)
{
    int most = 0;

    for (int i = 0; i < s->nb_participants; i++) {
        const ParticipantPlan *p = &s->participants[i];

        for (int j = 0; j < p->nb_tracks; j++)
            if (is_about(p, &p->tracks[j], sender, kind))
                most = FFMAX3(most, p->tracks[j].nb_encodings, 1);
    }
    return most;
}

static int check_about(const Scenario *s, const Place *place,
                       const char *receiver, const char *sender, int kind)
{
    int r = receiver ? scenario_find(s, receiver) : -1;

    if (receiver && r < 0)
        return wrong(s, place, "there is no participant '%s'", receiver);
    if (sender && scenario_find(s, sender) < 0)
        return wrong(s, place, "there is no participant '%s'", sender);
    if (r >= 0 && !s->participants[r].receives)
        return wrong(s, place, "%s does not receive", receiver);
    if (receiver && sender && !strcmp(receiver, sender))
        return wrong(s, place, "%s does not receive from %s", receiver, sender);
    if (!most_encodings(s, sender, kind))
        return wrong(s, place, "there is no %s of %s",
                     kind < 0 ? "track" : track_kind_name(kind),
                     sender ? sender : "anybody");
    return 0;
}

static int check_action(const Scenario *s, const ServerAction *a)
{
    int ret = check_about(s, &a->place, a->receiver, a->sender, a->kind);

    if (ret >= 0 && a->type == SERVER_LAYER &&
        a->layer >= most_encodings(s, a->sender, a->kind))
        return wrong(s, &a->place, "there is no layer %d, they count from 0",
                     a->layer);
    return ret;
}

static int check_expectation(const Scenario *s, const Expectation *e)
{
    if (s->duration && e->span.from >= s->duration)
        return wrong(s, &e->place, "this is expected from %g s on, when the "
                     "meeting is over", e->span.from / 1e6);
    return check_about(s, &e->place, e->receiver, e->sender, e->kind);
}

static int check_room(const Scenario *s)
{
    const char *codec = s->video_codec;

    if (s->nb_participants < 2)
        return wrong(s, NULL, "a meeting needs two participants or more%s",
                     s->file ? "" : "; use --join");
    if (!most_encodings(s, NULL, -1))
        return wrong(s, NULL, "nobody sends anything%s", s->file ?
                     ": add 'tracks'" : "; use --join NAME=FILE");
    if (codec && (!strcmp(codec, "copy") || !strcmp(codec, "opus")))
        return wrong(s, NULL, "video cannot be encoded to %s; choose vp8, "
                     "vp9, h264, hevc or av1", codec);
    if (s->scheme && !frame_filter_has_scheme(s->scheme))
        return wrong(s, NULL, "there is no scheme '%s'; 'ffmpeg -h "
                     "bsf=e2ee_decrypt' lists them", s->scheme);
    if (s->packets && (!s->scheme || strcmp(s->scheme, "sframe")))
        return wrong(s, NULL, "only scheme sframe seals packets one by one");
    return 0;
}

int scenario_check(const Scenario *s)
{
    int ret = check_room(s);

    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        ret = check_participant(s, i);
    for (int i = 0; i < s->nb_actions && ret >= 0; i++)
        ret = check_action(s, &s->actions[i]);
    for (int i = 0; i < s->nb_expectations && ret >= 0; i++)
        ret = check_expectation(s, &s->expectations[i]);
    return ret;
}
