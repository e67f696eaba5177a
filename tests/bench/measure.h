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


/**
 * @file
 * Costs side by side: subjects take turns in each round, on one core, so that
 * a machine whose speed drifts does so for all of them. What counts is the
 * ratio within a round.
 */

#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#define MEASURE_SUBJECTS_MAX 16
#define MEASURE_ROUNDS_MAX   1001

/** Of many rounds: the lowest tenth's end, the median, the highest's. */
typedef struct Spread {
    double low, median, high;
} Spread;

typedef struct Subject {
    const char *name;
    void (*prepare)(void *opaque, int round);    ///< not measured, or NULL
    int (*run)(void *opaque, int round);        ///< @return units of work
    void *opaque;
    const double *seconds;  ///< where run() leaves the time, NULL: CPU time
    int base;               ///< the subject that its ratio is to
} Subject;

/** What a subject cost. */
typedef struct Cost {
    Spread seconds;                 ///< CPU time of a unit
    Spread ratio;                   ///< to its base in the same round
} Cost;

/** CPU time of the process in seconds. */
double measure_cpu(void);

/** Stay on the core that this runs on. */
void measure_pin(void);

/** Sorts the values. */
Spread measure_spread(double *values, int nb);

/**
 * Run the subjects in turn, once for warmth and then rounds times.
 *
 * @param costs  one for each subject
 */
void measure(const Subject *subjects, int nb, int rounds, Cost *costs);

#endif /* TESTS_BENCH_MEASURE_H */
