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


#define _GNU_SOURCE

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gcrypt.h>

#include "common.h"
#include "e2ee_derived.h"
#include "e2ee_keyring.h"

#define THREADS 8
#define RINGS   20

/** Where the first derivation waits if it is to be caught at work. */
static sem_t begun, go_on;
static atomic_int wait_once, nb_runs, fails;

/* In front of libgcrypt's own. */
gpg_error_t gcry_kdf_derive(const void *secret, size_t secret_size, int algo,
                            int hash, const void *salt, size_t salt_size,
                            unsigned long rounds, size_t size, void *out)
{
    gpg_error_t (*real)(const void *, size_t, int, int, const void *, size_t,
                        unsigned long, size_t, void *);

    *(void **)&real = dlsym(RTLD_NEXT, "gcry_kdf_derive");
    nb_runs++;
    if (atomic_exchange(&wait_once, 0)) {
        sem_post(&begun);
        sem_wait(&go_on);
    }
    if (fails)
        return GPG_ERR_INTERNAL;
    return real(secret, secret_size, algo, hash, salt, salt_size, rounds,
                size, out);
}

static void setup(void)
{
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    sem_init(&begun, 0, 0);
    sem_init(&go_on, 0, 0);
    nb_runs = 0;
}

static enum E2EEReason get(E2EEDerived **held, const char *secret,
                           const char *salt, uint8_t *out, size_t size)
{
    return ff_e2ee_derived_get(held, E2EE_KDF_PBKDF2,
                               (const uint8_t *)secret, strlen(secret),
                               (const uint8_t *)salt, strlen(salt), out,
                               size);
}

static void check_bytes(const uint8_t *out, const char *secret,
                        const char *salt, size_t size)
{
    uint8_t want[64];

    ck_assert_int_eq(ff_e2ee_kdf(E2EE_KDF_PBKDF2, (const uint8_t *)secret,
                                 strlen(secret), (const uint8_t *)salt,
                                 strlen(salt), want, size), E2EE_OK);
    ck_assert_mem_eq(out, want, size);
}

START_TEST(what_differs_is_derived_again)
{
    static const struct {
        const char *secret, *salt;
        size_t      size;
    } rows[] = {
        { "secret", "salt", 16 }, { "secret", "salt", 32 },
        { "secreu", "salt", 16 }, { "secret", "salu", 16 },
        { "secrets", "alt", 16 }, { "secre", "tsalt", 16 },
        { "", "salt", 16 },
    };
    E2EEDerived *held[7], *again;
    uint8_t out[64];

    for (int i = 0; i < 7; i++) {
        ck_assert_int_eq(get(&held[i], rows[i].secret, rows[i].salt, out,
                             rows[i].size), E2EE_OK);
        ck_assert_int_eq(nb_runs, 1);
        check_bytes(out, rows[i].secret, rows[i].salt, rows[i].size);
        nb_runs = 0;
        memset(out, 0, sizeof(out));
        ck_assert_int_eq(get(&again, rows[i].secret, rows[i].salt, out,
                             rows[i].size), E2EE_OK);
        ck_assert_int_eq(nb_runs, 0);
        check_bytes(out, rows[i].secret, rows[i].salt, rows[i].size);
        nb_runs = 0;
        ff_e2ee_derived_release(&again);
        ck_assert_ptr_null(again);
    }
    for (int i = 0; i < 7; i++)
        ff_e2ee_derived_release(&held[i]);
    ff_e2ee_derived_release(&held[0]);
}
END_TEST

START_TEST(what_costs_nothing_is_not_kept)
{
    E2EEDerived *held;
    uint8_t out[16];

    ck_assert_int_eq(ff_e2ee_derived_get(&held, E2EE_KDF_HKDF,
                                         (const uint8_t *)"secret", 6,
                                         (const uint8_t *)"salt", 4, out, 16),
                     E2EE_OK);
    ck_assert_ptr_null(held);
    ck_assert_int_eq(nb_runs, 0);
}
END_TEST

START_TEST(the_last_one_wipes_it)
{
    static const char secret[] = "a secret to look for";
    E2EEDerived *first, *second;
    const uint8_t *memory;
    uint8_t out[16];

    ck_assert_int_eq(get(&first, secret, "salt", out, 16), E2EE_OK);
    ck_assert_int_eq(get(&second, secret, "salt", out, 16), E2EE_OK);
    memory = (const uint8_t *)first;
    ck_assert(gcry_is_secure(memory));
    ff_e2ee_derived_release(&first);
    ck_assert_ptr_nonnull(memmem(memory, 128, secret, strlen(secret)));
    ck_assert_ptr_nonnull(memmem(memory, 128, out, 16));
    ff_e2ee_derived_release(&second);
    ck_assert_ptr_null(memmem(memory, 128, secret, strlen(secret)));
    ck_assert_ptr_null(memmem(memory, 128, out, 16));
    ck_assert_int_eq(nb_runs, 1);
    ck_assert_int_eq(get(&first, secret, "salt", out, 16), E2EE_OK);
    ck_assert_int_eq(nb_runs, 2);
    ff_e2ee_derived_release(&first);
}
END_TEST

START_TEST(a_failure_is_told_and_not_kept)
{
    E2EEDerived *held;
    uint8_t out[16];

    fails = 1;
    ck_assert_int_eq(get(&held, "secret", "salt", out, 16),
                     E2EE_CRYPTO_ERROR);
    ck_assert_ptr_null(held);
    fails = 0;
    ck_assert_int_eq(get(&held, "secret", "salt", out, 16), E2EE_OK);
    check_bytes(out, "secret", "salt", 16);
    ff_e2ee_derived_release(&held);
}
END_TEST

typedef struct Job {
    E2EEDerived    *held;
    enum E2EEReason reason;
    uint8_t         out[16];
} Job;

static void *work(void *opaque)
{
    Job *j = opaque;

    j->reason = get(&j->held, "shared", "salt", j->out, 16);
    return NULL;
}

START_TEST(threads_wait_for_the_first)
{
    pthread_t threads[THREADS];
    Job jobs[THREADS];

    wait_once = 1;
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &jobs[i]),
                         0);
        if (!i)
            sem_wait(&begun);
    }
    sem_post(&go_on);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(jobs[i].reason, E2EE_OK);
        ck_assert_mem_eq(jobs[i].out, jobs[0].out, 16);
    }
    ck_assert_int_eq(nb_runs, 1);
    check_bytes(jobs[0].out, "shared", "salt", 16);
    for (int i = 0; i < THREADS; i++)
        ff_e2ee_derived_release(&jobs[i].held);
}
END_TEST

/* What another thread has begun nobody finishes in a child. */
START_TEST(a_child_derives_for_itself)
{
    pthread_t thread;
    Job job, own;
    int status;
    pid_t child;

    wait_once = 1;
    ck_assert_int_eq(pthread_create(&thread, NULL, work, &job), 0);
    sem_wait(&begun);
    child = fork();
    if (!child) {
        alarm(60);
        work(&own);
        check_bytes(own.out, "shared", "salt", 16);
        ff_e2ee_derived_release(&own.held);
        _exit(own.reason);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    sem_post(&go_on);
    pthread_join(thread, NULL);
    ck_assert_int_eq(job.reason, E2EE_OK);
    ff_e2ee_derived_release(&job.held);
}
END_TEST

START_TEST(a_child_has_what_was_derived)
{
    E2EEDerived *held;
    uint8_t out[16];
    int status;
    pid_t child;

    ck_assert_int_eq(get(&held, "secret", "salt", out, 16), E2EE_OK);
    child = fork();
    if (!child) {
        E2EEDerived *again;

        alarm(60);
        get(&again, "secret", "salt", out, 16);
        _exit(nb_runs != 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ff_e2ee_derived_release(&held);
}
END_TEST

START_TEST(rings_of_one_passphrase_derive_once)
{
    static E2EEKeyRing rings[RINGS];

    for (int turn = 1; turn <= 2; turn++) {
        for (int i = 0; i < RINGS; i++) {
            rings[i] = (E2EEKeyRing){ .size = 16, .key_size = 16,
                                      .failure_tolerance = -1,
                                      .salt = (const uint8_t *)"salt",
                                      .salt_size = 4 };
            ck_assert_int_eq(ff_e2ee_keyring_set(&rings[i], i, E2EE_KDF_PBKDF2,
                                                 (const uint8_t *)"secret",
                                                 6), E2EE_OK);
        }
        ck_assert_int_eq(nb_runs, turn);
        for (int i = 0; i < RINGS; i++)
            ff_e2ee_keyring_clear(&rings[i]);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("derived", &tests);

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, what_differs_is_derived_again);
    tcase_add_test(tests, what_costs_nothing_is_not_kept);
    tcase_add_test(tests, the_last_one_wipes_it);
    tcase_add_test(tests, a_failure_is_told_and_not_kept);
    tcase_add_test(tests, threads_wait_for_the_first);
    tcase_add_test(tests, a_child_derives_for_itself);
    tcase_add_test(tests, a_child_has_what_was_derived);
    tcase_add_test(tests, rings_of_one_passphrase_derive_once);
    return run_suite(suite);
}
