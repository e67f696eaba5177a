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


#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

#include "cmd.h"
#include "options.h"
#include "report/json_out.h"
#include "report/log.h"
#include "report/summary.h"
#include "report/whole_file.h"

#define SUMMARY_VERSION 1

typedef struct SummaryOptions {
    TextList    files;
    const char *json;
    bool        failed;
    int         level;
} SummaryOptions;

typedef struct Summary {
    const SummaryOptions *options;
    WholeFile *file;       ///< NULL: none wanted
    JsonOut    out;
    uint64_t   nb, nb_whole, nb_bad, nb_written;
    uint64_t   nb_frames, nb_opened, nb_lost, nb_refused;
    double     duration;
} Summary;

static const Option rows[] = {
    { "json", 0, OPTION_TEXT, offsetof(SummaryOptions, json), "FILE",
      "write it as JSON; - is standard output", NULL },
    { "failed", 0, OPTION_FLAG, offsetof(SummaryOptions, failed), NULL,
      "list only what is not whole", NULL },
    { "level", 'v', OPTION_LEVEL, offsetof(SummaryOptions, level), "LEVEL",
      "quiet, error, warning, info (default), verbose,\ndebug or trace",
      NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const Usage usage = {
    .synopsis = "FILE... [options]",
    .options  = rows,
    .notes    =
        "Merges reports (what `run' and `open' wrote with --json) and results\n"
        "of `open' (--result): a line each, why not all is well, and totals.\n"
        "Exits with 0 if all are whole, 1 if some are not, 2 if a file is\n"
        "neither a report nor a result.",
    .operands = offsetof(SummaryOptions, files),
};

static void print_item(const Summary *s, const SummaryItem *item)
{
    if (s->options->failed && item->whole)
        return;
    log_out("%s%s%s  %s", log_colour(item->whole ? COLOUR_GREEN : COLOUR_RED),
            item->whole ? "whole" : "NOT  ", log_colour(COLOUR_PLAIN),
            item->file);
    if (item->name)
        log_out(" (%s)", item->name);
    log_out(": %.1f s, %d track%s, %"PRIu64" of %"PRIu64" frames opened",
            item->duration, item->nb_tracks, item->nb_tracks == 1 ? "" : "s",
            item->nb_opened, item->nb_frames);
    if (item->nb_lost)
        log_out(", %"PRIu64" lost", item->nb_lost);
    if (item->nb_refused)
        log_out(", %"PRIu64" refused", item->nb_refused);
    log_out("\n");
    for (size_t i = 0; !item->whole && i < json_array_size(item->why); i++)
        log_out("       %s\n", json_string_value(json_array_get(item->why, i)));
}

static void write_item(Summary *s, const SummaryItem *item)
{
    json_out_format(&s->out, s->nb_written++ ? ",\n" : "\n");
    json_out_value(&s->out, json_pack(
        "{s:o, s:b, s:s?, s:s?, s:f, s:i, s:I, s:I, s:I, s:I, s:O}",
        "file", json_text(item->file),
        "whole", item->whole,
        "command", item->command,
        "name", item->name,
        "duration", item->duration,
        "tracks", item->nb_tracks,
        "frames", (json_int_t)item->nb_frames,
        "opened", (json_int_t)item->nb_opened,
        "lost", (json_int_t)item->nb_lost,
        "refused", (json_int_t)item->nb_refused,
        "why", item->why));
}

static int take_item(void *opaque, const SummaryItem *item)
{
    Summary *s = opaque;

    print_item(s, item);
    if (s->file && !(s->options->failed && item->whole))
        write_item(s, item);
    s->nb++;
    s->nb_whole   += item->whole;
    s->nb_frames  += item->nb_frames;
    s->nb_opened  += item->nb_opened;
    s->nb_lost    += item->nb_lost;
    s->nb_refused += item->nb_refused;
    s->duration   += item->duration;
    return 0;
}

static void print_totals(const Summary *s)
{
    log_out("%"PRIu64" of %"PRIu64" whole, %.1f s; %"PRIu64" of %"PRIu64
            " frames opened, %"PRIu64" lost, %"PRIu64" refused\n", s->nb_whole,
            s->nb, s->duration, s->nb_opened, s->nb_frames, s->nb_lost,
            s->nb_refused);
    if (s->nb_bad)
        log_out("%"PRIu64" could not be read\n", s->nb_bad);
}

static int write_totals(Summary *s)
{
    json_out_format(&s->out, "\n],\n\"totals\":");
    json_out_value(&s->out, json_pack(
        "{s:I, s:I, s:I, s:f, s:I, s:I, s:I, s:I}",
        "reports", (json_int_t)s->nb,
        "whole", (json_int_t)s->nb_whole,
        "unreadable", (json_int_t)s->nb_bad,
        "duration", s->duration,
        "frames", (json_int_t)s->nb_frames,
        "opened", (json_int_t)s->nb_opened,
        "lost", (json_int_t)s->nb_lost,
        "refused", (json_int_t)s->nb_refused));
    json_out_format(&s->out, "\n}\n");
    if (s->out.error < 0) {
        log_error("not enough memory");
        whole_file_discard(&s->file);
        return s->out.error;
    }
    return whole_file_commit(&s->file);
}

static int open_json(Summary *s)
{
    int ret;

    if (!s->options->json)
        return 0;
    if (!strcmp(s->options->json, "-"))
        log_out_to_stderr();
    if ((ret = whole_file_open(&s->file, s->options->json)) < 0)
        return ret;
    s->out.stream = whole_file_stream(s->file);
    json_out_format(&s->out, "{\n\"version\":%d,\n\"reports\":[",
                    SUMMARY_VERSION);
    return 0;
}

int cmd_summary(int argc, char **argv)
{
    SummaryOptions o = { .level = AV_LOG_INFO };
    Summary s  = { .options = &o };
    int status = options_parse(&usage, &o, argc, argv);

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(o.level);
    if (!o.files.nb) {
        log_error("summary: give reports, like *.json");
        goto end;
    }
    if (open_json(&s) < 0)
        goto end;
    for (int i = 0; i < o.files.nb; i++)
        s.nb_bad += summary_read(o.files.texts[i], take_item, &s) < 0;
    print_totals(&s);
    if (s.file && write_totals(&s) < 0)
        goto end;
    status = s.nb_bad             ? EXIT_BAD_INPUT
             : s.nb_whole == s.nb ? EXIT_HELD
                                  : EXIT_NOT_HELD;

end:
    whole_file_discard(&s.file);
    text_list_free(&o.files);
    return status;
}
