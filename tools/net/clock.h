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
 * Virtual time: tasks in the order of their media time. Nothing else moves
 * time in the simulation, and nothing in it looks at the wall clock.
 */

#ifndef TOOLS_NET_CLOCK_H
#define TOOLS_NET_CLOCK_H

#include <stdint.h>

typedef struct Clock Clock;

/**
 * @param now the time it was asked for, in microseconds of the meeting
 * @return 0, or a negative AVERROR, which clock_step() hands on
 */
typedef int (*ClockTask)(void *opaque, int64_t now);

/** @return NULL if there is no memory */
Clock *clock_alloc(void);

/** Microseconds since the meeting's start. */
int64_t clock_now(const Clock *clock);

/**
 * Run a task at a time; what is past runs now. Tasks of the same time run in
 * the order in which they were asked for.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int clock_at(Clock *clock, int64_t time, ClockTask task, void *opaque);

/**
 * Move to the earliest task and run it.
 *
 * @return what the task returned; AVERROR_EOF if there is none
 */
int clock_step(Clock *clock);

void clock_free(Clock **clock);

#endif /* TOOLS_NET_CLOCK_H */
