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

#include <pthread.h>
#include <string.h>

#include <gcrypt.h>

#include "e2ee_aead.h"

/* Room for 128 keyed ciphers, measured at 2 kB each with libgcrypt 1.10 on
 * x86_64. It grows on demand, but growth is not locked against swapping. */
#define SECURE_MEMORY (256 << 10)

/* 1.8: automatic growth of the secure memory. */
#define GCRYPT_VERSION_MIN "1.8.0"

struct E2EEAead {
    gcry_cipher_hd_t cipher;
};

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static enum E2EEReason init_result;

static void init_libgcrypt(void)
{
    if (!gcry_check_version(GCRYPT_VERSION_MIN)) {
        init_result = E2EE_CRYPTO_ERROR;
        return;
    }
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return;
    gcry_control(GCRYCTL_SUSPEND_SECMEM_WARN);
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_MEMORY);
    gcry_control(GCRYCTL_INIT_SECMEM, SECURE_MEMORY, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

enum E2EEReason ff_e2ee_crypto_init(void)
{
    pthread_once(&init_once, init_libgcrypt);
    return init_result;
}

/* A call through a volatile pointer cannot be proven useless. */
static void *(*volatile const set)(void *, int, size_t) = memset;

void ff_e2ee_wipe(void *data, size_t size)
{
    if (size)
        set(data, 0, size);
}

enum E2EEReason ff_e2ee_aead_alloc(E2EEAead **aead,
                                   const uint8_t *key, size_t key_size)
{
    int algo = key_size == 32 ? GCRY_CIPHER_AES256 : GCRY_CIPHER_AES128;
    E2EEAead *a;

    *aead = NULL;
    if (key_size != 16 && key_size != 32)
        return E2EE_CRYPTO_ERROR;
    a = gcry_calloc(1, sizeof(*a));
    if (!a)
        return E2EE_NO_MEMORY;
    if (gcry_cipher_open(&a->cipher, algo, GCRY_CIPHER_MODE_GCM,
                         GCRY_CIPHER_SECURE) ||
        gcry_cipher_setkey(a->cipher, key, key_size)) {
        ff_e2ee_aead_free(&a);
        return E2EE_CRYPTO_ERROR;
    }
    *aead = a;
    return E2EE_OK;
}

void ff_e2ee_aead_free(E2EEAead **aead)
{
    if (*aead) {
        gcry_cipher_close((*aead)->cipher);
        gcry_free(*aead);
    }
    *aead = NULL;
}

/* GCM takes all of the AAD before the first byte to encrypt. */
static gcry_error_t start(E2EEAead *a, const uint8_t *iv,
                          const E2EESegment *segments, int nb_segments)
{
    gcry_error_t err = gcry_cipher_setiv(a->cipher, iv, E2EE_IV_SIZE);

    for (int i = 0; i < nb_segments && !err; i++) {
        const E2EESegment *s = &segments[i];

        if (!s->clear || !s->size)
            continue;
        err = gcry_cipher_authenticate(a->cipher, s->src, s->size);
        if (s->dst != s->src)
            memcpy(s->dst, s->src, s->size);
    }
    return err;
}

/* In place is a call of its own in libgcrypt: source NULL. */
static gcry_error_t crypt_segments(E2EEAead *a, const E2EESegment *segments,
                                   int nb_segments, int encrypt)
{
    gcry_error_t err = 0;

    for (int i = 0; i < nb_segments && !err; i++) {
        const E2EESegment *s = &segments[i];
        const uint8_t *src = s->dst == s->src ? NULL : s->src;
        size_t src_size = src ? s->size : 0;

        if (s->clear || !s->size)
            continue;
        err = encrypt ?
            gcry_cipher_encrypt(a->cipher, s->dst, s->size, src, src_size) :
            gcry_cipher_decrypt(a->cipher, s->dst, s->size, src, src_size);
    }
    return err;
}

/*
 * libgcrypt 1.10 carries the part of a block that a frame without a tag has
 * left behind into the next frame's tag; setting an IV does not clear it.
 */
static enum E2EEReason abandon(E2EEAead *a, gcry_error_t err)
{
    if (gcry_cipher_reset(a->cipher) || err)
        return E2EE_CRYPTO_ERROR;
    return E2EE_OK;
}

enum E2EEReason ff_e2ee_aead_seal(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const E2EESegment *segments, int nb_segments,
                                  uint8_t tag[E2EE_TAG_SIZE])
{
    gcry_error_t err = start(aead, iv, segments, nb_segments);

    if (!err)
        err = crypt_segments(aead, segments, nb_segments, 1);
    if (!err)
        err = gcry_cipher_gettag(aead->cipher, tag, E2EE_TAG_SIZE);
    return err ? abandon(aead, err) : E2EE_OK;
}

/* Nothing that was not authentic may be left to the caller. */
static void withhold(const E2EESegment *segments, int nb_segments)
{
    for (int i = 0; i < nb_segments; i++)
        if (!segments[i].clear)
            ff_e2ee_wipe(segments[i].dst, segments[i].size);
}

enum E2EEReason ff_e2ee_aead_open(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const E2EESegment *segments, int nb_segments,
                                  const uint8_t tag[E2EE_TAG_SIZE])
{
    gcry_error_t err = start(aead, iv, segments, nb_segments);

    if (!err)
        err = crypt_segments(aead, segments, nb_segments, 0);
    if (!err)
        err = gcry_cipher_checktag(aead->cipher, tag, E2EE_TAG_SIZE);
    if (!err)
        return E2EE_OK;
    withhold(segments, nb_segments);
    return gcry_err_code(err) == GPG_ERR_CHECKSUM ? E2EE_DAMAGED :
                                                    abandon(aead, err);
}

enum E2EEReason ff_e2ee_aead_peek(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const uint8_t *src, uint8_t *dst,
                                  size_t size)
{
    gcry_error_t err = gcry_cipher_setiv(aead->cipher, iv, E2EE_IV_SIZE);

    if (!err)
        err = gcry_cipher_encrypt(aead->cipher, dst, size, src, size);
    return abandon(aead, err);
}
