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
 * What a frame shows to who has no key: which format it has, and what that
 * says. doc/wire-formats.md has the formats.
 */

#ifndef TOOLS_PROBE_WIRE_H
#define TOOLS_PROBE_WIRE_H

#include <stdbool.h>

#include "e2ee_layout.h"
#include "e2ee_nonce.h"

typedef enum WireFormat {
    WIRE_PLAIN,    ///< nothing that tells of sealing
    WIRE_TRAILER,  ///< ends in IV, its length and a key index: videosdk,
                   ///< livekit, jitsi, nextcloud
    WIRE_STREAM,   ///< ends in Stream's trailer
    WIRE_DAVE,     ///< ends in DAVE's
    WIRE_SFRAME,   ///< never told by one frame alone
    WIRE_INJECTED, ///< one that LiveKit's server makes, never sealed
    WIRE_EMPTY,    ///< DTX, never sealed
    WIRE_NB
} WireFormat;

typedef struct WireFrame {
    WireFormat format;
    int        key_index;        ///< -1: the format has none
    bool       has_iv;
    uint8_t    iv[E2EE_IV_SIZE]; ///< with which it was sealed
    size_t     lkts;             ///< bytes of a LiveKit packet trailer behind
    bool       zero_lost;        ///< the final 00, a key index, is not there
    size_t     padding;          ///< bytes that read as RTP padding behind
                                 ///< a trailer, 0: none
    bool       has_sframe;       ///< it begins with what may be a header
    uint64_t   kid, ctr;         ///< of that
    size_t     sframe_header;    ///< its bytes
} WireFrame;

void wire_read(WireFrame *wire, const E2EEFrame *frame);

/** "trailer", "stream", "dave", ...: for reports. */
const char *wire_format_name(WireFormat format);

/** The same in words. */
const char *wire_format_text(WireFormat format);

#endif /* TOOLS_PROBE_WIRE_H */
