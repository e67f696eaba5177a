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
 * The descriptor at the head of each VP8 RTP payload (RFC 7741, 4.2).
 */

#ifndef TOOLS_MEDIA_VP8_DESCRIPTOR_H
#define TOOLS_MEDIA_VP8_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VP8_DESCRIPTOR_MAX 6 ///< bytes

/** Offsets count from the payload's first byte; 0: not there. */
typedef struct Vp8Descriptor {
    size_t   size;         ///< where the frame's bytes begin
    bool     extended;     ///< X
    bool     start;        ///< S: a partition begins
    unsigned partition;    ///< PID
    size_t   picture;      ///< offset of the picture id
    unsigned picture_bits; ///< 7 or 15
    unsigned picture_id;
    size_t   tl0;          ///< offset of TL0PICIDX
    uint8_t  tl0_index;
    int      layer;        ///< temporal layer, -1: T is not set
} Vp8Descriptor;

/** @return false if the payload ends before the frame's first byte */
bool vp8_descriptor_parse(Vp8Descriptor *descriptor, const uint8_t *payload,
                          size_t size);

/**
 * Put a picture id and a TL0PICIDX where the descriptor has them.
 *
 * @param bytes the descriptor, which may have been copied elsewhere
 */
void vp8_descriptor_set(const Vp8Descriptor *descriptor, uint8_t *bytes,
                        unsigned picture_id, uint8_t tl0_index);

#endif /* TOOLS_MEDIA_VP8_DESCRIPTOR_H */
