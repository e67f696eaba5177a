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

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "clock.h"

typedef struct Entry {
    int64_t   time;
    uint64_t  order; ///< how many were asked for before it
    ClockTask task;
    void     *opaque;
} Entry;

/* A binary heap: the parent of entry i is (i - 1) / 2. What is to run now,
 * which is most of it where no link delays, waits in a ring instead: all that
 * the heap has of now was asked for before it. */
struct Clock {
    int64_t  now;
    uint64_t nb_asked;
    Entry   *entries;
    size_t   nb_entries, room;
    Entry   *ring;
    size_t   first_ring, nb_ring, room_ring; ///< a power of two
};

Clock *clock_alloc(void)
{
    return av_mallocz(sizeof(Clock));
}

int64_t clock_now(const Clock *clock)
{
    return clock->now;
}

static bool before(const Entry *a, const Entry *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static int grow_ring(Clock *clock)
{
    size_t room = clock->room_ring ? 2 * clock->room_ring : 64;
    Entry *grown = av_malloc_array(room, sizeof(*grown));

    if (!grown)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < clock->nb_ring; i++)
        grown[i] = clock->ring[(clock->first_ring + i) &
                               (clock->room_ring - 1)];
    av_free(clock->ring);
    clock->ring       = grown;
    clock->room_ring  = room;
    clock->first_ring = 0;
    return 0;
}

static int run_now(Clock *clock, ClockTask task, void *opaque)
{
    if (clock->nb_ring == clock->room_ring && grow_ring(clock) < 0)
        return AVERROR(ENOMEM);
    clock->ring[(clock->first_ring + clock->nb_ring++) &
                (clock->room_ring - 1)] = (Entry){
        .time = clock->now, .task = task, .opaque = opaque,
    };
    return 0;
}

int clock_at(Clock *clock, int64_t time, ClockTask task, void *opaque)
{
    const Entry entry = {
        .time = time, .order = clock->nb_asked, .task = task,
        .opaque = opaque,
    };
    size_t i = clock->nb_entries;

    if (time <= clock->now)
        return run_now(clock, task, opaque);
    if (clock->nb_entries == clock->room) {
        size_t room  = clock->room ? 2 * clock->room : 64;
        Entry *grown = av_realloc_array(clock->entries, room, sizeof(*grown));

        if (!grown)
            return AVERROR(ENOMEM);
        clock->entries = grown;
        clock->room    = room;
    }
    clock->nb_asked++;
    clock->nb_entries++;
    while (i && before(&entry, &clock->entries[(i - 1) / 2])) {
        clock->entries[i] = clock->entries[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    clock->entries[i] = entry;
    return 0;
}

/* The last entry takes the first one's place and sinks to its own. */
static Entry take_first(Clock *clock)
{
    const Entry first = clock->entries[0];
    const Entry last  = clock->entries[--clock->nb_entries];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < clock->nb_entries) {
        if (child + 1 < clock->nb_entries &&
            before(&clock->entries[child + 1], &clock->entries[child]))
            child++;
        if (!before(&clock->entries[child], &last))
            break;
        clock->entries[i] = clock->entries[child];
        i = child;
    }
    clock->entries[i] = last;
    return first;
}

static Entry take_ring(Clock *clock)
{
    const size_t first = clock->first_ring;

    clock->first_ring = (first + 1) & (clock->room_ring - 1);
    clock->nb_ring--;
    return clock->ring[first];
}

int clock_step(Clock *clock)
{
    Entry entry;

    if (clock->nb_ring && (!clock->nb_entries ||
                           clock->entries[0].time > clock->now))
        entry = take_ring(clock);
    else if (clock->nb_entries)
        entry = take_first(clock);
    else
        return AVERROR_EOF;
    clock->now = entry.time;
    return entry.task(entry.opaque, entry.time);
}

void clock_free(Clock **clock)
{
    if (*clock) {
        av_free((*clock)->entries);
        av_free((*clock)->ring);
    }
    av_freep(clock);
}
