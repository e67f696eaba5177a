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


#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "ssrc_map.h"

#define FIRST_SIZE 64

static size_t slot_of(const SsrcMap *map, uint32_t ssrc)
{
    return ssrc * UINT32_C(2654435769) >> 7 & (map->size - 1);
}

/* The entry of the SSRC, or the free one where it would be. */
static SsrcEntry *find(const SsrcMap *map, uint32_t ssrc)
{
    size_t i = slot_of(map, ssrc);

    while (map->entries[i].value && map->entries[i].ssrc != ssrc)
        i = (i + 1) & (map->size - 1);
    return &map->entries[i];
}

void *ssrc_map_get(const SsrcMap *map, uint32_t ssrc)
{
    return map->size ? find(map, ssrc)->value : NULL;
}

static int grow(SsrcMap *map)
{
    SsrcMap grown = { .size = map->size ? map->size * 2 : FIRST_SIZE };

    grown.entries = av_calloc(grown.size, sizeof(*grown.entries));
    if (!grown.entries)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < map->size; i++)
        if (map->entries[i].value)
            *find(&grown, map->entries[i].ssrc) = map->entries[i];
    grown.nb = map->nb;
    ssrc_map_free(map);
    *map = grown;
    return 0;
}

int ssrc_map_put(SsrcMap *map, uint32_t ssrc, void *value)
{
    SsrcEntry *entry;

    if (map->nb * 2 >= map->size && grow(map) < 0)
        return AVERROR(ENOMEM);
    entry = find(map, ssrc);
    if (entry->value)
        return AVERROR(EEXIST);
    *entry = (SsrcEntry){ ssrc, value };
    map->nb++;
    return 0;
}

void ssrc_map_remove(SsrcMap *map, uint32_t ssrc)
{
    size_t mask = map->size - 1, i;

    if (!map->size || !find(map, ssrc)->value)
        return;
    i = find(map, ssrc) - map->entries;
    map->entries[i].value = NULL;
    map->nb--;
    /* What stood behind it may be looked for from before it. */
    for (i = (i + 1) & mask; map->entries[i].value; i = (i + 1) & mask) {
        SsrcEntry moved = map->entries[i];

        map->entries[i].value = NULL;
        *find(map, moved.ssrc) = moved;
    }
}

void ssrc_map_free(SsrcMap *map)
{
    av_freep(&map->entries);
    *map = (SsrcMap){ 0 };
}
