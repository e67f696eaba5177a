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

/**
 * @file
 * Which key opens each stream and how, and where none does, why.
 *
 *     frame > wire > group by key index > search > opener
 *                                        failures > explain > findings
 */

#ifndef TOOLS_PROBE_PROBE_H
#define TOOLS_PROBE_PROBE_H

#include "capture/input.h"
#include "finding.h"
#include "frame_view.h"
#include "trial.h"
#include "sample.h"
#include "search.h"
#include "survey.h"

/** The frames of a track that one key has to open. */
typedef struct Group {
    WireFormat format;
    uint64_t   id;              ///< key index, SFrame's key id, else 0
    uint64_t   nb;              ///< frames
    uint64_t   nb_opened, nb_failed, nb_repeated;
    uint64_t   nb_zero_lost, nb_delimiter, nb_short_codes; ///< of the opened
    int64_t    first, last;     ///< time of these frames, microseconds
    SampleList samples;         ///< the first ones
    SampleList failed;          ///< the last ones that did not open
    bool       searched;
    Trial    *opener;          ///< NULL: nothing opens them
    unsigned   first_steps, last_steps; ///< of the ratchet
    const char *rule;           ///< what stays clear, in words
} Group;

/** An option string for the filter, and whether the filter agrees. */
typedef struct FilterString {
    char *text;                 ///< e2ee_decrypt=...
    int   nb_tried, nb_opened;  ///< frames; 0: it was not tried, since the
                                ///< key came from a variable
} FilterString;

typedef struct ProbeTrack {
    const InputTrack *input;
    FrameView    view;
    Survey       survey;
    Group      **groups;
    int          nb_groups;
    uint64_t     nb_frames;     ///< tried, empty ones counted
    uint64_t     nb_opened, nb_injected, nb_empty;
    int64_t      first, last;   ///< microseconds
    FindingList  findings;
    FilterString *filters;      ///< one a key file that is needed
    int          nb_filters;
    bool         explained;     ///< every frame that was sealed opens
} ProbeTrack;

typedef struct Probe {
    Search      *search;
    ProbeTrack **tracks;
    int          nb_tracks;
} Probe;

/** Take a frame. @return 0 or AVERROR(ENOMEM) */
int probe_frame(Probe *probe, const InputTrack *input,
                const AVPacket *packet, const InputFrame *info);

/** After the last frame: search, explain, and sum up each track. */
int probe_finish(Probe *probe);

/** The track's group of frames of this kind; NULL: there is none. */
Group *probe_group(const ProbeTrack *track, WireFormat format, uint64_t id);

/** The same; a new one if there is none. NULL: no memory. */
Group *probe_add_group(ProbeTrack *track, WireFormat format, uint64_t id);

void probe_free(Probe *probe);

#endif /* TOOLS_PROBE_PROBE_H */
