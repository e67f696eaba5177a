/*
 * End-to-end encrypted media: the text form of keys
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

#ifndef AVCODEC_BSF_E2EE_KEYFILE_H
#define AVCODEC_BSF_E2EE_KEYFILE_H

#include <stddef.h>
#include <stdint.h>

/**
 * One line of a key file:
 *
 *     SECRET                a passphrase at the default index
 *     INDEX:SECRET          a passphrase at an index, 0 to 255
 *     INDEX:text:SECRET     the same; SECRET may be empty or begin with hex:
 *     INDEX:hex:HEX         key bytes
 *
 * A secret is taken byte for byte. Lines end in LF or CR LF.
 */
typedef struct E2EEKeyLine {
    int      number;            ///< of the line, from 1
    int      index;             ///< -1: the default
    int      is_raw;            ///< key bytes rather than a passphrase
    uint8_t *secret;            ///< within the text
    size_t   size;
} E2EEKeyLine;

/** Where a reader stands. */
typedef struct E2EEKeyText {
    uint8_t *p, *end;
    int      number;            ///< lines read
} E2EEKeyText;

/**
 * Read the next line. Hexadecimal digits are decoded where they stand.
 *
 * @param error  set to what is wrong, in words that do not hold the secret
 * @return 1; 0 at the end; -1 if the line is wrong
 */
int ff_e2ee_key_line(E2EEKeyText *text, E2EEKeyLine *line,
                     const char **error);

/**
 * Decode hexadecimal digits; dst may be src.
 *
 * @return bytes written; 0 if there are none, an odd number, or others
 */
size_t ff_e2ee_hex(uint8_t *dst, const uint8_t *src, size_t size);

#endif /* AVCODEC_BSF_E2EE_KEYFILE_H */
