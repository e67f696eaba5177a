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

#include <string.h>

#include "srtp_hop.h"

static const struct {
    const char *name;
    size_t      key_size; ///< master key and master salt
} profiles[SRTP_PROFILE_NB] = {
    [SRTP_NONE]                    = { "none",                    0       },
    [SRTP_AES_CM_128_HMAC_SHA1_80] = { "AES_CM_128_HMAC_SHA1_80", 16 + 14 },
    [SRTP_AES_CM_128_HMAC_SHA1_32] = { "AES_CM_128_HMAC_SHA1_32", 16 + 14 },
    [SRTP_AEAD_AES_128_GCM]        = { "AEAD_AES_128_GCM",        16 + 12 },
    [SRTP_AEAD_AES_256_GCM]        = { "AEAD_AES_256_GCM",        32 + 12 },
};

const char *srtp_profile_name(SrtpProfile profile)
{
    return profiles[profile].name;
}

SrtpProfile srtp_profile_from_name(const char *name)
{
    SrtpProfile profile = SRTP_NONE;

    while (profile < SRTP_PROFILE_NB && strcmp(profiles[profile].name, name))
        profile++;
    return profile;
}

size_t srtp_key_size(SrtpProfile profile)
{
    return profiles[profile].key_size;
}
