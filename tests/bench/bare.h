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
 * The least that anybody has to do with a track's frames: libgcrypt's AES-GCM
 * and libavformat's RTP, each alone, with nothing around them.
 */

#ifndef TESTS_BENCH_BARE_H
#define TESTS_BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

#include "room/scenario.h"

typedef struct BareTrack BareTrack;

/**
 * Read the frames that a meeting's sender would send of a file, and seal and
 * pack them once, so that there is something to unpack and to open.
 *
 * @param stream specifier, NULL: the first of the kind's type
 * @param length microseconds
 * @return 0, or a negative AVERROR
 */
int bare_track_open(BareTrack **track, const char *file, const char *stream,
                    TrackKind kind, int64_t length);

size_t bare_nb_frames(const BareTrack *track);
size_t bare_nb_packets(const BareTrack *track);
size_t bare_nb_bytes(const BareTrack *track);

/*
 * Each of these does its work on all the frames once, and gives the CPU time
 * in seconds, without the opening and closing of muxer and demuxer.
 */

/** Set IV, AAD, encrypt, get tag. */
double bare_seal(BareTrack *track);

/** The rtp muxer, once for each frame. */
double bare_pack(BareTrack *track);

/** The sdp demuxer, all packets. */
double bare_unpack(BareTrack *track);

/** Set IV, AAD, decrypt, check tag. */
double bare_open(BareTrack *track);

void bare_track_free(BareTrack **track);

/** CPU time of the process in seconds. */
double bare_cpu(void);

#endif /* TESTS_BENCH_BARE_H */
