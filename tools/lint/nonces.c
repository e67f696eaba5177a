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
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>
#include <libavutil/murmur3.h>

#include "nonces.h"

#define ROOM_MIN 1024

static uint64_t hash(struct AVMurMur3 *state, const void *data, size_t size)
{
    uint8_t digest[16];
    uint64_t value;

    av_murmur3_init(state);
    av_murmur3_update(state, data, size);
    av_murmur3_final(state, digest);
    value = AV_RN64(digest);
    return value ? value : 1;
}

/* Where it is, or the empty place where it would be. */
static NonceUse *find(NonceUse *uses, size_t room, uint64_t name)
{
    size_t i = name & (room - 1);

    while (uses[i].name && uses[i].name != name)
        i = (i + 1) & (room - 1);
    return &uses[i];
}

static int grow(Nonces *n)
{
    size_t room = n->room ? 2 * n->room : ROOM_MIN;
    NonceUse *uses = av_calloc(room, sizeof(*uses));

    if (!uses)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < n->room; i++)
        if (n->uses[i].name)
            *find(uses, room, n->uses[i].name) = n->uses[i];
    av_free(n->uses);
    n->uses = uses;
    n->room = room;
    return 0;
}

int nonces_add(Nonces *n, const void *name, size_t name_size,
               const void *frame, size_t frame_size, uint32_t track,
               uint32_t number, NonceUse *first)
{
    struct AVMurMur3 *state = av_murmur3_alloc();
    NonceUse use = { .track = track, .number = number }, *place;
    int ret = 0;

    if (!state)
        return AVERROR(ENOMEM);
    use.name  = hash(state, name, name_size);
    use.frame = hash(state, frame, frame_size);
    av_free(state);
    if (4 * n->nb >= 3 * n->room)
        ret = grow(n);
    if (ret < 0)
        return ret;
    place  = find(n->uses, n->room, use.name);
    *first = *place;
    if (place->name)
        return place->frame == use.frame ? NONCE_REPEATED : NONCE_REUSED;
    *place = use;
    n->nb++;
    return NONCE_NEW;
}

void nonces_free(Nonces *n)
{
    av_freep(&n->uses);
    *n = (Nonces){ 0 };
}
