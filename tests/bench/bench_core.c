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
 * The core alone: the search for what needs an escape and what hostile frames
 * cost; cost by the size of frames, by the number of keys, with a wrong key.
 * Ratios are to bare AES-GCM on as many bytes, or to the usual frame.
 *
 *     bench_core [OPTION...]
 */

#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>

#include "e2ee_annexb.h"
#include "e2ee_scheme.h"
#include "table.h"

#define ROUNDS   301
#define SIZE_MAX_FRAME (4 << 20)
#define ROOM     (2 * SIZE_MAX_FRAME)

/** Bytes of work in one turn of a subject, at least one frame. */
#define WORK     (64 << 10)

/** A frame, a sender and a receiver of it. */
typedef struct Frame {
    enum E2EECodec codec;
    size_t         size, sealed_size;
    uint8_t       *plain, *sealed, *out;
    E2EESession    sender, receiver;
    int            opens;       ///< whether opening it has to succeed
} Frame;

static gcry_cipher_hd_t bare;

static const uint8_t vp8[]   = { 0x31, 0x02, 0x00 };
static const uint8_t slice[] = { 0, 0, 0, 1, 0x41, 0x9a, 0x21, 0x04 };

static void *must(void *pointer)
{
    if (!pointer)
        abort();
    return pointer;
}

static int turns(const Frame *f)
{
    return f->size >= WORK ? 1 : WORK / f->size;
}

static int gcm(void *opaque, int round)
{
    Frame *f = opaque;
    uint8_t iv[E2EE_IV_SIZE] = { round }, tag[E2EE_TAG_SIZE];

    for (int i = 0; i < turns(f); i++) {
        gcry_cipher_setiv(bare, iv, sizeof(iv));
        gcry_cipher_authenticate(bare, f->plain, 3);
        gcry_cipher_encrypt(bare, f->out, f->size, f->plain, f->size);
        gcry_cipher_gettag(bare, tag, sizeof(tag));
    }
    return turns(f);
}

static int scan(void *opaque, int round)
{
    static volatile size_t sink;
    Frame *f = opaque;

    for (int i = 0; i < turns(f); i++)
        sink += ff_e2ee_escape_extra(f->plain, f->size);
    return turns(f);
}

static int look_for_zeros(void *opaque, int round)
{
    static volatile size_t sink;
    Frame *f = opaque;

    for (int i = 0; i < turns(f); i++)
        for (const uint8_t *p = f->plain, *end = p + f->size;
             p && (p = memchr(p, 0, end - p)); p++)
            sink += *p;
    return turns(f);
}

static int seal(void *opaque, int round)
{
    Frame *f = opaque;
    E2EEFrame frame = { f->plain, f->size, f->codec, 0 };
    E2EEOutput out  = { .data = f->out };

    for (int i = 0; i < turns(f); i++)
        if (ff_e2ee_seal(&f->sender, &frame, &out))
            abort();
    return turns(f);
}

static int open_sealed(void *opaque, int round)
{
    Frame *f = opaque;
    E2EEFrame frame = { f->sealed, f->sealed_size, f->codec, 0 };
    E2EEOutput out  = { .data = f->out };

    for (int i = 0; i < turns(f); i++)
        if (f->opens != (ff_e2ee_open(&f->receiver, &frame, &out) == E2EE_OK))
            abort();
    return turns(f);
}

static void set_session(E2EESession *s, const char *scheme,
                        enum E2EECodec codec, const char *secret,
                        unsigned nb_keys)
{
    memset(s, 0, sizeof(*s));
    s->scheme    = ff_e2ee_scheme_find(scheme);
    s->codec     = codec;
    s->drop_sei  = E2EE_DROP_SEI_AUTO;
    s->choose_iv = 1;
    s->ring      = (E2EEKeyRing){ .size = nb_keys > 16 ? nb_keys : 16,
                                  .key_size = 16, .failure_tolerance = -1,
                                  .salt = (const uint8_t *)"salt",
                                  .salt_size = 4 };
    s->key_index = nb_keys - 1;
    for (unsigned i = 0; i < nb_keys; i++)
        if (ff_e2ee_keyring_set(&s->ring, i, E2EE_KDF_HKDF,
                                (const uint8_t *)secret, strlen(secret)))
            abort();
}

static void frame_open(Frame *f, enum E2EECodec codec, size_t size,
                       unsigned nb_keys)
{
    int nal = codec == E2EE_CODEC_H264;
    E2EEFrame frame;
    E2EEOutput out;

    f->codec  = codec;
    f->size   = size;
    f->opens  = 1;
    f->plain  = must(malloc(ROOM));
    f->sealed = must(malloc(ROOM));
    f->out    = must(calloc(1, ROOM));
    srand(1);
    for (size_t i = 0; i < size; i++)
        f->plain[i] = rand() >> 7;
    /* As ciphertext is, with single zeros and nothing to escape. */
    for (size_t i = 1; i < size; i++)
        if (!f->plain[i - 1] && !f->plain[i])
            f->plain[i] = 4;
    memcpy(f->plain, nal ? slice : vp8, nal ? sizeof(slice) : sizeof(vp8));
    set_session(&f->sender, "videosdk", codec, "bench", nb_keys);
    set_session(&f->receiver, "videosdk", codec, "bench", nb_keys);
    frame = (E2EEFrame){ f->plain, size, codec, 0 };
    out   = (E2EEOutput){ .data = f->sealed };
    if (ff_e2ee_seal(&f->sender, &frame, &out))
        abort();
    f->sealed_size = out.size;
}

static void frame_close(Frame *f)
{
    ff_e2ee_keyring_clear(&f->sender.ring);
    ff_e2ee_keyring_clear(&f->receiver.ring);
    free(f->plain);
    free(f->sealed);
    free(f->out);
}

static void report_scan(const BenchOptions *o)
{
    static const char *const columns[] = { "bytes", "what", "GB/s",
                                           "to bare GCM", "target", NULL };
    static const size_t sizes[] = { 1200, 8192, 16384, 65536, 1 << 20 };
    json_t *table = table_new("The search for what needs an escape", columns);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        Frame f;
        Cost costs[3];

        frame_open(&f, E2EE_CODEC_H264, sizes[i], 1);
        measure((Subject[]){ { "bare GCM", NULL, gcm, &f, NULL, 0 },
                             { "search", NULL, scan, &f, NULL, 0 },
                             { "memchr", NULL, look_for_zeros, &f, NULL, 0 } },
                3, bench_rounds(o, ROUNDS), costs);
        for (int j = 0; j < 3; j++)
            table_add(table, json_pack("{s:I,s:s,s:f,s:o,s:o}", "bytes",
                      (json_int_t)sizes[i], "what", j == 0 ? "bare GCM" :
                      j == 1 ? "the search" : "memchr for each zero",
                      "GB/s", sizes[i] / costs[j].seconds.median / 1e9,
                      "to bare GCM", table_spread(costs[j].ratio), "target",
                      j == 1 ? json_string("20 GB/s or 0.25") : json_null()));
        frame_close(&f);
    }
    table_end(o, "scan", table);
}

/* What an attacker may send: the usual frame's bytes in another form. */
static void fill(Frame *f, const uint8_t *pattern, size_t size)
{
    for (size_t i = sizeof(slice); i + 32 < f->sealed_size; i++)
        f->sealed[i] = pattern[i % size];
    f->opens = 0;
}

static void report_hostile(const BenchOptions *o)
{
    static const char *const columns[] = { "frame", "what", "to the usual",
                                           "target", NULL };
    static const struct {
        const char *name;
        uint8_t     pattern[4];
        size_t      size;
    } rows[] = {
        { "00 00 03 all over",    { 0, 0, 3 },    3 },
        { "00 00 03 01 all over", { 0, 0, 3, 1 }, 4 },
        { "00 00 01 all over",    { 0, 0, 1 },    3 },
        { "00 all over",          { 0 },          1 },
        { "00 01 all over",       { 0, 1 },       2 },
    };
    json_t *table = table_new("Hostile frames, H.264 of 8192 bytes", columns);
    Frame usual, zeros;
    Cost costs[2];

    frame_open(&usual, E2EE_CODEC_H264, 8192, 1);
    frame_open(&zeros, E2EE_CODEC_H264, 8192, 1);
    memset(zeros.plain + sizeof(slice), 0, zeros.size - sizeof(slice));
    measure((Subject[]){ { "usual", NULL, seal, &usual, NULL, 0 },
                         { "zeros", NULL, seal, &zeros, NULL, 0 } },
            2, bench_rounds(o, ROUNDS), costs);
    table_add(table, json_pack("{s:s,s:s,s:o,s:f}", "frame",
              "zeros before sealing", "what", "seal", "to the usual",
              table_spread(costs[1].ratio), "target", 3.0));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        Frame f;

        frame_open(&f, E2EE_CODEC_H264, 8192, 1);
        open_sealed(&f, 0);
        fill(&f, rows[i].pattern, rows[i].size);
        measure((Subject[]){ { "usual", NULL, open_sealed, &usual, NULL, 0 },
                             { rows[i].name, NULL, open_sealed, &f, NULL, 0 } },
                2, bench_rounds(o, ROUNDS), costs);
        table_add(table, json_pack("{s:s,s:s,s:o,s:f}", "frame",
                  rows[i].name, "what", "open", "to the usual",
                  table_spread(costs[1].ratio), "target", 3.0));
        frame_close(&f);
    }
    frame_close(&usual);
    frame_close(&zeros);
    table_end(o, "hostile", table);
}

static void report_sizes(const BenchOptions *o)
{
    static const char *const columns[] = { "codec", "bytes", "seal, ns",
                                           "seal to bare GCM", "open, ns",
                                           "open to bare GCM", NULL };
    static const size_t sizes[] = { 20, 80, 400, 1200, 4096, 16384, 65536,
                                    1 << 18, 1 << 20, SIZE_MAX_FRAME };
    static const enum E2EECodec codecs[] = { E2EE_CODEC_VP8,
                                             E2EE_CODEC_H264 };
    json_t *table = table_new("By the size of frames", columns);

    for (int c = 0; c < 2; c++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            Frame f;
            Cost costs[3];

            frame_open(&f, codecs[c], sizes[i], 1);
            measure((Subject[]){ { "bare GCM", NULL, gcm, &f, NULL, 0 },
                                 { "seal", NULL, seal, &f, NULL, 0 },
                                 { "open", NULL, open_sealed, &f, NULL, 0 } },
                    3, bench_rounds(o, sizes[i] > 1 << 18 ? 41 : ROUNDS),
                    costs);
            table_add(table, json_pack("{s:s,s:I,s:f,s:o,s:f,s:o}", "codec",
                      c ? "H.264" : "VP8", "bytes", (json_int_t)sizes[i],
                      "seal, ns", costs[1].seconds.median * 1e9,
                      "seal to bare GCM", table_spread(costs[1].ratio),
                      "open, ns", costs[2].seconds.median * 1e9,
                      "open to bare GCM", table_spread(costs[2].ratio)));
            frame_close(&f);
        }
    table_end(o, "sizes", table);
}

static void report_keys(const BenchOptions *o)
{
    static const char *const columns[] = { "keys in the ring",
                                           "seal to one key",
                                           "open to one key", NULL };
    static const unsigned counts[] = { 2, 16, 64, 256 };
    json_t *table = table_new("By the number of keys, VP8 of 1200 bytes",
                              columns);
    Frame one;

    frame_open(&one, E2EE_CODEC_VP8, 1200, 1);
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        Frame f;
        Cost costs[4];

        frame_open(&f, E2EE_CODEC_VP8, 1200, counts[i]);
        measure((Subject[]){ { "seal", NULL, seal, &one, NULL, 0 },
                             { "seal", NULL, seal, &f, NULL, 0 },
                             { "open", NULL, open_sealed, &one, NULL, 2 },
                             { "open", NULL, open_sealed, &f, NULL, 2 } },
                4, bench_rounds(o, ROUNDS), costs);
        table_add(table, json_pack("{s:i,s:o,s:o}", "keys in the ring",
                  (int)counts[i], "seal to one key",
                  table_spread(costs[1].ratio), "open to one key",
                  table_spread(costs[3].ratio)));
        frame_close(&f);
    }
    frame_close(&one);
    table_end(o, "keys", table);
}

/* A long time after the first frame, when the receiver knows. */
static void report_wrong_key(const BenchOptions *o)
{
    static const char *const columns[] = { "codec", "bytes", "ratchet window",
                                           "to the right key", "target",
                                           NULL };
    static const struct {
        enum E2EECodec codec;
        const char    *name;
        unsigned       window;
    } rows[] = {
        { E2EE_CODEC_OPUS, "Opus",  0 }, { E2EE_CODEC_VP8,  "VP8",   0 },
        { E2EE_CODEC_VP9,  "VP9",   0 }, { E2EE_CODEC_H264, "H.264", 0 },
        { E2EE_CODEC_VP8,  "VP8",   8 }, { E2EE_CODEC_H264, "H.264", 8 },
    };
    json_t *table = table_new("With a wrong key", columns);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t size = rows[i].codec == E2EE_CODEC_OPUS ? 80 : 8192;
        Frame right, wrong;
        Cost costs[2];

        frame_open(&right, rows[i].codec, size, 1);
        frame_open(&wrong, rows[i].codec, size, 1);
        ff_e2ee_keyring_clear(&wrong.receiver.ring);
        set_session(&wrong.receiver, "videosdk", rows[i].codec, "wrong", 1);
        wrong.receiver.ring.ratchet_window = rows[i].window;
        wrong.opens = 0;
        for (int n = 0; n < 100; n++)
            open_sealed(&wrong, n);
        measure((Subject[]){ { "right", NULL, open_sealed, &right, NULL, 0 },
                             { "wrong", NULL, open_sealed, &wrong, NULL, 0 } },
                2, bench_rounds(o, ROUNDS), costs);
        table_add(table, json_pack("{s:s,s:I,s:i,s:o,s:f}", "codec",
                  rows[i].name, "bytes", (json_int_t)size, "ratchet window",
                  (int)rows[i].window, "to the right key",
                  table_spread(costs[1].ratio), "target", 2.0));
        frame_close(&right);
        frame_close(&wrong);
    }
    table_end(o, "wrong-key", table);
}

int main(int argc, char **argv)
{
    static const uint8_t key[16] = { 1 };
    BenchOptions o = bench_options(argc, argv);

    if (gcry_cipher_open(&bare, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM,
                         GCRY_CIPHER_SECURE) ||
        gcry_cipher_setkey(bare, key, sizeof(key)))
        abort();
    report_scan(&o);
    report_hostile(&o);
    report_sizes(&o);
    report_keys(&o);
    report_wrong_key(&o);
    gcry_cipher_close(bare);
    return 0;
}
