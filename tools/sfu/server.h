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
 * A selective forwarding unit. It sees RTP and nothing else: no key, no
 * frame, and of the senders only what signalling tells any SFU.
 */

#ifndef TOOLS_SFU_SERVER_H
#define TOOLS_SFU_SERVER_H

#include "media/key_frame.h"
#include "net/clock.h"
#include "net/datagram.h"
#include "report/event.h"
#include "room/scenario.h"

typedef struct Server Server;

/** A track as signalling announces it. */
typedef struct Publication {
    int         participant; ///< number of who sends it
    int         track;       ///< its number in the room
    TrackKind   kind;
    enum AVCodecID codec;    ///< AV_CODEC_ID_NONE: SFrame, forwarded unseen
    int         payload_type;
    int         clock_rate;
    const uint32_t *ssrcs;   ///< one an encoding, small to large; copied
    int         nb_ssrcs;
} Publication;

typedef struct ServerSetup {
    Clock          *clock;    ///< not stepped any more once it is freed
    const Scenario *scenario; ///< its rules, actions and names: participants
                              ///< are numbered as there
    EventSink       events;
    /** Send to a participant; takes the datagram over. */
    int           (*send)(void *opaque, int participant, Datagram *datagram);
    /** A frame of the layer that a receiver gets or shall get is not
     *  forwarded, told at its first packet, and why: "paused", "muted" (while
     *  frames are injected), "dropped", "no key frame yet". */
    void          (*withheld)(void *opaque, int participant,
                              const PacketTag *tag, const char *why);
    void           *opaque;
} ServerSetup;

/**
 * By default a receiver gets the last layer. Key frames and what a frame
 * begins with are told by the scenario's SFU's rules from clear bytes; where
 * that SFU does not look, any start of a frame will do.
 *
 * Actions take whole frames by the time when they come to the server. While
 * frames are injected the track's own ones are withheld, as at a mute;
 * after that and after a pause video goes on at a key frame. Tampering and
 * stripping change a frame's last packet. A replayed frame follows itself.
 *
 * @return 0 or a negative AVERROR
 */
int server_open(Server **server, const ServerSetup *setup);

int server_publish(Server *server, const Publication *publication);

void server_unpublish(Server *server, int track);

/**
 * Forward a track to one more participant, as an RTP stream of its own, and
 * ask its sender for a key frame.
 *
 * @param ssrc     that the receiver sees
 * @param sequence number of the first packet that it sees
 */
int server_subscribe(Server *server, int participant, int track,
                     uint32_t ssrc, uint16_t sequence);

void server_unsubscribe(Server *server, int participant, int track);

/** RTP or RTCP from a participant; takes the datagram over. */
int server_receive(Server *server, int participant, Datagram *datagram);

/** What the rules of the SFUs say of the frames seen so far, all layers of a
 *  track together. Those that do not look at its codec take no part. */
typedef struct SfuVerdicts {
    uint64_t nb_frames;            ///< whose first packet was seen
    uint64_t nb_key[SFU_NB];       ///< taken for key frames
    uint64_t nb_disagree;          ///< not by all or none of them
} SfuVerdicts;

/** @return false if there is no such track */
bool server_verdicts(const Server *server, int track, SfuVerdicts *verdicts);

void server_free(Server **server);

#endif /* TOOLS_SFU_SERVER_H */
