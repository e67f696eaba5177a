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
 * Frames' lives as short JSON arrays, one a line: what the sender did with a
 * frame once for all receivers, what befell it on the way to each of them.
 * Which place in an array means what is told by life_legend().
 */

#ifndef TOOLS_REPORT_LIFE_LINES_H
#define TOOLS_REPORT_LIFE_LINES_H

#include <jansson.h>

#include "json_out.h"
#include "life.h"
#include "names.h"

/** Places in a line of "sent". Times are microseconds after captured, which
 *  counts from the meeting's start. */
enum SentPlace {
    SENT_TRACK, SENT_LAYER, SENT_FRAME, SENT_CAPTURED, SENT_KEY_FRAME,
    SENT_STATE, SENT_KEY_INDEX, SENT_PLAIN_SIZE, SENT_SEALED_SIZE, SENT_SENT,
    SENT_SEQUENCE, SENT_PACKETS, SENT_NB
};

/** Places in a line of "frames"; the same of times. */
enum FramePlace {
    FRAME_ROW, FRAME_LAYER, FRAME_FRAME, FRAME_CAPTURED, FRAME_FATE,
    FRAME_SHOWN, FRAME_SERVER_FIRST, FRAME_SERVER_LAST, FRAME_ARRIVED_FIRST,
    FRAME_ARRIVED_LAST, FRAME_OPENED, FRAME_GAVE_UP, FRAME_STATE,
    FRAME_KEY_INDEX, FRAME_WHY, FRAME_REASON, FRAME_PSNR, FRAME_SSIM,
    FRAME_MISHAPS, FRAME_NB_MISHAPS, FRAME_NB
};

typedef struct LifeLines {
    JsonOut    sent, frames;  ///< their streams are set by who owns this
    NameTable  tracks;        ///< sender, kind
    NameTable  rows;          ///< receiver, sender, kind
    struct SentFrames *done;  ///< per track: whose line is written
    int        nb_done;
    uint64_t   nb_sent, nb_frames;
} LifeLines;

/** Write the life down. @return 0 or a negative AVERROR */
int life_lines_add(LifeLines *lines, const FrameLife *life);

/** The number that lines have for a track or a row; new if none has. */
int life_lines_track(LifeLines *lines, const char *sender, const char *kind);
int life_lines_row(LifeLines *lines, const char *receiver, const char *sender,
                   const char *kind);

/**
 * Take a line of "sent" into a life: what the sender did.
 *
 * @return the track's number, or AVERROR_INVALIDDATA
 */
int life_read_sent(FrameLife *life, const json_t *line);

/**
 * Take a line of "frames" into a life: all but what the sender did. Texts
 * belong to the line.
 *
 * @return the row's number, or AVERROR_INVALIDDATA
 */
int life_read_frame(FrameLife *life, const json_t *line);

/** The names of all places and numbers. @return NULL if there is no memory */
json_t *life_legend(void);

void life_lines_free(LifeLines *lines);

#endif /* TOOLS_REPORT_LIFE_LINES_H */
