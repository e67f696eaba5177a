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
 * What is told of each frame that is opened: changes of state, gaps, and the
 * frame's life.
 */

#ifndef TOOLS_OPEN_OPEN_EVENTS_H
#define TOOLS_OPEN_OPEN_EVENTS_H

#include "open_track.h"
#include "report/life.h"

typedef struct OpenTeller {
    EventSink events;
    LifeSink  lives;
} OpenTeller;

/** Before the frame is opened: what is missing in front of it. */
void open_tell_gap(const OpenTeller *teller, OpenTrack *track,
                   const InputFrame *frame);

/**
 * After it.
 *
 * @param report NULL: it was not whole
 * @param size   as it was sealed
 */
void open_tell_frame(const OpenTeller *teller, OpenTrack *track,
                     const InputFrame *frame, const FrameReport *report,
                     const AVPacket *packet, int size);

#endif /* TOOLS_OPEN_OPEN_EVENTS_H */
