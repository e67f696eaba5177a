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

/* The H.264 parsers; the first byte chooses. */

#include <stdlib.h>
#include <string.h>

#include "e2ee_h264.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    E2EESliceStart start;

    if (!size)
        return 0;
    if (data[0] & 2) {
        ff_e2ee_h264_sps_rewritten(data + 1, size - 1);
    } else if (ff_e2ee_h264_slice_start(&start, data + 1, size - 1,
                                        data[0] & 1)) {
        if (start.bits > 8 * (size - 1) || start.bits < 3 ||
            start.slice_type > 9 || start.pps_id > 255)
            abort();
    }
    return 0;
}
