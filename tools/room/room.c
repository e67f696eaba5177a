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
#include <libavutil/mem.h>

#include "media/frame_filter.h"
#include "parts.h"
#include "repeatable_iv.h"
#include "report/log.h"

#define EPOCH     500000  ///< microseconds between comparisons
#define POOL_SIZE 2048    ///< bytes, more than a datagram with SRTP

static void tell(void *opaque, void *owner, const Life *life)
{
    (void)opaque;
    room_tell(owner, life);
}

/* Everybody's key is tried before any media is opened: a bad key file shows
 * at once, and its warnings show once. */
static int check_keys(const Scenario *s)
{
    int ret = frame_filter_check(s->scheme, &s->key);

    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        if (s->participants[i].key.kind == KEY_OWN)
            ret = frame_filter_check(s->scheme, &s->participants[i].key);
    return ret;
}

static int open_participant(Room *room, int number)
{
    const ParticipantPlan *plan = &room->scenario->participants[number];
    Participant *p = &room->participants[number];
    const ConnectionSetup connection = {
        .scenario = room->scenario, .plan = plan, .clock = room->clock,
        .stages = &room->stages,
        .arrive = traffic_arrive, .lose = traffic_lose, .opaque = p,
    };
    char name[128];
    Rng rng;

    p->room   = room;
    p->number = number;
    p->plan   = plan;
    p->joined = p->left = -1;
    snprintf(name, sizeof(name), "feedback %s", plan->name);
    rng_open(&rng, room->scenario->seed, name);
    p->ssrc = rng_next(&rng);
    return connection_open(&p->connection, &connection);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : FFMIN(a, b);
}

static int open_track(Room *room, Participant *sender, const TrackPlan *plan)
{
    const ParticipantPlan *p = sender->plan;
    Track *t = &room->tracks[room->nb_tracks];
    int64_t to;

    *t = (Track){
        .room = room, .number = room->nb_tracks++, .sender = sender,
        .plan = plan, .kind = track_kind_name(plan->kind),
    };
    to = earlier(earlier(plan->published.to, p->present.to),
                 room->scenario->duration);
    t->from = FFMAX(plan->published.from, p->present.from);
    t->to   = to ? to : INT64_MAX;
    t->receptions = av_calloc(room->nb_participants, sizeof(*t->receptions));
    if (!t->receptions)
        return AVERROR(ENOMEM);
    t->nb_receptions = room->nb_participants;
    if (held_keys_open(&t->keys, p) < 0)
        return AVERROR(ENOMEM);
    return track_open(t);
}

static int open_tracks(Room *room)
{
    const Scenario *s = room->scenario;
    int nb = 0, ret = 0;

    for (int i = 0; i < s->nb_participants; i++)
        nb += s->participants[i].nb_tracks;
    if (!(room->tracks = av_calloc(FFMAX(nb, 1), sizeof(*room->tracks))))
        return AVERROR(ENOMEM);
    for (int i = 0; i < s->nb_participants; i++)
        for (int j = 0; j < s->participants[i].nb_tracks && ret >= 0; j++)
            ret = open_track(room, &room->participants[i],
                             &s->participants[i].tracks[j]);
    return ret;
}

static int add_reception(Participant *p, Track *t)
{
    const Scenario *s = p->room->scenario;
    Reception *r = av_mallocz(sizeof(*r));
    char name[160];
    unsigned slot;
    Rng rng;

    if (!r)
        return AVERROR(ENOMEM);
    t->receptions[p->number] = r;
    r->room     = p->room;
    r->receiver = p;
    r->track    = t;
    r->row      = (ReportRow){
        .receiver = p->plan->name, .sender = t->sender->plan->name,
        .kind = t->kind, .codec = t->codec, .psnr = -1, .ssim = -1,
    };
    snprintf(name, sizeof(name), "forward %d %s", t->number, p->plan->name);
    rng_open(&rng, s->seed, name);
    r->ssrc     = rng_next(&rng);
    r->sequence = rng_next(&rng);
    for (slot = r->ssrc; p->receptions[slot & (p->nb_slots - 1)]; slot++)
        ;
    p->receptions[slot & (p->nb_slots - 1)] = r;
    r->tallies = av_calloc(tally_count(s), sizeof(*r->tallies));
    if (!r->tallies)
        return AVERROR(ENOMEM);
    tallies_open(r->tallies, s, p->plan->name, t->sender->plan->name,
                 t->plan->kind, p->room->setup.verify == VERIFY_DECODE);
    return held_keys_open(&r->keys, p->plan);
}

static int add_receptions(Room *room, Participant *p)
{
    int ret = 0;

    if (!p->plan->receives)
        return 0;
    for (p->nb_slots = 8; p->nb_slots < 2U * room->nb_tracks; )
        p->nb_slots *= 2;
    p->receptions = av_calloc(p->nb_slots, sizeof(*p->receptions));
    if (!p->receptions)
        return AVERROR(ENOMEM);
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++)
        if (room->tracks[i].sender != p)
            ret = add_reception(p, &room->tracks[i]);
    return ret;
}

static int run_epoch(void *opaque, int64_t now)
{
    Room *room = opaque;
    int ret = verify_run(room->verifier);

    return ret < 0 || room->end <= now ? ret :
           clock_at(room->clock, now + EPOCH, run_epoch, room);
}

static int schedule_all(Room *room)
{
    int ret = 0;

    for (int i = 0; i < room->nb_participants && ret >= 0; i++)
        ret = agenda_participant(&room->participants[i]);
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++)
        ret = agenda_track(&room->tracks[i]);
    if (ret >= 0 && room->verifier)
        ret = clock_at(room->clock, EPOCH, run_epoch, room);
    return ret;
}

static bool wants_quality(const Scenario *s)
{
    for (int i = 0; i < s->nb_expectations; i++)
        if (s->expectations[i].psnr >= 0 || s->expectations[i].ssim >= 0)
            return true;
    return false;
}

static int open_shared(Room *room)
{
    const ServerSetup server = {
        .clock = room->clock, .scenario = room->scenario,
        .events = room->setup.events, .send = traffic_send,
        .withheld = traffic_withhold, .opaque = room,
    };
    const VerifySetup verify = {
        .nb_threads = FFMAX(room->setup.nb_threads, 1),
        .quality = wants_quality(room->scenario),
        .measure = room->setup.stages, .tell = tell, .opaque = room,
    };

    if (!(room->pool = packet_pool_alloc(POOL_SIZE)) ||
        (room->setup.verify == VERIFY_DECODE &&
         !(room->verifier = verifier_alloc(&verify))))
        return AVERROR(ENOMEM);
    return server_open(&room->server, &server);
}

static int open_people(Room *room)
{
    int ret = 0;

    room->nb_participants = room->scenario->nb_participants;
    room->participants    = av_calloc(FFMAX(room->nb_participants, 1),
                                      sizeof(*room->participants));
    if (!room->participants)
        return AVERROR(ENOMEM);
    for (int i = 0; i < room->nb_participants && ret >= 0; i++)
        ret = open_participant(room, i);
    return ret;
}

int room_open(Room **room, const RoomSetup *setup)
{
    Room *r = *room = av_mallocz(sizeof(*r));
    int ret = AVERROR(ENOMEM);

    if (!r)
        return ret;
    r->setup         = *setup;
    r->scenario      = setup->scenario;
    r->end           = INT64_MAX;
    r->stages.wanted = setup->stages;
    if (!(r->clock = clock_alloc()))
        goto fail;
    if ((ret = check_keys(r->scenario)) < 0 ||
        (ret = scenario_fingerprint(r->scenario, r->fingerprint)) < 0 ||
        (ret = open_shared(r)) < 0 || (ret = open_people(r)) < 0 ||
        (ret = open_tracks(r)) < 0)
        goto fail;
    for (int i = 0; i < r->nb_participants && ret >= 0; i++)
        ret = add_receptions(r, &r->participants[i]);
    if (ret >= 0)
        ret = schedule_all(r);
    if (ret >= 0)
        return 0;

fail:
    room_free(room);
    return ret;
}

static int finish(Room *room)
{
    int ret = 0;

    room->over = true;
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++)
        if (room->tracks[i].published)
            ret = agenda_unpublish(&room->tracks[i], 0);
    if (ret >= 0 && room->verifier)
        ret = verify_run(room->verifier);
    return ret < 0 ? ret : AVERROR_EOF;
}

int room_step(Room *room)
{
    int ret;

    if (room->over)
        return AVERROR_EOF;
    if (clock_now(room->clock) >= room->end)
        return finish(room);
    ret = clock_step(room->clock);
    return ret == AVERROR_EOF ? finish(room) : ret;
}

int64_t room_time(const Room *room)
{
    return clock_now(room->clock);
}

uint64_t room_nb_packets(const Room *room)
{
    return room->nb_packets;
}

uint64_t room_nb_frames(const Room *room)
{
    return room->nb_frames;
}

int room_nb_participants(const Room *room)
{
    return room->nb_participants;
}

const char *room_participant(const Room *room, int participant)
{
    return room->participants[participant].plan->name;
}

int room_nb_tracks(const Room *room)
{
    return room->nb_tracks;
}

void room_track(const Room *room, int track, RoomTrack *out)
{
    const Track *t = &room->tracks[track];
    const Source *source = t->chains[0].source;

    *out = (RoomTrack){
        .sender = t->sender->plan->name, .kind = t->kind, .codec = t->codec,
        .name = source_name(source),
        .description = source_description(source),
        .par = source_parameters(source),
        .time_base = source_time_base(source),
    };
}

static void close_participant(Participant *p)
{
    connection_free(&p->connection);
    av_freep(&p->receptions);
}

void room_free(Room **room)
{
    Room *r = *room;
    int limit;

    if (!r)
        return;
    limit = log_limit(AV_LOG_QUIET); /* the filters' totals are in the table */
    for (int i = 0; i < r->nb_tracks; i++)
        for (int j = 0; j < r->tracks[i].nb_receptions; j++)
            if (r->tracks[i].receptions[j]) {
                reception_close(r->tracks[i].receptions[j]);
                av_freep(&r->tracks[i].receptions[j]);
            }
    for (int i = 0; i < r->nb_tracks; i++)
        track_close(&r->tracks[i]);
    for (int i = 0; r->participants && i < r->nb_participants; i++)
        close_participant(&r->participants[i]);
    server_free(&r->server);
    verifier_free(&r->verifier);
    clock_free(&r->clock);
    packet_pool_free(&r->pool);
    av_free(r->participants);
    av_free(r->tracks);
    av_free(r->report_tracks);
    av_free(r->report_participants);
    av_free(r->report_rows);
    av_free(r->report_expectations);
    av_free(r->report_stages);
    av_freep(room);
    log_limit(limit);
}
