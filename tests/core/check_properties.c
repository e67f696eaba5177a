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
 * What must hold for any frame, tried with frames from fixed seeds. The IVs
 * are drawn anew in each run.
 */

#include <stdlib.h>
#include <string.h>

#include "e2ee_annexb.h"
#include "frames.h"

#define TAIL_SIZE (E2EE_IV_SIZE + 2)
#define OVERHEAD  (E2EE_TAG_SIZE + TAIL_SIZE)

/* So many bytes in a row do not come twice by chance. */
#define WINDOW 8

/* A sender and a receiver that share a key. */
typedef struct Pair {
    E2EESession sender, receiver;
} Pair;

static void start_pair(Pair *pair, enum E2EEPeer peer, enum E2EECodec codec,
                       unsigned key_size, unsigned key_index)
{
    session_init(&pair->sender, peer, codec);
    session_init(&pair->receiver, peer, codec);
    pair->sender.ring.key_size   = key_size;
    pair->receiver.ring.key_size = key_size;
    pair->sender.key_index       = key_index;
    session_set_key(&pair->sender, key_index, 0x42);
    session_set_key(&pair->receiver, key_index, 0x42);
}

static void end_pair(Pair *pair)
{
    ff_e2ee_keyring_clear(&pair->sender.ring);
    ff_e2ee_keyring_clear(&pair->receiver.ring);
}

static int has_nal_units(const TestFrame *frame)
{
    return frame->codec == E2EE_CODEC_H264 ||
           frame->codec == E2EE_CODEC_H265;
}

typedef void Property(uint64_t *seed, Pair *pair, const TestFrame *frame,
                      const Bytes *sealed);

static void comes_back_empty(uint64_t *seed, Pair *pair,
                             const TestFrame *frame, const Bytes *sealed)
{
    check_that(!sealed->size, "%d bytes", (int)sealed->size);
}

static void try_property(Property *property, uint64_t *seed, Pair *pair,
                         size_t size, int zeros)
{
    TestFrame frame = make_frame(seed, pair->sender.codec, pair->sender.peer,
                                 size, zeros);
    Result sealed = seal_frame(&pair->sender, frame.data.data,
                               frame.data.size, frame.key);

    /* An empty one is not sealed. */
    if (!frame.data.size)
        property = comes_back_empty;
    check_that(!sealed.reason, "codec %d: %s", frame.codec,
               ff_e2ee_reason_name(sealed.reason));
    property(seed, pair, &frame, &sealed.out);
    free_bytes(&sealed.out);
    free_frame(&frame);
}

/* Over all codecs, peers, key sizes; index 0 as well as another. */
static void for_frames(Property *property, const size_t *sizes, size_t nb)
{
    uint64_t seed = 20;

    for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
        for (unsigned n = 0; n < 8; n++) {
            Pair pair;

            start_pair(&pair, n & 1 ? E2EE_PEER_NATIVE : E2EE_PEER_WEB,
                       codec, n & 2 ? 32 : 16, n & 4 ? 0 : 5);
            for (size_t i = 0; i < nb; i++)
                try_property(property, &seed, &pair, sizes[i],
                             random_below(&seed, 2));
            end_pair(&pair);
        }
}

static void comes_back(uint64_t *seed, Pair *pair, const TestFrame *frame,
                       const Bytes *sealed)
{
    Result opened = open_frame(&pair->receiver, sealed->data, sealed->size,
                               frame->key);

    check_that(!opened.reason, "codec %d, %d bytes: %s", frame->codec,
               (int)frame->data.size, ff_e2ee_reason_name(opened.reason));
    assert_bytes("opened", opened.out.data, opened.out.size,
                 frame->normal.data, frame->normal.size);
    check_that(opened.key_index == pair->sender.key_index, "index %u",
               opened.key_index);
    free_bytes(&opened.out);
}

/* Clear bytes as they were, the overhead, escapes where they belong. */
static void has_the_form(uint64_t *seed, Pair *pair, const TestFrame *frame,
                         const Bytes *sealed)
{
    const uint8_t *region = sealed->data + frame->clear;
    const uint8_t *end = sealed->data + sealed->size;
    size_t size = end - region;
    uint8_t *plain;
    size_t plain_size = size;

    check_that(sealed->size >= frame->clear + OVERHEAD, "%d bytes",
               (int)sealed->size);
    assert_bytes("clear", sealed->data, frame->clear, frame->normal.data,
                 frame->clear);
    check_that(end[-2] == E2EE_IV_SIZE &&
               end[-1] == pair->sender.key_index, "%02x %02x", end[-2],
               end[-1]);
    plain = malloc(size);
    check_that(!!plain, "out of memory");
    if (has_nal_units(frame)) {
        for (const uint8_t *p = region - 1; p + 2 < end; p++)
            check_that(p[0] || p[1] || p[2] >= 3,
                       "start code at %d of %d", (int)(p - sealed->data),
                       (int)sealed->size);
        plain_size = ff_e2ee_unescape(plain, region, size);
        check_that(plain_size >= TAIL_SIZE &&
                   !memcmp(plain + plain_size - TAIL_SIZE, end - TAIL_SIZE,
                           TAIL_SIZE), "an escape in the trailer");
    }
    check_that(plain_size == frame->normal.size - frame->clear + OVERHEAD,
               "%d sealed bytes of %d", (int)plain_size,
               (int)(frame->normal.size - frame->clear));
    free(plain);
}

static int holds(const Bytes *bytes, const uint8_t *window)
{
    for (size_t i = 0; i + WINDOW <= bytes->size; i++)
        if (!memcmp(bytes->data + i, window, WINDOW))
            return 1;
    return 0;
}

/* Refused, and nothing of what was secret is in the output's room. */
static void assert_refused(const char *what, size_t where, Pair *pair,
                           const TestFrame *frame, const uint8_t *data,
                           size_t size, int look)
{
    const uint8_t *secret = frame->normal.data + frame->clear;
    size_t length = frame->normal.size - frame->clear;
    Result result = open_frame(&pair->receiver, data, size, frame->key);

    check_that(result.reason, "%s %d of %d: opened, codec %d", what,
               (int)where, (int)size, frame->codec);
    if (look && length >= WINDOW)
        check_that(!holds(&result.out, secret) &&
                   !holds(&result.out, secret + length - WINDOW),
                   "%s %d of %d: plaintext", what, (int)where, (int)size);
    free_bytes(&result.out);
}

static void no_bit_can_change(uint64_t *seed, Pair *pair,
                              const TestFrame *frame, const Bytes *sealed)
{
    size_t bits = 8 * sealed->size;
    size_t step = sealed->size > 400 ? 1 + random_below(seed, 97) : 1;

    for (size_t bit = 0; bit < bits; bit += step) {
        sealed->data[bit / 8] ^= 1 << bit % 8;
        assert_refused("bit", bit, pair, frame, sealed->data, sealed->size,
                       0);
        sealed->data[bit / 8] ^= 1 << bit % 8;
    }
    comes_back(seed, pair, frame, sealed);
}

static void nothing_can_be_cut_off(uint64_t *seed, Pair *pair,
                                   const TestFrame *frame,
                                   const Bytes *sealed)
{
    int nal_units = has_nal_units(frame);
    size_t size = sealed->size - 1;

    /* The one byte that a muxer may take off. */
    if (nal_units && !sealed->data[size]) {
        const Bytes stripped = { sealed->data, size };

        comes_back(seed, pair, frame, &stripped);
        size--;
    }
    for (; size; size--)
        assert_refused("size", size, pair, frame, sealed->data, size, 0);
    /* A start code without its first zero is still one. */
    for (size = 1 + nal_units; size < sealed->size; size++)
        assert_refused("start", size, pair, frame, sealed->data + size,
                       sealed->size - size, 0);
}

static void nothing_can_be_added(uint64_t *seed, Pair *pair,
                                 const TestFrame *frame, const Bytes *sealed)
{
    static const uint8_t bytes[] = { 0, 1, 3, 12, 255 };
    uint8_t *data = malloc(sealed->size + 1);

    check_that(!!data, "out of memory");
    for (size_t at = frame->clear; at <= sealed->size; at++)
        for (size_t i = 0; i < sizeof(bytes); i++) {
            /* Behind two zeros it is an escape, which is taken out. */
            if (bytes[i] == 3 && has_nal_units(frame) && at >= 2 &&
                !sealed->data[at - 1] && !sealed->data[at - 2])
                continue;
            memcpy(data, sealed->data, at);
            data[at] = bytes[i];
            memcpy(data + at + 1, sealed->data + at, sealed->size - at);
            assert_refused("added at", at, pair, frame, data,
                           sealed->size + 1, 0);
        }
    free(data);
}

static void a_failure_leaves_no_plaintext(uint64_t *seed, Pair *pair,
                                          const TestFrame *frame,
                                          const Bytes *sealed)
{
    size_t last = sealed->size - 1;

    for (int i = 0; i < 40; i++) {
        size_t bit = 8 * (last - TAIL_SIZE) - random_below(seed, 120);

        if (bit / 8 >= last)
            continue;
        sealed->data[bit / 8] ^= 1 << bit % 8;
        assert_refused("bit", bit, pair, frame, sealed->data, sealed->size,
                       1);
        sealed->data[bit / 8] ^= 1 << bit % 8;
    }
}

static void the_other_peer_opens_it(uint64_t *seed, Pair *pair,
                                    const TestFrame *frame,
                                    const Bytes *sealed)
{
    pair->receiver.peer         = !pair->receiver.peer;
    pair->receiver.last_attempt = 0;
    comes_back(seed, pair, frame, sealed);
    pair->receiver.peer         = !pair->receiver.peer;
    pair->receiver.last_attempt = 0;
}

/* Where the container has lost it. */
static void the_frame_type_may_be_lost(uint64_t *seed, Pair *pair,
                                       const TestFrame *frame,
                                       const Bytes *sealed)
{
    TestFrame other = *frame;

    other.key = !frame->key;
    comes_back(seed, pair, &other, sealed);
}

/* What depacketizers and muxers make of start codes is theirs. */
static void start_codes_may_get_short(uint64_t *seed, Pair *pair,
                                      const TestFrame *frame,
                                      const Bytes *sealed)
{
    uint8_t *data = malloc(sealed->size);
    size_t size = 0;
    Bytes shorter;

    check_that(!!data, "out of memory");
    for (size_t i = 0; i < sealed->size; i++)
        if (i + 4 > frame->clear || memcmp(sealed->data + i, "\0\0\0\1", 4))
            data[size++] = sealed->data[i];
    shorter = (Bytes){ data, size };
    if (has_nal_units(frame))
        comes_back(seed, pair, frame, &shorter);
    free(data);
}

static const size_t every_small_size[] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 47, 48,
    49, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256, 257, 500, 511, 512,
    1000, 1199, 1500, 2000, 2999, 3000, 65536, 300001
};

static const size_t some_sizes[] = { 0, 1, 15, 16, 17, 60 };

static const size_t larger_sizes[] = { 40, 90, 700 };

#define FOR(property, sizes) \
    for_frames(property, sizes, sizeof(sizes) / sizeof(*sizes))

START_TEST(round_trip)
{
    FOR(comes_back, every_small_size);
}
END_TEST

START_TEST(form)
{
    FOR(has_the_form, every_small_size);
}
END_TEST

START_TEST(flipped_bits)
{
    FOR(no_bit_can_change, some_sizes);
}
END_TEST

START_TEST(flipped_bits_of_larger_frames)
{
    FOR(no_bit_can_change, larger_sizes);
}
END_TEST

START_TEST(truncation)
{
    FOR(nothing_can_be_cut_off, some_sizes);
}
END_TEST

START_TEST(insertion)
{
    FOR(nothing_can_be_added, some_sizes);
}
END_TEST

START_TEST(no_plaintext)
{
    FOR(a_failure_leaves_no_plaintext, larger_sizes);
}
END_TEST

START_TEST(other_peer)
{
    FOR(the_other_peer_opens_it, every_small_size);
}
END_TEST

START_TEST(lost_frame_type)
{
    FOR(the_frame_type_may_be_lost, some_sizes);
}
END_TEST

START_TEST(short_start_codes)
{
    FOR(start_codes_may_get_short, some_sizes);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("properties", &tests);

    tcase_add_test(tests, round_trip);
    tcase_add_test(tests, form);
    tcase_add_test(tests, flipped_bits);
    tcase_add_test(tests, flipped_bits_of_larger_frames);
    tcase_add_test(tests, truncation);
    tcase_add_test(tests, insertion);
    tcase_add_test(tests, no_plaintext);
    tcase_add_test(tests, other_peer);
    tcase_add_test(tests, lost_frame_type);
    tcase_add_test(tests, short_start_codes);
    return run_suite(suite);
}
