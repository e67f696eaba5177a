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


#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "json_out.h"

#define JSON_STYLE (JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12))

void json_out_text(void *opaque, const char *text, size_t size)
{
    JsonOut *out = opaque;

    while (size) {
        const char *bracket = out->in_html ? memchr(text, '<', size) : NULL;
        size_t plain = bracket ? (size_t)(bracket - text) : size;

        fwrite(text, 1, plain, out->stream);
        if (bracket) {
            fputs("\\u003c", out->stream);
            plain++;
        }
        text += plain;
        size -= plain;
    }
}

void json_out_format(JsonOut *out, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    int size;

    va_start(args, fmt);
    size = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (size < 0 || size >= (int)sizeof(text))
        out->error = AVERROR_BUG;
    else
        json_out_text(out, text, size);
}

void json_out_string(JsonOut *out, const char *text)
{
    json_out_value(out, text ? json_text(text) : json_null());
}

void json_out_value(JsonOut *out, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_STYLE) : NULL;

    if (text)
        json_out_text(out, text, strlen(text));
    else
        out->error = AVERROR(ENOMEM);
    free(text);
    json_decref(value);
}

/* As many bytes of valid UTF-8 as there are at the start of the text, 0 if
 * the first is none. jansson tells what is valid. */
static size_t valid_prefix(const char *text)
{
    for (size_t size = 1; size <= 4 && text[size - 1]; size++) {
        json_t *string = json_stringn(text, size);

        if (string) {
            json_decref(string);
            return size;
        }
    }
    return 0;
}

json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    char *copy, *to;

    if (string || !(copy = av_malloc(3 * strlen(text) + 1)))
        return string;
    for (to = copy; *text;) {
        size_t size = valid_prefix(text);

        memcpy(to, size ? text : "\357\277\275", size ? size : 3);
        to   += size ? size : 3;
        text += size ? size : 1;
    }
    *to    = '\0';
    string = json_string(copy);
    av_free(copy);
    return string;
}

json_t *json_time(int64_t time)
{
    return time < 0 ? json_null() : json_real(time / 1e6);
}
