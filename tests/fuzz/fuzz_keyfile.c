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

/* A key file of any bytes: each line is read once, within the text. */

#include <stdlib.h>
#include <string.h>

#include "e2ee_keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    E2EEKeyText text = { bytes, bytes + size, 0 };
    E2EEKeyLine line;
    const char *error = NULL;
    int ret, lines = 0;

    if (!bytes)
        abort();
    if (size)
        memcpy(bytes, data, size);
    while ((ret = ff_e2ee_key_line(&text, &line, &error)) > 0)
        if (line.number != ++lines || line.index < -1 || line.index > 255 ||
            line.secret < bytes || line.secret + line.size > text.end ||
            memchr(line.secret, '\n', line.is_raw ? 0 : line.size))
            abort();
    if (ret ? !error : text.p != text.end)
        abort();
    free(bytes);
    return 0;
}
