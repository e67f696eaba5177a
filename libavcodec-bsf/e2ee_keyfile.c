/*
 * End-to-end encrypted media: the text form of keys
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

#include "e2ee_keyfile.h"
#include "e2ee_keyring.h"

/* Without a branch or a table that depends on the secret: masks of all bits
 * or none. */
static int hex_digit(uint8_t c, int *bad)
{
    int digit     = c - '0', letter = (c | 32) - 'a';
    int is_digit  = ~((digit  | (9 - digit))  >> 31);
    int is_letter = ~((letter | (5 - letter)) >> 31);

    *bad |= ~(is_digit | is_letter);
    return (digit & is_digit) | ((letter + 10) & is_letter);
}

size_t ff_e2ee_hex(uint8_t *dst, const uint8_t *src, size_t size)
{
    int bad = 0;

    if (size & 1)
        return 0;
    for (size_t i = 0; i < size; i += 2) {
        int high = hex_digit(src[i], &bad);

        dst[i / 2] = high << 4 | hex_digit(src[i + 1], &bad);
    }
    return size / 2 & ~(size_t)bad;
}

static int decode_hex(E2EEKeyLine *line)
{
    line->size   = ff_e2ee_hex(line->secret, line->secret, line->size);
    line->is_raw = 1;
    return line->size > 0;
}

static int skip(E2EEKeyLine *line, const char *word)
{
    size_t length = strlen(word);

    if (line->size < length || memcmp(line->secret, word, length))
        return 0;
    line->secret += length;
    line->size   -= length;
    return 1;
}

/* Leaves line->index at -1 where the line does not begin with one. */
static int read_index(E2EEKeyLine *line)
{
    size_t n = 0;
    int index = 0;

    while (n < line->size && line->secret[n] >= '0' &&
           line->secret[n] <= '9') {
        if (index < E2EE_RING_SIZE_MAX)
            index = index * 10 + line->secret[n] - '0';
        n++;
    }
    if (!n || n == line->size || line->secret[n] != ':')
        return 1;
    if (index >= E2EE_RING_SIZE_MAX)
        return 0;
    line->index   = index;
    line->secret += n + 1;
    line->size   -= n + 1;
    return 1;
}

int ff_e2ee_key_line(E2EEKeyText *text, E2EEKeyLine *line, const char **error)
{
    size_t left = text->end - text->p;
    uint8_t *lf;

    if (!left)
        return 0;
    lf = memchr(text->p, '\n', left);
    *line = (E2EEKeyLine){ .number = ++text->number, .index = -1,
                           .secret = text->p,
                           .size   = lf ? (size_t)(lf - text->p) : left };
    text->p += line->size + !!lf;
    if (lf && line->size && line->secret[line->size - 1] == '\r')
        line->size--;

    if (!read_index(line)) {
        *error = "the index is not within 0 to 255; a secret that begins "
                 "with digits and a colon is written INDEX:text:SECRET";
        return -1;
    }
    if (!line->size) {
        *error = "there is no secret; an empty one is written INDEX:text:";
        return -1;
    }
    if (line->index < 0 || skip(line, "text:"))
        return 1;
    if (skip(line, "hex:") && !decode_hex(line)) {
        *error = "after hex: come an even number of hexadecimal digits";
        return -1;
    }
    return 1;
}
