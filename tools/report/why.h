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
 * The life of one frame, found in a report and told in plain words.
 */

#ifndef TOOLS_REPORT_WHY_H
#define TOOLS_REPORT_WHY_H

#include <jansson.h>
#include <libavutil/bprint.h>

#include "life.h"

typedef struct WhyQuery {
    const char *sender, *kind;
    const char *receiver;      ///< NULL: all of them
    int64_t     frame;         ///< its number; -1: the one nearest to time
    int64_t     time;          ///< when it was captured, microseconds
} WhyQuery;

/** What is kept of a frame that is near the one in question. */
typedef struct FrameNote {
    uint64_t frame;
    int64_t  captured, opened;
    int      layer;
    Fate     fate;
    Shown    shown;
    bool     key_frame;
} FrameNote;

/** What the sender did, for one encoding of one frame. */
typedef struct SentNote {
    uint64_t   frame;
    int64_t    captured, sent;
    int        layer, key_index;
    FrameState state;
    uint32_t   plain_size, sealed_size;
    uint16_t   sequence, nb_packets;
    bool       key_frame;
} SentNote;

/** The frame for one receiver. */
typedef struct WhyAnswer {
    int         row;           ///< in the report
    const char *receiver;      ///< NULL: not named
    bool        kept;          ///< false: the report has no such life
    FrameLife   life;
    json_t     *line;          ///< that the life's texts belong to
    FrameNote  *notes;         ///< of the frames around it, by number
    int         nb_notes;
} WhyAnswer;

typedef struct WhyReport {
    const char *file;
    bool        recording;     ///< of `open`: no server, no hops
    char       *lives;         ///< which are kept: "all", "problems", "none"
    int64_t     duration;
    char       *sender, *kind, *codec;
    int         track;
    json_t     *received;      ///< the rows; names belong to it
    json_t     *events;        ///< that concern the track, and all keys
    SentNote   *sent;
    int         nb_sent;
    SentNote   *found;         ///< the frame in question
    WhyAnswer  *answers;
    int         nb_answers;
} WhyReport;

/**
 * Read what is needed of a report. A name that is not there gets an error
 * line with the nearest one that is.
 *
 * @return 0 or a negative AVERROR, after an error line
 */
int why_read(WhyReport *why, const char *file, const WhyQuery *query);

void why_free(WhyReport *why);

/** The cause in one sentence, its first letter as a name has it. */
void why_sentence(AVBPrint *out, const WhyReport *why, const WhyAnswer *a);

typedef struct WhyStep {
    int64_t time;              ///< -1: no time belongs to it
    char    text[200];
} WhyStep;

#define WHY_STEPS (LIFE_MISHAPS + 16)

/** All that happened to the frame, in the order of time. @return how many */
int why_steps(WhyStep steps[WHY_STEPS], const WhyReport *why,
              const WhyAnswer *a);

#endif /* TOOLS_REPORT_WHY_H */
