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

#include "common.h"
#include "e2ee_replay.h"

#define WINDOW E2EE_REPLAY_WINDOW

static E2EEReplay replay;

static void setup(void)
{
    memset(&replay, 0, sizeof(replay));
}

/* As a receiver does: told apart, and noted if it is new. */
static int fresh(uint64_t prefix, uint32_t counter)
{
    if (ff_e2ee_replayed(&replay, prefix, counter))
        return 0;
    ff_e2ee_replay_commit(&replay, prefix, counter);
    return 1;
}

START_TEST(each_once)
{
    for (uint32_t counter = 1; counter < 5000; counter++) {
        ck_assert(fresh(1, counter));
        ck_assert(!fresh(1, counter));
        ck_assert(!fresh(1, 1));
    }
}
END_TEST

START_TEST(asking_changes_nothing)
{
    ck_assert(fresh(1, 100));
    for (int i = 0; i < 3; i++) {
        ck_assert(!ff_e2ee_replayed(&replay, 1, 5000));
        ck_assert(!ff_e2ee_replayed(&replay, 2, 100));
    }
    ck_assert(fresh(1, 99));
}
END_TEST

START_TEST(late_ones_within_the_window)
{
    ck_assert(fresh(1, 5000));
    ck_assert(!fresh(1, 5000 - WINDOW));
    ck_assert(!fresh(1, 0));
    for (uint32_t late = 1; late < WINDOW; late++) {
        ck_assert(fresh(1, 5000 - late));
        ck_assert(!fresh(1, 5000 - late));
    }
}
END_TEST

/* The first counters have fewer than a window before them. */
START_TEST(the_window_ends_at_zero)
{
    ck_assert(fresh(1, 3));
    ck_assert(fresh(1, 0));
    ck_assert(fresh(1, 2));
    ck_assert(fresh(1, 1));
    ck_assert(!fresh(1, 0));
}
END_TEST

START_TEST(counters_at_their_end)
{
    ck_assert(fresh(1, UINT32_MAX - WINDOW));
    ck_assert(fresh(1, UINT32_MAX));
    ck_assert(!fresh(1, UINT32_MAX));
    ck_assert(!fresh(1, UINT32_MAX - WINDOW));
    ck_assert(fresh(1, UINT32_MAX - WINDOW + 1));
    ck_assert(!fresh(1, 0));
}
END_TEST

START_TEST(a_leap_forgets_what_it_leaves)
{
    static const uint32_t leaps[] = {
        1, 7, 8, 9, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW, 1u << 30
    };

    for (size_t i = 0; i < sizeof(leaps) / sizeof(*leaps); i++) {
        uint32_t end = 2 * WINDOW + leaps[i];

        setup();
        for (uint32_t counter = WINDOW; counter <= 2 * WINDOW; counter++)
            ck_assert(fresh(1, counter));
        ck_assert(fresh(1, end));
        for (uint32_t back = 0; back <= 2 * WINDOW; back++)
            ck_assert_msg(fresh(1, end - back) ==
                          (back && back < WINDOW && end - back > 2 * WINDOW),
                          "leap %u, %u back", leaps[i], back);
    }
}
END_TEST

START_TEST(prefixes_do_not_mix)
{
    for (uint32_t counter = 1; counter < 3000; counter++)
        for (uint64_t n = 0; n < E2EE_REPLAY_SENDERS; n++)
            ck_assert(fresh(n << 40, counter));
    for (uint64_t n = 0; n < E2EE_REPLAY_SENDERS; n++)
        ck_assert(!fresh(n << 40, 2999));
}
END_TEST

/* A sender's fourth key takes the place of its first. */
START_TEST(the_first_of_four_prefixes_goes)
{
    for (uint64_t prefix = 1; prefix <= 4; prefix++)
        ck_assert(fresh(prefix, 9));
    for (uint64_t prefix = 2; prefix <= 4; prefix++)
        ck_assert(!fresh(prefix, 9));
    ck_assert(fresh(1, 9));
    ck_assert(!fresh(3, 9));
    ck_assert(!fresh(4, 9));
    ck_assert(!fresh(1, 9));
    ck_assert(fresh(2, 9));
}
END_TEST

#define COUNTERS 20000

/* Against a list of all that came. */
START_TEST(like_a_list)
{
    static uint8_t seen[COUNTERS];

    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t state = seed;
        uint32_t highest = 0, counter;

        setup();
        memset(seen, 0, sizeof(seen));
        for (int i = 0; i < 20000 && highest < COUNTERS - 3000; i++) {
            int late = random_below(&state, 4), want;
            unsigned far = random_below(&state, 100) ? 30 : 2500;
            unsigned by = random_below(&state, far);

            counter = late ? highest - (by < highest ? by : highest) :
                             highest + by;
            want = !seen[counter] &&
                   (counter > highest || highest - counter < WINDOW);
            check_that(fresh(1, counter) == want, "seed %d, counter %u of %u",
                       (int)seed, counter, highest);
            seen[counter] = 1;
            if (counter > highest)
                highest = counter;
        }
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("replay", &tests);

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, each_once);
    tcase_add_test(tests, asking_changes_nothing);
    tcase_add_test(tests, late_ones_within_the_window);
    tcase_add_test(tests, the_window_ends_at_zero);
    tcase_add_test(tests, counters_at_their_end);
    tcase_add_test(tests, a_leap_forgets_what_it_leaves);
    tcase_add_test(tests, prefixes_do_not_mix);
    tcase_add_test(tests, the_first_of_four_prefixes_goes);
    tcase_add_test(tests, like_a_list);
    return run_suite(suite);
}
