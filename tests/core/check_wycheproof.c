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
 * Project Wycheproof's cases of AES-GCM, HKDF and PBKDF2. The files are not
 * ours to hand on; each is skipped where it is missing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "e2ee_aead.h"
#include "e2ee_kdf.h"

static int is_valid(const json_t *test)
{
    return !strcmp(text_of(test, "result"), "valid");
}

static json_int_t number_of(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* Whether the group is of our form. */
static int gcm_group(const json_t *group)
{
    json_int_t bits = number_of(group, "keySize");

    return number_of(group, "ivSize") == 96 &&
           number_of(group, "tagSize") == 128 && (bits == 128 || bits == 256);
}

static int any_group(const json_t *group)
{
    return 1;
}

static void gcm_case(const json_t *test)
{
    const char *name = text_of(test, "comment");
    int valid = is_valid(test), opened;
    Bytes key = bytes_of(test, "key"), iv = bytes_of(test, "iv");
    Bytes aad = bytes_of(test, "aad"), plain = bytes_of(test, "msg");
    Bytes cipher = bytes_of(test, "ct"), tag = bytes_of(test, "tag");
    Bytes out = copy_bytes(cipher.data, cipher.size);
    E2EEAead *aead;
    E2EESegment s[] = {
        { aad.data, aad.data, aad.size, 1 },
        { cipher.data, out.data, cipher.size, 0 },
    };
    uint8_t made[E2EE_TAG_SIZE];

    ck_assert_int_eq(ff_e2ee_aead_alloc(&aead, key.data, key.size), E2EE_OK);
    opened = !ff_e2ee_aead_open(aead, iv.data, s, 2, tag.data);
    ck_assert_msg(opened == valid, "%s: key %s: %s", name,
                  text_of(test, "key"), opened ? "opened" : "refused");
    if (valid) {
        assert_bytes(name, out.data, out.size, plain.data, plain.size);
        s[1].src = plain.data;
        ck_assert_int_eq(ff_e2ee_aead_seal(aead, iv.data, s, 2, made),
                         E2EE_OK);
        assert_bytes(name, out.data, out.size, cipher.data, cipher.size);
        assert_bytes(name, made, sizeof(made), tag.data, tag.size);
    }
    ff_e2ee_aead_free(&aead);
    free_bytes(&key);
    free_bytes(&iv);
    free_bytes(&aad);
    free_bytes(&plain);
    free_bytes(&cipher);
    free_bytes(&tag);
    free_bytes(&out);
}

/* An output longer than HKDF can give has to be refused. */
static void hkdf_case(enum E2EEHash hash, const json_t *test)
{
    Bytes secret = bytes_of(test, "ikm"), salt = bytes_of(test, "salt");
    Bytes info = bytes_of(test, "info"), want = bytes_of(test, "okm");
    size_t size = number_of(test, "size");
    Bytes out = { malloc(size + !size), size };
    int derived = !ff_e2ee_hkdf(hash, secret.data, secret.size, salt.data,
                                salt.size, info.data, info.size, out.data,
                                size);

    ck_assert_msg(derived == is_valid(test), "HKDF case %d: %s",
                  (int)number_of(test, "tcId"),
                  derived ? "derived" : "refused");
    if (derived)
        assert_bytes("HKDF", out.data, size, want.data, want.size);
    free_bytes(&secret);
    free_bytes(&salt);
    free_bytes(&info);
    free_bytes(&want);
    free_bytes(&out);
}

static void hkdf256_case(const json_t *test)
{
    hkdf_case(E2EE_SHA256, test);
}

static void hkdf512_case(const json_t *test)
{
    hkdf_case(E2EE_SHA512, test);
}

/* libgcrypt takes no empty salt. */
static void pbkdf2_case(const json_t *test)
{
    Bytes secret = bytes_of(test, "password"), salt = bytes_of(test, "salt");
    Bytes want = bytes_of(test, "dk");
    Bytes out = copy_bytes(want.data, want.size);
    int derived;

    memset(out.data, 0, out.size);
    derived = !ff_e2ee_pbkdf2(secret.data, secret.size, salt.data, salt.size,
                              number_of(test, "iterationCount"), out.data,
                              out.size);
    ck_assert_msg(derived == (is_valid(test) && salt.size),
                  "PBKDF2 case %d: %s", (int)number_of(test, "tcId"),
                  derived ? "derived" : "refused");
    if (derived)
        assert_bytes("PBKDF2", out.data, out.size, want.data, want.size);
    free_bytes(&secret);
    free_bytes(&salt);
    free_bytes(&want);
    free_bytes(&out);
}

/* Of our form are so many cases in the versions of the files that we know. */
static const struct {
    const char *file;
    const char *upstream;       ///< its name in the project
    int (*takes)(const json_t *group);
    void (*check)(const json_t *test);
    size_t cases_min;
} files[] = {
    { "wycheproof-aes-gcm.json", "aes_gcm_test.json",
      gcm_group, gcm_case, 100 },
    { "wycheproof-hkdf-sha256.json", "hkdf_sha256_test.json",
      any_group, hkdf256_case, 80 },
    { "wycheproof-hkdf-sha512.json", "hkdf_sha512_test.json",
      any_group, hkdf512_case, 67 },
    { "wycheproof-pbkdf2-hmac-sha256.json", "pbkdf2_hmacsha256_test.json",
      any_group, pbkdf2_case, 60 },
};

#define NB_FILES (int)(sizeof(files) / sizeof(*files))

static json_t *roots[NB_FILES];

START_TEST(every_case_of_our_form)
{
    const json_t *group, *test;
    size_t i, j, cases = 0;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    json_array_foreach(json_object_get(roots[_i], "testGroups"), i, group) {
        if (!files[_i].takes(group))
            continue;
        json_array_foreach(json_object_get(group, "tests"), j, test) {
            files[_i].check(test);
            cases++;
        }
    }
    ck_assert_uint_ge(cases, files[_i].cases_min);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("wycheproof", &tests);
    int found = 0, status;

    for (int i = 0; i < NB_FILES; i++) {
        roots[i] = load_third_party(files[i].file);
        if (!roots[i])
            roots[i] = load_third_party(files[i].upstream);
        if (roots[i])
            tcase_add_loop_test(tests, every_case_of_our_form, i, i + 1);
        found += !!roots[i];
    }
    if (!found)
        printf("1..0 # SKIP no %s or others (E2EE_VECTORS names their "
               "folder)\n", files[0].file);
    status = found ? run_suite(suite) : EXIT_SUCCESS;
    for (int i = 0; i < NB_FILES; i++)
        json_decref(roots[i]);
    return status;
}
