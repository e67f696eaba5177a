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


#include <math.h>

#include "internal.h"

/* Another layer than the wanted one will do after this. */
#define PATIENCE 500000

/* A new layer's key frame that is older than this against what went out last
 * is too late: time would stand still for the receiver (mediasoup's
 * SimulcastConsumer has the same bound). */
#define MAX_BEHIND 0.075

void layers_stop(Subscription *subscription)
{
    rewrite_close(&subscription->rewriter);
    if (subscription->layer == LAYER_NONE)
        return;
    subscription->last_layer = subscription->layer;
    subscription->layer      = LAYER_NONE;
    subscription->waiting    = INT64_MIN;
}

static uint32_t ticks(double seconds, int clock_rate)
{
    return (uint32_t)llrint(seconds * clock_rate);
}

/* What to add to a layer's timestamps: the sender reports tell it if both
 * layers have one, else the time since the last packet does. */
static uint32_t timestamp_offset(const Subscription *s, const Arrival *a)
{
    const Rewriter *r = &s->rewriter;
    int latest = s->layer != LAYER_NONE ? s->layer : s->last_layer;
    const Uplink *old;

    if (!r->started || latest == a->uplink->layer)
        return r->offset;
    old = latest < 0 ? NULL : &s->track->uplinks[latest];
    if (old && old->has_report && a->uplink->has_report) {
        const RtcpSenderReport *from = &old->report, *to = &a->uplink->report;
        double seconds = (int64_t)(to->ntp - from->ntp) / 4294967296.0;

        return from->timestamp + r->offset - to->timestamp +
               ticks(seconds, s->track->clock_rate);
    }
    return r->timestamp - a->input.timestamp +
           ticks((a->now - r->time) / 1e6, s->track->clock_rate);
}

static int switch_layer(Subscription *s, const Arrival *a)
{
    int ret = rewrite_open(&s->rewriter, &a->input, timestamp_offset(s, a));

    if (ret < 0)
        return ret;
    if (s->layer != LAYER_NONE)
        s->last_layer = s->layer;
    if (s->track->nb_uplinks > 1 && s->last_layer != a->uplink->layer)
        server_event(s->track, s, EVENT_LAYER, "",
                     a->datagram->tag.frame, a->uplink->layer);
    s->layer = a->uplink->layer;
    return 0;
}

static int target_layer(Subscription *s, const Arrival *a)
{
    const ActionState *state = actions_find(&s->actions, SERVER_LAYER,
                                            a->frame->time,
                                            a->input.timestamp);
    int highest = s->track->nb_uplinks - 1;

    return state && state->action->layer < highest ? state->action->layer
                                                   : highest;
}

/* Whether the receiver waits for this layer to begin. */
static bool waits_for(Subscription *s, const Arrival *a)
{
    const Uplink *target = &s->track->uplinks[s->target];

    if (s->layer == a->uplink->layer)
        return false;
    if (a->uplink == target)
        return true;
    if (s->layer != LAYER_NONE)
        return false;
    if (s->waiting == INT64_MIN)
        s->waiting = a->now;
    return a->now - s->waiting >= PATIENCE &&
           (!target->started || a->now - target->time >= PATIENCE);
}

static bool is_too_old(const Subscription *s, const Arrival *a)
{
    int32_t behind = s->rewriter.timestamp - a->input.timestamp -
                     timestamp_offset(s, a);

    return s->layer != LAYER_NONE &&
           behind > MAX_BEHIND * s->track->clock_rate;
}

/* It came late: it belongs to what has gone out before a switch or pause. */
static bool went_out(const Subscription *s, const Arrival *a)
{
    return rewrite_find(&s->rewriter, a->uplink->layer, a->input.sequence);
}

int layers_choose(Subscription *subscription, const Arrival *arrival,
                  const RewriteSegment **segment)
{
    int layer = arrival->uplink->layer, ret = 0;

    subscription->target = target_layer(subscription, arrival);
    if (waits_for(subscription, arrival)) {
        if (arrival->starts && !went_out(subscription, arrival) &&
            !is_too_old(subscription, arrival))
            ret = switch_layer(subscription, arrival);
        else
            ret = feedback_ask_key(arrival->uplink, subscription);
        if (ret < 0)
            return ret;
    }
    *segment = rewrite_find(&subscription->rewriter, layer,
                            arrival->input.sequence);
    if (!*segment && subscription->layer == LAYER_NONE &&
        layer == subscription->target)
        forward_withhold(subscription, arrival, "no key frame yet");
    return 0;
}
