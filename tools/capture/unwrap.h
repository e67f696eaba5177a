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
 * What stands around a payload in an RTP packet: header extensions, padding,
 * RED.
 */

#ifndef TOOLS_CAPTURE_UNWRAP_H
#define TOOLS_CAPTURE_UNWRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A packet taken apart; pointers into it. */
typedef struct RtpParts {
    const uint8_t *payload;
    size_t         size;
    const uint8_t *tail;     ///< padding with its count byte; NULL: none
    size_t         tail_size;
} RtpParts;

/**
 * @param data of a packet of which rtp_is_media() said yes
 * @return false if the lengths in it are impossible
 */
bool unwrap_rtp(const uint8_t *data, size_t size, RtpParts *parts);

#define RED_MAX_BLOCKS 8

typedef struct RedBlock {
    int            payload_type;
    uint32_t       offset;   ///< how much older than the packet, in ticks
    const uint8_t *data;
    size_t         size;
} RedBlock;

/**
 * Split a RED payload (RFC 2198); the last block is the packet's own.
 *
 * @param blocks RED_MAX_BLOCKS of them
 * @return how many, 0 if it is not RED
 */
int unwrap_red(const uint8_t *payload, size_t size, RedBlock *blocks);

/** Size of a VP8 payload descriptor (RFC 7741), 0 if it is cut off. */
size_t unwrap_vp8_descriptor(const uint8_t *payload, size_t size);

#endif /* TOOLS_CAPTURE_UNWRAP_H */
