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

#include <libavutil/avstring.h>
#include <libavutil/common.h>

#include "expect.h"

int tally_count(const Scenario *scenario)
{
    return FFMAX(scenario->nb_expectations, 1);
}

static bool names(const char *wanted, const char *name)
{
    return !wanted || !strcmp(wanted, name);
}

void tallies_open(Tally *tallies, const Scenario *scenario,
                  const char *receiver, const char *sender, TrackKind kind,
                  bool decodes)
{
    for (int i = 0; i < tally_count(scenario); i++) {
        const Expectation *e = scenario->nb_expectations ?
                               &scenario->expectations[i] : NULL;

        tallies[i].expectation = e;
        tallies[i].decodes     = decodes;
        tallies[i].shown       = -1;
        tallies[i].asked       = !e || (names(e->receiver, receiver) &&
                                        names(e->sender, sender) &&
                                        (e->kind < 0 ||
                                         e->kind == (int)kind));
    }
}

static int64_t span_from(const Tally *t)
{
    return t->expectation ? t->expectation->span.from : 0;
}

static int64_t span_to(const Tally *t)
{
    return t->expectation && t->expectation->span.to ?
           t->expectation->span.to : INT64_MAX;
}

void tallies_begin(Tally *tallies, int nb, int64_t now)
{
    for (int i = 0; i < nb; i++)
        if (tallies[i].shown < 0)
            tallies[i].shown = FFMAX(now, span_from(&tallies[i]));
}

/* Another layer's frames are not the receiver's business, and neither are
 * those of a time when it was not there. */
static bool counts(const FrameLife *life)
{
    return !(life->fate == FATE_WITHHELD && life->why &&
             !strcmp(life->why, LIFE_OTHER_LAYER)) && life->fate != FATE_ABSENT;
}

static void add_shown(Tally *t, const FrameLife *life)
{
    bool shown = t->decodes ? life->shown == SHOWN_IDENTICAL ||
                              life->shown == SHOWN_DIFFERENT
                            : life->fate == FATE_OPENED &&
                              life->shown != SHOWN_WAITING;

    if (t->decodes)
        t->nb_decoded += shown;
    t->nb_identical += life->shown == SHOWN_IDENTICAL;
    if (life->shown == SHOWN_DIFFERENT && life->psnr >= 0) {
        t->psnr += life->psnr;
        t->ssim += life->ssim;
        t->nb_measured++;
    }
    if (!shown)
        return;
    if (t->shown >= 0)
        t->freeze = FFMAX(t->freeze, life->opened - t->shown);
    t->shown = FFMAX(t->shown, life->opened);
}

static void add_able(Tally *t, const Life *life)
{
    bool opened  = life->life.fate == FATE_OPENED;
    bool waiting = life->life.shown == SHOWN_WAITING ||
                   (life->life.shown == SHOWN_DIFFERENT &&
                    strstr(life->life.kind, "audio"));

    if (!life->able) {
        t->nb_wrongly_opened += opened;
        return;
    }
    t->nb_able++;
    t->nb_able_opened += opened;
    /* A receiver that comes late waits for its first key frame, and its
     * decoder of audio takes some frames to agree with the sender's. */
    t->nb_able_shown += opened &&
                        (t->decodes ? life->life.shown == SHOWN_IDENTICAL ||
                                      (waiting && !t->nb_identical)
                                    : true);
}

void tallies_add(Tally *tallies, int nb, const Life *life)
{
    const FrameLife *l = &life->life;

    if (!counts(l))
        return;
    for (int i = 0; i < nb; i++) {
        Tally *t = &tallies[i];

        if (!t->asked || l->captured < span_from(t) ||
            l->captured >= span_to(t))
            continue;
        t->nb_sent++;
        t->nb_opened += l->fate == FATE_OPENED;
        if (l->fate == FATE_OPENED || l->fate == FATE_REFUSED) {
            t->last = l->open_state;
            t->nb_state[l->open_state]++;
        }
        add_able(t, life);
        add_shown(t, l);
    }
}

static void judge_default(const Tally *t, const ReportRow *row,
                          ReportExpectation *out)
{
    if (!t->nb_able) {
        snprintf(out->text, sizeof(out->text), "%s sees nothing of %s's %s",
                 row->receiver, row->sender, row->kind);
        snprintf(out->seen, sizeof(out->seen), "%"PRIu64" frames opened",
                 t->nb_opened);
        out->held = !t->nb_opened && !t->nb_decoded;
        return;
    }
    snprintf(out->text, sizeof(out->text), "%s sees all of %s's %s",
             row->receiver, row->sender, row->kind);
    snprintf(out->seen, sizeof(out->seen), "%"PRIu64" of %"PRIu64
             " frames opened, %"PRIu64" identical", t->nb_able_opened,
             t->nb_able, t->nb_identical);
    out->held = t->nb_able_opened == t->nb_able && !t->nb_wrongly_opened &&
                t->nb_able_shown == t->nb_able &&
                (!t->decodes || t->nb_identical);
}

/* One of several conditions: all have to hold. */
static void require(ReportExpectation *out, bool held, const char *text,
                    const char *seen)
{
    av_strlcatf(out->text, sizeof(out->text), ", %s", text);
    av_strlcatf(out->seen, sizeof(out->seen), "%s%s", *out->seen ? ", " : "",
                seen);
    out->held &= held;
}

static void require_share(ReportExpectation *out, double least, uint64_t part,
                          uint64_t all, const char *what)
{
    double share = all ? (double)part / all : 0;
    char text[64], seen[64];

    if (least < 0)
        return;
    snprintf(text, sizeof(text), "%.4g%% or more %s", 100 * least, what);
    snprintf(seen, sizeof(seen), "%"PRIu64" of %"PRIu64" %s (%.4g%%)", part,
             all, what, 100 * share);
    require(out, all && share >= least, text, seen);
}

static void require_states(ReportExpectation *out, const Tally *t)
{
    const Expectation *e = t->expectation;
    char text[64], seen[64];

    if (e->state != STATE_NONE) {
        snprintf(text, sizeof(text), "last %s", state_name(e->state));
        snprintf(seen, sizeof(seen), "last %s",
                 t->last == STATE_NONE ? "no state" : state_name(t->last));
        require(out, t->last == e->state, text, seen);
    }
    if (e->seen != STATE_NONE) {
        snprintf(text, sizeof(text), "%s once or more", state_name(e->seen));
        snprintf(seen, sizeof(seen), "%"PRIu64" times",
                 t->nb_state[e->seen]);
        require(out, t->nb_state[e->seen], text, seen);
    }
    if (e->never != STATE_NONE) {
        snprintf(text, sizeof(text), "never %s", state_name(e->never));
        snprintf(seen, sizeof(seen), "%"PRIu64" times",
                 t->nb_state[e->never]);
        require(out, !t->nb_state[e->never], text, seen);
    }
}

static void require_quality(ReportExpectation *out, double least, double sum,
                            uint64_t nb, const char *what)
{
    double mean = nb ? sum / nb : 0;
    char text[64], seen[64];

    if (least < 0)
        return;
    snprintf(text, sizeof(text), "%s of %.4g or more", what, least);
    if (nb)
        snprintf(seen, sizeof(seen), "%s %.4g", what, mean);
    else
        snprintf(seen, sizeof(seen), "nothing but identical frames");
    require(out, !nb || mean >= least, text, seen);
}

static void require_freeze(ReportExpectation *out, const Tally *t)
{
    char text[64], seen[64];

    if (t->expectation->freeze < 0)
        return;
    snprintf(text, sizeof(text), "no freeze over %.3f s",
             t->expectation->freeze / 1e6);
    snprintf(seen, sizeof(seen), "longest freeze %.3f s", t->freeze / 1e6);
    require(out, t->freeze <= t->expectation->freeze, text, seen);
}

static void judge(const Tally *t, const ReportRow *row,
                  ReportExpectation *out)
{
    const Expectation *e = t->expectation;
    char seen[64];

    snprintf(out->text, sizeof(out->text), "%s <- %s %s", row->receiver,
             row->sender, row->kind);
    if (e->span.from || e->span.to)
        av_strlcatf(out->text, sizeof(out->text), " from %.3f s",
                    e->span.from / 1e6);
    if (e->span.to)
        av_strlcatf(out->text, sizeof(out->text), " to %.3f s",
                    e->span.to / 1e6);
    out->held = true;
    if (e->never_opens) {
        snprintf(seen, sizeof(seen), "%"PRIu64" of %"PRIu64" opened",
                 t->nb_opened, t->nb_sent);
        require(out, !t->nb_opened, "never opens", seen);
    }
    require_states(out, t);
    require_share(out, e->opened, t->nb_opened, t->nb_sent, "opened");
    if (t->decodes) {
        require_share(out, e->decoded, t->nb_decoded, t->nb_sent, "decoded");
        require_share(out, e->identical, t->nb_identical, t->nb_decoded,
                      "identical");
        require_quality(out, e->psnr, t->psnr, t->nb_measured, "PSNR");
        require_quality(out, e->ssim, t->ssim, t->nb_measured, "SSIM");
    }
    require_freeze(out, t);
}

bool tally_judge(Tally *t, const ReportRow *row, int64_t end,
                 ReportExpectation *out)
{
    if (!t->asked)
        return false;
    *out = (ReportExpectation){ .held = false };
    end  = FFMIN(end, span_to(t));
    if (t->shown >= 0)
        t->freeze = FFMAX(t->freeze, end - t->shown);
    if (!t->expectation) {
        judge_default(t, row, out);
        return true;
    }
    out->line = t->expectation->place.line;
    judge(t, row, out);
    return true;
}
