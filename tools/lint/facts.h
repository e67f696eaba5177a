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
 * What of a frame rules ask about, read once.
 */

#ifndef TOOLS_LINT_FACTS_H
#define TOOLS_LINT_FACTS_H

#include "capture/input.h"
#include "nonces.h"
#include "probe/frame_view.h"
#include "probe/wire.h"

typedef struct Facts {
    E2EEFrame frame;
    WireFrame wire;
    uint64_t  number;
    int64_t   time;             ///< microseconds
    bool      damaged;          ///< the container lacks a part of it
    bool      sealed;           ///< it ends as a sealed frame does
    bool      reordered;        ///< shown at another time than decoded
    NonceResult nonce;
    NonceUse  nonce_first;      ///< where the IV was before

    /* H.264 and H.265, in front of and with the first slice */
    bool      byte_stream;      ///< it begins with a start code
    bool      slice;            ///< there is one
    bool      key_slice;
    size_t    clear;            ///< bytes up to two into the slice, when all
                                ///< start codes have four
    bool      short_code;       ///< one of three is among them
    const uint8_t *sei;         ///< the first, its header; NULL: none
    size_t    sei_size;
    bool      delimiter;
    bool      lacks_sets;       ///< a key frame without its parameter sets
    const uint8_t *sps;         ///< one that ff_e2ee_h264_sps_rewritten()
    size_t    sps_size;         ///< tells of, its header first; NULL: none
    bool      b_slice;
    bool      unsafe;           ///< the clear part ends in 00
    int       nb_slices;        ///< 0 where it is sealed: nobody can tell

    /* VP9, where its first byte is in the clear */
    bool      hidden;           ///< a frame that is not shown, or several in
                                ///< one packet
} Facts;

void facts_read(Facts *facts, const FrameView *view, const E2EEFrame *frame,
                const AVPacket *packet, const InputFrame *info);

#endif /* TOOLS_LINT_FACTS_H */
