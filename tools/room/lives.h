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
 * The lives of frames while they last: what befalls each packet, until each
 * receiver's jitter buffer has passed the frame.
 */

#ifndef TOOLS_ROOM_LIVES_H
#define TOOLS_ROOM_LIVES_H

#include "net/datagram.h"
#include "report/life.h"

/** Why a frame of an encoding that a receiver does not get is withheld. */
#define LIFE_OTHER_LAYER "another layer"

/** Where a packet was seen last. Later ones win, but what is lost may be sent
 *  again. */
typedef enum PacketPlace {
    AT_SENDER,
    AT_UPLINK,
    AT_LOST_UPLINK,
    AT_SERVER,
    AT_DOWNLINK,
    AT_LOST_DOWNLINK,
    AT_LATE,     ///< arrived too late
    AT_ARRIVED,
} PacketPlace;

/** Packets of most frames: as many places need no allocation. */
#define LIFE_PLACES 32

/** A frame as it left its sender: shared by the lives at all receivers. */
typedef struct SentFrame {
    int64_t   pts;         ///< in the source's time base
    uint8_t  *places;      ///< PacketPlace of each packet, up to AT_SERVER
    unsigned  nb_lost;     ///< packets, on the uplink, again and again
    bool      corrupted;   ///< a packet was, on the uplink, and went on
    const char *lost;      ///< why the latest of them was; NULL: none
    int       nb_lives;
    uint8_t   few_places[LIFE_PLACES];
    /* The sender's part and what befell it before it went to receivers. */
    FrameLife life;
} SentFrame;

/** Numbered items in a row, the oldest to be taken out first. */
typedef struct Row {
    /* A ring of nb_room, a power of two; those that are out stay in it for
     * the next. */
    void   **items;
    unsigned nb_room, nb;
    uint64_t first;        ///< number of the oldest one
} Row;

/** SentFrame: those of one encoding that are somebody's concern. */
typedef Row SentFrames;

/** One receiver's part of a frame's life. */
typedef struct Life {
    SentFrame  *sent;
    uint8_t    *places;    ///< from AT_SERVER on; NULL: never forwarded
    const char *withheld;  ///< why; NULL: it was not
    const char *lost;      ///< why its latest packet was; NULL: none
    bool        layered;   ///< the track has other encodings, too
    bool        tampered;  ///< the server did, to a packet of it
    bool        corrupted; ///< a packet was, on the downlink, and arrived
    bool        able;      ///< the receiver had the key when it was sealed
    bool        decided;   ///< came out of the jitter buffer: fate is there
    uint8_t     few_places[LIFE_PLACES];
    FrameLife   life;      ///< from "on the way" on
} Life;

/** Life: those of one encoding at one receiver. */
typedef Row Lives;

/** @return the new frame, empty but for its number, or NULL */
SentFrame *sent_frames_add(SentFrames *frames, uint64_t number);

/** @return NULL if nobody is concerned any more */
/** Room for the places of as many packets as its life says.
 *  @return 0 or AVERROR(ENOMEM) */
int sent_frame_places(SentFrame *frame);

SentFrame *sent_frames_find(const SentFrames *frames, uint64_t number);

void sent_frames_clear(SentFrames *frames);

/** A packet was sent, lost or came to the server. what NULL: no mishap. */
void sent_frame_note(SentFrame *frame, const PacketTag *tag, int64_t now,
                     PacketPlace place, const char *what);

/** @return NULL if there is no memory */
Life *lives_add(Lives *lives, SentFrame *frame);

Life *lives_find(const Lives *lives, uint64_t number);

/** The oldest one; NULL if there is none. */
Life *lives_oldest(const Lives *lives);

/**
 * Take the oldest one out and complete it: the sender's part, the fate if it
 * is not decided yet.
 *
 * @return it, until the next one comes in
 */
Life *lives_end(Lives *lives);

/** Forget it without having told it. */
void lives_clear(Lives *lives);

/** What happens to a packet from the server on. what NULL: no mishap. */
void life_note(Life *life, const PacketTag *tag, int64_t now, PacketPlace place,
               const char *what);

/** Whether nothing more can happen to it. */
bool life_over(const Life *life);

#endif /* TOOLS_ROOM_LIVES_H */
