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
 * RTP payload format of SFrame (draft-ietf-avtcore-rtp-sframe): a descriptor
 * of one byte before each piece of an SFrame ciphertext.
 *
 * The ciphertext is either a frame's, cut into pieces (rtp_sframe_split()), or
 * that of one RTP payload of the codec's own format (rtp_sframe_wrap()).
 */

#ifndef TOOLS_NET_RTP_SFRAME_H
#define TOOLS_NET_RTP_SFRAME_H

#include <stdbool.h>

#include "datagram.h"

#define RTP_SFRAME_START      0x80 ///< S: first piece
#define RTP_SFRAME_END        0x40 ///< E: last piece
#define RTP_SFRAME_PER_PACKET 0x20 ///< T: what was sealed is an RTP payload

/** Bytes that a sealed payload is longer at most: descriptor, SFrame's header
 *  and its tag. */
#define RTP_SFRAME_OVERHEAD (1 + 17 + 16)

/** @param payload descriptor and piece, only lent */
typedef int (*RtpSframeSink)(void *opaque, const uint8_t *payload, size_t size,
                             bool last);

/**
 * Cut a sealed frame into payloads of about the same size.
 *
 * @param max bytes of payload, descriptor included; at least 2
 * @return 0, the sink's first error, or AVERROR(ENOMEM)
 */
int rtp_sframe_split(const uint8_t *frame, size_t size, size_t max,
                     RtpSframeSink sink, void *opaque);

/**
 * Put a sealed payload in the place of the one that was sealed.
 *
 * @param pool for it; NULL: allocated
 * @return 0 or AVERROR(ENOMEM); the datagram is as it was then
 */
int rtp_sframe_wrap(Datagram *datagram, PacketPool *pool,
                    const uint8_t *sealed, size_t size);

#endif /* TOOLS_NET_RTP_SFRAME_H */
