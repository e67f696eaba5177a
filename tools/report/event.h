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
 * One event record: what text, JSON, NDJSON, HTML and `why` all show.
 */

#ifndef TOOLS_REPORT_EVENT_H
#define TOOLS_REPORT_EVENT_H

#include <stdint.h>

#include "media/state.h"

/** Names and what each carries are rows of a table in event.c. */
typedef enum EventType {
    EVENT_STATE,        ///< a track's state changed: onE2EEStateChanged
    EVENT_ENABLED,      ///< isE2EEEnabled changed: value 1 or 0
    EVENT_JOIN,
    EVENT_LEAVE,
    EVENT_PUBLISH,
    EVENT_UNPUBLISH,
    EVENT_MUTE,
    EVENT_UNMUTE,
    EVENT_KEY,          ///< a participant got, used or lost a key: key_index
    EVENT_RATCHET,
    EVENT_LAYER,        ///< the server switched: value is the layer
    EVENT_PLI,          ///< a key frame was asked for
    EVENT_KEY_FRAME,    ///< a key frame was sent: frame
    EVENT_LOSS,         ///< a frame did not arrive: frame, reason, hop
    EVENT_FREEZE,       ///< nothing new was shown for value microseconds
    EVENT_SERVER,       ///< the server did something to a frame: reason
    EVENT_GAP,          ///< captures: value packets are missing
    EVENT_NB
} EventType;

typedef enum Hop {
    HOP_NONE,
    HOP_UPLINK,   ///< sender to server
    HOP_SERVER,
    HOP_DOWNLINK, ///< server to receiver
    HOP_NB
} Hop;

typedef struct Event {
    EventType   type;
    int64_t     time;        ///< media time in microseconds
    const char *participant; ///< whose media, or who
    const char *receiver;    ///< who noticed; NULL: the sender
    const char *kind;        ///< audio, video, share, share_audio; NULL: none
    FrameState  state;       ///< for EVENT_STATE
    int         key_index;   ///< -1: not known
    const char *reason;      ///< "" if there is none
    Hop         hop;
    int64_t     frame;       ///< number of the frame, -1: none
    int64_t     value;
} Event;

/** "state", "enabled", ...; the names in the reports. */
const char *event_name(EventType type);

/** What the event's value is: "enabled", "layer", ...; NULL: it has none. */
const char *event_value_name(EventType type);

/** "none", "uplink", "server", "downlink". */
const char *hop_name(Hop hop);

typedef struct EventSink {
    void (*event)(void *opaque, const Event *event);
    void  *opaque;
} EventSink;

#endif /* TOOLS_REPORT_EVENT_H */
