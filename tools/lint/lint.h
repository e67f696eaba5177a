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
 * What real receivers choke on: rules over the frames of a stream that is to
 * be sealed, or is.
 */

#ifndef TOOLS_LINT_LINT_H
#define TOOLS_LINT_LINT_H

#include "e2ee_scheme.h"
#include "facts.h"
#include "nonces.h"
#include "probe/survey.h"

typedef enum LintLevel {
    LINT_NONE,    ///< not a thing to tell
    LINT_INFO,    ///< worth knowing; e2ee_encrypt mends it by itself
    LINT_WARNING, ///< some receivers will not open or show it
    LINT_ERROR,   ///< none will, or it gives secrets away
    LINT_NB
} LintLevel;

typedef struct LintSetup {
    const E2EEScheme *scheme;   ///< that it will be sealed by; NULL: any
    const char *container;      ///< that it will go to sealed; NULL: its own
    bool        sealed;         ///< every track has to be
    uint64_t    max_frames;     ///< that a sender may seal under one key
    int64_t     max_time;       ///< the same in microseconds
} LintSetup;

typedef struct Lint Lint;
typedef struct LintTrack LintTrack;

/** What a check has to say of the place: bytes, numbers. */
typedef struct LintText {
    char text[240];
} LintText;

typedef struct LintFinding LintFinding;

typedef struct LintRule {
    const char *name;
    LintLevel   plain;          ///< in a stream that is to be sealed
    LintLevel   sealed;         ///< in one that is
    const char *what;           ///< one sentence
    const char *receivers;      ///< whom it concerns
    const char *spec;           ///< where it is specified
    const char *fix;            ///< what to do; %s: the NAL unit types of SEI
                                ///< and delimiters
    /** Of a frame: whether it is so, and the evidence. NULL: see finish. */
    bool      (*check)(const Lint *lint, const LintTrack *track,
                       const Facts *facts, LintText *text);
    /** Of a track, after its last frame: fills in the frames and evidence. */
    bool      (*finish)(const Lint *lint, const LintTrack *track,
                        LintFinding *finding);
} LintRule;

extern const LintRule lint_rules[];
extern const int      lint_nb_rules;

struct LintFinding {
    const LintRule *rule;
    LintLevel level;
    uint64_t  nb;               ///< frames, 0: it is about the track
    uint64_t  number;           ///< of the first one
    int64_t   time;             ///< of it, microseconds
    LintText  evidence;         ///< of it
};

/** Frames under one key index. */
typedef struct LintKey {
    uint64_t nb;
    int64_t  first, last;       ///< microseconds
} LintKey;

struct LintTrack {
    const InputTrack *input;
    int          number;        ///< from 0, in Lint
    FrameView    view;
    Survey       survey;
    bool         sealed;        ///< most frames are; set at the end
    LintKey      keys[256];
    uint8_t      iv_word[4];    ///< the first bytes of the last IV
    uint64_t     nb_ivs, nb_same_word; ///< that begin as the one before
    int          copy_of;       ///< track whose frames these are, -1: none
    LintFinding  clear;         ///< frames without a trailer
    LintFinding  sframe_reused; ///< if the track is SFrame
    LintFinding *found;         ///< one place a rule, nb or level 0: nothing
    LintFinding *findings;      ///< after the end: those with a level
    int          nb_findings;
};

struct Lint {
    LintSetup   setup;
    LintTrack **tracks;
    int         nb_tracks;
    Nonces      nonces, sframe_nonces;
};

/** Take a frame. @return 0 or AVERROR(ENOMEM) */
int lint_frame(Lint *lint, const InputTrack *input, const AVPacket *packet,
               const InputFrame *info);

/** After the last frame. @return 0 or AVERROR(ENOMEM) */
int lint_finish(Lint *lint);

/** The highest level of what was found. */
LintLevel lint_worst(const Lint *lint);

const char *lint_level_name(LintLevel level);

/** @return 0, or -1 if it is no level's name */
int lint_parse_level(const char *name, LintLevel *level);

/** Evidence: some bytes, behind words. */
void lint_bytes(LintText *text, const char *what, const uint8_t *bytes,
                size_t size);

/** What to do about a finding, for the track's codec. */
void lint_fix(const LintTrack *track, const LintRule *rule, char *text,
              size_t size);

/** To standard output: findings; rules. */
void lint_print(const Lint *lint);
void lint_print_rules(void);

/** @return 0 or a negative AVERROR after an error line */
int lint_write_json(const Lint *lint, const char *file);

void lint_free(Lint *lint);

#endif /* TOOLS_LINT_LINT_H */
