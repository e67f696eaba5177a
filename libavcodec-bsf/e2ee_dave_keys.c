/*
 * End-to-end encrypted media: DAVE, the keys of the generations
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

#include "e2ee_counter.h"
#include "e2ee_dave_keys.h"

#define BASE_SECRET_SIZE 16
#define NEXT_SECRET_SIZE 32
#define ID_SIZE          E2EE_COUNTER_ID_SIZE

static uint8_t *put_bytes(uint8_t *p, const void *bytes, size_t size)
{
    memcpy(p, bytes, size);
    return p + size;
}

/*
 * DeriveTreeSecret of RFC 9420, section 9 with 5.1 and 8. One block of HKDF's
 * expansion is all that it takes.
 *
 * @param size  32 at most
 */
static enum E2EEReason tree_secret(const uint8_t *secret, size_t secret_size,
                                   const char *label, uint32_t generation,
                                   uint8_t *out, size_t size)
{
    static const char prefix[] = "MLS 1.0 ";
    size_t prefix_size = strlen(prefix), label_size = strlen(label);
    uint8_t info[64], *p = info;
    gcry_md_hd_t md;
    int failed;

    *p++ = size >> 8;
    *p++ = size;
    *p++ = prefix_size + label_size;
    p = put_bytes(p, prefix, prefix_size);
    p = put_bytes(p, label, label_size);
    *p++ = sizeof(generation);
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = generation >> shift;
    *p++ = 1;
    if (gcry_md_open(&md, GCRY_MD_SHA256,
                     GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE))
        return E2EE_CRYPTO_ERROR;
    failed = !!gcry_md_setkey(md, secret, secret_size);
    if (!failed) {
        gcry_md_write(md, info, p - info);
        memcpy(out, gcry_md_read(md, 0), size);
    }
    gcry_md_close(md);
    return failed ? E2EE_CRYPTO_ERROR : E2EE_OK;
}

/*
 * The base secret, later the generation's secret and key->salt. That tells
 * base secrets apart in every generation, for the counter and for replays.
 */
static enum E2EEReason dave_derive(const E2EEKeyRing *ring, E2EEKey *key)
{
    size_t size = key->steps ? NEXT_SECRET_SIZE : BASE_SECRET_SIZE;
    enum E2EEReason reason = E2EE_OK;
    uint8_t *bytes;

    if (key->kdf != E2EE_KDF_HKDF_EMPTY ||
        ring->key_size != E2EE_DAVE_KEY_SIZE ||
        (!key->steps && key->material_size != size))
        return E2EE_BAD_SECRET;
    bytes = gcry_malloc_secure(E2EE_DAVE_KEY_SIZE);
    if (!bytes)
        return E2EE_NO_MEMORY;
    if (key->steps)
        memcpy(key->salt, key->material + size, ID_SIZE);
    else
        reason = tree_secret(key->material, size, "ffmpeg-e2ee id", 0,
                             key->salt, ID_SIZE);
    if (!reason)
        reason = tree_secret(key->material, size, "key", key->steps, bytes,
                             E2EE_DAVE_KEY_SIZE);
    if (!reason)
        reason = ff_e2ee_aead_alloc_tag(&key->aead, bytes, E2EE_DAVE_KEY_SIZE,
                                        E2EE_DAVE_TAG_SIZE);
    gcry_free(bytes);
    return reason;
}

static enum E2EEReason dave_step(const E2EEKeyRing *ring, const E2EEKey *key,
                                 uint8_t *material)
{
    memcpy(material + NEXT_SECRET_SIZE, key->salt, ID_SIZE);
    return tree_secret(key->material,
                       key->steps ? NEXT_SECRET_SIZE : BASE_SECRET_SIZE,
                       "secret", key->steps, material, NEXT_SECRET_SIZE);
}

const E2EEKeyOps ff_e2ee_dave_key_ops = {
    .derive = dave_derive, .step = dave_step,
    .step_size = NEXT_SECRET_SIZE + ID_SIZE, .counted = 1,
};
