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
#include "e2ee_kdf.h"

static void setup(void)
{
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
}

static enum E2EEKdf kdf_of(const json_t *entry)
{
    const char *name = text_of(entry, "kdf");

    if (!strcmp(name, "hkdf"))
        return E2EE_KDF_HKDF;
    ck_assert_str_eq(name, "pbkdf2");
    return E2EE_KDF_PBKDF2;
}

static void check_key(const char *name, enum E2EEKdf kdf, Bytes *secret,
                      Bytes *salt, Bytes want)
{
    uint8_t out[E2EE_KEY_SIZE_MAX + 1];

    ck_assert_uint_le(want.size, E2EE_KEY_SIZE_MAX);
    memset(out, 0xa5, sizeof(out));
    ck_assert_msg(!ff_e2ee_kdf(kdf, secret->data, secret->size, salt->data,
                               salt->size, out, want.size), "%s", name);
    assert_bytes(name, out, want.size, want.data, want.size);
    ck_assert_msg(out[want.size] == 0xa5, "%s: wrote too much", name);
    free_bytes(&want);
}

START_TEST(every_vector)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *list = json_object_get(root, "derive"), *entry;
    size_t i;

    ck_assert_uint_ge(json_array_size(list), 8);
    json_array_foreach(list, i, entry) {
        Bytes secret = secret_of(entry, "key");
        Bytes salt = secret_of(entry, "salt");

        check_key(text_of(entry, "name"), kdf_of(entry), &secret, &salt,
                  bytes_of(entry, "aesKey"));
        if (text_of(entry, "aesKey256"))
            check_key(text_of(entry, "name"), kdf_of(entry), &secret, &salt,
                      bytes_of(entry, "aesKey256"));
        free_bytes(&secret);
        free_bytes(&salt);
    }
    json_decref(root);
}
END_TEST

/* Materials are 32 bytes, of which the first 16 are the key before. */
START_TEST(every_step_of_the_ratchets)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *list = json_object_get(root, "ratchet"), *entry, *step;
    size_t i, j;

    json_array_foreach(list, i, entry) {
        Bytes salt = secret_of(entry, "salt"), material = { NULL, 0 };

        json_array_foreach(json_object_get(entry, "chain"), j, step) {
            if (j)
                check_key(text_of(entry, "name"), kdf_of(entry), &material,
                          &salt, bytes_of(step, "material"));
            free_bytes(&material);
            material = bytes_of(step, "material");
            check_key(text_of(entry, "name"), kdf_of(entry), &material,
                      &salt, bytes_of(step, "aesKey"));
        }
        free_bytes(&material);
        free_bytes(&salt);
    }
    json_decref(root);
}
END_TEST

/* 80 bytes of either are three blocks; computed with Python's hashlib. */
START_TEST(more_than_a_block)
{
    static const char *const want[] = {
        [E2EE_KDF_PBKDF2] =
            "d93b5d7f073dc9741b9bed0a121b37023ef0e8ada33664a43bfd6b7355edd063"
            "3d5461474048df8a9fdd565a83ab65888477fd7ff97c19c551721a8f54b6585a"
            "7ae58c6bc9b6f1e10f1578ad9b598e58",
        [E2EE_KDF_HKDF] =
            "b9e2719f7cc0fe4745c307b08828354f5c5311047ef6284a2521a620e3cf1307"
            "a8b0abdabfb4d3f1e4e5e02dd7edeb151e143b55ade4d97dd684a7ef9bea1ef8"
            "46c931a19dc33306b0a6027086b016d8",
        [E2EE_KDF_HKDF_EMPTY] =
            "b67e06d04a0a0463f1db07b3e507a0f87c825a56b81ad93bacb37d192ee0c073"
            "86dc09fbf108f160c4e9521a4c2f30f6d4a1a6d7661644c3ae4b1cb544245919"
            "bfc5a1c911366f9abcac0f44e20434ad",
    };
    static const uint8_t secret[] = "abc", salt[] = "salt";

    for (int kdf = E2EE_KDF_PBKDF2; kdf <= E2EE_KDF_HKDF_EMPTY; kdf++) {
        Bytes whole = hex_bytes(want[kdf]);
        uint8_t out[80];

        for (size_t size = 16; size <= sizeof(out); size += 16) {
            ck_assert_int_eq(ff_e2ee_kdf(kdf, secret, 3, salt, 4, out, size),
                             E2EE_OK);
            assert_bytes("blocks", out, size, whole.data, size);
        }
        free_bytes(&whole);
    }
}
END_TEST

/* RFC 5869, A.1 to A.3; of SHA-512, which it has none for, computed with
 * Python's hashlib. */
static const struct {
    enum E2EEHash hash;
    const char *secret, *salt, *info, *want;
} hkdf_cases[] = {
    { E2EE_SHA256,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
      "34007208d5b887185865" },
    { E2EE_SHA256,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
      "404142434445464748494a4b4c4d4e4f",
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
      "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
      "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
      "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
      "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
      "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
      "cc30c58179ec3e87c14c01d5c1f3434f1d87" },
    { E2EE_SHA256,
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
      "9d201395faa4b61a96c8" },
    { E2EE_SHA512, "616263", "73616c74", "696e666f",
      "428e4ba487839eb3b8bbd942c7648706b46bb5531bb520cd34de8037533de15f"
      "1e56076644884629eb77e1bc1173fbe91536f9b52c1d9a76685f23eba077944f"
      "42b816e5b7c17cd029aa60ccbbc0e8ca521359aaeb201065039d44cccc5ae397"
      "4883ce486041b6c7ee2c680050974ebd72432e6310e7f961daa20b0a41f2685d"
      "add983c5517c6e5cb7160897dfbe2ae51d9e21e68ca1" },
};

START_TEST(hkdf_of_the_rfc)
{
    for (size_t i = 0; i < sizeof(hkdf_cases) / sizeof(*hkdf_cases); i++) {
        Bytes secret = hex_bytes(hkdf_cases[i].secret);
        Bytes salt = hex_bytes(hkdf_cases[i].salt);
        Bytes info = hex_bytes(hkdf_cases[i].info);
        Bytes want = hex_bytes(hkdf_cases[i].want);

        for (size_t size = 0; size <= want.size; size++) {
            Bytes out = copy_bytes(want.data, size);

            memset(out.data, 0, size);
            ck_assert_int_eq(ff_e2ee_hkdf(hkdf_cases[i].hash, secret.data,
                                          secret.size, salt.data, salt.size,
                                          info.data, info.size, out.data,
                                          size), E2EE_OK);
            assert_bytes("HKDF", out.data, size, want.data, size);
            free_bytes(&out);
        }
        free_bytes(&secret);
        free_bytes(&salt);
        free_bytes(&info);
        free_bytes(&want);
    }
}
END_TEST

/* The count of blocks is one byte; after 255 it would begin anew. */
START_TEST(hkdf_ends_after_255_blocks)
{
    static const uint8_t bytes[16];

    for (int hash = E2EE_SHA256; hash <= E2EE_SHA512; hash++) {
        size_t most = 255 * (hash == E2EE_SHA512 ? 64 : 32);
        Bytes out = { malloc(most + 1), most + 1 };

        ck_assert_int_eq(ff_e2ee_hkdf(hash, bytes, 16, bytes, 16, bytes, 16,
                                      out.data, most), E2EE_OK);
        ck_assert_int_eq(ff_e2ee_hkdf(hash, bytes, 16, bytes, 16, bytes, 16,
                                      out.data, most + 1),
                         E2EE_CRYPTO_ERROR);
        free_bytes(&out);
    }
}
END_TEST

START_TEST(an_empty_secret_is_a_secret)
{
    static const uint8_t nothing[1], salt[] = "salt";
    uint8_t out[16], other[16];

    for (int kdf = E2EE_KDF_PBKDF2; kdf <= E2EE_KDF_HKDF_EMPTY; kdf++) {
        ck_assert_int_eq(ff_e2ee_kdf(kdf, nothing, 0, salt, 4, out, 16),
                         E2EE_OK);
        ck_assert_int_eq(ff_e2ee_kdf(kdf, nothing, 0, salt, 3, other, 16),
                         E2EE_OK);
        ck_assert_mem_ne(out, other, 16);
    }
}
END_TEST

/* libgcrypt's PBKDF2 has none of it; HKDF takes it for a block of zeros. */
START_TEST(an_empty_salt)
{
    static const uint8_t secret[16], salt[32];
    uint8_t out[16], other[16];

    ck_assert_int_eq(ff_e2ee_kdf(E2EE_KDF_PBKDF2, secret, 16, salt, 0, out,
                                 16), E2EE_CRYPTO_ERROR);
    ck_assert_int_eq(ff_e2ee_kdf(E2EE_KDF_HKDF, secret, 16, salt, 0, out, 16),
                     E2EE_OK);
    ck_assert_int_eq(ff_e2ee_kdf(E2EE_KDF_HKDF, secret, 16, salt, 32, other,
                                 16), E2EE_OK);
    ck_assert_mem_eq(out, other, 16);
}
END_TEST

START_TEST(raw_is_the_key_of_exactly_its_size)
{
    static const uint8_t secret[33] = { 1, 2, 3 };
    uint8_t out[32];

    for (size_t size = 16; size <= 32; size += 16) {
        ck_assert_int_eq(ff_e2ee_kdf(E2EE_KDF_RAW, secret, size, NULL, 0, out,
                                     size), E2EE_OK);
        assert_bytes("raw", out, size, secret, size);
        ck_assert_int_ne(ff_e2ee_kdf(E2EE_KDF_RAW, secret, size + 1, NULL, 0,
                                     out, size), E2EE_OK);
        ck_assert_int_ne(ff_e2ee_kdf(E2EE_KDF_RAW, secret, size - 1, NULL, 0,
                                     out, size), E2EE_OK);
        ck_assert_int_ne(ff_e2ee_kdf(E2EE_KDF_RAW, secret, 0, NULL, 0, out,
                                     size), E2EE_OK);
    }
}
END_TEST

START_TEST(what_is_no_kdf_is_refused)
{
    static const uint8_t secret[16];
    uint8_t out[16];

    ck_assert_int_ne(ff_e2ee_kdf(E2EE_KDF_AUTO, secret, 16, secret, 16, out,
                                 16), E2EE_OK);
    ck_assert_int_ne(ff_e2ee_kdf(E2EE_KDF_RAW + 1, secret, 16, secret, 16,
                                 out, 16), E2EE_OK);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("kdf", &tests);

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, every_vector);
    tcase_add_test(tests, every_step_of_the_ratchets);
    tcase_add_test(tests, more_than_a_block);
    tcase_add_test(tests, hkdf_of_the_rfc);
    tcase_add_test(tests, hkdf_ends_after_255_blocks);
    tcase_add_test(tests, an_empty_secret_is_a_secret);
    tcase_add_test(tests, an_empty_salt);
    tcase_add_test(tests, raw_is_the_key_of_exactly_its_size);
    tcase_add_test(tests, what_is_no_kdf_is_refused);
    return run_suite(suite);
}
