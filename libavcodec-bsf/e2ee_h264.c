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

#include "e2ee_h264.h"

typedef struct Bits {
    const uint8_t *p, *end;
    int      escaped;           ///< skip emulation prevention bytes
    unsigned zeros;             ///< zero bytes just before p
    unsigned left;              ///< bits left of byte
    uint8_t  byte;
    size_t   read;              ///< bits
    int      overread;
} Bits;

static unsigned get_bit(Bits *b)
{
    if (!b->left) {
        if (b->escaped && b->zeros >= 2 && b->p < b->end && *b->p == 3) {
            b->p++;
            b->zeros = 0;
        }
        if (b->p == b->end) {
            b->overread = 1;
            return 0;
        }
        b->byte  = *b->p++;
        b->zeros = b->byte ? 0 : b->zeros + 1;
        b->left  = 8;
    }
    b->read++;
    return b->byte >> --b->left & 1;
}

static unsigned get_bits(Bits *b, int n)
{
    unsigned value = 0;

    while (n--)
        value = value << 1 | get_bit(b);
    return value;
}

static void skip_bits(Bits *b, int n)
{
    while (n--)
        get_bit(b);
}

/* Exp-Golomb, 9.1 of H.264. A signed one takes the same bits. */
static unsigned get_ue(Bits *b)
{
    int zeros = 0;

    while (!b->overread && !get_bit(b))
        zeros++;
    if (zeros > 31)
        b->overread = 1;
    return b->overread ? 0 : (1U << zeros) - 1 + get_bits(b, zeros);
}

int ff_e2ee_h264_slice_start(E2EESliceStart *start, const uint8_t *data,
                             size_t size, int escaped)
{
    Bits b = { .p = data, .end = data + size, .escaped = escaped };

    start->first_mb   = get_ue(&b);
    start->slice_type = get_ue(&b);
    start->pps_id     = get_ue(&b);
    start->bits       = b.read;
    return !b.overread && start->slice_type <= 9 && start->pps_id <= 255;
}

static void skip_scaling_list(Bits *b, int size)
{
    unsigned last = 8, next = 8;

    for (int i = 0; i < size && !b->overread; i++) {
        if (next) {
            unsigned code = get_ue(b);

            next = (last + (code & 1 ? code / 2 + 1 : -(code / 2))) & 255;
        }
        last = next ? next : last;
    }
}

static int has_chroma_format(unsigned profile)
{
    static const uint8_t profiles[] = {
        44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244
    };

    for (size_t i = 0; i < sizeof(profiles); i++)
        if (profiles[i] == profile)
            return 1;
    return 0;
}

/* 7.3.2.1.1, up to the VUI. Returns max_num_ref_frames. */
static unsigned skip_to_vui(Bits *b)
{
    unsigned profile = get_bits(b, 8), refs, poc_type;

    skip_bits(b, 16);                           // constraints, level
    get_ue(b);                                  // seq_parameter_set_id
    if (has_chroma_format(profile)) {
        unsigned chroma = get_ue(b);

        if (chroma == 3)
            get_bit(b);                         // separate_colour_plane_flag
        get_ue(b);                              // bit_depth_luma_minus8
        get_ue(b);                              // bit_depth_chroma_minus8
        get_bit(b);                             // transform bypass
        if (get_bit(b))                         // scaling matrix
            for (int i = 0; i < (chroma == 3 ? 12 : 8); i++)
                if (get_bit(b))
                    skip_scaling_list(b, i < 6 ? 16 : 64);
    }
    get_ue(b);                                  // log2_max_frame_num_minus4
    poc_type = get_ue(b);
    if (!poc_type) {
        get_ue(b);                              // log2_max_poc_lsb_minus4
    } else if (poc_type == 1) {
        unsigned cycle;

        get_bit(b);                             // delta_pic_order_always_zero
        get_ue(b);                              // offset_for_non_ref_pic
        get_ue(b);                              // top_to_bottom_field
        cycle = get_ue(b);
        while (cycle-- && !b->overread)
            get_ue(b);
    }
    refs = get_ue(b);
    get_bit(b);                                 // gaps_in_frame_num_allowed
    get_ue(b);                                  // width
    get_ue(b);                                  // height
    if (!get_bit(b))                            // frame_mbs_only_flag
        get_bit(b);                             // mb_adaptive_frame_field
    get_bit(b);                                 // direct_8x8_inference_flag
    if (get_bit(b))                             // cropping
        for (int i = 0; i < 4; i++)
            get_ue(b);
    return refs;
}

static void skip_hrd(Bits *b)
{
    unsigned count = get_ue(b) + 1;

    skip_bits(b, 8);                            // scales
    while (count-- && !b->overread) {
        get_ue(b);
        get_ue(b);
        get_bit(b);
    }
    skip_bits(b, 20);                           // lengths
}

/* E.1.1, up to bitstream_restriction_flag and with it. */
static unsigned read_restriction_flag(Bits *b)
{
    int nal, vcl;

    if (get_bit(b) && get_bits(b, 8) == 255)    // aspect ratio, extended
        skip_bits(b, 32);
    if (get_bit(b))                             // overscan
        get_bit(b);
    if (get_bit(b)) {                           // video signal type
        skip_bits(b, 4);
        if (get_bit(b))
            skip_bits(b, 24);
    }
    if (get_bit(b)) {                           // chroma location
        get_ue(b);
        get_ue(b);
    }
    if (get_bit(b))                             // timing
        skip_bits(b, 65);
    nal = get_bit(b);
    if (nal)
        skip_hrd(b);
    vcl = get_bit(b);
    if (vcl)
        skip_hrd(b);
    if (nal || vcl)
        get_bit(b);                             // low_delay_hrd_flag
    get_bit(b);                                 // pic_struct_present_flag
    return get_bit(b);
}

int ff_e2ee_h264_sps_rewritten(const uint8_t *data, size_t size)
{
    Bits b = { .p = data, .end = data + size, .escaped = 1 };
    unsigned refs = skip_to_vui(&b), reorder, buffering;

    if (!get_bit(&b) || !read_restriction_flag(&b))
        return 1;
    get_bit(&b);                                // motion vectors over edges
    for (int i = 0; i < 4; i++)
        get_ue(&b);                             // denominators, lengths
    reorder   = get_ue(&b);
    buffering = get_ue(&b);
    return b.overread || reorder || buffering > refs;
}
