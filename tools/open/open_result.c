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


#define _DEFAULT_SOURCE /* getrusage */

#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <jansson.h>
#include <libavcodec/avcodec.h>

#include "cmd.h"
#include "open_result.h"
#include "report/json_out.h"
#include "report/log.h"
#include "report/whole_file.h"

#define RESULT_VERSION 1

static const struct {
    int         status;
    const char *name;
} statuses[] = {
    { EXIT_HELD,        "all"         },
    { EXIT_NOT_HELD,    "some"        },
    { EXIT_NOTHING,     "nothing"     },
    { EXIT_BAD_INPUT,   "failed"      },
    { EXIT_INTERRUPTED, "interrupted" },
};

static const char *status_name(int status)
{
    size_t i = 0;

    while (i < sizeof(statuses) / sizeof(statuses[0]) - 1 &&
           statuses[i].status != status)
        i++;
    return statuses[i].name;
}

static bool is_whole(const OpenTrack *t)
{
    return open_track_verdict(t) == OPEN_ALL && !t->nb_late &&
           (!t->decode || !play_check_counts(t->decode)->nb_errors);
}

int open_result_status(const Opener *opener)
{
    bool whole = !opener_cut_short(opener), some = false;

    for (int i = 0; i < opener_nb_tracks(opener); i++) {
        const OpenTrack *t = opener_track(opener, i);

        some  |= t->nb_opened;
        whole &= open_track_verdict(t) == OPEN_EMPTY || is_whole(t);
    }
    return !some ? EXIT_NOTHING : whole ? EXIT_HELD : EXIT_NOT_HELD;
}

static const char *fate_of(const OpenTrack *t)
{
    return t->keep          ? "; kept as it came"
           : t->stream >= 0 ? "; the rest is in the output"
           : t->nb_opened   ? "; not in the output"
           : t->nb_whole    ? "; left out (--keep-sealed keeps it)"
                            : "";
}

static void tell_track(const OpenTrack *t)
{
    OpenVerdict verdict = open_track_verdict(t);
    const PlayCounts *played = t->decode ? play_check_counts(t->decode) : NULL;
    bool why = t->nb_whole && verdict != OPEN_CLEAR;
    char words[512];

    open_track_words(t, words, sizeof(words));
    if (*words)
        log_error("%s: %s%s: %s%s%s%s", t->in->file,
                  verdict == OPEN_CLEAR ? "ALARM: " : "", t->in->label, words,
                  fate_of(t), why ? "; to learn why: e2ee-meeting probe " : "",
                  why ? t->in->file : "");
    if (open_track_turned_clear(t))
        log_error("%s: ALARM: %s: %llu frames were never sealed",
                  t->in->file, t->in->label,
                  (unsigned long long)t->nb_reason[E2EE_NOT_SEALED]);
    if (t->nb_late)
        log_error("%s: %s: opened, but not in the output: %s", t->in->file,
                  t->in->label, t->par
                  ? "it began when the header was written; name files, not "
                    "pipes, to have it"
                  : "no key frame of it decodes");
    if (played && played->nb_errors)
        log_error("%s: %s: opened, but %llu frames do not decode",
                  t->in->file, t->in->label,
                  (unsigned long long)played->nb_errors);
}

void open_result_tell(const OpenResult *r)
{
    for (int i = 0; i < opener_nb_tracks(r->opener); i++)
        tell_track(opener_track(r->opener, i));
}

static json_t *pack_inputs(const TextList *files)
{
    json_t *inputs = json_array();
    struct stat st;

    for (int i = 0; i < files->nb; i++)
        json_array_append_new(inputs, json_pack(
            "{s:o, s:I}", "file", json_text(files->texts[i]), "bytes",
            stat(files->texts[i], &st) ? (json_int_t)-1
                                       : (json_int_t)st.st_size));
    return inputs;
}

static json_t *pack_track(const OpenTrack *t)
{
    char words[512];
    json_t *o;

    open_track_words(t, words, sizeof(words));
    o = json_pack("{s:o, s:o, s:s?, s:s, s:s, s:I, s:I, s:I, s:I, s:b}",
                  "track", json_text(t->in->label),
                  "file", json_text(t->in->file),
                  "kind", t->in->kind,
                  "codec", avcodec_get_name(t->in->par->codec_id),
                  "verdict", open_verdict_name(open_track_verdict(t)),
                  "frames", (json_int_t)t->nb_whole,
                  "opened", (json_int_t)t->nb_opened,
                  "incomplete", (json_int_t)t->nb_incomplete,
                  "written", (json_int_t)t->nb_written,
                  "kept_sealed", t->keep);
    if (*words)
        json_object_set_new(o, "reason", json_text(words));
    if (t->decode) {
        const PlayCounts *c = play_check_counts(t->decode);

        json_object_set_new(o, "decoded", json_integer(c->nb_decoded));
        json_object_set_new(o, "decode_errors", json_integer(c->nb_errors));
    }
    return o;
}

static void pack_opener(json_t *result, const Opener *opener)
{
    json_t *details = json_array();
    int nb_opened = 0;

    for (int i = 0; i < opener_nb_tracks(opener); i++) {
        nb_opened += !!opener_track(opener, i)->nb_opened;
        json_array_append_new(details, pack_track(opener_track(opener, i)));
    }
    json_object_set_new(result, "tracks",
                        json_integer(opener_nb_tracks(opener)));
    json_object_set_new(result, "opened", json_integer(nb_opened));
    json_object_set_new(result, "duration",
                        json_real(opener_duration(opener) / 1e6));
    json_object_set_new(result, "cut_short",
                        json_boolean(opener_cut_short(opener)));
    json_object_set_new(result, "details", details);
}

/* What tells one job from another. */
static json_t *pack_job(const OpenResult *r)
{
    return json_pack("{s:s, s:i, s:o, s:s?, s:s?, s:o}",
                     "command", "open",
                     "version", RESULT_VERSION,
                     "output", json_text(r->output),
                     "scheme", r->scheme,
                     "options", r->options,
                     "inputs", pack_inputs(r->files));
}

static json_t *pack_result(const OpenResult *r)
{
    json_t *o = pack_job(r);
    struct rusage usage;

    if (!o)
        return NULL;
    json_object_set_new(o, "status", json_string(status_name(r->status)));
    json_object_set_new(o, "exit", json_integer(r->status));
    if (r->opener)
        pack_opener(o, r->opener);
    if (!getrusage(RUSAGE_SELF, &usage)) {
        double seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
                         (usage.ru_utime.tv_usec +
                          usage.ru_stime.tv_usec) / 1e6;

        json_object_set_new(o, "cpu_seconds", json_real(seconds));
        json_object_set_new(o, "memory_kib", json_integer(usage.ru_maxrss));
    }
    return o;
}

int open_result_write(const OpenResult *r, const char *file)
{
    WholeFile *out = NULL;
    json_t *result = pack_result(r);
    int ret = AVERROR(ENOMEM);

    if (!result)
        goto end;
    if ((ret = whole_file_open(&out, file)) < 0)
        goto end;
    json_dumpf(result, whole_file_stream(out),
               JSON_COMPACT | JSON_REAL_PRECISION(12));
    fputc('\n', whole_file_stream(out));
    ret = whole_file_commit(&out);

end:
    whole_file_discard(&out);
    json_decref(result);
    return ret;
}

bool open_result_is_done(const OpenResult *r, const char *file)
{
    json_t *past = json_load_file(file, 0, NULL), *job = pack_job(r);
    const char *key;
    json_t *value;
    struct stat st;
    bool done = past && job && !stat(r->output, &st) &&
                json_integer_value(json_object_get(past, "exit")) == EXIT_HELD;

    if (done)
        json_object_foreach(job, key, value)
            done &= json_equal(value, json_object_get(past, key));
    json_decref(past);
    json_decref(job);
    return done;
}
