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
 * One event record: what text, JSON and all later reports show.
 */

#ifndef TOOLS_REPORT_EVENT_H
#define TOOLS_REPORT_EVENT_H

#include <stdint.h>

#include "media/state.h"

/** A track's state changed, at its sender or at one receiver. */
typedef struct Event {
    int64_t     time;        ///< media time in microseconds
    const char *participant; ///< whose media
    const char *receiver;    ///< who noticed; NULL: the sender
    const char *kind;        ///< audio, video, share or share_audio
    FrameState  state;
    int         key_index;   ///< -1: not known
    const char *reason;      ///< "" if there is none
} Event;

typedef struct EventSink {
    void (*event)(void *opaque, const Event *event);
    void  *opaque;
} EventSink;

#endif /* TOOLS_REPORT_EVENT_H */
