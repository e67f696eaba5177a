/*
 * End-to-end encrypted media: start codes and emulation prevention
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

#include "e2ee_annexb.h"

/* Bytes looked at in one step; 64 took a tenth longer. */
#define STEP 128

/* Bytes looked at one by one where hits are likely: at first, and behind a
 * hit. Without that each one of many costs a whole step. */
#define NEAR 8

#ifdef __GNUC__
typedef uint8_t Vector __attribute__((vector_size(16)));

/*
 * Whether one of STEP bytes and the byte after it are zero, reading STEP + 1.
 * Ciphertext has a zero in 256 bytes but a pair in 65536: to search for pairs
 * saves the mispredicted branches that memchr() costs, for which H.264 took a
 * third longer to seal.
 */
static inline int has_pair(const uint8_t *p)
{
    Vector pairs = { 0 };
    uint64_t any[2];

    /* Not by a function: i386 without SSE returns vectors in its own way. */
    for (int i = 0; i < STEP; i += sizeof(Vector)) {
        Vector these, next;

        memcpy(&these, p + i, sizeof(these));
        memcpy(&next, p + i + 1, sizeof(next));
        pairs |= (Vector)((these | next) == 0);
    }
    memcpy(any, &pairs, sizeof(any));
    return (any[0] | any[1]) != 0;
}
#else
static inline int has_pair(const uint8_t *p)
{
    return 1;
}
#endif

/* The first 00 00 x with min <= x <= max, or NULL. */
static const uint8_t *find_pair(const uint8_t *p, const uint8_t *end,
                                unsigned min, unsigned max)
{
    const uint8_t *begin = p;

    while (end - p >= 3) {
        const uint8_t *stop = end - 2;

        if (p == begin && end - p > NEAR + 2) {
            stop = p + NEAR;
        } else if (end - p > STEP + 2) {
            if (!has_pair(p)) {
                p += STEP;
                continue;
            }
            stop = p + STEP;
        } else if (end - begin > STEP && !has_pair(end - STEP - 1)) {
            return NULL;
        }
        for (; p < stop; p++)
            if (!p[0] && !p[1] && p[2] >= min && p[2] <= max)
                return p;
    }
    return NULL;
}

/* Where the zeros of the start code begin that ends at p. */
static const uint8_t *code_begin(const uint8_t *p, const uint8_t *begin)
{
    while (p > begin && !p[-1])
        p--;
    return p;
}

const uint8_t *ff_e2ee_annexb_header(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *code = find_pair(p, end, 1, 1);

    return code && end - code > 3 ? code + 3 : NULL;
}

int ff_e2ee_annexb_next(E2EENal *nal, const uint8_t *end)
{
    const uint8_t *from = nal->end;
    const uint8_t *code;

    nal->data = ff_e2ee_annexb_header(from, end);
    if (!nal->data)
        return 0;
    nal->code = code_begin(nal->data - 3, from);
    code      = find_pair(nal->data, end, 1, 1);
    nal->end  = code ? code_begin(code, nal->data) : end;
    return 1;
}

int ff_e2ee_annexb_check(const uint8_t *data, size_t size)
{
    const uint8_t *code = find_pair(data, data + size, 1, 1);

    return code && code_begin(code, data) == data;
}

size_t ff_e2ee_annexb_normalize(uint8_t *dst, const uint8_t *src, size_t size)
{
    const uint8_t *end = src + size;
    uint8_t *out = dst;

    while (src < end) {
        const uint8_t *code = find_pair(src, end, 1, 1);
        const uint8_t *stop = code ? code : end;

        memcpy(out, src, stop - src);
        out += stop - src;
        if (!code)
            break;
        if (stop == src || stop[-1])
            *out++ = 0;
        memcpy(out, code, 3);
        out += 3;
        src  = code + 3;
    }
    return out - dst;
}

size_t ff_e2ee_annexb_from_lengths(uint8_t *dst, const uint8_t *src,
                                   size_t size, unsigned length_size)
{
    static const uint8_t code[4] = { 0, 0, 0, 1 };
    size_t written = 0;

    while (size >= length_size) {
        size_t length = 0;

        for (unsigned i = 0; i < length_size; i++)
            length = length << 8 | *src++;
        size -= length_size;
        if (length > size)
            return 0;
        if (dst && length) {
            memcpy(dst + written, code, sizeof(code));
            memcpy(dst + written + sizeof(code), src, length);
        }
        if (length)
            written += sizeof(code) + length;
        src  += length;
        size -= length;
    }
    return size ? 0 : written;
}

size_t ff_e2ee_escape_extra(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    size_t extra = 0;

    while ((data = find_pair(data, end, 0, 3))) {
        extra++;
        data += 2;
    }
    return extra;
}

/*
 * What follows the first hit moves to the end of its room and is copied back
 * from there: the writer catches up by a byte at each insertion and meets the
 * reader last.
 */
void ff_e2ee_escape(uint8_t *data, size_t size, size_t extra)
{
    const uint8_t *end = data + size, *src;
    unsigned zeros = 2;

    if (!extra)
        return;
    data += find_pair(data, end, 0, 3) + 2 - data;
    src   = data + extra;
    memmove(data + extra, data, end - data);
    end  += extra;
    while (src < end) {
        uint8_t byte = *src++;

        if (zeros >= 2 && byte <= 3) {
            *data++ = 3;
            zeros   = 0;
        }
        *data++ = byte;
        zeros   = byte ? 0 : zeros + 1;
    }
}

int ff_e2ee_escaped(const uint8_t *data, size_t size)
{
    return !!find_pair(data, data + size, 3, 3);
}

size_t ff_e2ee_unescape(uint8_t *dst, const uint8_t *src, size_t size)
{
    const uint8_t *end = src + size;
    const uint8_t *hit;
    uint8_t *out = dst;

    while ((hit = find_pair(src, end, 3, 3))) {
        size_t run = hit + 2 - src;
        const uint8_t *stop;

        memcpy(out, src, run);
        out += run;
        src  = hit + 3;
        stop = end - src > STEP ? src + STEP : end - 2;
        /* A frame full of them takes a fifth of the time this way. */
        while (src < stop) {
            if (!src[0] && !src[1] && src[2] == 3) {
                *out++ = 0;
                *out++ = 0;
                src   += 3;
            } else {
                *out++ = *src++;
            }
        }
    }
    memcpy(out, src, end - src);
    return out + (end - src) - dst;
}
