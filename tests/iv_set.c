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

#include <stdlib.h>
#include <string.h>

#include "e2ee_aead.h"
#include "e2ee_dave_keys.h"
#include "e2ee_dave_ranges.h"
#include "e2ee_sframe_header.h"
#include "iv_set.h"

#define ROOM_MIN 4096

void iv_set_add(IvSet *set, const uint8_t row[IV_ROW_SIZE])
{
    if (set->nb == set->room) {
        set->room = set->room ? 2 * set->room : ROOM_MIN;
        set->rows = realloc(set->rows, set->room * IV_ROW_SIZE);
        check_that(!!set->rows, "out of memory");
    }
    memcpy(set->rows[set->nb++], row, IV_ROW_SIZE);
}

void iv_set_join(IvSet *set, IvSet *other)
{
    for (size_t i = 0; i < other->nb; i++)
        iv_set_add(set, other->rows[i]);
    iv_set_free(other);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, IV_ROW_SIZE);
}

void iv_set_assert_unique(IvSet *set, const char *name)
{
    qsort(set->rows, set->nb, IV_ROW_SIZE, compare);
    for (size_t i = 1; i < set->nb; i++)
        check_that(memcmp(set->rows[i - 1], set->rows[i], IV_ROW_SIZE) < 0,
                   "%s: an IV came twice with one key among %zu", name,
                   set->nb);
}

void iv_set_free(IvSet *set)
{
    free(set->rows);
    *set = (IvSet){ NULL, 0, 0 };
}

static void write_number(uint8_t *p, uint64_t n, int size)
{
    while (size--) {
        p[size] = n;
        n >>= 8;
    }
}

/* Before the last two bytes: 12 and the key index. */
static void trailer_pair(const uint8_t *data, size_t size, uint8_t *row)
{
    check_that(data[size - 2] == E2EE_IV_SIZE, "no trailer");
    memcpy(row + 4, data + size - 2 - E2EE_IV_SIZE, E2EE_IV_SIZE);
}

static void stream_pair(const uint8_t *data, size_t size, uint8_t *row)
{
    check_that(data[size - 4] == 0xe2, "no trailer");
    memcpy(row + 12, data + size - 20, 4);
    memcpy(row + 4, data + size - 16, 8);
}

static void sframe_pair(const uint8_t *data, size_t size, uint8_t *row)
{
    E2EESFrameHeader header;
    size_t used;

    check_that(!ff_e2ee_sframe_header_read(&header, data, size, &used),
               "no header");
    write_number(row, header.kid, 4);
    write_number(row + 8, header.ctr, 8);
}

static void dave_pair(const uint8_t *data, size_t size, uint8_t *row)
{
    const uint8_t *end = data + size - 3;
    const uint8_t *p = data + size - *end + E2EE_DAVE_TAG_SIZE;
    uint64_t nonce;

    check_that(ff_e2ee_leb128_read(&p, end, &nonce) && p == end,
               "no trailer");
    write_number(row + 8, nonce, 8);
}

void sealed_pair(const char *scheme, const uint8_t *data, size_t size,
                 uint8_t row[IV_ROW_SIZE])
{
    memset(row, 0, IV_ROW_SIZE);
    check_that(size > 24, "a frame of %zu bytes", size);
    if (!strcmp(scheme, "stream"))
        stream_pair(data, size, row);
    else if (!strcmp(scheme, "sframe"))
        sframe_pair(data, size, row);
    else if (!strcmp(scheme, "dave"))
        dave_pair(data, size, row);
    else
        trailer_pair(data, size, row);
}
