/*
 * End-to-end encrypted media: what receivers read of H.264 while sealed
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

#ifndef AVCODEC_BSF_E2EE_H264_H
#define AVCODEC_BSF_E2EE_H264_H

#include <stddef.h>
#include <stdint.h>

/** How a slice header begins (7.3.3 of H.264). */
typedef struct E2EESliceStart {
    unsigned first_mb;
    unsigned slice_type;        ///< 0 to 9; 1 and 6 are B slices
    unsigned pps_id;
    size_t   bits;              ///< how many the three take
} E2EESliceStart;

/**
 * Read the start of a slice header.
 *
 * @param data     what follows the NAL unit's header byte
 * @param escaped  0: there are no emulation prevention bytes to skip
 * @return 1; 0 if the data ends before or holds no such header
 */
int ff_e2ee_h264_slice_start(E2EESliceStart *start, const uint8_t *data,
                             size_t size, int escaped);

/**
 * Whether libwebrtc's depacketizer will rewrite this SPS before it hands the
 * frame on: no bitstream restriction in the VUI, reordering, or more frames
 * of buffering than reference frames. The rewritten bytes are not those that
 * were authenticated, so no key frame would open.
 *
 * @param data  what follows the NAL unit's header byte
 */
int ff_e2ee_h264_sps_rewritten(const uint8_t *data, size_t size);

#endif /* AVCODEC_BSF_E2EE_H264_H */
