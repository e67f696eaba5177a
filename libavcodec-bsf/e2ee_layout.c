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

#include "e2ee_annexb.h"
#include "e2ee_layout.h"
#include "e2ee_nal.h"

static enum E2EEReason clear_bytes(const E2EEFrame *frame, E2EELayout *layout,
                                   size_t clear)
{
    *layout = (E2EELayout){ .clear = clear };
    return frame->size < clear ? E2EE_TOO_SHORT : E2EE_OK;
}

enum E2EEReason ff_e2ee_layout_audio(const E2EEFrame *frame,
                                     E2EELayout *layout)
{
    return clear_bytes(frame, layout, 1);
}

enum E2EEReason ff_e2ee_layout_vp8(const E2EEFrame *frame, E2EELayout *layout)
{
    int key = frame->size && !(frame->data[0] & 1);

    return clear_bytes(frame, layout, key ? 10 : 3);
}

enum E2EEReason ff_e2ee_layout_frame_type(const E2EEFrame *frame,
                                          E2EELayout *layout)
{
    return clear_bytes(frame, layout, frame->key ? 10 : 3);
}

enum E2EEReason ff_e2ee_layout_other_type(const E2EEFrame *frame,
                                          E2EELayout *layout)
{
    return clear_bytes(frame, layout, frame->key ? 3 : 10);
}

static enum E2EEReason clamped(const E2EEFrame *frame, E2EELayout *layout,
                               E2EELayoutRule *rule)
{
    if (rule(frame, layout) == E2EE_TOO_SHORT)
        layout->clear = frame->size;
    return E2EE_OK;
}

enum E2EEReason ff_e2ee_layout_vp8_clamped(const E2EEFrame *frame,
                                           E2EELayout *layout)
{
    return clamped(frame, layout, ff_e2ee_layout_vp8);
}

enum E2EEReason ff_e2ee_layout_frame_type_clamped(const E2EEFrame *frame,
                                                  E2EELayout *layout)
{
    return clamped(frame, layout, ff_e2ee_layout_frame_type);
}

enum E2EEReason ff_e2ee_layout_slice_or_none(const E2EEFrame *frame,
                                             E2EELayout *layout)
{
    enum E2EEReason reason = ff_e2ee_layout_slice(frame, layout);

    return reason == E2EE_NO_SLICE ? ff_e2ee_layout_none(frame, layout) :
                                     reason;
}

enum E2EEReason ff_e2ee_layout_none(const E2EEFrame *frame, E2EELayout *layout)
{
    return clear_bytes(frame, layout, 0);
}

enum E2EEReason ff_e2ee_layout_slice(const E2EEFrame *frame,
                                     E2EELayout *layout)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(frame->codec);
    const uint8_t *end = frame->data + frame->size;
    const uint8_t *p   = frame->data;

    if (!ff_e2ee_annexb_check(frame->data, frame->size))
        return E2EE_NOT_ANNEXB;
    do {
        p = ff_e2ee_annexb_header(p, end);
        if (!p)
            return E2EE_NO_SLICE;
    } while (!ff_e2ee_nal_is(types, p, types->slices));
    *layout = (E2EELayout){ .clear   = p + 2 - frame->data,
                            .annexb  = 1,
                            .escaped = 1 };
    return layout->clear > frame->size ? E2EE_TOO_SHORT : E2EE_OK;
}

/* A receiver's last resort: nothing in the frame looked like a slice. */
static enum E2EEReason without_slice(const E2EEFrame *frame,
                                     E2EELayout *layout, E2EELayoutRule *rule)
{
    if (!ff_e2ee_layout_slice(frame, layout))
        return E2EE_UNSUPPORTED;
    return rule(frame, layout);
}

enum E2EEReason ff_e2ee_layout_no_slice_escaped(const E2EEFrame *frame,
                                                E2EELayout *layout)
{
    enum E2EEReason reason = without_slice(frame, layout,
                                           ff_e2ee_layout_frame_type);

    layout->escaped = 1;
    return reason;
}

enum E2EEReason ff_e2ee_layout_no_slice(const E2EEFrame *frame,
                                        E2EELayout *layout)
{
    return without_slice(frame, layout, ff_e2ee_layout_frame_type);
}

enum E2EEReason ff_e2ee_layout_no_slice_none(const E2EEFrame *frame,
                                             E2EELayout *layout)
{
    return without_slice(frame, layout, ff_e2ee_layout_none);
}
