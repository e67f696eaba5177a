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
 * Decoded frames by their fingerprint, matched by timestamp.
 */

#ifndef TOOLS_MEDIA_COMPARE_H
#define TOOLS_MEDIA_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/frame.h>

typedef struct Fingerprint {
    uint8_t bytes[16];
} Fingerprint;

/** Frames that a receiver may lag behind the sender's own decoder. */
#define REFERENCE_FRAMES 256

/** The latest frames of the sender's own decoder. All zero when new. */
typedef struct Reference {
    struct {
        int64_t     pts;
        Fingerprint fingerprint;
    } slot[REFERENCE_FRAMES];
    uint64_t nb; ///< frames added so far
} Reference;

/**
 * Fingerprint of the raw picture or samples, and of their format.
 *
 * @return 0 or a negative AVERROR
 */
int fingerprint_frame(Fingerprint *out, const AVFrame *frame);

void reference_add(Reference *ref, int64_t pts, const Fingerprint *fp);

/**
 * Whether the sender's decoder gave this very frame at this timestamp.
 */
bool reference_match(const Reference *ref, int64_t pts, const Fingerprint *fp);

#endif /* TOOLS_MEDIA_COMPARE_H */
