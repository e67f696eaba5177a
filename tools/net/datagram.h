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
 * A datagram on its way through the meeting: headers of its own, a payload
 * that all copies share.
 */

#ifndef TOOLS_NET_DATAGRAM_H
#define TOOLS_NET_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "packet_buffer.h"

/** Fixed header, 15 CSRCs and an extension of 32 bytes. */
#define DATAGRAM_HEADER_MAX 112

/** Which packet it is, for the report alone: nothing that the server or a
 *  receiver decides comes from here. */
typedef struct PacketTag {
    uint16_t track;   ///< its number in the room; UINT16_MAX: of no frame
    uint8_t  layer;   ///< simulcast encoding, 0: the first
    uint8_t  flags;   ///< TAG_*
    uint16_t index;   ///< of the packet in its frame, from 0
    uint16_t nb;      ///< packets of the frame
    uint64_t frame;   ///< number of the frame in the track and layer, from 0
} PacketTag;

enum {
    TAG_RETRANSMITTED = 1, ///< sent again after a NACK
    TAG_INJECTED      = 2, ///< the server's own
    TAG_TAMPERED      = 4, ///< changed on its way: by the server or a link
    TAG_REPLAYED      = 8, ///< sent once more by the server
};

/**
 * RTP or RTCP, protected or not. header[] holds the RTP header with CSRCs and
 * extension (for RTCP nothing), which each copy may change; the payload is
 * shared and never written to.
 */
typedef struct Datagram {
    uint8_t        header[DATAGRAM_HEADER_MAX];
    size_t         header_size;
    const uint8_t *payload;
    size_t         payload_size;
    PacketBuffer  *buffer;  ///< what holds the payload
    PacketTag      tag;
} Datagram;

/**
 * Copy bytes into a new datagram and split them behind the RTP header.
 *
 * @param pool for the payload; NULL: allocated
 * @return 0, AVERROR(ENOMEM), or AVERROR_INVALIDDATA if the header is longer
 *         than the datagram or than DATAGRAM_HEADER_MAX
 */
int datagram_make(Datagram *out, PacketPool *pool, const uint8_t *data,
                  size_t size);

/** One more datagram with the same payload. */
void datagram_ref(Datagram *out, const Datagram *in);

/**
 * Put both parts into one piece.
 *
 * @param out room for header_size + payload_size bytes
 * @return the size
 */
size_t datagram_write(const Datagram *datagram, uint8_t *out);

size_t datagram_size(const Datagram *datagram);

void datagram_unref(Datagram *datagram);

/**
 * Takes one datagram over.
 *
 * @return 0 or a negative AVERROR
 */
typedef int (*DatagramTaker)(void *opaque, Datagram *datagram);

#endif /* TOOLS_NET_DATAGRAM_H */
