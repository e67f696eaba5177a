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
 * What a whole stream shows to who has no key.
 */

#ifndef TOOLS_PROBE_SURVEY_H
#define TOOLS_PROBE_SURVEY_H

#include "bias.h"
#include "wire.h"

typedef enum Sealed {
    SEALED_UNKNOWN, ///< too little to tell
    SEALED_NO,      ///< it is the codec's own bytes
    SEALED_YES,     ///< in the format of the survey
    SEALED_OTHER,   ///< what is behind the header is random, and no format
                    ///< that is known explains it
} Sealed;

/** Zeroed to begin with. */
typedef struct Survey {
    uint64_t nb_frames;          ///< with empty ones
    uint64_t nb_key_frames;
    uint64_t nb_format[WIRE_NB]; ///< by what each shows alone
    uint64_t nb_index[256];      ///< of WIRE_TRAILER and WIRE_STREAM
    uint64_t nb_length[256];     ///< of the last byte but one: an IV's length?
    uint64_t nb_lkts, nb_zero_lost, nb_padding;
    uint64_t nb_bytes[256];      ///< of the bytes right behind the header
    Bias     bias;               ///< of the same
    uint64_t nb_sframe;          ///< frames with what may be a header
    uint64_t nb_sframe_next;     ///< of these with the last one's key id and
                                 ///< the same counter or one a bit higher
    uint64_t nb_sframe_up;       ///< of these with a higher one: plain frames
                                 ///< can begin alike, too
    uint64_t last_kid, last_ctr;
} Survey;

void survey_add(Survey *survey, const E2EEFrame *frame,
                const WireFrame *wire);

/** The format of most frames; WIRE_SFRAME is told by its counters. */
WireFormat survey_format(const Survey *survey);

Sealed survey_sealed(const Survey *survey);

/** Bits of entropy a byte of those behind the header; 8 at most. */
double survey_entropy(const Survey *survey);

/** How many bytes that was taken from. */
uint64_t survey_entropy_bytes(const Survey *survey);

/** How many different key indexes there are. */
int survey_nb_indexes(const Survey *survey);

/** Whether key indexes are so even that they are other bytes: of plain
 *  frames, or of another scheme's. */
bool survey_indexes_random(const Survey *survey);

/** The length of IV that most frames tell, 0: they tell none. */
int survey_iv_size(const Survey *survey);

#endif /* TOOLS_PROBE_SURVEY_H */
