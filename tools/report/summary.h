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
 * What many reports and results of `open` come to. Of a report only the head
 * is read, whatever its length.
 */

#ifndef TOOLS_REPORT_SUMMARY_H
#define TOOLS_REPORT_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/** One meeting or recording. */
typedef struct SummaryItem {
    const char *file;
    bool        whole;      ///< all expectations held, everything opened
    char       *name;       ///< of the scenario or the output; NULL: none
    char       *command;    ///< "run" or "open"
    double      duration;   ///< seconds
    int         nb_tracks;
    uint64_t    nb_frames, nb_opened, nb_lost, nb_refused;
    json_t     *why;        ///< what is not as it should be, in words
} SummaryItem;

/**
 * Read a file: a report, or results of `open`, one or more of them. Calls
 * take() for each; what it is given is freed afterwards.
 *
 * @return 0 or a negative AVERROR, after an error line
 */
int summary_read(const char *file,
                 int (*take)(void *opaque, const SummaryItem *item),
                 void *opaque);

#endif /* TOOLS_REPORT_SUMMARY_H */
