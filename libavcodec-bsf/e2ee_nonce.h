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

#ifndef AVCODEC_BSF_E2EE_NONCE_H
#define AVCODEC_BSF_E2EE_NONCE_H

#include <stdint.h>

#include "e2ee_aead.h"

/**
 * The IVs of one sender under one key: 64 random bits, drawn anew for each
 * use of a key, then a 32-bit counter from a random start. NIST SP 800-38D,
 * section 8.2.1, with the random bits as the name of the device, which nobody
 * in a room hands out. doc/security.md has the probability of a collision.
 */
typedef struct E2EENonce {
    uint8_t  iv[E2EE_IV_SIZE];  ///< the next one to give out
    uint64_t left;              ///< how many may still be given out
    unsigned process;           ///< that drew it, 0: not drawn yet
    int      from_one;          ///< the counter's start is 1, not random
    int      fixed;             ///< tests: begins at a given IV
} E2EENonce;

/**
 * Begin a sequence that nobody else has. It is drawn for its first IV: that
 * costs as much as opening some hundred frames, and a receiver needs none.
 *
 * @param from_one  the counter begins at 1 for receivers that expect it to
 *                  rise, and is spent after 2^32 - 1; else at a random value
 */
void ff_e2ee_nonce_init(E2EENonce *nonce, int from_one);

/**
 * Tests only: begin at this IV. Two senders, or one that starts twice, then
 * share IVs, and with them their frames.
 */
void ff_e2ee_nonce_init_fixed(E2EENonce *nonce,
                              const uint8_t iv[E2EE_IV_SIZE]);

/**
 * Give out the next IV. In a forked child the sequence begins anew, see
 * ff_e2ee_process().
 *
 * @return E2EE_OK; E2EE_IV_SPENT when 2^32 were given out; what
 *         ff_e2ee_crypto_init() gives
 */
enum E2EEReason ff_e2ee_nonce_next(E2EENonce *nonce,
                                   uint8_t iv[E2EE_IV_SIZE]);

#endif /* AVCODEC_BSF_E2EE_NONCE_H */
