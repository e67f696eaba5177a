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
 * report.json: the meeting for machines. There is no key in it.
 *
 * One object; its members come in the order that a reader in one pass wants:
 * what it is about, the totals, then the lists that may be long, one element
 * a line: events, sent, frames. tools/schemas/report.schema.json describes it.
 */

#ifndef TOOLS_REPORT_REPORT_JSON_H
#define TOOLS_REPORT_REPORT_JSON_H

#include "causes.h"
#include "json_out.h"
#include "life_lines.h"
#include "report.h"
#include "spool.h"

/** What a report is made of. */
typedef struct ReportParts {
    const Report *report;
    LifeLines    *lines;     ///< its tables give the rows' numbers
    const Causes *causes;
    const char   *kept;      ///< which lives: "all", "problems", "none"
    Spool        *events, *sent, *frames; ///< lines with commas between them
} ReportParts;

/** @return 0, or a negative AVERROR after an error line */
int report_json_write(JsonOut *out, const ReportParts *parts);

#endif /* TOOLS_REPORT_REPORT_JSON_H */
