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


#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "internal.h"

/* Gaps are looked at this often, and asked for when they are this old, which
 * leaves alone what comes a little out of order. */
#define NACK_TICK     10000
#define NACK_INTERVAL 50000
#define NACK_TRIES    10
#define NACK_BATCH    64
#define MISSING_MAX   256 ///< more than that: only a key frame helps

/* Least time between two PLIs for an SSRC, and after how long the server
 * itself asks again for what has not come. */
#define PLI_INTERVAL 300000
#define KEY_RETRY    1000000

static int send_to_sender(const Published *track, const uint8_t *data,
                          size_t size)
{
    const ServerSetup *setup = &track->server->setup;
    Datagram datagram;
    int ret = datagram_make(&datagram, NULL, data, size);

    return ret < 0 ? ret : setup->send(setup->opaque, track->participant,
                                       &datagram);
}

static int ask_key(Uplink *uplink, const Subscription *receiver,
                   int64_t interval)
{
    Published *track = uplink->track;
    int64_t now = clock_now(track->server->setup.clock);
    uint8_t data[RTCP_MAX_SIZE];

    if (track->audio ||
        (uplink->key_asked && now - uplink->key_time < interval))
        return 0;
    uplink->key_pending = false;
    uplink->key_asked   = true;
    uplink->key_came    = false;
    uplink->key_time    = now;
    server_event(track, receiver, EVENT_PLI, "", -1, uplink->layer);
    return send_to_sender(track, data, rtcp_write_pli(data, SERVER_SSRC,
                                                      uplink->ssrc));
}

int feedback_ask_key(Uplink *uplink, const Subscription *receiver)
{
    return ask_key(uplink, receiver,
                   uplink->key_came ? PLI_INTERVAL : KEY_RETRY);
}

int feedback_pli(Uplink *uplink, const Subscription *receiver)
{
    uplink->key_pending = !uplink->track->audio;
    return ask_key(uplink, receiver, PLI_INTERVAL);
}

int feedback_packet(Uplink *uplink, bool key)
{
    uplink->key_came    |= key;
    uplink->key_pending &= !key;
    return uplink->key_pending ? ask_key(uplink, NULL, PLI_INTERVAL) : 0;
}

/* What is due of one uplink, in as many NACKs as it takes. */
static int ask_missing(Uplink *uplink, int64_t now)
{
    uint16_t sequences[NACK_BATCH];
    uint8_t data[RTCP_MAX_SIZE];
    size_t nb = 0, kept = 0;
    int ret = 0;

    for (size_t i = 0; i < uplink->nb_missing; i++) {
        Missing missing = uplink->missing[i];

        if (missing.due <= now) {
            if (missing.nb_asked++ == NACK_TRIES)
                continue;
            missing.due = now + NACK_INTERVAL;
            sequences[nb++] = missing.sequence;
        }
        uplink->missing[kept++] = missing;
        if (nb == NACK_BATCH || (nb && i + 1 == uplink->nb_missing)) {
            ret = send_to_sender(uplink->track, data,
                                 rtcp_write_nack(data, SERVER_SSRC,
                                                 uplink->ssrc, sequences,
                                                 nb));
            if (ret < 0)
                return ret;
            nb = 0;
        }
    }
    uplink->nb_missing = kept;
    return ret;
}

static int nack_tick(void *opaque, int64_t now)
{
    Server *server = opaque;
    int ret;

    server->asking = false;
    for (int i = 0; i < server->nb_tracks; i++) {
        for (int j = 0; j < server->tracks[i]->nb_uplinks; j++) {
            Uplink *uplink = &server->tracks[i]->uplinks[j];

            if (uplink->nb_missing && (ret = ask_missing(uplink, now)) < 0)
                return ret;
            server->asking |= uplink->nb_missing;
        }
    }
    return server->asking ? clock_at(server->setup.clock, now + NACK_TICK,
                                     nack_tick, server) : 0;
}

static bool is_missing(const Uplink *uplink, uint64_t sequence)
{
    for (size_t i = 0; i < uplink->nb_missing; i++)
        if (uplink->missing[i].sequence == sequence)
            return true;
    return false;
}

int feedback_missing(Uplink *uplink, uint64_t sequence, uint64_t end)
{
    Server *server = uplink->track->server;
    int64_t due = clock_now(server->setup.clock) + NACK_TICK;

    if (!server->setup.scenario->nack)
        return 0;
    if (end - sequence > MISSING_MAX - uplink->nb_missing) {
        uplink->nb_missing = 0;
        return feedback_pli(uplink, NULL);
    }
    if (!uplink->missing)
        uplink->missing = av_malloc_array(MISSING_MAX,
                                          sizeof(*uplink->missing));
    if (!uplink->missing)
        return AVERROR(ENOMEM);
    for (; sequence < end; sequence++)
        if (!is_missing(uplink, sequence))
            uplink->missing[uplink->nb_missing++] = (Missing){
                .sequence = sequence, .due = due,
            };
    if (server->asking)
        return 0;
    server->asking = true;
    return clock_at(server->setup.clock, due, nack_tick, server);
}

void feedback_found(Uplink *uplink, uint64_t sequence)
{
    size_t kept = 0;

    for (size_t i = 0; i < uplink->nb_missing; i++)
        if (uplink->missing[i].sequence != sequence)
            uplink->missing[kept++] = uplink->missing[i];
    uplink->nb_missing = kept;
}

/* One datagram of RTCP while it is read. */
typedef struct Reading {
    Server *server;
    int     participant;
    Uplink *reported; ///< by a sender report
    int     ret;      ///< first error
} Reading;

static void keep_error(Reading *reading, int ret)
{
    if (ret < 0 && reading->ret >= 0)
        reading->ret = ret;
}

static Uplink *uplink_of(const Reading *reading, uint32_t ssrc)
{
    Uplink *uplink = ssrc_map_get(&reading->server->uplinks, ssrc);

    return uplink && uplink->track->participant == reading->participant ?
           uplink : NULL;
}

static Subscription *subscription_of(const Reading *reading, uint32_t ssrc)
{
    Subscription *s = ssrc_map_get(&reading->server->subscriptions, ssrc);

    return s && s->participant == reading->participant ? s : NULL;
}

static void take_nack(void *opaque, uint32_t ssrc, uint16_t sequence)
{
    Reading *reading = opaque;
    Subscription *s = subscription_of(reading, ssrc);
    const RewriteSegment *segment;
    const CachedPacket *packet;
    Uplink *uplink;
    uint64_t number;

    segment = s ? rewrite_find_sent(&s->rewriter, sequence, &number) : NULL;
    if (!segment)
        return;
    if (segment->layer == LAYER_NONE) {
        keep_error(reading, inject_again(s, segment));
        return;
    }
    uplink = &s->track->uplinks[segment->layer];
    packet = cache_get(&uplink->cache, number);
    if (packet)
        keep_error(reading, forward_cached(s, segment, packet,
                                           TAG_RETRANSMITTED));
    else if (number <= uplink->highest)
        keep_error(reading, feedback_missing(uplink, number, number + 1));
}

static void take_pli(void *opaque, uint32_t ssrc)
{
    Reading *reading = opaque;
    Subscription *s = subscription_of(reading, ssrc);
    ActionState *state;
    int layer;

    /* While it is muted a key frame would not get there. */
    if (!s || forward_silence(s, clock_now(reading->server->setup.clock),
                              &state))
        return;
    layer = s->layer == LAYER_NONE ? s->target : s->layer;
    keep_error(reading, feedback_pli(&s->track->uplinks[layer], s));
}

static void take_report(void *opaque, const RtcpSenderReport *report)
{
    Reading *reading = opaque;
    Uplink *uplink = uplink_of(reading, report->ssrc);

    if (!uplink)
        return;
    uplink->has_report = true;
    uplink->report     = *report;
    reading->reported  = uplink;
}

static void take_cname(void *opaque, uint32_t ssrc, const char *name,
                       size_t size)
{
    Uplink *uplink = uplink_of(opaque, ssrc);

    if (!uplink || size > CNAME_MAX)
        return;
    memcpy(uplink->track->cname, name, size);
    uplink->track->cname[size] = 0;
}

/* A sender's report as each receiver of the layer may see it. */
static int pass_report(const Uplink *uplink)
{
    const Published *track = uplink->track;
    const ServerSetup *setup = &track->server->setup;
    uint8_t data[RTCP_MAX_SIZE];

    for (int i = 0; i < track->nb_subscriptions; i++) {
        Subscription *s = track->subscriptions[i];
        RtcpSenderReport report = uplink->report;
        Datagram datagram;
        int ret;

        if (s->layer != uplink->layer)
            continue;
        report.ssrc       = s->rewriter.ssrc;
        report.timestamp += s->rewriter.offset;
        report.nb_packets = s->nb_packets;
        report.nb_bytes   = s->nb_bytes;
        ret = datagram_make(&datagram, NULL, data,
                            rtcp_write_sender_report(data, &report,
                                                     track->cname));
        if (ret < 0 || (ret = setup->send(setup->opaque, s->participant,
                                          &datagram)) < 0)
            return ret;
    }
    return 0;
}

int feedback_take(Server *server, int participant, const Datagram *datagram)
{
    static const RtcpHandler handler = {
        .sender_report = take_report, .nack = take_nack, .pli = take_pli,
        .cname = take_cname,
    };
    Reading reading = { .server = server, .participant = participant };

    /* A broken report concerns nobody but its sender. */
    rtcp_parse(datagram->payload, datagram->payload_size, &handler, &reading);
    if (reading.reported)
        keep_error(&reading, pass_report(reading.reported));
    return reading.ret;
}
