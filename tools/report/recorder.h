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
 * Takes down what happens in a meeting or in a capture, as it happens, and
 * writes it out in every form that was asked for: lines and a table on the
 * terminal, report.json, events.ndjson, report.html.
 *
 *     events, lives > recorder > spool files > JSON, HTML
 *                              > terminal, NDJSON (at once)
 *
 * Memory does not grow with the meeting: lives and events wait in unlinked
 * files beside the outputs.
 */

#ifndef TOOLS_REPORT_RECORDER_H
#define TOOLS_REPORT_RECORDER_H

#include <stddef.h>

#include "options.h"
#include "progress.h"
#include "report.h"

typedef struct Recorder Recorder;

/** What is wanted; "-" is standard output, and then people read on standard
 *  error. */
typedef struct RecorderSetup {
    const char *json, *html, *ndjson; ///< files; NULL: not wanted
    const char *frames;   ///< lives to keep: "all" (NULL too), "problems",
                          ///< "none"
    const char *progress; ///< URL for key=value lines; NULL: none
} RecorderSetup;

/** Rows of a subcommand's options, for a RecorderSetup in its struct. */
#define RECORDER_OPTIONS(type, member)                                        \
    { "json", 0, OPTION_TEXT, offsetof(type, member.json), "FILE",            \
      "write a report for machines", NULL },                                  \
    { "html", 0, OPTION_TEXT, offsetof(type, member.html), "FILE",            \
      "write a report for people: one page for a browser", NULL },            \
    { "ndjson", 0, OPTION_TEXT, offsetof(type, member.ndjson), "FILE",        \
      "write each event as it happens, one a line", NULL },                   \
    { "frames", 0, OPTION_TEXT, offsetof(type, member.frames), "WHICH",       \
      "frames whose lives the reports hold: all,\nproblems or none "          \
      "(default all)", NULL },                                                \
    { "progress", 0, OPTION_TEXT, offsetof(type, member.progress), "FILE",    \
      "write the progress as key=value lines", NULL }

/**
 * Open the outputs and spool files: call it before anything costs time.
 *
 * @param setup  its strings must live as long as the recorder
 * @return 0, or a negative AVERROR after an error line
 */
int recorder_open(Recorder **recorder, const RecorderSetup *setup);

/**
 * The two sinks: `(EventSink){ recorder_event, recorder }`. What they take
 * may change afterwards. One thread, and always in the same order for the
 * same meeting: the order is part of the report.
 */
void recorder_event(void *recorder, const Event *event);
void recorder_life(void *recorder, const FrameLife *life);

/** Show how far it has got; cheap, may be called for every packet. */
void recorder_progress(Recorder *recorder, const ProgressNow *now);

/**
 * Print the table and the expectations, write and complete the files.
 *
 * @return 0, or a negative AVERROR after an error line; of JSON and HTML
 *         nothing is left then
 */
int recorder_finish(Recorder *recorder, const Report *report);

/** Without recorder_finish() before it, nothing but NDJSON is left. NULL
 *  inside does nothing. */
void recorder_free(Recorder **recorder);

#endif /* TOOLS_REPORT_RECORDER_H */
