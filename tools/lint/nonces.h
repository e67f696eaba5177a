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
 * Every IV that was seen, and what it sealed: two different frames under one
 * give each other away, the same one twice is only a repeat.
 */

#ifndef TOOLS_LINT_NONCES_H
#define TOOLS_LINT_NONCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NonceUse {
    uint64_t name;   ///< hash of key and IV; 0: an empty place
    uint64_t frame;  ///< hash of its bytes
    uint32_t track, number;
} NonceUse;

/** Zeroed to begin with. Takes 24 to 48 bytes a frame. */
typedef struct Nonces {
    NonceUse *uses;
    size_t    nb, room;
} Nonces;

typedef enum NonceResult {
    NONCE_NEW,
    NONCE_REPEATED, ///< with the same frame
    NONCE_REUSED,   ///< with another one
} NonceResult;

/**
 * @param name   what must not come twice: key index and IV
 * @param[out] first the use before, if there was one
 * @return a NonceResult or AVERROR(ENOMEM)
 */
int nonces_add(Nonces *nonces, const void *name, size_t name_size,
               const void *frame, size_t frame_size, uint32_t track,
               uint32_t number, NonceUse *first);

void nonces_free(Nonces *nonces);

#endif /* TOOLS_LINT_NONCES_H */
