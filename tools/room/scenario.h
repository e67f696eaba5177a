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
 * What a meeting is to be: who comes when with which media and keys, what
 * the network and the server do, what is expected. Made from a JSON file or
 * from the command line; nothing in it changes while the meeting runs.
 *
 * Times are microseconds of the meeting. Strings and lists are owned by the
 * scenario, so are the strings' absences: NULL is "not said".
 */

#ifndef TOOLS_ROOM_SCENARIO_H
#define TOOLS_ROOM_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "media/key.h"
#include "media/key_frame.h"
#include "media/state.h"
#include "net/link.h"
#include "net/srtp_hop.h"

/** Where in the scenario file it is said; line 0: on the command line. */
typedef struct Place {
    int line, column;
} Place;

/** Of the file format: it rises when a file means something else than before
 *  or is not taken any more, not for new members. */
#define SCENARIO_VERSION 1

/** A span of time. to 0: until the end. */
typedef struct Span {
    int64_t from, to;
} Span;

typedef enum TrackKind {
    KIND_AUDIO,
    KIND_VIDEO,
    KIND_SHARE,
    KIND_SHARE_AUDIO,
    KIND_NB
} TrackKind;

/** "audio", "video", "share", "share_audio". */
const char *track_kind_name(TrackKind kind);

/** Where a track's media comes from: a file or a generator. */
typedef struct MediaSource {
    char    *file;
    char    *stream;   ///< specifier as ffmpeg's -map has it, "v:0"; NULL: the
                       ///< first of the track's type
    char    *generate; ///< libavfilter source: "testsrc2", "sine", ... with
                       ///< its options; NULL: a file
    int64_t  start;    ///< cut off before this, microseconds of the file
    int64_t  length;   ///< 0: all
    bool     loop;     ///< until the track ends
} MediaSource;

/** One encoding; what is 0 or NULL follows the source. */
typedef struct Encoding {
    char    *codec;        ///< "vp8", "vp9", "h264", "hevc", "av1", "opus",
                           ///< "copy"; NULL: copy if that can be, else the
                           ///< room's
    int64_t  bitrate;      ///< bits a second
    int      width, height;
    double   rate;         ///< frames a second
    int64_t  key_interval; ///< microseconds between key frames
} Encoding;

typedef struct TrackPlan {
    TrackKind   kind;
    MediaSource source;
    Encoding   *encodings;    ///< one, or several for simulcast, small to large
    int         nb_encodings;
    Span        published;
    Span       *muted;        ///< nothing is sent
    int         nb_muted;
    Place       place;
} TrackPlan;

typedef enum KeyEventType {
    KEY_EVENT_SET,     ///< gets a key at an index and seals with it
    KEY_EVENT_ADD,     ///< gets a key at an index, seals on with the old one
    KEY_EVENT_USE,     ///< seals with the index from now on
    KEY_EVENT_RATCHET, ///< the sender steps its key on
    KEY_EVENT_REMOVE,  ///< loses all its keys
    KEY_EVENT_DISABLE, ///< E2EE off
    KEY_EVENT_ENABLE,  ///< E2EE on
    KEY_EVENT_NB
} KeyEventType;

/** "set", "add", "use", "ratchet", "remove", "disable", "enable". */
const char *key_event_name(KeyEventType type);

/**
 * Somebody's keys change. With a sender it is that sender's key only: a
 * receiver opens this sender's tracks with it, the sender itself seals with
 * it; without one it is everybody's.
 */
typedef struct KeyEvent {
    int64_t      time;
    KeyEventType type;
    int          index;   ///< of the key ring
    Key          key;     ///< for SET and ADD
    char        *sender;  ///< NULL: everybody's
    Place        place;
} KeyEvent;

typedef struct ParticipantPlan {
    char      *name;
    Span       present;      ///< joins and leaves
    Key        key;          ///< held from the start; KEY_NONE: none
    KeyEvent  *key_events;   ///< in the order of their times
    int        nb_key_events;
    bool       e2ee;         ///< false: neither seals nor opens
    bool       discard_not_ready; ///< discardFrameWhenCryptorNotReady
    char      *options;      ///< more options of its filters, "a=b:c=d"
    Netem     *uplink, *downlink; ///< spans; the room's if there are none
    int        nb_uplink, nb_downlink;
    TrackPlan *tracks;
    int        nb_tracks;
    bool       receives;     ///< false: sends only
    Place      place;
} ParticipantPlan;

typedef enum ServerActionType {
    SERVER_LAYER,    ///< switch to this simulcast encoding at a key frame
    SERVER_DROP,     ///< drop this share of the frames
    SERVER_PAUSE,    ///< forward nothing
    SERVER_INJECT,   ///< send clear frames of its own, as at mute
    SERVER_TAMPER,   ///< flip a bit of this share of the frames
    SERVER_REPLAY,   ///< send this share of the frames a second time, as new
    SERVER_STRIP,    ///< cut the trailer off this share of the frames
    SERVER_HOLD,     ///< hold back for a time
    SERVER_ACTION_NB
} ServerActionType;

/** "layer", "drop", "pause", "inject", "tamper", "replay", "strip", "hold". */
const char *server_action_name(ServerActionType type);

/** Something that the server does. NULL names are everybody. */
typedef struct ServerAction {
    ServerActionType type;
    Span     span;
    char    *sender, *receiver;
    int      kind;      ///< TrackKind, -1: any
    double   share;     ///< of the frames, 0 to 1
    int      layer;     ///< for LAYER
    int64_t  delay;     ///< for HOLD
    int      nb_bytes;  ///< for STRIP, 0: what the scheme's trailer has
    Place    place;
} ServerAction;

/** One expectation about receivers of tracks. What is unset is not asked. */
typedef struct Expectation {
    char    *receiver, *sender; ///< NULL: everybody
    int      kind;              ///< TrackKind, -1: any
    Span     span;
    bool     never_opens;
    FrameState state;    ///< the last one of the span; STATE_NONE: not asked
    FrameState never;    ///< a state that must not be seen; STATE_NONE
    FrameState seen;     ///< a state that must be seen; STATE_NONE
    double   opened;     ///< least share of the frames sent in the span, or -1
    double   decoded;    ///< the same, or -1
    double   identical;  ///< least share of the decoded ones, or -1
    double   psnr, ssim; ///< least mean, or -1
    int64_t  freeze;     ///< longest time without a new frame, or -1
    Place    place;
} Expectation;

typedef struct Scenario {
    char    *file;       ///< NULL: from the command line
    char    *name;       ///< NULL: none
    uint64_t seed;
    bool     seed_given; ///< then scenario_read() leaves it
    int64_t  duration;   ///< 0: until all media has ended
    char    *scheme;     ///< NULL: the filters' default
    char    *options;    ///< more options of all filters, "a=b:c=d"
    bool     packets;    ///< SFrame: each packet sealed, not each frame
    Key      key;        ///< the room's; see scenario_room_key()
    char   **key_names;  ///< files and variables, as the keys refer to them
    int      nb_key_names;
    SrtpProfile srtp;
    size_t   mtu;        ///< largest datagram before SRTP, 0: 1200
    char    *video_codec;///< what video is encoded to; NULL: vp8
    int64_t  jitter;     ///< how long receivers wait for a packet, us
    bool     nack;
    Netem   *network;    ///< spans for each hop that has none of its own
    int      nb_network;
    int      sfu;        ///< SfuRules by which it decides, SFU_NB: livekit's,
                         ///< and all are compared
    ServerAction *actions;
    int      nb_actions;
    ParticipantPlan *participants;
    int      nb_participants;
    Expectation *expectations; ///< none: who has the sender's key must see all
                               ///< of it, the others nothing
    int      nb_expectations;
} Scenario;

/** Everything at its default. */
void scenario_init(Scenario *scenario);

/** Add somebody with the room's key and everything else at its default.
 *  @return the number of the participant, or AVERROR(ENOMEM) */
int scenario_add_participant(Scenario *scenario, const char *name);

/** @return the number of who has that name, -1 if nobody has */
int scenario_find(const Scenario *scenario, const char *name);

/**
 * Make the room's key from the seed if there is none so far.
 *
 * @return 0 or a negative AVERROR
 */
int scenario_room_key(Scenario *scenario);

/**
 * Read a scenario file. What is wrong is told in one line with file, line
 * and column; relative file names count from the scenario's directory. A
 * seed that was given and a room's key that is held win over the file's.
 *
 * @param scenario from scenario_init()
 * @return 0 or a negative AVERROR
 */
int scenario_read(Scenario *scenario, const char *file);

/** The same for the text of such a file. @param file its name, for errors */
int scenario_read_text(Scenario *scenario, const char *file, const char *text,
                       size_t size);

/**
 * What no single value shows: names twice, a layer that is not there, times
 * in the wrong order, an expectation about nobody.
 *
 * @return 0 or a negative AVERROR (after an error line)
 */
int scenario_check(const Scenario *scenario);

/** Free it and wipe its keys. */
void scenario_free(Scenario *scenario);

#endif /* TOOLS_ROOM_SCENARIO_H */
