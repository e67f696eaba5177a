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

#include "explain.h"

static const char *many(uint64_t nb)
{
    return nb == 1 ? "" : "s";
}

/* Of the frames whose group tells no format, in a track that is not sealed in
 * that format: they are not failures of a key. */
static bool is_clear(const ProbeTrack *track, const Group *group)
{
    return survey_sealed(&track->survey) == SEALED_NO &&
           group->format != WIRE_SFRAME && !group->opener;
}

static int explain_unsealed(ProbeTrack *track)
{
    const Survey *s = &track->survey;

    if (survey_sealed(s) == SEALED_UNKNOWN)
        return finding_add(&track->findings, "not-sealed", false,
                           track->nb_frames, "no frame begins or ends as a "
                           "sealed one does; %"PRIu64" frames are too few to "
                           "tell the codec's own bytes from ciphertext",
                           track->nb_frames);
    return finding_add(&track->findings, "not-sealed", false, track->nb_frames,
                       "it is not encrypted: behind the header are the "
                       "codec's own bytes (score %.0f, random bytes stay "
                       "below 6), and no frame ends as a sealed one does%s",
                       bias_score(&s->bias), survey_nb_indexes(s) ?
                       " but by accident; a receiver would say MissingKey at "
                       "random indexes" : "");
}

static int explain_unknown(ProbeTrack *track)
{
    const Survey *s = &track->survey;
    int iv_size = survey_iv_size(s);

    if (iv_size)
        return finding_add(&track->findings, "iv-size", false,
                           track->nb_frames, "the trailer tells of an IV of "
                           "%d bytes: web clients take it, native ones and "
                           "e2ee_decrypt want 12", iv_size);
    return finding_add(&track->findings, "unknown", false, track->nb_frames,
                       "what is behind the header is as random as ciphertext "
                       "(entropy %.2f of 8 bits), and no frame ends as a "
                       "known scheme's: another scheme, or the frames' ends "
                       "are missing (padding, RED, packets cut off)",
                       survey_entropy(s));
}

static int explain_input(ProbeTrack *track)
{
    const InputTrack *in = track->input;
    FindingList *list = &track->findings;
    int ret = 0;

    if (track->survey.nb_lkts)
        ret = finding_add(list, "packet-trailer", true, track->survey.nb_lkts,
                          "LiveKit packet trailers (LKTS) are behind the "
                          "sealed frames; a receiver that leaves them reads "
                          "key index 83");
    if (ret >= 0 && track->nb_injected)
        ret = finding_add(list, "injected", true, track->nb_injected,
                          "%"PRIu64" frame%s made by the server, not sealed",
                          track->nb_injected, track->nb_injected == 1 ?
                          " was" : "s were");
    if (ret >= 0 && in->nb_padded)
        ret = finding_add(list, "rtp-padding-removed", true, in->nb_padded,
                          "%"PRIu64" packet%s had RTP padding, which was "
                          "taken off before the trailer was read",
                          in->nb_padded, many(in->nb_padded));
    if (ret >= 0 && in->nb_red)
        ret = finding_add(list, "red", true, in->nb_red, "%"PRIu64" packet%s "
                          "came in RED and %s unpacked", in->nb_red,
                          many(in->nb_red), in->nb_red == 1 ? "was" : "were");
    if (ret >= 0 && in->nb_incomplete)
        ret = finding_add(list, "incomplete", true, in->nb_incomplete,
                          "%"PRIu64" frame%s lack%s packets and cannot be "
                          "opened by anybody", in->nb_incomplete,
                          many(in->nb_incomplete),
                          in->nb_incomplete == 1 ? "s" : "");
    return ret;
}

static int explain_indexes(ProbeTrack *track)
{
    if (!survey_indexes_random(&track->survey) ||
        survey_format(&track->survey) != WIRE_TRAILER)
        return 0;
    return finding_add(&track->findings, "indexes-random", false,
                       track->nb_frames, "the key indexes are spread over "
                       "%d values: the last byte is none, something stands "
                       "behind the trailer",
                       survey_nb_indexes(&track->survey));
}

/* A muted track has nothing to open; that is all right, too. */
static bool all_explained(const ProbeTrack *track)
{
    uint64_t nb_opened = 0;

    if (track->nb_frames == track->nb_empty + track->nb_injected)
        return true;
    for (int i = 0; i < track->nb_groups; i++) {
        if (track->groups[i]->nb_failed)
            return false;
        nb_opened += track->groups[i]->nb_opened;
    }
    return nb_opened > 0;
}

int explain_track(Probe *probe, ProbeTrack *track)
{
    Sealed sealed = survey_sealed(&track->survey);
    int ret = 0, nb_groups = track->nb_groups;

    for (int i = 0; i < nb_groups && ret >= 0; i++)
        if (track->groups[i]->opener)
            ret = explain_settings(track, track->groups[i]);
    if (ret >= 0 && sealed == SEALED_NO && !track->nb_opened)
        ret = explain_unsealed(track);
    for (int i = 0; i < nb_groups && ret >= 0; i++)
        if (!is_clear(track, track->groups[i]))
            ret = explain_failed(probe, track, track->groups[i]);
    if (ret >= 0 && nb_groups && !track->findings.nb)
        ret = sealed == SEALED_OTHER   ? explain_unknown(track) :
              sealed == SEALED_UNKNOWN ? explain_unsealed(track) : 0;
    if (ret >= 0)
        ret = explain_indexes(track);
    if (ret >= 0)
        ret = explain_input(track);
    track->explained = all_explained(track);
    return ret < 0 ? ret : write_filters(track);
}
