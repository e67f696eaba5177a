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

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "e2ee_aead.h"

#define SIZE_MAX_TESTED 300

/* SP 800-38D's well-known example of 64 - 4 bytes and 20 bytes of AAD. */
static const char key_hex[]   = "feffe9928665731c6d6a8f9467308308";
static const char iv_hex[]    = "cafebabefacedbaddecaf888";
static const char aad_hex[]   = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
static const char plain_hex[] =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
static const char cipher_hex[] =
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091";
static const char tag_hex[] = "5bc94fbc3221a5db94fae95ae7121a47";

typedef struct Example {
    Bytes key, iv, aad, plain, cipher, tag;
    E2EEAead *aead;
} Example;

static Example example;

static void setup(void)
{
    example.key    = hex_bytes(key_hex);
    example.iv     = hex_bytes(iv_hex);
    example.aad    = hex_bytes(aad_hex);
    example.plain  = hex_bytes(plain_hex);
    example.cipher = hex_bytes(cipher_hex);
    example.tag    = hex_bytes(tag_hex);
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    ck_assert_int_eq(ff_e2ee_aead_alloc(&example.aead, example.key.data,
                                        example.key.size), E2EE_OK);
}

static void teardown(void)
{
    ff_e2ee_aead_free(&example.aead);
    ck_assert_ptr_null(example.aead);
    free_bytes(&example.key);
    free_bytes(&example.iv);
    free_bytes(&example.aad);
    free_bytes(&example.plain);
    free_bytes(&example.cipher);
    free_bytes(&example.tag);
}

START_TEST(known_answer_out_of_place)
{
    Bytes aad = copy_bytes(example.aad.data, example.aad.size);
    Bytes out = copy_bytes(example.plain.data, example.plain.size);
    uint8_t tag[E2EE_TAG_SIZE];
    E2EESegment s[] = {
        { example.aad.data, aad.data, aad.size, 1 },
        { example.plain.data, out.data, out.size, 0 },
    };

    memset(aad.data, 0, aad.size);
    memset(out.data, 0, out.size);
    ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data, s, 2,
                                       tag), E2EE_OK);
    assert_bytes("aad", aad.data, aad.size, example.aad.data,
                 example.aad.size);
    assert_bytes("ciphertext", out.data, out.size, example.cipher.data,
                 example.cipher.size);
    assert_bytes("tag", tag, sizeof(tag), example.tag.data, example.tag.size);

    memset(aad.data, 0, aad.size);
    s[1].src = example.cipher.data;
    ck_assert_int_eq(ff_e2ee_aead_open(example.aead, example.iv.data, s, 2,
                                       tag), E2EE_OK);
    assert_bytes("aad", aad.data, aad.size, example.aad.data,
                 example.aad.size);
    assert_bytes("plaintext", out.data, out.size, example.plain.data,
                 example.plain.size);
    free_bytes(&aad);
    free_bytes(&out);
}
END_TEST

/* Cut a frame at seeded places; runs of clear bytes may come in any order. */
START_TEST(segments_make_no_difference)
{
    uint64_t seed = 1;

    for (int round = 0; round < 500; round++) {
        size_t size = random_below(&seed, SIZE_MAX_TESTED);
        Bytes plain = { malloc(size + 1), size }, out, aad, cipher;
        E2EESegment whole[2], cut[12];
        uint8_t want[E2EE_TAG_SIZE], tag[E2EE_TAG_SIZE];
        size_t at = 0, clear = 0, sealed = 0;
        int in_place = round & 1, nb = 0;

        random_fill(&seed, plain.data, size);
        out    = copy_bytes(plain.data, size);
        aad    = copy_bytes(plain.data, size);
        cipher = copy_bytes(plain.data, size);

        while (nb < 12) {
            size_t part = nb == 11 ? size - at :
                          random_below(&seed, (size - at) / 2 + 2);

            if (part > size - at)
                part = size - at;
            cut[nb] = (E2EESegment){
                in_place ? out.data + at : plain.data + at, out.data + at,
                part, random_below(&seed, 2)
            };
            if (cut[nb].clear) {
                memcpy(aad.data + clear, plain.data + at, part);
                clear += part;
            } else {
                memcpy(cipher.data + sealed, plain.data + at, part);
                sealed += part;
            }
            at += part;
            nb++;
        }
        whole[0] = (E2EESegment){ aad.data, aad.data, clear, 1 };
        whole[1] = (E2EESegment){ cipher.data, cipher.data, sealed, 0 };
        ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data,
                                           whole, 2, want), E2EE_OK);
        ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data,
                                           cut, nb, tag), E2EE_OK);
        assert_bytes("tag", tag, sizeof(tag), want, sizeof(want));

        sealed = 0;
        for (int i = 0; i < nb; i++) {
            assert_bytes(cut[i].clear ? "clear" : "sealed",
                         cut[i].dst, cut[i].size,
                         cut[i].clear ? plain.data + (cut[i].dst - out.data) :
                                        cipher.data + sealed, cut[i].size);
            if (!cut[i].clear)
                sealed += cut[i].size;
            cut[i].src = cut[i].dst;
        }
        ck_assert_int_eq(ff_e2ee_aead_open(example.aead, example.iv.data,
                                           cut, nb, tag), E2EE_OK);
        assert_bytes("opened", out.data, size, plain.data, size);
        free_bytes(&plain);
        free_bytes(&out);
        free_bytes(&aad);
        free_bytes(&cipher);
    }
}
END_TEST

static void assert_withheld(uint8_t *iv, uint8_t *aad, uint8_t *tag,
                            int in_place)
{
    Bytes out = copy_bytes(example.cipher.data, example.cipher.size);
    E2EESegment s[] = {
        { aad, aad, example.aad.size, 1 },
        { in_place ? out.data : example.cipher.data, out.data, 33, 0 },
        { in_place ? out.data + 33 : example.cipher.data + 33, out.data + 33,
          out.size - 33, 0 },
    };

    check_that(ff_e2ee_aead_open(example.aead, iv, s, 3, tag) ==
               E2EE_DAMAGED, "it opened");
    for (size_t i = 0; i < out.size; i++)
        check_that(!out.data[i], "byte %d is %d", (int)i, out.data[i]);
    free_bytes(&out);
}

START_TEST(a_failure_withholds_the_output)
{
    for (int in_place = 0; in_place < 2; in_place++) {
        for (int bit = 0; bit < 8 * E2EE_TAG_SIZE; bit++) {
            example.tag.data[bit / 8] ^= 1 << bit % 8;
            assert_withheld(example.iv.data, example.aad.data,
                            example.tag.data, in_place);
            example.tag.data[bit / 8] ^= 1 << bit % 8;
        }
        for (int bit = 0; bit < 8 * E2EE_IV_SIZE; bit++) {
            example.iv.data[bit / 8] ^= 1 << bit % 8;
            assert_withheld(example.iv.data, example.aad.data,
                            example.tag.data, in_place);
            example.iv.data[bit / 8] ^= 1 << bit % 8;
        }
        for (size_t bit = 0; bit < 8 * example.aad.size; bit++) {
            example.aad.data[bit / 8] ^= 1 << bit % 8;
            assert_withheld(example.iv.data, example.aad.data,
                            example.tag.data, in_place);
            example.aad.data[bit / 8] ^= 1 << bit % 8;
        }
    }
}
END_TEST

START_TEST(peek_is_the_first_ciphertext)
{
    uint8_t out[SIZE_MAX_TESTED];

    for (size_t size = 0; size <= example.plain.size; size++) {
        ck_assert_int_eq(ff_e2ee_aead_peek(example.aead, example.iv.data,
                                           example.plain.data, out, size),
                         E2EE_OK);
        assert_bytes("peek", out, size, example.cipher.data, size);
    }
}
END_TEST

/* A peek that leaves its state behind would change what is sealed next. */
START_TEST(peek_leaves_no_trace)
{
    uint8_t out[64], tag[E2EE_TAG_SIZE], other[E2EE_IV_SIZE] = { 1 };
    E2EESegment s[] = {
        { example.aad.data, example.aad.data, example.aad.size, 1 },
        { example.plain.data, out, example.plain.size, 0 },
    };

    ck_assert_int_eq(ff_e2ee_aead_peek(example.aead, other,
                                       example.plain.data, out, 12), E2EE_OK);
    ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data, s, 2,
                                       tag), E2EE_OK);
    assert_bytes("tag", tag, sizeof(tag), example.tag.data, example.tag.size);
}
END_TEST

START_TEST(nothing_to_seal_still_authenticates)
{
    uint8_t tag[E2EE_TAG_SIZE];
    E2EESegment s = { example.aad.data, example.aad.data, example.aad.size,
                      1 };

    ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data, &s, 1,
                                       tag), E2EE_OK);
    ck_assert_int_eq(ff_e2ee_aead_open(example.aead, example.iv.data, &s, 1,
                                       tag), E2EE_OK);
    example.aad.data[0] ^= 1;
    ck_assert_int_eq(ff_e2ee_aead_open(example.aead, example.iv.data, &s, 1,
                                       tag), E2EE_DAMAGED);
    ck_assert_int_eq(ff_e2ee_aead_seal(example.aead, example.iv.data, NULL, 0,
                                       tag), E2EE_OK);
    ck_assert_int_eq(ff_e2ee_aead_open(example.aead, example.iv.data, NULL, 0,
                                       tag), E2EE_OK);
}
END_TEST

START_TEST(other_key_sizes_are_refused)
{
    static const uint8_t key[64];

    for (size_t size = 0; size <= sizeof(key); size++) {
        E2EEAead *aead = example.aead;
        int ok = size == 16 || size == 32;

        ck_assert_int_eq(ff_e2ee_aead_alloc(&aead, key, size),
                         ok ? E2EE_OK : E2EE_CRYPTO_ERROR);
        ck_assert_int_eq(!!aead, ok);
        ff_e2ee_aead_free(&aead);
    }
}
END_TEST

START_TEST(wipe_leaves_zeros_and_nothing_else)
{
    uint8_t bytes[40];

    memset(bytes, 0xa5, sizeof(bytes));
    ff_e2ee_wipe(bytes + 1, sizeof(bytes) - 2);
    ff_e2ee_wipe(NULL, 0);
    ck_assert_uint_eq(bytes[0], 0xa5);
    ck_assert_uint_eq(bytes[sizeof(bytes) - 1], 0xa5);
    for (size_t i = 1; i < sizeof(bytes) - 1; i++)
        ck_assert_uint_eq(bytes[i], 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("aead", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, known_answer_out_of_place);
    tcase_add_test(tests, segments_make_no_difference);
    tcase_add_test(tests, a_failure_withholds_the_output);
    tcase_add_test(tests, peek_is_the_first_ciphertext);
    tcase_add_test(tests, peek_leaves_no_trace);
    tcase_add_test(tests, nothing_to_seal_still_authenticates);
    tcase_add_test(tests, other_key_sizes_are_refused);
    tcase_add_test(tests, wipe_leaves_zeros_and_nothing_else);
    return run_suite(suite);
}
