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

#include "naive_escape.h"

size_t naive_escape(uint8_t *dst, const uint8_t *data, size_t size)
{
    size_t n = 0;
    int zeros = 0;

    for (size_t i = 0; i < size; i++) {
        if (data[i] <= 3 && zeros >= 2) {
            dst[n++] = 3;
            zeros    = 0;
        }
        dst[n++] = data[i];
        zeros    = data[i] ? 0 : zeros + 1;
    }
    return n;
}

size_t naive_unescape(uint8_t *dst, const uint8_t *data, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++)
        if (i + 2 < size && !data[i] && !data[i + 1] && data[i + 2] == 3) {
            dst[n++] = 0;
            dst[n++] = 0;
            i += 2;
        } else {
            dst[n++] = data[i];
        }
    return n;
}
