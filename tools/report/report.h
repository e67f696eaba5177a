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
 * What a meeting or a capture came to, for every writer: text, JSON, HTML.
 * Filled by `run` and by `open`; the writers know neither room nor capture.
 */

#ifndef TOOLS_REPORT_REPORT_H
#define TOOLS_REPORT_REPORT_H

#include "life.h"

#define REPORT_VERSION 2

/** Strings are not owned by any of these. */
typedef struct ReportParticipant {
    const char *name;
    const char *key;           ///< "room", "own", "none", "wrong"; NULL: not
                               ///< known. Never the key.
    int64_t     joined, left;  ///< media time; left -1: stayed to the end
} ReportParticipant;

/** One track of one sender. */
typedef struct ReportTrack {
    const char *sender, *kind, *codec;
    const char *source;        ///< file (any bytes) or generator
    bool        encoded;       ///< not carried as it was
    int         nb_layers;
    uint64_t    nb_frames, nb_sealed, nb_packets;
    uint64_t    plain_bytes, sealed_bytes, wire_bytes;
    uint64_t    sfu_frames, sfu_disagree; ///< where the SFUs' rules differ
} ReportTrack;

/** One track at one receiver. */
typedef struct ReportRow {
    const char *receiver, *sender, *kind, *codec;
    uint64_t    nb_sent;       ///< frames given to the sender's filter while
                               ///< the receiver was there
    uint64_t    nb_fate[FATE_NB];
    uint64_t    nb_state[STATE_NB];   ///< of the frames that arrived
    uint64_t    nb_shown[SHOWN_NB];
    uint64_t    nb_injected;   ///< the server's own clear frames
    uint64_t    nb_replayed;   ///< frames that came once more, as new
    uint64_t    nb_packets, nb_lost_packets[HOP_NB], nb_late_packets;
    uint64_t    nb_duplicates, nb_resent;
    uint64_t    nb_bytes;      ///< received, without SRTP and below
    double      psnr, ssim;    ///< means where not identical; -1: none
    int64_t     max_freeze;    ///< microseconds
    /* captures */
    uint64_t    nb_gaps, nb_padded, nb_rtx, nb_red, nb_fec;
} ReportRow;

typedef struct ReportExpectation {
    char        text[256];     ///< what was expected, in words
    char        seen[256];     ///< and what was seen
    bool        held;
    int         line;          ///< in the scenario file, 0: none
} ReportExpectation;

typedef struct ReportStage {
    const char *name;          ///< "seal", "pack", "server", "open", ...
    double      seconds;       ///< CPU
} ReportStage;

typedef struct Report {
    const char *command;       ///< "run" or "open"
    const char *scenario;      ///< name; NULL: none
    const char *file;          ///< scenario or first input; NULL: none
    uint64_t    seed;
    const char *scheme;        ///< NULL: the filters' default
    int64_t     duration;      ///< media time, microseconds
    bool        held;
    ReportParticipant *participants;
    int          nb_participants;
    ReportTrack *tracks;
    int          nb_tracks;
    ReportRow   *rows;
    int          nb_rows;
    ReportExpectation *expectations;
    int          nb_expectations;
    ReportStage *stages;       ///< CPU; only filled when asked for, since it
    int          nb_stages;    ///< is another one each time
} Report;

#endif /* TOOLS_REPORT_REPORT_H */
