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
        gcry_free(key->material);
        gcry_free(key);
        key = next;
    }
}

/* Takes the material over. */
static E2EEKey *make_key(const E2EEKeyRing *ring, enum E2EEKdf kdf,
                         uint8_t *material, size_t size,
                         enum E2EEReason *reason)
{
    uint8_t *bytes = gcry_malloc_secure(E2EE_KEY_SIZE_MAX);
    E2EEKey *key   = gcry_calloc(1, sizeof(*key));

    *reason = E2EE_NO_MEMORY;
    if (!bytes || !key) {
        gcry_free(material);
        gcry_free(key);
        gcry_free(bytes);
        return NULL;
    }
    key->kdf           = kdf;
    key->material      = material;
    key->material_size = size;
    *reason = ff_e2ee_kdf(kdf, material, size, ring->salt, ring->salt_size,
                          bytes, ring->key_size);
    if (!*reason)
        *reason = ff_e2ee_aead_alloc(&key->aead, bytes, ring->key_size);
    if (!*reason)
        *reason = ff_e2ee_nonce_init(&key->nonce);
    gcry_free(bytes);
    if (*reason) {
        free_key(key);
        return NULL;
    }
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
    ring->slots[index % ring->size] = make_key(ring, kdf, material, size,
                                               &reason);
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

E2EEKey *ff_e2ee_keyring_ahead(const E2EEKeyRing *ring, E2EEKey *key)
{
    enum E2EEReason reason;
    uint8_t *material;

    if (key->next || key->kdf == E2EE_KDF_RAW)
        return key->next;
    material = gcry_malloc_secure(E2EE_MATERIAL_SIZE);
    if (!material)
        return NULL;
    if (ff_e2ee_kdf(key->kdf, key->material, key->material_size,
                    ring->salt, ring->salt_size,
                    material, E2EE_MATERIAL_SIZE)) {
        gcry_free(material);
        return NULL;
    }
    key->next = make_key(ring, key->kdf, material, E2EE_MATERIAL_SIZE,
                         &reason);
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

void ff_e2ee_keyring_clear(E2EEKeyRing *ring)
{
    for (int i = 0; i < E2EE_RING_SIZE_MAX; i++) {
        free_key(ring->slots[i]);
        ring->slots[i] = NULL;
    }
}
