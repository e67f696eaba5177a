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

#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "measure.h"

double measure_cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

void measure_pin(void)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof(set), &set);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

Spread measure_spread(double *values, int nb)
{
    qsort(values, nb, sizeof(*values), compare);
    return (Spread){ values[nb / 10], values[nb / 2],
                     values[nb - 1 - nb / 10] };
}

static double run(const Subject *s, int round)
{
    double start;
    int units;

    if (s->prepare)
        s->prepare(s->opaque, round);
    start = measure_cpu();
    units = s->run(s->opaque, round);
    return (s->seconds ? *s->seconds : measure_cpu() - start) / units;
}

void measure(const Subject *subjects, int nb, int rounds, Cost *costs)
{
    static double seconds[MEASURE_SUBJECTS_MAX][MEASURE_ROUNDS_MAX];
    static double ratios[MEASURE_SUBJECTS_MAX][MEASURE_ROUNDS_MAX];

    if (nb > MEASURE_SUBJECTS_MAX)
        abort();
    if (rounds > MEASURE_ROUNDS_MAX)
        rounds = MEASURE_ROUNDS_MAX;
    for (int round = -1; round < rounds; round++) {
        int n = round < 0 ? 0 : round;

        /* Who comes first changes, too. */
        for (int i = 0; i < nb; i++) {
            int s = round & 1 ? nb - 1 - i : i;

            seconds[s][n] = run(&subjects[s], n);
        }
        for (int s = 0; s < nb; s++)
            ratios[s][n] = seconds[s][n] / seconds[subjects[s].base][n];
    }
    for (int s = 0; s < nb; s++) {
        costs[s].seconds = measure_spread(seconds[s], rounds);
        costs[s].ratio   = measure_spread(ratios[s], rounds);
    }
}
