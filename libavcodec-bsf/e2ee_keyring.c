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

#include <string.h>

#include <gcrypt.h>

#include "e2ee_keyring.h"

/* Also frees the keys ahead of it. */
static void free_key(E2EEKey *key)
{
    while (key) {
        E2EEKey *next = key->next;

        ff_e2ee_aead_free(&key->aead);
        ff_e2ee_derived_release(&key->derived);
        gcry_free(key->material);
        gcry_free(key);
        key = next;
    }
}

static enum E2EEReason derive(const E2EEKeyRing *ring, E2EEKey *key)
{
    uint8_t *bytes = gcry_malloc_secure(E2EE_KEY_SIZE_MAX);
    enum E2EEReason reason = E2EE_NO_MEMORY;

    if (!bytes)
        return reason;
    reason = ff_e2ee_derived_get(&key->derived, key->kdf, key->material,
                                 key->material_size, ring->salt,
                                 ring->salt_size, bytes, ring->key_size);
    if (!reason)
        reason = ff_e2ee_aead_alloc(&key->aead, bytes, ring->key_size);
    gcry_free(bytes);
    return reason;
}

static enum E2EEReason step(const E2EEKeyRing *ring, const E2EEKey *key,
                            uint8_t *material)
{
    int own = !!ring->ratchet_salt;

    return ff_e2ee_kdf(key->kdf, key->material, key->material_size,
                       own ? ring->ratchet_salt : ring->salt,
                       own ? ring->ratchet_salt_size : ring->salt_size,
                       material, E2EE_MATERIAL_SIZE);
}

static const E2EEKeyOps usual = {
    .derive = derive, .step = step, .step_size = E2EE_MATERIAL_SIZE,
};

static const E2EEKeyOps *key_ops(const E2EEKeyRing *ring)
{
    return ring->ops ? ring->ops : &usual;
}

/* Takes the material over. */
static E2EEKey *make_key(const E2EEKeyRing *ring, const E2EEKey *origin,
                         uint8_t *material, size_t size,
                         enum E2EEReason *reason)
{
    E2EEKey *key = gcry_calloc(1, sizeof(*key));

    if (!key) {
        gcry_free(material);
        *reason = E2EE_NO_MEMORY;
        return NULL;
    }
    key->kdf           = origin->kdf;
    key->index         = origin->index;
    key->steps         = origin->steps;
    key->material      = material;
    key->material_size = size;
    *reason = key_ops(ring)->derive(ring, key);
    if (*reason) {
        free_key(key);
        return NULL;
    }
    ff_e2ee_nonce_init(&key->nonce, ring->count_from_one);
    return key;
}

enum E2EEReason ff_e2ee_keyring_set(E2EEKeyRing *ring, unsigned index,
                                    enum E2EEKdf kdf,
                                    const uint8_t *secret, size_t size)
{
    enum E2EEReason reason = ff_e2ee_crypto_init();
    uint8_t *material;

    ff_e2ee_keyring_unset(ring, index);
    if (reason)
        return reason;
    material = gcry_malloc_secure(size + !size);
    if (!material)
        return E2EE_NO_MEMORY;
    memcpy(material, secret, size);
    index %= ring->size;
    ring->slots[index] = make_key(ring, &(E2EEKey){ .kdf   = kdf,
                                                    .index = index },
                                  material, size, &reason);
    return reason;
}

void ff_e2ee_keyring_unset(E2EEKeyRing *ring, unsigned index)
{
    E2EEKey **slot = &ring->slots[index % ring->size];

    free_key(*slot);
    *slot = NULL;
}

E2EEKey *ff_e2ee_keyring_get(const E2EEKeyRing *ring, unsigned index)
{
    return index < ring->size ? ring->slots[index] : NULL;
}

int ff_e2ee_key_barred(const E2EEKeyRing *ring, const E2EEKey *key)
{
    return ring->failure_tolerance >= 0 &&
           key->failures > (unsigned)ring->failure_tolerance;
}

enum E2EEReason ff_e2ee_key_result(E2EEKey *key, enum E2EEReason reason)
{
    if (!reason) {
        key->opened   = 1;
        key->failures = 0;
    } else if (reason == E2EE_DAMAGED) {
        key->failures++;
        if (!key->opened)
            reason = E2EE_WRONG_KEY;
    }
    return reason;
}

E2EEKey *ff_e2ee_keyring_ahead(const E2EEKeyRing *ring, E2EEKey *key)
{
    const E2EEKeyOps *ops = key_ops(ring);
    E2EEKey origin = { .kdf = key->kdf, .index = key->index,
                       .steps = key->steps + 1 };
    enum E2EEReason reason;
    uint8_t *material;

    if (key->next || key->kdf == E2EE_KDF_RAW || !ops->step)
        return key->next;
    material = gcry_malloc_secure(ops->step_size);
    if (!material)
        return NULL;
    if (ops->step(ring, key, material)) {
        gcry_free(material);
        return NULL;
    }
    key->next = make_key(ring, &origin, material, ops->step_size, &reason);
    return key->next;
}

void ff_e2ee_keyring_commit(E2EEKeyRing *ring, unsigned index, E2EEKey *ahead)
{
    E2EEKey **slot = &ring->slots[index % ring->size];

    while (*slot != ahead) {
        E2EEKey *old = *slot;

        *slot     = old->next;
        old->next = NULL;
        free_key(old);
    }
}

enum E2EEReason ff_e2ee_keyring_ratchet(E2EEKeyRing *ring, unsigned index,
                                        unsigned steps)
{
    E2EEKey *key = ring->slots[index % ring->size];

    if (!key)
        return E2EE_NO_KEY;
    if (key_ops(ring)->counted)
        return E2EE_NO_RATCHET;
    while (key && steps--)
        key = ff_e2ee_keyring_ahead(ring, key);
    if (!key)
        return E2EE_NO_RATCHET;
    ff_e2ee_keyring_commit(ring, index, key);
    return E2EE_OK;
}

void ff_e2ee_keyring_clear(E2EEKeyRing *ring)
{
    for (int i = 0; i < E2EE_RING_SIZE_MAX; i++) {
        free_key(ring->slots[i]);
        ring->slots[i] = NULL;
    }
}
