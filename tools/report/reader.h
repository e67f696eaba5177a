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
 * Reads a report back, member by member, and the long lists element by
 * element: memory does not grow with the report.
 */

#ifndef TOOLS_REPORT_READER_H
#define TOOLS_REPORT_READER_H

#include <stdint.h>

#include <jansson.h>

typedef struct ReportReader ReportReader;

/**
 * Open a report and check that it is one, of the version that is known.
 *
 * @param file "-" is standard input
 * @return 0, or a negative AVERROR after an error line
 */
int report_reader_open(ReportReader **reader, const char *file);

/**
 * The next member in the order of the file; of "events", "sent" and "frames"
 * one element at a time.
 *
 * @param[out] name   valid until the next call
 * @param[out] value  to be released by json_decref()
 * @return 1, 0 at the end, or a negative AVERROR after an error line
 */
int report_reader_next(ReportReader *reader, const char **name,
                       json_t **value);

/** A time of a report, in microseconds; 0 if no meeting has it. */
int64_t report_time(const json_t *seconds);

void report_reader_free(ReportReader **reader);

#endif /* TOOLS_REPORT_READER_H */
