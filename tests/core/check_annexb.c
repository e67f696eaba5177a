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

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "e2ee_annexb.h"
#include "naive_escape.h"

#define SIZE_MAX_TESTED 64
#define ROUNDS          60

/* Every function against one written straight from its definition. */

static int is_code(const uint8_t *data, size_t size, size_t at)
{
    return at + 3 <= size && !data[at] && !data[at + 1] && data[at + 2] == 1;
}

typedef struct Unit {
    size_t code, data, end;
} Unit;

/* Zeros before a start code are its own, also where a unit is nothing else. */
static int naive_units(Unit *units, const uint8_t *data, size_t size)
{
    int nb = 0;

    for (size_t i = 0; i < size; i++)
        if (is_code(data, size, i)) {
            size_t begin = i, from = nb ? units[nb - 1].data : 0;

            while (begin > from && !data[begin - 1])
                begin--;
            if (nb)
                units[nb - 1].end = begin;
            if (i + 3 < size)
                units[nb++] = (Unit){ begin, i + 3, size };
            i += 2;
        }
    return nb;
}

static size_t naive_normalize(uint8_t *dst, const uint8_t *data, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        if (is_code(data, size, i)) {
            int after_code = i >= 3 && is_code(data, size, i - 3);

            if (!i || data[i - 1] || after_code)
                dst[n++] = 0;
            memcpy(dst + n, data + i, 3);
            n += 3;
            i += 2;
        } else {
            dst[n++] = data[i];
        }
    }
    return n;
}

typedef void Check(const uint8_t *data, size_t size);

/* Every length, each time in a buffer of just that length. */
static void for_random_data(Check *check)
{
    uint64_t seed = 7;
    uint8_t data[SIZE_MAX_TESTED + 1];

    for (int round = 0; round < ROUNDS; round++)
        for (size_t size = 0; size <= SIZE_MAX_TESTED; size++) {
            Bytes bytes;

            random_fill_zeros(&seed, data, size);
            bytes = copy_bytes(data, size);
            check(bytes.data, size);
            free_bytes(&bytes);
        }
}

/* Every string of up to eight of the four bytes that matter. */
static void for_all_short_data(Check *check)
{
    static const uint8_t values[] = { 0, 1, 3, 4 };

    for (size_t size = 0; size <= 8; size++)
        for (unsigned n = 0; n < 1U << 2 * size; n++) {
            uint8_t data[8] = { 0 };

            for (size_t i = 0; i < size; i++)
                data[i] = values[n >> 2 * i & 3];
            check(data, size);
        }
}

static void for_data(Check *check)
{
    for_all_short_data(check);
    for_random_data(check);
}

static void check_units(const uint8_t *data, size_t size)
{
    Unit units[SIZE_MAX_TESTED];
    int nb = naive_units(units, data, size), n = 0;
    E2EENal nal = { .end = data };

    while (ff_e2ee_annexb_next(&nal, data + size)) {
        check_that(n < nb &&
                   (size_t)(nal.code - data) == units[n].code &&
                   (size_t)(nal.data - data) == units[n].data &&
                   (size_t)(nal.end  - data) == units[n].end,
                   "unit %d of %d at %d, %d, %d", n, nb,
                   (int)(nal.code - data), (int)(nal.data - data),
                   (int)(nal.end - data));
        n++;
    }
    check_that(n == nb, "%d of %d units", n, nb);
}

START_TEST(units)
{
    for_data(check_units);
}
END_TEST

static void check_check(const uint8_t *data, size_t size)
{
    size_t zeros = 0;

    while (zeros < size && !data[zeros])
        zeros++;
    check_that(ff_e2ee_annexb_check(data, size) ==
               (zeros >= 2 && zeros < size && data[zeros] == 1),
               "%d zeros", (int)zeros);
}

START_TEST(check)
{
    for_data(check_check);
}
END_TEST

static void check_normalize(const uint8_t *data, size_t size)
{
    size_t room = size + size / 3;
    uint8_t want[2 * SIZE_MAX_TESTED], twice[2 * SIZE_MAX_TESTED];
    uint8_t *got = malloc(room + 1);
    size_t want_size = naive_normalize(want, data, size), got_size;

    check_that(!!got, "out of memory");
    got[room] = 0xa5;
    got_size = ff_e2ee_annexb_normalize(got, data, size);
    assert_bytes("normalize", got, got_size, want, want_size);
    check_that(got[room] == 0xa5, "wrote too much");
    want_size = ff_e2ee_annexb_normalize(twice, got, got_size);
    assert_bytes("twice", twice, want_size, got, got_size);
    free(got);
}

START_TEST(normalize)
{
    for_data(check_normalize);
}
END_TEST

static void check_escape(const uint8_t *data, size_t size)
{
    uint8_t want[2 * SIZE_MAX_TESTED];
    size_t want_size = naive_escape(want, data, size);
    size_t extra = ff_e2ee_escape_extra(data, size);
    Bytes bytes = { malloc(size + extra + 1), size + extra };

    check_that(extra == want_size - size && extra <= size / 2,
               "%d more for %d", (int)extra, (int)size);
    check_that(!!bytes.data, "out of memory");
    memcpy(bytes.data, data, size);
    bytes.data[size + extra] = 0xa5;
    ff_e2ee_escape(bytes.data, size, extra);
    assert_bytes("escape", bytes.data, bytes.size, want, want_size);
    check_that(bytes.data[size + extra] == 0xa5, "wrote too much");
    free_bytes(&bytes);

    for (size_t i = 0; i + 2 < want_size; i++)
        check_that(want[i] || want[i + 1] || want[i + 2] >= 3,
                   "a start code at %d", (int)i);
    bytes = copy_bytes(want, want_size);
    bytes.size = ff_e2ee_unescape(bytes.data, want, want_size);
    assert_bytes("back", bytes.data, bytes.size, data, size);
    free_bytes(&bytes);
}

START_TEST(escape)
{
    for_data(check_escape);
}
END_TEST

static void check_unescape(const uint8_t *data, size_t size)
{
    uint8_t want[SIZE_MAX_TESTED + 1];
    size_t want_size = naive_unescape(want, data, size);
    Bytes got = copy_bytes(data, size);

    check_that(ff_e2ee_escaped(data, size) == (want_size != size),
               "%d of %d", (int)want_size, (int)size);
    memset(got.data, 0xa5, size);
    assert_bytes("unescape", got.data,
                 ff_e2ee_unescape(got.data, data, size), want, want_size);
    free_bytes(&got);
}

START_TEST(unescape)
{
    for_data(check_unescape);
}
END_TEST

/* Hits at each place of a run that is long enough for a vectorised scan. */
START_TEST(a_hit_anywhere_in_a_long_run)
{
    static const uint8_t hit[] = { 0, 0, 1 };
    uint8_t data[600], want[1200], got[1200];

    for (size_t at = 0; at + 3 <= sizeof(data); at++) {
        size_t extra;

        memset(data, 0x80, sizeof(data));
        memcpy(data + at, hit, sizeof(hit));
        extra = ff_e2ee_escape_extra(data, sizeof(data));
        ck_assert_uint_eq(extra, 1);
        memcpy(got, data, sizeof(data));
        ff_e2ee_escape(got, sizeof(data), extra);
        assert_bytes("long", got, sizeof(data) + extra, want,
                     naive_escape(want, data, sizeof(data)));
        ck_assert_int_eq(ff_e2ee_escaped(got, sizeof(data) + extra), 1);
        ck_assert_int_eq(ff_e2ee_escaped(data, sizeof(data)), 0);
    }
}
END_TEST

/* The scan goes in steps: frames of every size, a code at every place, alone
 * and behind one at the start. */
START_TEST(a_code_anywhere_in_any_size)
{
    static const uint8_t code[] = { 0, 0, 3 };
    uint8_t data[300], want[300], got[300];

    for (size_t size = 3; size <= sizeof(data); size++)
        for (size_t at = 0; at + 3 <= size; at++) {
            Bytes bytes;

            memset(data, 0x80, size);
            memcpy(data, code, at & 1 ? sizeof(code) : 0);
            memcpy(data + at, code, sizeof(code));
            bytes = copy_bytes(data, size);
            assert_bytes("unescape", got,
                         ff_e2ee_unescape(got, bytes.data, size), want,
                         naive_unescape(want, data, size));
            ck_assert_int_eq(ff_e2ee_escaped(bytes.data, size), 1);
            free_bytes(&bytes);
        }
}
END_TEST

START_TEST(nothing_but_zeros)
{
    uint8_t data[300] = { 0 }, want[600], got[600];

    for (size_t size = 0; size < sizeof(data); size++) {
        size_t extra = ff_e2ee_escape_extra(data, size);

        memset(got, 0, size);
        ff_e2ee_escape(got, size, extra);
        assert_bytes("zeros", got, size + extra, want,
                     naive_escape(want, data, size));
    }
}
END_TEST

/* What a length-prefixed form should become, and how it is cut short. */
START_TEST(from_lengths)
{
    uint64_t seed = 3;

    for (int round = 0; round < 2000; round++) {
        unsigned length_size = 1 + random_below(&seed, 4);
        uint8_t src[400], want[400], got[400];
        size_t src_size = 0, want_size = 0, cuts[8];
        int units = random_below(&seed, 7);

        for (int i = 0; i < units; i++) {
            size_t size = random_below(&seed, 4) ? random_below(&seed, 40) :
                                                   0;

            for (unsigned b = length_size; b--; )
                src[src_size++] = b < 2 ? size >> 8 * b : 0;
            random_fill_zeros(&seed, src + src_size, size);
            if (size) {
                memcpy(want + want_size, "\0\0\0\1", 4);
                memcpy(want + want_size + 4, src + src_size, size);
                want_size += 4 + size;
            }
            src_size += size;
            cuts[i]   = src_size;
        }
        ck_assert_uint_eq(ff_e2ee_annexb_from_lengths(NULL, src, src_size,
                                                      length_size),
                          want_size);
        assert_bytes("units", got,
                     ff_e2ee_annexb_from_lengths(got, src, src_size,
                                                 length_size),
                     want, want_size);
        for (size_t size = 1, whole = 0; size < src_size; size++) {
            Bytes cut = copy_bytes(src, size);

            for (int i = 0; i < units; i++)
                whole |= cuts[i] == size;
            check_that(whole ||
                       !ff_e2ee_annexb_from_lengths(NULL, cut.data, size,
                                                    length_size),
                       "%d of %d bytes", (int)size, (int)src_size);
            whole = 0;
            free_bytes(&cut);
        }
    }
}
END_TEST

START_TEST(lengths_that_lie)
{
    static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 1, 2, 3 };
    static const uint8_t one_more[] = { 0, 0, 0, 3, 0x65, 0x88 };
    uint8_t dst[32];

    for (unsigned length_size = 1; length_size <= 4; length_size++)
        ck_assert_uint_eq(ff_e2ee_annexb_from_lengths(dst, huge, sizeof(huge),
                                                      length_size), 0);
    ck_assert_uint_eq(ff_e2ee_annexb_from_lengths(dst, one_more,
                                                  sizeof(one_more), 4), 0);
    ck_assert_uint_eq(ff_e2ee_annexb_from_lengths(dst, one_more, 0, 4), 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("annexb", &tests);

    tcase_add_test(tests, units);
    tcase_add_test(tests, check);
    tcase_add_test(tests, normalize);
    tcase_add_test(tests, escape);
    tcase_add_test(tests, unescape);
    tcase_add_test(tests, a_code_anywhere_in_any_size);
    tcase_add_test(tests, a_hit_anywhere_in_a_long_run);
    tcase_add_test(tests, nothing_but_zeros);
    tcase_add_test(tests, from_lengths);
    tcase_add_test(tests, lengths_that_lie);
    return run_suite(suite);
}
