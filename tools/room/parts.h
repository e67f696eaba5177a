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
 * The parts of a room, as they know each other.
 */

#ifndef TOOLS_ROOM_PARTS_H
#define TOOLS_ROOM_PARTS_H

#include <libavcodec/bsf.h>

#include "connection.h"
#include "expect.h"
#include "held_keys.h"
#include "lives.h"
#include "media/frame_filter.h"
#include "media/source.h"
#include "net/jitter_buffer.h"
#include "net/rtp_frames.h"
#include "net/rtp_pack.h"
#include "room.h"
#include "sfu/server.h"
#include "stages.h"
#include "verify.h"

/** Packets that a sender can send again, a power of two. */
#define HISTORY 512

typedef struct Track Track;
typedef struct Reception Reception;

/** Somebody in the meeting. */
typedef struct Participant {
    Room                  *room;
    int                    number;
    const ParticipantPlan *plan;
    Connection            *connection;
    bool                   present;
    int64_t                joined, left; ///< -1: did not
    int                    nb_key_events; ///< that have happened
    uint32_t               ssrc;       ///< that its feedback comes from
    Reception            **receptions; ///< by SSRC: a table with open
    unsigned               nb_receptions, nb_slots; ///< addressing
} Participant;

/** One encoding of a track. */
typedef struct Chain {
    Track        *track;
    int           layer;
    Source       *source;
    FrameFilter   sealer;
    RtpPacker    *packer;
    uint32_t      ssrc, timestamp;  ///< RTP timestamp of the track's begin
    int           payload_type;
    enum AVCodecID rtp_codec;       ///< NONE: SFrame's payload format
    unsigned      nb_sealers;       ///< opened so far, for their IVs
    bool          key_wanted;       ///< somebody asked for a key frame
    bool          broken;           ///< frames were left out: wait for a key
                                    ///< frame
    bool          ended;
    uint64_t      nb_frames, nb_sealed;
    SentFrames    sent;
    AVPacket     *packet;
    AVPacket     *payload;          ///< that is sealed by itself
    uint16_t      sequence;         ///< next one of these
    Datagram     *datagrams;        ///< of the frame that is being sent
    unsigned      nb_datagrams, room_datagrams;
    Datagram     *history;          ///< for NACKs, by sequence number
    VerifyReference *reference;     ///< NULL: nothing is compared
} Chain;

struct Track {
    Room            *room;
    int              number;
    Participant     *sender;
    const TrackPlan *plan;
    const char      *kind, *codec;
    int64_t          from, to;      ///< published; to INT64_MAX: to its end
    int64_t          ended_at;
    Chain           *chains;
    int              nb_chains, nb_ended;
    bool             published, ended;
    HeldKeys         keys;
    FrameState       state;
    Reception      **receptions;    ///< by the number of the participant;
    int              nb_receptions; ///< NULL: does not receive it
    uint64_t         plain_bytes, sealed_bytes, wire_bytes;
    SfuVerdicts      verdicts;
};

/** One track at one receiver. */
struct Reception {
    Room         *room;
    Participant  *receiver;
    Track        *track;
    uint32_t      ssrc;
    uint16_t      sequence;         ///< of the first packet
    bool          active;           ///< subscribed
    JitterBuffer *jitter;
    RtpFrames    *frames;
    RtpFrames    *payloads;         ///< opened one by one; NULL: frames are
    bool          gap;              ///< before one that nobody opens
    FrameFilter   opener;           ///< none: frames are not opened
    AVPacket     *packet;
    HeldKeys      keys;
    Lives        *lives;            ///< one for each encoding
    FrameState    state;
    int           layer;            ///< of its latest frame; -1: none yet
    bool          waiting;          ///< for a key frame
    bool          asking;           ///< a task is there that asks for it
    int64_t       asked;            ///< when it did last; INT64_MIN: never
    uint64_t      nb_when_asked;    ///< packets received up to then
    int64_t       due;              ///< earliest task for the jitter buffer
    int64_t       shown;            ///< when something new was shown last
    ReportRow     row;
    double        psnr, ssim;       ///< sums
    uint64_t      nb_psnr;
    VerifyQueue  *queue;            ///< NULL: nothing is decoded
    Tally        *tallies;          ///< one for each expectation
};

struct Room {
    RoomSetup     setup;
    const Scenario *scenario;
    Clock        *clock;
    Server       *server;
    PacketPool *pool;
    Participant  *participants;
    int           nb_participants;
    Track        *tracks;
    int           nb_tracks, nb_ended;
    uint8_t       fingerprint[32];  ///< of all that makes the media
    int64_t       end;              ///< the last track's; INT64_MAX: not yet
    int64_t       last_activity;
    bool          over;
    uint64_t      nb_packets, nb_frames;
    Verifier     *verifier;
    Stages        stages;
    ReportTrack  *report_tracks;
    ReportParticipant *report_participants;
    ReportRow    *report_rows;
    ReportExpectation *report_expectations;
    ReportStage  *report_stages;
};

/* tell.c */

void room_event(Room *room, const Event *event);

/** A frame of a chain is there with all its packets: lives begin. */
int room_sealed(Chain *chain, SentFrame *frame);

/** A life is over and what was seen of it is known. */
void room_tell(Reception *reception, const Life *life);

/* traffic.c: opaque is a Participant for the first two, else a Room */

int  traffic_arrive(void *opaque, Hop hop, Datagram *datagram);
void traffic_lose(void *opaque, Hop hop, const PacketTag *tag,
                  const char *what);
int  traffic_send(void *opaque, int participant, Datagram *datagram);
void traffic_withhold(void *opaque, int participant, const PacketTag *tag,
                      const char *why);

/* agenda.c: who comes when, and what happens to their tracks and keys */

int agenda_participant(Participant *participant);
int agenda_track(Track *track);

/** A track has nothing more to send. */
int room_track_ended(Track *track);

/** Its receivers are done with a track. A ClockTask. */
int agenda_unpublish(void *track, int64_t now);

/* track.c */

/** Open media and filters. @return 0, or a negative AVERROR after an error
 *  line */
int track_open(Track *track);

int track_key_event(Track *track, const KeyEvent *event);

void track_close(Track *track);

static inline bool track_is_video(const Track *track)
{
    return track->plan->kind == KIND_VIDEO || track->plan->kind == KIND_SHARE;
}

/* sending.c */

/**
 * Fails closed: without the filter's word that it is sealed, nothing leaves,
 * unless the scenario has its sender's E2EE off and lets it pass.
 *
 * @return 0, AVERROR(EAGAIN) if it must not leave, or AVERROR(ENOMEM)
 */
int track_seal(Chain *chain, AVPacket *packet, FrameReport *report);

/** From now on its frames are sent at their times. */
int track_publish(Track *track);

/** NACK and PLI from the server. */
int  track_resend(Track *track, Chain *chain, uint16_t sequence);
void track_want_key(Chain *chain);

/** Stop at once. */
int track_end(Track *track);

/* reception.c */

int reception_open(Reception *reception);

int reception_key_event(Reception *reception, const KeyEvent *event);

/** Nothing more comes: what is held is due now. */
int reception_end(Reception *reception);

void reception_close(Reception *reception);

/* receiving.c */

/** An RTP packet of its SSRC; takes it over. */
int reception_receive(Reception *reception, Datagram *datagram);

/** Go through whatever is in order by now. */
int reception_work(Reception *reception);

/** Give out the frames that the packets so far make. */
int reception_frames(Reception *reception);

/** The packet through the filter.
 *  @return whether that vouches for it, or AVERROR(ENOMEM) */
int reception_filter(Reception *reception, FrameReport *report);

/** What came of a frame; if it is opened it is the packet. */
int reception_decide(Reception *reception, const PacketTag *tag,
                     const FrameReport *report, bool opened);

/** Whether it is all there. Called whole, it may still lack its begin. */
static inline bool frame_is_whole(const RtpFrameInfo *info)
{
    return info->whole && (info->start_known || !info->gap_before);
}

/** Tell the lives that are over. */
int reception_tell(Reception *reception);

/** The oldest life of an encoding is over; a packet, if it is to be decoded,
 *  is taken. */
int reception_end_oldest(Reception *reception, Lives *lives,
                         AVPacket *packet);

/* packets.c: SFrame by the packet. The payloads of the codec's own format are
 * sealed and opened one by one. */

/** What the filters take each payload for. @return NULL if there is no memory
 */
AVCodecParameters *packets_parameters(void);

/** Seal the payloads of the frame that is packed. None is left of a frame that
 *  must not leave. @return as track_seal() */
int packets_seal(Chain *chain, FrameReport *report);

/** A payload has arrived as the packet; a frame is what all of its make. */
int packets_take(Reception *reception, const RtpFrameInfo *info);

/** No more come. */
int packets_flush(Reception *reception);

/* asking.c */

/** Nothing can be shown before the next key frame: ask for one. */
int reception_wait_for_key(Reception *reception);

/** Send NACKs for what is missing. */
int reception_ask_for_packets(Reception *reception);

/* key_events.c */

/** Do to a filter what somebody's keys go through; not for REMOVE, which
 *  takes a new filter. */
int key_event_apply(AVBSFContext *filter, const KeyEvent *event);

#endif /* TOOLS_ROOM_PARTS_H */
