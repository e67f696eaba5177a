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
 * The latest packets of one SSRC, for answers to NACKs.
 */

#ifndef TOOLS_SFU_CACHE_H
#define TOOLS_SFU_CACHE_H

#include "net/datagram.h"

#define CACHE_TIME 1000000 ///< how long a packet stays at least, us
#define CACHE_MAX  2048    ///< packets, even if they are younger

typedef struct CachedPacket {
    uint64_t sequence;
    int64_t  time;       ///< when it came
    int64_t  frame_time; ///< when its frame's first packet came
    Datagram datagram;   ///< without a buffer: nothing is here
} CachedPacket;

/** All zero: empty. */
typedef struct Cache {
    CachedPacket *packets;
    size_t        size; ///< 0 or a power of two
} Cache;

/** @return 0 or AVERROR(ENOMEM) */
int cache_put(Cache *cache, uint64_t sequence, int64_t time,
              int64_t frame_time, const Datagram *datagram);

/** @return NULL if it is not there, no longer or not yet */
const CachedPacket *cache_get(const Cache *cache, uint64_t sequence);

void cache_free(Cache *cache);

#endif /* TOOLS_SFU_CACHE_H */
