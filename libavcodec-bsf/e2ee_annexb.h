/*
 * End-to-end encrypted media: start codes and emulation prevention
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

#ifndef AVCODEC_BSF_E2EE_ANNEXB_H
#define AVCODEC_BSF_E2EE_ANNEXB_H

#include <stddef.h>
#include <stdint.h>

/** A NAL unit of an H.264 or H.265 byte stream (Annex B of either). */
typedef struct E2EENal {
    const uint8_t *code;        ///< its start code, all zeros included
    const uint8_t *data;        ///< its header
    const uint8_t *end;         ///< the next start code or the end of data
} E2EENal;

/**
 * The header of the first NAL unit whose start code begins at p or later, or
 * NULL. Does not look for the end of it.
 */
const uint8_t *ff_e2ee_annexb_header(const uint8_t *p, const uint8_t *end);

/**
 * Step to the next NAL unit. Begin with nal->end at the first byte.
 *
 * @return 1; 0 if there is none
 */
int ff_e2ee_annexb_next(E2EENal *nal, const uint8_t *end);

/** Whether the first start code has nothing but zeros before it. */
int ff_e2ee_annexb_check(const uint8_t *data, size_t size);

/**
 * Copy whole NAL units and make each start code four bytes long, the form in
 * which depacketizers give them back; longer ones stay.
 *
 * @param dst  room for size plus one byte a NAL unit, size + size / 3 will do
 * @return bytes written
 */
size_t ff_e2ee_annexb_normalize(uint8_t *dst, const uint8_t *src, size_t size);

/**
 * Turn length-prefixed NAL units (MP4, Matroska) into a byte stream with
 * four-byte start codes.
 *
 * @param dst          NULL to only measure
 * @param length_size  bytes of each length, 1 to 4
 * @return bytes written or needed, 0 if a length is wrong
 */
size_t ff_e2ee_annexb_from_lengths(uint8_t *dst, const uint8_t *src,
                                   size_t size, unsigned length_size);

/**
 * How many emulation prevention bytes the data needs (7.4.1 of H.264), when
 * zeros before it do not count. Runs at memory speed where there is no hit.
 */
size_t ff_e2ee_escape_extra(const uint8_t *data, size_t size);

/** Insert them in place; data has room for size + extra bytes. */
void ff_e2ee_escape(uint8_t *data, size_t size, size_t extra);

/** Whether there is anything for ff_e2ee_unescape() to take out. */
int ff_e2ee_escaped(const uint8_t *data, size_t size);

/**
 * Take emulation prevention bytes out.
 *
 * @param dst  room for size bytes, not overlapping src
 * @return bytes written
 */
size_t ff_e2ee_unescape(uint8_t *dst, const uint8_t *src, size_t size);

#endif /* AVCODEC_BSF_E2EE_ANNEXB_H */
