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

#include "net/rtcp.h"
#include "parts.h"

/* As libwebrtc has it: a receiver without a key frame asks for one again and
 * again. */
#define ASK_INTERVAL 1000000
#define NACKS_AT_ONCE     64

static int send_feedback(Reception *r, const uint8_t *data, size_t size)
{
    Datagram datagram;
    int ret = datagram_make(&datagram, r->room->pool, data, size);

    if (ret < 0)
        return ret;
    stage_begin(&r->room->stages, STAGE_HOPS);
    ret = connection_send(r->receiver->connection, HOP_UPLINK, &datagram);
    stage_end(&r->room->stages);
    return ret;
}

static int ask_for_key(Reception *r)
{
    uint8_t pli[RTCP_MAX_SIZE];
    const Event event = {
        .type = EVENT_PLI, .time = clock_now(r->room->clock),
        .kind = r->track->kind,
        .participant = r->track->sender->plan->name,
        .receiver = r->receiver->plan->name, .key_index = -1, .reason = "",
        .frame = -1,
    };

    r->asked         = clock_now(r->room->clock);
    r->nb_when_asked = r->row.nb_packets;
    room_event(r->room, &event);
    return send_feedback(r, pli, rtcp_write_pli(pli, r->receiver->ssrc,
                                                r->ssrc));
}

static int ask_again(void *opaque, int64_t now)
{
    Reception *r = opaque;
    int ret = 0;

    if (!r->active || !r->waiting || r->track->ended) {
        r->asking = false;
        return 0;
    }
    /* While nothing comes at all there is nothing to ask for. */
    if (r->row.nb_packets > r->nb_when_asked)
        ret = ask_for_key(r);
    return ret < 0 ? ret : clock_at(r->room->clock, now + ASK_INTERVAL,
                                    ask_again, r);
}

/* Nothing can be shown before the next key frame. */
int reception_wait_for_key(Reception *r)
{
    int64_t now = clock_now(r->room->clock);

    if (!track_is_video(r->track) || r->room->setup.verify == VERIFY_NONE)
        return 0;
    r->waiting = true;
    if (r->asking)
        return 0;
    r->asking = true;
    if (r->asked != INT64_MIN && now - r->asked < ASK_INTERVAL)
        return clock_at(r->room->clock, r->asked + ASK_INTERVAL, ask_again,
                        r);
    return ask_again(r, now);
}

int reception_ask_for_packets(Reception *r)
{
    uint16_t sequences[NACKS_AT_ONCE];
    uint8_t nack[RTCP_MAX_SIZE];
    size_t nb = jitter_nacks(r->jitter, clock_now(r->room->clock), sequences,
                             NACKS_AT_ONCE);

    if (!nb || r->track->ended)
        return 0;
    return send_feedback(r, nack, rtcp_write_nack(nack, r->receiver->ssrc,
                                                  r->ssrc, sequences, nb));
}
