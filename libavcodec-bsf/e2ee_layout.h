/*
 * End-to-end encrypted media: which bytes of a frame stay clear
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#ifndef AVCODEC_BSF_E2EE_LAYOUT_H
#define AVCODEC_BSF_E2EE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "e2ee_state.h"

enum E2EECodec {
    E2EE_CODEC_NONE,
    E2EE_CODEC_OPUS,
    E2EE_CODEC_VP8,
    E2EE_CODEC_VP9,
    E2EE_CODEC_AV1,
    E2EE_CODEC_H264,
    E2EE_CODEC_H265,
    E2EE_CODEC_NB
};

/** An encoded frame: a packet, a temporal unit, an access unit. */
typedef struct E2EEFrame {
    const uint8_t *data;
    size_t         size;
    enum E2EECodec codec;
    int            key;         ///< the encoder's frame type
} E2EEFrame;

typedef struct E2EELayout {
    size_t clear;               ///< bytes from the start that stay clear
    int    annexb;              ///< they are NAL units with start codes
    int    escaped;             ///< the rest gets emulation prevention
} E2EELayout;

/**
 * A rule: what stays clear of a frame, sealed or not yet. The clear bytes
 * are the same in both, so a rule sees the same.
 *
 * @return E2EE_OK, or why the rule says nothing about this frame
 */
typedef enum E2EEReason E2EELayoutRule(const E2EEFrame *frame,
                                       E2EELayout *layout);

/** One byte: the Opus TOC. */
E2EELayoutRule ff_e2ee_layout_audio;

/** 10 bytes of a VP8 key frame, told by its bit 0, 3 of another. */
E2EELayoutRule ff_e2ee_layout_vp8;

/** 10 bytes of a key frame, 3 of another, told by E2EEFrame.key. */
E2EELayoutRule ff_e2ee_layout_frame_type;

/** The same told by the opposite, for where the flag got lost. */
E2EELayoutRule ff_e2ee_layout_other_type;

/** ff_e2ee_layout_vp8(), or the whole of a frame that is shorter. */
E2EELayoutRule ff_e2ee_layout_vp8_clamped;

/** ff_e2ee_layout_frame_type(), or the whole of a frame that is shorter. */
E2EELayoutRule ff_e2ee_layout_frame_type_clamped;

/** ff_e2ee_layout_slice(), or nothing where there is no slice. */
E2EELayoutRule ff_e2ee_layout_slice_or_none;

/** Nothing. */
E2EELayoutRule ff_e2ee_layout_none;

/**
 * NAL units up to and with two bytes of the first slice: in H.264 its header
 * and the first byte of the slice header, in H.265 its header.
 */
E2EELayoutRule ff_e2ee_layout_slice;

/** For H.264 without a slice: 10 or 3 bytes, the rest escaped. */
E2EELayoutRule ff_e2ee_layout_no_slice_escaped;

/** For H.264 without a slice: 10 or 3 bytes, the rest as it is. */
E2EELayoutRule ff_e2ee_layout_no_slice;

/** For H.264 without a slice: nothing, the rest as it is. */
E2EELayoutRule ff_e2ee_layout_no_slice_none;

#endif /* AVCODEC_BSF_E2EE_LAYOUT_H */
