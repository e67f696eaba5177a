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
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "life_lines.h"
#include "log.h"
#include "options.h"
#include "reader.h"
#include "why.h"

/* How far around the frame in question others are looked at. */
#define WINDOW 30000000

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* One error line: which name there is that is nearest, or which there are. */
static int no_such(const WhyReport *why, const char *what, const char *name,
                   const char *const *names, int nb)
{
    const char *near = nearest_name(name, names, nb);
    AVBPrint list;

    av_bprint_init(&list, 0, 1024);
    for (int i = 0; i < nb; i++)
        av_bprintf(&list, "%s%s", i ? ", " : "", names[i]);
    if (near)
        log_error("%s: there is no %s '%s'; did you mean '%s'?", why->file,
                  what, name, near);
    else
        log_error("%s: there is no %s '%s'; choose one of %s", why->file, what,
                  name, list.str);
    av_bprint_finalize(&list, NULL);
    return AVERROR(EINVAL);
}

/* The different values of a member among rows of that sender; NULL: any. */
static int gather(const char ***names, const json_t *rows, const char *name,
                  const char *sender, const char *kind)
{
    int nb = 0;

    *names = av_calloc(json_array_size(rows) + 1, sizeof(**names));
    for (size_t i = 0; *names && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *value = member(row, name);
        int known = 0;

        if (!value || (sender && !same(sender, member(row, "sender"))) ||
            (kind && !same(kind, member(row, "kind"))))
            continue;
        while (known < nb && strcmp((*names)[known], value))
            known++;
        if (known == nb)
            (*names)[nb++] = value;
    }
    return nb;
}

/* Whether the value is there, after an error line if it is not. */
static int check_name(const WhyReport *why, const json_t *rows,
                      const char *name, const char *value, const char *sender,
                      const char *kind)
{
    const char **names;
    int nb = gather(&names, rows, name, sender, kind);
    int ret = names ? 0 : AVERROR(ENOMEM);

    if (names) {
        int i = 0;

        while (i < nb && strcmp(names[i], value))
            i++;
        if (i == nb)
            ret = nb ? no_such(why, name, value, names, nb)
                     : AVERROR_INVALIDDATA;
    }
    if (ret == AVERROR_INVALIDDATA)
        log_error("%s: nobody received anything", why->file);
    av_free(names);
    return ret;
}

static int add_answer(WhyReport *why, const json_t *row)
{
    WhyAnswer *grown = av_realloc_array(why->answers, why->nb_answers + 1,
                                        sizeof(*grown));

    if (!grown)
        return AVERROR(ENOMEM);
    why->answers = grown;
    grown[why->nb_answers++] = (WhyAnswer){
        .row      = json_integer_value(json_object_get(row, "id")),
        .receiver = member(row, "receiver"),
    };
    return 0;
}

/* The sender, the kind if only one is meant, the receivers. */
static int choose_rows(WhyReport *why, const WhyQuery *q)
{
    const json_t *rows = why->received;
    const char **kinds;
    int nb, ret = check_name(why, rows, "sender", q->sender, NULL, NULL);

    if (ret < 0)
        return ret;
    nb = gather(&kinds, rows, "kind", q->sender, NULL);
    if (q->kind)
        ret = check_name(why, rows, "kind", q->kind, q->sender, NULL);
    else if (nb != 1)
        ret = AVERROR(EINVAL);
    if (ret < 0 && !q->kind)
        log_error("%s: %s has several tracks; say which: %s/%s", why->file,
                  q->sender, q->sender, nb ? kinds[0] : "video");
    if (ret >= 0) {
        why->sender = av_strdup(q->sender);
        why->kind   = av_strdup(q->kind ? q->kind : kinds[0]);
        if (!why->sender || !why->kind)
            ret = AVERROR(ENOMEM);
    }
    av_free(kinds);
    if (ret >= 0 && q->receiver)
        ret = check_name(why, rows, "receiver", q->receiver, why->sender,
                         why->kind);
    for (size_t i = 0; ret >= 0 && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        if (same(member(row, "sender"), why->sender) &&
            same(member(row, "kind"), why->kind) &&
            (!q->receiver || same(member(row, "receiver"), q->receiver)))
            ret = add_answer(why, row);
    }
    return ret;
}

static int choose_track(WhyReport *why, const json_t *tracks)
{
    why->track = -1;
    for (size_t i = 0; i < json_array_size(tracks); i++) {
        const json_t *t = json_array_get(tracks, i);

        if (!same(member(t, "sender"), why->sender) ||
            !same(member(t, "kind"), why->kind))
            continue;
        why->track = json_integer_value(json_object_get(t, "id"));
        why->codec = av_strdup(member(t, "codec") ? member(t, "codec") : "");
        return why->codec ? 0 : AVERROR(ENOMEM);
    }
    log_error("%s: %s's %s is not among the tracks; the report is damaged",
              why->file, why->sender, why->kind);
    return AVERROR_INVALIDDATA;
}

static int take_event(WhyReport *why, json_t *event)
{
    const char *kind = member(event, "kind");

    if (!same(member(event, "event"), "key") &&
        (!same(member(event, "participant"), why->sender) ||
         (kind && strcmp(kind, why->kind))))
        return 0;
    return json_array_append(why->events, event) < 0 ? AVERROR(ENOMEM) : 0;
}

static int take_sent(WhyReport *why, const json_t *line)
{
    FrameLife l = { 0 };
    SentNote *grown;

    if (life_read_sent(&l, line) != why->track)
        return 0;
    /* Doubling, told from the number alone. */
    if (!(why->nb_sent & (why->nb_sent - 1))) {
        grown = av_realloc_array(why->sent, FFMAX(1, 2 * why->nb_sent),
                                 sizeof(*grown));
        if (!grown)
            return AVERROR(ENOMEM);
        why->sent = grown;
    }
    why->sent[why->nb_sent++] = (SentNote){
        .frame       = l.frame,
        .captured    = l.captured,
        .sent        = l.sent,
        .layer       = l.layer,
        .key_index   = l.seal_key_index,
        .state       = l.seal_state,
        .plain_size  = l.plain_size,
        .sealed_size = l.sealed_size,
        .sequence    = l.first_sequence,
        .nb_packets  = l.nb_packets,
        .key_frame   = l.key_frame,
    };
    return 0;
}

static int find_frame(WhyReport *why, const WhyQuery *q)
{
    int64_t best = INT64_MAX;

    if (!why->lives)
        return AVERROR_INVALIDDATA;
    for (int i = 0; i < why->nb_sent; i++) {
        SentNote *s = &why->sent[i];
        int64_t off = q->frame >= 0
                          ? llabs((int64_t)(s->frame - q->frame))
                          : llabs(s->captured - q->time);

        if (off < best) {
            best       = off;
            why->found = s;
        }
    }
    if (!why->found && !strcmp(why->lives, "none"))
        log_error("%s: this report was written with --frames none; write it "
                  "with --frames all", why->file);
    else if (!why->found)
        log_error("%s: it holds no frame of %s's %s%s", why->file, why->sender,
                  why->kind, strcmp(why->lives, "problems")
                                 ? "" : " that had a problem");
    else if (q->frame >= 0 && best > 0 && strcmp(why->lives, "problems"))
        log_error("%s: %s's %s has no frame %"PRId64"; the nearest is %"PRIu64,
                  why->file, why->sender, why->kind, q->frame,
                  why->found->frame);
    else if (q->frame >= 0 && best > 0)
        log_error("%s: frame %"PRId64" of %s's %s had no problem, or there is "
                  "none such; write the report with --frames all", why->file,
                  q->frame, why->sender, why->kind);
    else if (q->frame < 0 && q->time > why->duration + 1000000)
        log_error("%s: it ends at %.3f s; give a time before that", why->file,
                  why->duration / 1e6);
    else
        return 0;
    return AVERROR(EINVAL);
}

static int take_frame(WhyReport *why, json_t *line)
{
    FrameLife l = { 0 };
    WhyAnswer *a = why->answers;
    FrameNote *grown;
    int row = life_read_frame(&l, line);

    while (a < why->answers + why->nb_answers && a->row != row)
        a++;
    if (a == why->answers + why->nb_answers ||
        llabs(l.captured - why->found->captured) > WINDOW)
        return 0;
    if (!(a->nb_notes & (a->nb_notes - 1))) {
        grown = av_realloc_array(a->notes, FFMAX(1, 2 * a->nb_notes),
                                 sizeof(*grown));
        if (!grown)
            return AVERROR(ENOMEM);
        a->notes = grown;
    }
    a->notes[a->nb_notes++] = (FrameNote){
        .frame = l.frame, .captured = l.captured, .opened = l.opened,
        .layer = l.layer, .fate = l.fate, .shown = l.shown,
    };
    if (l.frame == why->found->frame) {
        json_decref(a->line);
        a->line = json_incref(line);
        a->life = l;
        a->kept = true;
    }
    return 0;
}

static int by_frame(const void *a, const void *b)
{
    const FrameNote *x = a, *y = b;

    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static void add_sent(FrameLife *l, const SentNote *s)
{
    l->key_frame      = s->key_frame;
    l->seal_state     = s->state;
    l->seal_key_index = s->key_index;
    l->plain_size     = s->plain_size;
    l->sealed_size    = s->sealed_size;
    l->sent           = s->sent;
    l->first_sequence = s->sequence;
    l->nb_packets     = s->nb_packets;
    if (l->open_key_index < 0 && l->fate == FATE_OPENED)
        l->open_key_index = s->key_index;
}

/* Both sides of each life together. */
static void complete(WhyReport *why, WhyAnswer *a)
{
    a->life.sender   = why->sender;
    a->life.kind     = why->kind;
    a->life.receiver = a->receiver;
    if (!a->notes)
        return;
    qsort(a->notes, a->nb_notes, sizeof(*a->notes), by_frame);
    for (int i = 0; i < why->nb_sent; i++) {
        const SentNote *s = &why->sent[i];
        FrameNote key = { .frame = s->frame }, *note;

        if (a->kept && s->frame == a->life.frame && s->layer == a->life.layer)
            add_sent(&a->life, s);
        note = s->key_frame ? bsearch(&key, a->notes, a->nb_notes,
                                      sizeof(*a->notes), by_frame) : NULL;
        if (note && note->layer == s->layer)
            note->key_frame = true;
    }
}

/* What comes twice, or before what it needs. */
static bool misplaced(const WhyReport *why, const char *name,
                      const json_t *tracks)
{
    if (!strcmp(name, "kept"))
        return why->lives;
    if (!strcmp(name, "tracks"))
        return tracks;
    if (!strcmp(name, "received"))
        return why->received;
    return !why->received && (!strcmp(name, "events") ||
                              !strcmp(name, "sent") ||
                              !strcmp(name, "frames"));
}

static int take_member(WhyReport *why, const WhyQuery *q, const char *name,
                       json_t *value, json_t **tracks)
{
    int ret;

    if (misplaced(why, name, *tracks))
        return AVERROR_INVALIDDATA;
    if (!strcmp(name, "command")) {
        why->recording = same(json_string_value(value), "open");
    } else if (!strcmp(name, "duration")) {
        why->duration = report_time(value);
    } else if (!strcmp(name, "kept")) {
        why->lives = av_strdup(json_string_value(value)
                                   ? json_string_value(value) : "all");
        return why->lives ? 0 : AVERROR(ENOMEM);
    } else if (!strcmp(name, "tracks")) {
        *tracks = json_incref(value);
    } else if (!strcmp(name, "received")) {
        why->received = json_incref(value);
        if ((ret = choose_rows(why, q)) < 0)
            return ret;
        return choose_track(why, *tracks);
    } else if (!strcmp(name, "events")) {
        return take_event(why, value);
    } else if (!strcmp(name, "sent")) {
        return take_sent(why, value);
    } else if (!strcmp(name, "frames")) {
        if (!why->found && (ret = find_frame(why, q)) < 0)
            return ret;
        return take_frame(why, value);
    }
    return 0;
}

int why_read(WhyReport *why, const char *file, const WhyQuery *q)
{
    ReportReader *reader = NULL;
    json_t *tracks = NULL, *value;
    const char *name;
    int ret, got;

    *why = (WhyReport){ .file = file, .events = json_array() };
    if ((ret = report_reader_open(&reader, file)) < 0)
        goto end;
    while (ret >= 0 && (got = report_reader_next(reader, &name, &value)) > 0) {
        ret = take_member(why, q, name, value, &tracks);
        json_decref(value);
    }
    if (ret >= 0)
        ret = got;
    if (ret >= 0 && (!why->received || !why->lives))
        ret = AVERROR_INVALIDDATA;
    if (ret >= 0 && !why->found)
        ret = find_frame(why, q);
    for (int i = 0; ret >= 0 && i < why->nb_answers; i++)
        complete(why, &why->answers[i]);
    if (ret < 0 && !log_error_told())
        log_error("%s: its members are not those of a report, or are in "
                  "another order; give a file as e2ee-meeting wrote it", file);

end:
    report_reader_free(&reader);
    json_decref(tracks);
    return ret;
}

void why_free(WhyReport *why)
{
    for (int i = 0; i < why->nb_answers; i++) {
        json_decref(why->answers[i].line);
        av_free(why->answers[i].notes);
    }
    av_freep(&why->answers);
    av_freep(&why->sent);
    av_freep(&why->lives);
    av_freep(&why->sender);
    av_freep(&why->kind);
    av_freep(&why->codec);
    json_decref(why->received);
    json_decref(why->events);
    why->received = why->events = NULL;
}
