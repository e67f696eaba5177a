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
 * What each stream of a recording is, as far as it shows without any key.
 */

#ifndef TOOLS_STREAMS_STREAM_STATS_H
#define TOOLS_STREAMS_STREAM_STATS_H

#include "capture/input.h"
#include "probe/frame_view.h"
#include "probe/survey.h"

typedef struct StreamStats {
    const InputTrack *in;
    FrameView view;
    Survey    survey;
    uint64_t  nb_frames, nb_incomplete, nb_bytes; ///< of whole frames
    int64_t   first, last;    ///< microseconds; first -1: no frame
} StreamStats;

typedef struct StreamList {
    StreamStats **streams;
    int           nb;
} StreamList;

/**
 * Take a frame that input_read() gave, whole or not.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int stream_list_take(StreamList *list, const Input *input,
                     const AVPacket *packet, const InputFrame *frame,
                     const InputTrack *track);

/** Add the streams of which no frame came. @return 0 or AVERROR(ENOMEM) */
int stream_list_complete(StreamList *list, const Input *input);

/** Bits a second of the frames; 0: too short to tell. */
double stream_bit_rate(const StreamStats *stats);

/** "yes", "no", "unknown", "other": whether it looks sealed. */
const char *stream_sealed_name(const StreamStats *stats);

void stream_list_free(StreamList *list);

/** Print a paragraph a stream. */
void stream_print(const StreamStats *stats);

/**
 * Write all of them to a file as JSON, whole or not at all; "-" is standard
 * output.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int stream_list_write(const StreamList *list, const char *file);

#endif /* TOOLS_STREAMS_STREAM_STATS_H */
