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


#include <stdio.h>

#include "report_html.h"
#include "tools/report/page_text.h"

int report_html_write(JsonOut *out, const ReportParts *parts)
{
    static const char *const scripts[] = {
        page_model, page_timelines, page_charts, page_moment, page_page,
    };
    FILE *f = out->stream;
    int ret;

    fputs(page_head, f);
    fputs(page_report, f);
    fputs(page_body, f);
    out->in_html = true;
    if ((ret = report_json_write(out, parts)) < 0)
        return ret;
    fputs("</script>\n<script>\n\"use strict\";\n", f);
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        fputs(scripts[i], f);
    fputs(page_tail, f);
    return 0;
}
