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

#include "frames.h"

/* A VP8 key frame: 10 bytes stay clear. */
static const uint8_t vp8[] = {
    0x10, 2, 0, 0x9d, 1, 0x2a, 8, 0, 8, 0, 'a', ' ', 's', 'e', 'c', 'r', 'e',
    't', ' ', 'p', 'i', 'c', 't', 'u', 'r', 'e'
};

static E2EESession sender, receiver;

static void setup_codec(enum E2EECodec codec)
{
    session_init(&sender, E2EE_PEER_WEB, codec);
    session_init(&receiver, E2EE_PEER_WEB, codec);
}

static void setup(void)
{
    setup_codec(E2EE_CODEC_VP8);
}

static void teardown(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

static Bytes seal_some(const uint8_t *data, size_t size)
{
    Result result = seal_frame(&sender, data, size, 1);

    ck_assert_msg(!result.reason, "%s", ff_e2ee_reason_name(result.reason));
    return result.out;
}

/* Opened or not; frees what came out. */
static enum E2EEReason try_open(const Bytes *sealed)
{
    Result result = open_frame(&receiver, sealed->data, sealed->size, 1);

    if (!result.reason && receiver.codec == E2EE_CODEC_VP8)
        assert_bytes("opened", result.out.data, result.out.size, vp8,
                     sizeof(vp8));
    free_bytes(&result.out);
    return result.reason;
}

static void flip(Bytes *sealed)
{
    sealed->data[12] ^= 1;
}

START_TEST(no_key_is_no_frame)
{
    Result result = seal_frame(&sender, vp8, sizeof(vp8), 1);
    Bytes sealed;

    ck_assert_int_eq(result.reason, E2EE_NO_KEY);
    free_bytes(&result.out);

    session_set_key(&sender, 3, 1);
    result = seal_frame(&sender, vp8, sizeof(vp8), 1);
    ck_assert_int_eq(result.reason, E2EE_NO_KEY);
    free_bytes(&result.out);

    sender.key_index = 3;
    sealed = seal_some(vp8, sizeof(vp8));
    ck_assert_int_eq(try_open(&sealed), E2EE_NO_KEY);
    session_set_key(&receiver, 4, 1);
    ck_assert_int_eq(try_open(&sealed), E2EE_NO_KEY);
    session_set_key(&receiver, 3, 1);
    ck_assert_int_eq(try_open(&sealed), E2EE_OK);
    free_bytes(&sealed);
}
END_TEST

START_TEST(the_index_is_sent_modulo_the_ring)
{
    for (unsigned index = 0; index < 40; index++) {
        Bytes sealed;

        sender.key_index = index;
        session_set_key(&sender, index, 1);
        session_set_key(&receiver, index, 1);
        sealed = seal_some(vp8, sizeof(vp8));
        ck_assert_uint_eq(sealed.data[sealed.size - 1], index % 16);
        ck_assert_int_eq(try_open(&sealed), E2EE_OK);

        /* A receiver takes it as it is. */
        sealed.data[sealed.size - 1] += 16;
        ck_assert_int_eq(try_open(&sealed), E2EE_NO_KEY);
        free_bytes(&sealed);
        ff_e2ee_keyring_unset(&sender.ring, index);
        ff_e2ee_keyring_unset(&receiver.ring, index);
    }
}
END_TEST

/* Wrong until it has opened a frame; then a frame that it does not open was
 * damaged; a new key begins anew. */
START_TEST(wrong_or_damaged)
{
    Bytes good, bad;

    session_set_key(&sender, 0, 1);
    good = seal_some(vp8, sizeof(vp8));
    bad  = copy_bytes(good.data, good.size);
    flip(&bad);

    session_set_key(&receiver, 0, 2);
    ck_assert_int_eq(try_open(&good), E2EE_WRONG_KEY);
    session_set_key(&receiver, 0, 1);
    ck_assert_int_eq(try_open(&bad), E2EE_WRONG_KEY);
    ck_assert_int_eq(try_open(&good), E2EE_OK);
    ck_assert_int_eq(try_open(&bad), E2EE_DAMAGED);
    ck_assert_int_eq(try_open(&good), E2EE_OK);
    session_set_key(&receiver, 0, 2);
    ck_assert_int_eq(try_open(&good), E2EE_WRONG_KEY);
    free_bytes(&good);
    free_bytes(&bad);
}
END_TEST

START_TEST(tolerance_bars_a_key_until_a_new_one)
{
    Bytes good, bad;

    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    receiver.ring.failure_tolerance = 2;
    good = seal_some(vp8, sizeof(vp8));
    bad  = copy_bytes(good.data, good.size);
    flip(&bad);

    for (int round = 0; round < 3; round++) {
        ck_assert_int_eq(try_open(&bad),
                         round ? E2EE_DAMAGED : E2EE_WRONG_KEY);
        ck_assert_int_eq(try_open(&bad),
                         round ? E2EE_DAMAGED : E2EE_WRONG_KEY);
        ck_assert_int_eq(try_open(&good), E2EE_OK);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(try_open(&bad), E2EE_DAMAGED);
    ck_assert_int_eq(try_open(&good), E2EE_KEY_BARRED);
    ck_assert_int_eq(try_open(&bad), E2EE_KEY_BARRED);
    session_set_key(&receiver, 0, 1);
    ck_assert_int_eq(try_open(&good), E2EE_OK);
    free_bytes(&good);
    free_bytes(&bad);
}
END_TEST

START_TEST(what_was_never_sealed_is_told_apart)
{
    static const struct {
        enum E2EECodec codec;
        const char *hex;
    } frames[] = {
        { E2EE_CODEC_OPUS, "f8" },
        { E2EE_CODEC_OPUS, "f8fffe" },
        { E2EE_CODEC_OPUS, "0c00" },
        { E2EE_CODEC_OPUS, "782027202720272027202720272027202720272027" },
        { E2EE_CODEC_VP8,  "1002009d012a080008000047088585888584880202000c0d"
                           "6000feffab5080" },
        { E2EE_CODEC_VP8,  "1002009d012a0800080000470c00" },
        { E2EE_CODEC_VP9,  "860040920020" },
        { E2EE_CODEC_AV1,  "12000a0b0000" },
        { E2EE_CODEC_H264, "000000016588840af2628000a7be" },
        { E2EE_CODEC_H264, "000000016588840af2628000a70c" },
        { E2EE_CODEC_H264, "0000000109f0" },
        { E2EE_CODEC_H264, "0c" },
        { E2EE_CODEC_H265, "000000012601af1520272e35" },
    };

    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        Bytes frame = hex_bytes(frames[i].hex);
        enum E2EEReason reason;

        setup_codec(frames[i].codec);
        session_set_key(&receiver, 0, 1);
        reason = try_open(&frame);
        ck_assert_msg(reason == E2EE_NOT_SEALED, "%s: %s", frames[i].hex,
                      ff_e2ee_reason_name(reason));
        ck_assert_uint_eq(receiver.ring.slots[0]->failures, 0);
        ff_e2ee_keyring_clear(&receiver.ring);
        free_bytes(&frame);
    }
}
END_TEST

START_TEST(frames_that_cannot_be_sealed)
{
    static const struct {
        enum E2EECodec codec;
        const char *hex;
        enum E2EEReason reason;
    } frames[] = {
        { E2EE_CODEC_VP8,  "1002009d012a080008", E2EE_TOO_SHORT },
        { E2EE_CODEC_VP8,  "d103", E2EE_TOO_SHORT },
        { E2EE_CODEC_VP9,  "824983420013f00020", E2EE_TOO_SHORT },
        { E2EE_CODEC_H264, "00000005658884aabb", E2EE_NOT_ANNEXB },
        { E2EE_CODEC_H264, "0000000167640000", E2EE_NO_SLICE },
        { E2EE_CODEC_H264, "0000000165", E2EE_TOO_SHORT },
        { E2EE_CODEC_H264, "000000014100809a20", E2EE_UNSAFE_PREFIX },
        { E2EE_CODEC_H265, "000000010200d020", E2EE_UNSAFE_PREFIX },
        { E2EE_CODEC_H265, "00000008260100aabbccddee", E2EE_NOT_ANNEXB },
    };

    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        Bytes frame = hex_bytes(frames[i].hex);
        Result result;

        setup_codec(frames[i].codec);
        session_set_key(&sender, 0, 1);
        result = seal_frame(&sender, frame.data, frame.size, 1);
        ck_assert_msg(result.reason == frames[i].reason, "%s: %s",
                      frames[i].hex, ff_e2ee_reason_name(result.reason));
        free_bytes(&result.out);
        free_bytes(&frame);
        ff_e2ee_keyring_clear(&sender.ring);
    }
}
END_TEST

START_TEST(a_final_zero_that_a_muxer_took_off)
{
    for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
        for (unsigned index = 0; index < 2; index++) {
            uint64_t seed = codec;
            TestFrame frame = make_frame(&seed, codec, E2EE_PEER_WEB, 40, 0);
            int nal_units = codec == E2EE_CODEC_H264 ||
                            codec == E2EE_CODEC_H265;
            enum E2EEReason want = nal_units && !index ? E2EE_OK :
                                   nal_units ? E2EE_NO_KEY : E2EE_NOT_SEALED;
            Bytes sealed;

            setup_codec(codec);
            sender.key_index = index;
            session_set_key(&sender, index, 1);
            session_set_key(&receiver, index, 1);
            sealed = seal_some(frame.data.data, frame.data.size);
            /* So that its last two bytes are no trailer by chance. */
            sealed.data[sealed.size - 3] ^= sealed.data[sealed.size - 3] ==
                                            E2EE_IV_SIZE && want;
            ck_assert_int_eq(sealed.data[sealed.size - 1], index);
            sealed.size--;
            ck_assert_msg(try_open(&sealed) == want, "codec %d", codec);
            free_bytes(&sealed);
            free_frame(&frame);
            teardown();
        }
}
END_TEST

/* Index 12 ends in 0C 0C: the last byte is not lost, it is the index. */
START_TEST(index_12_is_not_taken_for_a_lost_zero)
{
    Bytes sealed;
    Result result;

    setup_codec(E2EE_CODEC_H264);
    sender.key_index = 12;
    session_set_key(&sender, 12, 1);
    session_set_key(&receiver, 12, 1);
    session_set_key(&receiver, 0, 2);
    sealed = seal_some(x264_idr, X264_IDR_SIZE);
    result = open_frame(&receiver, sealed.data, sealed.size, 1);
    ck_assert_int_eq(result.reason, E2EE_OK);
    ck_assert_uint_eq(result.key_index, 12);
    free_bytes(&result.out);

    sealed.data[X264_IDR_CLEAR] ^= 1;
    result = open_frame(&receiver, sealed.data, sealed.size, 1);
    ck_assert_int_eq(result.reason, E2EE_DAMAGED);
    ck_assert_uint_eq(result.key_index, 12);
    free_bytes(&result.out);
    free_bytes(&sealed);
}
END_TEST

/* Of an access unit without slice clients keep 10 bytes clear, or none, and
 * escape nothing: here an IV that looks escaped must stay as it is. */
START_TEST(h264_without_a_slice_opens_in_each_form)
{
    static const uint8_t iv[E2EE_IV_SIZE] = { 9, 0, 0, 3, 0, 0, 3, 1 };

    for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
        E2EENonce nonce;
        Bytes sealed;
        Result result;

        setup_codec(E2EE_CODEC_VP9);
        sender.peer       = peer;
        sender.test_nonce = &nonce;
        sender.choose_iv = 0;
        ff_e2ee_nonce_init_fixed(&nonce, iv);
        session_set_key(&sender, 0, 1);
        sealed = seal_some(x264_idr, X264_IDR_SETS);
        teardown();
        setup_codec(E2EE_CODEC_H264);
        session_set_key(&receiver, 0, 1);
        result = open_frame(&receiver, sealed.data, sealed.size, 1);
        ck_assert_int_eq(result.reason, E2EE_OK);
        assert_bytes("opened", result.out.data, result.out.size, x264_idr,
                     X264_IDR_SETS);
        free_bytes(&result.out);
        free_bytes(&sealed);
        teardown();
    }
}
END_TEST

/* Too short for 10 or 3 clear bytes, which says nothing: with none it has
 * all that a sealed frame has, and is not authentic. */
START_TEST(the_way_that_fits_gives_the_reason)
{
    static const uint8_t data[] = { 0x82, 0x49 };
    Bytes sealed;

    setup_codec(E2EE_CODEC_VP9);
    sender.peer = receiver.peer = E2EE_PEER_NATIVE;
    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    sealed = seal_some(data, sizeof(data));
    ck_assert_uint_eq(sealed.size, 32);
    sealed.data[0] ^= 1;
    for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
        receiver.peer = peer;
        ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    }
    free_bytes(&sealed);
}
END_TEST

static void set_passphrase(E2EESession *session)
{
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, 0, E2EE_KDF_HKDF,
                                         (const uint8_t *)"shared", 6),
                     E2EE_OK);
}

static void ratchet(E2EEKeyRing *ring, int steps)
{
    while (steps--)
        ff_e2ee_keyring_commit(ring, 0,
                               ff_e2ee_keyring_ahead(ring, ring->slots[0]));
}

START_TEST(a_window_opens_what_is_so_many_steps_ahead)
{
    for (unsigned window = 0; window < 5; window++)
        for (unsigned ahead = 0; ahead < 7; ahead++) {
            E2EEKey *old;
            Bytes before, sealed;
            int opens = ahead <= window;

            setup();
            set_passphrase(&sender);
            set_passphrase(&receiver);
            receiver.ring.ratchet_window = window;
            before = seal_some(vp8, sizeof(vp8));
            ratchet(&sender.ring, ahead);
            sealed = seal_some(vp8, sizeof(vp8));
            old    = receiver.ring.slots[0];

            ck_assert_int_eq(try_open(&before), E2EE_OK);
            ck_assert_int_eq(try_open(&sealed),
                             opens ? E2EE_OK : E2EE_DAMAGED);
            /* What opened is the key from now on; what did not changed
             * nothing. */
            ck_assert_int_eq(receiver.ring.slots[0] == old,
                             !opens || !ahead);
            ck_assert_int_eq(try_open(&before),
                             opens && ahead ? E2EE_DAMAGED : E2EE_OK);
            if (opens) {
                receiver.ring.ratchet_window = 0;
                ck_assert_int_eq(try_open(&sealed), E2EE_OK);
            }
            free_bytes(&before);
            free_bytes(&sealed);
            teardown();
        }
}
END_TEST

START_TEST(without_a_success_a_window_is_a_wrong_key_still)
{
    Bytes sealed;

    session_set_key(&sender, 0, 1);
    set_passphrase(&receiver);
    receiver.ring.ratchet_window = 3;
    sealed = seal_some(vp8, sizeof(vp8));
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    ck_assert_uint_eq(receiver.ring.slots[0]->failures, 2);
    free_bytes(&sealed);
}
END_TEST

/* VP9 of a worker that knows the codec has nothing clear. */
START_TEST(what_worked_is_tried_first)
{
    static const uint8_t data[64] = { 0x82, 0x49, 0x83 };
    Bytes web, native;
    int attempt;

    setup_codec(E2EE_CODEC_VP9);
    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    web         = seal_some(data, sizeof(data));
    sender.peer = E2EE_PEER_NATIVE;
    native      = seal_some(data, sizeof(data));

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(try_open(&web), E2EE_OK);
        ck_assert_int_eq(receiver.last_attempt, 0);
        ck_assert_int_eq(try_open(&native), E2EE_OK);
        attempt = receiver.last_attempt;
        ck_assert_int_ne(attempt, 0);
        ck_assert_int_eq(try_open(&native), E2EE_OK);
        ck_assert_int_eq(receiver.last_attempt, attempt);
    }
    free_bytes(&web);
    free_bytes(&native);
}
END_TEST

/* The parameter sets of the extradata and a dropped SEI, all the way. */
START_TEST(an_access_unit_is_made_safe_and_opens)
{
    Bytes sets = copy_bytes(x264_idr, X264_IDR_SETS);
    static const uint8_t bare[] = {
        0, 0, 1, 9, 0xf0, 0, 0, 1, 6, 5, 1, 0x80, 0, 0, 1, 0x65, 0x88, 0x84,
        0x3a, 0x0c, 0x60, 0x08, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
        0x88, 0x99
    };
    Bytes sealed;
    Result result;

    setup_codec(E2EE_CODEC_H264);
    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
    sender.drop_sei            = E2EE_DROP_SEI_ALWAYS;
    sender.parameter_sets      = sets.data;
    sender.parameter_sets_size = sets.size;
    sealed = seal_some(bare, sizeof(bare));
    assert_bytes("clear", sealed.data, X264_IDR_CLEAR, x264_idr,
                 X264_IDR_CLEAR);
    result = open_frame(&receiver, sealed.data, sealed.size, 1);
    ck_assert_int_eq(result.reason, E2EE_OK);
    assert_bytes("opened", result.out.data, result.out.size, x264_idr,
                 sizeof(x264_idr));
    free_bytes(&result.out);
    free_bytes(&sealed);
    free_bytes(&sets);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("trailer", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, no_key_is_no_frame);
    tcase_add_test(tests, the_index_is_sent_modulo_the_ring);
    tcase_add_test(tests, wrong_or_damaged);
    tcase_add_test(tests, tolerance_bars_a_key_until_a_new_one);
    tcase_add_test(tests, what_was_never_sealed_is_told_apart);
    tcase_add_test(tests, frames_that_cannot_be_sealed);
    tcase_add_test(tests, a_final_zero_that_a_muxer_took_off);
    tcase_add_test(tests, index_12_is_not_taken_for_a_lost_zero);
    tcase_add_test(tests, h264_without_a_slice_opens_in_each_form);
    tcase_add_test(tests, the_way_that_fits_gives_the_reason);
    tcase_add_test(tests, a_window_opens_what_is_so_many_steps_ahead);
    tcase_add_test(tests, without_a_success_a_window_is_a_wrong_key_still);
    tcase_add_test(tests, what_worked_is_tried_first);
    tcase_add_test(tests, an_access_unit_is_made_safe_and_opens);
    return run_suite(suite);
}
