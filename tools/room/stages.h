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
 * What every stage of the way costs in CPU time, if anybody wants to know:
 * asking takes time, too.
 */

#ifndef TOOLS_ROOM_STAGES_H
#define TOOLS_ROOM_STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Stage {
    STAGE_SOURCE,  ///< reading and encoding
    STAGE_SEAL,
    STAGE_PACK,
    STAGE_HOPS,    ///< SRTP and links
    STAGE_SERVER,
    STAGE_UNPACK,  ///< jitter buffer and depacketizer
    STAGE_OPEN,
    STAGE_DECODE,  ///< and compare
    STAGE_NB
} Stage;

/** Stages may be inside each other; each counts what is its own. */
typedef struct Stages {
    bool    wanted;
    Stage   stack[32];
    size_t  depth;
    int64_t since;             ///< when the current one went on
    int64_t nanoseconds[STAGE_NB];
} Stages;

const char *stage_name(Stage stage);

void stage_begin(Stages *stages, Stage stage);
void stage_end(Stages *stages);

/** CPU time of this thread, for those who add it up themselves. */
int64_t stage_thread_time(void);

#endif /* TOOLS_ROOM_STAGES_H */
