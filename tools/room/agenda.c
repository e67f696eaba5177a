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

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mathematics.h>

#include "net/rtcp.h"
#include "parts.h"

#define REPORT_INTERVAL 5000000 ///< between RTCP sender reports
#define DRAIN           1000000 ///< what is on its way after the end
#define NTP_ORIGIN (UINT64_C(3913056000) << 32) ///< of media time 0

static void person_event(Participant *p, EventType type, int64_t value)
{
    const Event event = {
        .type = type, .time = clock_now(p->room->clock),
        .participant = p->plan->name, .key_index = -1, .reason = "",
        .frame = -1, .value = value,
    };

    room_event(p->room, &event);
}

static void track_event(Track *t, EventType type, const char *reason)
{
    const Event event = {
        .type = type, .time = clock_now(t->room->clock), .kind = t->kind,
        .participant = t->sender->plan->name, .key_index = -1,
        .reason = reason, .frame = -1,
    };

    room_event(t->room, &event);
}

static int subscribe(Reception *r)
{
    int ret = reception_open(r);

    if (ret < 0)
        return ret;
    return server_subscribe(r->room->server, r->receiver->number,
                            r->track->number, r->ssrc, r->sequence);
}

static int unsubscribe(Reception *r)
{
    if (!r->active)
        return 0;
    server_unsubscribe(r->room->server, r->receiver->number,
                       r->track->number);
    return reception_end(r);
}

static int join(void *opaque, int64_t now)
{
    Participant *p = opaque;
    Room *room = p->room;
    int ret = 0;

    p->present = true;
    p->joined  = now;
    person_event(p, EVENT_JOIN, 0);
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++) {
        Track *t = &room->tracks[i];

        if (t->published && !t->ended && t->receptions[p->number])
            ret = subscribe(t->receptions[p->number]);
    }
    return ret;
}

static int leave(void *opaque, int64_t now)
{
    Participant *p = opaque;
    Room *room = p->room;
    int ret = 0;

    if (!p->present)
        return 0;
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++)
        if (room->tracks[i].sender == p && room->tracks[i].published)
            ret = track_end(&room->tracks[i]);
    p->present = false;
    p->left    = now;
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++)
        if (room->tracks[i].receptions[p->number])
            ret = unsubscribe(room->tracks[i].receptions[p->number]);
    person_event(p, EVENT_LEAVE, 0);
    return ret;
}

static int send_report(void *opaque, int64_t now)
{
    Chain *c = opaque;
    Participant *p = c->track->sender;
    AVRational rtp = source_time_base(c->source);
    const RtcpSenderReport report = {
        .ssrc = c->ssrc,
        .ntp = NTP_ORIGIN + av_rescale(now, INT64_C(1) << 32, 1000000),
        .timestamp = c->timestamp +
                     av_rescale_q(now - c->track->from, AV_TIME_BASE_Q, rtp),
        .nb_packets = rtp_packer_count(c->packer),
        .nb_bytes   = rtp_packer_bytes(c->packer),
    };
    uint8_t text[RTCP_MAX_SIZE];
    Datagram datagram;
    int ret;

    if (c->ended)
        return 0;
    ret = datagram_make(&datagram, p->room->pool, text,
                        rtcp_write_sender_report(text, &report,
                                                 p->plan->name));
    if (ret >= 0)
        ret = connection_send(p->connection, HOP_UPLINK, &datagram);
    return ret < 0 ? ret : clock_at(p->room->clock, now + REPORT_INTERVAL,
                                    send_report, c);
}

static int announce(Track *t)
{
    uint32_t ssrcs[64];
    const Chain *c = &t->chains[0];
    Publication publication = {
        .participant  = t->sender->number, .track = t->number,
        .kind         = t->plan->kind,
        .codec        = c->rtp_codec,
        .payload_type = c->payload_type,
        .clock_rate   = source_time_base(c->source).den,
        .ssrcs        = ssrcs, .nb_ssrcs = FFMIN(t->nb_chains, 64),
    };

    for (int i = 0; i < publication.nb_ssrcs; i++)
        ssrcs[i] = t->chains[i].ssrc;
    return server_publish(t->room->server, &publication);
}

static int publish(void *opaque, int64_t now)
{
    Track *t = opaque;
    Room *room = t->room;
    int ret = announce(t);

    track_event(t, EVENT_PUBLISH,
                source_description(t->chains[0].source));
    t->published = true;
    for (int i = 0; i < t->nb_receptions && ret >= 0; i++)
        if (t->receptions[i] && room->participants[i].present)
            ret = subscribe(t->receptions[i]);
    for (int i = 0; i < t->nb_chains && ret >= 0; i++)
        ret = clock_at(room->clock, now + REPORT_INTERVAL, send_report,
                       &t->chains[i]);
    return ret < 0 ? ret : track_publish(t);
}

/* What is on its way still arrives. */
int agenda_unpublish(void *opaque, int64_t now)
{
    Track *t = opaque;
    int ret = 0;

    (void)now;
    for (int i = 0; i < t->nb_receptions && ret >= 0; i++)
        if (t->receptions[i])
            ret = unsubscribe(t->receptions[i]);
    server_verdicts(t->room->server, t->number, &t->verdicts);
    server_unpublish(t->room->server, t->number);
    return ret;
}

static int64_t longest_delay(const Scenario *s)
{
    int64_t delay = 0, held = 0;

    for (int i = -1; i < 2 * s->nb_participants; i++) {
        const ParticipantPlan *p = i < 0 ? NULL : &s->participants[i / 2];
        const Netem *netem = !p ? s->network : i % 2 ? p->uplink
                                                     : p->downlink;
        int nb = !p ? s->nb_network : i % 2 ? p->nb_uplink : p->nb_downlink;

        for (int j = 0; j < nb; j++)
            delay = FFMAX(delay, netem[j].delay + 4 * netem[j].jitter);
    }
    for (int i = 0; i < s->nb_actions; i++)
        held = FFMAX(held, s->actions[i].delay);
    return 2 * delay + held + s->jitter + DRAIN;
}

int room_track_ended(Track *t)
{
    Room *room = t->room;
    int64_t now = clock_now(room->clock);
    int64_t drained = now + longest_delay(room->scenario);

    t->ended_at = now;
    track_event(t, EVENT_UNPUBLISH, "");
    if (++room->nb_ended == room->nb_tracks)
        room->end = drained + 1;
    return clock_at(room->clock, drained, agenda_unpublish, t);
}

static void note_key_event(Participant *p, const KeyEvent *e)
{
    const Event event = {
        .type = e->type == KEY_EVENT_RATCHET ? EVENT_RATCHET : EVENT_KEY,
        .time = clock_now(p->room->clock), .participant = p->plan->name,
        .key_index = e->index, .reason = key_event_name(e->type),
        .frame = -1,
    };

    if (e->type == KEY_EVENT_DISABLE || e->type == KEY_EVENT_ENABLE)
        person_event(p, EVENT_ENABLED, e->type == KEY_EVENT_ENABLE);
    else
        room_event(p->room, &event);
}

static int change_keys(void *opaque, int64_t now)
{
    Participant *p = opaque;
    Room *room = p->room;
    const KeyEvent *event = &p->plan->key_events[p->nb_key_events++];
    int ret = 0;

    (void)now;
    note_key_event(p, event);
    for (int i = 0; i < room->nb_tracks && ret >= 0; i++) {
        Track *t = &room->tracks[i];

        if (t->sender == p)
            ret = track_key_event(t, event);
        else if (t->receptions[p->number])
            ret = reception_key_event(t->receptions[p->number], event);
    }
    return ret;
}

int agenda_participant(Participant *p)
{
    const ParticipantPlan *plan = p->plan;
    Clock *clock = p->room->clock;
    int ret = clock_at(clock, plan->present.from, join, p);

    if (ret >= 0 && plan->present.to)
        ret = clock_at(clock, plan->present.to, leave, p);
    for (int i = 0; i < plan->nb_key_events && ret >= 0; i++)
        ret = clock_at(clock, plan->key_events[i].time, change_keys, p);
    return ret;
}

static int mute(void *opaque, int64_t now)
{
    (void)now;
    track_event(opaque, EVENT_MUTE, "");
    return 0;
}

static int unmute(void *opaque, int64_t now)
{
    (void)now;
    track_event(opaque, EVENT_UNMUTE, "");
    return 0;
}

int agenda_track(Track *t)
{
    const TrackPlan *plan = t->plan;
    Clock *clock = t->room->clock;
    int ret = clock_at(clock, t->from, publish, t);

    for (int i = 0; i < plan->nb_muted && ret >= 0; i++) {
        ret = clock_at(clock, plan->muted[i].from, mute, t);
        if (ret >= 0 && plan->muted[i].to)
            ret = clock_at(clock, plan->muted[i].to, unmute, t);
    }
    return ret;
}
