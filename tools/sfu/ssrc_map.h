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


/**
 * @file
 * What belongs to an SSRC, found in the same time for any number of them.
 */

#ifndef TOOLS_SFU_SSRC_MAP_H
#define TOOLS_SFU_SSRC_MAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct SsrcEntry {
    uint32_t ssrc;
    void    *value; ///< NULL: free
} SsrcEntry;

/** All zero: empty. */
typedef struct SsrcMap {
    SsrcEntry *entries;
    size_t     nb, size; ///< size is 0 or a power of two
} SsrcMap;

/** @return NULL if it is not there */
void *ssrc_map_get(const SsrcMap *map, uint32_t ssrc);

/**
 * @param value not NULL
 * @return 0, AVERROR(ENOMEM), or AVERROR(EEXIST) if it is there already
 */
int ssrc_map_put(SsrcMap *map, uint32_t ssrc, void *value);

void ssrc_map_remove(SsrcMap *map, uint32_t ssrc);

void ssrc_map_free(SsrcMap *map);

#endif /* TOOLS_SFU_SSRC_MAP_H */
