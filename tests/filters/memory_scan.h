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
 * Secrets in the memory of another process, in every form one might leave.
 */

#ifndef E2EE_TESTS_MEMORY_SCAN_H
#define E2EE_TESTS_MEMORY_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NEEDLE_MAX 200

/** Bytes to look for. */
typedef struct Needle {
    const char *secret;         ///< what of, not owned
    const char *form;           ///< raw, hex, base64, ...
    uint8_t     bytes[NEEDLE_MAX];
    size_t      size;
} Needle;

typedef struct Needles {
    Needle list[256];
    int    nb;
} Needles;

/**
 * Add a secret in its forms: as it is, its parts, as hexadecimal digits of both
 * cases, as base64, and as the two pads of an HMAC.
 *
 * @param size  8 to 64
 */
void needles_add(Needles *needles, const char *secret, const void *bytes,
                 size_t size);

/** The same of an AES key, and the key of GHASH that it gives. */
void needles_add_aes(Needles *needles, const char *secret, const void *key,
                     size_t size);

/** A place where a needle was found. */
typedef struct MemoryFind {
    const Needle *needle;
    uintptr_t     address;
    uintptr_t     begin, end;   ///< of the mapping
    const char   *mapping;      ///< [heap], a file's name or ""
} MemoryFind;

/**
 * Look through everything that a process can read and has or may have
 * written.
 *
 * @param process  its folder: /proc/123
 * @param found    called for each place
 * @return bytes looked at, or -1
 */
long memory_scan(const char *process, const Needles *needles,
                 void (*found)(void *opaque, const MemoryFind *find),
                 void *opaque);

#endif /* E2EE_TESTS_MEMORY_SCAN_H */
