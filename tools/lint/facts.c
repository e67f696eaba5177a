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

#include <libavutil/avutil.h>

#include "e2ee_annexb.h"
#include "e2ee_h264.h"
#include "e2ee_nal.h"
#include "facts.h"

static void read_slice(Facts *f, const E2EENalTypes *types,
                       const E2EENal *nal, const uint8_t *end)
{
    E2EESliceStart start;

    f->slice     = true;
    f->key_slice = f->frame.key ||
                   ff_e2ee_nal_is(types, nal->data, types->key_slices);
    f->unsafe    = end - nal->data > 1 && !nal->data[1];
    f->clear    += 4 + 2;
    /* slice_type is in the first bits, which are in the clear; what may
     * follow them is not looked at. */
    if (f->frame.codec == E2EE_CODEC_H264 &&
        ff_e2ee_h264_slice_start(&start, nal->data + 1, end - nal->data - 1,
                                 1))
        f->b_slice = start.slice_type % 5 == 1;
}

static void read_sps(Facts *f, const E2EENalTypes *types, const E2EENal *nal)
{
    if (f->frame.codec != E2EE_CODEC_H264 ||
        !ff_e2ee_nal_is(types, nal->data, types->sps) ||
        !ff_e2ee_h264_sps_rewritten(nal->data + 1, nal->end - nal->data - 1))
        return;
    f->sps      = nal->data;
    f->sps_size = nal->end - nal->data;
}

static void read_unit(Facts *f, const E2EENalTypes *types, const E2EENal *nal)
{
    f->clear += 4 + (nal->end - nal->data);
    if (ff_e2ee_nal_is(types, nal->data, types->delimiters)) {
        f->delimiter = true;
    } else if (ff_e2ee_nal_is(types, nal->data, types->droppable)) {
        f->sei       = f->sei ? f->sei : nal->data;
        f->sei_size += nal->end - nal->data;
    }
    read_sps(f, types, nal);
}

/* Where the frame has no SPS, it is the stream's. */
static void read_header(Facts *f, const FrameView *view,
                        const E2EENalTypes *types)
{
    E2EENal nal = { .end = view->sets };

    if (!view->sets)
        return;
    while (ff_e2ee_annexb_next(&nal, view->sets + view->sets_size))
        read_sps(f, types, &nal);
}

static void read_units(Facts *f, const FrameView *view)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(f->frame.codec);
    const uint8_t *end = f->frame.data + f->frame.size;
    E2EENal nal = { .end = f->frame.data };
    uint64_t found = 0;

    f->byte_stream = ff_e2ee_annexb_check(f->frame.data, f->frame.size);
    while (ff_e2ee_annexb_next(&nal, end)) {
        if (ff_e2ee_nal_is(types, nal.data, types->slices)) {
            f->nb_slices++;
            if (!f->slice)
                read_slice(f, types, &nal, end);
        }
        if (!f->slice) {
            found |= UINT64_C(1) << (*nal.data >> types->shift & types->mask);
            read_unit(f, types, &nal);
        }
        if (f->nb_slices <= 1)
            f->short_code |= nal.data - nal.code == 3;
        if (f->sealed && f->slice)
            break;
    }
    if (f->sealed)
        f->nb_slices = 0;
    f->lacks_sets = f->key_slice && (found & types->parameter_sets) !=
                                    types->parameter_sets;
    if (f->lacks_sets)
        read_header(f, view, types);
}

/* 6.1 of the VP9 bitstream specification: marker 2, profile of two bits and,
 * for the last, one more, then show_existing_frame, frame_type, show_frame. */
static bool is_hidden(const uint8_t *data, size_t size)
{
    unsigned bits = size ? *data : 0, last = size ? data[size - 1] : 0;
    size_t index = 2 + (1 + (last >> 3 & 3)) * (1 + (last & 7));

    if (bits >> 6 != 2)
        return false;
    if ((last & 0xe0) == 0xc0 && size >= index && data[size - index] == last)
        return true; /* annex B: an index of several frames */
    if ((bits & 0x30) == 0x30)
        return false;
    return !(bits & 8) && !(bits & 2);
}

void facts_read(Facts *f, const FrameView *view, const E2EEFrame *frame,
                const AVPacket *packet, const InputFrame *info)
{
    *f = (Facts){ .frame = *frame, .number = info->number,
                  .time = info->time };
    wire_read(&f->wire, frame);
    f->sealed = f->wire.format == WIRE_TRAILER ||
                f->wire.format == WIRE_STREAM || f->wire.format == WIRE_DAVE;
    f->damaged   = packet->flags & AV_PKT_FLAG_CORRUPT;
    f->reordered = packet->dts != AV_NOPTS_VALUE &&
                   packet->pts != AV_NOPTS_VALUE && packet->pts < packet->dts;
    if (view->codec == E2EE_CODEC_H264 || view->codec == E2EE_CODEC_H265)
        read_units(f, view);
    else if (view->codec == E2EE_CODEC_VP9)
        f->hidden = is_hidden(frame->data, frame->size);
}
