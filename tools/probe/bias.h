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
 * Whether bytes at one place of many frames are random, as ciphertext is, or
 * have a codec's structure.
 */

#ifndef TOOLS_PROBE_BIAS_H
#define TOOLS_PROBE_BIAS_H

#include <stddef.h>
#include <stdint.h>

#define BIAS_BYTES 8

/** Zeroed to begin with. */
typedef struct Bias {
    uint64_t nb;                    ///< frames
    uint64_t ones[8 * BIAS_BYTES];  ///< of each bit
} Bias;

typedef enum BiasVerdict {
    BIAS_UNKNOWN,    ///< too few frames to tell
    BIAS_RANDOM,
    BIAS_STRUCTURED,
} BiasVerdict;

void bias_add(Bias *bias, const uint8_t bytes[BIAS_BYTES]);

/**
 * The sum over the bits of the squared deviation from even, which has a chi
 * squared distribution for random bytes, in standard deviations from its mean.
 */
double bias_score(const Bias *bias);

/** Structured where random bytes come to it once in a million times. */
BiasVerdict bias_verdict(const Bias *bias);

#endif /* TOOLS_PROBE_BIAS_H */
