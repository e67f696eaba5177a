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
 * SRTP and SRTCP on one hop, by libsrtp2.
 */

#ifndef TOOLS_NET_SRTP_HOP_H
#define TOOLS_NET_SRTP_HOP_H

#include <stdbool.h>

#include "datagram.h"

typedef enum SrtpProfile {
    SRTP_NONE,
    SRTP_AES_CM_128_HMAC_SHA1_80,
    SRTP_AES_CM_128_HMAC_SHA1_32,
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_PROFILE_NB
} SrtpProfile;

/** RFC 4568's and RFC 7714's names; "none". */
const char *srtp_profile_name(SrtpProfile profile);

/** @return the profile, SRTP_PROFILE_NB if there is none of that name */
SrtpProfile srtp_profile_from_name(const char *name);

/** Bytes of master key and salt together. */
size_t srtp_key_size(SrtpProfile profile);

typedef struct SrtpHop SrtpHop;

/**
 * One direction: either to protect or to open.
 *
 * @param key srtp_key_size() bytes, master key and then salt; copied
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int srtp_hop_open(SrtpHop **hop, SrtpProfile profile, bool protect,
                  const uint8_t *key);

/**
 * Protect in the datagram's stead: its payload is replaced, in place if nobody
 * else has a reference to it. RTP may be protected again, for a
 * retransmission: the same bytes come out.
 *
 * @return 0 or a negative AVERROR
 */
int srtp_hop_protect(SrtpHop *hop, Datagram *datagram);

/**
 * The same way back. After a failure the payload is not to be used.
 *
 * @return 0, AVERROR(EEXIST) for a replay, AVERROR_INVALIDDATA if it is not
 *         authentic, or another negative AVERROR
 */
int srtp_hop_open_datagram(SrtpHop *hop, Datagram *datagram);

/** The same on plain bytes, in place, for captures. @param size in and out;
 *  not changed on failure, though the bytes may be */
int srtp_hop_open_bytes(SrtpHop *hop, uint8_t *data, size_t *size);

void srtp_hop_free(SrtpHop **hop);

#endif /* TOOLS_NET_SRTP_HOP_H */
