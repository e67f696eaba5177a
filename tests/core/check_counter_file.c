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
 * The counter's file: what it holds, who may share it, what is refused.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "e2ee_counter_file.h"

#define RANGE E2EE_COUNTER_RANGE

static char folder[] = "/tmp/e2ee-counter-XXXXXX";
static char path[sizeof(folder) + 16];

static void put(const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void assert_file(const char *want)
{
    char text[64] = "";
    FILE *f = fopen(path, "r");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_ge(sizeof(text), 1 + fread(text, 1, sizeof(text) - 1, f));
    fclose(f);
    ck_assert_str_eq(text, want);
}

START_TEST(a_range_is_taken_before_its_first_value)
{
    E2EECounterFile file = { .path = path };
    uint64_t value;

    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    ck_assert_uint_eq(value, 0);
    assert_file("4096\n");
    for (uint64_t i = 1; i <= RANGE; i++) {
        ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
        ck_assert_uint_eq(value, i);
    }
    assert_file("8192\n");
}
END_TEST

START_TEST(nobody_else_may_read_it)
{
    E2EECounterFile file = { .path = path };
    struct stat st;

    ck_assert_int_eq(ff_e2ee_counter_file_reserve(&file), E2EE_OK);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(what_is_no_counter_is_refused_and_kept)
{
    static const char *const texts[] = {
        "", "\n", "5", "-5\n", "+5\n", " 5\n", "5 \n", "5\n\n", "0x5\n",
        "five\n", "18446744073709551616\n", "99999999999999999999\n",
        "000000000000000000000000005\n",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        E2EECounterFile file = { .path = path };
        uint64_t value;

        put(texts[i]);
        check_that(ff_e2ee_counter_file_next(&file, &value) ==
                   E2EE_COUNTER_FILE && errno == EINVAL, "'%s'", texts[i]);
        assert_file(texts[i]);
    }
}
END_TEST

START_TEST(it_ends_before_it_would_begin_anew)
{
    E2EECounterFile file = { .path = path };
    uint64_t value;

    put("18446744073709547519\n");
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    ck_assert_uint_eq(value, UINT64_MAX - RANGE);
    assert_file("18446744073709551615\n");
    file.left = 0;
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_IV_SPENT);
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_IV_SPENT);
}
END_TEST

START_TEST(a_file_that_cannot_be_replaced_gives_no_value)
{
    E2EECounterFile file = { .path = path };
    char other[sizeof(path) + 8];
    uint64_t value;

    put("7\n");
    snprintf(other, sizeof(other), "%s.new", path);
    ck_assert_int_eq(mkdir(other, 0700), 0);
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value),
                     E2EE_COUNTER_FILE);
    ck_assert_int_eq(errno, EISDIR);
    assert_file("7\n");
    ck_assert_int_eq(rmdir(other), 0);
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(a_full_disk_gives_no_value)
{
    const struct rlimit none = { 0, RLIM_INFINITY };
    struct rlimit usual;
    E2EECounterFile file = { .path = path };
    enum E2EEReason reason;
    uint64_t value;
    int err;

    put("7\n");
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    reason = ff_e2ee_counter_file_next(&file, &value);
    err    = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual), 0);
    ck_assert_int_eq(reason, E2EE_COUNTER_FILE);
    ck_assert_int_eq(err, EFBIG);
    assert_file("7\n");
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(paths_that_are_no_use)
{
    static char too_long[5000];
    E2EECounterFile file = { .path = too_long };

    memset(too_long, 'a', sizeof(too_long) - 1);
    ck_assert_int_eq(ff_e2ee_counter_file_reserve(&file), E2EE_COUNTER_FILE);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    file.path = folder;
    ck_assert_int_eq(ff_e2ee_counter_file_reserve(&file), E2EE_COUNTER_FILE);
    ck_assert_int_eq(errno, EISDIR);
    file.path = "/nowhere/counter";
    ck_assert_int_eq(ff_e2ee_counter_file_reserve(&file), E2EE_COUNTER_FILE);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(a_forked_child_takes_its_own_range)
{
    E2EECounterFile file = { .path = path };
    uint64_t value;
    int status;
    pid_t pid;

    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    pid = fork();
    if (!pid)
        _exit(ff_e2ee_counter_file_next(&file, &value) || value != RANGE);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(ff_e2ee_counter_file_next(&file, &value), E2EE_OK);
    ck_assert_uint_eq(value, 1);
}
END_TEST

/* Each takes ranges as fast as it can; one lost would be missing. */
START_TEST(processes_take_turns)
{
    const int children = 4, ranges = 25;
    int status;

    for (int i = 0; i < children; i++)
        if (!fork()) {
            E2EECounterFile file = { .path = path };

            for (int n = 0; n < ranges; n++)
                if (ff_e2ee_counter_file_reserve(&file))
                    _exit(1);
            _exit(0);
        }
    for (int i = 0; i < children; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    assert_file("409600\n");
}
END_TEST

/*
 * The same in name spaces of process ids, where child and parent both have 1.
 * Exits with 2 where that is not allowed.
 */
static void nest(E2EECounterFile *file, uint64_t *values)
{
    for (int depth = 0; depth < 3; depth++) {
        int status;
        pid_t pid;

        if (ff_e2ee_counter_file_next(file, &values[depth]))
            _exit(3);
        if (depth == 2)
            break;
        if (unshare(CLONE_NEWPID) && unshare(CLONE_NEWUSER | CLONE_NEWPID))
            _exit(2);
        pid = fork();
        if (pid)
            _exit(waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 4);
    }
    _exit(getpid() != 1);
}

START_TEST(process_ids_do_not_matter)
{
    uint64_t *values = mmap(NULL, 3 * sizeof(*values),
                            PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    E2EECounterFile file = { .path = path };
    int status;
    pid_t pid;

    ck_assert_ptr_ne(values, MAP_FAILED);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (!pid)
        nest(&file, values);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        puts("# no name spaces of process ids: not tested");
    } else {
        ck_assert_int_eq(WEXITSTATUS(status), 0);
        ck_assert_uint_eq(values[0], 0);
        ck_assert_uint_eq(values[1], RANGE);
        ck_assert_uint_eq(values[2], 2 * RANGE);
    }
    munmap(values, 3 * sizeof(*values));
}
END_TEST

static void make_folder(void)
{
    memset(folder + strlen(folder) - 6, 'X', 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/counter", folder);
}

static void remove_folder(void)
{
    static const char *const suffixes[] = { "", ".lock", ".new" };
    char name[sizeof(path) + 8];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        unlink(name);
    }
    snprintf(name, sizeof(name), "%s.lock", folder);
    unlink(name);
    rmdir(folder);
}

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("counter_file", &tests);

    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, a_range_is_taken_before_its_first_value);
    tcase_add_test(tests, nobody_else_may_read_it);
    tcase_add_test(tests, what_is_no_counter_is_refused_and_kept);
    tcase_add_test(tests, it_ends_before_it_would_begin_anew);
    tcase_add_test(tests, a_file_that_cannot_be_replaced_gives_no_value);
    tcase_add_test(tests, a_full_disk_gives_no_value);
    tcase_add_test(tests, paths_that_are_no_use);
    tcase_add_test(tests, a_forked_child_takes_its_own_range);
    tcase_add_test(tests, process_ids_do_not_matter);
    tcase_add_test(tests, processes_take_turns);
    return run_suite(suite);
}
