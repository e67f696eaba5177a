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

#include "cavp.h"

#define FOLDER "usr/lib/python3/dist-packages/cryptography_vectors/ciphers/" \
               "AES/GCM"
#define MEDIA  "build/media/python3-cryptography-vectors"

#define LINE_SIZE 4096

FILE *cavp_open(const char *file)
{
    const char *top = getenv("top_srcdir"), *given = getenv("E2EE_CAVP");
    char path[4096];
    FILE *f;

    if (given) {
        snprintf(path, sizeof(path), "%s/%s", given, file);
        return fopen(path, "r");
    }
    snprintf(path, sizeof(path), "/%s/%s", FOLDER, file);
    f = fopen(path, "r");
    if (f)
        return f;
    snprintf(path, sizeof(path), "%s/%s/%s/%s", top ? top : ".", MEDIA,
             FOLDER, file);
    return fopen(path, "r");
}

/* "Name = digits"; the digits may be none. */
static int read_field(CavpCase *c, const char *line)
{
    const struct {
        const char *name;
        Bytes      *bytes;
    } fields[] = {
        { "Key = ", &c->key   }, { "IV = ", &c->iv      },
        { "PT = ",  &c->plain }, { "CT = ", &c->cipher  },
        { "AAD = ", &c->aad   }, { "Tag = ", &c->tag    },
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        size_t size = strlen(fields[i].name);

        if (strncmp(line, fields[i].name, size))
            continue;
        check_that(!fields[i].bytes->data, "%s twice", fields[i].name);
        *fields[i].bytes = hex_bytes(line + size);
        return 1;
    }
    return 0;
}

int cavp_next(FILE *f, CavpCase *c)
{
    char line[LINE_SIZE];
    int inside = 0;

    memset(c, 0, sizeof(*c));
    while (fgets(line, sizeof(line), f)) {
        size_t size = strcspn(line, "\r\n");

        check_that(!!line[size], "a line longer than %d", LINE_SIZE);
        line[size] = 0;
        if (!size && inside)
            break;
        if (sscanf(line, "Count = %u", &c->count) == 1)
            inside = 1;
        else if (!strcmp(line, "FAIL"))
            c->fails = 1;
        else if (inside)
            check_that(read_field(c, line), "no field: %s", line);
    }
    check_that(!inside || (c->key.data && c->iv.data && c->aad.data &&
                           c->tag.data && c->cipher.data &&
                           !c->fails == !!c->plain.data),
               "case %u lacks a field", c->count);
    return inside;
}

void cavp_free(CavpCase *c)
{
    free_bytes(&c->key);
    free_bytes(&c->iv);
    free_bytes(&c->plain);
    free_bytes(&c->aad);
    free_bytes(&c->cipher);
    free_bytes(&c->tag);
}
