/*
 * End-to-end encrypted media: DAVE, what stays clear of each codec
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

#ifndef AVCODEC_BSF_E2EE_DAVE_RANGES_H
#define AVCODEC_BSF_E2EE_DAVE_RANGES_H

#include "e2ee_scheme.h"

/** As many as a trailer has room for: two bytes each of 243. */
#define E2EE_DAVE_RANGES_MAX 121

typedef struct E2EEDaveRange {
    size_t offset, size;        ///< bytes
} E2EEDaveRange;

/** A frame in the form in which it is sent, and what of it stays clear. */
typedef struct E2EEDaveMedia {
    uint8_t      *data;         ///< not encrypted yet
    size_t        size;
    E2EEDaveRange clear[E2EE_DAVE_RANGES_MAX]; ///< ascending, apart
    int           nb_clear;
    int           nb_units;     ///< NAL units, 0 for codecs without
    unsigned      warnings;     ///< E2EE_WARN_*
} E2EEDaveMedia;

/**
 * Write a frame the way real receivers will hand it to decryption.
 * H.264, H.265: start codes of four bytes, a key frame with its parameter
 * sets. AV1: without the OBUs that packetizers drop, sizes as short as they
 * can be, the last one without.
 *
 * @param dst  room for ff_e2ee_bound() bytes, media->data from then on
 * @return E2EE_LONG_CLEAR if there are too many ranges for a trailer
 */
enum E2EEReason ff_e2ee_dave_media(const E2EESession *session,
                                   const E2EEFrame *frame, uint8_t *dst,
                                   E2EEDaveMedia *media);

/** Bytes that a number takes in LEB128. */
size_t ff_e2ee_leb128_size(uint64_t value);

/** Write one, as short as can be; returns the bytes written. */
size_t ff_e2ee_leb128_write(uint8_t *dst, uint64_t value);

/**
 * Read one from *p on and step over it.
 *
 * @return 1; 0 if it does not end before end or takes more than 64 bits
 */
int ff_e2ee_leb128_read(const uint8_t **p, const uint8_t *end,
                        uint64_t *value);

#endif /* AVCODEC_BSF_E2EE_DAVE_RANGES_H */
