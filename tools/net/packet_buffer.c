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


#include <libavutil/mem.h>

#include "packet_buffer.h"

#define HEAD_SIZE ((sizeof(PacketBuffer) + 15) & ~(size_t)15)

struct PacketPool {
    size_t        size;
    PacketBuffer *unused;
    size_t        nb_used;
    bool          closed;  ///< goes with the last one that is in use
};

PacketPool *packet_pool_alloc(size_t size)
{
    PacketPool *pool = av_mallocz(sizeof(*pool));

    if (pool)
        pool->size = size;
    return pool;
}

static void close_unused(PacketPool *pool)
{
    for (PacketBuffer *b = pool->unused, *next; b; b = next) {
        next = b->next;
        av_free(b);
    }
    pool->unused = NULL;
    if (!pool->nb_used)
        av_free(pool);
}

void packet_pool_free(PacketPool **pool)
{
    if (*pool) {
        (*pool)->closed = true;
        close_unused(*pool);
    }
    *pool = NULL;
}

static PacketBuffer *make_buffer(PacketPool *pool, size_t size)
{
    PacketBuffer *b = av_malloc(HEAD_SIZE + size);

    if (b)
        *b = (PacketBuffer){ .data = (uint8_t *)b + HEAD_SIZE, .size = size,
                             .pool = pool };
    return b;
}

PacketBuffer *packet_buffer_get(PacketPool *pool, size_t size)
{
    PacketBuffer *b;

    if (pool && size > pool->size)
        pool = NULL;
    if (pool && (b = pool->unused))
        pool->unused = b->next;
    else if (!(b = make_buffer(pool, pool ? pool->size : size)))
        return NULL;
    b->nb_refs = 1;
    if (pool)
        pool->nb_used++;
    return b;
}

PacketBuffer *packet_buffer_ref(PacketBuffer *buffer)
{
    buffer->nb_refs++;
    return buffer;
}

bool packet_buffer_is_own(const PacketBuffer *buffer)
{
    return buffer->nb_refs == 1;
}

void packet_buffer_unref(PacketBuffer **buffer)
{
    PacketBuffer *b = *buffer;

    *buffer = NULL;
    if (!b || --b->nb_refs)
        return;
    if (!b->pool) {
        av_free(b);
        return;
    }
    b->next         = b->pool->unused;
    b->pool->unused = b;
    b->pool->nb_used--;
    if (b->pool->closed)
        close_unused(b->pool);
}
