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
 * Master keys of the hops, from a file, for captures of SRTP.
 *
 *     a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BASE64
 *     SRTP_MASTER_KEY SSRC PROFILE HEX
 *
 * The first is a line of SDP (RFC 4568); after an a=ssrc line it still goes
 * for every SSRC. In the second SSRC is a number, 0x... or "any"; HEX is
 * master key and salt. Other lines are passed over.
 */

#ifndef TOOLS_CAPTURE_SRTP_KEYS_H
#define TOOLS_CAPTURE_SRTP_KEYS_H

#include "net/srtp_hop.h"

typedef struct SrtpKey {
    SrtpProfile profile;
    bool        any;      ///< for every SSRC
    uint32_t    ssrc;
    uint8_t     key[64];  ///< srtp_key_size() bytes
} SrtpKey;

typedef struct SrtpKeys {
    SrtpKey *keys;
    int      nb_keys;
} SrtpKeys;

/**
 * @return 0 or a negative AVERROR; an error line with file and line number,
 *         never with the key, has been printed
 */
int srtp_keys_read(SrtpKeys *keys, const char *file);

/** Wipes the keys. */
void srtp_keys_free(SrtpKeys *keys);

#endif /* TOOLS_CAPTURE_SRTP_KEYS_H */
