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


/**
 * @file
 * Packets that wait until the output's header can be written.
 */

#ifndef TOOLS_OPEN_WAITING_H
#define TOOLS_OPEN_WAITING_H

#include <stddef.h>

#include <libavcodec/packet.h>

/** Packets in the order they came; zeroed: none. */
typedef struct Waiting {
    struct WaitingPacket *first, *last;
    size_t                nb_bytes;
} Waiting;

/**
 * Add a packet; takes its reference.
 *
 * @param track any number; it comes back
 * @return 0 or AVERROR(ENOMEM)
 */
int waiting_add(Waiting *waiting, int track, AVPacket *packet);

/** @return 0, or AVERROR(EAGAIN) if there is none */
int waiting_take(Waiting *waiting, int *track, AVPacket *packet);

void waiting_free(Waiting *waiting);

#endif /* TOOLS_OPEN_WAITING_H */
