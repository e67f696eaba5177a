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

/* Bytes looked at in one step: short frames need the second, for long ones 64
 * took a tenth longer than the first. */
#define LONG_STEP  128
#define SHORT_STEP 32

/* Bytes looked at one by one where hits are likely: at first, and behind a
 * hit. Without that each one of many costs a whole step. */
#define NEAR 8

/** What is searched for: 00 00 x, where the bits of x in mask are bits. */
typedef struct Pattern {
    uint8_t bits, mask;
} Pattern;

static const Pattern start_code = { 1, 0xff };
static const Pattern escape     = { 3, 0xff };
static const Pattern to_escape  = { 0, 0xfc };

#ifdef __GNUC__
typedef uint8_t Vector __attribute__((vector_size(16)));

/* By pointers: i386 without SSE has its own ways to pass vectors. */
static inline void load(Vector *v, const uint8_t *p)
{
    memcpy(v, p, sizeof(*v));
}

static inline int any(const Vector *v)
{
    uint64_t halves[2];

    memcpy(halves, v, sizeof(halves));
    return (halves[0] | halves[1]) != 0;
}

/*
 * Whether one of size bytes and the byte after it are zero, reading size + 1.
 * Ciphertext has a zero in 256 bytes but a pair in 65536: to search for pairs
 * saves the mispredicted branches that memchr() costs, for which H.264 took a
 * third longer to seal.
 */
static inline int has_pair(const uint8_t *p, size_t size)
{
    Vector pairs = { 0 };

    /* Compilers do not do so by themselves at -O2: a third slower. */
#pragma GCC unroll 8
    for (size_t i = 0; i < size; i += sizeof(Vector)) {
        Vector a, b;

        load(&a, p + i);
        load(&b, p + i + 1);
        pairs |= (Vector)((a | b) == 0);
    }
    return any(&pairs);
}

/* Whether a pair has its third byte, too, reading SHORT_STEP + 2: frames full
 * of zeros took five times as long without it. */
static int has_hit(const uint8_t *p, Pattern x)
{
    Vector hits = { 0 };

    for (size_t i = 0; i < SHORT_STEP; i += sizeof(Vector)) {
        Vector a, b, c;

        load(&a, p + i);
        load(&b, p + i + 1);
        load(&c, p + i + 2);
        hits |= (Vector)((a | b | ((c ^ x.bits) & x.mask)) == 0);
    }
    return any(&hits);
}
#else
static int has_pair(const uint8_t *p, size_t size)
{
    return 1;
}

static int has_hit(const uint8_t *p, Pattern x)
{
    return 1;
}
#endif

/* Over steps without a hit, as far as whole ones go. */
static inline const uint8_t *skip_steps(const uint8_t *p, const uint8_t *end,
                                        Pattern x)
{
    for (;;)
        if (end - p > LONG_STEP && !has_pair(p, LONG_STEP))
            p += LONG_STEP;
        else if (end - p > SHORT_STEP + 1 &&
                 (!has_pair(p, SHORT_STEP) || !has_hit(p, x)))
            p += SHORT_STEP;
        else
            return p;
}

/* The first 00 00 x, or NULL. */
static const uint8_t *find(const uint8_t *p, const uint8_t *end, Pattern x)
{
    const uint8_t *begin = p;

    while (end - p >= 3) {
        const uint8_t *stop = end - 2;

        if (p == begin) {
            if (end - p > NEAR + 2)
                stop = p + NEAR;
        } else {
            p = skip_steps(p, end, x);
            if (end - p > SHORT_STEP + 1)
                stop = p + SHORT_STEP;
            else if (end - begin > SHORT_STEP &&
                     !has_pair(end - SHORT_STEP - 1, SHORT_STEP))
                return NULL;
        }
        for (; p < stop; p++)
            if (!p[0] && !p[1] && !((p[2] ^ x.bits) & x.mask))
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
    const uint8_t *code = find(p, end, start_code);

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
    code      = find(nal->data, end, start_code);
    nal->end  = code ? code_begin(code, nal->data) : end;
    return 1;
}

int ff_e2ee_annexb_check(const uint8_t *data, size_t size)
{
    const uint8_t *code = find(data, data + size, start_code);

    return code && code_begin(code, data) == data;
}

size_t ff_e2ee_annexb_normalize(uint8_t *dst, const uint8_t *src, size_t size)
{
    const uint8_t *end = src + size;
    uint8_t *out = dst;

    while (src < end) {
        const uint8_t *code = find(src, end, start_code);
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

    while ((data = find(data, end, to_escape))) {
        extra++;
        data += 2;
    }
    return extra;
}

/*
 * What follows the first hit moves to the end of its room and from there back
 * in runs: the writer catches up by a byte at each insertion and meets the
 * reader last.
 */
void ff_e2ee_escape(uint8_t *data, size_t size, size_t extra)
{
    const uint8_t *end = data + size, *src, *hit;

    if (!extra || !(hit = find(data, end, to_escape)))
        return;
    data += hit - data;
    src   = data + extra;
    memmove(data + extra, data, end - data);
    end  += extra;
    while ((hit = find(src, end, to_escape))) {
        size_t run = hit + 2 - src;

        memmove(data, src, run);
        data   += run;
        src    += run;
        *data++ = 3;
    }
}

int ff_e2ee_escaped(const uint8_t *data, size_t size)
{
    return !!find(data, data + size, escape);
}

size_t ff_e2ee_unescape(uint8_t *dst, const uint8_t *src, size_t size)
{
    const uint8_t *end = src + size;
    const uint8_t *hit;
    uint8_t *out = dst;

    while ((hit = find(src, end, escape))) {
        size_t run = hit + 2 - src;
        const uint8_t *stop;

        memcpy(out, src, run);
        out += run;
        src  = hit + 3;
        stop = end - src > LONG_STEP + 1 ? src + LONG_STEP : end - 2;
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
