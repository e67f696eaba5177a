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
 * Every scheme with every codec: what it takes comes back, what it does not
 * take is refused, and what is not as it was sealed opens as nothing else.
 */

#include <string.h>

#include "frames.h"

/* So many bytes in a row do not come twice by chance. */
#define WINDOW 12

#define OPUS (1 << E2EE_CODEC_OPUS)
#define VP8  (1 << E2EE_CODEC_VP8)
#define VP9  (1 << E2EE_CODEC_VP9)
#define AV1  (1 << E2EE_CODEC_AV1)
#define H264 (1 << E2EE_CODEC_H264)
#define H265 (1 << E2EE_CODEC_H265)
#define ALL  (OPUS | VP8 | VP9 | AV1 | H264 | H265)

static const struct {
    const char *scheme;
    int codecs[E2EE_PEER_NB];
} allowed[] = {
    { "dave",      { ALL,                    ALL } },
    { "jitsi",     { ALL,                    ALL } },
    { "livekit",   { ALL & ~AV1,             ALL } },
    { "nextcloud", { ALL,                    ALL } },
    { "sframe",    { ALL,                    ALL } },
    { "stream",    { OPUS | VP8 | VP9 | H264, OPUS | VP8 | VP9 | H264 } },
    { "videosdk",  { ALL,                    ALL } },
};

static int is_allowed(const char *scheme, int peer, int codec)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
        if (!strcmp(allowed[i].scheme, scheme))
            return allowed[i].codecs[peer] >> codec & 1;
    ck_abort_msg("nothing is said of %s", scheme);
}

static void set_key(E2EESession *session, unsigned index, uint8_t number)
{
    uint8_t secret[16];

    memset(secret, number, sizeof(secret));
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, index,
                                         ff_e2ee_scheme_kdf(session,
                                                            E2EE_KDF_AUTO,
                                                            1),
                                         secret, sizeof(secret)), E2EE_OK);
}

/* One scheme, peer and codec: a sender and a receiver that share a key. */
typedef struct Pair {
    E2EESession sender, receiver;
    uint64_t    seed;
} Pair;

static void start_pair(Pair *pair, const E2EEScheme *scheme, int peer,
                       int codec)
{
    session_init_scheme(&pair->sender, scheme->name, peer, codec);
    session_init_scheme(&pair->receiver, scheme->name, peer, codec);
    pair->receiver.ring.failure_tolerance = -1;
    pair->sender.key_index = 5 % scheme->ring_size;
    pair->seed = 100 * peer + codec;
    set_key(&pair->sender, pair->sender.key_index, 1);
    set_key(&pair->receiver, pair->sender.key_index, 1);
}

static void end_pair(Pair *pair)
{
    ff_e2ee_keyring_clear(&pair->sender.ring);
    ff_e2ee_keyring_clear(&pair->receiver.ring);
}

static Result open_anew(Pair *pair, const Bytes *sealed, int key)
{
    pair->receiver.replay = (E2EEReplay){ 0 };
    return open_frame(&pair->receiver, sealed->data, sealed->size, key);
}

/* Schemes that know NAL units give back four-byte start codes. */
static int is_frame(const Bytes *bytes, const TestFrame *frame)
{
    const Bytes *forms[] = { &frame->data, &frame->normal };

    for (int i = 0; i < 2; i++)
        if (bytes->size == forms[i]->size &&
            !memcmp(bytes->data, forms[i]->data, bytes->size))
            return 1;
    return 0;
}

static int holds(const Bytes *bytes, const uint8_t *window)
{
    for (size_t i = 0; i + WINDOW <= bytes->size; i++)
        if (!memcmp(bytes->data + i, window, WINDOW))
            return 1;
    return 0;
}

typedef void Property(Pair *pair, const TestFrame *frame, Bytes *sealed);

static void comes_back(Pair *pair, const TestFrame *frame, Bytes *sealed)
{
    Result opened = open_anew(pair, sealed, frame->key);

    check_that(!opened.reason, "%s, codec %d, peer %d, %d bytes: %s",
               pair->sender.scheme->name, frame->codec, pair->sender.peer,
               (int)frame->data.size, ff_e2ee_reason_name(opened.reason));
    check_that(is_frame(&opened.out, frame), "%s, codec %d, %d bytes",
               pair->sender.scheme->name, frame->codec,
               (int)frame->data.size);
    free_bytes(&opened.out);
}

/* Nothing of the end of a frame, which every scheme encrypts. */
static void is_encrypted(Pair *pair, const TestFrame *frame, Bytes *sealed)
{
    size_t size = frame->data.size;

    check_that(!holds(sealed, frame->data.data + size - WINDOW),
               "%s, codec %d", pair->sender.scheme->name, frame->codec);
}

/* It may open where a bit says nothing, as the same frame then. */
static void assert_unharmed(Pair *pair, const TestFrame *frame,
                            const Bytes *bytes, const char *what, size_t at)
{
    const uint8_t *end = frame->data.data + frame->data.size;
    Result opened = open_anew(pair, bytes, frame->key);

    if (!opened.reason)
        check_that(is_frame(&opened.out, frame), "%s, codec %d, %s %d",
                   pair->sender.scheme->name, frame->codec, what, (int)at);
    else
        check_that(!holds(&opened.out, end - WINDOW),
                   "%s, codec %d, %s %d: plaintext",
                   pair->sender.scheme->name, frame->codec, what, (int)at);
    free_bytes(&opened.out);
}

static void no_bit_changes_it(Pair *pair, const TestFrame *frame,
                              Bytes *sealed)
{
    for (size_t bit = 0; bit < 8 * sealed->size; bit++) {
        sealed->data[bit / 8] ^= 1 << bit % 8;
        assert_unharmed(pair, frame, sealed, "bit", bit);
        sealed->data[bit / 8] ^= 1 << bit % 8;
    }
    comes_back(pair, frame, sealed);
}

static void no_part_is_a_frame(Pair *pair, const TestFrame *frame,
                               Bytes *sealed)
{
    for (size_t size = 1; size < sealed->size; size++) {
        const Bytes start = { sealed->data, size };
        const Bytes end = { sealed->data + size, sealed->size - size };

        assert_unharmed(pair, frame, &start, "start of", size);
        assert_unharmed(pair, frame, &end, "end at", size);
    }
}

static void only_the_key_opens_it(Pair *pair, const TestFrame *frame,
                                  Bytes *sealed)
{
    unsigned index = pair->sender.key_index;
    Result opened;

    set_key(&pair->receiver, index, 2);
    opened = open_anew(pair, sealed, frame->key);
    check_that(ff_e2ee_state(opened.reason, 0) == E2EE_STATE_INVALID_KEY,
               "%s: %s", pair->sender.scheme->name,
               ff_e2ee_reason_name(opened.reason));
    free_bytes(&opened.out);
    ff_e2ee_keyring_unset(&pair->receiver.ring, index);
    opened = open_anew(pair, sealed, frame->key);
    check_that(opened.reason == E2EE_NO_KEY, "%s: %s",
               pair->sender.scheme->name, ff_e2ee_reason_name(opened.reason));
    free_bytes(&opened.out);
    set_key(&pair->receiver, index, 1);
    comes_back(pair, frame, sealed);
}

/* An AV1 frame without a size: DAVE rewrites those that have one. */
#define OBU_FRAME 0x30

static void try_property(Property *property, Pair *pair, size_t size)
{
    TestFrame frame = make_frame(&pair->seed, pair->sender.codec,
                                 E2EE_PEER_WEB, size, 0);
    Result sealed;

    if (frame.codec == E2EE_CODEC_AV1)
        frame.data.data[0] = frame.normal.data[0] = OBU_FRAME;
    sealed = seal_frame(&pair->sender, frame.data.data, frame.data.size,
                        frame.key);
    check_that(!sealed.reason, "%s, codec %d: %s",
               pair->sender.scheme->name, frame.codec,
               ff_e2ee_reason_name(sealed.reason));
    property(pair, &frame, &sealed.out);
    free_bytes(&sealed.out);
    free_frame(&frame);
}

static void for_all(Property *property, const size_t *sizes, size_t nb)
{
    for (int i = 0; ff_e2ee_schemes[i]; i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++)
            for (int codec = 1; codec < E2EE_CODEC_NB; codec++) {
                Pair pair;

                if (!is_allowed(ff_e2ee_schemes[i]->name, peer, codec))
                    continue;
                start_pair(&pair, ff_e2ee_schemes[i], peer, codec);
                for (size_t j = 0; j < nb; j++)
                    try_property(property, &pair, sizes[j]);
                end_pair(&pair);
            }
}

#define FOR(property, sizes) \
    for_all(property, sizes, sizeof(sizes) / sizeof(*sizes))

static const size_t sizes[] = {
    1, 2, 3, 9, 10, 11, 15, 16, 17, 31, 32, 33, 100, 255, 256, 1200, 5000,
    70000
};

static const size_t small_sizes[] = { 15, 60 };

START_TEST(what_is_not_allowed_is_refused)
{
    static const uint8_t data[64] = { 0, 0, 0, 1, 0x65, 0x88, 0x84 };

    for (int i = 0; ff_e2ee_schemes[i]; i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++)
            for (int codec = 0; codec < E2EE_CODEC_NB; codec++) {
                int takes = codec && is_allowed(ff_e2ee_schemes[i]->name,
                                                peer, codec);
                Pair pair;
                Result sealed, opened;

                start_pair(&pair, ff_e2ee_schemes[i], peer, codec);
                ck_assert_msg(!ff_e2ee_scheme_rules(&pair.sender) == !takes,
                              "%s, peer %d, codec %d",
                              ff_e2ee_schemes[i]->name, peer, codec);
                sealed = seal_frame(&pair.sender, data, sizeof(data), 1);
                opened = open_frame(&pair.receiver, data, sizeof(data), 1);
                ck_assert_int_eq(sealed.reason == E2EE_UNSUPPORTED, !takes);
                ck_assert_int_eq(opened.reason == E2EE_UNSUPPORTED, !takes);
                free_bytes(&sealed.out);
                free_bytes(&opened.out);
                end_pair(&pair);
            }
}
END_TEST

/* Nor does a scheme open what another one sealed with the same secret. */
START_TEST(schemes_do_not_mix)
{
    for (int i = 0; ff_e2ee_schemes[i]; i++)
        for (int j = 0; ff_e2ee_schemes[j]; j++) {
            Pair pair, other;
            TestFrame frame;
            Result sealed, opened;

            start_pair(&pair, ff_e2ee_schemes[i], 0, E2EE_CODEC_VP8);
            start_pair(&other, ff_e2ee_schemes[j], 0, E2EE_CODEC_VP8);
            frame  = make_frame(&pair.seed, E2EE_CODEC_VP8, 0, 100, 0);
            sealed = seal_frame(&pair.sender, frame.data.data,
                                frame.data.size, frame.key);
            ck_assert_int_eq(sealed.reason, E2EE_OK);
            opened = open_anew(&other, &sealed.out, frame.key);
            ck_assert_msg(!opened.reason == (i == j), "%s opens %s",
                          ff_e2ee_schemes[j]->name, ff_e2ee_schemes[i]->name);
            free_bytes(&opened.out);
            free_bytes(&sealed.out);
            free_frame(&frame);
            end_pair(&pair);
            end_pair(&other);
        }
}
END_TEST

START_TEST(round_trip)
{
    FOR(comes_back, sizes);
}
END_TEST

START_TEST(encryption)
{
    FOR(is_encrypted, small_sizes);
}
END_TEST

START_TEST(flipped_bits)
{
    FOR(no_bit_changes_it, small_sizes);
}
END_TEST

START_TEST(truncation)
{
    FOR(no_part_is_a_frame, small_sizes);
}
END_TEST

START_TEST(keys)
{
    FOR(only_the_key_opens_it, small_sizes);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("matrix", &tests);

    tcase_add_test(tests, what_is_not_allowed_is_refused);
    tcase_add_test(tests, schemes_do_not_mix);
    tcase_add_test(tests, round_trip);
    tcase_add_test(tests, encryption);
    tcase_add_test(tests, flipped_bits);
    tcase_add_test(tests, truncation);
    tcase_add_test(tests, keys);
    return run_suite(suite);
}
