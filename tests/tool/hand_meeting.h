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
 * A meeting made up by hand, for tests of the reports: what is in it is known
 * to the frame.
 *
 * Everybody sends video (30 frames a second, a key frame each 45 frames) and
 * audio (50 frames a second) for 15 s. The last one, eve, has no key and
 * sends nothing. Alice's video to bob:
 *   frames 100 to 102  lost on the uplink: burst loss; 103 to 134 waited
 *   frame 200          one packet came again in time
 *   frame 374          packet 2 of 5 lost on the downlink, given up at
 *                      12.980 s; 375 to 404 waited for key frame 405
 *   frame 430          late
 *   frame 440          refused: DecryptionFailed
 * At 5 s alice seals with key 1, at 8 s the server switches bob to layer 1,
 * from 9 s to 10 s it withholds her audio from bob.
 */

#ifndef TESTS_HAND_MEETING_H
#define TESTS_HAND_MEETING_H

#include "report/recorder.h"

#define HAND_DURATION 15000000

/** @return as recorder_finish() */
int hand_meeting(const RecorderSetup *setup, int nb_participants);

#endif /* TESTS_HAND_MEETING_H */
