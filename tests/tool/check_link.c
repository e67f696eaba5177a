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

/* The link's models against their statistics, each over fixed seeds. */

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/link.h"
#include "net/rtp.h"
#include "report/log.h"

#define NB         20000
#define SPACING    1000 ///< us between datagrams
#define SIZE       172
#define NB_COPIES  2

/** What became of each datagram. */
typedef struct Run {
    Clock     *clock;
    Link      *link;
    int        nb;
    int64_t    arrived[NB][NB_COPIES];
    int        nb_arrived[NB];
    bool       corrupted[NB];
    int        lost[NB];          ///< LinkLoss + 1
    int        order[NB * NB_COPIES];
    int        nb_order;
} Run;

static Run run, other;

static int deliver(void *opaque, Datagram *datagram)
{
    Run *r = opaque;
    const int i = datagram->tag.frame;
    int nb_bits = 0;

    for (size_t k = 0; k < datagram->payload_size; k++)
        nb_bits += __builtin_popcount(datagram->payload[k] ^
                                      (uint8_t)(i + k));
    check_that(nb_bits == !!(datagram->tag.flags & TAG_TAMPERED),
               "%d bits differ", nb_bits);
    check_that(r->nb_arrived[i] < NB_COPIES, "one copy too many");
    r->arrived[i][r->nb_arrived[i]++] = clock_now(r->clock);
    r->corrupted[i] |= nb_bits;
    r->order[r->nb_order++] = i;
    datagram_unref(datagram);
    return 0;
}

static void lost(void *opaque, const PacketTag *tag, LinkLoss loss)
{
    Run *r = opaque;

    r->lost[tag->frame] = loss + 1;
}

typedef struct Sending {
    Run  *run;
    int   next, nb;
    int   spacing;
    size_t size;
} Sending;

static int send_next(void *opaque, int64_t now)
{
    Sending *s = opaque;
    uint8_t bytes[1500] = { 0x80, 96 };
    Datagram d;

    for (size_t k = RTP_HEADER_SIZE; k < s->size; k++)
        bytes[k] = s->next + k - RTP_HEADER_SIZE;
    ck_assert_int_eq(datagram_make(&d, NULL, bytes, s->size), 0);
    d.tag.frame = s->next++;
    ck_assert_int_eq(link_send(s->run->link, &d), 0);
    ck_assert_ptr_null(d.buffer);
    return s->next < s->nb ? clock_at(s->run->clock, now + s->spacing,
                                      send_next, s) : 0;
}

static void run_link(Run *r, const Netem *netem, int nb_netem, uint64_t seed,
                     Sending sending)
{
    LinkSetup setup = {
        .name = "test", .seed = seed, .netem = netem, .nb_netem = nb_netem,
        .mtu = 1228, .deliver = deliver, .lost = lost, .opaque = r,
    };
    const LinkCounts *counts;
    uint64_t nb_lost = 0;
    int ret;

    memset(r, 0, sizeof(*r));
    r->nb = sending.nb;
    sending.run = r;
    setup.clock = r->clock = clock_alloc();
    ck_assert_int_eq(link_open(&r->link, &setup), 0);
    ck_assert_int_eq(clock_at(r->clock, 0, send_next, &sending), 0);
    while ((ret = clock_step(r->clock)) == 0)
        ;
    ck_assert_int_eq(ret, AVERROR_EOF);
    counts = link_counts(r->link);
    for (int i = 0; i < LINK_LOSS_NB; i++)
        nb_lost += counts->nb_lost[i];
    ck_assert_uint_eq(counts->nb_sent, r->nb);
    ck_assert_uint_eq(counts->nb_delivered, r->nb_order);
    ck_assert_uint_eq(counts->nb_delivered + nb_lost,
                      counts->nb_sent + counts->nb_duplicated);
    ck_assert_uint_eq(counts->nb_bytes, counts->nb_delivered * sending.size);
    clock_free(&r->clock);
    link_free(&r->link);
}

static const Sending steady = { .nb = NB, .spacing = SPACING, .size = SIZE };

static double share_lost(const Run *r, LinkLoss loss)
{
    int nb = 0;

    for (int i = 0; i < r->nb; i++)
        nb += r->lost[i] == (int)loss + 1;
    return nb / (double)r->nb;
}

/* How long they were on the way, those that arrived. */
static void delays(const Run *r, double *mean, double *deviation,
                   double *correlation)
{
    double sum = 0, squares = 0, products = 0, last = 0;
    int nb = 0, nb_pairs = 0;

    for (int i = 0; i < r->nb; i++) {
        double x;

        if (!r->nb_arrived[i])
            continue;
        x = r->arrived[i][0] - (double)i * SPACING;
        sum     += x;
        squares += x * x;
        if (nb++) {
            products += x * last;
            nb_pairs++;
        }
        last = x;
    }
    *mean        = sum / nb;
    *deviation   = sqrt(squares / nb - *mean * *mean);
    *correlation = (products / nb_pairs - *mean * *mean) /
                   (*deviation * *deviation);
}

START_TEST(nothing)
{
    const Netem none = { 0 };

    for (int nb_netem = 0; nb_netem <= 1; nb_netem++) {
        run_link(&run, &none, nb_netem, 1, steady);
        for (int i = 0; i < NB; i++) {
            ck_assert_int_eq(run.order[i], i);
            ck_assert_int_eq(run.arrived[i][0], (int64_t)i * SPACING);
        }
    }
}
END_TEST

START_TEST(random_loss)
{
    const Netem netem = { .loss = 0.1 };
    int nb_pairs = 0, nb_lost = 0;

    run_link(&run, &netem, 1, 2, steady);
    /* Four standard deviations of a binomial: 4 * sqrt(.1 * .9 / 20000). */
    ck_assert_double_eq_tol(share_lost(&run, LINK_LOST_RANDOM), 0.1, 0.0085);
    for (int i = 1; i < NB; i++) {
        nb_lost  += run.lost[i - 1] > 0;
        nb_pairs += run.lost[i - 1] && run.lost[i];
    }
    ck_assert_double_eq_tol(nb_pairs / (double)nb_lost, 0.1, 0.03);
}
END_TEST

/* Netem's correlation pulls towards the middle: fewer are lost, and those
 * stand together. The figures are those of four million draws of
 * x = .75 u + .25 x < .3 in another language. */
START_TEST(correlated_loss)
{
    const Netem netem = { .loss = 0.3, .loss_correlation = 0.25 };
    int nb_pairs = 0, nb_lost = 0;

    run_link(&run, &netem, 1, 3, steady);
    ck_assert_double_eq_tol(share_lost(&run, LINK_LOST_RANDOM), 0.2331,
                            0.014);
    for (int i = 1; i < NB; i++) {
        nb_lost  += run.lost[i - 1] > 0;
        nb_pairs += run.lost[i - 1] && run.lost[i];
    }
    ck_assert_double_eq_tol(nb_pairs / (double)nb_lost, 0.3311, 0.03);
}
END_TEST

/* Bad state: p / (p + r) of the time, in runs of 1 / r. */
START_TEST(gilbert_elliott)
{
    const Netem netem = { .gilbert_p = 0.02, .gilbert_r = 0.2,
                          .gilbert_bad = 1 };
    int nb_runs = 0, nb_lost = 0;

    run_link(&run, &netem, 1, 4, steady);
    ck_assert_double_eq_tol(share_lost(&run, LINK_LOST_GILBERT), 0.02 / 0.22,
                            0.02);
    for (int i = 1; i < NB; i++) {
        nb_lost += run.lost[i] > 0;
        nb_runs += run.lost[i] && !run.lost[i - 1];
    }
    ck_assert_double_eq_tol(nb_lost / (double)nb_runs, 5, 0.9);
}
END_TEST

START_TEST(gilbert_elliott_of_four)
{
    const Netem netem = { .gilbert_p = 0.1, .gilbert_r = 0.3,
                          .gilbert_bad = 0.6, .gilbert_good = 0.05 };

    run_link(&run, &netem, 1, 5, steady);
    ck_assert_double_eq_tol(share_lost(&run, LINK_LOST_GILBERT),
                            0.25 * 0.6 + 0.75 * 0.05, 0.017);
}
END_TEST

static char *write_trace(const char *text)
{
    static char name[] = "trace-XXXXXX";
    FILE *file;
    int fd;

    strcpy(name, "trace-XXXXXX");
    ck_assert_int_ge(fd = mkstemp(name), 0);
    ck_assert_ptr_nonnull(file = fdopen(fd, "w"));
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    return name;
}

START_TEST(trace)
{
    Netem netem = { .trace = write_trace("0010 1\n00\r\n") };

    run_link(&run, &netem, 1, 6, steady);
    remove(netem.trace);
    for (int i = 0; i < NB; i++)
        check_that(run.lost[i] == (i % 7 == 2 || i % 7 == 4 ?
                                   LINK_LOST_TRACE + 1 : 0), "%d", i);
}
END_TEST

static const char *const bad_traces[] = { "0012", "", "\n", "loss" };

START_TEST(bad_trace)
{
    Netem netem = { .trace = write_trace(bad_traces[_i]) };
    LinkSetup setup = { .name = "test", .netem = &netem, .nb_netem = 1 };
    Link *link;

    log_init(-8);
    ck_assert_int_eq(link_open(&link, &setup), AVERROR_INVALIDDATA);
    ck_assert_ptr_null(link);
    remove(netem.trace);
    ck_assert_int_eq(link_open(&link, &setup), AVERROR(ENOENT));
    ck_assert_ptr_null(link);
}
END_TEST

START_TEST(duplicates)
{
    const Netem netem = { .duplicate = 0.05, .loss = 0.1, .delay = 5000 };
    int nb[NB_COPIES + 1] = { 0 };

    run_link(&run, &netem, 1, 7, steady);
    for (int i = 0; i < NB; i++)
        nb[run.nb_arrived[i]]++;
    /* Lost and copied is as if nothing had been. */
    ck_assert_double_eq_tol(nb[0] / (double)NB, 0.1 * 0.95, 0.009);
    ck_assert_double_eq_tol(nb[2] / (double)NB, 0.05 * 0.9, 0.006);
}
END_TEST

START_TEST(corruption)
{
    const Netem netem = { .corrupt = 0.05 };
    int nb = 0;

    run_link(&run, &netem, 1, 8, steady);
    for (int i = 0; i < NB; i++)
        nb += run.corrupted[i];
    ck_assert_double_eq_tol(nb / (double)NB, 0.05, 0.0062);
}
END_TEST

START_TEST(delay_and_jitter)
{
    const Netem netem = { .delay = 50000, .jitter = 10000 };
    double mean, deviation, correlation;
    int nb_within = 0, nb_overtaken = 0;

    run_link(&run, &netem, 1, 9, steady);
    delays(&run, &mean, &deviation, &correlation);
    ck_assert_double_eq_tol(mean, 50000, 4 * 10000 / sqrt(NB));
    ck_assert_double_eq_tol(deviation, 10000, 250);
    ck_assert_double_eq_tol(correlation, 0, 0.03);
    for (int i = 0; i < NB; i++)
        nb_within += llabs(run.arrived[i][0] - (int64_t)i * SPACING -
                           50000) < 10000;
    ck_assert_double_eq_tol(nb_within / (double)NB, 0.6827, 0.014);
    for (int i = 1; i < NB; i++)
        nb_overtaken += run.order[i] < run.order[i - 1];
    ck_assert_int_gt(nb_overtaken, NB / 10);
}
END_TEST

START_TEST(correlated_delay)
{
    const Netem netem = { .delay = 50000, .jitter = 10000,
                          .delay_correlation = 0.8 };
    double mean, deviation, correlation;

    run_link(&run, &netem, 1, 10, steady);
    delays(&run, &mean, &deviation, &correlation);
    ck_assert_double_eq_tol(mean, 50000, 900);
    ck_assert_double_eq_tol(deviation, 10000, 500);
    ck_assert_double_eq_tol(correlation, 0.8, 0.03);
}
END_TEST

/* No delay below none. */
START_TEST(more_jitter_than_delay)
{
    const Netem netem = { .delay = 1000, .jitter = 10000 };

    run_link(&run, &netem, 1, 11, steady);
    for (int i = 0; i < NB; i++)
        ck_assert_int_ge(run.arrived[i][0], (int64_t)i * SPACING);
}
END_TEST

START_TEST(reorder)
{
    const Netem netem = { .delay = 10500, .reorder = 0.25 };
    int nb = 0;

    run_link(&run, &netem, 1, 12, steady);
    for (int i = 0; i < NB; i++) {
        int64_t delay = run.arrived[i][0] - (int64_t)i * SPACING;

        ck_assert(delay == 0 || delay == 10500);
        nb += delay == 0;
    }
    ck_assert_double_eq_tol(nb / (double)NB, 0.25, 0.0123);
}
END_TEST

START_TEST(reorder_every_fifth)
{
    const Netem netem = { .delay = 10500, .reorder = 1, .reorder_gap = 5 };

    run_link(&run, &netem, 1, 13, steady);
    for (int i = 0; i < NB; i++)
        ck_assert_int_eq(run.arrived[i][0] - (int64_t)i * SPACING,
                         i % 5 == 4 ? 0 : 10500);
}
END_TEST

/* 172 and 28 bytes at 400 kbit/s take 4 ms each. */
START_TEST(rate)
{
    const Netem netem = { .rate = 400000, .limit = 10, .delay = 500 };
    const Sending sending = { .nb = 100, .spacing = 1000, .size = SIZE };
    int64_t last = 0;
    int nb = 0;

    run_link(&run, &netem, 1, 14, sending);
    ck_assert_int_eq(run.arrived[0][0], 4500);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(run.lost[i] > 0, !run.nb_arrived[i]);
        if (run.lost[i]) {
            ck_assert_int_eq(run.lost[i], LINK_LOST_QUEUE + 1);
            continue;
        }
        if (last)
            ck_assert_int_eq(run.arrived[i][0] - last, 4000);
        last = run.arrived[i][0];
        nb++;
    }
    /* One leaves every 4 ms in 99 ms, the last at 96, and ten wait. */
    ck_assert_int_eq(nb, 24 + 10);
}
END_TEST

START_TEST(rate_above_the_load)
{
    const Netem netem = { .rate = 3200000, .limit = 1 };

    run_link(&run, &netem, 1, 15, steady);
    for (int i = 0; i < NB; i++)
        ck_assert_int_eq(run.arrived[i][0], (int64_t)i * SPACING + 500);
}
END_TEST

START_TEST(mtu)
{
    Sending sending = { .nb = 2, .spacing = 1, .size = 1200 };

    run_link(&run, NULL, 0, 16, sending);
    ck_assert_int_eq(run.nb_order, 2);
    sending.size = 1201;
    run_link(&run, NULL, 0, 16, sending);
    ck_assert_int_eq(run.nb_order, 0);
    ck_assert_int_eq(run.lost[1], LINK_LOST_SIZE + 1);
}
END_TEST

START_TEST(spans)
{
    const Netem netem[] = {
        { .from = 5 * SPACING, .to = 10 * SPACING, .loss = 1 },
        { .from = 8 * SPACING, .to = 20 * SPACING, .delay = 7 },
        { .from = 30 * SPACING, .delay = 9 },
    };
    const Sending sending = { .nb = 50, .spacing = SPACING, .size = SIZE };

    run_link(&run, netem, 3, 17, sending);
    for (int i = 0; i < 50; i++) {
        const int delay = i >= 30 ? 9 : i >= 10 && i < 20 ? 7 : 0;

        ck_assert_int_eq(run.nb_arrived[i], i < 5 || i >= 10);
        if (run.nb_arrived[i])
            ck_assert_int_eq(run.arrived[i][0], i * SPACING + delay);
    }
}
END_TEST

static void check_same_loss(const Run *a, const Run *b, LinkLoss loss)
{
    for (int i = 0; i < NB; i++)
        check_that((a->lost[i] == (int)loss + 1) ==
                   (b->lost[i] == (int)loss + 1), "%d", i);
}

START_TEST(models_are_apart)
{
    const Netem loss   = { .loss = 0.1 };
    const Netem jitter = { .delay = 50000, .jitter = 5000 };
    const Netem all    = { .loss = 0.1, .gilbert_p = 0.05, .gilbert_r = 0.5,
                           .gilbert_bad = 1, .duplicate = 0.1,
                           .corrupt = 0.1, .reorder = 0.1, .delay = 50000,
                           .jitter = 5000, .rate = 100000000 };
    const Netem spans[] = { { .from = NB / 2 * SPACING, .to = INT64_MAX,
                              .corrupt = 0.5, .loss = 0.1 },
                            { .loss = 0.1 } };
    int nb_same = 0;

    run_link(&run, &loss, 1, 18, steady);
    run_link(&other, &all, 1, 18, steady);
    check_same_loss(&run, &other, LINK_LOST_RANDOM);
    run_link(&other, spans, 2, 18, steady);
    check_same_loss(&run, &other, LINK_LOST_RANDOM);

    run_link(&run, &jitter, 1, 18, steady);
    run_link(&other, &all, 1, 18, steady);
    for (int i = 0; i < NB; i++)
        /* 16 us for the rate; first copies may overtake. */
        nb_same += run.arrived[i][0] + 16 == other.arrived[i][0];
    ck_assert_double_ge(nb_same / (double)NB, 0.7);
}
END_TEST

START_TEST(same_seed_same_run)
{
    const Netem netem = { .loss = 0.1, .duplicate = 0.1, .delay = 30000,
                          .jitter = 9000, .reorder = 0.1, .rate = 5000000 };

    run_link(&run, &netem, 1, 19, steady);
    run_link(&other, &netem, 1, 19, steady);
    ck_assert_mem_eq(&run.arrived, &other.arrived, sizeof(run.arrived));
    ck_assert_mem_eq(&run.order, &other.order, sizeof(run.order));
    run_link(&other, &netem, 1, 20, steady);
    ck_assert_mem_ne(&run.order, &other.order, sizeof(run.order));
}
END_TEST

START_TEST(freed_on_the_way)
{
    const Netem netem = { .delay = 1000 };
    uint8_t bytes[SIZE] = { 0x80 };
    LinkSetup setup = { .name = "test", .netem = &netem, .nb_netem = 1,
                        .clock = clock_alloc(), .deliver = deliver };
    Link *link;
    Datagram d;

    ck_assert_int_eq(link_open(&link, &setup), 0);
    ck_assert_int_eq(datagram_make(&d, NULL, bytes, SIZE), 0);
    ck_assert_int_eq(link_send(link, &d), 0);
    clock_free(&setup.clock);
    link_free(&link);
    ck_assert_ptr_null(link);
    ck_assert_str_eq(link_loss_name(LINK_LOST_SIZE), "MTU");
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("link", &tests);

    tcase_add_test(tests, nothing);
    tcase_add_test(tests, random_loss);
    tcase_add_test(tests, correlated_loss);
    tcase_add_test(tests, gilbert_elliott);
    tcase_add_test(tests, gilbert_elliott_of_four);
    tcase_add_test(tests, trace);
    tcase_add_loop_test(tests, bad_trace, 0,
                        sizeof(bad_traces) / sizeof(bad_traces[0]));
    tcase_add_test(tests, duplicates);
    tcase_add_test(tests, corruption);
    tcase_add_test(tests, delay_and_jitter);
    tcase_add_test(tests, correlated_delay);
    tcase_add_test(tests, more_jitter_than_delay);
    tcase_add_test(tests, reorder);
    tcase_add_test(tests, reorder_every_fifth);
    tcase_add_test(tests, rate);
    tcase_add_test(tests, rate_above_the_load);
    tcase_add_test(tests, mtu);
    tcase_add_test(tests, spans);
    tcase_add_test(tests, models_are_apart);
    tcase_add_test(tests, same_seed_same_run);
    tcase_add_test(tests, freed_on_the_way);
    return run_suite(suite);
}
