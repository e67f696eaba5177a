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
 * The command line of `e2ee-meeting run`: makes a scenario, from a file, from
 * options, or from both, and says what is to be written.
 */

#ifndef TOOLS_RUN_MEETING_OPTIONS_H
#define TOOLS_RUN_MEETING_OPTIONS_H

#include "room/room.h"

/** Which frames' lives the report has one by one. */
typedef enum FrameDetail {
    FRAMES_ALL,
    FRAMES_PROBLEMS, ///< those that were not shown as they were sent
    FRAMES_NONE,
    FRAMES_NB
} FrameDetail;

/** Names are of files to be written, NULL: not wanted, and not owned. */
typedef struct MeetingOptions {
    Scenario    scenario;    ///< checked
    Verify      verify;
    int         threads;     ///< 1 or more
    FrameDetail frames;
    const char *report;      ///< JSON
    const char *ndjson, *html, *progress;
    const char *save;        ///< directory for what each receiver saw
    bool        save_sealed; ///< and for what reached it, still sealed
    const char *pcap;        ///< a file, or a directory for one a hop
    const char *rtpdump;     ///< directory
    int         level;       ///< AV_LOG_*
} MeetingOptions;

/**
 * Parse; print the usage if that was asked for, or an error line.
 *
 * @param options to be freed in any case
 * @return -1 to go on, else the ExitStatus to end with
 */
int meeting_options_parse(MeetingOptions *options, int argc, char **argv);

void meeting_options_free(MeetingOptions *options);

#endif /* TOOLS_RUN_MEETING_OPTIONS_H */
