/*
 * End-to-end encrypted media: from a secret to an AES key
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

#include "e2ee_aead.h"
#include "e2ee_kdf.h"

#define PBKDF2_ROUNDS  100000
#define HASH_SIZE_MAX  64
#define HKDF_INFO_SIZE 128

/* They are counted in one byte. */
#define BLOCKS_MAX     255

typedef enum E2EEReason KdfFunction(const uint8_t *secret, size_t secret_size,
                                    const uint8_t *salt, size_t salt_size,
                                    uint8_t *out, size_t size);

static const struct {
    int    algo;
    size_t size;
} hashes[] = {
    [E2EE_SHA256] = { GCRY_MD_SHA256, 32 },
    [E2EE_SHA512] = { GCRY_MD_SHA512, 64 },
};

enum E2EEReason ff_e2ee_pbkdf2(const uint8_t *secret, size_t secret_size,
                               const uint8_t *salt, size_t salt_size,
                               unsigned long rounds,
                               uint8_t *out, size_t size)
{
    return gcry_kdf_derive(secret, secret_size, GCRY_KDF_PBKDF2,
                           GCRY_MD_SHA256, salt, salt_size,
                           rounds, size, out) ? E2EE_CRYPTO_ERROR : E2EE_OK;
}

static enum E2EEReason pbkdf2(const uint8_t *secret, size_t secret_size,
                              const uint8_t *salt, size_t salt_size,
                              uint8_t *out, size_t size)
{
    return ff_e2ee_pbkdf2(secret, secret_size, salt, salt_size,
                          PBKDF2_ROUNDS, out, size);
}

static gcry_error_t extract(gcry_md_hd_t md, size_t hash_size, uint8_t *key,
                            const uint8_t *secret, size_t secret_size,
                            const uint8_t *salt, size_t salt_size)
{
    gcry_error_t err = gcry_md_setkey(md, salt, salt_size);

    if (err)
        return err;
    gcry_md_write(md, secret, secret_size);
    memcpy(key, gcry_md_read(md, 0), hash_size);
    return gcry_md_setkey(md, key, hash_size);
}

static void expand(gcry_md_hd_t md, size_t hash_size,
                   const uint8_t *info, size_t info_size,
                   uint8_t *out, size_t size)
{
    uint8_t n = 0;

    while (size) {
        size_t part = size < hash_size ? size : hash_size;

        gcry_md_reset(md);
        if (n)
            gcry_md_write(md, out - hash_size, hash_size);
        gcry_md_write(md, info, info_size);
        gcry_md_putc(md, ++n);
        memcpy(out, gcry_md_read(md, 0), part);
        out  += part;
        size -= part;
    }
}

/* libgcrypt has a HKDF of its own from 1.11 on only. */
enum E2EEReason ff_e2ee_hkdf(enum E2EEHash hash,
                             const uint8_t *secret, size_t secret_size,
                             const uint8_t *salt, size_t salt_size,
                             const uint8_t *info, size_t info_size,
                             uint8_t *out, size_t size)
{
    enum E2EEReason ret = E2EE_CRYPTO_ERROR;
    size_t hash_size = hashes[hash].size;
    gcry_md_hd_t md;
    uint8_t *key;

    if (size > BLOCKS_MAX * hash_size)
        return ret;
    key = gcry_malloc_secure(HASH_SIZE_MAX);
    if (!key)
        return E2EE_NO_MEMORY;
    if (!gcry_md_open(&md, hashes[hash].algo,
                      GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE)) {
        if (!extract(md, hash_size, key, secret, secret_size,
                     salt, salt_size)) {
            expand(md, hash_size, info, info_size, out, size);
            ret = E2EE_OK;
        }
        gcry_md_close(md);
    }
    gcry_free(key);
    return ret;
}

static enum E2EEReason hkdf(const uint8_t *secret, size_t secret_size,
                            const uint8_t *salt, size_t salt_size,
                            uint8_t *out, size_t size)
{
    static const uint8_t info[HKDF_INFO_SIZE];

    return ff_e2ee_hkdf(E2EE_SHA256, secret, secret_size, salt, salt_size,
                        info, sizeof(info), out, size);
}

static enum E2EEReason hkdf_empty(const uint8_t *secret, size_t secret_size,
                                  const uint8_t *salt, size_t salt_size,
                                  uint8_t *out, size_t size)
{
    return ff_e2ee_hkdf(E2EE_SHA256, secret, secret_size, salt, salt_size,
                        NULL, 0, out, size);
}

static enum E2EEReason raw(const uint8_t *secret, size_t secret_size,
                           const uint8_t *salt, size_t salt_size,
                           uint8_t *out, size_t size)
{
    if (secret_size != size)
        return E2EE_CRYPTO_ERROR;
    memcpy(out, secret, size);
    return E2EE_OK;
}

static KdfFunction *const functions[] = {
    [E2EE_KDF_PBKDF2]     = pbkdf2,
    [E2EE_KDF_HKDF]       = hkdf,
    [E2EE_KDF_HKDF_EMPTY] = hkdf_empty,
    [E2EE_KDF_RAW]        = raw,
};

enum E2EEReason ff_e2ee_kdf(enum E2EEKdf kdf,
                            const uint8_t *secret, size_t secret_size,
                            const uint8_t *salt, size_t salt_size,
                            uint8_t *out, size_t size)
{
    if (kdf <= E2EE_KDF_AUTO || kdf > E2EE_KDF_RAW)
        return E2EE_CRYPTO_ERROR;
    return functions[kdf](secret, secret_size, salt, salt_size, out, size);
}
