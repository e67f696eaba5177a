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

#include "open_events.h"

static void tell(const OpenTeller *teller, const OpenTrack *t, Event event)
{
    event.participant = t->in->label;
    event.kind        = t->in->kind;
    if (!event.reason)
        event.reason = "";
    if (teller->events.event)
        teller->events.event(teller->events.opaque, &event);
}

void open_tell_gap(const OpenTeller *teller, OpenTrack *t,
                   const InputFrame *frame)
{
    uint64_t nb = t->in->nb_lost - t->lost_told;

    if (!frame->gap_before)
        return;
    t->lost_told = t->in->nb_lost;
    tell(teller, t, (Event){ .type      = EVENT_GAP,
                             .time      = frame->time,
                             .key_index = -1,
                             .frame     = frame->number,
                             .value     = nb });
}

static bool is_change(const FrameReport *a, const FrameReport *b)
{
    return a->state != b->state || a->key_index != b->key_index ||
           a->injected != b->injected || strcmp(a->reason, b->reason);
}

static void tell_state(const OpenTeller *teller, OpenTrack *t,
                       const InputFrame *frame, const FrameReport *report)
{
    if (!is_change(report, &t->last))
        return;
    t->last = *report;
    tell(teller, t, (Event){ .type      = report->injected ? EVENT_SERVER
                                                           : EVENT_STATE,
                             .time      = frame->time,
                             .state     = report->state,
                             .key_index = report->key_index,
                             .reason    = report->reason,
                             .frame     = frame->number });
}

static void tell_life(const OpenTeller *teller, const OpenTrack *t,
                      const InputFrame *frame, const FrameReport *report,
                      const AVPacket *packet, int size)
{
    bool opened = report && report->state == STATE_DECRYPTION_SUCCESS;
    FrameLife life = {
        .sender         = t->in->label,
        .kind           = t->in->kind,
        .frame          = frame->number,
        .captured       = frame->time,
        .seal_key_index = -1,
        .sealed_size    = size,
        .sent           = frame->time,
        .nb_packets     = frame->nb_packets,
        .server_first   = -1,
        .server_last    = -1,
        .arrived_first  = report ? frame->time : -1,
        .arrived_last   = report ? frame->time : -1,
        .gave_up        = report ? -1 : frame->time,
        .open_key_index = -1,
        .opened         = opened ? frame->time : -1,
        .psnr           = -1,
        .ssim           = -1,
    };

    if (!teller->lives.frame)
        return;
    if (!report) {
        life.fate = FATE_LOST_UPLINK;
        life.why  = "the recording lacks packets of it";
    } else {
        life.fate           = report->injected ? FATE_WITHHELD
                              : opened         ? FATE_OPENED
                                               : FATE_REFUSED;
        life.why            = report->injected ? "the server made it" : "";
        life.open_state     = report->state;
        life.open_key_index = report->key_index;
        life.plain_size     = opened ? packet->size : 0;
        life.key_frame      = opened && (packet->flags & AV_PKT_FLAG_KEY);
        snprintf(life.reason, sizeof(life.reason), "%s", report->reason);
    }
    teller->lives.frame(teller->lives.opaque, &life);
}

void open_tell_frame(const OpenTeller *teller, OpenTrack *t,
                     const InputFrame *frame, const FrameReport *report,
                     const AVPacket *packet, int size)
{
    if (report)
        tell_state(teller, t, frame, report);
    else
        tell(teller, t, (Event){ .type      = EVENT_LOSS,
                                 .time      = frame->time,
                                 .key_index = -1,
                                 .reason    = "incomplete",
                                 .frame     = frame->number });
    tell_life(teller, t, frame, report, packet, size);
}
