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

#include "waiting.h"

struct WaitingPacket {
    struct WaitingPacket *next;
    int                   track;
    AVPacket             *packet;
};

int waiting_add(Waiting *w, int track, AVPacket *packet)
{
    struct WaitingPacket *p = av_mallocz(sizeof(*p));

    if (!p || !(p->packet = av_packet_alloc())) {
        av_free(p);
        return AVERROR(ENOMEM);
    }
    av_packet_move_ref(p->packet, packet);
    p->track = track;
    if (w->last)
        w->last->next = p;
    else
        w->first = p;
    w->last      = p;
    w->nb_bytes += p->packet->size;
    return 0;
}

int waiting_take(Waiting *w, int *track, AVPacket *packet)
{
    struct WaitingPacket *p = w->first;

    if (!p)
        return AVERROR(EAGAIN);
    if (!(w->first = p->next))
        w->last = NULL;
    w->nb_bytes -= p->packet->size;
    *track       = p->track;
    av_packet_move_ref(packet, p->packet);
    av_packet_free(&p->packet);
    av_free(p);
    return 0;
}

void waiting_free(Waiting *w)
{
    struct WaitingPacket *next;

    for (struct WaitingPacket *p = w->first; p; p = next) {
        next = p->next;
        av_packet_free(&p->packet);
        av_free(p);
    }
    *w = (Waiting){ 0 };
}
