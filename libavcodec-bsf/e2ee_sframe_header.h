/*
 * End-to-end encrypted media: the header of SFrame
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

#ifndef AVCODEC_BSF_E2EE_SFRAME_HEADER_H
#define AVCODEC_BSF_E2EE_SFRAME_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "e2ee_state.h"

#define E2EE_SFRAME_HEADER_MAX 17

/** Key id and counter, RFC 9605, section 4.3. */
typedef struct E2EESFrameHeader {
    uint64_t kid;
    uint64_t ctr;
} E2EESFrameHeader;

/** Write it in as few bytes as can be, and return how many. */
size_t ff_e2ee_sframe_header_write(uint8_t dst[E2EE_SFRAME_HEADER_MAX],
                                   const E2EESFrameHeader *header);

/**
 * Read the header that a frame begins with.
 *
 * @param used  bytes it takes
 * @return E2EE_OK; E2EE_TOO_SHORT; E2EE_NOT_SEALED if a number could have
 *         been written in fewer bytes, which no sender may do
 */
enum E2EEReason ff_e2ee_sframe_header_read(E2EESFrameHeader *header,
                                           const uint8_t *data, size_t size,
                                           size_t *used);

#endif /* AVCODEC_BSF_E2EE_SFRAME_HEADER_H */
