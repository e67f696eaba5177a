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


#include <libavutil/intreadwrite.h>

#include "vp8_descriptor.h"

#define X_I 0x80
#define X_L 0x40
#define X_T 0x20
#define X_K 0x10

bool vp8_descriptor_parse(Vp8Descriptor *descriptor, const uint8_t *payload,
                          size_t size)
{
    Vp8Descriptor d = { .layer = -1, .size = 1 };
    uint8_t bytes[VP8_DESCRIPTOR_MAX] = { 0 };
    uint8_t fields;

    /* What is not there reads as 0; the size tells in the end. */
    for (size_t i = 0; i < sizeof(bytes) && i < size; i++)
        bytes[i] = payload[i];
    d.extended  = bytes[0] & 0x80;
    d.start     = bytes[0] & 0x10;
    d.partition = bytes[0] & 7;
    fields = d.extended ? bytes[d.size++] : 0;
    if (fields & X_I) {
        d.picture      = d.size;
        d.picture_bits = bytes[d.size] & 0x80 ? 15 : 7;
        d.picture_id   = d.picture_bits == 15 ?
                         AV_RB16(bytes + d.size) & 0x7fff : bytes[d.size];
        d.size        += d.picture_bits == 15 ? 2 : 1;
    }
    if (fields & X_L) {
        d.tl0       = d.size;
        d.tl0_index = bytes[d.size++];
    }
    if (fields & (X_T | X_K)) {
        if (fields & X_T)
            d.layer = bytes[d.size] >> 6;
        d.size++;
    }
    *descriptor = d;
    return d.size < size;
}

void vp8_descriptor_set(const Vp8Descriptor *descriptor, uint8_t *bytes,
                        unsigned picture_id, uint8_t tl0_index)
{
    if (descriptor->picture_bits == 15)
        AV_WB16(bytes + descriptor->picture, 0x8000 | (picture_id & 0x7fff));
    else if (descriptor->picture)
        bytes[descriptor->picture] = picture_id & 0x7f;
    if (descriptor->tl0)
        bytes[descriptor->tl0] = tl0_index;
}
