/*
 * End-to-end encrypted media: the keys by index
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

#ifndef AVCODEC_BSF_E2EE_KEYRING_H
#define AVCODEC_BSF_E2EE_KEYRING_H

#include "e2ee_aead.h"
#include "e2ee_kdf.h"
#include "e2ee_nonce.h"

#define E2EE_RING_SIZE_MAX 256

/** One key: derived once, with what it has seen. */
typedef struct E2EEKey {
    E2EEAead       *aead;
    E2EENonce       nonce;          ///< of a sender that uses this key
    enum E2EEKdf    kdf;
    uint8_t        *material;       ///< the ratchet's secret, secure memory
    size_t          material_size;
    struct E2EEKey *next;           ///< one ratchet step on, once derived
    int             opened;         ///< it has opened a frame
    unsigned        failures;       ///< in a row
} E2EEKey;

typedef struct E2EEKeyRing {
    unsigned size;                  ///< slots, 1..256
    unsigned key_size;              ///< AES key, bytes: 16 or 32
    unsigned ratchet_window;        ///< steps that a receiver looks ahead
    int      failure_tolerance;     ///< failures in a row, -1: any number
    const uint8_t *salt;            ///< the caller's, as long as the ring
    size_t   salt_size;
    E2EEKey *slots[E2EE_RING_SIZE_MAX];
} E2EEKeyRing;

/**
 * Derive a key and put it at index modulo the ring's size. What was there is
 * wiped. The next frame sees the change.
 *
 * @return E2EE_OK; on failure the slot is empty, since to go on with the key
 *         that was to be replaced would be wrong
 */
enum E2EEReason ff_e2ee_keyring_set(E2EEKeyRing *ring, unsigned index,
                                    enum E2EEKdf kdf,
                                    const uint8_t *secret, size_t size);

/** Wipe the key at index modulo the ring's size, if there is one. */
void ff_e2ee_keyring_unset(E2EEKeyRing *ring, unsigned index);

/** The key at exactly this index, or NULL. */
E2EEKey *ff_e2ee_keyring_get(const E2EEKeyRing *ring, unsigned index);

/** Whether failures have made a receiver give up this key. */
int ff_e2ee_key_barred(const E2EEKeyRing *ring, const E2EEKey *key);

/**
 * The key one ratchet step on, NULL on failure. It is derived at the first
 * call and stays the property of the key, which does not change.
 * LiveKit: material' = KDF(material, salt, 32 bytes), key = KDF(material').
 */
E2EEKey *ff_e2ee_keyring_ahead(const E2EEKeyRing *ring, E2EEKey *key);

/**
 * Make a key that ff_e2ee_keyring_ahead() gave the one of the slot; those
 * before it are wiped. A receiver does so when it opened a frame, a sender to
 * ratchet.
 */
void ff_e2ee_keyring_commit(E2EEKeyRing *ring, unsigned index, E2EEKey *ahead);

/** Wipe every key. */
void ff_e2ee_keyring_clear(E2EEKeyRing *ring);

#endif /* AVCODEC_BSF_E2EE_KEYRING_H */
