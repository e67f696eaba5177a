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

/* SRTP against the same computed with libgcrypt, which in turn is checked
 * against the vectors of RFC 3711 (B.3) and RFC 7714 (16.1.1). */

#include <string.h>

#include <gcrypt.h>

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>

#include "common.h"
#include "net/rtp.h"
#include "net/srtp_hop.h"
#include "report/log.h"

#define MASTER_KEY  "e1f97a0d3e018be0d64fa32c06de4139"
#define MASTER_SALT "0ec675ad498afeebb6960b3aabe6"
#define MAX_PACKET  256

enum {
    LABEL_KEY,
    LABEL_AUTH,
    LABEL_SALT,
    LABELS_RTCP,
};

/* AES in counter mode: what RFC 3711 takes for cipher and key derivation. */
static void aes_ctr(const uint8_t *key, const uint8_t *iv, uint8_t *data,
                    size_t size)
{
    gcry_cipher_hd_t cipher;

    ck_assert(!gcry_cipher_open(&cipher, GCRY_CIPHER_AES128,
                                GCRY_CIPHER_MODE_CTR, 0));
    ck_assert(!gcry_cipher_setkey(cipher, key, 16));
    ck_assert(!gcry_cipher_setctr(cipher, iv, 16));
    ck_assert(!gcry_cipher_encrypt(cipher, data, size, NULL, 0));
    gcry_cipher_close(cipher);
}

/* RFC 3711, 4.3; a salt shorter than 14 bytes has zeros behind it. */
static void derive(const uint8_t *master, size_t salt_size, int label,
                   uint8_t *out, size_t size)
{
    uint8_t iv[16] = { 0 };

    memcpy(iv, master + 16, salt_size);
    iv[7] ^= label;
    memset(out, 0, size);
    aes_ctr(master, iv, out, size);
}

typedef struct SessionKeys {
    uint8_t key[16], auth[20], salt[14];
} SessionKeys;

static SessionKeys derive_all(const uint8_t *master, size_t salt_size,
                              int labels)
{
    SessionKeys keys;

    derive(master, salt_size, labels + LABEL_KEY, keys.key, 16);
    derive(master, salt_size, labels + LABEL_AUTH, keys.auth, 20);
    derive(master, salt_size, labels + LABEL_SALT, keys.salt, salt_size);
    return keys;
}

static void hmac_sha1(const SessionKeys *keys, const uint8_t *data,
                      size_t size, uint8_t *tag, size_t tag_size)
{
    uint8_t digest[20];
    gcry_buffer_t parts[] = {
        { .data = (void *)keys->auth, .len = 20 },
        { .data = (void *)data, .len = size },
    };

    ck_assert(!gcry_md_hash_buffers(GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC, digest,
                                    parts, 2));
    memcpy(tag, digest, tag_size);
}

/* The 48 bits of an index, 16 bits from the end. */
static void cm_iv(const SessionKeys *keys, uint32_t ssrc, uint64_t index,
                  uint8_t *iv)
{
    uint8_t mask[16] = { 0 };

    AV_WB32(mask + 4, ssrc);
    AV_WB64(mask + 8, index << 16);
    memcpy(iv, keys->salt, 14);
    iv[14] = iv[15] = 0;
    for (int i = 4; i < 14; i++)
        iv[i] ^= mask[i];
}

/* Roll-over counter 0. */
static size_t cm_protect(const SessionKeys *keys, size_t tag_size,
                         uint8_t *packet, size_t header, size_t size)
{
    uint8_t iv[16];

    cm_iv(keys, rtp_ssrc(packet), rtp_sequence(packet), iv);
    aes_ctr(keys->key, iv, packet + header, size - header);
    memset(packet + size, 0, 4);
    hmac_sha1(keys, packet, size + 4, packet + size, tag_size);
    return size + tag_size;
}

static size_t cm_protect_rtcp(const SessionKeys *keys, uint32_t index,
                              uint8_t *packet, size_t size)
{
    uint8_t iv[16];

    cm_iv(keys, AV_RB32(packet + 4), index, iv);
    aes_ctr(keys->key, iv, packet + 8, size - 8);
    AV_WB32(packet + size, 0x80000000 | index);
    hmac_sha1(keys, packet, size + 4, packet + size + 4, 10);
    return size + 14;
}

static size_t gcm_protect(const SessionKeys *keys, uint8_t *packet,
                          size_t header, size_t size)
{
    gcry_cipher_hd_t cipher;
    uint8_t iv[12];

    memcpy(iv, keys->salt, 12);
    for (int i = 0; i < 4; i++)
        iv[2 + i] ^= packet[8 + i];
    iv[10] ^= packet[2];
    iv[11] ^= packet[3];
    ck_assert(!gcry_cipher_open(&cipher, GCRY_CIPHER_AES128,
                                GCRY_CIPHER_MODE_GCM, 0));
    ck_assert(!gcry_cipher_setkey(cipher, keys->key, 16));
    ck_assert(!gcry_cipher_setiv(cipher, iv, 12));
    ck_assert(!gcry_cipher_authenticate(cipher, packet, header));
    ck_assert(!gcry_cipher_encrypt(cipher, packet + header, size - header,
                                   NULL, 0));
    ck_assert(!gcry_cipher_gettag(cipher, packet + size, 16));
    gcry_cipher_close(cipher);
    return size + 16;
}

static void check_hex(const char *name, const uint8_t *got, size_t size,
                      const char *want_hex)
{
    Bytes want = hex_bytes(want_hex);

    assert_bytes(name, got, size, want.data, want.size);
    free_bytes(&want);
}

START_TEST(rfc_3711_key_derivation)
{
    Bytes master = hex_bytes(MASTER_KEY MASTER_SALT);
    SessionKeys keys = derive_all(master.data, 14, 0);

    check_hex("key", keys.key, 16, "c61e7a93744f39ee10734afe3ff7a087");
    check_hex("salt", keys.salt, 14, "30cbbc08863d8c85d49db34a9ae1");
    check_hex("auth", keys.auth, 20,
              "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
    free_bytes(&master);
}
END_TEST

START_TEST(rfc_7714_packet)
{
    static const char text[] = "Gallia est omnis divisa in partes tres";
    Bytes header = hex_bytes("8040f17b8041f8d35501a0b2");
    uint8_t packet[MAX_PACKET];
    SessionKeys keys = { .salt = "Quid pro quo" };

    for (int i = 0; i < 16; i++)
        keys.key[i] = i;
    memcpy(packet, header.data, 12);
    memcpy(packet + 12, text, 38);
    check_hex("packet", packet, gcm_protect(&keys, packet, 12, 50),
              "8040f17b8041f8d35501a0b2"
              "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7"
              "d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce");
    free_bytes(&header);
}
END_TEST

/* --- the hop --- */

typedef struct Pair {
    uint8_t  key[64];
    SrtpHop *in, *out;
} Pair;

static Pair open_pair(SrtpProfile profile)
{
    Pair pair = { .in = NULL };
    Bytes bytes = hex_bytes(MASTER_KEY MASTER_SALT
                            "00112233445566778899aabbccdd");

    memcpy(pair.key, bytes.data, bytes.size);
    free_bytes(&bytes);
    ck_assert_int_eq(srtp_hop_open(&pair.in, profile, true, pair.key), 0);
    ck_assert_int_eq(srtp_hop_open(&pair.out, profile, false, pair.key), 0);
    return pair;
}

static void free_pair(Pair *pair)
{
    srtp_hop_free(&pair->in);
    srtp_hop_free(&pair->out);
}

/* With a header extension. */
static size_t fill(uint8_t *bytes, uint16_t sequence, size_t size)
{
    Bytes header = hex_bytes("90e000000000ffff12345678bede000130aabbcc");

    memcpy(bytes, header.data, header.size);
    rtp_set_sequence(bytes, sequence);
    for (size_t i = header.size; i < size; i++)
        bytes[i] = sequence + i;
    free_bytes(&header);
    return size;
}

static Datagram packet(uint16_t sequence, size_t size)
{
    uint8_t bytes[4096];
    Datagram d;

    ck_assert_int_eq(datagram_make(&d, NULL, bytes,
                                   fill(bytes, sequence, size)), 0);
    d.tag.frame = sequence;
    return d;
}

static Bytes flat(const Datagram *d)
{
    uint8_t bytes[4096];

    return copy_bytes(bytes, datagram_write(d, bytes));
}

START_TEST(bytes_on_the_wire)
{
    static const struct {
        SrtpProfile profile;
        size_t salt_size, tag_size;
    } rows[] = {
        { SRTP_AES_CM_128_HMAC_SHA1_80, 14, 10 },
        { SRTP_AES_CM_128_HMAC_SHA1_32, 14, 4 },
        { SRTP_AEAD_AES_128_GCM, 12, 0 },
    };
    Pair pair = open_pair(rows[_i].profile);
    SessionKeys keys = derive_all(pair.key, rows[_i].salt_size, 0);
    uint8_t want[MAX_PACKET];

    for (int sequence = 0; sequence < 5; sequence++) {
        Datagram d  = packet(sequence, 100 + sequence);
        size_t size = fill(want, sequence, 100 + sequence);
        Bytes got;

        size = rows[_i].tag_size
                   ? cm_protect(&keys, rows[_i].tag_size, want, 20, size)
                   : gcm_protect(&keys, want, 20, size);
        ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
        got = flat(&d);
        assert_bytes(srtp_profile_name(rows[_i].profile), got.data, got.size,
                     want, size);
        ck_assert_uint_eq(d.tag.frame, sequence);
        free_bytes(&got);
        datagram_unref(&d);
    }
    free_pair(&pair);
}
END_TEST

static const uint8_t bye[] = { 0x80, 201, 0, 1, 0, 0, 0, 5,
                               0x81, 203, 0, 1, 0, 0, 0, 5 };

START_TEST(rtcp_on_the_wire)
{
    Pair pair = open_pair(SRTP_AES_CM_128_HMAC_SHA1_80);
    SessionKeys keys = derive_all(pair.key, 14, LABELS_RTCP);
    uint8_t want[MAX_PACKET];

    for (int index = 1; index < 4; index++) {
        Datagram d;
        size_t size;

        memcpy(want, bye, sizeof(bye));
        size = cm_protect_rtcp(&keys, index, want, sizeof(bye));
        ck_assert_int_eq(datagram_make(&d, NULL, bye, sizeof(bye)), 0);
        ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
        assert_bytes("SRTCP", d.payload, d.payload_size, want, size);
        datagram_unref(&d);
    }
    free_pair(&pair);
}
END_TEST

/* Over a wrap, in any order; the others' references stay as they were. */
START_TEST(round_trip)
{
    Pair pair = open_pair(_i);

    for (int i = 0; i < 100; i++) {
        uint16_t sequence = 65500 + (i ^ 1);
        size_t size = i == 50 ? 3000 : 30 + i;
        Datagram d = packet(sequence, size), kept;
        Bytes sent = flat(&d), got;

        datagram_ref(&kept, &d);
        ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
        got = flat(&kept);
        assert_bytes("kept", got.data, got.size, sent.data, sent.size);
        free_bytes(&got);
        if (_i != SRTP_NONE)
            ck_assert_uint_gt(datagram_size(&d), size);
        ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &d), 0);
        got = flat(&d);
        assert_bytes("opened", got.data, got.size, sent.data, sent.size);
        free_bytes(&got);
        free_bytes(&sent);
        datagram_unref(&d);
        datagram_unref(&kept);
    }
    free_pair(&pair);
}
END_TEST

START_TEST(tampered)
{
    Pair pair = open_pair(_i);
    Datagram d = packet(7, 60);
    Bytes sealed;
    size_t size;

    ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
    sealed = flat(&d);
    for (size_t bit = 16; bit < 8 * sealed.size; bit++) {
        Bytes copy = copy_bytes(sealed.data, sealed.size);

        /* What makes it another length or kind is refused just as well. */
        copy.data[bit / 8] ^= 1 << bit % 8;
        size = copy.size;
        check_that(srtp_hop_open_bytes(pair.out, copy.data, &size) ==
                   AVERROR_INVALIDDATA && size == copy.size, "bit %zu", bit);
        free_bytes(&copy);
    }
    for (size = 0; size < sealed.size; size++) {
        Bytes copy = copy_bytes(sealed.data, size);
        size_t cut = size;

        check_that(srtp_hop_open_bytes(pair.out, copy.data, &cut) ==
                   AVERROR_INVALIDDATA, "size %zu", size);
        free_bytes(&copy);
    }
    ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &d), 0);
    datagram_unref(&d);
    free_bytes(&sealed);
    free_pair(&pair);
}
END_TEST

/* Its encryption flag is behind what is encrypted. */
START_TEST(tampered_rtcp)
{
    Pair pair = open_pair(_i);
    Datagram d;
    Bytes sealed;

    ck_assert_int_eq(datagram_make(&d, NULL, bye, sizeof(bye)), 0);
    ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
    sealed = flat(&d);
    for (size_t bit = 16; bit < 8 * sealed.size; bit++) {
        Bytes copy = copy_bytes(sealed.data, sealed.size);
        size_t size = copy.size;

        copy.data[bit / 8] ^= 1 << bit % 8;
        check_that(srtp_hop_open_bytes(pair.out, copy.data, &size) ==
                   AVERROR_INVALIDDATA && size == copy.size, "bit %zu", bit);
        free_bytes(&copy);
    }
    ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &d), 0);
    ck_assert_mem_eq(d.payload, bye, sizeof(bye));
    ck_assert_uint_eq(d.payload_size, sizeof(bye));
    datagram_unref(&d);
    free_bytes(&sealed);
    free_pair(&pair);
}
END_TEST

/* A retransmission comes out as the first did; the receiver takes one. */
START_TEST(replays)
{
    Pair pair = open_pair(_i);
    Datagram first = packet(7, 60), again = packet(7, 60), d;
    Bytes a, b;

    ck_assert_int_eq(srtp_hop_protect(pair.in, &first), 0);
    for (int i = 8; i < 900; i++) {
        d = packet(i, 40);
        ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
        ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &d), 0);
        datagram_unref(&d);
    }
    ck_assert_int_eq(srtp_hop_protect(pair.in, &again), 0);
    a = flat(&first);
    b = flat(&again);
    assert_bytes("again", b.data, b.size, a.data, a.size);
    ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &again), 0);
    ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &first),
                     AVERROR(EEXIST));
    for (int i = 900; i < 2000; i++) {
        d = packet(i, 40);
        ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
        ck_assert_int_eq(srtp_hop_open_datagram(pair.out, &d), 0);
        datagram_unref(&d);
    }
    ck_assert_int_eq(srtp_hop_open_bytes(pair.out, b.data, &b.size),
                     AVERROR(EEXIST));
    free_bytes(&a);
    free_bytes(&b);
    datagram_unref(&first);
    datagram_unref(&again);
    free_pair(&pair);
}
END_TEST

START_TEST(other_key)
{
    Pair pair = open_pair(_i);
    SrtpHop *other = NULL;
    Datagram d = packet(1, 60);

    pair.key[3] ^= 1;
    ck_assert_int_eq(srtp_hop_open(&other, _i, false, pair.key), 0);
    ck_assert_int_eq(srtp_hop_protect(pair.in, &d), 0);
    ck_assert_int_eq(srtp_hop_open_datagram(other, &d), AVERROR_INVALIDDATA);
    datagram_unref(&d);
    srtp_hop_free(&other);
    free_pair(&pair);
}
END_TEST

START_TEST(profiles)
{
    static const size_t sizes[] = { 0, 30, 30, 28, 44 };

    for (int i = 0; i < SRTP_PROFILE_NB; i++) {
        ck_assert_int_eq(srtp_profile_from_name(srtp_profile_name(i)), i);
        ck_assert_uint_eq(srtp_key_size(i), sizes[i]);
    }
    ck_assert_int_eq(srtp_profile_from_name("AES"), SRTP_PROFILE_NB);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("srtp_hop", &tests);

    tcase_add_test(tests, rfc_3711_key_derivation);
    tcase_add_test(tests, rfc_7714_packet);
    tcase_add_loop_test(tests, bytes_on_the_wire, 0, 3);
    tcase_add_test(tests, rtcp_on_the_wire);
    tcase_add_loop_test(tests, round_trip, SRTP_NONE, SRTP_PROFILE_NB);
    tcase_add_loop_test(tests, tampered, SRTP_NONE + 1, SRTP_PROFILE_NB);
    tcase_add_loop_test(tests, tampered_rtcp, SRTP_NONE + 1, SRTP_PROFILE_NB);
    tcase_add_loop_test(tests, replays, SRTP_NONE + 1, SRTP_PROFILE_NB);
    tcase_add_loop_test(tests, other_key, SRTP_NONE + 1, SRTP_PROFILE_NB);
    tcase_add_test(tests, profiles);
    return run_suite(suite);
}
