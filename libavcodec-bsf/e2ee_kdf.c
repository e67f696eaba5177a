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
#define HASH_SIZE      32
#define HKDF_INFO_SIZE 128

typedef enum E2EEReason KdfFunction(const uint8_t *secret, size_t secret_size,
                                    const uint8_t *salt, size_t salt_size,
                                    uint8_t *out, size_t size);

static enum E2EEReason pbkdf2(const uint8_t *secret, size_t secret_size,
                              const uint8_t *salt, size_t salt_size,
                              uint8_t *out, size_t size)
{
    return gcry_kdf_derive(secret, secret_size, GCRY_KDF_PBKDF2,
                           GCRY_MD_SHA256, salt, salt_size,
                           PBKDF2_ROUNDS, size, out) ? E2EE_CRYPTO_ERROR :
                                                       E2EE_OK;
}

/* RFC 5869. libgcrypt has a HKDF of its own from 1.11 on only. */
static gcry_error_t extract_expand(gcry_md_hd_t md, uint8_t *key,
                                   const uint8_t *secret, size_t secret_size,
                                   const uint8_t *salt, size_t salt_size,
                                   uint8_t *out, size_t size)
{
    static const uint8_t info[HKDF_INFO_SIZE];
    gcry_error_t err = gcry_md_setkey(md, salt, salt_size);
    uint8_t n = 0;

    if (err)
        return err;
    gcry_md_write(md, secret, secret_size);
    memcpy(key, gcry_md_read(md, 0), HASH_SIZE);
    err = gcry_md_setkey(md, key, HASH_SIZE);
    while (size && !err) {
        size_t part = size < HASH_SIZE ? size : HASH_SIZE;

        gcry_md_reset(md);
        if (n)
            gcry_md_write(md, out - HASH_SIZE, HASH_SIZE);
        gcry_md_write(md, info, sizeof(info));
        gcry_md_putc(md, ++n);
        memcpy(out, gcry_md_read(md, 0), part);
        out  += part;
        size -= part;
    }
    return err;
}

static enum E2EEReason hkdf(const uint8_t *secret, size_t secret_size,
                            const uint8_t *salt, size_t salt_size,
                            uint8_t *out, size_t size)
{
    enum E2EEReason ret = E2EE_CRYPTO_ERROR;
    uint8_t *key = gcry_malloc_secure(HASH_SIZE);
    gcry_md_hd_t md;

    if (!key)
        return E2EE_NO_MEMORY;
    if (!gcry_md_open(&md, GCRY_MD_SHA256,
                      GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE)) {
        if (!extract_expand(md, key, secret, secret_size, salt, salt_size,
                            out, size))
            ret = E2EE_OK;
        gcry_md_close(md);
    }
    gcry_free(key);
    return ret;
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
    [E2EE_KDF_PBKDF2] = pbkdf2,
    [E2EE_KDF_HKDF]   = hkdf,
    [E2EE_KDF_RAW]    = raw,
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
