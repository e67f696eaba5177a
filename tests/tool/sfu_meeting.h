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
 * A server between alice, who sends, and bob and carol, who receive; its
 * tests write packets by hand and look at what comes out.
 */

#ifndef E2EE_TESTS_SFU_MEETING_H
#define E2EE_TESTS_SFU_MEETING_H

#include "common.h"
#include "net/rtcp.h"
#include "sfu/server.h"

enum {
    ALICE,
    BOB,
    CAROL,
    NB_PEOPLE
};

#define MAX_GOT 4000

/** A datagram that the server sent. */
typedef struct Got {
    int64_t  time;
    bool     media;       ///< else RTCP
    uint32_t ssrc;
    uint16_t sequence;
    uint32_t timestamp;
    bool     marker;
    Datagram datagram;
} Got;

/** What was asked of or told to a participant in RTCP. */
typedef struct Asked {
    int64_t  time;
    int      participant;
    bool     pli;         ///< else NACK
    uint32_t ssrc;
    uint16_t sequence;    ///< of a NACK
} Asked;

typedef struct Withheld {
    int         participant;
    PacketTag   tag;
    const char *why;
} Withheld;

typedef struct Meeting {
    Clock   *clock;
    Server  *server;
    Scenario scenario;
    ServerAction actions[8];
    Got      got[NB_PEOPLE][MAX_GOT];
    int      nb_got[NB_PEOPLE];
    Asked    asked[MAX_GOT];
    int      nb_asked;
    Withheld withheld[MAX_GOT];
    int      nb_withheld;
    Event    events[MAX_GOT];
    int      nb_events;
    RtcpSenderReport report;  ///< the latest one that went to a receiver
    int      nb_reports;
    char     cname[256];
} Meeting;

/** A packet as alice sends it. */
typedef struct Sent {
    uint32_t    ssrc;
    uint16_t    sequence;
    uint32_t    timestamp;
    bool        marker;
    const char *payload;      ///< hexadecimal
    uint64_t    frame;        ///< for its tag
} Sent;

/** Begin; actions may be added with meeting_act() before meeting_open(). */
void meeting_init(Meeting *meeting);

void meeting_act(Meeting *meeting, ServerAction action);

void meeting_open(Meeting *meeting);

/** Alice publishes a track, number 7, with nb SSRCs from first on. */
void meeting_publish(Meeting *meeting, TrackKind kind, enum AVCodecID codec,
                     uint32_t first, int nb);

/** Its SSRC is 100 times the participant, its first number 1000 times. */
void meeting_subscribe(Meeting *meeting, int participant);

void meeting_send(Meeting *meeting, Sent sent);

/** RTCP of one part from a participant. */
void meeting_send_pli(Meeting *meeting, int participant, uint32_t ssrc);
void meeting_send_nack(Meeting *meeting, int participant, uint32_t ssrc,
                       uint16_t sequence);
void meeting_send_report(Meeting *meeting, const RtcpSenderReport *report);

/** Let time go by until then, whatever is due on its way. */
void meeting_until(Meeting *meeting, int64_t time);

/** How often a participant was asked for a key frame (or a packet) of it. */
int meeting_count_asked(const Meeting *meeting, bool pli, uint32_t ssrc);

/** How many events of a type and a reason there were; NULL: any reason. */
int meeting_count_events(const Meeting *meeting, EventType type,
                         const char *reason);

/** How many frames were withheld from a participant for a reason. */
int meeting_count_withheld(const Meeting *meeting, int participant,
                           const char *why);

void meeting_free(Meeting *meeting);

#endif /* E2EE_TESTS_SFU_MEETING_H */
