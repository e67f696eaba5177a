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


#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "internal.h"
#include "net/rtp.h"

/* A replayed frame is a millisecond younger: older than any next frame. */
#define REPLAY_RATE 1000

/* A datagram on its way to somebody, later. */
typedef struct Held {
    struct Held *next;
    int64_t      time;
    int          participant;
    Datagram     datagram;
} Held;

static int release(void *opaque, int64_t now)
{
    Server *server = opaque;
    int ret = 0;

    while (server->held && server->held->time <= now && ret >= 0) {
        Held *held = server->held;

        server->held = held->next;
        ret = server->setup.send(server->setup.opaque, held->participant,
                                 &held->datagram);
        av_free(held);
    }
    return ret;
}

static int hold(Server *server, int participant, Datagram *datagram,
                int64_t time)
{
    Held *held = av_mallocz(sizeof(*held)), **place = &server->held;

    if (!held) {
        datagram_unref(datagram);
        return AVERROR(ENOMEM);
    }
    *held = (Held){ .time = time, .participant = participant,
                    .datagram = *datagram };
    while (*place && (*place)->time <= time)
        place = &(*place)->next;
    held->next = *place;
    *place     = held;
    return clock_at(server->setup.clock, time, release, server);
}

void forward_free(Server *server)
{
    while (server->held) {
        Held *held = server->held;

        server->held = held->next;
        datagram_unref(&held->datagram);
        av_free(held);
    }
}

static void report(const Subscription *subscription, ServerActionType type,
                   int64_t frame)
{
    server_event(subscription->track, subscription, EVENT_SERVER,
                 server_action_name(type), frame, 0);
}

void forward_report_once(const Subscription *subscription, ActionState *state,
                         int64_t frame)
{
    if (!state->reported)
        report(subscription, state->action->type, frame);
    state->reported = true;
}

int forward_send(Subscription *subscription, Datagram *datagram)
{
    Server *server = subscription->track->server;
    int64_t now = clock_now(server->setup.clock);
    ActionState *state = actions_find(&subscription->actions, SERVER_HOLD,
                                      now, 0);

    subscription->nb_packets++;
    subscription->nb_bytes += datagram->payload_size;
    if (state && state->action->delay > 0) {
        forward_report_once(subscription, state, datagram->tag.frame);
        return hold(server, subscription->participant, datagram,
                    now + state->action->delay);
    }
    return server->setup.send(server->setup.opaque, subscription->participant,
                              datagram);
}

bool forward_withhold(Subscription *subscription, const Arrival *arrival,
                      const char *why)
{
    const ServerSetup *setup = &subscription->track->server->setup;

    if (subscription->withholds &&
        subscription->withheld == arrival->input.timestamp)
        return false;
    subscription->withholds = true;
    subscription->withheld  = arrival->input.timestamp;
    if (setup->withheld)
        setup->withheld(setup->opaque, subscription->participant,
                        &arrival->datagram->tag, why);
    return true;
}

/* One datagram more, by a segment. */
static int send_by(Subscription *subscription, const RewriteSegment *segment,
                   const Vp8Descriptor *vp8, const Datagram *datagram,
                   int64_t frame_time, int flags)
{
    uint32_t timestamp = rtp_timestamp(datagram->header);
    bool last = uplink_ends_frame(subscription->track, datagram->header);
    Datagram copy;
    int ret;

    datagram_ref(&copy, datagram);
    copy.tag.flags |= flags;
    ret = rewrite_apply(&subscription->rewriter, segment, vp8,
                        subscription->track->server->pool, &copy);
    if (ret >= 0)
        ret = actions_change(subscription, frame_time, timestamp, last,
                             &copy);
    if (ret < 0) {
        datagram_unref(&copy);
        return ret;
    }
    return forward_send(subscription, &copy);
}

int forward_cached(Subscription *subscription, const RewriteSegment *segment,
                   const CachedPacket *packet, int flags)
{
    const Datagram *datagram = &packet->datagram;
    Vp8Descriptor vp8;
    bool is_vp8 = subscription->track->codec == AV_CODEC_ID_VP8 &&
                  vp8_descriptor_parse(&vp8, datagram->payload,
                                       datagram->payload_size);

    return send_by(subscription, segment, is_vp8 ? &vp8 : NULL, datagram,
                   packet->frame_time, flags);
}

/* The frame that has just gone out whole goes out once more, as a new one. */
static int replay(Subscription *subscription, const Arrival *arrival,
                  const RewriteSegment *by)
{
    const UplinkFrame *frame = arrival->frame;
    const Vp8Descriptor *vp8 = arrival->input.vp8;
    const Cache *cache = &arrival->uplink->cache;
    RewriteSegment again = *by;
    const RewriteSegment *segment;
    int ret = 0;

    again.first      = frame->first;
    again.end        = frame->last + 1;
    again.timestamp += subscription->track->clock_rate / REPLAY_RATE;
    again.picture++;
    again.tl0 += vp8 && vp8->layer <= 0;
    segment = rewrite_insert(&subscription->rewriter, &again);
    if (!segment)
        return AVERROR(ENOMEM);
    for (uint64_t i = again.first; i < again.end && ret >= 0; i++)
        if (cache_get(cache, i))
            ret = forward_cached(subscription, segment, cache_get(cache, i),
                                 TAG_REPLAYED);
    rewrite_note(&subscription->rewriter, segment, &arrival->input,
                 arrival->now);
    return ret;
}

static ActionState *taking(Subscription *subscription, const Arrival *arrival,
                           ServerActionType type)
{
    return actions_find(&subscription->actions, type, arrival->frame->time,
                        arrival->input.timestamp);
}

const char *forward_silence(const Subscription *subscription, int64_t time,
                            ActionState **state)
{
    static const struct {
        ServerActionType type;
        const char      *why;
    } silent[] = {
        { SERVER_PAUSE,  "paused" },
        { SERVER_INJECT, "muted"  },
    };

    for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++) {
        *state = actions_find(&subscription->actions, silent[i].type, time,
                              0);
        if (*state)
            return silent[i].why;
    }
    return NULL;
}

static int forward_by(Subscription *subscription, const Arrival *arrival,
                      const RewriteSegment *segment)
{
    const RewriteSegment by = *segment;
    int ret;

    if (taking(subscription, arrival, SERVER_DROP)) {
        if (forward_withhold(subscription, arrival, "dropped"))
            report(subscription, SERVER_DROP, arrival->datagram->tag.frame);
        return rewrite_skip(&subscription->rewriter, &arrival->input);
    }
    ret = send_by(subscription, &by, arrival->input.vp8, arrival->datagram,
                  arrival->frame->time, 0);
    rewrite_note(&subscription->rewriter, &by, &arrival->input,
                 arrival->now);
    if (ret >= 0 && arrival->completes &&
        taking(subscription, arrival, SERVER_REPLAY)) {
        report(subscription, SERVER_REPLAY, arrival->datagram->tag.frame);
        ret = replay(subscription, arrival, &by);
    }
    return ret;
}

/* A receiver began with a packet that came late: what came before it, but
 * belongs behind it, follows at once. */
static int catch_up(Subscription *subscription, const Arrival *begin)
{
    Uplink *uplink = begin->uplink;
    const RewriteSegment *segment;
    const CachedPacket *packet;
    Arrival arrival;
    int ret = 0;

    for (uint64_t i = begin->input.sequence + 1;
         i <= uplink->highest && ret >= 0; i++) {
        packet  = cache_get(&uplink->cache, i);
        segment = rewrite_find(&subscription->rewriter, uplink->layer, i);
        if (packet && segment && uplink_recall(uplink, packet, &arrival))
            ret = forward_by(subscription, &arrival, segment);
    }
    return ret;
}

int forward_packet(Subscription *subscription, const Arrival *arrival)
{
    ActionState *state;
    const char *why = forward_silence(subscription, arrival->frame->time,
                                      &state);
    const RewriteSegment *segment;
    bool catches_up;
    int ret;

    if (why) {
        forward_report_once(subscription, state,
                            arrival->datagram->tag.frame);
        layers_stop(subscription);
        if (arrival->uplink->layer == subscription->target)
            forward_withhold(subscription, arrival, why);
        return 0;
    }
    ret = layers_choose(subscription, arrival, &segment);
    if (ret < 0 || !segment)
        return ret;
    catches_up = segment->first == arrival->input.sequence &&
                 subscription->rewriter.seen + 1 == segment->first;
    ret = forward_by(subscription, arrival, segment);
    return ret >= 0 && catches_up ? catch_up(subscription, arrival) : ret;
}
