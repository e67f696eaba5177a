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
 * The life of one frame for one receiver, from the sealing to the screen:
 * what `why` tells, and what the totals are made of.
 */

#ifndef TOOLS_REPORT_LIFE_H
#define TOOLS_REPORT_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "net/link.h"

/** How a frame ended. Every frame that was sealed has exactly one. */
typedef enum Fate {
    FATE_UNSEALED,       ///< the sender's filter gave nothing out, or
                         ///< nothing that goes over RTP
    FATE_WITHHELD,       ///< the server did not forward it
    FATE_LOST_UPLINK,
    FATE_LOST_DOWNLINK,
    FATE_LATE,           ///< arrived after the jitter buffer had given up
    FATE_REFUSED,        ///< the filter did not open it: state and reason
    FATE_OPENED,
    FATE_ABSENT,         ///< the receiver was not there (any more)
    FATE_NB
} Fate;

/** "unsealed", "withheld", "lost on the uplink", ... */
const char *fate_name(Fate fate);

/** The same as member names: "unsealed", "withheld", "lost_uplink", ... */
const char *fate_key(Fate fate);

typedef enum Shown {
    SHOWN_NOT,           ///< not decoded: not asked for, or not opened
    SHOWN_WAITING,       ///< opened, but a frame before it is missing
    SHOWN_FAILED,        ///< the decoder refused it
    SHOWN_DIFFERENT,     ///< decoded, not identical to the sender's
    SHOWN_IDENTICAL,
    SHOWN_NB
} Shown;

/** "not", "waiting", "failed", "different", "identical". */
const char *shown_name(Shown shown);

/** A link flipped a bit: SRTP refused the packet, or it arrived so. */
#define MISHAP_CORRUPTED "corrupted"

/** What befell one packet of the frame. */
typedef struct PacketMishap {
    int64_t     time;
    uint16_t    index;    ///< of the packet in the frame
    Hop         hop;
    const char *what;     ///< "random loss", "sent again", "duplicate",
                          ///< "replay", "tampered", ...; static
} PacketMishap;

#define LIFE_MISHAPS 16   ///< told one by one, the rest is counted

typedef struct FrameLife {
    const char *sender, *kind, *receiver;
    int         layer;
    uint64_t    frame;        ///< number, from 0
    int64_t     captured;     ///< media time of the frame; all in us
    bool        key_frame;
    /* at the sender */
    FrameState  seal_state;
    int         seal_key_index;
    uint32_t    plain_size, sealed_size;
    int64_t     sent;         ///< -1: it was not
    uint16_t    first_sequence, nb_packets;
    /* on the way; times are -1 if it never came so far */
    int64_t     server_first, server_last;   ///< packets reached the server
    int64_t     arrived_first, arrived_last; ///< and the receiver
    int64_t     gave_up;      ///< the jitter buffer did; -1: it did not
    /* at the receiver */
    Fate        fate;
    const char *why;          ///< more on the fate: "paused", "random loss"
    FrameState  open_state;
    int         open_key_index;
    char        reason[32];   ///< the filter's
    int64_t     opened;       ///< or refused, when; -1: never came so far
    Shown       shown;
    double      psnr, ssim;   ///< -1: not measured
    /* on its way; last, since they are much and mostly none */
    unsigned    nb_mishaps;
    PacketMishap mishaps[LIFE_MISHAPS];
} FrameLife;

/** Whether the packet was lost there, rather than delayed, doubled, ... */
bool mishap_is_loss(const PacketMishap *mishap);

/** Why packets were lost: the last loss on that hop, else what is said of the
 *  life; "" if nothing is. */
const char *life_loss(const FrameLife *life);

/** Whether the receiver lacks something: what `--frames problems` keeps. */
bool life_is_problem(const FrameLife *life);

typedef struct LifeSink {
    /** The frame's life for this receiver is over. */
    void (*frame)(void *opaque, const FrameLife *life);
    void  *opaque;
} LifeSink;

#endif /* TOOLS_REPORT_LIFE_H */
