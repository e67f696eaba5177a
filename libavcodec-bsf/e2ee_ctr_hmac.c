/*
 * End-to-end encrypted media: AES-CTR with HMAC
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

#include "e2ee_ctr_hmac.h"

#define BLOCK_SIZE   16
#define TAG_SIZE_MIN 4

typedef struct CtrHmac {
    E2EEAead         aead;
    gcry_cipher_hd_t cipher;
    gcry_md_hd_t     hmac;
    size_t           tag_size;
} CtrHmac;

/* The first block of key stream; a frame has less than 2^32 of them. */
static gcry_error_t set_counter(CtrHmac *c, const uint8_t *iv)
{
    uint8_t block[BLOCK_SIZE] = { 0 };

    memcpy(block, iv, E2EE_IV_SIZE);
    return gcry_cipher_setctr(c->cipher, block, sizeof(block));
}

/* Encryption and decryption are one thing. In place: source NULL. */
static gcry_error_t crypt_segments(CtrHmac *c, const uint8_t *iv,
                                   const E2EESegment *segments,
                                   int nb_segments)
{
    gcry_error_t err = set_counter(c, iv);

    for (int i = 0; i < nb_segments && !err; i++) {
        const E2EESegment *s = &segments[i];
        int in_place = s->dst == s->src;

        if (s->size && !s->clear)
            err = gcry_cipher_encrypt(c->cipher, s->dst, s->size,
                                      in_place ? NULL : s->src,
                                      in_place ? 0 : s->size);
        else if (s->size && !in_place)
            memcpy(s->dst, s->src, s->size);
    }
    return err;
}

static void write_number(gcry_md_hd_t md, uint64_t n)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        gcry_md_putc(md, (uint8_t)(n >> shift));
}

static size_t total_size(const E2EESegment *segments, int nb_segments,
                         int clear)
{
    size_t size = 0;

    for (int i = 0; i < nb_segments; i++)
        if (!segments[i].clear == !clear)
            size += segments[i].size;
    return size;
}

/*
 * The numbers of bytes, the nonce, what is clear, what is encrypted.
 *
 * @param sealed  the ciphertext is at dst, else at src
 * @return the whole HMAC, valid until the next one
 */
static const uint8_t *make_tag(CtrHmac *c, const uint8_t *iv,
                               const E2EESegment *segments, int nb_segments,
                               int sealed)
{
    gcry_md_reset(c->hmac);
    write_number(c->hmac, total_size(segments, nb_segments, 1));
    write_number(c->hmac, total_size(segments, nb_segments, 0));
    write_number(c->hmac, c->tag_size);
    gcry_md_write(c->hmac, iv, E2EE_IV_SIZE);
    for (int clear = 1; clear >= 0; clear--)
        for (int i = 0; i < nb_segments; i++) {
            const E2EESegment *s = &segments[i];

            if (!s->clear == !clear && s->size)
                gcry_md_write(c->hmac, sealed && !clear ? s->dst : s->src,
                              s->size);
        }
    return gcry_md_read(c->hmac, 0);
}

static enum E2EEReason ctr_hmac_seal(E2EEAead *aead, const uint8_t *iv,
                                     const E2EESegment *segments,
                                     int nb_segments, uint8_t *tag)
{
    CtrHmac *c = (CtrHmac *)aead;

    if (crypt_segments(c, iv, segments, nb_segments))
        return E2EE_CRYPTO_ERROR;
    memcpy(tag, make_tag(c, iv, segments, nb_segments, 1), c->tag_size);
    return E2EE_OK;
}

static enum E2EEReason ctr_hmac_open(E2EEAead *aead, const uint8_t *iv,
                                     const E2EESegment *segments,
                                     int nb_segments, const uint8_t *tag)
{
    CtrHmac *c = (CtrHmac *)aead;
    const uint8_t *want = make_tag(c, iv, segments, nb_segments, 0);

    if (!ff_e2ee_equal(want, tag, c->tag_size))
        return E2EE_DAMAGED;
    return crypt_segments(c, iv, segments, nb_segments) ? E2EE_CRYPTO_ERROR :
                                                          E2EE_OK;
}

static enum E2EEReason ctr_hmac_peek(E2EEAead *aead, const uint8_t *iv,
                                     const uint8_t *src, uint8_t *dst,
                                     size_t size)
{
    const E2EESegment segment = { src, dst, size, 0 };

    return crypt_segments((CtrHmac *)aead, iv, &segment, 1) ?
        E2EE_CRYPTO_ERROR : E2EE_OK;
}

static void ctr_hmac_free(E2EEAead *aead)
{
    CtrHmac *c = (CtrHmac *)aead;

    gcry_cipher_close(c->cipher);
    gcry_md_close(c->hmac);
    gcry_free(c);
}

static const E2EEAeadOps ctr_hmac_ops = {
    ctr_hmac_seal, ctr_hmac_open, ctr_hmac_peek, ctr_hmac_free
};

enum E2EEReason ff_e2ee_ctr_hmac_alloc(E2EEAead **aead, enum E2EEHash hash,
                                       const uint8_t *key, size_t key_size,
                                       size_t cipher_size, size_t tag_size)
{
    int cipher = cipher_size == 32 ? GCRY_CIPHER_AES256 : GCRY_CIPHER_AES128;
    int md     = hash == E2EE_SHA512 ? GCRY_MD_SHA512 : GCRY_MD_SHA256;
    CtrHmac *c;

    *aead = NULL;
    if ((cipher_size != 16 && cipher_size != 32) || key_size <= cipher_size ||
        tag_size < TAG_SIZE_MIN || tag_size > E2EE_TAG_SIZE)
        return E2EE_CRYPTO_ERROR;
    c = gcry_calloc(1, sizeof(*c));
    if (!c)
        return E2EE_NO_MEMORY;
    c->aead.ops = &ctr_hmac_ops;
    c->tag_size = tag_size;
    if (gcry_cipher_open(&c->cipher, cipher, GCRY_CIPHER_MODE_CTR,
                         GCRY_CIPHER_SECURE) ||
        gcry_cipher_setkey(c->cipher, key, cipher_size) ||
        gcry_md_open(&c->hmac, md, GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE) ||
        gcry_md_setkey(c->hmac, key + cipher_size, key_size - cipher_size)) {
        ctr_hmac_free(&c->aead);
        return E2EE_CRYPTO_ERROR;
    }
    *aead = &c->aead;
    return E2EE_OK;
}
