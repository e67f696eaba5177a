/*
 * End-to-end encrypted media: the header of SFrame
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

#include "e2ee_sframe_header.h"

/*
 * X(1) K(3) Y(1) C(3) || KID || CTR
 *
 * With X = 0 K is the key id, else KID is, of K + 1 bytes; Y, C and CTR are
 * the same for the counter.
 */
#define LONG      8
#define SHORT_MAX 7

/* Returns the four bits of the first byte, and the place behind the number. */
static unsigned write_number(uint8_t **dst, uint64_t n)
{
    unsigned size = 1;

    if (n <= SHORT_MAX)
        return n;
    while (size < sizeof(n) && n >> 8 * size)
        size++;
    for (unsigned i = size; i--; )
        *(*dst)++ = n >> 8 * i;
    return LONG | (size - 1);
}

size_t ff_e2ee_sframe_header_write(uint8_t dst[E2EE_SFRAME_HEADER_MAX],
                                   const E2EESFrameHeader *header)
{
    uint8_t *p = dst + 1;
    unsigned kid = write_number(&p, header->kid);

    *dst = kid << 4 | write_number(&p, header->ctr);
    return p - dst;
}

static enum E2EEReason read_number(const uint8_t **data, const uint8_t *end,
                                   unsigned bits, uint64_t *n)
{
    const uint8_t *p = *data;
    int size = (bits & SHORT_MAX) + 1;

    *n = bits & SHORT_MAX;
    if (!(bits & LONG))
        return E2EE_OK;
    if (end - p < size)
        return E2EE_TOO_SHORT;
    *n = 0;
    for (int i = 0; i < size; i++)
        *n = *n << 8 | p[i];
    *data = p + size;
    if (size > 1 ? !*p : *n <= SHORT_MAX)
        return E2EE_NOT_SEALED;
    return E2EE_OK;
}

enum E2EEReason ff_e2ee_sframe_header_read(E2EESFrameHeader *header,
                                           const uint8_t *data, size_t size,
                                           size_t *used)
{
    const uint8_t *p = data + 1, *end = data + size;
    enum E2EEReason reason;

    if (!size)
        return E2EE_TOO_SHORT;
    reason = read_number(&p, end, *data >> 4, &header->kid);
    if (!reason)
        reason = read_number(&p, end, *data & 15, &header->ctr);
    *used = p - data;
    return reason;
}
