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
 * SFrame: its header, all cipher suites, the ratchet, counters, replays, and
 * what is refused. The known answers were made by another program, in Python
 * and with OpenSSL's ciphers; check_sframe_vectors has the RFC's.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2ee_sframe_header.h"
#include "session.h"

#define NB_SUITES 8
#define MANY      300

static const size_t tag_sizes[NB_SUITES + 1] = {
    0, 10, 8, 4, 16, 16, 10, 8, 4
};

static const uint8_t plain[] = "not to be read on the way";

static E2EESession sender, receiver;
static char folder[] = "/tmp/e2ee-sframe-XXXXXX";
static char path[sizeof(folder) + 16];

static void teardown(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

static enum E2EEReason try_key(E2EESession *s, unsigned index,
                               enum E2EEKdf kdf, uint8_t number, size_t size)
{
    uint8_t key[64];

    memset(key, number, sizeof(key));
    return ff_e2ee_keyring_set(&s->ring, index, kdf, key, size);
}

static void set_key(E2EESession *s, unsigned index, uint8_t number)
{
    ck_assert_int_eq(try_key(s, index, E2EE_KDF_HKDF_EMPTY, number, 16),
                     E2EE_OK);
}

static void init(E2EESession *s, unsigned suite, unsigned bits)
{
    session_init_scheme(s, "sframe", E2EE_PEER_WEB, E2EE_CODEC_VP8);
    s->ring.suite        = suite;
    s->ring.ratchet_bits = bits;
}

static void begin(unsigned suite, unsigned bits)
{
    teardown();
    init(&sender, suite, bits);
    init(&receiver, suite, bits);
    set_key(&sender, 0, 1);
    set_key(&receiver, 0, 1);
}

static void setup(void)
{
    begin(4, 0);
}

static Bytes seal_with(E2EESession *s)
{
    Result sealed = seal_frame(s, plain, sizeof(plain), 0);

    check_that(!sealed.reason, "%s", ff_e2ee_reason_name(sealed.reason));
    return sealed.out;
}

static Bytes seal(void)
{
    return seal_with(&sender);
}

static enum E2EEReason try_open(const Bytes *sealed)
{
    Result opened = open_frame(&receiver, sealed->data, sealed->size, 0);

    if (!opened.reason)
        assert_bytes("opened", opened.out.data, opened.out.size, plain,
                     sizeof(plain));
    free_bytes(&opened.out);
    return opened.reason;
}

static enum E2EEReason try_next(void)
{
    Bytes sealed = seal();
    enum E2EEReason reason = try_open(&sealed);

    free_bytes(&sealed);
    return reason;
}

static void fix_counter(E2EESession *s, E2EENonce *nonce, uint64_t ctr)
{
    uint8_t iv[E2EE_IV_SIZE] = { 0 };

    for (int n = E2EE_IV_SIZE; n-- > 4; ctr >>= 8)
        iv[n] = ctr;
    ff_e2ee_nonce_init_fixed(nonce, iv);
    s->test_nonce = nonce;
    s->choose_iv = 0;
}

static E2EESFrameHeader header_of(const Bytes *sealed)
{
    E2EESFrameHeader header;
    size_t used;

    ck_assert_int_eq(ff_e2ee_sframe_header_read(&header, sealed->data,
                                                sealed->size, &used),
                     E2EE_OK);
    return header;
}

static uint64_t next_counter(E2EESession *s)
{
    Bytes sealed = seal_with(s);
    uint64_t ctr = header_of(&sealed).ctr;

    free_bytes(&sealed);
    return ctr;
}

static void ratchet(E2EESession *s, unsigned index)
{
    E2EEKey *next = ff_e2ee_keyring_ahead(&s->ring, s->ring.slots[index]);

    ck_assert_ptr_nonnull(next);
    ff_e2ee_keyring_commit(&s->ring, index, next);
}

static const struct {
    unsigned suite, steps, index, bits;
    uint64_t ctr;
    int      metadata;
    const char *sealed;
} answers[] = {
    { 1, 0, 5, 0, UINT64_C(0x7), 0,
      "572dc417b1f4a794635d6089cec68620fe68efefaa1c86dded5565827f1696d697"
      "2d0f688c8419b521e171f21d3b8f046f73d3fe496ff4ff5a42a5dfc428fcb1" },
    { 2, 1, 5, 4, UINT64_C(0x8), 1,
      "885108dcef61751937a77cdfe92227a8c575c3497fd99b7fbeceb308f7981e9c10"
      "7da0a20a96c28881f2963c74731d8da5f0d667b60fa9c797f3a2f8ff1635d6" },
    { 3, 2, 200, 8, UINT64_C(0xff), 1,
      "98c802fffdb7541e4890f6164f9d4b919a479fa3bc4e7f779fabf07fc86f59493d"
      "9095ef065ad41f3a9436c321d1545460bb371d5da49fa0cc3c710d56" },
    { 4, 17, 3, 4, UINT64_C(0x100), 0,
      "89310100cb1bfca2d259de198a624c0c847261e48afff74bedbba8658362beb880"
      "7e315d833eb00dc6f9f7933184f29d607d269428580636099c50c057394e6f4488"
      "293f3a09c6c9d2" },
    { 5, 1, 0, 1, UINT64_C(0x100000000), 1,
      "1c010000000037eca5018fe26188ee368c4b9e3ce4dffde690018b679225663634"
      "12abd8a339b9278846cdddf872c24383e6f91f47f6eb555165f77b4696b16b9565"
      "5fa366c9cfbb8ac93e" },
    { 6, 3, 255, 8, UINT64_C(0x8000000000000000), 0,
      "9fff0380000000000000005862c0adffdb64996ed8867d4c23589f5cc8c0f59b35"
      "5a78eeeab8d2253af744db47b7e85121b077d3b98aaa1bb4576799f02514419a2f"
      "48a6020a1371b742" },
    { 7, 300, 1, 8, UINT64_C(0xffffffffffffffff), 1,
      "9f012cffffffffffffffff35c694eea8d807648ec9d6996e0ca597b2199db2f675"
      "d73fbb66db3fb666a54c23700803a5ccc15e668b61e3d91f176756672dcbdd9ba8"
      "2682fc805947" },
    { 8, 2, 9, 2, UINT64_C(0x0), 1,
      "8026a093a932289aedf74ed1dac1318aaad9568587c98e1d173d8550a5a82c01df"
      "33ce3e62b2ed8b327ba990125c48cc7d930417503e0e48e43e8c" },
};

START_TEST(known_answers)
{
    uint8_t base[16], media[0x35], metadata[] = { 0xa1, 0xb2, 0xc3 };

    for (size_t i = 0; i < sizeof(base); i++)
        base[i] = 0x20 + i;
    for (size_t i = 0; i < sizeof(media); i++)
        media[i] = 0x40 + i;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        unsigned index = answers[i].index;
        Bytes want = hex_bytes(answers[i].sealed);
        E2EENonce nonce;
        E2EESession s;
        Result result;

        init(&s, answers[i].suite, answers[i].bits);
        s.key_index     = index;
        s.metadata      = metadata;
        s.metadata_size = answers[i].metadata ? sizeof(metadata) : 0;
        ck_assert_int_eq(ff_e2ee_keyring_set(&s.ring, index,
                             E2EE_KDF_HKDF_EMPTY, base, sizeof(base)),
                         E2EE_OK);
        for (unsigned step = 0; step < answers[i].steps; step++)
            ratchet(&s, index);
        fix_counter(&s, &nonce, answers[i].ctr);
        result = seal_frame(&s, media, sizeof(media), 0);
        ck_assert_int_eq(result.reason, E2EE_OK);
        assert_bytes("sealed", result.out.data, result.out.size, want.data,
                     want.size);
        free_bytes(&result.out);
        result = open_frame(&s, want.data, want.size, 0);
        ck_assert_int_eq(result.reason, E2EE_OK);
        ck_assert_uint_eq(result.key_index, index);
        assert_bytes("opened", result.out.data, result.out.size, media,
                     sizeof(media));
        free_bytes(&result.out);
        ff_e2ee_keyring_clear(&s.ring);
        free_bytes(&want);
    }
}
END_TEST

static size_t number_size(uint64_t n)
{
    size_t size = 1;

    if (n < 8)
        return 0;
    while (n >>= 8)
        size++;
    return size;
}

static void check_header(uint64_t kid, uint64_t ctr)
{
    const E2EESFrameHeader header = { kid, ctr };
    uint8_t bytes[E2EE_SFRAME_HEADER_MAX];
    size_t size = ff_e2ee_sframe_header_write(bytes, &header), used;
    E2EESFrameHeader read;

    ck_assert_uint_eq(size, 1 + number_size(kid) + number_size(ctr));
    for (size_t part = 0; part < size; part++) {
        Bytes copy = copy_bytes(bytes, part);

        check_that(ff_e2ee_sframe_header_read(&read, copy.data, part,
                                              &used) == E2EE_TOO_SHORT,
                   "%d of %d bytes", (int)part, (int)size);
        free_bytes(&copy);
    }
    check_that(!ff_e2ee_sframe_header_read(&read, bytes, size, &used) &&
               used == size && read.kid == kid && read.ctr == ctr,
               "%llu %llu", (unsigned long long)kid, (unsigned long long)ctr);
}

START_TEST(headers_around_every_size)
{
    uint64_t values[3 * 64 + 1];
    size_t nb = 0;

    for (int bit = 0; bit < 64; bit++)
        for (int d = -1; d <= 1; d++)
            values[nb++] = (UINT64_C(1) << bit) + d;
    values[nb++] = UINT64_MAX;
    for (size_t i = 0; i < nb; i++)
        for (size_t j = 0; j < nb; j++)
            check_header(values[i], values[j]);
}
END_TEST

START_TEST(longer_numbers_than_need_be_are_refused)
{
    static const char *const bytes[] = {
        "8000", "8007", "0800", "0807", "8007" "00", "900000", "9000ff",
        "900007", "090000", "0900ff", "0f00ffffffffffffff",
        "f000ffffffffffffff", "ff0100000000000000" "00ffffffffffffff",
        "880700", "880807",
    };

    for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
        Bytes b = hex_bytes(bytes[i]);
        E2EESFrameHeader header;
        size_t used;

        check_that(ff_e2ee_sframe_header_read(&header, b.data, b.size,
                                              &used) == E2EE_NOT_SEALED,
                   "%s", bytes[i]);
        ck_assert_int_eq(try_open(&b), E2EE_NOT_SEALED);
        free_bytes(&b);
    }
}
END_TEST

START_TEST(no_bit_of_a_frame_may_change)
{
    for (unsigned suite = 1; suite <= NB_SUITES; suite++) {
        Bytes sealed;

        begin(suite, 0);
        sealed = seal();
        ck_assert_uint_le(sealed.size, sizeof(plain) + tag_sizes[suite] + 9);
        for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
            sealed.data[bit / 8] ^= 1 << bit % 8;
            check_that(try_open(&sealed) != E2EE_OK, "suite %d, bit %d",
                       suite, (int)bit);
            sealed.data[bit / 8] ^= 1 << bit % 8;
        }
        ck_assert_int_eq(try_open(&sealed), E2EE_OK);
        free_bytes(&sealed);
    }
}
END_TEST

START_TEST(no_part_of_a_frame_opens)
{
    for (unsigned suite = 1; suite <= NB_SUITES; suite++) {
        Bytes sealed;

        begin(suite, 0);
        sealed = seal();
        for (size_t size = 1; size < sealed.size; size++) {
            const Bytes head = { sealed.data, size };
            const Bytes tail = { sealed.data + size, sealed.size - size };

            check_that(try_open(&head) != E2EE_OK, "suite %d, %d bytes",
                       suite, (int)size);
            check_that(try_open(&tail) != E2EE_OK, "suite %d, from %d",
                       suite, (int)size);
        }
        free_bytes(&sealed);
    }
}
END_TEST

START_TEST(what_does_not_open_leaves_nothing)
{
    for (unsigned suite = 1; suite <= NB_SUITES; suite++) {
        Bytes sealed;
        Result opened;

        begin(suite, 0);
        sealed = seal();
        sealed.data[sealed.size - 1] ^= 1;
        opened = open_frame(&receiver, sealed.data, sealed.size, 0);
        ck_assert_int_eq(opened.reason, E2EE_WRONG_KEY);
        for (size_t i = 0; i < sizeof(plain); i++)
            ck_assert_uint_eq(opened.out.data[i], 0);
        free_bytes(&opened.out);
        free_bytes(&sealed);
    }
}
END_TEST

START_TEST(suites_do_not_open_each_other)
{
    for (unsigned a = 1; a <= NB_SUITES; a++)
        for (unsigned b = 1; b <= NB_SUITES; b++) {
            begin(a, 0);
            receiver.ring.suite = b;
            set_key(&receiver, 0, 1);
            ck_assert_int_eq(try_next(), a == b ? E2EE_OK : E2EE_WRONG_KEY);
        }
}
END_TEST

START_TEST(reasons)
{
    Bytes sealed;

    ck_assert_int_eq(try_next(), E2EE_OK);
    sealed = seal();
    sealed.data[sealed.size - 1] ^= 1;
    ck_assert_int_eq(try_open(&sealed), E2EE_DAMAGED);
    free_bytes(&sealed);
    set_key(&receiver, 0, 2);
    ck_assert_int_eq(try_next(), E2EE_WRONG_KEY);
    ff_e2ee_keyring_clear(&receiver.ring);
    ck_assert_int_eq(try_next(), E2EE_NO_KEY);
    sealed = hex_bytes("0000");
    set_key(&receiver, 0, 1);
    ck_assert_int_eq(try_open(&sealed), E2EE_TOO_SHORT);
    receiver.ring.failure_tolerance = 0;
    free_bytes(&sealed);
    sender.ring.suite = 5;
    set_key(&sender, 0, 1);
    ck_assert_int_eq(try_next(), E2EE_WRONG_KEY);
    ck_assert_int_eq(try_next(), E2EE_KEY_BARRED);
}
END_TEST

START_TEST(a_key_id_beyond_the_ring_has_no_key)
{
    static const char *const frames[] = {
        "1000000000000000000000000000000000000000",
        "9001000000000000000000000000000000000000000000",
        "f0ffffffffffffffff0000000000000000000000000000000000000000",
        "f001000000000000000000000000000000000000000000000000000000",
        "c00100000000000000000000000000000000000000000000000000",
    };

    for (unsigned bits = 0; bits <= 8; bits += 8)
        for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
            Bytes b = hex_bytes(frames[i]);

            begin(4, bits);
            receiver.ring.ratchet_window = 0;
            ck_assert_int_eq(try_open(&b), E2EE_NO_KEY);
            free_bytes(&b);
        }
}
END_TEST

START_TEST(key_ids_count_from_the_first)
{
    Bytes sealed;

    begin(4, 3);
    sender.ring.first_kid = receiver.ring.first_kid = UINT64_C(0x1234567800);
    sender.key_index = 255;
    set_key(&sender, 255, 3);
    set_key(&receiver, 255, 3);
    sealed = seal();
    ck_assert_uint_eq(header_of(&sealed).kid, UINT64_C(0x1234567800) +
                      255 * 8);
    ck_assert_int_eq(try_open(&sealed), E2EE_OK);
    receiver.ring.first_kid = 0;
    ck_assert_int_eq(try_open(&sealed), E2EE_NO_KEY);
    free_bytes(&sealed);
}
END_TEST

START_TEST(secrets_that_are_refused)
{
    ck_assert_int_eq(try_key(&sender, 0, E2EE_KDF_HKDF_EMPTY, 1, 15),
                     E2EE_BAD_SECRET);
    ck_assert_int_eq(try_key(&sender, 0, E2EE_KDF_HKDF_EMPTY, 1, 0),
                     E2EE_BAD_SECRET);
    ck_assert_int_eq(try_key(&sender, 0, E2EE_KDF_HKDF_EMPTY, 1, 64),
                     E2EE_OK);
    /* A passphrase, as text is by default. */
    ck_assert_int_eq(try_key(&sender, 0,
                             ff_e2ee_scheme_kdf(&sender, E2EE_KDF_AUTO, 0),
                             1, 16), E2EE_BAD_SECRET);
    ck_assert_int_eq(try_key(&sender, 0, E2EE_KDF_RAW, 1, 16),
                     E2EE_BAD_SECRET);
    sender.ring.suite = NB_SUITES + 1;
    ck_assert_int_eq(try_key(&sender, 0, E2EE_KDF_HKDF_EMPTY, 1, 16),
                     E2EE_BAD_SECRET);
}
END_TEST

START_TEST(metadata_has_to_be_the_same)
{
    uint8_t one[] = { 1, 2, 3 }, other[] = { 1, 2, 4 };

    for (unsigned suite = 1; suite <= NB_SUITES; suite++) {
        begin(suite, 0);
        sender.metadata      = receiver.metadata      = one;
        sender.metadata_size = receiver.metadata_size = sizeof(one);
        ck_assert_int_eq(try_next(), E2EE_OK);
        receiver.metadata = other;
        ck_assert_int_eq(try_next(), E2EE_DAMAGED);
        receiver.metadata      = one;
        receiver.metadata_size = 0;
        ck_assert_int_eq(try_next(), E2EE_DAMAGED);
    }
}
END_TEST

START_TEST(a_receiver_ratchets_when_a_frame_opens)
{
    const unsigned steps[] = { 0, 1, 1, 3, 16, 5 };
    unsigned total = 0;

    begin(6, 5);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        for (unsigned n = 0; n < steps[i]; n++)
            ratchet(&sender, 0);
        total += steps[i];
        ck_assert_int_eq(try_next(), E2EE_OK);
        ck_assert_uint_eq(receiver.ring.slots[0]->steps, total);
        ck_assert_uint_eq(sender.ring.slots[0]->steps, total);
    }
}
END_TEST

START_TEST(a_forged_step_is_not_taken)
{
    Bytes sealed;

    begin(4, 4);
    sealed = seal();
    check_that(sealed.data[0] >> 4 == 0, "key id 0");
    sealed.data[0] |= 3 << 4;
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    ck_assert_uint_eq(receiver.ring.slots[0]->steps, 0);
    sealed.data[0] &= 15;
    ck_assert_int_eq(try_open(&sealed), E2EE_OK);
    free_bytes(&sealed);
}
END_TEST

START_TEST(steps_beyond_the_window_have_no_key)
{
    Bytes old, ahead;

    begin(4, 8);
    receiver.ring.ratchet_window = 2;
    old = seal();
    for (int i = 0; i < 3; i++)
        ratchet(&sender, 0);
    ahead = seal();
    ck_assert_int_eq(try_open(&ahead), E2EE_NO_KEY);
    ck_assert_int_eq(try_open(&old), E2EE_OK);
    receiver.ring.ratchet_window = 3;
    ck_assert_int_eq(try_open(&ahead), E2EE_OK);
    ck_assert_int_eq(try_open(&old), E2EE_NO_KEY);
    free_bytes(&old);
    free_bytes(&ahead);
}
END_TEST

START_TEST(without_bits_there_is_no_ratchet)
{
    ck_assert_ptr_null(ff_e2ee_keyring_ahead(&sender.ring,
                                             sender.ring.slots[0]));
}
END_TEST

START_TEST(replays_are_refused)
{
    Bytes frames[4];

    for (int i = 0; i < 4; i++)
        frames[i] = seal();
    ck_assert_int_eq(try_open(&frames[2]), E2EE_OK);
    ck_assert_int_eq(try_open(&frames[0]), E2EE_OK);
    ck_assert_int_eq(try_open(&frames[0]), E2EE_REPLAYED);
    ck_assert_int_eq(try_open(&frames[2]), E2EE_REPLAYED);
    ck_assert_int_eq(try_open(&frames[3]), E2EE_OK);
    ck_assert_int_eq(try_open(&frames[1]), E2EE_OK);
    for (int i = 0; i < 4; i++)
        free_bytes(&frames[i]);
}
END_TEST

/* Other senders begin at 0 with each key, under the same key id. */
START_TEST(a_new_key_may_count_from_0_again)
{
    for (uint8_t number = 1; number < 4; number++) {
        E2EENonce nonce;

        set_key(&sender, 0, number);
        set_key(&receiver, 0, number);
        fix_counter(&sender, &nonce, 0);
        for (int i = 0; i < 10; i++)
            ck_assert_int_eq(try_next(), E2EE_OK);
    }
}
END_TEST

START_TEST(counters_go_on_beyond_32_bits)
{
    const uint64_t starts[] = { 0xfffffffd, 0x1fffffffd, 0x7ffffffffffffffd };
    const unsigned tries = 6;

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        for (unsigned n = 0; n < tries; n++) {
            E2EENonce nonce;

            fix_counter(&sender, &nonce, starts[i] + n);
            ck_assert_int_eq(try_next(), E2EE_OK);
        }
}
END_TEST

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void assert_all_differ(uint64_t *values, size_t nb)
{
    qsort(values, nb, sizeof(*values), by_value);
    for (size_t i = 1; i < nb; i++)
        ck_assert_msg(values[i] != values[i - 1], "counter %llu twice",
                      (unsigned long long)values[i]);
}

START_TEST(sessions_do_not_share_counters)
{
    static uint64_t values[MANY * 10];

    for (int i = 0; i < MANY; i++) {
        E2EESession s;

        init(&s, 4, 0);
        set_key(&s, 0, 1);
        for (int n = 0; n < 10; n++) {
            values[10 * i + n] = next_counter(&s);
            if (n)
                ck_assert_uint_eq(values[10 * i + n],
                                  values[10 * i + n - 1] + 1);
        }
        ff_e2ee_keyring_clear(&s.ring);
    }
    assert_all_differ(values, MANY * 10);
}
END_TEST

/* Where a process ends without a word, another one goes on behind it. */
START_TEST(a_file_keeps_counters_apart)
{
    static uint64_t values[4 * 5000];
    E2EECounterFile files[4];
    size_t nb = 0;

    for (int i = 0; i < 4; i++) {
        files[i] = (E2EECounterFile){ .path = path };
        sender.counter_file = &files[i];
        for (int n = 0; n < 5000; n++)
            values[nb++] = next_counter(&sender);
    }
    for (uint64_t n = 0; n < E2EE_COUNTER_RANGE; n++)
        ck_assert_uint_eq(values[n], n);
    assert_all_differ(values, nb);
}
END_TEST

START_TEST(without_its_file_nothing_is_sealed)
{
    E2EECounterFile file = { .path = path };
    Result result;

    sender.counter_file = &file;
    ck_assert_int_eq(rmdir(folder), 0);
    result = seal_frame(&sender, plain, sizeof(plain), 0);
    ck_assert_int_eq(result.reason, E2EE_COUNTER_FILE);
    free_bytes(&result.out);
}
END_TEST

static void make_folder(void)
{
    setup();
    memset(folder + strlen(folder) - 6, 'X', 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/counter", folder);
}

static void remove_folder(void)
{
    char lock[sizeof(path) + 8];

    teardown();
    snprintf(lock, sizeof(lock), "%s.lock", path);
    unlink(lock);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    TCase *tests, *files = tcase_create("files");
    Suite *suite = suite_with("sframe", &tests);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, known_answers);
    tcase_add_test(tests, headers_around_every_size);
    tcase_add_test(tests, longer_numbers_than_need_be_are_refused);
    tcase_add_test(tests, no_bit_of_a_frame_may_change);
    tcase_add_test(tests, no_part_of_a_frame_opens);
    tcase_add_test(tests, what_does_not_open_leaves_nothing);
    tcase_add_test(tests, suites_do_not_open_each_other);
    tcase_add_test(tests, reasons);
    tcase_add_test(tests, a_key_id_beyond_the_ring_has_no_key);
    tcase_add_test(tests, key_ids_count_from_the_first);
    tcase_add_test(tests, secrets_that_are_refused);
    tcase_add_test(tests, metadata_has_to_be_the_same);
    tcase_add_test(tests, a_receiver_ratchets_when_a_frame_opens);
    tcase_add_test(tests, a_forged_step_is_not_taken);
    tcase_add_test(tests, steps_beyond_the_window_have_no_key);
    tcase_add_test(tests, without_bits_there_is_no_ratchet);
    tcase_add_test(tests, replays_are_refused);
    tcase_add_test(tests, a_new_key_may_count_from_0_again);
    tcase_add_test(tests, counters_go_on_beyond_32_bits);
    tcase_add_test(tests, sessions_do_not_share_counters);
    tcase_add_checked_fixture(files, make_folder, remove_folder);
    tcase_set_timeout(files, 300);
    tcase_add_test(files, a_file_keeps_counters_apart);
    tcase_add_test(files, without_its_file_nothing_is_sealed);
    suite_add_tcase(suite, files);
    return run_suite(suite);
}
