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

#include <libavutil/avstring.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "report/log.h"
#include "room.h"

/* Numbers that tell SSRCs of senders and of forwarded streams apart. */
#define SENDER_SSRC   0x10000000
#define RECEIVER_SSRC 0x20000000

static const char *const kinds[2][2] = {
    { "video", "share"       },
    { "audio", "share_audio" },
};

int room_open(Room **room, const char *scheme, const SourceSetup *media,
              EventSink events)
{
    Room *r = *room = av_mallocz(sizeof(*r));

    if (!r)
        return AVERROR(ENOMEM);
    r->scheme = scheme;
    r->media  = *media;
    r->events = events;
    r->server = server_alloc();
    if (!r->server) {
        room_free(room);
        return AVERROR(ENOMEM);
    }
    return 0;
}

Participant *room_join(Room *room, const char *name, const Key *key)
{
    Participant *p = av_mallocz(sizeof(*p));

    if (!p)
        return NULL;
    p->name = name;
    p->key  = *key;
    if (av_dynarray_add_nofree(&room->participants, &room->nb_participants,
                               p) < 0) {
        key_wipe(&p->key);
        av_freep(&p);
    }
    return p;
}

static int add_track(Room *room, Source *source, const Participant *sender,
                     bool share)
{
    bool audio = source_parameters(source)->codec_type == AVMEDIA_TYPE_AUDIO;
    const TrackSetup setup = {
        .sender = sender, .kind = kinds[audio][share],
        .scheme = room->scheme, .ssrc = SENDER_SSRC + room->nb_tracks,
        .sink = server_receive, .opaque = room->server,
        .events = room->events,
    };
    Track *track;
    int ret;

    log_out("%s %s: %s: %s\n", sender->name, setup.kind,
            av_basename(source_file(source)), source_description(source));
    if ((ret = track_open(&track, source, &setup)) < 0)
        return ret;
    ret = av_dynarray_add_nofree(&room->tracks, &room->nb_tracks, track);
    if (ret < 0)
        track_free(&track);
    return ret;
}

int room_publish(Room *room, const Participant *sender, const char *file,
                 bool share)
{
    Source *source;
    int nth, ret;

    for (nth = 0; ; nth++) {
        ret = source_open(&source, file, nth, &room->media);
        if (ret < 0 || (ret = add_track(room, source, sender, share)) < 0)
            break;
    }
    if (ret != AVERROR_STREAM_NOT_FOUND)
        return ret;
    if (!nth)
        log_error("%s: no audio or video in it; give a media file", file);
    return nth ? 0 : ret;
}

static int connect_one(Room *room, Track *track, const Participant *receiver)
{
    uint32_t ssrc = RECEIVER_SSRC + room->nb_tracks * track->nb_receptions +
                    (track->ssrc - SENDER_SSRC);
    Reception *reception;
    int ret = reception_open(&reception, receiver, track, room->scheme);

    if (ret < 0)
        return ret;
    ret = av_dynarray_add_nofree(&track->receptions, &track->nb_receptions,
                                 reception);
    if (ret < 0) {
        reception_free(&reception);
        return ret;
    }
    ret = server_subscribe(room->server, track->ssrc, ssrc, ssrc,
                           reception_push, reception);
    return ret < 0 ? AVERROR(ENOMEM) : 0;
}

int room_connect(Room *room)
{
    int ret;

    for (int i = 0; i < room->nb_tracks; i++) {
        for (int j = 0; j < room->nb_participants; j++) {
            if (room->participants[j] == room->tracks[i]->sender)
                continue;
            ret = connect_one(room, room->tracks[i], room->participants[j]);
            if (ret < 0)
                return ret;
        }
    }
    return 0;
}

static Track *earliest_track(const Room *room)
{
    Track *earliest = NULL;

    for (int i = 0; i < room->nb_tracks; i++) {
        Track *t = room->tracks[i];

        if (!t->ended && (!earliest || t->time < earliest->time))
            earliest = t;
    }
    return earliest;
}

int room_step(Room *room)
{
    Track *track = earliest_track(room);
    int ret;

    if (!track)
        return AVERROR_EOF;
    room->time = FFMAX(room->time, track->time);
    if ((ret = track_send(track)) < 0)
        return ret;
    for (int i = 0; i < track->nb_receptions; i++) {
        Reception *r = track->receptions[i];

        if ((ret = reception_work(r)) < 0 ||
            (track->ended && (ret = reception_end(r)) < 0))
            return ret;
    }
    return 0;
}

const Reception *room_reception(const Participant *receiver,
                                const Track *track)
{
    for (int i = 0; i < track->nb_receptions; i++)
        if (track->receptions[i]->receiver == receiver)
            return track->receptions[i];
    return NULL;
}

void room_free(Room **room)
{
    Room *r = *room;
    int limit;

    if (!r)
        return;
    limit = log_limit(AV_LOG_QUIET); /* the filters' totals are in the table */
    for (int i = 0; i < r->nb_tracks; i++)
        track_free(&r->tracks[i]);
    for (int i = 0; i < r->nb_participants; i++) {
        key_wipe(&r->participants[i]->key);
        av_free(r->participants[i]);
    }
    av_free(r->tracks);
    av_free(r->participants);
    server_free(&r->server);
    av_freep(room);
    log_limit(limit);
}
