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

/* Emulation prevention against its definition, byte by byte. */

#include <stdlib.h>
#include <string.h>

#include "e2ee_annexb.h"
#include "naive_escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t extra = ff_e2ee_escape_extra(data, size);
    uint8_t *want = malloc(size + size / 2 + 1);
    uint8_t *got  = malloc(size + extra + 1);
    uint8_t *back = malloc(size + extra + 1);

    expect(want && got && back);
    expect(naive_escape(want, data, size) == size + extra);
    memcpy(got, data, size);
    ff_e2ee_escape(got, size, extra);
    expect(!memcmp(got, want, size + extra));
    expect(ff_e2ee_unescape(back, got, size + extra) == size);
    expect(!memcmp(back, data, size));

    expect(ff_e2ee_unescape(back, data, size) ==
           naive_unescape(want, data, size));
    expect(!memcmp(back, want, naive_unescape(want, data, size)));
    expect(ff_e2ee_escaped(data, size) ==
           (naive_unescape(want, data, size) != size));
    free(want);
    free(got);
    free(back);
    return 0;
}
