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
 * What the parts of the server share: a sender's RTP stream (uplink), a track
 * of such streams, and a receiver's stream made of them (subscription).
 */

#ifndef TOOLS_SFU_INTERNAL_H
#define TOOLS_SFU_INTERNAL_H

#include "actions.h"
#include "cache.h"
#include "net/rtcp.h"
#include "rewrite.h"
#include "server.h"
#include "ssrc_map.h"

#define SERVER_SSRC   1   ///< of its own RTCP
#define UPLINK_FRAMES 8   ///< frames remembered for packets that come late
#define CNAME_MAX     255
#define TRAILER_MAX   64

typedef struct Published Published;

typedef struct UplinkFrame {
    bool     used;
    bool     start_seen; ///< no packet is missing before its first one
    bool     end_seen;   ///< and its last one came
    uint32_t timestamp;
    int64_t  time;       ///< when its first packet came
    uint64_t first, last;
    unsigned nb_packets;
    unsigned keys;       ///< 1 << SfuRules: takes it for a key frame
} UplinkFrame;

/** A packet that the sender is asked for. */
typedef struct Missing {
    uint64_t sequence;
    int64_t  due;        ///< when it is asked for (again)
    unsigned nb_asked;
} Missing;

typedef struct Uplink {
    Published  *track;
    int         layer;
    uint32_t    ssrc;
    bool        started;
    uint64_t    highest;   ///< sequence number, wraps counted
    int64_t     time;      ///< when the latest packet came
    UplinkFrame frames[UPLINK_FRAMES];
    unsigned    nb_frames; ///< ever
    Cache       cache;
    Missing    *missing;
    size_t      nb_missing;
    bool        key_pending; ///< was asked for too soon after another
    bool        key_asked;   ///< at key_time
    bool        key_came;    ///< since then
    int64_t     key_time;
    bool        has_report;
    RtcpSenderReport report;
} Uplink;

struct Published {
    Server     *server;
    int         participant;
    int         track;
    TrackKind   kind;
    bool        audio;
    enum AVCodecID codec;
    int         payload_type;
    int         clock_rate;
    bool        looked_at;  ///< key frames are told apart
    Uplink     *uplinks;
    int         nb_uplinks;
    struct Subscription **subscriptions;
    int         nb_subscriptions;
    SfuVerdicts verdicts;   ///< but the frames that uplinks still remember
    unsigned    disagreed;  ///< sets of SFUs that were reported, as bits
    char        cname[CNAME_MAX + 1];
};

typedef struct Subscription {
    Published  *track;
    int         participant;
    Rewriter    rewriter;
    int         layer;      ///< that it gets, LAYER_NONE: waits for one
    int         last_layer; ///< that it got before, LAYER_NONE: never one
    int         target;     ///< layer that it shall get
    int64_t     waiting;    ///< since when it waits
    Actions     actions;
    bool        withholds;  ///< the frame with this timestamp was reported
    uint32_t    withheld;
    uint32_t    nb_packets, nb_bytes;
} Subscription;

struct Server {
    ServerSetup  setup;
    SfuRules     rules;
    SsrcMap      uplinks;       ///< by the senders' SSRCs
    SsrcMap      subscriptions; ///< by the receivers' SSRCs
    Published  **tracks;
    int          nb_tracks;
    PacketPool *pool;         ///< for payloads that are rewritten
    bool         asking;        ///< a timer for NACKs runs
    struct Held *held;          ///< datagrams held back
    struct Injection *injections;
    uint8_t      trailer[TRAILER_MAX]; ///< of what it injects
    size_t       trailer_size;
};

/** A packet of a sender, looked at once for all receivers. */
typedef struct Arrival {
    Uplink          *uplink;
    UplinkFrame     *frame;
    const Datagram  *datagram;
    int64_t          now;
    bool             newest;  ///< of its uplink
    bool             last;    ///< of its frame
    bool             starts;  ///< a receiver may begin with it
    bool             completes; ///< its frame, the uplink's latest
    Vp8Descriptor    vp8;
    RewriteInput     input;
} Arrival;

/* uplink.c */

/**
 * Look at a packet and remember it.
 *
 * @return 0, AVERROR(EEXIST) for a duplicate, or AVERROR(ENOMEM)
 */
int uplink_take(Uplink *uplink, const Datagram *datagram, Arrival *arrival);

/** The packet of the cache as if it came now. @return false if too old */
bool uplink_recall(Uplink *uplink, const CachedPacket *packet,
                   Arrival *arrival);

/** Whether the packet is its frame's last one: audio has no others. */
bool uplink_ends_frame(const Published *track, const uint8_t *header);

/** Count a frame's verdicts; whose first packet was not seen does not count. */
void uplink_count(const Uplink *uplink, const UplinkFrame *frame,
                  SfuVerdicts *verdicts);

void uplink_free(Uplink *uplink);

/* layers.c */

/**
 * The segment by which a packet goes to a receiver; switches layers if it is
 * time to, asks for key frames if they are missing.
 *
 * @param[out] segment NULL: it does not go there
 * @return 0 or AVERROR(ENOMEM)
 */
int layers_choose(Subscription *subscription, const Arrival *arrival,
                  const RewriteSegment **segment);

/** Nothing goes out until a layer can begin. */
void layers_stop(Subscription *subscription);

/* feedback.c */

/** RTCP from a participant. */
int feedback_take(Server *server, int participant, const Datagram *datagram);

/**
 * Ask the sender for a key frame, unless it was asked a moment ago and has
 * not answered yet.
 *
 * @param receiver who wants it, NULL: nobody in particular
 */
int feedback_ask_key(Uplink *uplink, const Subscription *receiver);

/** The same for a receiver's PLI: what comes too soon is asked for later if
 *  no key frame comes before. */
int feedback_pli(Uplink *uplink, const Subscription *receiver);

/** A packet came: what was asked for too soon may be due. */
int feedback_packet(Uplink *uplink, bool key);

/** Remember to ask the sender for packets. @param end behind the last one */
int feedback_missing(Uplink *uplink, uint64_t sequence, uint64_t end);

/** One of them came. */
void feedback_found(Uplink *uplink, uint64_t sequence);

/* forward.c */

/** Forward a packet to a receiver, or not. */
int forward_packet(Subscription *subscription, const Arrival *arrival);

/** Send a packet of the cache by a segment. @param flags TAG_* to set */
int forward_cached(Subscription *subscription, const RewriteSegment *segment,
                   const CachedPacket *packet, int flags);

/** Why nothing of the sender's goes out at a time, NULL if it does. */
const char *forward_silence(const Subscription *subscription, int64_t time,
                            ActionState **state);

/** Hand a datagram to the network, later if it is held back. */
int forward_send(Subscription *subscription, Datagram *datagram);

/**
 * A frame does not go to a receiver; told once a frame.
 *
 * @return whether this was the first packet of it
 */
bool forward_withhold(Subscription *subscription, const Arrival *arrival,
                      const char *why);

/** Tell of an action that takes more than a frame when it begins. */
void forward_report_once(const Subscription *subscription, ActionState *state,
                         int64_t frame);

void forward_free(Server *server);

/* inject.c */

/** Find the room's trailer (sif_trailer) among the filters' options. */
int inject_init(Server *server);

/** Prepare what the scenario wants injected. @return 0 or AVERROR(ENOMEM) */
int inject_start(Subscription *subscription);

/** Send an injected packet again. */
int inject_again(Subscription *subscription, const RewriteSegment *segment);

void inject_free(Server *server);

/* server.c */

Subscription *server_subscription(const Server *server, int participant,
                                  int track);

const char *server_name_of(const Server *server, int participant);

/** @param subscription NULL: for no one receiver. Frame -1: none */
void server_event(const Published *track, const Subscription *subscription,
                  EventType type, const char *reason, int64_t frame,
                  int64_t value);

#endif /* TOOLS_SFU_INTERNAL_H */
