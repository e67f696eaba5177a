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

#include <string.h>

#include <gcrypt.h>

#include <libavutil/intreadwrite.h>
#include <libavutil/macros.h>

#include "rng.h"

#define NB_HASHES 4 ///< as many as fill the generator's state
#define HASH_SIZE 64

/* The generator's state is linear in what it is made from, so names that
 * differ in little would give streams that do: hence the hash. */
void rng_open(Rng *rng, uint64_t seed, const char *name)
{
    uint8_t state[NB_HASHES * HASH_SIZE], prefix[9];
    const gcry_buffer_t input[] = {
        { .data = prefix, .len = sizeof(prefix) },
        { .data = (void *)name, .len = strlen(name) },
    };

    AV_WB64(prefix, seed);
    for (size_t i = 0; i < NB_HASHES; i++) {
        prefix[8] = i;
        gcry_md_hash_buffers(GCRY_MD_SHA512, 0, state + i * HASH_SIZE, input,
                             FF_ARRAY_ELEMS(input));
    }
    av_lfg_init_from_data(&rng->state, state, sizeof(state));
}

uint32_t rng_next(Rng *rng)
{
    return av_lfg_get(&rng->state);
}

double rng_uniform(Rng *rng)
{
    return rng_next(rng) / 4294967296.0;
}

double rng_normal(Rng *rng)
{
    double pair[2];

    av_bmg_get(&rng->state, pair);
    return pair[0];
}

void rng_bytes(Rng *rng, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = rng_next(rng) >> 24;
}
