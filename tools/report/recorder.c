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
#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "causes.h"
#include "json_event.h"
#include "json_out.h"
#include "life_lines.h"
#include "log.h"
#include "print.h"
#include "recorder.h"
#include "report_html.h"
#include "report_json.h"
#include "spool.h"
#include "table.h"
#include "whole_file.h"

typedef enum Kept {
    KEPT_ALL,
    KEPT_PROBLEMS,
    KEPT_NONE,
} Kept;

static const char *const kept_names[] = {
    [KEPT_ALL]      = "all",
    [KEPT_PROBLEMS] = "problems",
    [KEPT_NONE]     = "none",
};

struct Recorder {
    RecorderSetup setup;
    Kept       kept;
    JsonOut    ndjson;           ///< stream NULL: not wanted
    WholeFile *json, *html;      ///< NULL: not wanted
    Spool      events, sent, frames;
    JsonOut    event_lines;
    uint64_t   nb_events;
    LifeLines  lines;
    Causes     causes;
    Progress  *progress;
    int        error;            ///< a negative AVERROR once something failed
};

static int choose_kept(Kept *kept, const char *name)
{
    size_t i;

    for (i = 0; name && i < FF_ARRAY_ELEMS(kept_names); i++)
        if (!strcmp(name, kept_names[i]))
            break;
    if (name && i == FF_ARRAY_ELEMS(kept_names)) {
        log_error("--frames %s: choose all, problems or none", name);
        return AVERROR(EINVAL);
    }
    *kept = name ? i : KEPT_ALL;
    return 0;
}

/* Two files in one stream would be neither. */
static int check_stdout(const RecorderSetup *s)
{
    const char *const names[] = { s->json, s->html, s->ndjson, s->progress };
    int nb = 0;

    for (size_t i = 0; i < FF_ARRAY_ELEMS(names); i++)
        nb += names[i] && (!strcmp(names[i], "-") ||
                           !strcmp(names[i], "pipe:1"));
    if (nb > 1) {
        log_error("more than one output to standard output; give the others "
                  "a file");
        return AVERROR(EINVAL);
    }
    if (nb)
        log_out_to_stderr();
    return 0;
}

/* It is read while it grows, so it has its name from the start. */
static int open_ndjson(FILE **stream, const char *name)
{
    int error;

    *stream = strcmp(name, "-") ? fopen(name, "w") : stdout;
    error   = errno;
    if (*stream)
        return 0;
    log_error("%s: %s; give a file in a directory that you may write to",
              name, strerror(error));
    return AVERROR(error);
}

static int open_spools(Recorder *r)
{
    const char *beside = r->setup.json ? r->setup.json : r->setup.html;
    int ret;

    if (!beside)
        return 0;
    if ((ret = spool_open(&r->events, beside)) < 0 ||
        (ret = spool_open(&r->sent, beside)) < 0 ||
        (ret = spool_open(&r->frames, beside)) < 0)
        return ret;
    r->event_lines.stream  = r->events.stream;
    r->lines.sent.stream   = r->sent.stream;
    r->lines.frames.stream = r->frames.stream;
    return 0;
}

int recorder_open(Recorder **recorder, const RecorderSetup *setup)
{
    Recorder *r = *recorder = av_mallocz(sizeof(*r));
    int ret;

    if (!r)
        return AVERROR(ENOMEM);
    r->setup = *setup;
    if ((ret = choose_kept(&r->kept, setup->frames)) < 0 ||
        (ret = check_stdout(setup)) < 0 ||
        (setup->json && (ret = whole_file_open(&r->json, setup->json)) < 0) ||
        (setup->html && (ret = whole_file_open(&r->html, setup->html)) < 0) ||
        (ret = open_spools(r)) < 0 ||
        (setup->ndjson &&
         (ret = open_ndjson(&r->ndjson.stream, setup->ndjson)) < 0) ||
        (ret = progress_open(&r->progress, setup->progress)) < 0)
        recorder_free(recorder);
    return ret;
}

static void write_event(Recorder *r, const Event *event)
{
    json_t *line = json_event(event);

    if (r->events.stream) {
        json_out_format(&r->event_lines, r->nb_events++ ? ",\n" : "\n");
        json_out_value(&r->event_lines, json_incref(line));
    }
    if (r->ndjson.stream) {
        json_out_value(&r->ndjson, json_incref(line));
        json_out_format(&r->ndjson, "\n");
        if (fflush(r->ndjson.stream) == EOF && !r->error) {
            r->error = AVERROR(errno);
            log_error("%s: %s", r->setup.ndjson, strerror(errno));
        }
    }
    json_decref(line);
}

void recorder_event(void *recorder, const Event *event)
{
    Recorder *r = recorder;

    print_event(event);
    if (r->events.stream || r->ndjson.stream)
        write_event(r, event);
}

void recorder_life(void *recorder, const FrameLife *life)
{
    Recorder *r = recorder;
    int row = life_lines_row(&r->lines, life->receiver, life->sender,
                             life->kind);
    int ret = row < 0 ? row : causes_add(&r->causes, row, life);

    if (ret >= 0 && r->frames.stream && r->kept != KEPT_NONE &&
        (r->kept == KEPT_ALL || life_is_problem(life)))
        ret = life_lines_add(&r->lines, life);
    if (ret < 0 && !r->error)
        r->error = ret;
}

void recorder_progress(Recorder *recorder, const ProgressNow *now)
{
    progress_show(recorder->progress, now);
}

static int write_file(Recorder *r, WholeFile **file, const Report *report,
                      int (*write)(JsonOut *out, const ReportParts *parts))
{
    JsonOut out = { .stream = whole_file_stream(*file) };
    ReportParts parts = {
        .report = report,
        .lines  = &r->lines,
        .causes = &r->causes,
        .kept   = kept_names[r->kept],
        .events = &r->events,
        .sent   = &r->sent,
        .frames = &r->frames,
    };
    int ret = write(&out, &parts);

    if (ret < 0)
        whole_file_discard(file);
    else
        ret = whole_file_commit(file);
    return ret;
}

int recorder_finish(Recorder *r, const Report *report)
{
    int ret;

    progress_end(r->progress);
    table_print(report, &r->lines, &r->causes);
    if (!r->error)
        r->error = FFMIN(r->event_lines.error, r->ndjson.error);
    if (r->error) {
        if (!log_error_told())
            log_error("the report could not be written: %s",
                      av_err2str(r->error));
        return r->error;
    }
    if (r->json && (ret = write_file(r, &r->json, report,
                                     report_json_write)) < 0)
        return ret;
    if (r->html && (ret = write_file(r, &r->html, report,
                                     report_html_write)) < 0)
        return ret;
    return 0;
}

void recorder_free(Recorder **recorder)
{
    Recorder *r = *recorder;

    if (!r)
        return;
    whole_file_discard(&r->json);
    whole_file_discard(&r->html);
    if (r->ndjson.stream && r->ndjson.stream != stdout)
        fclose(r->ndjson.stream);
    spool_close(&r->events);
    spool_close(&r->sent);
    spool_close(&r->frames);
    life_lines_free(&r->lines);
    causes_free(&r->causes);
    if (r->progress)
        log_progress_clear();
    progress_free(&r->progress);
    av_freep(recorder);
}
