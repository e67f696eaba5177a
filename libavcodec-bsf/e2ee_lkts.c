/*
 * End-to-end encrypted media: LiveKit's packet trailer
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

#include <string.h>

#include "e2ee_lkts.h"

#define END_SIZE 5              /* the length, "LKTS" */
#define MASK     0xff

enum {
    TYPE_TIMESTAMP = 1,         ///< 8 bytes
    TYPE_FRAME_ID  = 2,         ///< 4 bytes
    TYPE_USER_DATA = 3
};

static uint64_t number(const uint8_t *p, int size)
{
    uint64_t value = 0;

    while (size--)
        value = value << 8 | (*p++ ^ MASK);
    return value;
}

/* Unknown types are skipped: later clients may have more. */
static void read_field(E2EELkts *lkts, int type, const uint8_t *p, int size)
{
    if (type == TYPE_TIMESTAMP && size == 8) {
        lkts->timestamp     = number(p, size);
        lkts->has_timestamp = 1;
    } else if (type == TYPE_FRAME_ID && size == 4) {
        lkts->frame_id     = number(p, size);
        lkts->has_frame_id = 1;
    } else if (type == TYPE_USER_DATA) {
        for (int i = 0; i < size; i++)
            lkts->user[i] = p[i] ^ MASK;
        lkts->user_size = size;
    }
}

size_t ff_e2ee_lkts_read(E2EELkts *lkts, const uint8_t *data, size_t size)
{
    const uint8_t *p, *end;
    size_t total;

    memset(lkts, 0, sizeof(*lkts));
    if (size < END_SIZE || memcmp(data + size - 4, "LKTS", 4))
        return 0;
    total = data[size - END_SIZE] ^ MASK;
    if (total < END_SIZE || total > size)
        return 0;
    p   = data + size - total;
    end = data + size - END_SIZE;
    while (p < end) {
        int type, length;

        if (end - p < 2)
            return 0;
        type   = *p++ ^ MASK;
        length = *p++ ^ MASK;
        if (end - p < length)
            return 0;
        read_field(lkts, type, p, length);
        p += length;
    }
    return total;
}
