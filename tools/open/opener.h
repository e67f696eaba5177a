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
 * Sealed tracks in, one playable file out: the whole of `open` but its
 * command line.
 *
 *     input > survey (files only) > which tracks open, their parameters
 *     input > filter of the track > muxer
 *
 * Files are read twice, so that a track that begins late is in the output's
 * header, too; standard input once, and what begins after the first
 * OPENER_WAIT of the recording is left out. Memory does not grow with the
 * recording.
 */

#ifndef TOOLS_OPEN_OPENER_H
#define TOOLS_OPEN_OPENER_H

#include "media/mux.h"
#include "open_track.h"
#include "report/life.h"

#define OPENER_WAIT       10000000   ///< microseconds
#define OPENER_WAIT_BYTES (32 << 20) ///< or that much, if it comes first

typedef struct OpenerSetup {
    const char *const *files;
    int          nb_files;
    InputSetup   input;
    const char  *scheme, *options;  ///< of the filters
    /** The key of a track; NULL: the filter does without one. */
    const Key *(*key)(void *opaque, const InputTrack *track);
    void        *opaque;
    MuxerSetup   output;
    bool         keep_sealed;       ///< tracks that do not open go out, too
    bool         decode;            ///< check that what opened decodes
    EventSink    events;
    LifeSink     lives;
} OpenerSetup;

typedef struct Opener Opener;

/** How far it has got. */
typedef struct OpenerProgress {
    int64_t  time;
    uint64_t nb_frames, nb_packets;
    uint64_t done, all;   ///< bytes, of files twice their size; all 0: not
                          ///< known
} OpenerProgress;

/** @return 0, or a negative AVERROR after an error line */
int opener_open(Opener **opener, const OpenerSetup *setup);

/**
 * Take the next frame.
 *
 * @return 0, AVERROR_EOF at the end, or another negative AVERROR after an
 *         error line
 */
int opener_step(Opener *opener);

/**
 * Complete the output; without any stream for it there is none.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int opener_finish(Opener *opener);

void opener_progress(const Opener *opener, OpenerProgress *progress);

/* When all is read: */

int              opener_nb_tracks(const Opener *opener);
const OpenTrack *opener_track(const Opener *opener, int index);

/** Media time of the last frame, microseconds. */
int64_t opener_duration(const Opener *opener);

/** Whether the input could not be read to its end; the line was printed. */
bool opener_cut_short(const Opener *opener);

/** Packets that were moved in time so that the format can hold them. */
uint64_t opener_nb_moved(const Opener *opener);

void opener_free(Opener **opener);

#endif /* TOOLS_OPEN_OPENER_H */
