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
 * Bytes that many datagrams share. What counts the references is not atomic:
 * a pool and its buffers belong to one thread.
 */

#ifndef TOOLS_NET_PACKET_BUFFER_H
#define TOOLS_NET_PACKET_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Buffers of one size, kept for the next ones that need them. */
typedef struct PacketPool PacketPool;

typedef struct PacketBuffer {
    uint8_t             *data;    ///< aligned to 16 bytes
    size_t               size;
    unsigned             nb_refs;
    PacketPool          *pool;    ///< NULL: it has none
    struct PacketBuffer *next;    ///< of those that nobody uses
} PacketBuffer;

/** @return NULL if there is no memory */
PacketPool *packet_pool_alloc(size_t size);

/** Buffers that are in use stay until they are not. */
void packet_pool_free(PacketPool **pool);

/**
 * A buffer of the pool if those are large enough, else one of its own.
 *
 * @param pool NULL: none
 * @return NULL if there is no memory
 */
PacketBuffer *packet_buffer_get(PacketPool *pool, size_t size);

PacketBuffer *packet_buffer_ref(PacketBuffer *buffer);

/** Whether nobody else has it. */
bool packet_buffer_is_own(const PacketBuffer *buffer);

/** *buffer may be NULL, and is afterwards. */
void packet_buffer_unref(PacketBuffer **buffer);

#endif /* TOOLS_NET_PACKET_BUFFER_H */
