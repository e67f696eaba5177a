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

/** The names of all places and numbers. @return NULL if there is no memory */
json_t *life_legend(void);

void life_lines_free(LifeLines *lines);

#endif /* TOOLS_REPORT_LIFE_LINES_H */
