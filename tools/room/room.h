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
 * The meeting: who is in it, and its course in media time.
 */

#ifndef TOOLS_ROOM_ROOM_H
#define TOOLS_ROOM_ROOM_H

#include "participant.h"
#include "reception.h"
#include "server.h"
#include "track.h"

typedef struct Room {
    const char   *scheme; ///< NULL: the filters' default
    SourceSetup   media;
    EventSink     events;
    Participant **participants;
    int           nb_participants;
    Track       **tracks;
    int           nb_tracks;
    Server       *server;
    int64_t       time;   ///< media time reached, in microseconds
} Room;

/**
 * @param scheme not copied, may be NULL
 * @return 0 or a negative AVERROR
 */
int room_open(Room **room, const char *scheme, const SourceSetup *media,
              EventSink events);

/**
 * Let somebody join.
 *
 * @param name not copied
 * @param key  copied
 * @return the participant, owned by the room; NULL if there is no memory
 */
Participant *room_join(Room *room, const char *name, const Key *key);

/**
 * Let a participant send all audio and video streams of a file.
 *
 * @param share as a screen share instead of as camera and microphone
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int room_publish(Room *room, const Participant *sender, const char *file,
                 bool share);

/**
 * Let everybody receive what everybody else sends. Once, after all joined.
 */
int room_connect(Room *room);

/**
 * The next frame in media time, with everything that follows from it.
 *
 * @return 0, AVERROR_EOF when all tracks have ended, or another negative
 *         AVERROR
 */
int room_step(Room *room);

/** What the receiver has of the track; NULL for the sender itself. */
const Reception *room_reception(const Participant *receiver,
                                const Track *track);

void room_free(Room **room);

#endif /* TOOLS_ROOM_ROOM_H */
