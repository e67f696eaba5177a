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


#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "log.h"
#include "reader.h"
#include "report.h"

#define MAX_NAME  32
#define MAX_PLAIN 4096 /* a member that is neither list nor object */
#define MAX_TIME  1e9  /* seconds */

static const char *const long_lists[] = { "events", "sent", "frames" };

struct ReportReader {
    const char *file;
    FILE       *stream;
    char        name[MAX_NAME]; ///< of the member
    bool        in_list, ended;
    int         nb;             ///< members, or elements of the list
};

/* Jansson does not tell that memory was short. */
static int complain(const ReportReader *r)
{
    if (errno == ENOMEM) {
        log_error("%s: not enough memory to read it", r->file);
        return AVERROR(ENOMEM);
    }
    if (ferror(r->stream))
        log_error("%s: %s", r->file, strerror(errno));
    else
        log_error("%s: this is no report, or it is damaged; give a file that "
                  "e2ee-meeting wrote with --json", r->file);
    return AVERROR_INVALIDDATA;
}

static int next_char(ReportReader *r)
{
    int c;

    do
        c = getc(r->stream);
    while (c == ' ' || c == '\n' || c == '\t' || c == '\r');
    return c;
}

/* What is neither a list nor an object ends where something else begins. */
static json_t *read_plain(ReportReader *r, int c)
{
    char text[MAX_PLAIN];
    size_t size  = 0;
    bool   quote = false, escape = false;

    while (c != EOF && size + 1 < sizeof(text) &&
           (quote || !strchr(",:]}", c))) {
        text[size++] = c;
        if (c == '"' && !escape)
            quote = !quote;
        escape = c == '\\' && !escape;
        c      = getc(r->stream);
    }
    ungetc(c, r->stream);
    return json_loadb(text, size, JSON_DECODE_ANY, NULL);
}

static json_t *read_value(ReportReader *r)
{
    int c = next_char(r);

    if (c != '[' && c != '{')
        return read_plain(r, c);
    ungetc(c, r->stream);
    return json_loadf(r->stream, JSON_DISABLE_EOF_CHECK, NULL);
}

/* Past the comma before a member or an element, if it is not the first.
 * @return false at the bracket that ends them */
static bool advance(ReportReader *r, int bracket)
{
    int c = next_char(r);

    if (c == bracket)
        return false;
    if (!r->nb++ || c != ',')
        ungetc(c, r->stream);
    return true;
}

static bool read_name(ReportReader *r)
{
    json_t *name = read_value(r);
    const char *text = json_string_value(name);
    bool good = text && next_char(r) == ':' &&
                av_strlcpy(r->name, text, sizeof(r->name)) < sizeof(r->name);

    json_decref(name);
    return good;
}

static bool starts_list(ReportReader *r)
{
    bool is_long = false;
    int c;

    for (size_t i = 0; i < FF_ARRAY_ELEMS(long_lists); i++)
        is_long |= !strcmp(r->name, long_lists[i]);
    if (!is_long)
        return false;
    if ((c = next_char(r)) == '[')
        return true;
    ungetc(c, r->stream);
    return false;
}

int report_reader_next(ReportReader *r, const char **name, json_t **value)
{
    *name = r->name;
    errno = 0;
    while (!r->ended) {
        if (r->in_list) {
            if (advance(r, ']')) {
                *value = read_value(r);
                return *value ? 1 : complain(r);
            }
            r->in_list = false;
            r->nb      = 1; /* the list was a member */
        } else if (!advance(r, '}')) {
            r->ended = true;
        } else if (!read_name(r)) {
            return complain(r);
        } else if (starts_list(r)) {
            r->in_list = true;
            r->nb      = 0;
        } else {
            *value = read_value(r);
            return *value ? 1 : complain(r);
        }
    }
    return 0;
}

static int check_version(ReportReader *r)
{
    const char *name;
    json_t *value;
    int ret, version;

    errno = 0;
    if (next_char(r) != '{')
        return complain(r);
    if ((ret = report_reader_next(r, &name, &value)) <= 0)
        return ret < 0 ? ret : complain(r);
    version = json_is_integer(value) && !strcmp(name, "version")
                  ? json_integer_value(value) : 0;
    json_decref(value);
    if (version == REPORT_VERSION)
        return 0;
    if (version <= 0)
        return complain(r);
    log_error("%s: this report is of version %d, and version %d is read; "
              "write it anew with this e2ee-meeting", r->file, version,
              REPORT_VERSION);
    return AVERROR_INVALIDDATA;
}

int report_reader_open(ReportReader **reader, const char *file)
{
    ReportReader *r = *reader = av_mallocz(sizeof(*r));
    int ret;

    if (!r)
        return AVERROR(ENOMEM);
    r->file   = file;
    r->stream = strcmp(file, "-") ? fopen(file, "r") : stdin;
    if (r->stream) {
        ret = check_version(r);
    } else {
        ret = AVERROR(errno);
        log_error("%s: %s; give a file that e2ee-meeting wrote with --json",
                  file, strerror(errno));
    }
    if (ret < 0)
        report_reader_free(reader);
    return ret;
}

int64_t report_time(const json_t *seconds)
{
    double value = json_number_value(seconds);

    return fabs(value) < MAX_TIME ? llrint(value * 1e6) : 0;
}

void report_reader_free(ReportReader **reader)
{
    if (*reader && (*reader)->stream && (*reader)->stream != stdin)
        fclose((*reader)->stream);
    av_freep(reader);
}
