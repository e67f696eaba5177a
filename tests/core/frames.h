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

#ifndef E2EE_TESTS_FRAMES_H
#define E2EE_TESTS_FRAMES_H

#include "session.h"

#define X264_IDR_SETS  32       ///< bytes of SPS and PPS
#define X264_IDR_CLEAR 38
#define X264_IDR_SIZE  52

/**
 * An access unit as x264 begins them: in 65 88 the slice_type of 7 ends with
 * the clear byte, and pps_id is in the first sealed one.
 */
extern const uint8_t x264_idr[X264_IDR_SIZE];

/** A frame that nobody encoded, but that has the form of one. */
typedef struct TestFrame {
    enum E2EECodec codec;
    int    key;
    Bytes  data;
    Bytes  normal;              ///< with four-byte start codes
    size_t clear;               ///< bytes of normal that stay clear
    int    x264_like;           ///< a part of the slice header gets sealed
} TestFrame;

/**
 * Make one, with size bytes after what the codec needs.
 *
 * @param zeros  what follows the headers is made of what escapes are made of
 */
TestFrame make_frame(uint64_t *seed, enum E2EECodec codec, enum E2EEPeer peer,
                     size_t size, int zeros);

void free_frame(TestFrame *frame);

#endif /* E2EE_TESTS_FRAMES_H */
