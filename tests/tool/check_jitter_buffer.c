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

/* The jitter buffer: by script, and against a reference that knows the whole
 * future. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>

#include "common.h"
#include "net/jitter_buffer.h"
#include "net/rtp.h"

static Datagram packet(uint16_t sequence)
{
    uint8_t bytes[RTP_HEADER_SIZE + 1] = { 0x80, 96 };
    Datagram d;

    rtp_set_sequence(bytes, sequence);
    ck_assert_int_eq(datagram_make(&d, NULL, bytes, sizeof(bytes)), 0);
    return d;
}

static JitterResult push(JitterBuffer *j, uint16_t sequence, int64_t now)
{
    JitterResult result;
    Datagram d = packet(sequence);

    ck_assert_int_eq(jitter_push(j, &d, now, &result), 0);
    if (result == JITTER_DUPLICATE || result == JITTER_LATE)
        ck_assert_ptr_nonnull(d.buffer);
    else
        ck_assert_ptr_null(d.buffer);
    datagram_unref(&d);
    return result;
}

/* Steps: "7@20" pushes sequence number 7 at 20 us, ".@30" pushes nothing,
 * "!@30" is the end; after each all that is due is popped. What comes of a
 * step: Taken, Duplicate, Late, Restart, Aside; then sequence numbers, with
 * those lost before as -n. */
static const struct {
    const char *name, *steps, *result;
    int deadline, capacity, start_hold;
} scripts[] = {
    { "in order", "1@0 2@1 3@2", "T 1, T 2, T 3", 100, 0, 0 },
    { "wrap", "65534@0 65535@1 0@2 1@3", "T 65534, T 65535, T 0, T 1",
      100, 0, 0 },
    { "swapped", "1@0 3@1 2@2 4@3", "T 1, T, T 2 3, T 4", 100, 0, 0 },
    { "swapped at the wrap", "65534@0 0@1 65535@2 1@3",
      "T 65534, T, T 65535 0, T 1", 100, 0, 0 },
    { "lost", "1@0 3@10 4@20 .@109 .@110", "T 1, T, T,, 3-1 4", 100, 0, 0 },
    { "two gaps", "1@0 3@10 5@20 .@110 .@120", "T 1, T, T, 3-1, 5-1",
      100, 0, 0 },
    { "a wide gap", "1@0 4@10 .@110 3@111 5@112",
      "T 1, T, 4-2, L, T 5", 100, 0, 0 },
    { "late", "1@0 3@10 .@110 2@111 2@112", "T 1, T, 3-1, L, D", 100, 0, 0 },
    { "in time behind a lost one", "1@0 4@10 3@20 .@110 2@120",
      "T 1, T, T, 3-1 4, L", 100, 0, 0 },
    { "duplicates", "1@0 1@1 3@2 3@3 2@4 2@5", "T 1, D, T, D, T 2 3, D",
      100, 0, 0 },
    { "no patience", "1@0 3@1 2@2", "T 1, T 3-1, L", 0, 0, 0 },
    { "the end", "1@0 3@1 6@2 !@3", "T 1, T, T, 3-1 6-2", 100, 0, 0 },
    { "before the first", "5@0 4@1 4@2 6@3", "T 5, L, D, T 6", 100, 0, 0 },
    { "the first is waited for", "5@0 3@1 6@2 4@3 .@50 2@51",
      "T, T, T, T, 3 4 5 6, L", 100, 0, 50 },
    { "the first is waited for over a wrap", "1@0 65535@1 .@50 0@60 .@101",
      "T, T, 65535, T 0 1,", 100, 0, 50 },
    { "the first is given up", "5@0 3@1 .@50 .@101", "T, T, 3, 5-1",
      100, 0, 50 },
    { "the end while the first waits", "5@0 !@1", "T, 5", 100, 0, 50 },
    { "jump ahead", "1@0 5001@1 5002@2 5003@3", "T 1, A, R 5001 5002, T 5003",
      100, 0, 0 },
    { "jump back", "9000@0 4@1 5@2 6@3", "T 9000, A, R 4 5, T 6", 100, 0, 0 },
    { "jump with packets held", "1@0 3@1 9000@2 9001@3", "T 1, T, A, "
      "R 3-1 9000 9001", 100, 0, 0 },
    { "stray", "1@0 9000@1 2@2 20000@3 3@4", "T 1, A, T 2, A, T 3", 100, 0, 0 },
    { "stray twice", "1@0 9000@1 9000@2 2@3", "T 1, A, D, T 2", 100, 0, 0 },
    { "old number after a jump", "1@0 9000@1 9001@2 2@3 9002@4",
      "T 1, A, R 9000 9001, A, T 9002", 100, 0, 0 },
    { "within the dropout", "1@0 3000@1 .@101", "T 1, T, 3000-2998",
      100, 0, 0 },
    { "capacity", "1@0 3@1 66@2 67@3 .@200", "T 1, T, T 3-1, T, 66-62 67",
      100, 64, 0 },
    { "beyond the capacity", "1@0 3@1 200@2 .@102 199@103",
      "T 1, T, T 3-1, 200-196, L", 100, 64, 0 },
    { "late within the history", "1@0 3@0 .@100 70@101 .@201 2@202 8@203",
      "T 1, T, 3-1, T, 70-66, A, L", 100, 64, 0 },
};

#define NB_SCRIPTS (sizeof(scripts) / sizeof(scripts[0]))

static void pop_all(JitterBuffer *j, int64_t now, char *out, size_t size)
{
    uint64_t sequence, last = 0;
    unsigned nb_lost;
    Datagram d;

    while (jitter_pop(j, now, &d, &sequence, &nb_lost) == 0) {
        size_t length = strlen(out);

        ck_assert_uint_eq((uint16_t)sequence, rtp_sequence(d.header));
        ck_assert_uint_gt(sequence, last);
        last = sequence;
        snprintf(out + length, size - length, nb_lost ? " %d-%u" : " %d",
                 (int)(sequence & 0xffff), nb_lost);
        datagram_unref(&d);
    }
}

START_TEST(by_script)
{
    const JitterSetup setup = {
        .deadline   = scripts[_i].deadline,
        .capacity   = scripts[_i].capacity,
        .start_hold = scripts[_i].start_hold,
    };
    JitterBuffer *j = jitter_alloc(&setup);
    char out[512] = "", step[16], steps[256];
    int64_t now;

    snprintf(steps, sizeof(steps), "%s", scripts[_i].steps);
    for (char *text = strtok(steps, " "); text; text = strtok(NULL, " ")) {
        size_t length = strlen(out);

        ck_assert_int_eq(sscanf(text, "%15[^@]@%" SCNd64, step, &now),
                         2);
        if (length)
            snprintf(out + length, sizeof(out) - length,
                     *step == '.' || *step == '!' ? "," : ", ");
        if (*step == '!')
            jitter_flush(j);
        else if (*step != '.')
            strncat(out, &"TDLRA"[push(j, atoi(step), now)], 1);
        pop_all(j, now, out, sizeof(out));
    }
    ck_assert_msg(!strcmp(out, scripts[_i].result), "%s: \"%s\", not \"%s\"",
                  scripts[_i].name, out, scripts[_i].result);
    jitter_free(&j);
    ck_assert_ptr_null(j);
}
END_TEST

static void check_nacks(JitterBuffer *j, int64_t now, const char *want)
{
    uint16_t sequences[16];
    char got[128] = "";
    size_t nb = jitter_nacks(j, now, sequences, 16);

    for (size_t i = 0; i < nb; i++)
        snprintf(got + strlen(got), sizeof(got) - strlen(got), " %d",
                 sequences[i]);
    ck_assert_str_eq(got, want);
}

START_TEST(nacks)
{
    const JitterSetup setup = { .deadline = 1000, .nack_delay = 10,
                                .nack_interval = 100 };
    JitterBuffer *j = jitter_alloc(&setup);
    uint16_t one;
    char out[64] = "";

    ck_assert_int_eq(jitter_due(j), INT64_MAX);
    push(j, 65534, 0);
    ck_assert_int_eq(jitter_due(j), INT64_MIN);
    pop_all(j, 0, out, sizeof(out));
    ck_assert_int_eq(jitter_due(j), INT64_MAX);
    push(j, 2, 5); /* 65535, 0, 1 are missing */
    ck_assert_int_eq(jitter_due(j), 15);
    check_nacks(j, 14, "");
    check_nacks(j, 15, " 65535 0 1");
    ck_assert_int_eq(jitter_due(j), 115);
    push(j, 4, 20);
    ck_assert_int_eq(jitter_due(j), 30);
    check_nacks(j, 29, "");
    push(j, 0, 29);
    ck_assert_uint_eq(jitter_nacks(j, 200, &one, 1), 1);
    ck_assert_uint_eq(one, 3);
    check_nacks(j, 200, " 65535 1");
    check_nacks(j, 200, "");
    check_nacks(j, 299, "");
    push(j, 65535, 299);
    ck_assert_int_eq(jitter_due(j), INT64_MIN);
    pop_all(j, 299, out, sizeof(out));
    check_nacks(j, 300, " 3 1");
    ck_assert_int_eq(jitter_due(j), 400);
    check_nacks(j, 400, " 3 1");
    check_nacks(j, 500, " 3 1");
    check_nacks(j, 960, " 3 1");
    ck_assert_int_eq(jitter_due(j), 1005);
    pop_all(j, 1005, out, sizeof(out));
    ck_assert_int_eq(jitter_due(j), 1020);
    pop_all(j, 1020, out, sizeof(out));
    ck_assert_int_eq(jitter_due(j), INT64_MAX);
    check_nacks(j, 5000, "");
    ck_assert_str_eq(out, " 65534 65535 0 2-1 4-1");
    jitter_free(&j);
}
END_TEST

/* --- against the reference --- */

#define NB_PACKETS 3000
#define NB_SEEDS   60

typedef struct Arrival {
    int64_t time;
    int     number;
} Arrival;

typedef struct Case {
    Arrival arrivals[2 * NB_PACKETS];
    int     nb_arrivals;
    int64_t arrived[NB_PACKETS];  ///< first time, INT64_MAX: never
    int64_t due[NB_PACKETS];      ///< when it has to come out
    bool    lost[NB_PACKETS];
} Case;

static int compare_arrivals(const void *a, const void *b)
{
    const Arrival *x = a, *y = b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1)
                              : x->number - y->number;
}

/* Packets every 100 us, some lost, some twice, some much delayed. The first
 * comes first. */
static void make_case(Case *c, uint64_t *seed)
{
    const unsigned loss   = random_below(seed, 20);
    const unsigned twice  = random_below(seed, 20);
    const unsigned jitter = 1 + random_below(seed, 3000);

    c->nb_arrivals = 0;
    for (int i = 0; i < NB_PACKETS; i++) {
        int64_t sent = 5000 + 100 * i;

        c->arrived[i] = INT64_MAX;
        if (i && random_below(seed, 100) < loss)
            continue;
        do {
            Arrival a = { i ? sent + random_below(seed, jitter) : 0, i };

            c->arrivals[c->nb_arrivals++] = a;
            c->arrived[i] = FFMIN(c->arrived[i], a.time);
        } while (random_below(seed, 100) < twice &&
                 c->nb_arrivals < 2 * NB_PACKETS - NB_PACKETS / 2);
    }
    qsort(c->arrivals, c->nb_arrivals, sizeof(Arrival), compare_arrivals);
}

/* Quadratic and obvious: a gap is seen when the first packet of a higher
 * number arrives, and it is over a deadline later. */
static void solve(Case *c, int64_t deadline)
{
    int64_t before = 0;

    for (int i = 0; i < NB_PACKETS; i++) {
        int64_t noticed = INT64_MAX, given_up = INT64_MAX;

        for (int k = i + 1; k < NB_PACKETS; k++)
            noticed = FFMIN(noticed, c->arrived[k]);
        if (noticed < INT64_MAX)
            given_up = FFMAX(before, noticed + deadline);
        c->lost[i] = c->arrived[i] >= given_up && noticed < c->arrived[i];
        c->due[i]  = c->lost[i] ? given_up : FFMAX(before, c->arrived[i]);
        if (c->due[i] < INT64_MAX)
            before = c->due[i];
    }
}

typedef struct Check {
    const Case   *c;
    JitterBuffer *j;
    uint16_t      first;
    int           next;
    int           nb_nacks[NB_PACKETS];
} Check;

static void take_out(Check *check, int64_t now)
{
    const Case *c = check->c;
    uint16_t nacks[8];
    uint64_t sequence;
    unsigned nb_lost;
    size_t nb;
    Datagram d;

    while (jitter_pop(check->j, now, &d, &sequence, &nb_lost) == 0) {
        int number = sequence - 65536 - check->first;

        for (unsigned n = 0; n < nb_lost; n++, check->next++)
            check_that(c->lost[check->next], "%d is not lost", check->next);
        check_that(check->next == number && !c->lost[number],
                   "%d came, not %d", number, check->next);
        check_that(c->due[number] == now,
                   "%d came at %" PRId64 ", not at %" PRId64,
                   number, now, c->due[number]);
        check->next++;
        datagram_unref(&d);
    }
    while ((nb = jitter_nacks(check->j, now, nacks, 8)))
        for (size_t i = 0; i < nb; i++) {
            int number = (uint16_t)(nacks[i] - check->first);

            check_that(number >= check->next && number < NB_PACKETS &&
                       c->arrived[number] >= now, "NACK for %d", number);
            check->nb_nacks[number]++;
        }
}

/* What is due before a time, when it is due. */
static void advance(Check *check, int64_t until)
{
    int64_t due;

    while ((due = jitter_due(check->j)) <= until && due != INT64_MAX)
        take_out(check, due);
}

static void check_case(Check *check, uint64_t *seen)
{
    const Case *c = check->c;

    for (int i = 0; i < c->nb_arrivals; i++) {
        const Arrival *a = &c->arrivals[i];
        JitterResult result, want = JITTER_TAKEN;

        advance(check, a->time);
        result = push(check->j, check->first + a->number, a->time);
        if (seen[a->number / 64] >> (a->number % 64) & 1)
            want = JITTER_DUPLICATE;
        else if (c->lost[a->number])
            want = JITTER_LATE;
        check_that(result == want, "%d: result %d, not %d", a->number, result,
                   want);
        seen[a->number / 64] |= UINT64_C(1) << (a->number % 64);
        take_out(check, a->time);
    }
    advance(check, INT64_MAX - 1);
    ck_assert_int_eq(jitter_due(check->j), INT64_MAX);
}

START_TEST(against_reference)
{
    static Case c;
    static Check check;
    uint64_t seed = 1000 + _i, seen[NB_PACKETS / 64 + 1] = { 0 };
    const JitterSetup setup = {
        .deadline = random_below(&seed, 4000), .nack_delay = 150,
        .nack_interval = 400,
    };
    int last = NB_PACKETS - 1;

    make_case(&c, &seed);
    solve(&c, setup.deadline);
    memset(&check, 0, sizeof(check));
    check.c     = &c;
    check.j     = jitter_alloc(&setup);
    check.first = random_next(&seed);
    check_case(&check, seen);
    while (c.arrived[last] == INT64_MAX)
        last--;
    /* Those late at the very end have nothing behind them to be given with. */
    while (c.lost[last])
        last--;
    ck_assert_int_eq(check.next, last + 1);
    for (int i = 0; i < last; i++)
        if (c.arrived[i] == INT64_MAX && setup.deadline > 150)
            check_that(check.nb_nacks[i] >= 1, "no NACK for %d", i);
    jitter_free(&check.j);
}
END_TEST

/* Whatever comes: in order, nothing twice, nothing kept back at the end. */
START_TEST(anything)
{
    uint64_t seed = 5000 + _i, sequence, last = 0;
    const JitterSetup setup = { .deadline = 300, .capacity = 64,
                                .nack_interval = 70,
                                .start_hold = _i % 2 ? 40 : 0 };
    JitterBuffer *j = jitter_alloc(&setup);
    unsigned nb_lost, nb_in = 0, nb_out = 0;
    uint16_t at = random_next(&seed), nacks[4];
    JitterResult result;
    Datagram d;

    for (int64_t now = 0; now < 20000; now += random_below(&seed, 30)) {
        if (!random_below(&seed, 100))
            at = random_next(&seed);
        at += random_below(&seed, 9) - 3;
        result = push(j, at, now);
        nb_in += result == JITTER_TAKEN ? 1 : result == JITTER_RESTART ? 2 : 0;
        if (random_below(&seed, 4))
            continue;
        while (jitter_pop(j, now, &d, &sequence, &nb_lost) == 0) {
            check_that(sequence > last + nb_lost || !last, "out of order");
            last = sequence;
            nb_out++;
            datagram_unref(&d);
        }
        while (jitter_nacks(j, now, nacks, 4))
            ;
        check_that(jitter_due(j) > now, "due but not given");
    }
    jitter_flush(j);
    while (jitter_pop(j, 0, &d, &sequence, &nb_lost) == 0) {
        nb_out++;
        datagram_unref(&d);
    }
    ck_assert_uint_eq(nb_out, nb_in);
    jitter_free(&j);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("jitter_buffer", &tests);

    tcase_add_loop_test(tests, by_script, 0, NB_SCRIPTS);
    tcase_add_test(tests, nacks);
    tcase_add_loop_test(tests, against_reference, 0, NB_SEEDS);
    tcase_add_loop_test(tests, anything, 0, NB_SEEDS);
    return run_suite(suite);
}
