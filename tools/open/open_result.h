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
 * What came of one recording: the report for the writers, and one line of
 * JSON for whoever runs thousands of them.
 */

#ifndef TOOLS_OPEN_OPEN_RESULT_H
#define TOOLS_OPEN_OPEN_RESULT_H

#include "opener.h"
#include "options.h"
#include "report/report.h"

typedef struct OpenResult {
    const TextList *files;
    const char     *output;
    const char     *scheme;    ///< NULL: the filter's default
    const char     *options;   ///< NULL: none
    const Opener   *opener;    ///< NULL: it did not come so far
    int             status;    ///< ExitStatus
} OpenResult;

/** EXIT_HELD, EXIT_NOT_HELD or EXIT_NOTHING. */
int open_result_status(const Opener *opener);

/**
 * Print a line on standard error for every track that did not open wholly.
 */
void open_result_tell(const OpenResult *result);

/**
 * Write the line to a file, whole or not at all; "-" is standard output.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int open_result_write(const OpenResult *result, const char *file);

/**
 * Whether the line in a file says that all of the same files, as large as
 * they are now, was opened into the same output with the same options, and
 * the output is there. Nothing is said of a file that is not there.
 */
bool open_result_is_done(const OpenResult *result, const char *file);

/**
 * What the writers of reports take.
 *
 * @param report its strings are the tracks'; free it before the opener
 * @return 0 or AVERROR(ENOMEM)
 */
int  open_report_make(Report *report, const OpenResult *result);
void open_report_free(Report *report);

#endif /* TOOLS_OPEN_OPEN_RESULT_H */
