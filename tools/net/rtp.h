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
 * The fixed header of an RTP packet (RFC 3550, 5.1).
 */

#ifndef TOOLS_NET_RTP_H
#define TOOLS_NET_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_HEADER_SIZE 12
#define RTP_MTU         1200 ///< largest datagram, in bytes

/**
 * Whether the datagram has an RTP header of version 2 and is not RTCP
 * (RFC 5761, 4).
 */
bool rtp_is_media(const uint8_t *data, size_t size);

/**
 * Size of the header with CSRCs and extension of a datagram of which
 * rtp_is_media() said yes.
 *
 * @return 0 if it is longer than the datagram
 */
size_t rtp_header_size(const uint8_t *data, size_t size);

/* Only for datagrams of which rtp_is_media() said yes. */
int      rtp_payload_type(const uint8_t *data);
bool     rtp_marker(const uint8_t *data);
uint16_t rtp_sequence(const uint8_t *data);
uint32_t rtp_timestamp(const uint8_t *data);
uint32_t rtp_ssrc(const uint8_t *data);

void rtp_set_payload_type(uint8_t *data, int type);
void rtp_set_sequence(uint8_t *data, uint16_t sequence);
void rtp_set_timestamp(uint8_t *data, uint32_t timestamp);
void rtp_set_ssrc(uint8_t *data, uint32_t ssrc);

#endif /* TOOLS_NET_RTP_H */
