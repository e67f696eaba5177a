/*
 * End-to-end encrypted media: authenticated encryption of parts of a frame
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

/** A cipher under one key; the key schedule is made once. */
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

/** A kind of cipher: AES-GCM, or another one's own file. */
typedef struct E2EEAeadOps {
    enum E2EEReason (*seal)(E2EEAead *aead, const uint8_t *iv,
                            const E2EESegment *segments, int nb_segments,
                            uint8_t *tag);
    /** What it leaves behind on failure is wiped by ff_e2ee_aead_open(). */
    enum E2EEReason (*open)(E2EEAead *aead, const uint8_t *iv,
                            const E2EESegment *segments, int nb_segments,
                            const uint8_t *tag);
    enum E2EEReason (*peek)(E2EEAead *aead, const uint8_t *iv,
                            const uint8_t *src, uint8_t *dst, size_t size);
    void (*free)(E2EEAead *aead);
} E2EEAeadOps;

/** What the objects of each kind begin with. */
struct E2EEAead {
    const E2EEAeadOps *ops;
};

/**
 * Make libgcrypt ready and test it, once a process. An application that made
 * it ready before keeps its own settings, among them the size of the secure
 * memory. If this fails no key can be set, so nothing is sealed or opened.
 *
 * @return E2EE_OK; E2EE_SELF_TEST if an answer is wrong, E2EE_CRYPTO_ERROR if
 *         the library is too old; the same at each call
 */
enum E2EEReason ff_e2ee_crypto_init(void);

/** What ff_e2ee_crypto_init() found wrong, as a name, or NULL. */
const char *ff_e2ee_crypto_failure(void);

/** Whether bytes are the same, in a time that does not depend on them. */
int ff_e2ee_equal(const uint8_t *a, const uint8_t *b, size_t size);

/** Overwrite memory in a way that the compiler keeps. */
void ff_e2ee_wipe(void *data, size_t size);

/**
 * Key AES-GCM; its state lives in libgcrypt's secure memory.
 *
 * @param key      16 or 32 bytes, not kept by the caller's pointer
 */
enum E2EEReason ff_e2ee_aead_alloc(E2EEAead **aead,
                                   const uint8_t *key, size_t key_size);

/**
 * The same with a shorter tag, for a scheme that says so.
 *
 * @param tag_size  8 to 16 bytes; sealing and opening then take as many
 */
enum E2EEReason ff_e2ee_aead_alloc_tag(E2EEAead **aead, const uint8_t *key,
                                       size_t key_size, size_t tag_size);

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
                                  uint8_t *tag);

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
                                  const uint8_t *tag);

/**
 * The first bytes of ciphertext that an IV would give, to choose among IVs.
 * Costs a block a 16 bytes, and no tag.
 */
enum E2EEReason ff_e2ee_aead_peek(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const uint8_t *src, uint8_t *dst,
                                  size_t size);

#endif /* AVCODEC_BSF_E2EE_AEAD_H */
