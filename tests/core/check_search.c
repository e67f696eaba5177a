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
 * How often a receiver of a trailer scheme decrypts: all ways to read a frame
 * at first, two a frame after many failures.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <string.h>

#include <gcrypt.h>

#include "session.h"

#define MANY 16                 /* failures after which it costs less */

static unsigned nb_tried;

/* In front of libgcrypt's own. */
gcry_error_t gcry_cipher_decrypt(gcry_cipher_hd_t cipher, void *out,
                                 size_t out_size, const void *in,
                                 size_t in_size)
{
    gcry_error_t (*real)(gcry_cipher_hd_t, void *, size_t, const void *,
                         size_t);

    *(void **)&real = dlsym(RTLD_NEXT, "gcry_cipher_decrypt");
    nb_tried++;
    return real(cipher, out, out_size, in, in_size);
}

typedef struct Row {
    const char    *scheme;
    enum E2EECodec codec;
    int            window;      ///< of the ratchet
    unsigned       ways;        ///< without the window
} Row;

static const Row rows[] = {
    { "videosdk", E2EE_CODEC_OPUS, 0, 1 },
    { "videosdk", E2EE_CODEC_VP8,  0, 2 },
    { "videosdk", E2EE_CODEC_VP9,  0, 3 },
    { "jitsi",    E2EE_CODEC_VP8,  8, 2 },
    { "jitsi",    E2EE_CODEC_VP9,  8, 2 },
};

/* A VP8 key frame by its bit, a delta frame by its flag: two ways. Zeros in
 * the clear part would make one of H.264 of each 1638th, a third way. */
static const uint8_t plain[64] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static E2EESession sender, receiver;

static void set_key(E2EESession *session, const char *secret)
{
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, 0, E2EE_KDF_HKDF,
                                         (const uint8_t *)secret,
                                         strlen(secret)), E2EE_OK);
}

static void begin(const Row *row)
{
    session_init_scheme(&sender, row->scheme, E2EE_PEER_WEB, row->codec);
    session_init_scheme(&receiver, row->scheme, E2EE_PEER_WEB, row->codec);
    receiver.ring.ratchet_window = row->window;
    set_key(&sender, "one");
    set_key(&receiver, "another");
}

static void end(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

/* @return whether it opened */
static int pass(int sent_key, int got_key)
{
    Result sealed = seal_frame(&sender, plain, sizeof(plain), sent_key);
    Result opened;

    ck_assert_int_eq(sealed.reason, E2EE_OK);
    nb_tried = 0;
    opened = open_frame(&receiver, sealed.out.data, sealed.out.size, got_key);
    free_bytes(&sealed.out);
    free_bytes(&opened.out);
    return !opened.reason;
}

static void fail_many(const Row *row)
{
    for (int i = 0; i < MANY; i++) {
        ck_assert(!pass(0, 0));
        check_that(nb_tried == row->ways * (1 + row->window),
                   "%s, frame %d: %u ways", row->scheme, i, nb_tried);
    }
}

START_TEST(after_many_failures_two_a_frame)
{
    const Row *row = &rows[_i];

    begin(row);
    fail_many(row);
    for (int i = 0; i < 100; i++) {
        ck_assert(!pass(0, 0));
        check_that(nb_tried == 1 + (row->ways * (1 + row->window) > 1),
                   "%s, frame %d: %u ways", row->scheme, i, nb_tried);
    }
    end();
}
END_TEST

/* A frame that nobody marked as a key frame needs the third way. */
START_TEST(another_way_is_found_nevertheless)
{
    int n = 0;

    begin(&rows[2]);
    fail_many(&rows[2]);
    for (int i = 0; i < 50; i++)
        pass(0, 0);
    ff_e2ee_keyring_clear(&sender.ring);
    session_init_scheme(&sender, "videosdk", E2EE_PEER_WEB, E2EE_CODEC_VP9);
    set_key(&sender, "another");
    while (!pass(1, 0))
        ck_assert_int_lt(++n, 3);
    ck_assert(pass(1, 0));
    ck_assert_uint_eq(nb_tried, 1);
    end();
}
END_TEST

START_TEST(a_step_of_the_ratchet_is_found_nevertheless)
{
    const Row *row = &rows[3];
    int n = 0;

    begin(row);
    fail_many(row);
    for (int i = 0; i < 50; i++)
        pass(0, 0);
    set_key(&sender, "another");
    ck_assert_int_eq(ff_e2ee_keyring_ratchet(&sender.ring, 0, row->window),
                     E2EE_OK);
    while (!pass(0, 0))
        ck_assert_int_lt(++n, row->ways * (1 + row->window));
    ck_assert(pass(0, 0));
    ck_assert_uint_eq(nb_tried, 1);
    end();
}
END_TEST

START_TEST(success_brings_all_ways_back)
{
    const Row *row = &rows[2];

    begin(row);
    fail_many(row);
    pass(0, 0);
    ck_assert_uint_eq(nb_tried, 2);
    set_key(&receiver, "one");
    ck_assert(pass(0, 0));
    set_key(&sender, "two");
    pass(0, 0);
    ck_assert_uint_eq(nb_tried, row->ways);
    end();
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("search", &tests);

    tcase_add_loop_test(tests, after_many_failures_two_a_frame, 0,
                        sizeof(rows) / sizeof(*rows));
    tcase_add_test(tests, another_way_is_found_nevertheless);
    tcase_add_test(tests, a_step_of_the_ratchet_is_found_nevertheless);
    tcase_add_test(tests, success_brings_all_ways_back);
    return run_suite(suite);
}
