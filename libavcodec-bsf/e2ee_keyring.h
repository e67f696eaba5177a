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
#include "e2ee_derived.h"
#include "e2ee_nonce.h"

#define E2EE_RING_SIZE_MAX 256

typedef struct E2EEKey E2EEKey;
typedef struct E2EEKeyRing E2EEKeyRing;

/** How a scheme makes its keys, where that is not a KDF and AES-GCM. */
typedef struct E2EEKeyOps {
    /** Set key->aead, and key->salt if need be, from the key's material. */
    enum E2EEReason (*derive)(const E2EEKeyRing *ring, E2EEKey *key);

    /** The next material, of step_size bytes; NULL: there is no ratchet. */
    enum E2EEReason (*step)(const E2EEKeyRing *ring, const E2EEKey *key,
                            uint8_t *material);
    size_t step_size;
    int    counted;                 ///< the IVs' counter says when to step
} E2EEKeyOps;

/** One key: derived once, with what it has seen. */
struct E2EEKey {
    E2EEAead       *aead;
    unsigned        index;          ///< of the slot
    unsigned        steps;          ///< of the ratchet since it was set
    uint8_t         salt[E2EE_IV_SIZE]; ///< of a scheme that masks its IVs
    E2EENonce       nonce;          ///< of a sender that uses this key
    enum E2EEKdf    kdf;
    uint8_t        *material;       ///< the ratchet's secret, secure memory
    size_t          material_size;
    E2EEDerived    *derived;        ///< what others with this key share
    struct E2EEKey *next;           ///< one ratchet step on, once derived
    int             opened;         ///< it has opened a frame
    unsigned        failures;       ///< in a row
};

struct E2EEKeyRing {
    unsigned size;                  ///< slots, 1..256
    unsigned key_size;              ///< AES key, bytes: 16 or 32
    unsigned ratchet_window;        ///< steps that a receiver looks ahead
    int      failure_tolerance;     ///< failures in a row, -1: any number
    const uint8_t *salt;            ///< the caller's, as long as the ring
    size_t   salt_size;
    const uint8_t *ratchet_salt;    ///< of a ratchet step, NULL: the same
    size_t   ratchet_salt_size;
    int      count_from_one;        ///< the IVs' counter does
    const E2EEKeyOps *ops;          ///< of the scheme, NULL: the usual
    unsigned suite;                 ///< of a scheme that has several
    uint64_t first_kid;             ///< SFrame's key id of index 0
    unsigned ratchet_bits;          ///< of the step in SFrame's key id, 0..8
    E2EEKey *slots[E2EE_RING_SIZE_MAX];
};

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
 * Note in the key what became of a frame that it was tried on.
 *
 * @return the reason, E2EE_WRONG_KEY in place of E2EE_DAMAGED for a key that
 *         has never opened a frame
 */
enum E2EEReason ff_e2ee_key_result(E2EEKey *key, enum E2EEReason reason);

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

/**
 * Step a sender's key on: from its next frame on it seals with the last one.
 *
 * @return E2EE_NO_KEY, or E2EE_NO_RATCHET for a key without one; the key is
 *         what it was then
 */
enum E2EEReason ff_e2ee_keyring_ratchet(E2EEKeyRing *ring, unsigned index,
                                        unsigned steps);

/** Wipe every key. */
void ff_e2ee_keyring_clear(E2EEKeyRing *ring);

#endif /* AVCODEC_BSF_E2EE_KEYRING_H */
