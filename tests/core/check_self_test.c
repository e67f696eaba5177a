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
 * The known answers at the first use: each way of going wrong is noticed, and
 * then no scheme takes a key. Each case has a process of its own, since the
 * test is done once a process.
 */

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "broken_gcrypt.h"
#include "e2ee_self_test.h"
#include "session.h"

#define THREADS 8

static const char *const found[BROKEN_NB] = {
    [BROKEN_OPEN]             = "AES-128-GCM",
    [BROKEN_ENCRYPT]          = "AES-128-GCM",
    [BROKEN_DECRYPT]          = "AES-128-GCM",
    [BROKEN_GETTAG]           = "AES-128-GCM",
    [BROKEN_CHECKTAG_ACCEPTS] = "AES-128-GCM",
    [BROKEN_CHECKTAG_REFUSES] = "AES-128-GCM",
    [BROKEN_AUTHENTICATE]     = "AES-128-GCM",
    [BROKEN_SETCTR]           = "AES-128-CTR with HMAC-SHA256",
    [BROKEN_HASH]             = "AES-128-CTR with HMAC-SHA256",
    [BROKEN_PBKDF2]           = "PBKDF2-HMAC-SHA256",
    [BROKEN_RANDOM]           = "random numbers",
};

/* No scheme takes a key, so none seals or opens. */
static void assert_nothing_goes(const char *name)
{
    static const uint8_t secret[16] = { 1 };

    for (int i = 0; ff_e2ee_schemes[i]; i++) {
        E2EESession session;
        Result result;

        session_init_scheme(&session, ff_e2ee_schemes[i]->name,
                            E2EE_PEER_WEB, E2EE_CODEC_OPUS);
        ck_assert_int_eq(ff_e2ee_keyring_set(&session.ring, 0,
                                             ff_e2ee_scheme_kdf(&session, 0,
                                                                1),
                                             secret, sizeof(secret)),
                         E2EE_SELF_TEST);
        result = seal_frame(&session, secret, sizeof(secret), 1);
        ck_assert_msg(result.reason == E2EE_NO_KEY, "%s: %s seals: %s", name,
                      ff_e2ee_schemes[i]->name,
                      ff_e2ee_reason_name(result.reason));
        free_bytes(&result.out);
    }
}

static void find_broken(enum Broken what)
{
    break_gcrypt(what);
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_SELF_TEST);
    ck_assert_str_eq(ff_e2ee_crypto_failure(), found[what]);
    assert_nothing_goes(found[what]);
    /* Nor later: what was wrong once is not to be trusted again. */
    break_gcrypt(BROKEN_NOTHING);
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_SELF_TEST);
    assert_nothing_goes(found[what]);
}

static void in_child(void (*run)(enum Broken), enum Broken what)
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ne(pid, -1);
    if (!pid) {
        run(what);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(!status, "%s: see above", found[what]);
}

START_TEST(what_is_broken_is_found)
{
    in_child(find_broken, _i);
}
END_TEST

static void *init_in_thread(void *result)
{
    *(enum E2EEReason *)result = ff_e2ee_crypto_init();
    return NULL;
}

static void find_in_threads(enum Broken what)
{
    enum E2EEReason results[THREADS];
    pthread_t threads[THREADS];

    break_gcrypt(what);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, init_in_thread,
                                        &results[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(results[i], E2EE_SELF_TEST);
    }
}

START_TEST(all_threads_are_told)
{
    in_child(find_in_threads, BROKEN_PBKDF2);
}
END_TEST

START_TEST(what_is_well_passes)
{
    const char *failed;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    ck_assert_ptr_null(ff_e2ee_crypto_failure());
    ck_assert_int_eq(ff_e2ee_self_test(&failed), E2EE_OK);
    ck_assert_ptr_null(failed);
}
END_TEST

/* It is to cost no start anything; the bound is for the slowest of machines
 * and valgrind, the figure for doc/testing.md. */
START_TEST(it_is_quick)
{
    struct timespec start, end;
    const char *failed;
    long us;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(ff_e2ee_self_test(&failed), E2EE_OK);
    clock_gettime(CLOCK_MONOTONIC, &end);
    us = ((end.tv_sec - start.tv_sec) * 1000000000L +
          end.tv_nsec - start.tv_nsec) / 100000;
    printf("# self-test: %ld us\n", us);
    ck_assert_int_lt(us, 200000);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("self_test", &tests);

    tcase_add_loop_test(tests, what_is_broken_is_found, BROKEN_NOTHING + 1,
                        BROKEN_NB);
    tcase_add_test(tests, all_threads_are_told);
    tcase_add_test(tests, what_is_well_passes);
    tcase_add_test(tests, it_is_quick);
    return run_suite(suite);
}
