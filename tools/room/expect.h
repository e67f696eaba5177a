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
 * What a scenario expects of its receivers, judged by the lives of the
 * frames. If it says nothing: who has the sender's key sees all of it, who has
 * not sees nothing.
 */

#ifndef TOOLS_ROOM_EXPECT_H
#define TOOLS_ROOM_EXPECT_H

#include "lives.h"
#include "report/report.h"
#include "scenario.h"

/** One receiver, one track, one expectation. */
typedef struct Tally {
    const Expectation *expectation; ///< NULL: the default one
    bool       asked;      ///< it is about this receiver and track
    bool       decodes;    ///< receivers go as far as decoding
    uint64_t   nb_sent, nb_opened, nb_decoded, nb_identical;
    uint64_t   nb_able, nb_able_opened, nb_able_shown, nb_wrongly_opened;
    uint64_t   nb_state[STATE_NB];
    FrameState last;
    double     psnr, ssim; ///< sums
    uint64_t   nb_measured;
    int64_t    shown;      ///< when something new was shown last
    int64_t    freeze;     ///< longest time without
} Tally;

/** How many there are for each receiver and track. */
int tally_count(const Scenario *scenario);

/**
 * @param tallies all zero, tally_count() of them
 */
void tallies_open(Tally *tallies, const Scenario *scenario,
                  const char *receiver, const char *sender, TrackKind kind,
                  bool decodes);

/** From when on the receiver could see something. */
void tallies_begin(Tally *tallies, int nb, int64_t now);

void tallies_add(Tally *tallies, int nb, const Life *life);

/**
 * @param end when the track ended for the receiver
 * @return false if it is about somebody else
 */
bool tally_judge(Tally *tally, const ReportRow *row, int64_t end,
                 ReportExpectation *out);

#endif /* TOOLS_ROOM_EXPECT_H */
