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

#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/common.h>

#include "checks.h"

/* Those that native receivers count; DAVE and Stream say more themselves. */
static bool has_slice_rule(const Facts *f)
{
    return f->slice && (!f->sealed || f->wire.format == WIRE_TRAILER);
}

bool check_long_clear(const Lint *lint, const LintTrack *track,
                      const Facts *f, LintText *text)
{
    if (!has_slice_rule(f) || f->clear <= E2EE_CLEAR_MAX)
        return false;
    snprintf(text->text, sizeof(text->text), "%zu bytes, %zu of them SEI",
             f->clear, f->sei_size);
    return true;
}

bool check_sei(const Lint *lint, const LintTrack *track, const Facts *f,
               LintText *text)
{
    if (!f->sei)
        return false;
    snprintf(text->text, sizeof(text->text), "%zu bytes of SEI, payload type "
             "%u", f->sei_size,
             f->sei[track->view.codec == E2EE_CODEC_H265 ? 2 : 1]);
    return true;
}

bool check_delimiter(const Lint *lint, const LintTrack *track,
                     const Facts *f, LintText *text)
{
    if (f->delimiter)
        lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 7));
    return f->delimiter;
}

bool check_short_codes(const Lint *lint, const LintTrack *track,
                       const Facts *f, LintText *text)
{
    if (!has_slice_rule(f) || !f->short_code)
        return false;
    lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 12));
    return true;
}

bool check_sps(const Lint *lint, const LintTrack *track, const Facts *f,
               LintText *text)
{
    if (f->sps)
        lint_bytes(text, "SPS", f->sps, FFMIN(f->sps_size, 32));
    return f->sps;
}

bool check_b_frames(const Lint *lint, const LintTrack *track,
                    const Facts *f, LintText *text)
{
    if (!f->b_slice && !f->reordered)
        return false;
    snprintf(text->text, sizeof(text->text), "%s", f->b_slice ?
             "its slice_type is B" : "it is shown before it is decoded");
    return true;
}

bool check_sets_apart(const Lint *lint, const LintTrack *track,
                      const Facts *f, LintText *text)
{
    if (!f->lacks_sets || !track->view.sets)
        return false;
    lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 8));
    return true;
}

bool check_sets_missing(const Lint *lint, const LintTrack *track,
                        const Facts *f, LintText *text)
{
    if (!f->lacks_sets || track->view.sets)
        return false;
    lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 8));
    return true;
}

bool check_slices(const Lint *lint, const LintTrack *track, const Facts *f,
                  LintText *text)
{
    if (f->nb_slices < 2)
        return false;
    snprintf(text->text, sizeof(text->text), "%d slices", f->nb_slices);
    return true;
}

bool check_lengths(const Lint *lint, const LintTrack *track, const Facts *f,
                   LintText *text)
{
    if (!track->view.length_size)
        return false;
    snprintf(text->text, sizeof(text->text), "lengths of %u bytes",
             track->view.length_size);
    return true;
}

static bool has_nal_units(const LintTrack *track)
{
    return track->view.codec == E2EE_CODEC_H264 ||
           track->view.codec == E2EE_CODEC_H265;
}

bool check_no_slice(const Lint *lint, const LintTrack *track,
                    const Facts *f, LintText *text)
{
    if (!has_nal_units(track) || f->slice)
        return false;
    lint_bytes(text, f->byte_stream ? "no slice, begins" :
                                      "no start code, begins",
               f->frame.data, FFMIN(f->frame.size, 8));
    return true;
}

bool check_unsafe(const Lint *lint, const LintTrack *track, const Facts *f,
                  LintText *text)
{
    if (f->unsafe)
        lint_bytes(text, "begins", f->frame.data, FFMIN(f->frame.size, 8));
    return f->unsafe;
}

bool check_hidden(const Lint *lint, const LintTrack *track, const Facts *f,
                  LintText *text)
{
    const char *container = lint_container(lint, track);

    if (!f->hidden || f->sealed || !container ||
        av_match_name(container, "nut"))
        return false;
    snprintf(text->text, sizeof(text->text), "first byte %02x, last byte "
             "%02x, for %s", f->frame.data[0],
             f->frame.data[f->frame.size - 1], container);
    return true;
}

bool check_short(const Lint *lint, const LintTrack *track, const Facts *f,
                 LintText *text)
{
    size_t need = f->frame.codec != E2EE_CODEC_VP8 ? 0 :
                  f->frame.data[0] & 1 ? 3 : 10;

    if (f->frame.size >= need)
        return false;
    snprintf(text->text, sizeof(text->text), "%zu bytes, %zu stay clear",
             f->frame.size, need);
    return true;
}

bool finish_av1(const Lint *lint, const LintTrack *track,
                LintFinding *finding)
{
    if (track->view.codec != E2EE_CODEC_AV1 || lint->setup.scheme)
        return false;
    snprintf(finding->evidence.text, sizeof(finding->evidence.text),
             "the track is AV1");
    return true;
}

bool finish_av1_container(const Lint *lint, const LintTrack *track,
                          LintFinding *finding)
{
    const char *container = lint_container(lint, track);

    if (track->view.codec != E2EE_CODEC_AV1 ||
        (container && av_match_name(container, "nut")))
        return false;
    snprintf(finding->evidence.text, sizeof(finding->evidence.text),
             "AV1 in %s", container ? container : "RTP");
    return true;
}

bool finish_scheme_refuses(const Lint *lint, const LintTrack *track,
                           LintFinding *finding)
{
    const E2EEScheme *s = lint->setup.scheme;

    if (!s || s->rules[E2EE_PEER_WEB][track->view.codec].rules[0])
        return false;
    snprintf(finding->evidence.text, sizeof(finding->evidence.text),
             "%s has no rule for this codec%s", s->name,
             s->rules[E2EE_PEER_NATIVE][track->view.codec].rules[0] ?
             ", but for native clients" : "");
    return true;
}

bool finish_scheme_caveat(const Lint *lint, const LintTrack *track,
                          LintFinding *finding)
{
    const E2EEScheme *s = lint->setup.scheme;

    if (!s || !s->caveats[track->view.codec])
        return false;
    snprintf(finding->evidence.text, sizeof(finding->evidence.text), "%s: %s",
             s->name, s->caveats[track->view.codec]);
    return true;
}
