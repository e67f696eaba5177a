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
 * No pair of key and IV comes twice, whatever senders do with one secret:
 * millions of frames through the public API. E2EE_NONCE_FRAMES says how many,
 * all schemes together.
 */

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2ee_counter.h"
#include "filter_run.h"
#include "iv_set.h"
#include "quiet_fork.h"
#include "session.h"

#define FRAMES_DEFAULT 2400000

#define INSTANCES 6
#define CYCLES    60
#define CHILDREN  6
#define THREADS   4

static const struct Row {
    const char *scheme;
    const char *options;
    int counter_file;
    int one_process;            ///< others may not have the secret
} rows[] = {
    { "videosdk",  ":kdf=raw", 0, 0 },
    { "livekit",   ":kdf=raw", 0, 0 },
    { "jitsi",     ":kdf=raw", 0, 0 },
    { "nextcloud", ":kdf=raw", 0, 0 },
    { "stream",    "",         0, 0 },
    { "sframe",    "",         0, 0 },
    { "sframe",    "",         1, 0 },
    { "dave",      "",         0, 1 },
};

#define NB_ROWS (sizeof(rows) / sizeof(*rows))

static const char key_digits[] = "000102030405060708090a0b0c0d0e0f";

/* --seal ROW FRAMES COUNTER_FILE: the program as its own child, which writes
 * pairs to this file descriptor. */
#define PAIRS_OUT 3

static char **alone;
static const char *program;
static char folder[] = "/tmp/e2ee-nonces-XXXXXX";
static char counter_file[sizeof(folder) + 16];
static const uint8_t frame[40] = { 0xfc, 1, 2 };
static AVPacket *packet;

static AVBSFContext *start(const struct Row *row)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    char description[512];
    AVBSFContext *bsf;
    int ret;

    check_that(!!par, "out of memory");
    par->codec_type = AVMEDIA_TYPE_AUDIO;
    par->codec_id   = AV_CODEC_ID_OPUS;
    snprintf(description, sizeof(description), "e2ee_encrypt=scheme=%s:"
             "report=none:key_hex=%s%s%s%s", row->scheme, key_digits,
             row->options, row->counter_file ? ":counter_file=" : "",
             row->counter_file ? counter_file : "");
    ret = filter_open(&bsf, description, par, (AVRational){ 1, 48000 });
    check_that(ret >= 0, "%s: %s", description, av_err2str(ret));
    avcodec_parameters_free(&par);
    return bsf;
}

/* Returns 1; 0 if the frame was refused. */
static int seal(const struct Row *row, AVBSFContext *bsf, IvSet *set)
{
    AVPacket *pkt = av_packet_clone(packet);
    uint8_t pair[IV_ROW_SIZE];
    int ret;

    check_that(!!pkt, "out of memory");
    check_that(av_bsf_send_packet(bsf, pkt) >= 0, "not taken");
    ret = av_bsf_receive_packet(bsf, pkt);
    if (ret >= 0) {
        sealed_pair(row->scheme, pkt->data, pkt->size, pair);
        iv_set_add(set, pair);
    }
    av_packet_free(&pkt);
    return ret >= 0;
}

static void seal_many(const struct Row *row, AVBSFContext *bsf, size_t nb,
                      IvSet *set)
{
    while (nb--)
        check_that(seal(row, bsf, set), "%s: refused", row->scheme);
}

/* Several tracks, one frame of each in turn. */
static void instances(const struct Row *row, size_t nb, IvSet *set)
{
    AVBSFContext *bsf[INSTANCES];

    for (int i = 0; i < INSTANCES; i++)
        bsf[i] = start(row);
    for (size_t i = 0; i < nb; i++)
        seal_many(row, bsf[i % INSTANCES], 1, set);
    for (int i = 0; i < INSTANCES; i++)
        av_bsf_free(&bsf[i]);
}

/* The same key at the same index and at others, in between a flush. */
static void key_changes(const struct Row *row, size_t nb, IvSet *set)
{
    AVBSFContext *bsf = start(row);

    for (int i = 0; i < CYCLES; i++) {
        const char *index[] = { "0", "1", "0", "2" };

        seal_many(row, bsf, nb / CYCLES, set);
        filter_set(bsf, "key_index", index[i % 4]);
        if (i % 3)
            filter_set(bsf, "key_hex", key_digits);
        else
            av_bsf_flush(bsf);
        /* The key that is at the index, or is put there now. */
        if (i % 3 == 0)
            filter_set(bsf, "key_hex", key_digits);
    }
    av_bsf_free(&bsf);
}

static void reopened(const struct Row *row, size_t nb, IvSet *set)
{
    for (int i = 0; i < CYCLES; i++) {
        AVBSFContext *bsf = start(row);

        seal_many(row, bsf, nb / CYCLES, set);
        av_bsf_free(&bsf);
    }
}

static void send_all(int fd, IvSet *set)
{
    const uint8_t *p = (const uint8_t *)set->rows;
    size_t left = set->nb * IV_ROW_SIZE;

    while (left) {
        ssize_t size = write(fd, p, left);

        if (size <= 0)
            _exit(5);
        p    += size;
        left -= size;
    }
}

/* Up to so many rows; what was cut off is left out. */
static size_t receive(int fd, size_t most, IvSet *set)
{
    uint8_t row[IV_ROW_SIZE];
    size_t nb = 0, have = 0;

    while (nb < most) {
        ssize_t size = read(fd, row + have, IV_ROW_SIZE - have);

        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            break;
        have += size;
        if (have < IV_ROW_SIZE)
            continue;
        iv_set_add(set, row);
        nb++;
        have = 0;
    }
    return nb;
}

/* What a child seals with its parent's filter, and with one of its own. */
static void be_child(const struct Row *row, AVBSFContext *bsf, size_t nb,
                     int fd)
{
    AVBSFContext *own = row->one_process ? NULL : start(row);
    IvSet set = { 0 };

    for (size_t i = 0; i < nb; i++) {
        if (seal(row, bsf, &set) == row->one_process)
            _exit(4);
        if (own)
            seal_many(row, own, 1, &set);
    }
    send_all(fd, &set);
    _exit(0);
}

static void forks(const struct Row *row, size_t nb, IvSet *set)
{
    size_t share = nb / CHILDREN / 3;
    AVBSFContext *bsf = start(row);

    seal_many(row, bsf, share, set);
    for (int i = 0; i < CHILDREN; i++) {
        int ends[2], status;
        pid_t pid;

        ck_assert_int_eq(pipe(ends), 0);
        pid = i % 2 ? quiet_fork() : fork();
        ck_assert_int_ne(pid, -1);
        if (!pid) {
            close(ends[0]);
            be_child(row, bsf, share, ends[1]);
        }
        close(ends[1]);
        seal_many(row, bsf, share, set);
        ck_assert_uint_eq(receive(ends[0], SIZE_MAX, set),
                          row->one_process ? 0 : 2 * share);
        close(ends[0]);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
    av_bsf_free(&bsf);
}

typedef struct Worker {
    pthread_t thread;
    const struct Row *row;
    size_t nb;
    IvSet  set;
} Worker;

static void *work(void *opaque)
{
    Worker *w = opaque;

    instances(w->row, w->nb, &w->set);
    return NULL;
}

static void threads(const struct Row *row, size_t nb, IvSet *set)
{
    Worker workers[THREADS];

    for (int i = 0; i < THREADS; i++) {
        workers[i] = (Worker){ .row = row, .nb = nb / THREADS };
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work,
                                        &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        iv_set_join(set, &workers[i].set);
    }
}

/* This program started anew; each second time it is killed on its way. */
static void restarts(const struct Row *row, size_t nb, IvSet *set)
{
    size_t share = nb / CHILDREN;
    char number[2][24];

    snprintf(number[0], sizeof(number[0]), "%d", (int)(row - rows));
    snprintf(number[1], sizeof(number[1]), "%zu", share);
    for (int i = 0; i < CHILDREN; i++) {
        int ends[2], status;
        pid_t pid;

        ck_assert_int_eq(pipe(ends), 0);
        pid = fork();
        ck_assert_int_ne(pid, -1);
        if (!pid) {
            close(ends[0]);
            dup2(ends[1], PAIRS_OUT);
            setenv("CK_FORK", "no", 1);
            setenv("CK_VERBOSITY", "silent", 1);
            unsetenv("CK_TAP_LOG_FILE_NAME");
            execl(program, program, "--seal", number[0], number[1],
                  counter_file, (char *)NULL);
            _exit(127);
        }
        close(ends[1]);
        if (i % 2) {
            receive(ends[0], share / 2, set);
            kill(pid, SIGKILL);
        }
        receive(ends[0], SIZE_MAX, set);
        close(ends[0]);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(i % 2 || !status);
    }
}

/* Each frame's pair is written when the frame is sealed. */
START_TEST(seal_alone)
{
    const struct Row *row = &rows[atoi(alone[0])];
    AVBSFContext *bsf;

    snprintf(counter_file, sizeof(counter_file), "%s", alone[2]);
    bsf = start(row);
    for (size_t i = 0; i < strtoul(alone[1], NULL, 10); i++) {
        IvSet set = { 0 };

        seal_many(row, bsf, 1, &set);
        send_all(PAIRS_OUT, &set);
        iv_set_free(&set);
    }
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(no_pair_comes_twice)
{
    static void (*const parts[])(const struct Row *row, size_t nb,
                                 IvSet *set) = {
        instances, key_changes, reopened, forks, threads, restarts
    };
    const int nb_parts = sizeof(parts) / sizeof(*parts);
    const struct Row *row = &rows[_i];
    const char *wanted = getenv("E2EE_NONCE_FRAMES");
    size_t nb = (wanted ? strtoul(wanted, NULL, 10) : FRAMES_DEFAULT) /
                NB_ROWS / nb_parts;
    IvSet set = { 0 };

    for (int i = 0; i < nb_parts; i++)
        if (!row->one_process || parts[i] != restarts)
            parts[i](row, parts[i] == restarts && nb > 20000 ? 20000 : nb,
                     &set);
    ck_assert_uint_ge(set.nb, 3 * nb);
    iv_set_assert_unique(&set, row->scheme);
    printf("# %s%s: %zu frames\n", row->scheme,
           row->counter_file ? " with a counter file" : "", set.nb);
    iv_set_free(&set);
}
END_TEST

/* Nothing comes out when all are used, until there is another key. */
START_TEST(each_sequence_ends)
{
    const E2EEScheme *scheme = ff_e2ee_schemes[_i];
    const uint8_t secret[16] = { _i };
    E2EESession session;
    Result result;

    session_init_scheme(&session, scheme->name, E2EE_PEER_WEB,
                        E2EE_CODEC_OPUS);
    for (int round = 0; round < 2; round++) {
        uint8_t other[16] = { _i, 1 }, iv[E2EE_IV_SIZE];
        E2EEKey *key;

        ck_assert_int_eq(ff_e2ee_keyring_set(&session.ring, 0,
                                             ff_e2ee_scheme_kdf(&session, 0,
                                                                1),
                                             round ? other : secret, 16),
                         E2EE_OK);
        key = session.ring.slots[0];
        if (!strcmp(scheme->name, "dave")) {
            ff_e2ee_counter_raise(key->salt, UINT32_MAX - 3);
        } else {
            ff_e2ee_nonce_init(&key->nonce, scheme->count_from_one);
            ck_assert_int_eq(ff_e2ee_nonce_next(&key->nonce, iv), E2EE_OK);
            memset(key->nonce.iv + 8, 0xff, 4);
            key->nonce.iv[11] -= 2;
            key->nonce.left    = 3;
        }
        for (int i = 0; i < 6; i++) {
            result = seal_frame(&session, frame, sizeof(frame), 1);
            ck_assert_int_eq(result.reason, i < 3 ? E2EE_OK : E2EE_IV_SPENT);
            ck_assert_int_eq(ff_e2ee_state(result.reason, 1), i < 3 ?
                             E2EE_STATE_ENCRYPTION_SUCCESS :
                             E2EE_STATE_ENCRYPTION_FAILED);
            free_bytes(&result.out);
        }
    }
    ff_e2ee_keyring_clear(&session.ring);
}
END_TEST

/* The same by the public API: a counter file at its end. */
START_TEST(a_counter_file_ends)
{
    FILE *f = fopen(counter_file, "w");
    IvSet set = { 0 };
    AVBSFContext *bsf;

    ck_assert_ptr_nonnull(f);
    fprintf(f, "%" PRIu64 "\n", UINT64_MAX - E2EE_COUNTER_RANGE);
    fclose(f);
    bsf = start(&rows[6]);
    for (int i = 0; i < E2EE_COUNTER_RANGE; i++) {
        seal_many(&rows[6], bsf, 1, &set);
        for (int j = 8; j < 14; j++)
            check_that(set.rows[i][j] == 0xff, "counter %d began anew", i);
    }
    for (int i = 0; i < 100; i++)
        check_that(!seal(&rows[6], bsf, &set), "one more");
    ck_assert_int_eq(filter_count(bsf, "state"),
                     E2EE_STATE_ENCRYPTION_FAILED);
    ck_assert_int_eq(filter_count(bsf, "nb_failed"), 100);
    iv_set_assert_unique(&set, "at the end");
    iv_set_free(&set);
    av_bsf_free(&bsf);
}
END_TEST

static void make_frame(void)
{
    packet = make_packet(frame, sizeof(frame), 0, AV_PKT_FLAG_KEY);
    av_log_set_level(AV_LOG_QUIET);
}

static void make_folder(void)
{
    make_frame();
    memset(folder + strlen(folder) - 6, 'X', 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(counter_file, sizeof(counter_file), "%s/counter", folder);
}

static void remove_folder(void)
{
    char lock[sizeof(counter_file) + 8];

    snprintf(lock, sizeof(lock), "%s.lock", counter_file);
    unlink(lock);
    unlink(counter_file);
    rmdir(folder);
    av_packet_free(&packet);
}

int main(int argc, char **argv)
{
    TCase *tests;
    Suite *suite = suite_with("filters_nonces", &tests);

    program = argv[0];
    tcase_set_timeout(tests, 0);
    if (argc == 5 && !strcmp(argv[1], "--seal")) {
        alone = argv + 2;
        tcase_add_checked_fixture(tests, make_frame, NULL);
        tcase_add_test(tests, seal_alone);
        return run_suite(suite);
    }
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_loop_test(tests, no_pair_comes_twice, 0, NB_ROWS);
    tcase_add_loop_test(tests, each_sequence_ends, 0, 7);
    tcase_add_test(tests, a_counter_file_ends);
    return run_suite(suite);
}
