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

#include "parts.h"

void room_event(Room *room, const Event *event)
{
    const EventSink *sink = &room->setup.events;

    if (sink->event)
        sink->event(sink->opaque, event);
}

int room_sealed(Chain *c, SentFrame *frame)
{
    const Track *t = c->track;

    for (int i = 0; i < t->nb_receptions; i++) {
        Reception *r = t->receptions[i];
        Life *life;
        int ret;

        if (!r || !r->active)
            continue;
        if (!(life = lives_add(&r->lives[c->layer], frame)))
            return AVERROR(ENOMEM);
        life->able    = held_keys_fit(&t->keys, &r->keys);
        life->layered = t->nb_chains > 1;
        r->row.nb_sent++;
        if (r->lives[c->layer].nb > 1 || !frame->life.nb_packets)
            if ((ret = reception_tell(r)) < 0)
                return ret;
    }
    return 0;
}

static void note_loss(Reception *r, const FrameLife *life)
{
    Event event = {
        .type = EVENT_LOSS, .time = clock_now(r->room->clock),
        .participant = life->sender, .receiver = life->receiver,
        .kind = life->kind, .key_index = -1,
        .reason = life->why ? life->why : "", .frame = life->frame,
        .value = life->layer,
    };

    if (life->fate == FATE_LOST_UPLINK)
        event.hop = HOP_UPLINK;
    else if (life->fate == FATE_LOST_DOWNLINK || life->fate == FATE_LATE)
        event.hop = HOP_DOWNLINK;
    else
        return;
    room_event(r->room, &event);
}

void room_tell(Reception *r, const Life *life)
{
    const FrameLife *l = &life->life;
    const LifeSink *sink = &r->room->setup.lives;

    r->row.nb_fate[l->fate]++;
    r->row.nb_shown[l->shown]++;
    if (l->shown == SHOWN_DIFFERENT && l->psnr >= 0) {
        r->psnr += l->psnr;
        r->ssim += l->ssim;
        r->nb_psnr++;
    }
    tallies_add(r->tallies, tally_count(r->room->scenario), life);
    note_loss(r, l);
    if (sink->frame)
        sink->frame(sink->opaque, l);
}
