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

#include <time.h>

#include <libavutil/macros.h>

#include "stages.h"

static const char *const names[STAGE_NB] = {
    [STAGE_SOURCE] = "source",
    [STAGE_SEAL]   = "seal",
    [STAGE_PACK]   = "pack",
    [STAGE_HOPS]   = "hops",
    [STAGE_SERVER] = "server",
    [STAGE_UNPACK] = "unpack",
    [STAGE_OPEN]   = "open",
    [STAGE_DECODE] = "decode",
};

const char *stage_name(Stage stage)
{
    return names[stage];
}

int64_t stage_thread_time(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) < 0)
        return 0;
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Up to now it was the innermost one's time. */
static void account(Stages *s)
{
    int64_t now = stage_thread_time();

    if (s->depth && s->depth <= FF_ARRAY_ELEMS(s->stack))
        s->nanoseconds[s->stack[s->depth - 1]] += now - s->since;
    s->since = now;
}

void stage_begin(Stages *s, Stage stage)
{
    if (!s->wanted)
        return;
    account(s);
    if (s->depth < FF_ARRAY_ELEMS(s->stack))
        s->stack[s->depth] = stage;
    s->depth++;
}

void stage_end(Stages *s)
{
    if (!s->wanted)
        return;
    account(s);
    s->depth--;
}
