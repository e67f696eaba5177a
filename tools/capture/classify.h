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
 * What a datagram is, by its first bytes (RFC 7983, RFC 5761), and what codec
 * an RTP stream carries, by its payloads.
 */

#ifndef TOOLS_CAPTURE_CLASSIFY_H
#define TOOLS_CAPTURE_CLASSIFY_H

#include "payload_map.h"

typedef enum DatagramKind {
    DATAGRAM_OTHER,
    DATAGRAM_RTP,
    DATAGRAM_RTCP,
    DATAGRAM_STUN, ///< and TURN
    DATAGRAM_DTLS,
} DatagramKind;

DatagramKind classify_datagram(const uint8_t *data, size_t size);

/** Enough packets to guess from, and the most that are held for it. */
#define CLASSIFY_PACKETS 16

typedef struct ClassifyPacket {
    const uint8_t *payload;
    size_t         size;
    uint32_t       timestamp;
    uint16_t       sequence;
    bool           marker;
} ClassifyPacket;

/**
 * Guess a stream's codec from the parts of its payloads that stay clear.
 *
 * @param packets of one payload type, in the order of their sequence
 * @return NONE if nothing fits
 */
enum AVCodecID classify_codec(const ClassifyPacket *packets, int nb_packets);

/** Whether all payloads are RED around one payload type, which is the result;
 *  -1: they are not. */
int classify_red(const ClassifyPacket *packets, int nb_packets);

#endif /* TOOLS_CAPTURE_CLASSIFY_H */
