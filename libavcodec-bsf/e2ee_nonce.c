/*
 * End-to-end encrypted media: IVs, never twice
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

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* getentropy() */
#endif

#include <string.h>
#ifdef __APPLE__
#include <sys/random.h>
#else
#include <unistd.h>
#endif

#include <gcrypt.h>

#include "e2ee_nonce.h"
#include "e2ee_process.h"

#define FIELD_SIZE 8

/* A first byte of 4 and more never needs an escape in H.264 or H.265. */
#define FIRST_BYTE_MIN 4

/*
 * libgcrypt's generator notices a fork by the process id, and has the time of
 * day where two children have the same one. What the kernel gives each anew,
 * and each copy of a virtual machine, is added.
 */
static void draw(uint8_t *bytes, size_t size)
{
#ifdef _WIN32                   /* where nothing forks */
    gcry_randomize(bytes, size, GCRY_STRONG_RANDOM);
#else
    uint8_t more[E2EE_IV_SIZE];

    gcry_randomize(bytes, size, GCRY_STRONG_RANDOM);
    if (!getentropy(more, size))
        for (size_t i = 0; i < size; i++)
            bytes[i] ^= more[i];
#endif
}

/*
 * Byte by byte, so that the field has no zero: then only the counter can make
 * an emulation prevention byte necessary, and the next count ends that. It
 * costs 0.06 of the 64 bits.
 */
static void draw_field(uint8_t field[FIELD_SIZE])
{
    for (int i = 0; i < FIELD_SIZE; i++)
        do {
            draw(&field[i], 1);
        } while (field[i] < (i ? 1 : FIRST_BYTE_MIN));
}

static enum E2EEReason draw_sequence(E2EENonce *nonce)
{
    enum E2EEReason ret = ff_e2ee_crypto_init();

    if (ret)
        return ret;
    memset(nonce->iv, 0, sizeof(nonce->iv));
    draw_field(nonce->iv);
    if (nonce->from_one)
        nonce->iv[E2EE_IV_SIZE - 1] = 1;
    else
        draw(nonce->iv + FIELD_SIZE, E2EE_IV_SIZE - FIELD_SIZE);
    nonce->left    = (UINT64_C(1) << 32) - !!nonce->from_one;
    nonce->process = ff_e2ee_process();
    return E2EE_OK;
}

void ff_e2ee_nonce_init(E2EENonce *nonce, int from_one)
{
    memset(nonce, 0, sizeof(*nonce));
    nonce->from_one = from_one;
}

void ff_e2ee_nonce_init_fixed(E2EENonce *nonce,
                              const uint8_t iv[E2EE_IV_SIZE])
{
    memset(nonce, 0, sizeof(*nonce));
    memcpy(nonce->iv, iv, E2EE_IV_SIZE);
    nonce->left  = UINT64_C(1) << 32;
    nonce->fixed = 1;
}

enum E2EEReason ff_e2ee_nonce_next(E2EENonce *nonce,
                                   uint8_t iv[E2EE_IV_SIZE])
{
    if (!nonce->fixed && nonce->process != ff_e2ee_process()) {
        enum E2EEReason ret = draw_sequence(nonce);

        if (ret)
            return ret;
    }
    if (!nonce->left)
        return E2EE_IV_SPENT;
    nonce->left--;
    memcpy(iv, nonce->iv, E2EE_IV_SIZE);
    for (int i = E2EE_IV_SIZE - 1; i >= FIELD_SIZE; i--)
        if (++nonce->iv[i])
            break;
    return E2EE_OK;
}
