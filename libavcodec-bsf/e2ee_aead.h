/*
 * End-to-end encrypted media: AES-GCM over parts of a frame
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

#ifndef AVCODEC_BSF_E2EE_AEAD_H
#define AVCODEC_BSF_E2EE_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "e2ee_state.h"

#define E2EE_IV_SIZE       12
#define E2EE_TAG_SIZE      16
#define E2EE_KEY_SIZE_MAX  32

/** AES-GCM under one key; the key schedule is made once. */
typedef struct E2EEAead E2EEAead;

/**
 * A run of bytes of a frame, in frame order.
 * A clear segment is authenticated (it joins the AAD), the others are
 * encrypted or decrypted. Either is written to dst, which may equal src (in
 * place) but must not overlap it in another way.
 */
typedef struct E2EESegment {
    const uint8_t *src;
    uint8_t       *dst;
    size_t         size;        ///< bytes, may be 0
    int            clear;
} E2EESegment;

/**
 * Make libgcrypt ready, once a process. An application that did so before
 * keeps its own settings, among them the size of the secure memory.
 */
enum E2EEReason ff_e2ee_crypto_init(void);

/** Overwrite memory in a way that the compiler keeps. */
void ff_e2ee_wipe(void *data, size_t size);

/**
 * Key a cipher; its state lives in libgcrypt's secure memory.
 *
 * @param key      16 or 32 bytes, not kept by the caller's pointer
 */
enum E2EEReason ff_e2ee_aead_alloc(E2EEAead **aead,
                                   const uint8_t *key, size_t key_size);

/** Wipe and free; sets the pointer to NULL. */
void ff_e2ee_aead_free(E2EEAead **aead);

/**
 * Seal a frame.
 * An IV must never come twice with one key: it would give away the XOR of two
 * frames and let anybody forge more (NIST SP 800-38D, section 8).
 */
enum E2EEReason ff_e2ee_aead_seal(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const E2EESegment *segments, int nb_segments,
                                  uint8_t tag[E2EE_TAG_SIZE]);

/**
 * Open a frame. The tag is compared in constant time.
 *
 * @return E2EE_OK; E2EE_DAMAGED if the tag does not fit, E2EE_CRYPTO_ERROR if
 *         the library failed: then every segment that is not clear holds
 *         zeros at its dst, so what was opened in place is lost
 */
enum E2EEReason ff_e2ee_aead_open(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const E2EESegment *segments, int nb_segments,
                                  const uint8_t tag[E2EE_TAG_SIZE]);

/**
 * The first bytes of ciphertext that an IV would give, to choose among IVs.
 * Costs a block a 16 bytes, and no tag.
 */
enum E2EEReason ff_e2ee_aead_peek(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const uint8_t *src, uint8_t *dst,
                                  size_t size);

#endif /* AVCODEC_BSF_E2EE_AEAD_H */
