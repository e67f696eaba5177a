/*
 * End-to-end encrypted media: H.264 and H.265 made safe to seal
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

#ifndef AVCODEC_BSF_E2EE_ACCESS_UNIT_H
#define AVCODEC_BSF_E2EE_ACCESS_UNIT_H

#include "e2ee_layout.h"

/** Native receivers keep the clear length in a byte. */
#define E2EE_CLEAR_MAX 255

/** When SEI and access unit delimiters before the slice are left out. */
enum E2EEDropSei {
    E2EE_DROP_SEI_NEVER,
    E2EE_DROP_SEI_AUTO,         ///< if the clear part would pass 255 bytes
    E2EE_DROP_SEI_ALWAYS
};

/** What receivers will trip over although the frame was sealed. */
enum {
    E2EE_WARN_LONG_PREFIX    = 1, ///< the clear part passes 255 bytes
    E2EE_WARN_SPS_REWRITTEN  = 2, ///< see ff_e2ee_h264_sps_rewritten()
    E2EE_WARN_B_FRAMES       = 4, ///< meetings have no order of display
    E2EE_WARN_NO_PARAMETERS  = 8, ///< a key frame lacks SPS or PPS
    E2EE_WARN_IV_NOT_CHOSEN  = 16 ///< no IV was found that keeps pps_id
};

/** The NAL units up to the first slice, as they will be sent. */
typedef struct E2EEAccessUnit {
    size_t   clear;             ///< bytes written: the clear part
    size_t   consumed;          ///< bytes of the frame that these stand for
    unsigned warnings;          ///< E2EE_WARN_*
} E2EEAccessUnit;

/**
 * Write the clear part of an access unit the way real receivers hand it to
 * decryption: four-byte start codes, parameter sets in front of a key frame's
 * slices, on request without SEI.
 *
 * @param layout          from ff_e2ee_layout_slice()
 * @param parameter_sets  a byte stream of what key frames may lack (extradata)
 * @param dst             room for the frame and the sets, and a third more
 */
enum E2EEReason ff_e2ee_access_unit(E2EEAccessUnit *unit, uint8_t *dst,
                                    const E2EEFrame *frame,
                                    const E2EELayout *layout,
                                    enum E2EEDropSei drop_sei,
                                    const uint8_t *parameter_sets,
                                    size_t parameter_sets_size);

#endif /* AVCODEC_BSF_E2EE_ACCESS_UNIT_H */
