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
 * Why frames did not reach a receiver's screen: counted per row and cause.
 */

#ifndef TOOLS_REPORT_CAUSES_H
#define TOOLS_REPORT_CAUSES_H

#include <stdint.h>

#include "life.h"

#define CAUSES_PER_ROW 32 ///< the last one is "other causes"

typedef struct Cause {
    Fate     fate;         ///< FATE_OPENED: the decoder did not show it
    char     text[64];     ///< "random loss", "MissingKey: ...", "late"
    uint64_t nb;
} Cause;

typedef struct RowCauses {
    Cause list[CAUSES_PER_ROW];
    int   nb;
} RowCauses;

typedef struct Causes {
    RowCauses **rows;      ///< by the number of the row; may be NULL
    int         nb_rows;
} Causes;

/** Count a life if something is missing in it; a frame that looks different
 *  is none. @return 0 or a negative AVERROR */
int causes_add(Causes *causes, int row, const FrameLife *life);

/** The row's causes; NULL if there was none. */
const RowCauses *causes_of(const Causes *causes, int row);

void causes_free(Causes *causes);

#endif /* TOOLS_REPORT_CAUSES_H */
