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


#include <stdbool.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "names.h"

typedef struct NameEntry {
    char *names[3];
    int   number;
} NameEntry;

static int compare(char *const *have, const char *const *names)
{
    int order = 0;

    for (int i = 0; i < 3 && !order; i++)
        order = have[i] && names[i] ? strcmp(have[i], names[i])
                                    : !!have[i] - !!names[i];
    return order;
}

static int insert(NameTable *table, int at, const char *const *names)
{
    NameEntry *grown, entry = { .number = table->nb };

    grown = av_realloc_array(table->entries, table->nb + 1, sizeof(*grown));
    if (!grown)
        return AVERROR(ENOMEM);
    table->entries = grown;
    for (int i = 0; i < 3; i++) {
        if (names[i] && !(entry.names[i] = av_strdup(names[i]))) {
            while (i--)
                av_free(entry.names[i]);
            return AVERROR(ENOMEM);
        }
    }
    memmove(grown + at + 1, grown + at, (table->nb - at) * sizeof(*grown));
    grown[at] = entry;
    table->nb++;
    return entry.number;
}

int name_table_index(NameTable *table, const char *first, const char *second,
                     const char *third)
{
    const char *const names[3] = { first, second, third };
    int low = 0, high = table->nb;

    while (low < high) {
        int middle = low + (high - low) / 2;
        int order  = compare(table->entries[middle].names, names);

        if (!order)
            return table->entries[middle].number;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return insert(table, low, names);
}

void name_table_free(NameTable *table)
{
    for (int i = 0; i < table->nb; i++)
        for (int j = 0; j < 3; j++)
            av_free(table->entries[i].names[j]);
    av_freep(&table->entries);
    table->nb = 0;
}
