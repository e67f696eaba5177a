/*
 * End-to-end encrypted media: LiveKit's packet trailer
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#ifndef AVCODEC_BSF_E2EE_LKTS_H
#define AVCODEC_BSF_E2EE_LKTS_H

#include <stddef.h>
#include <stdint.h>

#define E2EE_LKTS_USER_MAX 255

/** What a LiveKit client says of a video frame, outside of the encryption. */
typedef struct E2EELkts {
    int      has_timestamp;
    uint64_t timestamp;         ///< microseconds of the sender's clock
    int      has_frame_id;
    uint32_t frame_id;
    size_t   user_size;         ///< bytes, 0: none
    uint8_t  user[E2EE_LKTS_USER_MAX];
} E2EELkts;

/**
 * Read the trailer at the end of a frame: fields of type, length and value,
 * each byte inverted, then the length of all inverted, then "LKTS".
 * client-sdk-js, src/packetTrailer.
 *
 * @return bytes of the trailer; 0 if there is none, or none that is whole
 */
size_t ff_e2ee_lkts_read(E2EELkts *lkts, const uint8_t *data, size_t size);

#endif /* AVCODEC_BSF_E2EE_LKTS_H */
