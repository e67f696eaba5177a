/*
 * This file is part of ffmpeg-e2ee.
 *
 * ffmpeg-e2ee is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ffmpeg-e2ee is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ffmpeg-e2ee; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/*
 * No branch and no address of ours depends on a key or on what is sealed.
 * valgrind's memcheck is told that these bytes are undefined, and complains of
 * everything that is decided by them. libgcrypt is outside: what goes in is
 * lent to it as defined, what comes out is secret again. What becomes known to
 * everybody is declassified below, by name:
 *
 *   ff_e2ee_aead_seal()   ciphertext and tag, which are sent
 *   ff_e2ee_aead_peek()   the first bytes of ciphertext that an IV would give
 *   ff_e2ee_equal()       whether a tag fits; gcry_cipher_checktag() likewise
 *   ff_e2ee_hex()         whether these were hexadecimal digits
 *   ff_e2ee_replayed()... whether a sender, which a key's digest names, is the
 *                         same as another
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>

#include "faults/interpose.h"

#if defined(__has_include) && !FAULT_SANITIZED
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAVE_MEMCHECK 1
#endif
#endif

#ifndef HAVE_MEMCHECK
int main(void)
{
    puts("1..0 # SKIP no <valgrind/memcheck.h>, or a sanitizer is there");
    return 0;
}
#else

#include "e2ee_counter.h"
#include "e2ee_keyfile.h"
#include "frames.h"

#define LENT_MAX 4096

static int active;              /* what happens before has no secrets */

/* --- what is lent to libgcrypt --- */

typedef struct Lent {
    const void *p;
    size_t      size;
    uint8_t     bits[LENT_MAX];
} Lent;

static void lend(Lent *lent, const void *p, size_t size)
{
    lent->p    = active ? p : NULL;
    lent->size = size;
    if (!lent->p || !size)
        return;
    check_that(size <= LENT_MAX, "too much to lend");
    VALGRIND_GET_VBITS(p, lent->bits, size);
    VALGRIND_MAKE_MEM_DEFINED(p, size);
}

static void take_back(const Lent *lent)
{
    if (lent->p && lent->size)
        VALGRIND_SET_VBITS(lent->p, lent->bits, lent->size);
}

static void make_secret(const void *p, size_t size)
{
    if (active)
        VALGRIND_MAKE_MEM_UNDEFINED(p, size);
}

static void declassify(const void *p, size_t size)
{
    if (active)
        VALGRIND_MAKE_MEM_DEFINED(p, size);
}

/* The function as it is, and the one that is called in its place. */
#define REPLACE(type, name, parameters)     \
    type __real_##name parameters;          \
    type __wrap_##name parameters;          \
    type __wrap_##name parameters

#define LENDS(name, parameters, p, size, ...)           \
    REPLACE(gcry_error_t, name, parameters)             \
    {                                                   \
        gcry_error_t err;                               \
        Lent lent;                                      \
                                                        \
        lend(&lent, p, size);                           \
        err = __real_##name(__VA_ARGS__);               \
        take_back(&lent);                               \
        return err;                                     \
    }

LENDS(gcry_cipher_setkey, (gcry_cipher_hd_t hd, const void *p, size_t n),
      p, n, hd, p, n)
LENDS(gcry_cipher_setiv, (gcry_cipher_hd_t hd, const void *p, size_t n),
      p, n, hd, p, n)
LENDS(gcry_cipher_setctr, (gcry_cipher_hd_t hd, const void *p, size_t n),
      p, n, hd, p, n)
LENDS(gcry_cipher_authenticate, (gcry_cipher_hd_t hd, const void *p, size_t n),
      p, n, hd, p, n)
LENDS(gcry_md_setkey, (gcry_md_hd_t hd, const void *p, size_t n),
      p, n, hd, p, n)

REPLACE(gcry_error_t, gcry_cipher_encrypt,
        (gcry_cipher_hd_t hd, void *out, size_t size, const void *in,
         size_t in_size))
{
    gcry_error_t err;
    Lent lent;

    lend(&lent, in ? in : out, size);
    err = __real_gcry_cipher_encrypt(hd, out, size, in, in_size);
    if (in && in != out)
        take_back(&lent);
    make_secret(out, size); /* until it is declassified */
    return err;
}

REPLACE(gcry_error_t, gcry_cipher_decrypt,
        (gcry_cipher_hd_t hd, void *out, size_t size, const void *in,
         size_t in_size))
{
    gcry_error_t err = __real_gcry_cipher_decrypt(hd, out, size, in, in_size);

    make_secret(out, size);
    return err;
}

REPLACE(void, gcry_md_write, (gcry_md_hd_t hd, const void *p, size_t size))
{
    Lent lent;

    lend(&lent, p, size);
    __real_gcry_md_write(hd, p, size);
    take_back(&lent);
}

REPLACE(unsigned char *, gcry_md_read, (gcry_md_hd_t hd, int algo))
{
    unsigned char *digest = __real_gcry_md_read(hd, algo);

    make_secret(digest, gcry_md_get_algo_dlen(gcry_md_get_algo(hd)));
    return digest;
}

REPLACE(gcry_error_t, gcry_kdf_derive,
        (const void *p, size_t size, int algo, int subalgo, const void *salt,
         size_t salt_size, unsigned long rounds, size_t out_size, void *out))
{
    gcry_error_t err;
    Lent lent;

    lend(&lent, p, size);
    err = __real_gcry_kdf_derive(p, size, algo, subalgo, salt, salt_size,
                                 rounds, out_size, out);
    take_back(&lent);
    make_secret(out, out_size);
    return err;
}

/* --- what everybody learns --- */

REPLACE(enum E2EEReason, ff_e2ee_aead_seal,
        (E2EEAead *aead, const uint8_t *iv, const E2EESegment *segments,
         int nb, uint8_t *tag))
{
    enum E2EEReason reason = __real_ff_e2ee_aead_seal(aead, iv, segments, nb,
                                                      tag);

    for (int i = 0; i < nb; i++)
        declassify(segments[i].dst, segments[i].size);
    declassify(tag, E2EE_TAG_SIZE);
    return reason;
}

REPLACE(enum E2EEReason, ff_e2ee_aead_peek,
        (E2EEAead *aead, const uint8_t *iv, const uint8_t *src, uint8_t *dst,
         size_t size))
{
    enum E2EEReason reason = __real_ff_e2ee_aead_peek(aead, iv, src, dst,
                                                      size);

    declassify(dst, size);
    return reason;
}

REPLACE(int, ff_e2ee_equal,
        (const uint8_t *a, const uint8_t *b, size_t size))
{
    int equal = __real_ff_e2ee_equal(a, b, size);

    declassify(&equal, sizeof(equal));
    return equal;
}

REPLACE(size_t, ff_e2ee_hex,
        (uint8_t *dst, const uint8_t *src, size_t size))
{
    size_t n = __real_ff_e2ee_hex(dst, src, size);

    declassify(&n, sizeof(n));
    return n;
}

REPLACE(int, ff_e2ee_replayed,
        (const E2EEReplay *replay, uint64_t sender, uint32_t counter))
{
    declassify(&sender, sizeof(sender));
    return __real_ff_e2ee_replayed(replay, sender, counter);
}

REPLACE(void, ff_e2ee_replay_commit,
        (E2EEReplay *replay, uint64_t sender, uint32_t counter))
{
    declassify(&sender, sizeof(sender));
    __real_ff_e2ee_replay_commit(replay, sender, counter);
}

REPLACE(enum E2EEReason, ff_e2ee_counter_next,
        (const uint8_t *id, uint32_t *counter))
{
    declassify(id, E2EE_COUNTER_ID_SIZE);
    return __real_ff_e2ee_counter_next(id, counter);
}

/* --- the cases --- */

static const struct {
    const char   *scheme;
    unsigned      suite;
    enum E2EEKdf  kdf;
    enum E2EECodec codec;
    int           scans;        ///< all of the frame, for start codes
} cases[] = {
    { "videosdk",  0, E2EE_KDF_PBKDF2,     E2EE_CODEC_OPUS, 0 },
    { "videosdk",  0, E2EE_KDF_HKDF,       E2EE_CODEC_VP8, 0 },
    { "videosdk",  0, E2EE_KDF_HKDF,       E2EE_CODEC_VP9, 0 },
    { "videosdk",  0, E2EE_KDF_HKDF,       E2EE_CODEC_AV1, 0 },
    { "videosdk",  0, E2EE_KDF_HKDF,       E2EE_CODEC_H264, 0 },
    { "videosdk",  0, E2EE_KDF_HKDF,       E2EE_CODEC_H265, 0 },
    { "livekit",   0, E2EE_KDF_PBKDF2,     E2EE_CODEC_H264, 0 },
    { "jitsi",     0, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_VP8, 0 },
    { "nextcloud", 0, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_OPUS, 0 },
    { "stream",    0, E2EE_KDF_RAW,        E2EE_CODEC_H264, 0 },
    { "sframe",    4, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_VP8, 0 },
    { "sframe",    1, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_OPUS, 0 },
    { "sframe",    7, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_AV1, 0 },
    { "dave",      0, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_OPUS, 0 },
    { "dave",      0, E2EE_KDF_HKDF_EMPTY, E2EE_CODEC_H264, 1 },
};

#define NB_CASES ((int)(sizeof(cases) / sizeof(cases[0])))

/* A codec's headers say what stays clear; the first bits behind them choose
 * an IV (doc/security.md, section 4). */
#define HEADER 16

static int seal_and_open(int i, enum E2EEReason *reason)
{
    uint8_t key[16] = { 1, 2, 3 }, sealed[2048], opened[2048];
    uint64_t seed = 1;
    TestFrame frame = make_frame(&seed, cases[i].codec, E2EE_PEER_WEB, 600, 0);
    size_t secret = cases[i].scans ? frame.data.size : frame.clear + HEADER;
    E2EESession sessions[2];
    E2EEOutput out = { .data = sealed };
    E2EEFrame in = { frame.data.data, frame.data.size, cases[i].codec,
                     frame.key };
    int before = VALGRIND_COUNT_ERRORS;

    active = 1;
    make_secret(key, sizeof(key));
    make_secret(in.data + secret, in.size - secret);
    for (int n = 0; n < 2; n++) {
        session_init_scheme(&sessions[n], cases[i].scheme, E2EE_PEER_WEB,
                            cases[i].codec);
        sessions[n].ring.suite = cases[i].suite;
        *reason = ff_e2ee_keyring_set(&sessions[n].ring, 0, cases[i].kdf, key,
                                      sizeof(key));
        if (*reason)
            return 1;
    }
    *reason = ff_e2ee_seal(&sessions[0], &in, &out);
    if (!*reason) {
        in = (E2EEFrame){ sealed, out.size, cases[i].codec, frame.key };
        out.data = opened;
        declassify(sealed, out.size);
        *reason = ff_e2ee_open(&sessions[1], &in, &out);
    }
    for (int n = 0; n < 2; n++)
        ff_e2ee_keyring_clear(&sessions[n].ring);
    active = 0;
    free_frame(&frame);
    return VALGRIND_COUNT_ERRORS - before;
}

static int read_hex(void)
{
    char digits[33];
    uint8_t bytes[16];
    int before = VALGRIND_COUNT_ERRORS;
    size_t size;

    strcpy(digits, "00112233445566778899aAbBcCdDeEfF");
    active = 1;
    make_secret(digits, 32);
    size = ff_e2ee_hex(bytes, (uint8_t *)digits, 32);
    active = 0;
    return size == 16 ? VALGRIND_COUNT_ERRORS - before : 1;
}

static void tell(int *nb, int errors, const char *what, int i)
{
    printf("%s %d - %s", errors ? "not ok" : "ok", ++*nb, what);
    printf(i < 0 ? "\n" : ", case %d\n", i);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int nb = 0;

    if (argc > 1)
        return !RUNNING_ON_VALGRIND;
    if (!RUNNING_ON_VALGRIND) {
        char probe[1024];

        snprintf(probe, sizeof(probe), "valgrind -q '%s' probe >/dev/null 2>&1",
                 argv[0]);
        if (!system(probe))
            execlp("valgrind", "valgrind", "-q", argv[0], NULL);
        puts("1..0 # SKIP there is no valgrind for this");
        return 0;
    }
    ff_e2ee_crypto_init();
    for (int i = 0; i < NB_CASES; i++) {
        enum E2EEReason reason = E2EE_OK;
        int errors = seal_and_open(i, &reason);

        if (reason)
            printf("# %s\n", ff_e2ee_reason_name(reason));
        tell(&nb, errors || reason, cases[i].scheme, i);
    }
    tell(&nb, read_hex(), "hexadecimal digits", -1);
    printf("1..%d\n", nb);
    return 0;
}

#endif /* HAVE_MEMCHECK */
