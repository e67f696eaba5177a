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

/* Virtual time, randomness by name, and datagrams. */

#include <math.h>
#include <string.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/clock.h"
#include "net/datagram.h"
#include "net/rng.h"
#include "net/rtp.h"

#define NB_TASKS      1000
#define FIRST_NUMBER  2244100536u
#define SECOND_NUMBER 2402140257u

typedef struct Task {
    Clock  *clock;
    int64_t time;
    int     number;
    struct Trace *trace;
} Task;

typedef struct Trace {
    Task    tasks[NB_TASKS];
    int     order[NB_TASKS];
    int64_t times[NB_TASKS];
    int     nb;
} Trace;

static int note(void *opaque, int64_t now)
{
    Task *task = opaque;
    Trace *trace = task->trace;

    ck_assert_int_eq(now, clock_now(task->clock));
    trace->order[trace->nb]   = task->number;
    trace->times[trace->nb++] = now;
    return 0;
}

START_TEST(tasks_in_order)
{
    static Trace trace;
    Clock *clock = clock_alloc();
    uint64_t seed = 77;
    int ret;

    memset(&trace, 0, sizeof(trace));
    for (int i = 0; i < NB_TASKS; i++) {
        trace.tasks[i] = (Task){ clock, random_below(&seed, 50), i, &trace };
        ck_assert_int_eq(clock_at(clock, trace.tasks[i].time, note,
                                  &trace.tasks[i]), 0);
    }
    while ((ret = clock_step(clock)) == 0)
        ;
    ck_assert_int_eq(ret, AVERROR_EOF);
    ck_assert_int_eq(trace.nb, NB_TASKS);
    for (int i = 0; i < NB_TASKS; i++) {
        ck_assert_int_eq(trace.times[i], trace.tasks[trace.order[i]].time);
        if (i && trace.times[i] == trace.times[i - 1])
            ck_assert_int_gt(trace.order[i], trace.order[i - 1]);
        else if (i)
            ck_assert_int_gt(trace.times[i], trace.times[i - 1]);
    }
    clock_free(&clock);
    ck_assert_ptr_null(clock);
}
END_TEST

typedef struct Chain {
    Clock *clock;
    int    nb;
} Chain;

/* Asks for the past, which is now, and fails the tenth time. */
static int chain(void *opaque, int64_t now)
{
    Chain *c = opaque;

    ck_assert_int_eq(now, 500);
    if (++c->nb == 10)
        return AVERROR(EDOM);
    return clock_at(c->clock, now - 100, chain, c);
}

START_TEST(past_is_now)
{
    Chain c = { .clock = clock_alloc() };
    int ret;

    ck_assert_int_eq(clock_at(c.clock, 500, chain, &c), 0);
    while ((ret = clock_step(c.clock)) == 0)
        ;
    ck_assert_int_eq(ret, AVERROR(EDOM));
    ck_assert_int_eq(c.nb, 10);
    ck_assert_int_eq(clock_now(c.clock), 500);
    clock_free(&c.clock);
}
END_TEST

/* The numbers are part of the reports' reproducibility: a change of these
 * changes every meeting that somebody has recorded a seed of. */
START_TEST(streams_are_fixed)
{
    Rng rng;
    uint8_t bytes[4];

    rng_open(&rng, 1, "link alice up");
    ck_assert_uint_eq(rng_next(&rng), FIRST_NUMBER);
    ck_assert_uint_eq(rng_next(&rng), SECOND_NUMBER);
    rng_open(&rng, 1, "link alice up");
    rng_bytes(&rng, bytes, sizeof(bytes));
    ck_assert_uint_eq(bytes[0], FIRST_NUMBER >> 24);
    ck_assert_uint_eq(bytes[1], SECOND_NUMBER >> 24);
}
END_TEST

static double correlation(const char *a, uint64_t seed_a, const char *b,
                          uint64_t seed_b)
{
    Rng rng_a, rng_b;
    double sum = 0;

    rng_open(&rng_a, seed_a, a);
    rng_open(&rng_b, seed_b, b);
    for (int i = 0; i < 10000; i++)
        sum += (rng_uniform(&rng_a) - 0.5) * (rng_uniform(&rng_b) - 0.5);
    return sum / 10000 * 12;
}

START_TEST(streams_are_apart)
{
    /* Four standard deviations. */
    ck_assert_double_le(fabs(correlation("a", 1, "b", 1)), 0.04);
    ck_assert_double_le(fabs(correlation("a", 1, "a", 2)), 0.04);
    ck_assert_double_le(fabs(correlation("", 0, "a", 0)), 0.04);
    ck_assert_double_ge(correlation("a", 1, "a", 1), 0.95);
}
END_TEST

START_TEST(distributions)
{
    enum { NB = 100000 };
    double sum = 0, squares = 0, uniform = 0;
    int nb_within = 0;
    Rng rng;

    rng_open(&rng, 9, "distributions");
    for (int i = 0; i < NB; i++) {
        double x = rng_normal(&rng), u = rng_uniform(&rng);

        ck_assert(u >= 0 && u < 1);
        uniform   += u;
        sum       += x;
        squares   += x * x;
        nb_within += fabs(x) < 1;
    }
    ck_assert_double_eq_tol(uniform / NB, 0.5, 0.004);
    ck_assert_double_eq_tol(sum / NB, 0, 0.013);
    ck_assert_double_eq_tol(squares / NB, 1, 0.02);
    ck_assert_double_eq_tol(nb_within / (double)NB, 0.6827, 0.006);
}
END_TEST

static const struct {
    const char *name, *hex;
    size_t      header_size; ///< 0: refused
} packets[] = {
    { "plain", "8060000100000002000000030a0b", 12 },
    { "no payload", "806000010000000200000003", 12 },
    { "two CSRCs", "82600001000000020000000311111111222222220a", 20 },
    { "extension", "906000010000000200000003bede0001100000000a", 20 },
    { "empty extension", "906000010000000200000003bede00000a", 16 },
    { "CSRCs cut off", "8f60000100000002000000031111111122222222", 0 },
    { "extension cut off", "906000010000000200000003bede000210000000", 0 },
    { "extension header cut off", "906000010000000200000003bede", 0 },
};

START_TEST(split_and_join)
{
    Bytes bytes = hex_bytes(packets[_i].hex);
    PacketPool *pool = packet_pool_alloc(16);
    uint8_t out[64];
    Datagram a, b;

    if (!packets[_i].header_size) {
        ck_assert_int_eq(datagram_make(&a, pool, bytes.data, bytes.size),
                         AVERROR_INVALIDDATA);
        ck_assert_ptr_null(a.buffer);
    } else {
        ck_assert_int_eq(datagram_make(&a, pool, bytes.data, bytes.size), 0);
        ck_assert_uint_eq(a.header_size, packets[_i].header_size);
        ck_assert_uint_eq(a.tag.track, UINT16_MAX);
        datagram_ref(&b, &a);
        rtp_set_ssrc(b.header, 77);
        ck_assert_ptr_eq(a.payload, b.payload);
        ck_assert_uint_eq(datagram_size(&a), bytes.size);
        assert_bytes(packets[_i].name, out, datagram_write(&a, out),
                     bytes.data, bytes.size);
        datagram_unref(&a);
        datagram_write(&b, out);
        ck_assert_uint_eq(rtp_ssrc(out), 77);
        datagram_unref(&b);
        ck_assert_ptr_null(b.buffer);
    }
    packet_pool_free(&pool);
    free_bytes(&bytes);
}
END_TEST

START_TEST(rtcp_has_no_header)
{
    const uint8_t bye[] = { 0x81, 203, 0, 1, 0, 0, 0, 5 };
    Datagram d;

    ck_assert_int_eq(datagram_make(&d, NULL, bye, sizeof(bye)), 0);
    ck_assert_uint_eq(d.header_size, 0);
    ck_assert_uint_eq(d.payload_size, sizeof(bye));
    datagram_unref(&d);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("clock", &tests);

    tcase_add_test(tests, tasks_in_order);
    tcase_add_test(tests, past_is_now);
    tcase_add_test(tests, streams_are_fixed);
    tcase_add_test(tests, streams_are_apart);
    tcase_add_test(tests, distributions);
    tcase_add_loop_test(tests, split_and_join, 0,
                        sizeof(packets) / sizeof(packets[0]));
    tcase_add_test(tests, rtcp_has_no_header);
    return run_suite(suite);
}
