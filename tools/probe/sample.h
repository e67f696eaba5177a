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
 * Frames of a stream that are kept to be tried on.
 */

#ifndef TOOLS_PROBE_SAMPLE_H
#define TOOLS_PROBE_SAMPLE_H

#include <stdbool.h>

#include "e2ee_layout.h"

typedef struct Sample {
    uint8_t *data;
    size_t   size;
    bool     key;
    int64_t  time;      ///< microseconds
    uint64_t number;    ///< of the frame in its track
    uint8_t *tail;      ///< what RTP carried behind it, NULL: nothing
    size_t   tail_size;
} Sample;

/** Zeroed to begin with. */
typedef struct SampleList {
    Sample *samples;
    int     nb;
} SampleList;

/** @return 0 or AVERROR(ENOMEM) */
int sample_add(SampleList *list, const E2EEFrame *frame, int64_t time,
               uint64_t number, const uint8_t *tail, size_t tail_size);

/** Drop the first one. */
void sample_drop(SampleList *list);

E2EEFrame sample_frame(const Sample *sample, enum E2EECodec codec);

void sample_list_free(SampleList *list);

#endif /* TOOLS_PROBE_SAMPLE_H */
