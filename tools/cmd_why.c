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
#include <stdlib.h>
#include <string.h>

#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/parseutils.h>

#include "cmd.h"
#include "options.h"
#include "report/json_out.h"
#include "report/life_lines.h"
#include "report/log.h"
#include "report/whole_file.h"
#include "report/why.h"

typedef struct WhyOptions {
    TextList    operands;
    const char *json;
    int         level;
} WhyOptions;

static const Option rows[] = {
    { "json", 0, OPTION_TEXT, offsetof(WhyOptions, json), "FILE",
      "write the answer as JSON; - is standard output", NULL },
    { "level", 'v', OPTION_LEVEL, offsetof(WhyOptions, level), "LEVEL",
      "quiet, error, warning, info (default), verbose,\ndebug or trace",
      NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const Usage usage = {
    .synopsis = "REPORT NAME/KIND TIME|#FRAME [RECEIVER] [options]",
    .options  = rows,
    .notes    =
        "Tells what became of one frame: of NAME's audio, video, share or\n"
        "share_audio, the frame that was captured nearest to TIME (12.48s,\n"
        "480ms, 1:02.5) or the one of that number, for one receiver or for\n"
        "all. REPORT is what `run' or `open' wrote with --json; - is standard\n"
        "input.",
    .operands = offsetof(WhyOptions, operands),
};

/* "alice/video": the kind is behind the last slash, names may have some. */
static int parse_track(WhyQuery *q, char *text)
{
    char *slash = strrchr(text, '/');

    q->sender = text;
    if (slash) {
        *slash  = '\0';
        q->kind = slash + 1;
    }
    if (*q->sender && (!q->kind || *q->kind))
        return 0;
    log_error("why: give a track as NAME/KIND, like alice/video");
    return -1;
}

static int parse_frame(WhyQuery *q, const char *text)
{
    char *end;

    q->frame = -1;
    if (*text == '#') {
        q->frame = strtoll(text + 1, &end, 10);
        if (text[1] >= '0' && text[1] <= '9' && !*end)
            return 0;
    } else if (av_parse_time(&q->time, text, 1) >= 0 && q->time >= 0) {
        return 0;
    }
    log_error("why: '%s' is neither a time nor a frame; give 12.48s or #374",
              text);
    return -1;
}

static void print_answer(const WhyReport *why, const WhyAnswer *a)
{
    WhyStep steps[WHY_STEPS];
    int nb = why_steps(steps, why, a);
    AVBPrint sentence;

    av_bprint_init(&sentence, 0, AV_BPRINT_SIZE_UNLIMITED);
    why_sentence(&sentence, why, a);
    log_out_words("", sentence.str);
    av_bprint_finalize(&sentence, NULL);
    for (int i = 0; i < nb; i++)
        if (steps[i].time >= 0)
            log_out("%11.3f s  %s\n", steps[i].time / 1e6, steps[i].text);
        else
            log_out("%11s    %s\n", "-", steps[i].text);
}

static json_t *pack_answer(const WhyReport *why, const WhyAnswer *a)
{
    WhyStep steps[WHY_STEPS];
    int nb = why_steps(steps, why, a);
    const SentNote *s = why->found;
    json_t *list = json_array(), *object;
    AVBPrint sentence;

    for (int i = 0; i < nb; i++)
        json_array_append_new(list, json_pack(
            "{s:o, s:o}", "time", json_time(steps[i].time),
            "what", json_text(steps[i].text)));
    av_bprint_init(&sentence, 0, AV_BPRINT_SIZE_UNLIMITED);
    why_sentence(&sentence, why, a);
    object = json_pack("{s:o, s:o, s:o, s:I, s:o, s:b, s:o, s:s?, s:s?, s:o}",
                       "receiver", a->receiver ? json_text(a->receiver)
                                               : json_null(),
                       "sender", json_text(why->sender),
                       "kind", json_text(why->kind),
                       "frame", (json_int_t)s->frame,
                       "captured", json_time(s->captured),
                       "known", a->kept,
                       "cause", json_text(sentence.str),
                       "fate", a->kept ? fate_key(a->life.fate) : NULL,
                       "shown", a->kept ? shown_name(a->life.shown) : NULL,
                       "steps", list);
    av_bprint_finalize(&sentence, NULL);
    return object;
}

static int write_json(const WhyReport *why, const char *name)
{
    WholeFile *file = NULL;
    JsonOut out = { 0 };
    int ret = whole_file_open(&file, name);

    if (ret < 0)
        return ret;
    out.stream = whole_file_stream(file);
    json_out_format(&out, "[");
    for (int i = 0; i < why->nb_answers; i++) {
        json_out_format(&out, i ? ",\n" : "\n");
        json_out_value(&out, pack_answer(why, &why->answers[i]));
    }
    json_out_format(&out, "\n]\n");
    if (out.error < 0) {
        log_error("not enough memory");
        whole_file_discard(&file);
        return out.error;
    }
    return whole_file_commit(&file);
}

static int answer(const WhyOptions *o, const char *file, const WhyQuery *q)
{
    WhyReport why;
    int ret = why_read(&why, file, q);

    if (ret >= 0 && o->json)
        ret = write_json(&why, o->json);
    for (int i = 0; ret >= 0 && !o->json && i < why.nb_answers; i++) {
        if (i)
            log_out("\n");
        print_answer(&why, &why.answers[i]);
    }
    why_free(&why);
    return ret;
}

int cmd_why(int argc, char **argv)
{
    WhyOptions o = { .level = AV_LOG_INFO };
    WhyQuery q   = { 0 };
    int status = options_parse(&usage, &o, argc, argv);
    char *track = NULL;

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(o.level);
    if (o.operands.nb < 3 || o.operands.nb > 4) {
        log_error("why: give a report, a track, a time or frame, and perhaps "
                  "a receiver: why report.json alice/video 12.48s bob");
        goto end;
    }
    track = av_strdup(o.operands.texts[1]);
    if (!track || parse_track(&q, track) < 0 ||
        parse_frame(&q, o.operands.texts[2]) < 0)
        goto end;
    q.receiver = o.operands.nb > 3 ? o.operands.texts[3] : NULL;
    if (answer(&o, o.operands.texts[0], &q) >= 0)
        status = EXIT_HELD;

end:
    av_free(track);
    text_list_free(&o.operands);
    return status;
}
