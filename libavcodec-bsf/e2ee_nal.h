/*
 * End-to-end encrypted media: the kinds of NAL units
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

#ifndef AVCODEC_BSF_E2EE_NAL_H
#define AVCODEC_BSF_E2EE_NAL_H

#include "e2ee_layout.h"

/** Sets of NAL unit types, bit n for type n. */
typedef struct E2EENalTypes {
    unsigned shift;             ///< of the type in the first header byte
    unsigned mask;
    uint64_t slices;
    uint64_t key_slices;        ///< those of key frames
    uint64_t parameter_sets;    ///< all of these a key frame needs
    uint64_t sps;
    uint64_t delimiters;        ///< come first, a receiver needs none
    uint64_t droppable;         ///< delimiters and SEI
} E2EENalTypes;

/** H.265's for that, H.264's for anything else. */
const E2EENalTypes *ff_e2ee_nal_types(enum E2EECodec codec);

/** Whether the type of the NAL unit is in the set. */
int ff_e2ee_nal_is(const E2EENalTypes *types, const uint8_t *header,
                   uint64_t set);

#endif /* AVCODEC_BSF_E2EE_NAL_H */
