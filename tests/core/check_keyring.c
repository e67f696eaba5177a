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

#include <string.h>

#include <gcrypt.h>

#include "common.h"
#include "e2ee_keyring.h"

static const uint8_t bytes[64] = { 1, 2, 3 };

static E2EEKeyRing ring;

static void setup(void)
{
    ring = (E2EEKeyRing){ .size = 16, .key_size = 16,
                          .failure_tolerance = -1,
                          .salt = (const uint8_t *)"salt", .salt_size = 4 };
}

static void teardown(void)
{
    ff_e2ee_keyring_clear(&ring);
    for (int i = 0; i < E2EE_RING_SIZE_MAX; i++)
        ck_assert_ptr_null(ring.slots[i]);
}

static void set_raw(unsigned index, const uint8_t *key)
{
    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, index, E2EE_KDF_RAW, key,
                                         ring.key_size), E2EE_OK);
}

START_TEST(an_empty_ring_has_no_key)
{
    for (unsigned i = 0; i < 300; i++)
        ck_assert_ptr_null(ff_e2ee_keyring_get(&ring, i));
}
END_TEST

START_TEST(setting_is_modulo_and_getting_is_not)
{
    static const unsigned sizes[] = { 1, 2, 16, 255, 256 };

    for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
        unsigned size = ring.size = sizes[s];

        for (unsigned index = 0; index < size + 3; index++) {
            set_raw(index, bytes);
            for (unsigned i = 0; i < 600; i++)
                check_that(!!ff_e2ee_keyring_get(&ring, i) ==
                           (i == index % size), "%u of %u", i, size);
            ff_e2ee_keyring_unset(&ring, index + size);
            ck_assert_ptr_null(ff_e2ee_keyring_get(&ring, index % size));
        }
    }
}
END_TEST

START_TEST(a_new_key_knows_nothing_of_the_old)
{
    E2EEKey *key;
    uint8_t old[E2EE_IV_SIZE], iv[E2EE_IV_SIZE];

    set_raw(3, bytes);
    key = ff_e2ee_keyring_get(&ring, 3);
    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(key->opened, 0);
    ck_assert_uint_eq(key->failures, 0);
    key->opened   = 1;
    key->failures = 7;
    ck_assert_int_eq(ff_e2ee_nonce_next(&key->nonce, old), E2EE_OK);

    set_raw(3, bytes);
    key = ff_e2ee_keyring_get(&ring, 3);
    ck_assert_int_eq(key->opened, 0);
    ck_assert_uint_eq(key->failures, 0);
    ck_assert_int_eq(ff_e2ee_nonce_next(&key->nonce, iv), E2EE_OK);
    ck_assert_mem_ne(iv, old, 8);
}
END_TEST

START_TEST(a_failed_set_empties_the_slot)
{
    static const struct {
        enum E2EEKdf kdf;
        size_t size;
        unsigned key_size;
    } bad[] = {
        { E2EE_KDF_RAW,    15, 16 }, { E2EE_KDF_RAW, 17, 16 },
        { E2EE_KDF_RAW,     0, 16 }, { E2EE_KDF_RAW, 32, 16 },
        { E2EE_KDF_RAW,    16, 32 }, { E2EE_KDF_RAW, 24, 24 },
        { E2EE_KDF_AUTO,   16, 16 }, { E2EE_KDF_RAW + 1, 16, 16 },
        { E2EE_KDF_PBKDF2, 16, 24 }, { E2EE_KDF_HKDF, 16, 24 },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        ring.key_size = 16;
        set_raw(5, bytes);
        set_raw(6, bytes);
        ring.key_size = bad[i].key_size;
        ck_assert_int_ne(ff_e2ee_keyring_set(&ring, 5, bad[i].kdf, bytes,
                                             bad[i].size), E2EE_OK);
        ck_assert_ptr_null(ff_e2ee_keyring_get(&ring, 5));
        ck_assert_ptr_nonnull(ff_e2ee_keyring_get(&ring, 6));
    }
}
END_TEST

static void open_sealed(const char *name, const E2EEKey *key,
                        const json_t *input, const json_t *step)
{
    Bytes sealed = bytes_of(step, "sealed");
    Bytes plain = bytes_of(input, "plaintext");
    Bytes iv = bytes_of(input, "iv");
    E2EESegment s = { sealed.data, sealed.data, plain.size, 0 };

    ck_assert_uint_eq(sealed.size, plain.size + E2EE_TAG_SIZE);
    ck_assert_msg(!ff_e2ee_aead_open(key->aead, iv.data, &s, 1,
                                     sealed.data + plain.size), "%s", name);
    assert_bytes(name, sealed.data, plain.size, plain.data, plain.size);
    free_bytes(&sealed);
    free_bytes(&plain);
    free_bytes(&iv);
}

/* Whether a key is this one: what one seals the other opens. */
static void assert_same_key(const char *name, const E2EEKey *key, Bytes want)
{
    uint8_t text[16] = "sixteen bytes...", tag[E2EE_TAG_SIZE];
    const uint8_t iv[E2EE_IV_SIZE] = { 9 };
    E2EESegment s = { text, text, sizeof(text), 0 };
    E2EEAead *aead;

    ck_assert_int_eq(ff_e2ee_aead_alloc(&aead, want.data, want.size),
                     E2EE_OK);
    ck_assert_int_eq(ff_e2ee_aead_seal(aead, iv, &s, 1, tag), E2EE_OK);
    ck_assert_msg(!ff_e2ee_aead_open(key->aead, iv, &s, 1, tag),
                  "%s: another key", name);
    ff_e2ee_aead_free(&aead);
    free_bytes(&want);
}

/* Look ahead over a whole chain, then step through it by commits. */
static void check_chain(const json_t *entry)
{
    const char *name = text_of(entry, "name");
    const json_t *chain = json_object_get(entry, "chain"), *step;
    enum E2EEKdf kdf = !strcmp(text_of(entry, "kdf"), "hkdf") ?
                       E2EE_KDF_HKDF : E2EE_KDF_PBKDF2;
    Bytes secret = secret_of(entry, "key"), salt = secret_of(entry, "salt");
    const json_t *input = json_object_get(entry, "sealedInput");
    E2EEKey *key;
    size_t i;

    ring.salt      = salt.data;
    ring.salt_size = salt.size;
    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, 0, kdf, secret.data,
                                         secret.size), E2EE_OK);
    key = ff_e2ee_keyring_get(&ring, 0);
    json_array_foreach(chain, i, step) {
        Bytes material = bytes_of(step, "material");

        ck_assert_msg(!!key, "%s: step %d", name, (int)i);
        assert_bytes(name, key->material, key->material_size, material.data,
                     material.size);
        free_bytes(&material);
        assert_same_key(name, key, bytes_of(step, "aesKey"));
        if (input)
            open_sealed(name, key, input, step);
        ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 0), ring.slots[0]);
        if (i + 1 < json_array_size(chain))
            key = ff_e2ee_keyring_ahead(&ring, key);
    }

    /* Every second step, so that a commit skips keys, too. */
    for (i = 2; i < json_array_size(chain); i += 2) {
        step = json_array_get(chain, i);
        key  = ff_e2ee_keyring_ahead(&ring, ring.slots[0]);
        key  = ff_e2ee_keyring_ahead(&ring, key);
        ff_e2ee_keyring_commit(&ring, 0, key);
        ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 0), key);
        assert_same_key(name, key, bytes_of(step, "aesKey"));
    }
    ff_e2ee_keyring_unset(&ring, 0);
    free_bytes(&secret);
    free_bytes(&salt);
}

START_TEST(every_ratchet_chain)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *list = json_object_get(root, "ratchet"), *entry;
    size_t i;

    ck_assert_uint_ge(json_array_size(list), 3);
    json_array_foreach(list, i, entry)
        check_chain(entry);
    json_decref(root);
}
END_TEST

START_TEST(looking_ahead_derives_once)
{
    E2EEKey *key, *ahead;

    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, 2, E2EE_KDF_HKDF, bytes, 32),
                     E2EE_OK);
    key   = ff_e2ee_keyring_get(&ring, 2);
    ahead = ff_e2ee_keyring_ahead(&ring, key);
    ck_assert_ptr_nonnull(ahead);
    ck_assert_ptr_eq(ff_e2ee_keyring_ahead(&ring, key), ahead);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 2), key);
    ff_e2ee_keyring_commit(&ring, 2, key);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 2), key);
    ck_assert_ptr_eq(ff_e2ee_keyring_ahead(&ring, key), ahead);
    ff_e2ee_keyring_commit(&ring, 2 + ring.size, ahead);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 2), ahead);
}
END_TEST

START_TEST(a_raw_key_has_nothing_ahead)
{
    set_raw(0, bytes);
    ck_assert_ptr_null(ff_e2ee_keyring_ahead(&ring, ring.slots[0]));
}
END_TEST

START_TEST(a_sender_steps_its_key_on)
{
    const E2EEKeyOps counted = { .counted = 1 };
    E2EEKey *key, *ahead;

    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&ring, 2, 1), E2EE_NO_KEY);
    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, 2, E2EE_KDF_HKDF, bytes, 32),
                     E2EE_OK);
    key   = ff_e2ee_keyring_get(&ring, 2);
    ahead = ff_e2ee_keyring_ahead(&ring, ff_e2ee_keyring_ahead(&ring, key));
    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&ring, 2, 0), E2EE_OK);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 2), key);
    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&ring, 2, 2), E2EE_OK);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 2), ahead);
    ck_assert_uint_eq(ahead->steps, 2);
    ring.ops = &counted;
    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&ring, 2, 1), E2EE_NO_RATCHET);
    ring.ops = NULL;
    set_raw(3, bytes);
    key = ff_e2ee_keyring_get(&ring, 3);
    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&ring, 3, 1), E2EE_NO_RATCHET);
    ck_assert_ptr_eq(ff_e2ee_keyring_get(&ring, 3), key);
}
END_TEST

START_TEST(tolerance_counts_failures_beyond_it)
{
    E2EEKey *key;

    set_raw(0, bytes);
    key = ff_e2ee_keyring_get(&ring, 0);
    for (int tolerance = -1; tolerance < 4; tolerance++)
        for (unsigned failures = 0; failures < 6; failures++) {
            ring.failure_tolerance = tolerance;
            key->failures          = failures;
            ck_assert_int_eq(ff_e2ee_key_barred(&ring, key),
                             tolerance >= 0 && (int)failures > tolerance);
        }
    key->failures = ~0U;
    ring.failure_tolerance = -1;
    ck_assert_int_eq(ff_e2ee_key_barred(&ring, key), 0);
    ring.failure_tolerance = 0x7fffffff;
    ck_assert_int_eq(ff_e2ee_key_barred(&ring, key), 1);
}
END_TEST

/* Here one that wants no secure memory; its choice stands. */
START_TEST(an_application_may_have_set_up_libgcrypt)
{
    ck_assert_ptr_nonnull(gcry_check_version(NULL));
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    set_raw(0, bytes);
    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, 1, E2EE_KDF_HKDF, bytes, 32),
                     E2EE_OK);
    ck_assert_ptr_nonnull(ff_e2ee_keyring_ahead(&ring, ring.slots[1]));
    ck_assert_int_eq(gcry_is_secure(ring.slots[1]->material), 0);
}
END_TEST

START_TEST(otherwise_secrets_are_in_secure_memory)
{
    ck_assert_int_eq(ff_e2ee_keyring_set(&ring, 1, E2EE_KDF_HKDF, bytes, 32),
                     E2EE_OK);
    ck_assert_int_eq(gcry_is_secure(ring.slots[1]->material), 1);
    ck_assert_int_eq(gcry_is_secure(ff_e2ee_keyring_ahead(
                         &ring, ring.slots[1])->material), 1);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("keyring", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, an_empty_ring_has_no_key);
    tcase_add_test(tests, setting_is_modulo_and_getting_is_not);
    tcase_add_test(tests, a_new_key_knows_nothing_of_the_old);
    tcase_add_test(tests, a_failed_set_empties_the_slot);
    tcase_add_test(tests, every_ratchet_chain);
    tcase_add_test(tests, looking_ahead_derives_once);
    tcase_add_test(tests, a_raw_key_has_nothing_ahead);
    tcase_add_test(tests, a_sender_steps_its_key_on);
    tcase_add_test(tests, tolerance_counts_failures_beyond_it);
    tcase_add_test(tests, an_application_may_have_set_up_libgcrypt);
    tcase_add_test(tests, otherwise_secrets_are_in_secure_memory);
    return run_suite(suite);
}
