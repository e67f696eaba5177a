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

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "lint.h"

static const char *const level_names[LINT_NB] = {
    [LINT_NONE]    = "none",
    [LINT_INFO]    = "info",
    [LINT_WARNING] = "warning",
    [LINT_ERROR]   = "error",
};

const char *lint_level_name(LintLevel level)
{
    return level_names[level];
}

int lint_parse_level(const char *name, LintLevel *level)
{
    for (int i = LINT_INFO; i < LINT_NB; i++)
        if (!strcmp(name, level_names[i])) {
            *level = i;
            return 0;
        }
    return -1;
}

static LintTrack *add_track(Lint *lint, const InputTrack *input)
{
    LintTrack **grown = av_realloc_array(lint->tracks, lint->nb_tracks + 1,
                                         sizeof(*grown));
    LintTrack *track;

    if (!grown)
        return NULL;
    lint->tracks = grown;
    track = av_mallocz(sizeof(*track));
    if (!track)
        return NULL;
    track->number  = lint->nb_tracks;
    track->copy_of = -1;
    grown[lint->nb_tracks++] = track;
    track->input = input;
    track->found = av_calloc(lint_nb_rules, sizeof(*track->found));
    return track->found && frame_view_init(&track->view, input->par) >= 0 ?
           track : NULL;
}

static LintTrack *get_track(Lint *lint, const InputTrack *input)
{
    for (int i = 0; i < lint->nb_tracks; i++)
        if (lint->tracks[i]->input == input)
            return lint->tracks[i];
    return add_track(lint, input);
}

static void check_frame(Lint *lint, LintTrack *track, const Facts *facts)
{
    for (int i = 0; i < lint_nb_rules; i++) {
        LintFinding *f = &track->found[i];
        LintText text = { "" };

        if (!lint_rules[i].check ||
            !lint_rules[i].check(lint, track, facts, &text) || f->nb++)
            continue;
        f->rule     = &lint_rules[i];
        f->number   = facts->number;
        f->time     = facts->time;
        f->evidence = text;
    }
}

/* Under one key index all tracks count as one sender's, but for DAVE, whose
 * senders have keys of their own. */
static int read_nonce(Lint *lint, LintTrack *track, Facts *f)
{
    uint8_t name[2 + E2EE_IV_SIZE + 2] = { f->wire.format,
                                           FFMAX(f->wire.key_index, 0) };
    int ret;

    if (!f->sealed || !f->wire.has_iv)
        return 0;
    memcpy(name + 2, f->wire.iv, E2EE_IV_SIZE);
    if (f->wire.format == WIRE_DAVE)
        AV_WN16(name + 2 + E2EE_IV_SIZE, track->number);
    track->nb_same_word += track->nb_ivs++ &&
                           !memcmp(track->iv_word, f->wire.iv, 4);
    memcpy(track->iv_word, f->wire.iv, 4);
    ret = nonces_add(&lint->nonces, name, sizeof(name), f->frame.data,
                     f->frame.size, track->number, f->number,
                     &f->nonce_first);
    f->nonce = FFMAX(ret, 0);
    if (ret == NONCE_REPEATED && (int)f->nonce_first.track != track->number)
        track->copy_of = f->nonce_first.track;
    return FFMIN(ret, 0);
}

/* Only at the end it is known whether these are key ids and counters. */
static int read_counter(Lint *lint, LintTrack *track, const Facts *f)
{
    const uint64_t name[] = { f->wire.kid, f->wire.ctr };
    LintFinding *reused = &track->sframe_reused;
    NonceUse first;
    int ret;

    if (!f->wire.has_sframe || f->sealed)
        return 0;
    ret = nonces_add(&lint->sframe_nonces, name, sizeof(name), f->frame.data,
                     f->frame.size, track->number, f->number, &first);
    if (ret != NONCE_REUSED || reused->nb++)
        return FFMIN(ret, 0);
    reused->number = f->number;
    reused->time   = f->time;
    snprintf(reused->evidence.text, sizeof(reused->evidence.text),
             "key id %"PRIu64" and counter %"PRIu64" as in frame %"PRIu32,
             f->wire.kid, f->wire.ctr, first.number);
    return 0;
}

static void note_clear(LintTrack *track, const Facts *f)
{
    LintFinding *clear = &track->clear;

    if (f->sealed || f->wire.format != WIRE_PLAIN || f->wire.padding ||
        f->damaged || clear->nb++)
        return;
    clear->number = f->number;
    clear->time   = f->time;
    lint_bytes(&clear->evidence, "ends in", f->frame.data +
               f->frame.size - FFMIN(f->frame.size, 4),
               FFMIN(f->frame.size, 4));
}

static void note_key(LintTrack *track, const Facts *f)
{
    LintKey *key = &track->keys[FFMAX(f->wire.key_index, 0)];

    if (!f->sealed)
        return;
    if (!key->nb++)
        key->first = f->time;
    key->last = f->time;
}

void lint_bytes(LintText *text, const char *what, const uint8_t *bytes,
                size_t size)
{
    size_t used = snprintf(text->text, sizeof(text->text), "%s", what);

    for (size_t i = 0; i < size && used < sizeof(text->text); i++)
        used += snprintf(text->text + used, sizeof(text->text) - used,
                         " %02x", bytes[i]);
}

int lint_frame(Lint *lint, const InputTrack *input, const AVPacket *packet,
               const InputFrame *info)
{
    LintTrack *track = get_track(lint, input);
    E2EEFrame frame;
    Facts facts;
    int ret;

    if (!track)
        return AVERROR(ENOMEM);
    if (!info->whole)
        return 0;
    ret = frame_view_get(&track->view, packet, &frame);
    if (ret < 0)
        return ret;
    facts_read(&facts, &track->view, &frame, packet, info);
    survey_add(&track->survey, &frame, &facts.wire);
    if (!frame.size)
        return 0;
    note_clear(track, &facts);
    note_key(track, &facts);
    ret = read_nonce(lint, track, &facts);
    if (ret >= 0)
        ret = read_counter(lint, track, &facts);
    if (ret >= 0)
        check_frame(lint, track, &facts);
    return ret;
}

/* What is told depends on whether the stream is sealed, which is known now. */
static void finish_rule(Lint *lint, LintTrack *track, const LintRule *rule,
                        LintFinding *f)
{
    if (rule->finish) {
        if (!rule->finish(lint, track, f))
            return;
        f->rule = rule;
    }
    if (!f->rule)
        return;
    f->level = track->sealed ? rule->sealed : rule->plain;
    if (f->level)
        track->findings[track->nb_findings++] = *f;
}

int lint_finish(Lint *lint)
{
    for (int i = 0; i < lint->nb_tracks; i++)
        lint->tracks[i]->sealed =
            survey_sealed(&lint->tracks[i]->survey) == SEALED_YES;
    for (int i = 0; i < lint->nb_tracks; i++) {
        LintTrack *track = lint->tracks[i];

        track->findings = av_calloc(lint_nb_rules, sizeof(*track->findings));
        if (!track->findings)
            return AVERROR(ENOMEM);
        for (int level = LINT_NB - 1; level > LINT_NONE; level--)
            for (int j = 0; j < lint_nb_rules; j++) {
                const LintRule *rule = &lint_rules[j];

                if ((int)(track->sealed ? rule->sealed : rule->plain) == level)
                    finish_rule(lint, track, rule, &track->found[j]);
            }
    }
    return 0;
}

LintLevel lint_worst(const Lint *lint)
{
    LintLevel worst = LINT_NONE;

    for (int i = 0; i < lint->nb_tracks; i++)
        for (int j = 0; j < lint->tracks[i]->nb_findings; j++)
            worst = FFMAX(worst, lint->tracks[i]->findings[j].level);
    return worst;
}

void lint_fix(const LintTrack *track, const LintRule *rule, char *text,
              size_t size)
{
    const char *types = track->view.codec == E2EE_CODEC_H265 ? "35|39" :
                                                               "6|9";
    const char *at = strstr(rule->fix, "%s");

    if (at)
        snprintf(text, size, "%.*s%s%s", (int)(at - rule->fix), rule->fix,
                 types, at + 2);
    else
        snprintf(text, size, "%s", rule->fix);
}

void lint_free(Lint *lint)
{
    for (int i = 0; i < lint->nb_tracks; i++) {
        frame_view_free(&lint->tracks[i]->view);
        av_freep(&lint->tracks[i]->found);
        av_freep(&lint->tracks[i]->findings);
        av_freep(&lint->tracks[i]);
    }
    av_freep(&lint->tracks);
    nonces_free(&lint->nonces);
    nonces_free(&lint->sframe_nonces);
    lint->nb_tracks = 0;
}
