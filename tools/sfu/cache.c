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

#include "cache.h"

#define FIRST_SIZE 32

static CachedPacket *slot_of(const Cache *cache, uint64_t sequence)
{
    return &cache->packets[sequence & (cache->size - 1)];
}

static int grow(Cache *cache)
{
    Cache grown = { .size = cache->size ? cache->size * 2 : FIRST_SIZE };

    grown.packets = av_calloc(grown.size, sizeof(*grown.packets));
    if (!grown.packets)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < cache->size; i++)
        if (cache->packets[i].datagram.buffer)
            *slot_of(&grown, cache->packets[i].sequence) = cache->packets[i];
    av_free(cache->packets);
    *cache = grown;
    return 0;
}

int cache_put(Cache *cache, uint64_t sequence, int64_t time,
              int64_t frame_time, const Datagram *datagram)
{
    CachedPacket *slot;

    while (cache->size < CACHE_MAX) {
        if (cache->size) {
            slot = slot_of(cache, sequence);
            if (!slot->datagram.buffer || time - slot->time > CACHE_TIME)
                break;
        }
        if (grow(cache) < 0)
            return AVERROR(ENOMEM);
    }
    slot = slot_of(cache, sequence);
    if (slot->datagram.buffer && slot->sequence > sequence)
        return 0; /* it is the older one that has no room */
    datagram_unref(&slot->datagram);
    slot->sequence   = sequence;
    slot->time       = time;
    slot->frame_time = frame_time;
    datagram_ref(&slot->datagram, datagram);
    return 0;
}

const CachedPacket *cache_get(const Cache *cache, uint64_t sequence)
{
    const CachedPacket *slot = cache->size ? slot_of(cache, sequence) : NULL;

    return slot && slot->datagram.buffer && slot->sequence == sequence ? slot
                                                                       : NULL;
}

void cache_free(Cache *cache)
{
    for (size_t i = 0; i < cache->size; i++)
        datagram_unref(&cache->packets[i].datagram);
    av_freep(&cache->packets);
    cache->size = 0;
}
