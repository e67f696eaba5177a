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

#include "checks.h"

const char *lint_container(const Lint *lint, const LintTrack *track)
{
    return lint->setup.container ? lint->setup.container :
                                   track->input->container;
}

static bool has_nal_units(const LintTrack *track)
{
    return track->view.codec == E2EE_CODEC_H264 ||
           track->view.codec == E2EE_CODEC_H265;
}

static void tell_end(LintText *text, const Facts *f)
{
    size_t size = FFMIN(f->frame.size, 6);

    lint_bytes(text, "ends in", f->frame.data + f->frame.size - size, size);
}

bool check_zero_lost(const Lint *lint, const LintTrack *track,
                     const Facts *f, LintText *text)
{
    if (f->wire.zero_lost)
        tell_end(text, f);
    return f->wire.zero_lost;
}

bool check_zero_at_risk(const Lint *lint, const LintTrack *track,
                        const Facts *f, LintText *text)
{
    const char *container = lint_container(lint, track);

    if (!has_nal_units(track) || f->wire.format != WIRE_TRAILER ||
        f->wire.zero_lost || f->wire.key_index || !container ||
        !(av_match_name("mp4", container) || av_match_name("mov", container) ||
          av_match_name("matroska", container)))
        return false;
    tell_end(text, f);
    return true;
}

static void tell_nonce(LintText *text, const Lint *lint,
                       const LintTrack *track, const Facts *f)
{
    const LintTrack *first = lint->tracks[f->nonce_first.track];
    char where[120];

    lint_bytes(text, "IV", f->wire.iv, E2EE_IV_SIZE);
    snprintf(where, sizeof(where), ", key index %d, was in frame %"PRIu32"%s"
             "%.64s", FFMAX(f->wire.key_index, 0), f->nonce_first.number,
             first == track ? "" : " of ",
             first == track ? "" : first->input->label);
    av_strlcat(text->text, where, sizeof(text->text));
}

bool check_nonce_reused(const Lint *lint, const LintTrack *track,
                        const Facts *f, LintText *text)
{
    if (f->nonce == NONCE_REUSED)
        tell_nonce(text, lint, track, f);
    return f->nonce == NONCE_REUSED;
}

bool check_nonce_repeated(const Lint *lint, const LintTrack *track,
                          const Facts *f, LintText *text)
{
    if (f->nonce == NONCE_REPEATED)
        tell_nonce(text, lint, track, f);
    return f->nonce == NONCE_REPEATED;
}

bool check_padding(const Lint *lint, const LintTrack *track, const Facts *f,
                   LintText *text)
{
    if (f->wire.padding)
        tell_end(text, f);
    return f->wire.padding;
}

bool check_lkts(const Lint *lint, const LintTrack *track, const Facts *f,
                LintText *text)
{
    if (f->wire.lkts)
        tell_end(text, f);
    return f->wire.lkts;
}

bool check_injected(const Lint *lint, const LintTrack *track,
                    const Facts *f, LintText *text)
{
    if (f->wire.format != WIRE_INJECTED)
        return false;
    lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 8));
    return true;
}

bool check_index(const Lint *lint, const LintTrack *track, const Facts *f,
                 LintText *text)
{
    if (f->wire.format != WIRE_TRAILER || f->wire.key_index < 16)
        return false;
    snprintf(text->text, sizeof(text->text), "key index %d",
             f->wire.key_index);
    return true;
}

bool finish_sframe_reused(const Lint *lint, const LintTrack *track,
                          LintFinding *finding)
{
    if (!track->sframe_reused.nb ||
        survey_format(&track->survey) != WIRE_SFRAME)
        return false;
    *finding = track->sframe_reused;
    return true;
}

bool finish_clear_frames(const Lint *lint, const LintTrack *track,
                         LintFinding *finding)
{
    if (!track->clear.nb || survey_format(&track->survey) == WIRE_SFRAME)
        return false;
    *finding = track->clear;
    return true;
}

bool finish_never_sealed(const Lint *lint, const LintTrack *track,
                         LintFinding *finding)
{
    int nb_sealed = 0;

    for (int i = 0; i < lint->nb_tracks; i++)
        nb_sealed += lint->tracks[i]->sealed;
    if ((!nb_sealed && !lint->setup.sealed) ||
        survey_sealed(&track->survey) == SEALED_OTHER)
        return false;
    snprintf(finding->evidence.text, sizeof(finding->evidence.text),
             "none of %"PRIu64" frames begins or ends as a sealed one does; "
             "%d of %d tracks are sealed", track->survey.nb_frames, nb_sealed,
             lint->nb_tracks);
    return true;
}

/* Clients begin an IV with the SSRC, we with random bytes: both stay the same
 * from frame to frame and differ from track to track. */
static bool has_constant_word(const LintTrack *track)
{
    return track->nb_ivs >= 3 &&
           10 * track->nb_same_word >= 8 * (track->nb_ivs - 1);
}

bool finish_iv_shared(const Lint *lint, const LintTrack *track,
                      LintFinding *finding)
{
    WireFormat format = survey_format(&track->survey);

    if (!has_constant_word(track) || format == WIRE_DAVE)
        return false;
    for (int i = 0; i < lint->nb_tracks; i++) {
        const LintTrack *t = lint->tracks[i];

        if (t == track || !has_constant_word(t) ||
            t->copy_of == track->number || track->copy_of == t->number ||
            survey_format(&t->survey) != format ||
            memcmp(t->iv_word, track->iv_word, 4) ||
            (t->input->rtp && t->input->ssrc == track->input->ssrc))
            continue;
        lint_bytes(&finding->evidence, "IVs begin", track->iv_word, 4);
        av_strlcatf(finding->evidence.text, sizeof(finding->evidence.text),
                    ", and so they do in %s of %s", t->input->label,
                    t->input->file);
        return true;
    }
    return false;
}

bool finish_no_rotation(const Lint *lint, const LintTrack *track,
                        LintFinding *finding)
{
    for (int i = 0; i < 256; i++) {
        const LintKey *k = &track->keys[i];

        if (k->nb <= lint->setup.max_frames &&
            (!k->nb || k->last - k->first <= lint->setup.max_time))
            continue;
        snprintf(finding->evidence.text, sizeof(finding->evidence.text),
                 "key index %d: %"PRIu64" frames in %.1f s", i, k->nb,
                 (k->last - k->first) / 1e6);
        return true;
    }
    return false;
}
