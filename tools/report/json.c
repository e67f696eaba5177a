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

#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#include <jansson.h>
#include <libavcodec/avcodec.h>

#include "json.h"
#include "log.h"
#include "room/expect.h"
#include "whole_file.h"

#define REPORT_VERSION 1
#define JSON_STYLE     (JSON_INDENT(2) | JSON_REAL_PRECISION(12))

struct JsonReport {
    json_t *events;
};

JsonReport *json_report_alloc(void)
{
    JsonReport *report = calloc(1, sizeof(*report));

    if (report && !(report->events = json_array()))
        json_report_free(&report);
    return report;
}

/* "s?" and "o" put null where there is nothing. */
void json_report_event(JsonReport *report, const Event *e)
{
    json_array_append_new(report->events, json_pack(
        "{s:f, s:s, s:s?, s:s, s:s, s:o, s:s?}",
        "time", e->time / 1e6,
        "participant", e->participant,
        "receiver", e->receiver,
        "kind", e->kind,
        "state", state_name(e->state),
        "key_index", e->key_index < 0 ? json_null()
                                      : json_integer(e->key_index),
        "reason", *e->reason ? e->reason : NULL));
}

/* A file's name may be in any encoding, JSON is in UTF-8. */
static json_t *pack_file_name(const char *name)
{
    json_t *string = json_string(name);
    char   *copy   = string ? NULL : strdup(name);

    for (char *p = copy; p && *p; p++)
        if (*p & 0x80)
            *p = '?';
    if (copy)
        string = json_string(copy);
    free(copy);
    return string;
}

static json_t *pack_track(const Track *t)
{
    return json_pack("{s:s, s:s, s:o, s:b, s:I, s:I, s:I, s:I}",
                     "kind", t->kind,
                     "codec", track_codec(t),
                     "file", pack_file_name(source_file(t->source)),
                     "encoded", source_encoded(t->source),
                     "frames", (json_int_t)t->nb_frames,
                     "sealed", (json_int_t)t->nb_sealed,
                     "packets", (json_int_t)rtp_packer_count(t->packer),
                     "decoded", (json_int_t)t->reference.nb);
}

static json_t *pack_participants(const Room *room)
{
    json_t *list = json_array();

    for (int i = 0; i < room->nb_participants; i++) {
        const Participant *p = room->participants[i];
        json_t *tracks = json_array();

        for (int j = 0; j < room->nb_tracks; j++)
            if (room->tracks[j]->sender == p)
                json_array_append_new(tracks, pack_track(room->tracks[j]));
        json_array_append_new(list, json_pack(
            "{s:s, s:s, s:o}", "name", p->name,
            "key", key_kind_name(p->key.kind), "tracks", tracks));
    }
    return list;
}

static json_t *pack_reception(const Reception *r)
{
    char why[256];
    json_t *failed = json_object();

    for (int i = 0; i < STATE_NB; i++)
        if (i != STATE_DECRYPTION_SUCCESS && r->nb_state[i])
            json_object_set_new(failed, state_name(i),
                                json_integer(r->nb_state[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I,"
                     " s:s, s:b}",
                     "receiver", r->receiver->name,
                     "sender", r->track->sender->name,
                     "kind", r->track->kind,
                     "codec", track_codec(r->track),
                     "sent", (json_int_t)r->track->nb_frames,
                     "packets", (json_int_t)r->nb_packets,
                     "frames", (json_int_t)r->nb_frames,
                     "opened", (json_int_t)reception_opened(r),
                     "failed", failed,
                     "decoded", (json_int_t)r->nb_decoded,
                     "identical", (json_int_t)r->nb_identical,
                     "expected", expect_all(r) ? "all" : "nothing",
                     "held", expect_held(r, why, sizeof(why)));
}

static json_t *pack_receptions(const Room *room)
{
    json_t *list = json_array();

    for (int i = 0; i < room->nb_participants; i++) {
        for (int j = 0; j < room->nb_tracks; j++) {
            const Reception *r = room_reception(room->participants[i],
                                                room->tracks[j]);
            if (r)
                json_array_append_new(list, pack_reception(r));
        }
    }
    return list;
}

static json_t *pack_report(JsonReport *report, const Room *room, bool held)
{
    return json_pack("{s:i, s:s, s:s, s:f, s:b, s:o, s:o, s:O}",
                     "version", REPORT_VERSION,
                     "ffmpeg", av_version_info(),
                     "scheme", room->scheme ? room->scheme : "videosdk",
                     "duration", room->time / 1e6,
                     "held", held,
                     "participants", pack_participants(room),
                     "received", pack_receptions(room),
                     "events", report->events);
}

int json_report_write(JsonReport *report, const Room *room, bool held,
                      const char *file)
{
    json_t    *root = pack_report(report, room, held);
    WholeFile *out  = NULL;
    int ret = root ? whole_file_open(&out, file) : AVERROR(ENOMEM);

    if (ret >= 0) {
        json_dumpf(root, whole_file_stream(out), JSON_STYLE);
        fputc('\n', whole_file_stream(out));
        ret = whole_file_commit(&out);
    }
    json_decref(root);
    return ret < 0 ? -1 : 0;
}

void json_report_free(JsonReport **report)
{
    if (!*report)
        return;
    json_decref((*report)->events);
    free(*report);
    *report = NULL;
}
