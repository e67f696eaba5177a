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

#include "e2ee_nal.h"

#define TYPE(n)         (UINT64_C(1) << (n))
#define TYPES(from, to) (TYPE((to) + 1) - TYPE(from))

/* Table 7-1 of H.264: 1 and 5 slice, 6 SEI, 7 SPS, 8 PPS, 9 delimiter. */
static const E2EENalTypes h264 = {
    .mask           = 31,
    .slices         = TYPE(1) | TYPE(5),
    .key_slices     = TYPE(5),
    .parameter_sets = TYPE(7) | TYPE(8),
    .sps            = TYPE(7),
    .delimiters     = TYPE(9),
    .droppable      = TYPE(6) | TYPE(9),
};

/* Table 7-1 of H.265: 0 to 9 and 16 to 21 slice, 32 VPS, 33 SPS, 34 PPS,
 * 35 delimiter, 39 prefix SEI. */
static const E2EENalTypes h265 = {
    .shift          = 1,
    .mask           = 63,
    .slices         = TYPES(0, 9) | TYPES(16, 21),
    .key_slices     = TYPES(16, 21),
    .parameter_sets = TYPES(32, 34),
    .sps            = TYPE(33),
    .delimiters     = TYPE(35),
    .droppable      = TYPE(35) | TYPE(39),
};

const E2EENalTypes *ff_e2ee_nal_types(enum E2EECodec codec)
{
    return codec == E2EE_CODEC_H265 ? &h265 : &h264;
}

int ff_e2ee_nal_is(const E2EENalTypes *types, const uint8_t *header,
                   uint64_t set)
{
    return set >> (*header >> types->shift & types->mask) & 1;
}
