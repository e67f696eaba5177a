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
 * Stream Video's scheme: its vectors in both directions, emulation prevention
 * that looks back into the clear bytes, the checks in their order, replays.
 */

#include <stdlib.h>
#include <string.h>

#include "frames.h"

#define TRAILER_SIZE 20
#define OVERHEAD     (E2EE_TAG_SIZE + TRAILER_SIZE)
#define ESCAPED      0x8000

static const uint8_t opus[] = "x some Opus";

static E2EESession sender, receiver;

static void teardown(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

static void begin(enum E2EECodec codec)
{
    teardown();
    session_init_scheme(&sender, "stream", E2EE_PEER_WEB, codec);
    session_init_scheme(&receiver, "stream", E2EE_PEER_WEB, codec);
    session_set_key(&sender, 0, 1);
    session_set_key(&receiver, 0, 1);
}

static void setup(void)
{
    begin(E2EE_CODEC_OPUS);
}

static Bytes seal(const uint8_t *data, size_t size, int key)
{
    Result sealed = seal_frame(&sender, data, size, key);

    check_that(!sealed.reason, "%s", ff_e2ee_reason_name(sealed.reason));
    return sealed.out;
}

static Bytes seal_opus(void)
{
    return seal(opus, sizeof(opus), 0);
}

static enum E2EEReason try_open(const Bytes *sealed)
{
    Result opened = open_frame(&receiver, sealed->data, sealed->size, 1);

    free_bytes(&opened.out);
    return opened.reason;
}

static void set_key(E2EESession *session, unsigned index, const Bytes *key)
{
    session->ring.key_size = key->size;
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, index, E2EE_KDF_RAW,
                                         key->data, key->size), E2EE_OK);
}

static void write_be32(uint8_t *p, uint32_t value)
{
    p[0] = value >> 24;
    p[1] = value >> 16;
    p[2] = value >> 8;
    p[3] = value;
}

static void check_vector(const json_t *vector)
{
    const char *name = text_of(vector, "name");
    int key = !strcmp(text_of(vector, "type"), "key");
    int index = json_integer_value(json_object_get(vector, "key_index"));
    Bytes secret = bytes_of(vector, "key_hex");
    Bytes prefix = bytes_of(vector, "iv_prefix_hex");
    Bytes input = bytes_of(vector, "input"), want = bytes_of(vector, "sealed");
    uint8_t iv[E2EE_IV_SIZE];
    E2EENonce nonce;
    Bytes got;
    Result opened;

    begin(codec_of(vector));
    set_key(&sender, index, &secret);
    set_key(&receiver, index, &secret);
    sender.key_index = index;
    ck_assert_uint_eq(prefix.size, 8);
    memcpy(iv, prefix.data, 8);
    write_be32(iv + 8, json_integer_value(json_object_get(vector,
                                                          "counter")));
    ff_e2ee_nonce_init_fixed(&nonce, iv);
    sender.test_nonce = &nonce;
    sender.choose_iv = 0;
    got = seal(input.data, input.size, key);
    assert_bytes(name, got.data, got.size, want.data, want.size);

    /* The frame tells all that a receiver needs. */
    for (int other = 0; other < 2; other++) {
        receiver.replay = (E2EEReplay){ 0 };
        opened = open_frame(&receiver, want.data, want.size, key ^ other);
        ck_assert_msg(!opened.reason, "%s: %s", name,
                      ff_e2ee_reason_name(opened.reason));
        ck_assert_uint_eq(opened.key_index, index);
        assert_bytes(name, opened.out.data, opened.out.size, input.data,
                     input.size);
        free_bytes(&opened.out);
    }
    free_bytes(&secret);
    free_bytes(&prefix);
    free_bytes(&input);
    free_bytes(&want);
    free_bytes(&got);
}

START_TEST(every_vector)
{
    json_t *root = load_vectors("stream-v1.json");
    const json_t *list = json_object_get(root, "vectors"), *vector;
    size_t i;

    ck_assert_uint_ge(json_array_size(list), 11);
    json_array_foreach(list, i, vector)
        check_vector(vector);
    json_decref(root);
}
END_TEST

/* A frame sealed by the text of the specification; *nb is how many bytes
 * escapes added. */
static Bytes seal_by_the_book(const uint8_t *data, size_t size, size_t clear,
                              int escaped, const uint8_t *iv, int *nb)
{
    const E2EEKey *key = ff_e2ee_keyring_get(&sender.ring, 0);
    size_t length = size - clear + OVERHEAD, zeros = 0;
    uint8_t *region = malloc(length), *p;
    Bytes out = { malloc(size + 2 * OVERHEAD + size / 2), clear };
    const E2EESegment segments[] = {
        { data, out.data, clear, 1 },
        { data + clear, region, size - clear, 0 },
    };
    unsigned flags = clear | (escaped ? ESCAPED : 0);

    check_that(region && out.data, "out of memory");
    check_that(!ff_e2ee_aead_seal(key->aead, iv, segments, 2,
                                  region + size - clear), "not sealed");
    p = region + size - clear + E2EE_TAG_SIZE;
    memcpy(p, iv + 8, 4);
    memcpy(p + 4, iv, 8);
    memcpy(p + 12, (uint8_t[]){ 0, flags >> 8, flags & 0xff, 1, 0xe2, 0xee,
                                0xfe, 0xed }, 8);
    memcpy(out.data, data, clear);
    while (zeros < 2 && zeros < clear && !data[clear - 1 - zeros])
        zeros++;
    *nb = 0;
    for (size_t i = 0; i < length; i++) {
        if (escaped && zeros >= 2 && region[i] <= 3) {
            out.data[out.size++] = 3;
            zeros = 0;
            ++*nb;
        }
        out.data[out.size++] = region[i];
        zeros = region[i] ? 0 : zeros + 1;
    }
    free(region);
    return out;
}

/* Set plain bytes so that these come out sealed. */
static void aim(uint8_t *frame, size_t size, size_t clear, const uint8_t *iv,
                const uint8_t *wanted, size_t wanted_size)
{
    const E2EEKey *key = ff_e2ee_keyring_get(&sender.ring, 0);
    uint8_t stream[64], zeros[64] = { 0 };

    check_that(wanted_size <= sizeof(stream) && clear + wanted_size <= size,
               "%d bytes", (int)wanted_size);
    check_that(!ff_e2ee_aead_peek(key->aead, iv, zeros, stream, wanted_size),
               "no key stream");
    for (size_t i = 0; i < wanted_size; i++)
        frame[clear + i] = stream[i] ^ wanted[i];
}

static void check_both_ways(const uint8_t *data, size_t size, size_t clear,
                            const uint8_t *iv, int *nb)
{
    Bytes want = seal_by_the_book(data, size, clear, 1, iv, nb), got;
    E2EENonce nonce;
    Result opened;

    ff_e2ee_nonce_init_fixed(&nonce, iv);
    sender.test_nonce = &nonce;
    sender.choose_iv = 0;
    got = seal(data, size, 0);
    assert_bytes("sealed", got.data, got.size, want.data, want.size);
    receiver.replay = (E2EEReplay){ 0 };
    opened = open_frame(&receiver, got.data, got.size, 0);
    check_that(!opened.reason, "%s", ff_e2ee_reason_name(opened.reason));
    assert_bytes("opened", opened.out.data, opened.out.size, data, size);
    free_bytes(&opened.out);
    free_bytes(&want);
    free_bytes(&got);
}

/* Key streams are aimed at what escapes are made of, IVs are, too. */
START_TEST(escapes)
{
    uint64_t seed = 7;
    int total = 0;

    begin(E2EE_CODEC_H264);
    for (int i = 0; i < 3000; i++) {
        uint8_t frame[6 + 64] = { 0, 0, 0, 1, 0x41, 0x9a };
        uint8_t iv[E2EE_IV_SIZE], wanted[64];
        size_t body = 1 + random_below(&seed, sizeof(wanted));
        int nb;

        random_fill_zeros(&seed, iv, sizeof(iv));
        random_fill_zeros(&seed, wanted, body);
        aim(frame, 6 + body, 6, iv, wanted, body);
        check_both_ways(frame, 6 + body, 6, iv, &nb);
        total += nb;
    }
    ck_assert_int_gt(total, 3000);
}
END_TEST

/* Clear bytes that end in zeros count, on the way back as well. */
START_TEST(clear_bytes_that_end_in_zeros)
{
    static const uint8_t starts[][3] = {
        { 0, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 }, { 1, 2, 3 }, { 2, 0, 0 },
        { 0, 3, 0 }, { 3, 0, 0 }, { 4, 0, 0 }, { 0, 0, 3 }, { 0, 4, 0 }
    };
    uint8_t iv[E2EE_IV_SIZE] = { 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1 };

    begin(E2EE_CODEC_H264);
    for (size_t zeros = 0; zeros < 3; zeros++)
        for (size_t i = 0; i < sizeof(starts) / 3; i++) {
            uint8_t frame[20] = { 0, 0, 0, 1, 0x41, 0x9a, 0xff, 0xff };
            size_t clear = 6 + zeros;
            int nb;
            Bytes sealed;
            Result opened;

            memset(frame + 6, 0, zeros);
            write_be32(iv + 8, 1 + i + 100 * zeros);
            aim(frame, sizeof(frame), clear, iv, starts[i], 3);
            sealed = seal_by_the_book(frame, sizeof(frame), clear, 1, iv,
                                      &nb);
            if (zeros == 2 && starts[i][0] <= 3)
                ck_assert_int_ge(nb, 1);
            opened = open_frame(&receiver, sealed.data, sealed.size, 0);
            ck_assert_msg(!opened.reason, "%d zeros, start %d: %s",
                          (int)zeros, (int)i,
                          ff_e2ee_reason_name(opened.reason));
            assert_bytes("opened", opened.out.data, opened.out.size, frame,
                         sizeof(frame));
            free_bytes(&opened.out);
            free_bytes(&sealed);
        }
}
END_TEST

/* What stays clear of each codec; the whole of a frame that is shorter. */
START_TEST(clear_bytes)
{
    static const struct {
        enum E2EECodec codec;
        const char *hex;
        int key, clear, escaped;
    } rows[] = {
        { E2EE_CODEC_OPUS, "f8",                       0,  1, 0 },
        { E2EE_CODEC_OPUS, "f8fffe",                   0,  1, 0 },
        { E2EE_CODEC_VP8,  "1002009d012a0800080047",   1, 10, 0 },
        { E2EE_CODEC_VP8,  "1002009d012a080008",       1,  9, 0 },
        { E2EE_CODEC_VP8,  "d1030405",                 0,  3, 0 },
        { E2EE_CODEC_VP8,  "d1",                       0,  1, 0 },
        { E2EE_CODEC_VP9,  "824983420013f00020000000", 1, 10, 0 },
        { E2EE_CODEC_VP9,  "824983420013f00020000000", 0,  3, 0 },
        { E2EE_CODEC_VP9,  "8249",                     1,  2, 0 },
        { E2EE_CODEC_H264, "00000001419a2030",         0,  6, 1 },
        { E2EE_CODEC_H264, "0000000109f0",             0,  0, 0 },
        { E2EE_CODEC_H264, "0000000167640000",         1,  0, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        Bytes frame = hex_bytes(rows[i].hex), sealed;
        const uint8_t *tail;

        begin(rows[i].codec);
        sealed = seal(frame.data, frame.size, rows[i].key);
        tail   = sealed.data + sealed.size - 7;
        ck_assert_msg((tail[0] << 8 | tail[1]) ==
                      (rows[i].clear | (rows[i].escaped ? ESCAPED : 0)),
                      "%s: %02x%02x", rows[i].hex, tail[0], tail[1]);
        ck_assert_uint_eq(tail[2], 1);
        ck_assert_mem_eq(tail + 3, "\xe2\xee\xfe\xed", 4);
        ck_assert_mem_eq(sealed.data, frame.data, rows[i].clear);
        ck_assert_int_eq(try_open(&sealed), E2EE_OK);
        free_bytes(&sealed);
        free_bytes(&frame);
    }
}
END_TEST

START_TEST(codecs_that_it_does_not_have)
{
    static const enum E2EECodec codecs[] = { E2EE_CODEC_AV1, E2EE_CODEC_H265 };

    for (int i = 0; i < 2; i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
            Result result;

            sender.codec = codecs[i];
            sender.peer  = peer;
            result = seal_frame(&sender, opus, sizeof(opus), 1);
            ck_assert_int_eq(result.reason, E2EE_UNSUPPORTED);
            free_bytes(&result.out);
        }
}
END_TEST

/* The counter begins at 1 with each key, behind bits of its own. */
START_TEST(counters)
{
    uint8_t prefix[2][8];

    for (int round = 0; round < 2; round++) {
        session_set_key(&sender, 0, 1);
        for (uint32_t n = 1; n < 300; n++) {
            Bytes sealed = seal_opus();
            const uint8_t *trailer = sealed.data + sealed.size -
                                     TRAILER_SIZE;
            uint8_t want[4];

            write_be32(want, n);
            ck_assert_mem_eq(trailer, want, 4);
            if (n == 1)
                memcpy(prefix[round], trailer + 4, 8);
            ck_assert_mem_eq(trailer + 4, prefix[round], 8);
            free_bytes(&sealed);
        }
    }
    ck_assert_mem_ne(prefix[0], prefix[1], 8);
}
END_TEST

/* A trailer of the sender's, changed: magic, version, length, in this
 * order, and all before a key is asked for. */
START_TEST(checks_in_their_order)
{
    Bytes sealed = seal_opus();
    uint8_t *end = sealed.data + sealed.size;

    ff_e2ee_keyring_unset(&receiver.ring, 0);
    ck_assert_int_eq(try_open(&sealed), E2EE_NO_KEY);
    for (int version = 0; version < 256; version++) {
        end[-5] = version;
        ck_assert_int_eq(try_open(&sealed), version == 1 ? E2EE_NO_KEY :
                         E2EE_UNKNOWN_VERSION);
    }
    for (int i = 1; i <= 4; i++) {
        end[-i] ^= 0x20;
        ck_assert_int_eq(try_open(&sealed), E2EE_NOT_SEALED);
        end[-i] ^= 0x20;
    }
    end[-5] = 1;
    for (unsigned clear = 0; clear < 0x8000; clear++) {
        enum E2EEReason reason;

        end[-7] = clear >> 8;
        end[-6] = clear;
        reason = try_open(&sealed);
        check_that(reason == (clear + OVERHEAD > sealed.size ?
                              E2EE_NOT_SEALED : E2EE_NO_KEY), "clear %u: %s",
                   clear, ff_e2ee_reason_name(reason));
    }
    ck_assert_int_eq(ff_e2ee_state(E2EE_UNKNOWN_VERSION, 0),
                     E2EE_STATE_DECRYPTION_FAILED);
    free_bytes(&sealed);
}
END_TEST

START_TEST(what_is_not_sealed)
{
    static const char *const frames[] = {
        "f8", "f8fffe", "e2eefeed", "01e2eefeed",
        "00000000000000000000000000000000e2eefeed",
        "000000000000000000000000000000000001e2eefeed",
        "0000000000000000000000000000ffff01e2eefeed",
    };

    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
        Bytes frame = hex_bytes(frames[i]);
        enum E2EEReason reason = try_open(&frame);

        ck_assert_msg(reason == E2EE_NOT_SEALED ||
                      reason == E2EE_UNKNOWN_VERSION, "%s: %s", frames[i],
                      ff_e2ee_reason_name(reason));
        free_bytes(&frame);
    }
    ck_assert_uint_eq(receiver.ring.slots[0]->failures, 0);
}
END_TEST

static const char *const samples[] = {
    [E2EE_CODEC_OPUS] = "7820272e353c434a51585f666d74",
    [E2EE_CODEC_VP8]  = "1002009d012a08000800004708588888",
    [E2EE_CODEC_VP9]  = "824983420013f00020000000aabbcc",
    [E2EE_CODEC_AV1]  = NULL,
    [E2EE_CODEC_H264] = "00000001419a20300102030405060708",
};

/* The flag alone is not authenticated: where there is nothing to undo it may
 * say what it wants, and the frame is the same. */
START_TEST(damage)
{
    for (int codec = 1; codec <= E2EE_CODEC_H264; codec++) {
        Bytes frame, sealed;

        if (!samples[codec])
            continue;
        frame = hex_bytes(samples[codec]);
        begin(codec);
        sealed = seal(frame.data, frame.size, 1);
        for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
            int flag = bit / 8 == sealed.size - 7 && bit % 8 == 7;

            sealed.data[bit / 8] ^= 1 << bit % 8;
            receiver.replay = (E2EEReplay){ 0 };
            ck_assert_msg(try_open(&sealed) || flag, "codec %d, bit %d",
                          codec, (int)bit);
            sealed.data[bit / 8] ^= 1 << bit % 8;
        }
        receiver.replay = (E2EEReplay){ 0 };
        for (size_t size = 1; size < sealed.size; size++) {
            const Bytes start = { sealed.data, size };
            const Bytes end = { sealed.data + size, sealed.size - size };

            ck_assert_int_ne(try_open(&start), E2EE_OK);
            ck_assert_int_ne(try_open(&end), E2EE_OK);
        }
        ck_assert_int_eq(try_open(&sealed), E2EE_OK);
        free_bytes(&sealed);
        free_bytes(&frame);
    }
}
END_TEST

START_TEST(wrong_key)
{
    Bytes sealed = seal_opus();

    session_set_key(&receiver, 0, 2);
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    receiver.ring.key_size = 32;
    session_set_key(&receiver, 0, 1);
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    /* Neither has used the frame's counter up. */
    receiver.ring.key_size = 16;
    session_set_key(&receiver, 0, 1);
    ck_assert_int_eq(try_open(&sealed), E2EE_OK);
    ck_assert_int_eq(try_open(&sealed), E2EE_REPLAYED);
    ck_assert_int_eq(ff_e2ee_state(E2EE_REPLAYED, 0),
                     E2EE_STATE_DECRYPTION_FAILED);
    free_bytes(&sealed);
}
END_TEST

#define FRAMES (E2EE_REPLAY_WINDOW + 10)

START_TEST(replays)
{
    Bytes sealed[FRAMES];

    for (int i = 0; i < FRAMES; i++)
        sealed[i] = seal_opus();
    for (int i = FRAMES - 1; i >= 0; i--) {
        int late = FRAMES - 1 - i >= E2EE_REPLAY_WINDOW;

        ck_assert_int_eq(try_open(&sealed[i]),
                         late ? E2EE_REPLAYED : E2EE_OK);
        ck_assert_int_eq(try_open(&sealed[i]), E2EE_REPLAYED);
    }
    ck_assert_uint_eq(receiver.ring.slots[0]->failures, 0);
    for (int i = 0; i < FRAMES; i++)
        free_bytes(&sealed[i]);
}
END_TEST

/* Each new key brings a new prefix; the last three are remembered. */
START_TEST(replays_of_former_keys)
{
    Bytes sealed[4];

    for (int i = 0; i < 4; i++) {
        session_set_key(&sender, 0, 1);
        sealed[i] = seal_opus();
        ck_assert_int_eq(try_open(&sealed[i]), E2EE_OK);
        for (int j = i; j >= 0 && j > i - 3; j--)
            ck_assert_int_eq(try_open(&sealed[j]), E2EE_REPLAYED);
    }
    for (int i = 0; i < 4; i++)
        free_bytes(&sealed[i]);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("stream", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, every_vector);
    tcase_add_test(tests, escapes);
    tcase_add_test(tests, clear_bytes_that_end_in_zeros);
    tcase_add_test(tests, clear_bytes);
    tcase_add_test(tests, codecs_that_it_does_not_have);
    tcase_add_test(tests, counters);
    tcase_add_test(tests, checks_in_their_order);
    tcase_add_test(tests, what_is_not_sealed);
    tcase_add_test(tests, damage);
    tcase_add_test(tests, wrong_key);
    tcase_add_test(tests, replays);
    tcase_add_test(tests, replays_of_former_keys);
    return run_suite(suite);
}
