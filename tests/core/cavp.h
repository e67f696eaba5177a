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

#ifndef E2EE_TESTS_CAVP_H
#define E2EE_TESTS_CAVP_H

#include "common.h"

/** One AES-GCM case of NIST's, as the response files have it. */
typedef struct CavpCase {
    unsigned count;             ///< its number in its group
    Bytes    key, iv, plain, aad, cipher, tag;
    int      fails;             ///< it is not authentic
} CavpCase;

/**
 * A response file of the package python3-cryptography-vectors: where it is
 * installed, in build/media as quickstart unpacks it, or in the folder that
 * E2EE_CAVP names.
 *
 * @return NULL if it is not there
 */
FILE *cavp_open(const char *file);

/**
 * The next case; what does not read like one fails the test.
 *
 * @return 0 at the end of the file
 */
int cavp_next(FILE *f, CavpCase *c);

void cavp_free(CavpCase *c);

#endif /* E2EE_TESTS_CAVP_H */
