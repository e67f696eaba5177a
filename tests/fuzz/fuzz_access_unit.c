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

/*
 * Access units and what is made of them. The first byte chooses codec, frame
 * type and what to drop, the second how much of the rest is parameter sets.
 */

#include <stdlib.h>
#include <string.h>

#include "e2ee_access_unit.h"
#include "e2ee_annexb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_safe(const E2EEFrame *frame, enum E2EEDropSei drop_sei,
                      const uint8_t *sets, size_t sets_size)
{
    size_t room = frame->size + frame->size / 3 + sets_size + sets_size / 3;
    uint8_t *dst = malloc(room + 1);
    E2EEAccessUnit unit;
    E2EELayout layout;
    enum E2EEReason reason;

    if (!dst)
        abort();
    if (!ff_e2ee_layout_slice(frame, &layout)) {
        reason = ff_e2ee_access_unit(&unit, dst, frame, &layout, drop_sei,
                                     sets, sets_size);
        if (unit.clear > room || unit.consumed != layout.clear)
            abort();
        /* The clear part ends with the slice's bytes, and is normal. */
        if (!reason) {
            uint8_t *again = malloc(unit.clear + unit.clear / 3 + 1);

            if (!again ||
                dst[unit.clear - 1] != frame->data[layout.clear - 1] ||
                dst[unit.clear - 2] != frame->data[layout.clear - 2] ||
                ff_e2ee_annexb_normalize(again, dst, unit.clear) !=
                unit.clear)
                abort();
            free(again);
        }
    }
    free(dst);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t sets_size;
    E2EEFrame frame;

    if (size < 2)
        return 0;
    sets_size = data[1] < size - 2 ? data[1] : size - 2;
    frame = (E2EEFrame){
        .data  = data + 2 + sets_size,
        .size  = size - 2 - sets_size,
        .codec = data[0] & 1 ? E2EE_CODEC_H264 : E2EE_CODEC_H265,
        .key   = data[0] >> 1 & 1,
    };
    make_safe(&frame, (data[0] >> 2 & 3) % 3, sets_size ? data + 2 : NULL,
              sets_size);
    return 0;
}
