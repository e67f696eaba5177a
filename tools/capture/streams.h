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
 * Datagrams of one file into the packets of its tracks: RTP streams told
 * apart by addresses and SSRC, found by themselves where nothing describes
 * them; hop encryption, RTX and RED taken off.
 */

#ifndef TOOLS_CAPTURE_STREAMS_H
#define TOOLS_CAPTURE_STREAMS_H

#include "payload_map.h"
#include "record.h"
#include "srtp_keys.h"
#include "track.h"

typedef struct Streams Streams;

/** What a file of datagrams is read with. Everything outlives the streams. */
typedef struct StreamsSetup {
    Capture          *capture;
    const PayloadMap *map;
    const SrtpKeys   *keys;     ///< NULL: hops are not encrypted
    int64_t           deadline; ///< of gaps, us
    bool              sframe;
    FrameQueue       *queue;    ///< where frames go
    /** Make a track known. Takes it over, also on failure. */
    int             (*add_track)(void *opaque, Track *track);
    void             *opaque;
} StreamsSetup;

/** @return NULL if there is no memory */
Streams *streams_alloc(const StreamsSetup *setup);

/** @return 0 or a negative AVERROR */
int streams_push(Streams *streams, const Record *record);

/** No more comes. */
int streams_flush(Streams *streams);

/**
 * Whether frames may go out: every track knows its time as well as it will.
 */
bool streams_settled(Streams *streams);

void streams_free(Streams **streams);

#endif /* TOOLS_CAPTURE_STREAMS_H */
