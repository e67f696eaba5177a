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
 * A packet as the schemes look at it: a frame with start codes.
 */

#ifndef TOOLS_PROBE_FRAME_VIEW_H
#define TOOLS_PROBE_FRAME_VIEW_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "e2ee_layout.h"

/** Zeroed to begin with; freed with frame_view_free(). */
typedef struct FrameView {
    enum E2EECodec codec;       ///< NONE: one that no scheme knows
    unsigned       length_size; ///< bytes; 0: the packets have start codes
    uint8_t       *sets;        ///< parameter sets of the extradata, as a
    size_t         sets_size;   ///< byte stream; NULL: none
    uint8_t       *room;        ///< of the frame that was converted last
    unsigned       room_size;
} FrameView;

/** @return 0 or AVERROR(ENOMEM) */
int frame_view_init(FrameView *view, const AVCodecParameters *par);

/**
 * @param[out] frame its data is the packet's or the view's, until the next
 * @return 0 or AVERROR(ENOMEM)
 */
int frame_view_get(FrameView *view, const AVPacket *packet, E2EEFrame *frame);

/**
 * What a sender of this codec leaves clear where schemes agree the most: the
 * place from which on a sealed frame is random.
 */
size_t frame_view_clear(const E2EEFrame *frame);

void frame_view_free(FrameView *view);

#endif /* TOOLS_PROBE_FRAME_VIEW_H */
