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

#define _DEFAULT_SOURCE         /* madvise */

#include <pthread.h>
#include <string.h>
#ifndef _WIN32
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <gcrypt.h>

#include "e2ee_aead.h"
#include "e2ee_self_test.h"

/* Room for 500 keyed ciphers, measured at 2 kB each with libgcrypt 1.10 on
 * x86_64. It grows on demand, but growth is not locked against swapping. */
#define SECURE_MEMORY_MAX (1 << 20)
#define SECURE_MEMORY_MIN (32 << 10)

/* 1.8: automatic growth of the secure memory. */
#define GCRYPT_VERSION_MIN "1.8.0"

typedef struct Gcm {
    E2EEAead         aead;
    gcry_cipher_hd_t cipher;
    size_t           tag_size;
} Gcm;

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static enum E2EEReason init_result;
static const char *init_failure;

/* A pool beyond the limit would not be locked at all. The other half is for
 * the program. */
static size_t secure_size(void)
{
#ifdef _WIN32
    return SECURE_MEMORY_MIN;
#else
    struct rlimit limit;

    if (getrlimit(RLIMIT_MEMLOCK, &limit) ||
        limit.rlim_cur / 2 >= SECURE_MEMORY_MAX)
        return SECURE_MEMORY_MAX;
    return limit.rlim_cur / 2 > SECURE_MEMORY_MIN ? limit.rlim_cur / 2 :
                                                    SECURE_MEMORY_MIN;
#endif
}

/* Core dumps leave the pool out. Its first block tells where it is. */
static void keep_from_dumps(size_t size)
{
#ifdef MADV_DONTDUMP
    long page   = sysconf(_SC_PAGESIZE);
    char *block = gcry_malloc_secure(1);

    if (block && page > 0)
        madvise(block - (uintptr_t)block % page, size, MADV_DONTDUMP);
    gcry_free(block);
#endif
}

static void init_libgcrypt(void)
{
    size_t size = secure_size();

    if (!gcry_check_version(GCRYPT_VERSION_MIN)) {
        init_result  = E2EE_CRYPTO_ERROR;
        init_failure = "libgcrypt " GCRYPT_VERSION_MIN;
        return;
    }
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
        /* It warns on standard error, also of a pool that merely grows. */
        gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
        gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_MEMORY_MAX);
        gcry_control(GCRYCTL_INIT_SECMEM, size, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
        keep_from_dumps(size);
    }
    init_result = ff_e2ee_self_test(&init_failure);
}

enum E2EEReason ff_e2ee_crypto_init(void)
{
    pthread_once(&init_once, init_libgcrypt);
    return init_result;
}

const char *ff_e2ee_crypto_failure(void)
{
    return init_failure;
}

int ff_e2ee_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    volatile uint8_t differ = 0;

    for (size_t i = 0; i < size; i++)
        differ |= a[i] ^ b[i];
    return !differ;
}

/* A call through a volatile pointer cannot be proven useless. */
static void *(*volatile const set)(void *, int, size_t) = memset;

void ff_e2ee_wipe(void *data, size_t size)
{
    if (size)
        set(data, 0, size);
}

/* GCM takes all of the AAD before the first byte to encrypt. */
static gcry_error_t start(Gcm *gcm, const uint8_t *iv,
                          const E2EESegment *segments, int nb_segments)
{
    gcry_error_t err = gcry_cipher_setiv(gcm->cipher, iv, E2EE_IV_SIZE);

    for (int i = 0; i < nb_segments && !err; i++) {
        const E2EESegment *s = &segments[i];

        if (!s->clear || !s->size)
            continue;
        err = gcry_cipher_authenticate(gcm->cipher, s->src, s->size);
        if (s->dst != s->src)
            memcpy(s->dst, s->src, s->size);
    }
    return err;
}

/* In place is a call of its own in libgcrypt: source NULL. */
static gcry_error_t crypt_segments(Gcm *gcm, const E2EESegment *segments,
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
            gcry_cipher_encrypt(gcm->cipher, s->dst, s->size, src, src_size) :
            gcry_cipher_decrypt(gcm->cipher, s->dst, s->size, src, src_size);
    }
    return err;
}

/*
 * libgcrypt 1.10 carries the part of a block that a frame without a tag has
 * left behind into the next frame's tag; setting an IV does not clear it.
 */
static enum E2EEReason abandon(Gcm *gcm, gcry_error_t err)
{
    if (gcry_cipher_reset(gcm->cipher) || err)
        return E2EE_CRYPTO_ERROR;
    return E2EE_OK;
}

static enum E2EEReason gcm_seal(E2EEAead *aead, const uint8_t *iv,
                                const E2EESegment *segments, int nb_segments,
                                uint8_t *tag)
{
    Gcm *gcm = (Gcm *)aead;
    gcry_error_t err = start(gcm, iv, segments, nb_segments);

    if (!err)
        err = crypt_segments(gcm, segments, nb_segments, 1);
    if (!err)
        err = gcry_cipher_gettag(gcm->cipher, tag, gcm->tag_size);
    return err ? abandon(gcm, err) : E2EE_OK;
}

static enum E2EEReason gcm_open(E2EEAead *aead, const uint8_t *iv,
                                const E2EESegment *segments, int nb_segments,
                                const uint8_t *tag)
{
    Gcm *gcm = (Gcm *)aead;
    gcry_error_t err = start(gcm, iv, segments, nb_segments);

    if (!err)
        err = crypt_segments(gcm, segments, nb_segments, 0);
    if (!err)
        err = gcry_cipher_checktag(gcm->cipher, tag, gcm->tag_size);
    if (!err)
        return E2EE_OK;
    return gcry_err_code(err) == GPG_ERR_CHECKSUM ? E2EE_DAMAGED :
                                                    abandon(gcm, err);
}

static enum E2EEReason gcm_peek(E2EEAead *aead, const uint8_t *iv,
                                const uint8_t *src, uint8_t *dst, size_t size)
{
    Gcm *gcm = (Gcm *)aead;
    gcry_error_t err = gcry_cipher_setiv(gcm->cipher, iv, E2EE_IV_SIZE);

    if (!err)
        err = gcry_cipher_encrypt(gcm->cipher, dst, size, src, size);
    return abandon(gcm, err);
}

static void gcm_free(E2EEAead *aead)
{
    Gcm *gcm = (Gcm *)aead;

    gcry_cipher_close(gcm->cipher);
    gcry_free(gcm);
}

static const E2EEAeadOps gcm_ops = { gcm_seal, gcm_open, gcm_peek, gcm_free };

enum E2EEReason ff_e2ee_aead_alloc(E2EEAead **aead,
                                   const uint8_t *key, size_t key_size)
{
    return ff_e2ee_aead_alloc_tag(aead, key, key_size, E2EE_TAG_SIZE);
}

enum E2EEReason ff_e2ee_aead_alloc_tag(E2EEAead **aead, const uint8_t *key,
                                       size_t key_size, size_t tag_size)
{
    int algo = key_size == 32 ? GCRY_CIPHER_AES256 : GCRY_CIPHER_AES128;
    Gcm *gcm;

    *aead = NULL;
    if ((key_size != 16 && key_size != 32) ||
        tag_size < 8 || tag_size > E2EE_TAG_SIZE)
        return E2EE_CRYPTO_ERROR;
    gcm = gcry_calloc(1, sizeof(*gcm));
    if (!gcm)
        return E2EE_NO_MEMORY;
    gcm->aead.ops = &gcm_ops;
    gcm->tag_size = tag_size;
    if (gcry_cipher_open(&gcm->cipher, algo, GCRY_CIPHER_MODE_GCM,
                         GCRY_CIPHER_SECURE) ||
        gcry_cipher_setkey(gcm->cipher, key, key_size)) {
        gcm_free(&gcm->aead);
        return E2EE_CRYPTO_ERROR;
    }
    *aead = &gcm->aead;
    return E2EE_OK;
}

void ff_e2ee_aead_free(E2EEAead **aead)
{
    if (*aead)
        (*aead)->ops->free(*aead);
    *aead = NULL;
}

enum E2EEReason ff_e2ee_aead_seal(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const E2EESegment *segments, int nb_segments,
                                  uint8_t *tag)
{
    return aead->ops->seal(aead, iv, segments, nb_segments, tag);
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
                                  const uint8_t *tag)
{
    enum E2EEReason reason = aead->ops->open(aead, iv, segments, nb_segments,
                                             tag);

    if (reason)
        withhold(segments, nb_segments);
    return reason;
}

enum E2EEReason ff_e2ee_aead_peek(E2EEAead *aead,
                                  const uint8_t iv[E2EE_IV_SIZE],
                                  const uint8_t *src, uint8_t *dst,
                                  size_t size)
{
    return aead->ops->peek(aead, iv, src, dst, size);
}
