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

/* A binary heap: the parent of entry i is (i - 1) / 2. */
struct Clock {
    int64_t  now;
    uint64_t nb_asked;
    Entry   *entries;
    size_t   nb_entries, room;
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

int clock_at(Clock *clock, int64_t time, ClockTask task, void *opaque)
{
    const Entry entry = {
        .time = time > clock->now ? time : clock->now,
        .order = clock->nb_asked, .task = task, .opaque = opaque,
    };
    size_t i = clock->nb_entries;

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

int clock_step(Clock *clock)
{
    Entry entry;

    if (!clock->nb_entries)
        return AVERROR_EOF;
    entry = take_first(clock);
    clock->now = entry.time;
    return entry.task(entry.opaque, entry.time);
}

void clock_free(Clock **clock)
{
    if (*clock)
        av_free((*clock)->entries);
    av_freep(clock);
}
