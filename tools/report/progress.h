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
 * How far it has got: a line on the terminal, and lines of key=value as
 * ffmpeg's -progress writes them. The only place that looks at a real clock.
 */

#ifndef TOOLS_REPORT_PROGRESS_H
#define TOOLS_REPORT_PROGRESS_H

#include <stdint.h>

/** How far it has got. */
typedef struct ProgressNow {
    int64_t  time;        ///< media time, microseconds
    uint64_t nb_frames;   ///< handled up to now, over all tracks
    uint64_t nb_packets;  ///< the same
    uint64_t done, all;   ///< of the input, in bytes; all 0: not known
} ProgressNow;

typedef struct Progress Progress;

/**
 * @param url as ffmpeg has them: a file's name, "pipe:2", ...; "-" is
 *            standard output; NULL: the terminal only
 * @return 0, or a negative AVERROR after an error line
 */
int progress_open(Progress **progress, const char *url);

/** Tell, if it was not told just now. */
void progress_show(Progress *progress, const ProgressNow *now);

/** Clear the terminal's line and tell the end. */
void progress_end(Progress *progress);

void progress_free(Progress **progress);

#endif /* TOOLS_REPORT_PROGRESS_H */
