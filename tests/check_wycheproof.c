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
 * Project Wycheproof's AES-GCM cases. The file is not ours to hand on, so the
 * test is skipped where it is missing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "e2ee_aead.h"

#define FILE_NAME "wycheproof-aes-gcm.json"

/* Of this form are this many cases in the version of the file that we know. */
#define CASES_MIN 100

static json_t *root;

static void check_case(const json_t *test)
{
    const char *name = text_of(test, "comment");
    int valid = !strcmp(text_of(test, "result"), "valid"), opened;
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

START_TEST(every_case_of_our_form)
{
    const json_t *group, *test;
    size_t i, j, cases = 0;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    json_array_foreach(json_object_get(root, "testGroups"), i, group) {
        json_int_t bits = json_integer_value(json_object_get(group,
                                                             "keySize"));

        if (json_integer_value(json_object_get(group, "ivSize")) != 96 ||
            json_integer_value(json_object_get(group, "tagSize")) != 128 ||
            (bits != 128 && bits != 256))
            continue;
        json_array_foreach(json_object_get(group, "tests"), j, test) {
            check_case(test);
            cases++;
        }
    }
    ck_assert_uint_ge(cases, CASES_MIN);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite;
    int status;

    root = load_third_party(FILE_NAME);
    if (!root) {
        puts("1..0 # SKIP no " FILE_NAME " (E2EE_VECTORS names its folder)");
        return EXIT_SUCCESS;
    }
    suite = suite_with("wycheproof", &tests);
    tcase_add_test(tests, every_case_of_our_form);
    status = run_suite(suite);
    json_decref(root);
    return status;
}
