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
 * The vectors of RFC 9605 and those of the cipher suites that came after it,
 * in both directions. The files are not ours to hand on, so the test is
 * skipped where one is missing.
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2ee_ctr_hmac.h"
#include "e2ee_sframe_header.h"
#include "session.h"

#define FILE_NAME     "sframe-rfc9605.json"
#define FILE_NAME_256 "sframe-aes256.json"

#define FILE_SIZE_MAX (1 << 17)

static json_t *rfc, *aes256;

/* Integers of so many digits may not fit into the 63 bits of jansson's. */
#define DIGITS_MANY 19

/* What is too long for an integer becomes a text. */
static json_t *load_numbers(const char *file)
{
    FILE *f = open_third_party(file);
    char *text = malloc(2 * FILE_SIZE_MAX), *p = text;
    json_error_t error;
    json_t *json;
    int c, digits = 0;

    check_that(!!text, "out of memory");
    if (!f) {
        free(text);
        return NULL;
    }
    while ((c = getc(f)) != EOF && p - text < FILE_SIZE_MAX) {
        int is_end = c == ',' || c == '\n';

        if (is_end && digits >= DIGITS_MANY) {
            memmove(p - digits + 1, p - digits, digits);
            p[-digits] = '"';
            p++;
            *p++ = '"';
        }
        digits = c >= '0' && c <= '9' ? digits + 1 : is_end || c == ' ' ? 0 :
                 INT_MIN;
        *p++ = c;
    }
    fclose(f);
    json = json_loadb(text, p - text, 0, &error);
    check_that(!!json, "%s: line %d: %s", file, error.line, error.text);
    free(text);
    return json;
}

static uint64_t number_of(const json_t *object, const char *member)
{
    const char *text = text_of(object, member);

    return text ? strtoull(text, NULL, 10) :
                  (uint64_t)json_integer_value(json_object_get(object,
                                                               member));
}

START_TEST(headers)
{
    json_t *list = json_object_get(rfc, "header"), *v;
    size_t i;

    ck_assert_uint_eq(json_array_size(list), 289);
    json_array_foreach(list, i, v) {
        const char *digits = text_of(v, "encoded");
        Bytes want = bytes_of(v, "encoded");
        E2EESFrameHeader header;
        uint8_t made[E2EE_SFRAME_HEADER_MAX];
        size_t used;

        check_that(!ff_e2ee_sframe_header_read(&header, want.data, want.size,
                                               &used), "%s", digits);
        check_that(used == want.size, "%s: %d bytes", digits, (int)used);
        used = ff_e2ee_sframe_header_write(made, &header);
        assert_bytes(digits, made, used, want.data, want.size);
        check_that(header.kid == number_of(v, "kid") &&
                   header.ctr == number_of(v, "ctr"), "%s", digits);
        free_bytes(&want);
    }
}
END_TEST

static void check_ctr_hmac(const json_t *list)
{
    static const size_t tags[] = { 0, 10, 8, 4, 0, 0, 10, 8, 4 };
    const json_t *v;
    size_t i;

    ck_assert_uint_eq(json_array_size(list), 3);
    json_array_foreach(list, i, v) {
        unsigned suite = number_of(v, "cipher_suite");
        Bytes key = bytes_of(v, "key"), cipher = bytes_of(v, "enc_key");
        Bytes iv = bytes_of(v, "nonce"), aad = bytes_of(v, "aad");
        Bytes plain = bytes_of(v, "pt"), want = bytes_of(v, "ct");
        Bytes out = copy_bytes(want.data, want.size);
        E2EESegment s[] = {
            { aad.data, aad.data, aad.size, 1 },
            { plain.data, out.data, plain.size, 0 },
        };
        E2EEAead *aead;

        ck_assert_uint_eq(want.size, plain.size + tags[suite]);
        ck_assert_int_eq(ff_e2ee_ctr_hmac_alloc(&aead, suite < 6 ?
                             E2EE_SHA256 : E2EE_SHA512, key.data, key.size,
                             cipher.size, tags[suite]), E2EE_OK);
        ck_assert_int_eq(ff_e2ee_aead_seal(aead, iv.data, s, 2,
                                           out.data + plain.size), E2EE_OK);
        assert_bytes("sealed", out.data, out.size, want.data, want.size);
        s[1].src = want.data;
        ck_assert_int_eq(ff_e2ee_aead_open(aead, iv.data, s, 2,
                                           want.data + plain.size), E2EE_OK);
        assert_bytes("opened", out.data, plain.size, plain.data, plain.size);
        ck_assert_int_eq(ff_e2ee_aead_peek(aead, iv.data, plain.data,
                                           out.data, plain.size), E2EE_OK);
        assert_bytes("peek", out.data, plain.size, want.data, plain.size);
        ff_e2ee_aead_free(&aead);
        free_bytes(&key);
        free_bytes(&cipher);
        free_bytes(&iv);
        free_bytes(&aad);
        free_bytes(&plain);
        free_bytes(&want);
        free_bytes(&out);
    }
}

START_TEST(ctr_hmac)
{
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    check_ctr_hmac(json_object_get(rfc, "aes_ctr_hmac"));
    check_ctr_hmac(json_object_get(rfc, "aes_256_ctr_hmac"));
}
END_TEST

/* Their key id is beyond a ring's 256 keys. */
static void check_frames(const json_t *list, size_t count)
{
    const json_t *v;
    size_t i;

    ck_assert_uint_eq(json_array_size(list), count);
    json_array_foreach(list, i, v) {
        uint64_t kid = number_of(v, "kid"), ctr = number_of(v, "ctr");
        Bytes base = bytes_of(v, "base_key"), salt = bytes_of(v, "sframe_salt");
        Bytes metadata = bytes_of(v, "metadata");
        Bytes plain = bytes_of(v, "pt"), want = bytes_of(v, "ct");
        uint8_t iv[E2EE_IV_SIZE] = { 0 };
        E2EENonce nonce;
        E2EESession s;
        Result result;

        session_init_scheme(&s, "sframe", E2EE_PEER_WEB, E2EE_CODEC_VP8);
        s.ring.suite    = number_of(v, "cipher_suite");
        s.key_index     = i;
        s.ring.first_kid = kid - i;
        s.metadata      = metadata.data;
        s.metadata_size = metadata.size;
        ck_assert_int_eq(ff_e2ee_keyring_set(&s.ring, i,
                             E2EE_KDF_HKDF_EMPTY, base.data, base.size),
                         E2EE_OK);
        assert_bytes("salt", s.ring.slots[i]->salt, E2EE_IV_SIZE,
                     salt.data, salt.size);
        for (int n = E2EE_IV_SIZE; n-- > 4; ctr >>= 8)
            iv[n] = ctr;
        ff_e2ee_nonce_init_fixed(&nonce, iv);
        s.test_nonce = &nonce;
        s.choose_iv = 0;
        result = seal_frame(&s, plain.data, plain.size, 1);
        ck_assert_int_eq(result.reason, E2EE_OK);
        assert_bytes("sealed", result.out.data, result.out.size, want.data,
                     want.size);
        free_bytes(&result.out);
        result = open_frame(&s, want.data, want.size, 1);
        ck_assert_int_eq(result.reason, E2EE_OK);
        ck_assert_uint_eq(result.key_index, i);
        assert_bytes("opened", result.out.data, result.out.size, plain.data,
                     plain.size);
        free_bytes(&result.out);
        ff_e2ee_keyring_unset(&s.ring, i);
        free_bytes(&base);
        free_bytes(&salt);
        free_bytes(&metadata);
        free_bytes(&plain);
        free_bytes(&want);
    }
}

START_TEST(frames)
{
    check_frames(json_object_get(rfc, "sframe"), 5);
    check_frames(json_object_get(aes256, "sframe_aes_256_ctr_hmac"), 3);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite;
    int status;

    rfc    = load_numbers(FILE_NAME);
    aes256 = load_numbers(FILE_NAME_256);
    if (!rfc || !aes256) {
        puts("1..0 # SKIP no " FILE_NAME " or " FILE_NAME_256
             " (E2EE_VECTORS names their folder)");
        return EXIT_SUCCESS;
    }
    suite = suite_with("sframe_vectors", &tests);
    tcase_add_test(tests, headers);
    tcase_add_test(tests, ctr_hmac);
    tcase_add_test(tests, frames);
    status = run_suite(suite);
    json_decref(rfc);
    json_decref(aes256);
    return status;
}
