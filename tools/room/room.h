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
 * A whole meeting on virtual time: senders, their hops to the server, the
 * server, the hops from it, receivers.
 *
 *     source > seal > RTP > SRTP > link > server > SRTP > link
 *            > jitter buffer > frames > open > decode > compare
 *
 * The same scenario and seed give the same bytes, events and lives, whatever
 * the number of threads. No part looks at the wall clock.
 */

#ifndef TOOLS_ROOM_ROOM_H
#define TOOLS_ROOM_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "net/datagram.h"
#include "report/life.h"
#include "report/report.h"
#include "scenario.h"

typedef struct Room Room;

/** How far receivers go. */
typedef enum Verify {
    VERIFY_DECODE, ///< open, decode, compare with the sender's own decoder
    VERIFY_OPEN,   ///< open
    VERIFY_NONE,   ///< count packets only: nothing is opened
    VERIFY_NB
} Verify;

/** What passes a hop, as it arrives at its end, without SRTP. */
typedef struct HopTap {
    void (*datagram)(void *opaque, int participant, Hop hop, int64_t time,
                     const Datagram *datagram);
    void  *opaque;
} HopTap;

/** What a receiver has of a track: frames as they came, opened or not. */
typedef struct FrameTap {
    void (*frame)(void *opaque, int receiver, int track,
                  const AVPacket *packet, bool opened);
    void  *opaque;
} FrameTap;

typedef struct RoomSetup {
    const Scenario *scenario;  ///< must live as long as the room
    EventSink events;
    LifeSink  lives;
    HopTap    tap;             ///< all NULL: none
    FrameTap  frames;          ///< the same
    Verify    verify;
    int       nb_threads;      ///< 0: one
    bool      stages;          ///< measure CPU time
} RoomSetup;

/** What is known of a track before the meeting begins. */
typedef struct RoomTrack {
    const char *sender, *kind, *codec, *name, *description;
    const AVCodecParameters *par;
    AVRational  time_base;
} RoomTrack;

/**
 * Open all media and get everything ready.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int room_open(Room **room, const RoomSetup *setup);

int  room_nb_participants(const Room *room);
const char *room_participant(const Room *room, int participant);

int  room_nb_tracks(const Room *room);
void room_track(const Room *room, int track, RoomTrack *out);

/** An RTP stream on a hop: a track's encoding up, a track down. */
typedef struct RoomStream {
    char     label[160];   ///< "alice video", "bob <- alice video"
    int      participant;
    Hop      hop;
    uint32_t ssrc;
    int      payload_type;
    bool     audio;
    enum AVCodecID codec;  ///< NONE: SFrame's payload format
} RoomStream;

int  room_nb_streams(const Room *room);
void room_stream(const Room *room, int stream, RoomStream *out);

/**
 * The next thing that happens.
 *
 * @return 0; AVERROR_EOF when the meeting is over, and every life told; or
 *         another negative AVERROR
 */
int room_step(Room *room);

int64_t  room_time(const Room *room);
uint64_t room_nb_packets(const Room *room);
uint64_t room_nb_frames(const Room *room);

/**
 * What it came to. Strings and lists belong to the room.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int room_report(Room *room, Report *report);

void room_free(Room **room);

#endif /* TOOLS_ROOM_ROOM_H */
