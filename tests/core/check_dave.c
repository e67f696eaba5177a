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
 * DAVE against a reference that is written here from the description alone:
 * it knows no codec, takes a frame apart from the end, and asks libgcrypt.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gcrypt.h>

#include "e2ee_counter.h"
#include "e2ee_dave_ranges.h"
#include "frames.h"

#define ROUNDS     400
#define RANGES_MAX 130
#define IDR_HEX    "0000000167640028" "00000168ee3c80" \
                   "0000000165888400112233" "00000161e0204455"

typedef struct Range {
    size_t offset, size;
} Range;

static const uint8_t base_secret[16] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

static uint64_t seed = 9;

/* --- the reference --- */

static void ref_derive(const uint8_t *secret, size_t secret_size,
                       const char *label, uint32_t generation, uint8_t *out,
                       size_t size)
{
    uint8_t info[40] = { 0, size, 8 + strlen(label) }, *p = info + 3;
    gcry_mac_hd_t mac;

    p += sprintf((char *)p, "MLS 1.0 %s", label);
    *p++ = 4;
    *p++ = generation >> 24;
    *p++ = generation >> 16;
    *p++ = generation >> 8;
    *p++ = generation;
    *p++ = 1;
    check_that(!gcry_mac_open(&mac, GCRY_MAC_HMAC_SHA256, 0, NULL) &&
               !gcry_mac_setkey(mac, secret, secret_size) &&
               !gcry_mac_write(mac, info, p - info) &&
               !gcry_mac_read(mac, out, &size), "HMAC");
    gcry_mac_close(mac);
}

static void ref_key(const uint8_t secret[16], unsigned generation,
                    uint8_t key[16])
{
    uint8_t chain[32], next[32];
    size_t size = 16;

    memcpy(chain, secret, size);
    for (unsigned i = 0; i < generation; i++, size = 32) {
        ref_derive(chain, size, "secret", i, next, 32);
        memcpy(chain, next, 32);
    }
    ref_derive(chain, size, "key", generation, key, 16);
}

static gcry_cipher_hd_t ref_cipher(const uint8_t *secret, uint32_t nonce)
{
    uint8_t iv[12] = { 0, 0, 0, 0, 0, 0, 0, 0, nonce, nonce >> 8,
                       nonce >> 16, nonce >> 24 };
    gcry_cipher_hd_t cipher;
    uint8_t key[16];

    ref_key(secret, nonce >> 24, key);
    check_that(!gcry_cipher_open(&cipher, GCRY_CIPHER_AES128,
                                 GCRY_CIPHER_MODE_GCM, 0) &&
               !gcry_cipher_setkey(cipher, key, 16) &&
               !gcry_cipher_setiv(cipher, iv, 12), "AES-GCM");
    return cipher;
}

/* Encrypts or decrypts media in place; the tag is of 16 bytes. */
static void ref_crypt(const uint8_t *secret, uint32_t nonce, uint8_t *media,
                      size_t size, const Range *ranges, int nb, int encrypt,
                      uint8_t tag[16])
{
    gcry_cipher_hd_t cipher = ref_cipher(secret, nonce);
    uint8_t *is_clear = calloc(1, size + 1), *text = malloc(size + 1);
    uint8_t *aad = malloc(size + 1);
    size_t text_size = 0, aad_size = 0, at = 0;

    check_that(is_clear && text && aad, "out of memory");
    for (int i = 0; i < nb; i++)
        memset(is_clear + ranges[i].offset, 1, ranges[i].size);
    for (size_t i = 0; i < size; i++)
        if (is_clear[i])
            aad[aad_size++] = media[i];
        else
            text[text_size++] = media[i];
    check_that(!gcry_cipher_authenticate(cipher, aad, aad_size), "AAD");
    check_that(!text_size ||
               !(encrypt ? gcry_cipher_encrypt : gcry_cipher_decrypt)(
                   cipher, text, text_size, NULL, 0), "text");
    for (size_t i = 0; i < size; i++)
        if (!is_clear[i])
            media[i] = text[at++];
    check_that(!gcry_cipher_gettag(cipher, tag, 16), "tag");
    gcry_cipher_close(cipher);
    free(is_clear);
    free(text);
    free(aad);
}

static size_t ref_number(uint8_t *p, uint64_t value)
{
    size_t size = 0;

    do {
        p[size++] = (value & 127) | (value >= 128 ? 128 : 0);
        value /= 128;
    } while (value);
    return size;
}

static uint64_t ref_read(const uint8_t **p)
{
    uint64_t value = 0;

    for (int shift = 0; ; shift += 7) {
        value |= (uint64_t)(**p & 127) << shift;
        if (!(*(*p)++ & 128))
            return value;
    }
}

static Bytes ref_seal(const uint8_t *media, size_t size, const Range *ranges,
                      int nb, uint32_t nonce)
{
    Bytes out = { malloc(size + 2000), size };
    uint8_t tag[16], *p;

    check_that(!!out.data, "out of memory");
    if (size)
        memcpy(out.data, media, size);
    ref_crypt(base_secret, nonce, out.data, size, ranges, nb, 1, tag);
    memcpy(out.data + size, tag, 8);
    p = out.data + size + 8;
    p += ref_number(p, nonce);
    for (int i = 0; i < nb; i++) {
        p += ref_number(p, ranges[i].offset);
        p += ref_number(p, ranges[i].size);
    }
    *p = p - out.data - size + 3;
    p++;
    *p++ = 0xfa;
    *p++ = 0xfa;
    out.size = p - out.data;
    return out;
}

/* Opens what has to be sealed well; anything else fails the test. */
static Bytes ref_open(const Bytes *sealed, Range *ranges, int *nb,
                      uint32_t *nonce)
{
    const uint8_t *end = sealed->data + sealed->size - 3, *p;
    size_t size = sealed->size - *end;
    Bytes out;
    uint8_t tag[16];

    check_that(sealed->size >= 12 && end[1] == 0xfa && end[2] == 0xfa &&
               *end >= 12 && *end <= sealed->size, "the trailer's end");
    out = copy_bytes(sealed->data, size);
    p   = sealed->data + size + 8;
    *nonce = ref_read(&p);
    for (*nb = 0; p < end; ++*nb) {
        ranges[*nb].offset = ref_read(&p);
        ranges[*nb].size   = ref_read(&p);
        check_that(ranges[*nb].size > 0, "an empty range");
        check_that(!*nb || ranges[*nb].offset > ranges[*nb - 1].offset +
                                                ranges[*nb - 1].size,
                   "ranges that are not apart");
    }
    check_that(p == end, "the trailer's numbers");
    ref_crypt(base_secret, *nonce, out.data, size, ranges, *nb, 0, tag);
    assert_bytes("tag", sealed->data + size, 8, tag, 8);
    return out;
}

/* --- sessions --- */

static void start(E2EESession *session, enum E2EECodec codec,
                  const uint8_t *secret)
{
    const E2EEScheme *scheme = ff_e2ee_scheme_find("dave");

    ck_assert_ptr_nonnull(scheme);
    *session = (E2EESession){
        .scheme = scheme,
        .codec  = codec,
        .ring   = {
            .size              = scheme->ring_size,
            .key_size          = scheme->key_size,
            .ratchet_window    = scheme->ratchet_window,
            .failure_tolerance = scheme->failure_tolerance,
            .salt              = (const uint8_t *)scheme->salt,
            .ops               = scheme->key_ops,
        },
        .drop_sei = E2EE_DROP_SEI_AUTO,
    };
    if (secret)
        ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, 0,
                                             scheme->raw_kdf[0], secret, 16),
                         E2EE_OK);
}

static void stop(E2EESession *session)
{
    ff_e2ee_keyring_clear(&session->ring);
}

static enum E2EEReason run(E2EESession *session, const uint8_t *data,
                           size_t size, int sealing, Bytes *out)
{
    Bytes in = copy_bytes(data, size);
    E2EEFrame frame = { in.data, in.size, session->codec, 0 };
    E2EEOutput output = { malloc(ff_e2ee_bound(session, size)), 0, 0, 0 };
    enum E2EEReason reason;

    check_that(!!output.data, "out of memory");
    reason = sealing ? ff_e2ee_seal(session, &frame, &output) :
                       ff_e2ee_open(session, &frame, &output);
    assert_bytes("input", in.data, in.size, data, size);
    check_that(output.size <= ff_e2ee_bound(session, size), "the room");
    check_that(!reason || reason == E2EE_INJECTED || !output.size,
               "a size with a failure");
    *out = copy_bytes(output.data, output.size);
    free(output.data);
    free_bytes(&in);
    return reason;
}

static enum E2EEReason try_open(E2EESession *session, const uint8_t *data,
                                size_t size)
{
    Bytes out;
    enum E2EEReason reason = run(session, data, size, 0, &out);

    free_bytes(&out);
    return reason;
}

static Bytes seal(E2EESession *session, const Bytes *frame)
{
    Bytes out;

    check_that(run(session, frame->data, frame->size, 1, &out) == E2EE_OK,
               "does not seal");
    return out;
}

static void set_nonce(E2EESession *session, E2EENonce *nonce, uint32_t value)
{
    uint8_t iv[12] = { 0, 0, 0, 0, 0, 0, 0, 0, value >> 24, value >> 16,
                       value >> 8, value };

    ff_e2ee_nonce_init_fixed(nonce, iv);
    session->test_nonce = nonce;
    session->choose_iv = 0;
}

/* --- frames --- */

static void append(Bytes *bytes, const void *data, size_t size)
{
    bytes->data = realloc(bytes->data, bytes->size + size + 1);
    check_that(!!bytes->data, "out of memory");
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void append_random(Bytes *bytes, size_t size)
{
    uint8_t *data = malloc(size + 1);

    check_that(!!data, "out of memory");
    random_fill(&seed, data, size);
    append(bytes, data, size);
    free(data);
}

/*
 * OBUs with and without extension, sizes with useless bytes, what packetizers
 * drop among them, and at times the last one without a size.
 *
 * @param wire  what of it has to be sent
 */
static void make_obus(Bytes *frame, Bytes *wire, int nb)
{
    static const uint8_t types[] = { 1, 3, 4, 5, 6, 7, 2, 8, 15 };
    size_t last = 0;

    *frame = *wire = (Bytes){ NULL, 0 };
    append(frame, "\x12", 2);
    for (int i = 0; i < nb; i++) {
        uint8_t type = types[i ? random_below(&seed, sizeof(types)) : 0];
        int ext = random_below(&seed, 2), with_size = 1;
        size_t size = random_below(&seed, i & 1 ? 300 : 20);
        uint8_t head[16] = { type << 3 | ext << 2, 0x20 };
        size_t at = 1 + ext, padded;

        if (i == nb - 1 && size && random_below(&seed, 2))
            with_size = 0;
        head[0] |= with_size << 1;
        padded = at + (with_size ? ref_number(head + at, size) : 0);
        if (with_size && random_below(&seed, 2)) {
            head[padded - 1] |= 128;
            head[padded++] = 0;
        }
        append(frame, head, padded);
        append_random(frame, size);
        if (type == 2 || type == 8 || type == 15)
            continue;
        last = wire->size;
        head[0] |= 2;
        append(wire, head, at + ref_number(head + at, size));
        append(wire, frame->data + frame->size - size, size);
    }
    /* The last one sent loses its size. */
    if (wire->data[last] & 2) {
        size_t at = last + 1 + !!(wire->data[last] & 4), n = 1;

        while (wire->data[at + n - 1] & 128)
            n++;
        wire->data[last] &= ~2;
        memmove(wire->data + at, wire->data + at + n, wire->size - at - n);
        wire->size -= n;
    }
}

static const char *const unit_starts[2][3] = {
    { "658884", "61e020", "419a1e" }, { "2601af", "0201d0", "2a01ac" }
};

/* Parameter sets, SEI, then slices, with start codes of both kinds. */
static void make_units(Bytes *frame, Bytes *wire, int h265, int slices)
{
    static const char *const sets[2][3] = {
        { "67640028acd9", "68ee3c80", "06051180" },
        { "40010c01ff", "42010101", "4401c1" }
    };

    *frame = *wire = (Bytes){ NULL, 0 };
    for (int i = 0; i < 3 + slices; i++) {
        Bytes unit = hex_bytes(i < 3 ? sets[h265][i] :
                               unit_starts[h265][i > 3 ? 1 : 0]);
        int three  = random_below(&seed, 2);
        size_t size = i < 3 ? 0 : 1 + random_below(&seed, 200);

        append(frame, &"\0\0\0\1"[three], 4 - three);
        append(wire, "\0\0\0\1", 4);
        append(frame, unit.data, unit.size);
        append(wire, unit.data, unit.size);
        for (size_t j = 0; j < size; j++) {
            uint8_t byte = 4 + random_below(&seed, 252);

            append(frame, &byte, 1);
            append(wire, &byte, 1);
        }
        free_bytes(&unit);
    }
}

/* --- tests --- */

static const struct {
    const char *name;
    enum E2EECodec codec;
    uint32_t nonce;
    const char *frame, *media, *sealed;
} known[] = {
    /* Made by OpenSSL and HMAC in another language. */
    { "opus", E2EE_CODEC_OPUS, 1, "fc0102030405", "fc0102030405",
      "27df01e0a01255d73dd74a888921010cfafa" },
    { "vp8 key", E2EE_CODEC_VP8, 0x7f, "503132009d012a4001f000aabbcc",
      "503132009d012a4001f000aabbcc",
      "503132009d012a4001f0a5c23cb14aa3ebb6789a55357f000a0efafa" },
    { "vp8 delta", E2EE_CODEC_VP8, 0x80, "51aabbcc", "51aabbcc",
      "5106000f0e6e2ad79d90f2d9800100010ffafa" },
    { "vp9", E2EE_CODEC_VP9, 0x4000, "8249834200", "8249834200",
      "f2d9c956bab9f92a675715c6e58080010efafa" },
    { "av1", E2EE_CODEC_AV1, 0x01000005,
      "1200" "0a8300aabbcc" "32051122334455" "7a020000",
      "0a03aabbcc" "301122334455",
      "0a031f06303063cdd9bc676e221cdeb9b13c3f858080080002050113fafa" },
    { "h264", E2EE_CODEC_H264, 5, IDR_HEX,
      "0000000167640028" "0000000168ee3c80" "0000000165888400112233"
      "0000000161e0204455",
      "00000001676400280000000168ee3c80000000016588846f90e731"
      "0000000161e07079fbf05988eb3a2e891b0500171b0610fafa" },
    { "h265", E2EE_CODEC_H265, 6,
      "00000140010c01" "0000000142010101" "0000012601af010203"
      "000000010201d00405",
      "0000000140010c01" "0000000142010101" "000000012601af010203"
      "000000010201d00405",
      "0000000140010c01000000014201010100000001"
      "26017ccf3b6200000001020192757f1ce9423847e578b6"
      "0600161a0610fafa" },
};

START_TEST(known_frames)
{
    Bytes frame, media, sealed, out;
    E2EESession sender, receiver;
    E2EENonce nonce;

    start(&sender, known[_i].codec, base_secret);
    start(&receiver, known[_i].codec, base_secret);
    set_nonce(&sender, &nonce, known[_i].nonce);
    frame  = hex_bytes(known[_i].frame);
    media  = hex_bytes(known[_i].media);
    sealed = hex_bytes(known[_i].sealed);
    out = seal(&sender, &frame);
    assert_bytes(known[_i].name, out.data, out.size, sealed.data,
                 sealed.size);
    free_bytes(&out);
    ck_assert_int_eq(run(&receiver, sealed.data, sealed.size, 0, &out),
                     E2EE_OK);
    assert_bytes(known[_i].name, out.data, out.size, media.data, media.size);
    free_bytes(&out);
    free_bytes(&frame);
    free_bytes(&media);
    free_bytes(&sealed);
    stop(&sender);
    stop(&receiver);
}
END_TEST

/* How much of one NAL unit stays clear, its start code included. */
START_TEST(clear_part_of_a_unit)
{
    static const struct {
        enum E2EECodec codec;
        const char *unit;
        size_t clear;
    } rows[] = {
        { E2EE_CODEC_H264, "658884aabb",   4 + 3 },
        { E2EE_CODEC_H264, "41e0aabbcc",   4 + 2 },
        /* A first_mb of 45 bits with emulation prevention in it. */
        { E2EE_CODEC_H264, "6500000302ffffffaabb", 4 + 8 },
        { E2EE_CODEC_H264, "61000000",     4 + 1 },  /* no slice header */
        { E2EE_CODEC_H264, "62aabbcc",     4 + 4 },  /* a data partition */
        { E2EE_CODEC_H265, "0201aabb",     4 + 2 },
        { E2EE_CODEC_H265, "2c01aabb",     4 + 2 },  /* 22, reserved */
        { E2EE_CODEC_H265, "3e01aabb",     4 + 2 },  /* 31 */
        { E2EE_CODEC_H265, "4001aabb",     4 + 4 },  /* 32 */
        { E2EE_CODEC_H265, "4e01aabb",     4 + 4 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        E2EESession session = { .codec = rows[i].codec };
        uint8_t room[64];
        Bytes frame = { NULL, 0 }, unit = hex_bytes(rows[i].unit);
        E2EEDaveMedia media;

        append(&frame, "\0\0\0\1", 4);
        append(&frame, unit.data, unit.size);
        ck_assert_int_eq(ff_e2ee_dave_media(&session,
                                            &(E2EEFrame){ frame.data,
                                                          frame.size,
                                                          session.codec, 0 },
                                            room, &media), E2EE_OK);
        ck_assert_int_eq(media.nb_clear, 1);
        ck_assert_msg(!media.clear->offset &&
                      media.clear->size == rows[i].clear, "%s: %d",
                      rows[i].unit, (int)media.clear->size);
        free_bytes(&frame);
        free_bytes(&unit);
    }
}
END_TEST

START_TEST(the_ratchet_is_that_of_mls)
{
    /* RFC 9420's DeriveTreeSecret, computed in another language. */
    static const char *const keys[] = {
        "58fc013108dbf996ef651e3f01658bfb", "9cddc08f0c8a7cfecabfe757dc33b039",
        "ef2427778fb709d7d1e070846f920024", "c969e3345ddef83a9d79903f77db3242",
    };

    for (unsigned i = 0; i < 4; i++) {
        Bytes want = hex_bytes(keys[i]);
        uint8_t key[16];

        ref_key(base_secret, i, key);
        assert_bytes("key", key, 16, want.data, want.size);
        free_bytes(&want);
    }
}
END_TEST

/* Ours opens in the reference, holds what it should, and opens in ours. */
static void both_open(E2EESession *sender, E2EESession *receiver,
                      const Bytes *frame, const Bytes *wire)
{
    Range ranges[RANGES_MAX];
    Bytes sealed = seal(sender, frame), out;
    uint32_t nonce;
    int nb;

    out = ref_open(&sealed, ranges, &nb, &nonce);
    assert_bytes("reference", out.data, out.size, wire->data, wire->size);
    free_bytes(&out);
    check_that(run(receiver, sealed.data, sealed.size, 0, &out) == E2EE_OK,
               "does not open");
    assert_bytes("ours", out.data, out.size, wire->data, wire->size);
    free_bytes(&out);
    check_that(try_open(receiver, sealed.data, sealed.size) == E2EE_REPLAYED,
               "opens twice");
    free_bytes(&sealed);
}

START_TEST(every_codec_opens_in_the_reference)
{
    for (int codec = 1; codec < E2EE_CODEC_NB; codec++) {
        E2EESession sender, receiver;

        start(&sender, codec, base_secret);
        start(&receiver, codec, base_secret);
        for (int i = 0; i < ROUNDS; i++) {
            Bytes frame, wire;

            if (codec == E2EE_CODEC_AV1) {
                make_obus(&frame, &wire, 1 + i % 8);
            } else if (codec == E2EE_CODEC_H264 || codec == E2EE_CODEC_H265) {
                make_units(&frame, &wire, codec == E2EE_CODEC_H265,
                           1 + i % 9);
            } else {
                TestFrame test = make_frame(&seed, codec, E2EE_PEER_WEB,
                                            random_below(&seed, 400), i & 1);

                frame = copy_bytes(test.data.data, test.data.size);
                wire  = copy_bytes(test.data.data, test.data.size);
                free_frame(&test);
            }
            both_open(&sender, &receiver, &frame, &wire);
            free_bytes(&frame);
            free_bytes(&wire);
        }
        stop(&sender);
        stop(&receiver);
    }
}
END_TEST

/* Access units of any bytes: the units that come out are those put in. */
START_TEST(noise_in_units_survives)
{
    for (int codec = E2EE_CODEC_H264; codec <= E2EE_CODEC_H265; codec++) {
        E2EESession sender, receiver;

        start(&sender, codec, base_secret);
        start(&receiver, codec, base_secret);
        for (int i = 0; i < 4 * ROUNDS; i++) {
            TestFrame test = make_frame(&seed, codec, E2EE_PEER_WEB,
                                        random_below(&seed, 90), 1);
            Range ranges[RANGES_MAX];
            Bytes sealed, opened, out;
            uint32_t nonce;
            int nb;

            if (!run(&sender, test.data.data, test.data.size, 1, &sealed)) {
                opened = ref_open(&sealed, ranges, &nb, &nonce);
                ck_assert_int_eq(run(&receiver, sealed.data, sealed.size, 0,
                                     &out), E2EE_OK);
                assert_bytes("opened", out.data, out.size, opened.data,
                             opened.size);
                free_bytes(&opened);
                free_bytes(&out);
            }
            free_bytes(&sealed);
            free_frame(&test);
        }
        stop(&sender);
        stop(&receiver);
    }
}
END_TEST

START_TEST(sealed_units_hold_no_other_start_code)
{
    E2EESession sender;

    start(&sender, E2EE_CODEC_H264, base_secret);
    for (int i = 0; i < ROUNDS; i++) {
        Bytes frame, wire, sealed;
        int count = 0;

        make_units(&frame, &wire, 0, 30);
        sealed = seal(&sender, &frame);
        for (size_t j = 0; j + 3 < sealed.size; j++)
            count += !memcmp(sealed.data + j, "\0\0\1", 3);
        check_that(count == 33, "%d start codes", count);
        free_bytes(&frame);
        free_bytes(&wire);
        free_bytes(&sealed);
    }
    /* Ciphertext in front of a start code ends in 00 once in 256. */
    ck_assert_uint_gt(sender.iv_retries, ROUNDS / 40);
    stop(&sender);
}
END_TEST

/* Zeros at the end of a frame and a tag that goes on with 01. */
START_TEST(a_start_code_into_the_trailer_is_passed_over)
{
    Bytes frame = hex_bytes("0000000106051180000000");
    E2EESession sender;

    start(&sender, E2EE_CODEC_H264, base_secret);
    for (int i = 0; i < 8 * ROUNDS; i++) {
        Bytes sealed = seal(&sender, &frame);

        for (size_t j = 1; j + 3 < sealed.size; j++)
            check_that(j == 1 || memcmp(sealed.data + j, "\0\0\1", 3),
                       "a start code at %d", (int)j);
        free_bytes(&sealed);
    }
    ck_assert_uint_gt(sender.iv_retries, 0);
    free_bytes(&frame);
    stop(&sender);
}
END_TEST

/* Ranges elsewhere than any sender has them: the clear bytes could have been
 * somewhere else when they were sealed. */
START_TEST(ranges_that_nobody_makes_are_refused)
{
    static const struct {
        enum E2EECodec codec;
        Range ranges[2];
        int nb, opens;
    } rows[] = {
        { E2EE_CODEC_AV1, { { 0, 1 } },           1, 1 },
        { E2EE_CODEC_AV1, { { 1, 1 } },           1, 0 },
        { E2EE_CODEC_AV1, { { 0, 0 }, { 1, 1 } }, 2, 0 },
        { E2EE_CODEC_AV1, { { 0, 1 }, { 3, 1 } }, 2, 1 },
        { E2EE_CODEC_VP8, { { 0, 1 }, { 3, 1 } }, 2, 0 },
        { E2EE_CODEC_VP8, { { 0, 2 } },           1, 1 },
    };
    static const uint8_t media[] = { 0x31, 0x31, 0x31, 0x31, 5, 6, 7 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        E2EESession receiver;
        Bytes sealed, out;

        sealed = ref_seal(media, sizeof(media), rows[i].ranges, rows[i].nb,
                          9);
        start(&receiver, rows[i].codec, base_secret);
        ck_assert_msg(run(&receiver, sealed.data, sealed.size, 0, &out) ==
                      (rows[i].opens ? E2EE_OK : E2EE_NOT_SEALED), "row %d",
                      (int)i);
        free_bytes(&out);
        free_bytes(&sealed);
        stop(&receiver);
    }
}
END_TEST

START_TEST(the_reference_opens_in_ours)
{
    static const uint32_t nonces[] = {
        0, 1, 127, 128, 16383, 16384, (1 << 21) - 1, 1 << 21,
        (1 << 24) - 1, 1 << 24, (1 << 28) - 1
    };

    for (int i = 0; i < ROUNDS; i++) {
        size_t size = 1 + random_below(&seed, 600), at = 0;
        enum E2EECodec codec = 1 + i % (E2EE_CODEC_NB - 1);
        unsigned most = codec == E2EE_CODEC_VP8 ? 2 : 30;
        Bytes media = { NULL, 0 }, sealed, out;
        E2EESession receiver;
        Range ranges[RANGES_MAX];
        uint32_t nonce = nonces[i % 11];
        int nb = 0;

        append_random(&media, size);
        for (unsigned max = random_below(&seed, most); nb < (int)max; nb++) {
            ranges[nb].offset = nb ? at + random_below(&seed, 20) : 0;
            ranges[nb].size   = !nb + random_below(&seed, 20);
            at = ranges[nb].offset + ranges[nb].size;
            if (at > size)
                break;
        }
        sealed = ref_seal(media.data, size, ranges, nb, nonce);
        start(&receiver, codec, base_secret);
        receiver.ring.ratchet_window = 16;
        ck_assert_msg(run(&receiver, sealed.data, sealed.size, 0, &out) ==
                      E2EE_OK, "nonce %x, %d ranges", nonce, nb);
        assert_bytes("media", out.data, out.size, media.data, size);
        free_bytes(&out);
        free_bytes(&sealed);
        free_bytes(&media);
        stop(&receiver);
    }
}
END_TEST

START_TEST(no_changed_bit_and_no_shorter_frame_opens)
{
    Bytes frame = hex_bytes(IDR_HEX), sealed;
    E2EESession sender, receiver;

    start(&sender, E2EE_CODEC_H264, base_secret);
    start(&receiver, E2EE_CODEC_H264, base_secret);
    sealed = seal(&sender, &frame);
    for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
        sealed.data[bit / 8] ^= 1 << bit % 8;
        ck_assert_msg(try_open(&receiver, sealed.data, sealed.size) !=
                      E2EE_OK, "bit %d", (int)bit);
        sealed.data[bit / 8] ^= 1 << bit % 8;
    }
    for (size_t size = 1; size < sealed.size; size++) {
        ck_assert_msg(try_open(&receiver, sealed.data, size) != E2EE_OK,
                      "first %d", (int)size);
        ck_assert_msg(try_open(&receiver, sealed.data + size,
                               sealed.size - size) != E2EE_OK,
                      "without %d", (int)size);
    }
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size), E2EE_OK);
    free_bytes(&frame);
    free_bytes(&sealed);
    stop(&sender);
    stop(&receiver);
}
END_TEST

START_TEST(bad_trailers_are_no_trailers)
{
    static const char *const trailers[] = {
        "", "fafa", "0afafa", "0bfafa",
        "0000000000000000" "0bfafa",        /* no nonce */
        "0000000000000000" "80" "0cfafa",   /* it does not end */
        "0000000000000000" "8080808010" "10fafa", /* 2^32 */
        "0000000000000000" "01" "00" "0dfafa",    /* half a range */
        "0000000000000000" "01" "0005" "0efafa",  /* out of the media */
        "0000000000000000" "01" "0500" "0efafa",
        "0000000000000000" "01" "02010101" "10fafa", /* out of order */
        "0000000000000000" "01" "00030201" "10fafa", /* overlapping */
        "0000000000000000" "01" "01ffffffffffffffffff01" "17fafa",
        "0000000000000000" "01" "ffffffffffffffffff0101" "17fafa",
        "0000000000000000" "01" "01ffffffffffffffffff03" "17fafa",
        "0000000000000000" "01" "fffafa",   /* longer than the frame */
        "0000000000000000" "01" "0cfafb",
    };
    E2EESession receiver;

    start(&receiver, E2EE_CODEC_OPUS, base_secret);
    for (size_t i = 0; i < sizeof(trailers) / sizeof(*trailers); i++) {
        char hex[80];
        Bytes frame;

        snprintf(hex, sizeof(hex), "41424344%s", trailers[i]);
        frame = hex_bytes(hex);
        ck_assert_msg(try_open(&receiver, frame.data, frame.size) ==
                      E2EE_NOT_SEALED, "%s", hex);
        free_bytes(&frame);
    }
    stop(&receiver);
}
END_TEST

START_TEST(a_trailer_of_255_bytes_and_none_longer)
{
    E2EESession sender, receiver;
    int longest = 0;

    start(&sender, E2EE_CODEC_AV1, base_secret);
    start(&receiver, E2EE_CODEC_AV1, base_secret);
    for (int nb = 1; nb < 200; nb++) {
        Bytes frame = { NULL, 0 }, out;
        enum E2EEReason reason;

        for (int i = 0; i < nb; i++)
            append(&frame, "\x32\1x", 3);
        reason = run(&sender, frame.data, frame.size, 1, &out);
        if (!reason) {
            ck_assert_int_eq(longest, nb - 1);
            longest = nb;
            ck_assert_int_eq(try_open(&receiver, out.data, out.size),
                             E2EE_OK);
        }
        ck_assert(!reason || reason == E2EE_LONG_CLEAR);
        free_bytes(&out);
        free_bytes(&frame);
    }
    /* 43 offsets of one byte, the others of two; a nonce of one. */
    ck_assert_int_eq(longest, 95);
    stop(&sender);
    stop(&receiver);
}
END_TEST

START_TEST(numbers_at_their_limits)
{
    static const uint64_t values[] = {
        0, 127, 128, 16383, 16384, UINT32_MAX, UINT64_C(1) << 32,
        UINT64_MAX >> 1, UINT64_MAX
    };
    static const char *const bad[] = {
        "", "80", "ffffffffffffffffff02", "ffffffffffffffffffff01",
        "8080808080808080808001"
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        uint8_t ours[10], theirs[10];
        size_t size = ff_e2ee_leb128_write(ours, values[i]);
        const uint8_t *p = ours;
        uint64_t value;

        assert_bytes("number", ours, size, theirs,
                     ref_number(theirs, values[i]));
        ck_assert_uint_eq(size, ff_e2ee_leb128_size(values[i]));
        ck_assert(ff_e2ee_leb128_read(&p, ours + size, &value));
        ck_assert(value == values[i] && p == ours + size);
        p = ours;
        ck_assert(!ff_e2ee_leb128_read(&p, ours + size - 1, &value));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        Bytes bytes = hex_bytes(bad[i]);
        const uint8_t *p = bytes.data;
        uint64_t value;

        ck_assert_msg(!ff_e2ee_leb128_read(&p, bytes.data + bytes.size,
                                           &value), "%s", bad[i]);
        free_bytes(&bytes);
    }
}
END_TEST

START_TEST(generations)
{
    Bytes frame = hex_bytes("fc01020304"), last, late, first, far, out;
    E2EESession sender, receiver;
    E2EENonce nonce;

    start(&sender, E2EE_CODEC_OPUS, base_secret);
    start(&receiver, E2EE_CODEC_OPUS, base_secret);
    set_nonce(&sender, &nonce, (1 << 24) - 2);
    late  = seal(&sender, &frame);
    last  = seal(&sender, &frame);
    ck_assert_uint_eq(sender.ring.slots[0]->steps, 0);
    first = seal(&sender, &frame);
    ck_assert_uint_eq(sender.ring.slots[0]->steps, 1);
    ck_assert_int_eq(try_open(&receiver, last.data, last.size), E2EE_OK);
    ck_assert_int_eq(try_open(&receiver, first.data, first.size), E2EE_OK);
    ck_assert_uint_eq(receiver.ring.slots[0]->steps, 0);
    ck_assert_int_eq(try_open(&receiver, first.data, first.size),
                     E2EE_REPLAYED);
    ck_assert_int_eq(try_open(&receiver, late.data, late.size), E2EE_OK);
    ck_assert_int_eq(try_open(&receiver, late.data, late.size),
                     E2EE_REPLAYED);
    /* Past the replay window the old key goes. */
    set_nonce(&sender, &nonce, (1 << 24) + E2EE_REPLAY_WINDOW);
    out = seal(&sender, &frame);
    ck_assert_int_eq(try_open(&receiver, out.data, out.size), E2EE_OK);
    ck_assert_uint_eq(receiver.ring.slots[0]->steps, 1);
    free_bytes(&out);
    ck_assert_int_eq(try_open(&receiver, last.data, last.size),
                     E2EE_REPLAYED);
    /* A sender does not go back; a receiver not further than its window. */
    set_nonce(&sender, &nonce, 5);
    ck_assert_int_eq(run(&sender, frame.data, frame.size, 1, &out),
                     E2EE_IV_SPENT);
    free_bytes(&out);
    set_nonce(&sender, &nonce, UINT32_C(10) << 24);
    far = seal(&sender, &frame);
    ck_assert_int_eq(try_open(&receiver, far.data, far.size), E2EE_DAMAGED);
    receiver.ring.ratchet_window = 9;
    ck_assert_int_eq(try_open(&receiver, far.data, far.size), E2EE_OK);
    ck_assert_uint_eq(receiver.ring.slots[0]->steps, 9);
    /* To the very last. */
    set_nonce(&sender, &nonce, UINT32_MAX);
    out = seal(&sender, &frame);
    receiver.ring.ratchet_window = 255;
    ck_assert_int_eq(try_open(&receiver, out.data, out.size), E2EE_OK);
    free_bytes(&out);
    free_bytes(&frame);
    free_bytes(&late);
    free_bytes(&last);
    free_bytes(&first);
    free_bytes(&far);
    stop(&sender);
    stop(&receiver);
}
END_TEST

static uint32_t nonce_of(E2EESession *session, const Bytes *frame)
{
    Bytes sealed = seal(session, frame), opened;
    Range ranges[RANGES_MAX];
    uint32_t nonce;
    int nb;

    opened = ref_open(&sealed, ranges, &nb, &nonce);
    free_bytes(&sealed);
    free_bytes(&opened);
    return nonce;
}

START_TEST(senders_of_a_process_share_the_counter)
{
    Bytes frame = hex_bytes("50313200"), other = hex_bytes("5131");
    uint8_t id[E2EE_COUNTER_ID_SIZE] = { 1 };
    E2EESession audio, video;
    uint32_t first, value;

    start(&audio, E2EE_CODEC_OPUS, base_secret);
    start(&video, E2EE_CODEC_VP8, base_secret);
    first = nonce_of(&audio, &frame);
    ck_assert_uint_eq(nonce_of(&video, &other), first + 1);
    ck_assert_uint_eq(nonce_of(&audio, &frame), first + 2);
    stop(&audio);
    start(&audio, E2EE_CODEC_OPUS, base_secret);
    ck_assert_uint_eq(nonce_of(&audio, &frame), first + 3);
    ck_assert_int_eq(ff_e2ee_counter_next(id, &value), E2EE_OK);
    ck_assert_uint_eq(value, 1);
    free_bytes(&frame);
    free_bytes(&other);
    stop(&audio);
    stop(&video);
}
END_TEST

START_TEST(a_child_does_not_go_on_counting)
{
    Bytes frame = hex_bytes("fc010203");
    E2EESession sender;
    uint32_t first;
    int status;
    pid_t child;

    start(&sender, E2EE_CODEC_OPUS, base_secret);
    first = nonce_of(&sender, &frame);
    child = fork();
    if (!child) {
        Bytes out;

        _exit(run(&sender, frame.data, frame.size, 1, &out));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), E2EE_IV_SPENT);
    ck_assert_uint_eq(nonce_of(&sender, &frame), first + 1);
    free_bytes(&frame);
    stop(&sender);
}
END_TEST

START_TEST(keys_that_fit_and_others)
{
    static const uint8_t wrong[16] = { 9 };
    Bytes frame = hex_bytes("fc010203"), sealed, out;
    E2EESession sender, receiver;

    start(&sender, E2EE_CODEC_OPUS, base_secret);
    sealed = seal(&sender, &frame);
    start(&receiver, E2EE_CODEC_OPUS, NULL);
    ck_assert_int_eq(run(&receiver, frame.data, frame.size, 1, &out),
                     E2EE_NO_KEY);
    free_bytes(&out);
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size),
                     E2EE_NO_KEY);
    ck_assert_int_eq(ff_e2ee_keyring_set(&receiver.ring, 0,
                                         E2EE_KDF_HKDF_EMPTY, wrong, 16),
                     E2EE_OK);
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size),
                     E2EE_WRONG_KEY);
    /* The frame names no secret: the one that fits is found. */
    ck_assert_int_eq(ff_e2ee_keyring_set(&receiver.ring, 2,
                                         E2EE_KDF_HKDF_EMPTY, base_secret,
                                         16), E2EE_OK);
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size), E2EE_OK);
    ck_assert_int_eq(receiver.last_attempt, 2);
    receiver.last_attempt = 0;
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size),
                     E2EE_REPLAYED);
    /* A passphrase, a key by its size, another derivation: none of them. */
    for (size_t size = 0; size <= 16; size++)
        ck_assert_int_eq(ff_e2ee_keyring_set(&receiver.ring, 1,
                                             size < 16 ?
                                             E2EE_KDF_HKDF_EMPTY :
                                             receiver.scheme->text_kdf,
                                             wrong, size), E2EE_BAD_SECRET);
    free_bytes(&sealed);
    free_bytes(&frame);
    stop(&sender);
    stop(&receiver);
}
END_TEST

START_TEST(what_passes_and_what_does_not)
{
    static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };
    Bytes vp8 = hex_bytes("50313200"), h264 = hex_bytes("6588840011"), out;
    E2EESession session;

    start(&session, E2EE_CODEC_OPUS, base_secret);
    ck_assert_int_eq(run(&session, silence, 3, 1, &out), E2EE_OK);
    assert_bytes("silence", out.data, out.size, silence, 3);
    free_bytes(&out);
    ck_assert_int_eq(run(&session, silence, 3, 0, &out), E2EE_INJECTED);
    assert_bytes("silence", out.data, out.size, silence, 3);
    free_bytes(&out);
    ck_assert_int_eq(try_open(&session, vp8.data, vp8.size),
                     E2EE_NOT_SEALED);
    session.codec = E2EE_CODEC_VP9;
    ck_assert_int_eq(try_open(&session, silence, 3), E2EE_NOT_SEALED);
    session.codec = E2EE_CODEC_VP8;
    ck_assert_int_eq(run(&session, vp8.data, vp8.size, 1, &out),
                     E2EE_TOO_SHORT);
    free_bytes(&out);
    session.codec = E2EE_CODEC_H264;
    ck_assert_int_eq(run(&session, h264.data, h264.size, 1, &out),
                     E2EE_NOT_ANNEXB);
    free_bytes(&out);
    free_bytes(&vp8);
    free_bytes(&h264);
    stop(&session);
}
END_TEST

/* AV1 that cannot be read, or would not be sent at all, is sealed whole. */
START_TEST(unreadable_av1_is_sealed_whole)
{
    static const char *const frames[] = {
        "1200", "32", "3605", "320511", "32ffffffffffffffffff01", "3680"
    };
    E2EESession sender, receiver;

    start(&sender, E2EE_CODEC_AV1, base_secret);
    start(&receiver, E2EE_CODEC_AV1, base_secret);
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        Bytes frame = hex_bytes(frames[i]);

        both_open(&sender, &receiver, &frame, &frame);
        free_bytes(&frame);
    }
    stop(&sender);
    stop(&receiver);
}
END_TEST

START_TEST(a_delimiter_put_in_front_is_left_off)
{
    Bytes frame = hex_bytes(IDR_HEX), sealed, longer = { NULL, 0 }, out;
    E2EESession sender, receiver;

    start(&sender, E2EE_CODEC_H264, base_secret);
    start(&receiver, E2EE_CODEC_H264, base_secret);
    sealed = seal(&sender, &frame);
    append(&longer, "\0\0\0\1\x09\xf0", 6);
    append(&longer, sealed.data, sealed.size);
    ck_assert_int_eq(run(&receiver, longer.data, longer.size, 0, &out),
                     E2EE_OK);
    ck_assert_uint_eq(out.size, frame.size + 2);
    ck_assert_int_eq(try_open(&receiver, sealed.data, sealed.size),
                     E2EE_REPLAYED);
    free_bytes(&out);
    free_bytes(&frame);
    free_bytes(&sealed);
    free_bytes(&longer);
    stop(&sender);
    stop(&receiver);
}
END_TEST

START_TEST(a_key_frame_takes_its_parameter_sets_along)
{
    Bytes frame = hex_bytes("0000016588840011");
    Bytes sets  = hex_bytes("0000000167640028" "0000000168ee3c80");
    Bytes want  = hex_bytes("0000000167640028" "0000000168ee3c80"
                            "000000016588840011");
    E2EESession sender, receiver;

    start(&sender, E2EE_CODEC_H264, base_secret);
    start(&receiver, E2EE_CODEC_H264, base_secret);
    sender.parameter_sets      = sets.data;
    sender.parameter_sets_size = sets.size;
    both_open(&sender, &receiver, &frame, &want);
    free_bytes(&frame);
    free_bytes(&sets);
    free_bytes(&want);
    stop(&sender);
    stop(&receiver);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("dave", &tests);

    if (ff_e2ee_crypto_init())
        return EXIT_FAILURE;
    tcase_add_loop_test(tests, known_frames, 0,
                        sizeof(known) / sizeof(*known));
    tcase_add_test(tests, clear_part_of_a_unit);
    tcase_add_test(tests, the_ratchet_is_that_of_mls);
    tcase_add_test(tests, every_codec_opens_in_the_reference);
    tcase_add_test(tests, noise_in_units_survives);
    tcase_add_test(tests, sealed_units_hold_no_other_start_code);
    tcase_add_test(tests,
                   a_start_code_into_the_trailer_is_passed_over);
    tcase_add_test(tests, ranges_that_nobody_makes_are_refused);
    tcase_add_test(tests, the_reference_opens_in_ours);
    tcase_add_test(tests, no_changed_bit_and_no_shorter_frame_opens);
    tcase_add_test(tests, bad_trailers_are_no_trailers);
    tcase_add_test(tests, a_trailer_of_255_bytes_and_none_longer);
    tcase_add_test(tests, numbers_at_their_limits);
    tcase_add_test(tests, generations);
    tcase_add_test(tests, senders_of_a_process_share_the_counter);
    tcase_add_test(tests, a_child_does_not_go_on_counting);
    tcase_add_test(tests, keys_that_fit_and_others);
    tcase_add_test(tests, what_passes_and_what_does_not);
    tcase_add_test(tests, unreadable_av1_is_sealed_whole);
    tcase_add_test(tests, a_delimiter_put_in_front_is_left_off);
    tcase_add_test(tests, a_key_frame_takes_its_parameter_sets_along);
    return run_suite(suite);
}
