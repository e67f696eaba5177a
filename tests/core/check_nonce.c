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
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broken_gcrypt.h"
#include "common.h"
#include "e2ee_counter.h"
#include "e2ee_nonce.h"
#include "e2ee_process.h"
#include "quiet_fork.h"

#define FIELD_SIZE 8
#define SEQUENCES  64
#define IVS_EACH   (1 << 15)

/* With so many, chance alone breaks none of the bounds in a lifetime. */
#define DRAWS 1500

static void next(E2EENonce *nonce, uint8_t *iv)
{
    check_that(!ff_e2ee_nonce_next(nonce, iv), "no IV");
}

static uint32_t counter_of(const uint8_t *iv)
{
    return (uint32_t)iv[8] << 24 | iv[9] << 16 | iv[10] << 8 | iv[11];
}

static int compare_ivs(const void *a, const void *b)
{
    return memcmp(a, b, E2EE_IV_SIZE);
}

START_TEST(none_comes_twice)
{
    size_t count = (size_t)SEQUENCES * IVS_EACH;
    uint8_t *ivs = malloc(count * E2EE_IV_SIZE), *p = ivs;

    ck_assert_ptr_nonnull(ivs);
    for (int i = 0; i < SEQUENCES; i++) {
        E2EENonce nonce;

        ff_e2ee_nonce_init(&nonce, 0);
        for (int j = 0; j < IVS_EACH; j++, p += E2EE_IV_SIZE)
            next(&nonce, p);
    }
    qsort(ivs, count, E2EE_IV_SIZE, compare_ivs);
    for (p = ivs; p < ivs + (count - 1) * E2EE_IV_SIZE; p += E2EE_IV_SIZE)
        check_that(compare_ivs(p, p + E2EE_IV_SIZE) < 0, "the same IV");
    free(ivs);
}
END_TEST

START_TEST(field_stays_and_counter_counts)
{
    E2EENonce nonce;
    uint8_t first[E2EE_IV_SIZE], iv[E2EE_IV_SIZE];

    ff_e2ee_nonce_init(&nonce, 0);
    next(&nonce, first);
    for (uint32_t i = 1; i < 100000; i++) {
        next(&nonce, iv);
        check_that(!memcmp(iv, first, FIELD_SIZE) &&
                   counter_of(iv) == (uint32_t)(counter_of(first) + i),
                   "IV %u", i);
    }
}
END_TEST

/*
 * The field has no zero, and a first byte of 4 and more: it never needs an
 * escape. All other values come. The counter may start anywhere.
 */
START_TEST(what_is_drawn)
{
    unsigned first[256] = { 0 }, others[256] = { 0 }, ones[32] = { 0 };
    int values = 0;

    for (int i = 0; i < DRAWS; i++) {
        E2EENonce nonce;
        uint8_t iv[E2EE_IV_SIZE];

        ff_e2ee_nonce_init(&nonce, 0);
        next(&nonce, iv);
        first[iv[0]]++;
        for (int j = 1; j < FIELD_SIZE; j++)
            others[iv[j]]++;
        for (int bit = 0; bit < 32; bit++)
            ones[bit] += counter_of(iv) >> bit & 1;
    }
    for (int value = 0; value < 256; value++) {
        check_that(value >= 4 || !first[value], "first byte %d", value);
        check_that(!!others[value] == !!value, "%u times %d",
                   others[value], value);
        values += !!first[value];
    }
    ck_assert_int_gt(values, 230);
    for (int bit = 0; bit < 32; bit++)
        ck_assert_msg(ones[bit] > DRAWS * 2 / 5 && ones[bit] < DRAWS * 3 / 5,
                      "bit %d is set in %u of %d", bit, ones[bit], DRAWS);
}
END_TEST

START_TEST(spent_after_all_counts)
{
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE], before[E2EE_IV_SIZE];

    ff_e2ee_nonce_init(&nonce, 0);
    next(&nonce, iv);
    ck_assert_uint_eq(nonce.left, UINT32_MAX);
    nonce.left = 3;
    for (int i = 0; i < 3; i++)
        next(&nonce, iv);
    memcpy(before, iv, sizeof(iv));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ff_e2ee_nonce_next(&nonce, iv), E2EE_IV_SPENT);
        ck_assert_mem_eq(iv, before, sizeof(iv));
    }
}
END_TEST

START_TEST(the_counter_wraps_within_its_32_bits)
{
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE], field[FIELD_SIZE];

    ff_e2ee_nonce_init(&nonce, 0);
    next(&nonce, iv);
    memcpy(field, iv, FIELD_SIZE);
    memset(nonce.iv + FIELD_SIZE, 0xff, 4);
    next(&nonce, iv);
    ck_assert_uint_eq(counter_of(iv), 0xffffffff);
    next(&nonce, iv);
    ck_assert_uint_eq(counter_of(iv), 0);
    ck_assert_mem_eq(iv, field, FIELD_SIZE);
    next(&nonce, iv);
    ck_assert_uint_eq(counter_of(iv), 1);
}
END_TEST

/* For receivers that look for replays; 2^32 - 1 of them, never a 0. */
START_TEST(one_that_counts_from_one)
{
    uint8_t fields[2][FIELD_SIZE], iv[E2EE_IV_SIZE];

    for (int i = 0; i < 2; i++) {
        E2EENonce nonce;

        ff_e2ee_nonce_init(&nonce, 1);
        for (uint32_t n = 1; n < 1000; n++) {
            next(&nonce, iv);
            check_that(counter_of(iv) == n, "count %u", n);
            ck_assert_uint_eq(nonce.left, UINT32_MAX - n);
            if (n == 1)
                memcpy(fields[i], iv, FIELD_SIZE);
            ck_assert_mem_eq(iv, fields[i], FIELD_SIZE);
        }
        memset(nonce.iv + FIELD_SIZE, 0xff, 4);
        nonce.left = 1;
        next(&nonce, iv);
        ck_assert_uint_eq(counter_of(iv), 0xffffffff);
        ck_assert_int_eq(ff_e2ee_nonce_next(&nonce, iv), E2EE_IV_SPENT);
    }
    ck_assert_mem_ne(fields[0], fields[1], FIELD_SIZE);
}
END_TEST

START_TEST(a_fixed_one_counts_from_its_iv)
{
    const uint8_t start[E2EE_IV_SIZE] = {
        0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 254
    };
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE];

    ff_e2ee_nonce_init_fixed(&nonce, start);
    for (uint32_t i = 0; i < 1000; i++) {
        next(&nonce, iv);
        ck_assert_mem_eq(iv, start, FIELD_SIZE);
        ck_assert_uint_eq(counter_of(iv), (uint32_t)(0xfffffffe + i));
    }
    nonce.left = 0;
    ck_assert_int_eq(ff_e2ee_nonce_next(&nonce, iv), E2EE_IV_SPENT);
}
END_TEST

/* The next IV as a child sees it. */
static void next_in_child(pid_t (*make_child)(void), E2EENonce *nonce,
                          uint8_t *iv)
{
    int ends[2], status;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = make_child();
    ck_assert_int_ne(pid, -1);
    if (!pid) {
        int failed = ff_e2ee_nonce_next(nonce, iv) ||
                     write(ends[1], iv, E2EE_IV_SIZE) != E2EE_IV_SIZE;

        _exit(failed);
    }
    ck_assert_int_eq(read(ends[0], iv, E2EE_IV_SIZE), E2EE_IV_SIZE);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    close(ends[0]);
    close(ends[1]);
}

START_TEST(processes_do_not_share_a_sequence)
{
    pid_t (*const make_child)(void) = _i ? quiet_fork : fork;
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE], children[3][E2EE_IV_SIZE];

    ff_e2ee_nonce_init(&nonce, 0);
    next(&nonce, iv);
    for (int i = 0; i < 3; i++)
        next_in_child(make_child, &nonce, children[i]);
    next(&nonce, iv);
    for (int i = 0; i < 3; i++) {
        ck_assert_mem_ne(children[i], iv, FIELD_SIZE);
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(children[i], children[j], FIELD_SIZE);
    }
}
END_TEST

/* libgcrypt's bytes are not all that a field is made of. */
START_TEST(a_stuck_generator_repeats_nothing)
{
    uint8_t ivs[2][E2EE_IV_SIZE];

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    break_gcrypt(BROKEN_RANDOM);
    for (int i = 0; i < 2; i++) {
        E2EENonce nonce;

        ff_e2ee_nonce_init(&nonce, 0);
        next(&nonce, ivs[i]);
    }
    break_gcrypt(BROKEN_NOTHING);
    ck_assert_mem_ne(ivs[0], ivs[1], FIELD_SIZE);
}
END_TEST

START_TEST(a_child_counts_from_one_again)
{
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE], child[E2EE_IV_SIZE];

    ff_e2ee_nonce_init(&nonce, 1);
    for (int i = 0; i < 5; i++)
        next(&nonce, iv);
    next_in_child(fork, &nonce, child);
    ck_assert_uint_eq(counter_of(child), 1);
    ck_assert_mem_ne(child, iv, FIELD_SIZE);
    next(&nonce, iv);
    ck_assert_uint_eq(counter_of(iv), 6);
}
END_TEST

START_TEST(a_fixed_one_is_fixed_in_a_child_too)
{
    const uint8_t start[E2EE_IV_SIZE] = { 1, 2, 3 };
    E2EENonce nonce;
    uint8_t iv[E2EE_IV_SIZE];

    ff_e2ee_nonce_init_fixed(&nonce, start);
    next_in_child(fork, &nonce, iv);
    ck_assert_mem_eq(iv, start, E2EE_IV_SIZE);
}
END_TEST

static const uint8_t secret_id[E2EE_COUNTER_ID_SIZE] = { 1, 2, 3 };

static void count(uint32_t want)
{
    uint32_t value = 0;

    ck_assert_int_eq(ff_e2ee_counter_next(secret_id, &value), E2EE_OK);
    ck_assert_uint_eq(value, want);
}

START_TEST(a_child_gets_none_of_a_counter)
{
    pid_t (*const make_child)(void) = _i ? quiet_fork : fork;
    int status;
    pid_t pid;

    count(1);
    pid = make_child();
    ck_assert_int_ne(pid, -1);
    if (!pid) {
        uint32_t value;

        _exit(ff_e2ee_counter_next(secret_id, &value));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), E2EE_IV_SPENT);
    count(2);
}
END_TEST

START_TEST(a_counter_ends_and_is_never_set_back)
{
    uint32_t value = 7;

    count(1);
    ck_assert_int_eq(ff_e2ee_counter_raise(secret_id, UINT32_MAX - 2),
                     E2EE_OK);
    ck_assert_int_eq(ff_e2ee_counter_raise(secret_id, 5), E2EE_OK);
    count(UINT32_MAX - 1);
    count(UINT32_MAX);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ff_e2ee_counter_next(secret_id, &value),
                         E2EE_IV_SPENT);
        ck_assert_uint_eq(value, 7);
        ck_assert_int_eq(ff_e2ee_counter_raise(secret_id, 0), E2EE_OK);
    }
}
END_TEST

#define COUNTERS   4
#define COUNT_EACH 300000

static void *count_in_thread(void *values)
{
    for (int i = 0; i < COUNT_EACH; i++)
        if (ff_e2ee_counter_next(secret_id, (uint32_t *)values + i))
            return NULL;
    return values;
}

/* As fast as they can, so that they meet. */
START_TEST(threads_share_a_counter)
{
    static uint32_t values[COUNTERS][COUNT_EACH];
    static uint8_t seen[COUNTERS * COUNT_EACH + 1];
    pthread_t threads[COUNTERS];

    for (int i = 0; i < COUNTERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_in_thread,
                                        values[i]), 0);
    for (int i = 0; i < COUNTERS; i++) {
        void *counted;

        ck_assert_int_eq(pthread_join(threads[i], &counted), 0);
        ck_assert_ptr_nonnull(counted);
    }
    for (int i = 0; i < COUNTERS; i++)
        for (int j = 0; j < COUNT_EACH; j++) {
            check_that(values[i][j] && values[i][j] < sizeof(seen) &&
                       !seen[values[i][j]], "%u twice", values[i][j]);
            seen[values[i][j]] = 1;
        }
}
END_TEST

static void *number_in_thread(void *number)
{
    *(unsigned *)number = ff_e2ee_process();
    return NULL;
}

/* All of a process get the same number, whoever asks first. */
START_TEST(the_threads_of_a_child_agree)
{
    unsigned own = ff_e2ee_process(), numbers[8];
    pthread_t threads[8];
    int status;
    pid_t pid = fork();

    ck_assert_int_ne(pid, -1);
    if (!pid) {
        for (int i = 0; i < 8; i++)
            pthread_create(&threads[i], NULL, number_in_thread, &numbers[i]);
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < 8; i++)
            if (numbers[i] != numbers[0] || !numbers[i] || numbers[i] == own)
                _exit(1);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(ff_e2ee_process(), own);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("nonce", &tests);

    tcase_add_test(tests, none_comes_twice);
    tcase_add_test(tests, field_stays_and_counter_counts);
    tcase_add_test(tests, what_is_drawn);
    tcase_add_test(tests, spent_after_all_counts);
    tcase_add_test(tests, the_counter_wraps_within_its_32_bits);
    tcase_add_test(tests, one_that_counts_from_one);
    tcase_add_test(tests, a_fixed_one_counts_from_its_iv);
    tcase_add_loop_test(tests, processes_do_not_share_a_sequence, 0, 2);
    tcase_add_test(tests, a_stuck_generator_repeats_nothing);
    tcase_add_test(tests, a_child_counts_from_one_again);
    tcase_add_test(tests, a_fixed_one_is_fixed_in_a_child_too);
    tcase_add_loop_test(tests, a_child_gets_none_of_a_counter, 0, 2);
    tcase_add_test(tests, a_counter_ends_and_is_never_set_back);
    tcase_add_test(tests, threads_share_a_counter);
    tcase_add_loop_test(tests, the_threads_of_a_child_agree, 0, 20);
    return run_suite(suite);
}
