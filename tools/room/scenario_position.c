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

#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "scenario_position.h"

/** Where a reader of the text stands. Reading never goes past the end. */
typedef struct Cursor {
    const char *p, *end;
} Cursor;

static char look(const Cursor *c)
{
    return c->p < c->end ? *c->p : '\0';
}

static void skip_space(Cursor *c)
{
    while (c->p < c->end && memchr(" \t\r\n", *c->p, 4))
        c->p++;
}

static void skip_string(Cursor *c)
{
    c->p++;
    while (c->p < c->end && *c->p != '"')
        c->p += *c->p == '\\' ? 2 : 1;
    c->p = c->p < c->end ? c->p + 1 : c->end;
}

/* A whole value: brackets of both kinds nest, those in strings do not count. */
static void skip_value(Cursor *c)
{
    size_t depth = 0;

    do {
        skip_space(c);
        switch (look(c)) {
        case '"':
            skip_string(c);
            break;
        case '{':
        case '[':
            depth++;
            c->p++;
            break;
        case '}':
        case ']':
            depth--;
            c->p++;
            break;
        case ',':
        case ':':
            c->p++;
            break;
        default:
            while (c->p < c->end && !memchr(" \t\r\n,:]}", *c->p, 8))
                c->p++;
        }
    } while (depth && c->p < c->end);
}

/* Jansson itself decodes the escapes. */
static bool is_name(const char *token, size_t size, const char *name)
{
    json_t *json = json_loadb(token, size, JSON_DECODE_ANY, NULL);
    const char *text = json_string_value(json);
    bool same = text && !strcmp(text, name);

    json_decref(json);
    return same;
}

/* From an object or array to one of its members; of_name: to its name. */
static void enter(Cursor *c, const JsonPath *step, bool of_name)
{
    for (size_t i = 0; c->p < c->end; i++) {
        const char *token;

        c->p++; /* the bracket or the comma */
        skip_space(c);
        token = c->p;
        if (step->name) {
            bool found;

            skip_string(c);
            found = is_name(token, c->p - token, step->name);
            if (found && of_name) {
                c->p = token;
                return;
            }
            skip_space(c);
            c->p += c->p < c->end; /* the colon */
            skip_space(c);
            if (found)
                return;
        } else if (i == step->index) {
            return;
        }
        skip_value(c);
        skip_space(c);
    }
}

static void descend(Cursor *c, const JsonPath *path, bool of_name)
{
    if (!path->up) {
        skip_space(c);
        return;
    }
    descend(c, path->up, false);
    enter(c, path, of_name);
}

void json_position(const char *text, size_t size, const JsonPath *path,
                   bool of_name, int *line, int *column)
{
    Cursor c = { text, text + size };

    descend(&c, path, of_name);
    *line   = 1;
    *column = 1;
    for (; text < c.p && text < c.end; text++) {
        if (*text == '\n') {
            ++*line;
            *column = 1;
        } else if (((uint8_t)*text & 0xc0) != 0x80) {
            ++*column;
        }
    }
}
