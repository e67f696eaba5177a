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
 * AES-128-GCM of packets with libgcrypt and nothing else: set IV, AAD, crypt,
 * tag. The bytes that a scheme leaves clear are the AAD.
 */

#ifndef TESTS_BENCH_BARE_GCM_H
#define TESTS_BENCH_BARE_GCM_H

#include "packets.h"

typedef struct BareGcm BareGcm;

/** Seals them once, so that there is something to open. */
BareGcm *bare_gcm_alloc(const Packets *packets);

/* For measure(): the packets of a window; the parameter is a BareGcm. */
int bare_gcm_seal(void *opaque, int round);
int bare_gcm_open(void *opaque, int round);

/* Before each of them. */
void bare_gcm_touch(void *opaque, int round);
void bare_gcm_touch_sealed(void *opaque, int round);

void bare_gcm_free(BareGcm **bare);

#endif /* TESTS_BENCH_BARE_GCM_H */
