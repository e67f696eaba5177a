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
 * JSON text into a file, piece by piece, and into a page where it has to be
 * hidden from HTML's parser.
 */

#ifndef TOOLS_REPORT_JSON_OUT_H
#define TOOLS_REPORT_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

typedef struct JsonOut {
    FILE *stream;
    bool  in_html;   ///< "<" is written \u003c: it occurs in strings only
    int   error;     ///< a negative AVERROR once something failed
} JsonOut;

/** Write JSON text as it is. A SpoolTaker. @param out a JsonOut */
void json_out_text(void *out, const char *text, size_t size);

void json_out_format(JsonOut *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** A string, or null for NULL. */
void json_out_string(JsonOut *out, const char *text);

/** A value in one line. Takes the reference; NULL is an error: no memory. */
void json_out_value(JsonOut *out, json_t *value);

/** A string of any bytes; those that are no UTF-8 become U+FFFD. */
json_t *json_text(const char *text);

/** Microseconds as seconds; null if negative. */
json_t *json_time(int64_t time);

#endif /* TOOLS_REPORT_JSON_OUT_H */
