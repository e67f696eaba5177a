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
 * What sealing and opening a frame costs, as a ratio to bare AES-GCM with
 * libgcrypt on the same bytes. Subjects take turns in each round, so that a
 * machine whose speed drifts does so for all; medians are printed with the
 * range. It reports and fails on nothing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gcrypt.h>

#include "e2ee_scheme.h"

#define ROUNDS   41
#define FRAMES   200
#define SIZE_MAX_FRAME (1 << 16)
#define ROOM     (2 * SIZE_MAX_FRAME)

typedef struct Case {
    const char    *name;
    enum E2EECodec codec;
    const uint8_t *header;
    size_t         header_size;
    size_t         size;
} Case;

typedef struct Bench {
    const Case      *c;
    gcry_cipher_hd_t bare;
    E2EESession      sender, receiver;
    uint8_t          plain[SIZE_MAX_FRAME];
    uint8_t          sealed[ROOM];
    size_t           sealed_size;
    uint8_t          out[ROOM];
} Bench;

static const uint8_t opus[] = { 0x78 };
static const uint8_t vp8[]  = { 0x31, 0x02, 0x00 };
/* x264's: the key frame has its pps_id in the first encrypted byte. */
static const uint8_t p_slice[] = { 0, 0, 0, 1, 0x41, 0x9a, 0x21, 0x04 };
static const uint8_t idr[] = { 0, 0, 0, 1, 0x65, 0x88, 0x84, 0x0a };

static const Case cases[] = {
    { "Opus",           E2EE_CODEC_OPUS, opus,    sizeof(opus),    80    },
    { "VP8",            E2EE_CODEC_VP8,  vp8,     sizeof(vp8),     1200  },
    { "VP8",            E2EE_CODEC_VP8,  vp8,     sizeof(vp8),     16384 },
    { "H.264 delta",    E2EE_CODEC_H264, p_slice, sizeof(p_slice), 1200  },
    { "H.264 delta",    E2EE_CODEC_H264, p_slice, sizeof(p_slice), 16384 },
    { "H.264 key",      E2EE_CODEC_H264, idr,     sizeof(idr),     16384 },
    { "H.264 key",      E2EE_CODEC_H264, idr,     sizeof(idr),     65536 },
};

static void bare(Bench *b)
{
    static uint8_t iv[E2EE_IV_SIZE];
    uint8_t tag[E2EE_TAG_SIZE];
    size_t clear = b->c->header_size;

    iv[0]++;
    gcry_cipher_setiv(b->bare, iv, sizeof(iv));
    gcry_cipher_authenticate(b->bare, b->plain, clear);
    gcry_cipher_encrypt(b->bare, b->out, b->c->size - clear,
                        b->plain + clear, b->c->size - clear);
    gcry_cipher_gettag(b->bare, tag, sizeof(tag));
}

static void seal(Bench *b, int choose_iv)
{
    E2EEFrame frame = { b->plain, b->c->size, b->c->codec, 0 };
    E2EEOutput out  = { .data = b->out };

    b->sender.choose_iv = choose_iv;
    if (ff_e2ee_seal(&b->sender, &frame, &out))
        abort();
}

static void seal_chosen(Bench *b)
{
    seal(b, 1);
}

static void seal_unchosen(Bench *b)
{
    seal(b, 0);
}

static void open_sealed(Bench *b)
{
    E2EEFrame frame = { b->sealed, b->sealed_size, b->c->codec, 0 };
    E2EEOutput out  = { .data = b->out };

    if (ff_e2ee_open(&b->receiver, &frame, &out))
        abort();
}

static const struct {
    const char *name;
    void (*run)(Bench *b);
} subjects[] = {
    { "bare GCM",            bare          },
    { "seal",                seal_chosen   },
    { "seal, choose_iv=0",   seal_unchosen },
    { "open",                open_sealed   },
};

#define SUBJECTS (int)(sizeof(subjects) / sizeof(*subjects))

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void set_session(E2EESession *s, enum E2EECodec codec)
{
    memset(s, 0, sizeof(*s));
    s->scheme    = ff_e2ee_scheme_find("videosdk");
    s->codec     = codec;
    s->drop_sei  = E2EE_DROP_SEI_AUTO;
    s->ring      = (E2EEKeyRing){ .size = 16, .key_size = 16,
                                  .failure_tolerance = -1,
                                  .salt = (const uint8_t *)"salt",
                                  .salt_size = 4 };
    if (ff_e2ee_keyring_set(&s->ring, 0, E2EE_KDF_HKDF,
                            (const uint8_t *)"bench", 5))
        abort();
}

static void set_up(Bench *b, const Case *c)
{
    static const uint8_t key[16] = { 1 };
    E2EEFrame frame = { b->plain, c->size, c->codec, 0 };
    E2EEOutput out  = { .data = b->sealed };

    b->c = c;
    srand(1);
    for (size_t i = 0; i < c->size; i++)
        b->plain[i] = rand() | 4;       // no start code, no escape
    memcpy(b->plain, c->header, c->header_size);
    set_session(&b->sender, c->codec);
    set_session(&b->receiver, c->codec);
    b->sender.choose_iv = 1;
    if (gcry_cipher_open(&b->bare, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM,
                         GCRY_CIPHER_SECURE) ||
        gcry_cipher_setkey(b->bare, key, sizeof(key)) ||
        ff_e2ee_seal(&b->sender, &frame, &out))
        abort();
    b->sealed_size = out.size;
    b->sender.iv_retries = 0;
}

static void tear_down(Bench *b)
{
    gcry_cipher_close(b->bare);
    ff_e2ee_keyring_clear(&b->sender.ring);
    ff_e2ee_keyring_clear(&b->receiver.ring);
}

static void run_case(Bench *b, const Case *c)
{
    double ratio[SUBJECTS][ROUNDS];

    set_up(b, c);
    for (int round = -1; round < ROUNDS; round++) {
        double seconds[SUBJECTS];

        for (int s = 0; s < SUBJECTS; s++) {
            double start = cpu_seconds();

            for (int i = 0; i < FRAMES; i++)
                subjects[s].run(b);
            seconds[s] = cpu_seconds() - start;
        }
        for (int s = 0; s < SUBJECTS && round >= 0; s++)
            ratio[s][round] = seconds[s] / seconds[0];
    }
    for (int s = 1; s < SUBJECTS; s++) {
        qsort(ratio[s], ROUNDS, sizeof(double), compare);
        printf("%-12s %6zu  %-18s %6.2f  %5.2f .. %5.2f\n", c->name, c->size,
               subjects[s].name, ratio[s][ROUNDS / 2], ratio[s][ROUNDS / 10],
               ratio[s][ROUNDS - 1 - ROUNDS / 10]);
    }
    if (b->sender.iv_retries)
        printf("%-12s %6zu  IVs passed over     %5.2f a frame\n", c->name,
               c->size, (double)b->sender.iv_retries /
                        ((ROUNDS + 1) * FRAMES));
    tear_down(b);
}

int main(void)
{
    Bench *b = malloc(sizeof(*b));

    if (!b || ff_e2ee_crypto_init())
        return 1;
    printf("CPU time as a ratio to bare AES-128-GCM on the same bytes, "
           "libgcrypt %s\n", gcry_check_version(NULL));
    printf("%-12s %6s  %-18s %6s  %s\n", "frame", "bytes", "what", "median",
           "10 % .. 90 %");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        run_case(b, &cases[i]);
    free(b);
    return 0;
}
