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

#include <math.h>

#include "bias.h"

#define NB_BITS (8 * BIAS_BYTES)

/* Fewer frames cannot reach the score below, however even they are. */
#define FRAMES_MIN 6
#define SCORE_MIN  6.5

void bias_add(Bias *bias, const uint8_t bytes[BIAS_BYTES])
{
    bias->nb++;
    for (int i = 0; i < NB_BITS; i++)
        bias->ones[i] += bytes[i / 8] >> (7 - i % 8) & 1;
}

double bias_score(const Bias *bias)
{
    double sum = 0, n = bias->nb;

    if (!bias->nb)
        return 0;
    for (int i = 0; i < NB_BITS; i++) {
        double deviation = 2.0 * bias->ones[i] - n;

        sum += deviation * deviation / n;
    }
    return (sum - NB_BITS) / sqrt(2.0 * NB_BITS);
}

BiasVerdict bias_verdict(const Bias *bias)
{
    if (bias->nb < FRAMES_MIN)
        return BIAS_UNKNOWN;
    return bias_score(bias) > SCORE_MIN ? BIAS_STRUCTURED : BIAS_RANDOM;
}
