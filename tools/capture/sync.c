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


#include <libavutil/common.h>
#include <libavutil/mathematics.h>

#include "sync.h"

#define MICROSECONDS (AVRational){ 1, 1000000 }
#define MAX_JUMP     INT64_C(10000000) ///< us; more is another clock
#define WINDOW       INT64_C(30000000) ///< us, for the drift of clocks
#define DRIFT        INT64_C(60000)    ///< us that arrivals may be off
#define REPORT_DRIFT INT64_C(20000)    ///< us that reports may be off

void sync_open(Sync *s, AVRational time_base)
{
    *s = (Sync){ .time_base = time_base };
}

int64_t sync_time(const Sync *s, int64_t timestamp)
{
    return s->anchor_time + av_rescale_q(timestamp - s->anchor, s->time_base,
                                         MICROSECONDS);
}

static int64_t ticks(const Sync *s, int64_t microseconds)
{
    return av_rescale_q(microseconds, MICROSECONDS, s->time_base);
}

static void start_window(Sync *s, int64_t arrival)
{
    s->window_end = arrival + WINDOW;
    s->least      = INT64_MAX;
}

int64_t sync_frame(Sync *s, uint32_t timestamp, int64_t arrival)
{
    int64_t next = s->unwrapped + (int32_t)(timestamp - s->last);
    int64_t behind;

    if (!s->started) {
        next = s->anchor = timestamp;
        s->anchor_time = arrival;
        s->started     = true;
        start_window(s, arrival);
    }
    behind = arrival - sync_time(s, next);
    if (s->fresh || FFABS(behind) > MAX_JUMP) {
        s->fresh = false;
        next = FFMAX(next + ticks(s, behind), s->unwrapped + 1);
        start_window(s, arrival);
    } else {
        s->least = FFMIN(s->least, behind);
    }
    if (arrival > s->window_end) {
        /* Arrivals only ever come late; the least late one tells. */
        if (!s->reported && FFABS(s->least) > DRIFT)
            next = FFMAX(next + ticks(s, s->least), s->unwrapped + 1);
        start_window(s, arrival);
    }
    s->last      = timestamp;
    s->unwrapped = next;
    return next;
}

void sync_report(Sync *s, uint32_t timestamp, int64_t ntp, int64_t offset)
{
    int64_t off;

    if (!s->started)
        return;
    s->report     = s->unwrapped + (int32_t)(timestamp - s->last);
    s->report_ntp = ntp;
    off = ntp + offset - sync_time(s, s->report);
    /* A report of another clock than the packets' is no use. */
    if (FFABS(off) > MAX_JUMP)
        return;
    s->reported = true;
    if (!s->locked)
        return;
    if (FFABS(off) > REPORT_DRIFT)
        s->unwrapped += ticks(s, off);
}

void sync_lock(Sync *s, int64_t offset)
{
    if (s->reported && !s->locked) {
        s->anchor      = s->report;
        s->anchor_time = s->report_ntp + offset;
    }
    s->locked = true;
}
