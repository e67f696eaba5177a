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
 * A participant's track: from the source, sealed, into RTP.
 */

#ifndef TOOLS_ROOM_TRACK_H
#define TOOLS_ROOM_TRACK_H

#include "media/compare.h"
#include "media/decode.h"
#include "media/frame_filter.h"
#include "media/source.h"
#include "net/rtp_pack.h"
#include "report/event.h"

struct Participant;
struct Reception;

typedef struct Track {
    const struct Participant *sender;
    const char        *kind;
    Source            *source;
    Decoder           *decoder;   ///< the sender's own, of unsealed packets
    AVBSFContext      *sealer;
    RtpPacker         *packer;
    uint32_t           ssrc;
    EventSink          events;

    AVPacket          *next;      ///< frame to be sent next
    int64_t            time;      ///< its media time in microseconds
    bool               ended;

    FrameState         state;     ///< of the latest frame
    uint64_t           nb_frames; ///< given to the filter
    uint64_t           nb_sealed; ///< sent
    Reference          reference;

    struct Reception **receptions; ///< at everybody else; owned
    int                nb_receptions;
} Track;

typedef struct TrackSetup {
    const struct Participant *sender;
    const char   *kind;
    const char   *scheme;   ///< NULL: the filter's default
    uint32_t      ssrc;
    DatagramSink  sink;     ///< where the datagrams go
    void         *opaque;
    EventSink     events;
} TrackSetup;

/**
 * Make a track of a source and read its first frame.
 *
 * @param source taken over, also on failure
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int track_open(Track **track, Source *source, const TrackSetup *setup);

/**
 * Send the next frame and read the one after it. At the end of the source the
 * track is marked as ended.
 *
 * @return 0 or a negative AVERROR
 */
int track_send(Track *track);

/** Codec of the track, by its short name. */
const char *track_codec(const Track *track);

void track_free(Track **track);

#endif /* TOOLS_ROOM_TRACK_H */
