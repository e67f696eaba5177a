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
 * Randomness by name: every stream comes from the meeting's one seed and its
 * own name, so that one more link changes nothing for the others.
 */

#ifndef TOOLS_NET_RNG_H
#define TOOLS_NET_RNG_H

#include <stddef.h>
#include <stdint.h>

#include <libavutil/lfg.h>

typedef struct Rng {
    AVLFG state;
} Rng;

/**
 * @param name for instance "link alice up"
 */
void rng_open(Rng *rng, uint64_t seed, const char *name);

uint32_t rng_next(Rng *rng);

/** Evenly from [0, 1). */
double rng_uniform(Rng *rng);

/** Normally distributed, mean 0, deviation 1. */
double rng_normal(Rng *rng);

/** For keys and IVs of a meeting that nobody needs to keep secret. */
void rng_bytes(Rng *rng, uint8_t *out, size_t size);

#endif /* TOOLS_NET_RNG_H */
