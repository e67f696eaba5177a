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
 * report.html: one page for a browser that loads nothing. It holds
 * report.json as it is; the scripts in page/ draw it.
 */

#ifndef TOOLS_REPORT_REPORT_HTML_H
#define TOOLS_REPORT_REPORT_HTML_H

#include "report_json.h"

/** @return 0, or a negative AVERROR after an error line */
int report_html_write(JsonOut *out, const ReportParts *parts);

#endif /* TOOLS_REPORT_REPORT_HTML_H */
