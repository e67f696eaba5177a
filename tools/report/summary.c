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
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "life.h"
#include "log.h"
#include "reader.h"
#include "summary.h"

typedef int (*Taker)(void *opaque, const SummaryItem *item);

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value ? value : "";
}

static uint64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void say(SummaryItem *item, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void say(SummaryItem *item, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    json_array_append_new(item->why, json_vsprintf(fmt, args));
    va_end(args);
}

static int set_text(char **to, const json_t *value)
{
    const char *from = json_string_value(value);

    if (!from)
        return 0;
    av_free(*to);
    *to = av_strdup(from);
    return *to ? 0 : AVERROR(ENOMEM);
}

static void clear(SummaryItem *item)
{
    av_freep(&item->name);
    av_freep(&item->command);
    json_decref(item->why);
    item->why = NULL;
}

/* --- reports --- */

static void take_expectations(SummaryItem *item, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);

        if (!json_is_true(json_object_get(e, "held")))
            say(item, "expected: %s; seen: %s", text(e, "expected"),
                text(e, "seen"));
    }
}

/* Causes tell why a recording did not open; of a meeting its expectations
 * do, since frames may be meant to be lost. */
static void take_rows(SummaryItem *item, const json_t *list)
{
    bool recording = item->command && !strcmp(item->command, "open");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row    = json_array_get(list, i);
        const json_t *fates  = json_object_get(row, "fates");
        const json_t *causes = json_object_get(row, "causes");

        item->nb_frames  += number(row, "sent");
        item->nb_opened  += number(fates, fate_key(FATE_OPENED));
        item->nb_refused += number(fates, fate_key(FATE_REFUSED));
        item->nb_lost    += number(fates, fate_key(FATE_LOST_UPLINK)) +
                            number(fates, fate_key(FATE_LOST_DOWNLINK)) +
                            number(fates, fate_key(FATE_LATE));
        for (size_t j = 0; recording && j < json_array_size(causes); j++) {
            const json_t *c = json_array_get(causes, j);

            say(item, "%s %s: %"PRIu64" frames: %s", text(row, "sender"),
                text(row, "kind"), number(c, "frames"), text(c, "cause"));
        }
    }
}

static int take_member(SummaryItem *item, const char *name,
                       const json_t *value)
{
    if (!strcmp(name, "command"))
        return set_text(&item->command, value);
    if (!strcmp(name, "scenario") || (!strcmp(name, "file") && !item->name))
        return set_text(&item->name, value);
    if (!strcmp(name, "duration"))
        item->duration = json_number_value(value);
    else if (!strcmp(name, "held"))
        item->whole = json_is_true(value);
    else if (!strcmp(name, "expectations"))
        take_expectations(item, value);
    else if (!strcmp(name, "tracks"))
        item->nb_tracks = json_array_size(value);
    else if (!strcmp(name, "received"))
        take_rows(item, value);
    return 0;
}

/* Up to the long lists, which come last. */
static int read_report(const char *file, Taker take, void *opaque)
{
    SummaryItem item = { .file = file, .nb_tracks = -1 };
    ReportReader *reader = NULL;
    const char *name = "";
    json_t *value;
    int ret = report_reader_open(&reader, file);

    if (ret >= 0 && !(item.why = json_array()))
        ret = AVERROR(ENOMEM);
    while (ret >= 0 && strcmp(name, "received") &&
           (ret = report_reader_next(reader, &name, &value)) > 0) {
        ret = take_member(&item, name, value);
        json_decref(value);
    }
    if (ret >= 0 && strcmp(name, "received")) {
        log_error("%s: this report lacks its totals; write it anew", file);
        ret = AVERROR_INVALIDDATA;
    }
    if (ret >= 0)
        ret = take(opaque, &item);
    report_reader_free(&reader);
    clear(&item);
    return ret;
}

/* --- results of `open`, one JSON object each --- */

static int take_result(const char *file, const json_t *result, Taker take,
                       void *opaque)
{
    SummaryItem item = { .file = file, .why = json_array() };
    const json_t *details = json_object_get(result, "details");
    int ret = item.why ? 0 : AVERROR(ENOMEM);

    item.whole     = !strcmp(text(result, "status"), "all");
    item.duration  = json_number_value(json_object_get(result, "duration"));
    item.nb_tracks = json_array_size(details);
    for (size_t i = 0; ret >= 0 && i < json_array_size(details); i++) {
        const json_t *t = json_array_get(details, i);

        item.nb_frames += number(t, "frames") + number(t, "incomplete");
        item.nb_opened += number(t, "opened");
        item.nb_lost   += number(t, "incomplete");
        item.nb_refused += number(t, "frames") - number(t, "opened");
        if (*text(t, "reason"))
            say(&item, "%s", text(t, "reason"));
    }
    if (ret >= 0 && !item.whole && !item.nb_tracks)
        say(&item, "status %s", text(result, "status"));
    if (ret >= 0 &&
        (ret = set_text(&item.command,
                        json_object_get(result, "command"))) >= 0 &&
        (ret = set_text(&item.name, json_object_get(result, "output"))) >= 0)
        ret = take(opaque, &item);
    clear(&item);
    return ret;
}

static int read_results(const char *file, FILE *stream, Taker take,
                        void *opaque)
{
    int ret = 0, nb = 0, c;

    while (ret >= 0) {
        json_t *result;

        while ((c = getc(stream)) == ' ' || c == '\n' || c == '\t' ||
               c == '\r')
            ;
        if (c == EOF)
            break;
        ungetc(c, stream);
        errno  = 0;
        result = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);
        if (*text(result, "status") && *text(result, "command")) {
            ret = take_result(file, result, take, opaque);
            nb++;
        } else {
            ret = errno == ENOMEM ? AVERROR(ENOMEM) : AVERROR_INVALIDDATA;
        }
        json_decref(result);
    }
    if (ret == AVERROR_INVALIDDATA || (ret >= 0 && !nb)) {
        log_error("%s: neither a report nor results of e2ee-meeting open; "
                  "give files that --json or --result wrote", file);
        ret = AVERROR_INVALIDDATA;
    }
    return ret;
}

/* A report says first which version it is of. */
static bool starts_as_report(FILE *stream)
{
    char start[64];
    size_t size = fread(start, 1, sizeof(start) - 1, stream);
    const char *first;

    start[size] = '\0';
    rewind(stream);
    first = strchr(start, '"');
    return first && av_strstart(first, "\"version\"", NULL);
}

int summary_read(const char *file, Taker take, void *opaque)
{
    FILE *stream = fopen(file, "r");
    int ret = AVERROR(errno);

    if (!stream) {
        log_error("%s: %s; give files that --json or --result wrote", file,
                  av_err2str(ret));
        return ret;
    }
    ret = starts_as_report(stream) ? read_report(file, take, opaque)
                                   : read_results(file, stream, take, opaque);
    fclose(stream);
    return ret;
}
