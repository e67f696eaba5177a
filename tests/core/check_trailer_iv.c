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

/* Which IV a frame gets. */

#include <stdio.h>
#include <string.h>

#include "e2ee_h264.h"
#include "frames.h"

/* It has all that receivers read in the clear byte. */
static const uint8_t openh264_idr[] = {
    0, 0, 0, 1, 0x65, 0xb8, 1, 2, 3, 4, 5
};

static E2EESession sender, receiver;

static void setup_codec(enum E2EECodec codec)
{
    session_init(&sender, E2EE_PEER_WEB, codec);
    session_init(&receiver, E2EE_PEER_WEB, codec);
}

static void setup(void)
{
    setup_codec(E2EE_CODEC_H264);
}

static void teardown(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

/* The sequence of the sender's key, drawn now, to be changed. */
static E2EENonce *drawn_nonce(void)
{
    E2EENonce *nonce = &sender.ring.slots[0]->nonce;
    uint8_t iv[E2EE_IV_SIZE];

    ck_assert_int_eq(ff_e2ee_nonce_next(nonce, iv), E2EE_OK);
    return nonce;
}

static Bytes seal_some(const uint8_t *data, size_t size)
{
    Result result = seal_frame(&sender, data, size, 1);

    ck_assert_msg(!result.reason, "%s", ff_e2ee_reason_name(result.reason));
    return result.out;
}

static enum E2EEReason try_open(const Bytes *sealed)
{
    Result result = open_frame(&receiver, sealed->data, sealed->size, 1);

    free_bytes(&result.out);
    return result.reason;
}

START_TEST(a_spent_key_seals_no_more)
{
    Result result;

    session_set_key(&sender, 0, 1);
    sender.choose_iv = 0;
    drawn_nonce()->left = 1;
    result = seal_frame(&sender, x264_idr, X264_IDR_SIZE, 1);
    ck_assert_int_eq(result.reason, E2EE_OK);
    free_bytes(&result.out);
    for (; sender.choose_iv < 2; sender.choose_iv++) {
        result = seal_frame(&sender, x264_idr, X264_IDR_SIZE, 1);
        ck_assert_int_eq(result.reason, E2EE_IV_SPENT);
        free_bytes(&result.out);
    }
}
END_TEST

START_TEST(a_test_iv_is_taken_as_it_is)
{
    const uint8_t iv[E2EE_IV_SIZE] = { 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1 };
    E2EENonce nonce;

    session_set_key(&sender, 1, 1);
    session_set_key(&receiver, 1, 1);
    sender.key_index  = 1;
    sender.test_nonce = &nonce;
    sender.choose_iv = 0;
    ff_e2ee_nonce_init_fixed(&nonce, iv);
    for (int i = 0; i < 3; i++) {
        Bytes sealed = seal_some(x264_idr, X264_IDR_SIZE);
        static const uint8_t tails[3][10] = {
            { 0, 0, 3, 1, 0, 0, 3, 1, 12, 1 },
            { 0, 0, 3, 1, 0, 0, 3, 2, 12, 1 },
            { 0, 0, 3, 1, 0, 0, 3, 3, 12, 1 },
        };

        assert_bytes("tail", sealed.data + sealed.size - 10, 10, tails[i],
                     10);
        ck_assert_int_eq(try_open(&sealed), E2EE_OK);
        free_bytes(&sealed);
    }
    ck_assert_uint_eq(sender.iv_retries, 0);
}
END_TEST

/* The first slice as a receiver reads it before it decrypts. */
static int reads_as(const Bytes *sealed, size_t clear,
                    const E2EESliceStart *want)
{
    E2EESliceStart start;

    return ff_e2ee_h264_slice_start(&start, sealed->data + clear - 1,
                                    sealed->size - clear + 1, 1) &&
           start.first_mb   == want->first_mb &&
           start.slice_type == want->slice_type &&
           start.pps_id     == want->pps_id;
}

#define FRAMES 600

/* Half of the IVs keep pps_id 0, which is one bit: two tries on average. */
START_TEST(an_iv_is_chosen_that_keeps_the_slice_header_readable)
{
    const E2EESliceStart want = { 0, 7, 0, 9 };
    int readable = 0;

    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    for (int i = 0; i < FRAMES; i++) {
        Bytes sealed = seal_some(x264_idr, X264_IDR_SIZE);

        check_that(reads_as(&sealed, X264_IDR_CLEAR, &want), "frame %d", i);
        check_that(!try_open(&sealed), "frame %d", i);
        free_bytes(&sealed);
    }
    printf("# %.2f IVs a frame of x264's\n",
           1 + sender.iv_retries / (double)FRAMES);
    ck_assert_uint_gt(sender.iv_retries, FRAMES * 7 / 10);
    ck_assert_uint_lt(sender.iv_retries, FRAMES * 14 / 10);

    sender.iv_retries = 0;
    sender.choose_iv  = 0;
    for (int i = 0; i < FRAMES; i++) {
        Bytes sealed = seal_some(x264_idr, X264_IDR_SIZE);

        readable += reads_as(&sealed, X264_IDR_CLEAR, &want);
        check_that(!try_open(&sealed), "frame %d", i);
        free_bytes(&sealed);
    }
    ck_assert_uint_eq(sender.iv_retries, 0);
    ck_assert_int_gt(readable, FRAMES * 3 / 10);
    ck_assert_int_lt(readable, FRAMES * 7 / 10);
}
END_TEST

START_TEST(no_iv_is_passed_over_without_need)
{
    session_set_key(&sender, 0, 1);
    memset(drawn_nonce()->iv + 8, 0x80, 4);
    for (int i = 0; i < FRAMES; i++) {
        Bytes sealed = seal_some(openh264_idr, sizeof(openh264_idr));

        free_bytes(&sealed);
    }
    ck_assert_uint_eq(sender.iv_retries, 0);
}
END_TEST

/* Two zeros and a byte below 4 are passed by counting on. */
START_TEST(counters_that_need_an_escape_are_passed_over)
{
    static const struct {
        uint8_t from[4];
        uint64_t retries;
    } counts[] = {
        { { 9, 9, 0, 0 },       0 },            // 0C follows the zeros
        { { 9, 0, 0, 0 },       4 },            // 9 0 0 4
        { { 0, 0, 0, 0 },    1024 },            // 0 0 4 0
        { { 0, 0, 3, 0xff },    1 },            // 0 0 4 0
        { { 0xff, 0xff, 0xff, 0xff }, 0 },
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        Bytes sealed;

        session_set_key(&sender, 0, 1);
        memcpy(drawn_nonce()->iv + 8, counts[i].from, 4);
        sender.iv_retries = 0;
        sealed = seal_some(openh264_idr, sizeof(openh264_idr));
        ck_assert_msg(sender.iv_retries == counts[i].retries,
                      "row %d: %d", (int)i, (int)sender.iv_retries);
        free_bytes(&sealed);
    }
}
END_TEST

/* first_slice_segment_in_pic_flag is the first sealed bit of H.265: one of
 * two IVs keeps it, and the counts that need an escape are passed over, too. */
START_TEST(h265_keeps_the_flag_of_the_first_slice)
{
    uint8_t data[] = { 0, 0, 0, 1, 2, 1, 0xd0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

    teardown();
    setup_codec(E2EE_CODEC_H265);
    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    memset(drawn_nonce()->iv + 8, 0, 4);
    for (int i = 0; i < FRAMES; i++) {
        Bytes sealed;

        data[6] ^= 0x80;
        sealed = seal_some(data, sizeof(data));
        check_that(!((sealed.data[6] ^ data[6]) & 0x80), "frame %d", i);
        check_that(!try_open(&sealed), "frame %d", i);
        free_bytes(&sealed);
    }
    ck_assert_uint_gt(sender.iv_retries, 1024 + FRAMES * 7 / 10);
    ck_assert_uint_lt(sender.iv_retries, 1024 + FRAMES * 14 / 10);
}
END_TEST

/* After so many tries the search is given up and warned of, and the frame
 * sealed all the same. */
START_TEST(a_hopeless_choice_ends)
{
    /* 65 88, then pps_id 255 of 17 bits: one IV in 2^17 reads right. */
    static const uint8_t data[] = { 0, 0, 0, 1, 0x65, 0x88, 0, 0x80, 0x40, 1,
                                    2, 3, 4, 5, 6, 7, 8, 9 };
    int warned = 0;

    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    for (int i = 0; i < 12 && !warned; i++) {
        Result result = seal_frame(&sender, data, sizeof(data), 0);

        ck_assert_int_eq(result.reason, E2EE_OK);
        warned = !!(result.warnings & E2EE_WARN_IV_NOT_CHOSEN);
        ck_assert_int_eq(try_open(&result.out), E2EE_OK);
        free_bytes(&result.out);
    }
    ck_assert_int_eq(warned, 1);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("trailer_iv", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_spent_key_seals_no_more);
    tcase_add_test(tests, a_test_iv_is_taken_as_it_is);
    tcase_add_test(tests,
                   an_iv_is_chosen_that_keeps_the_slice_header_readable);
    tcase_add_test(tests, no_iv_is_passed_over_without_need);
    tcase_add_test(tests, counters_that_need_an_escape_are_passed_over);
    tcase_add_test(tests, h265_keeps_the_flag_of_the_first_slice);
    tcase_add_test(tests, a_hopeless_choice_ends);
    return run_suite(suite);
}
