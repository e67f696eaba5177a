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
 * One direction of one hop, as tc-netem(8) would make it, on virtual time.
 *
 * Each model has a random stream of its own, and every datagram takes its
 * number from each of them: switching a model on, or having one more span,
 * leaves what the others do to datagram n. Other than in the kernel
 *  - a copy made by `duplicate` is not lost, copied or damaged in its turn;
 *  - jitter is normally distributed (tc's "distribution normal"), and a
 *    correlation keeps its deviation;
 *  - only datagrams that wait for the rate count in its queue.
 */

#ifndef TOOLS_NET_LINK_H
#define TOOLS_NET_LINK_H

#include "clock.h"
#include "datagram.h"
#include "rng.h"

/** What happens to datagrams in a span of time. All zero: nothing. */
typedef struct Netem {
    int64_t  from, to;        ///< microseconds; to 0: until the end
    int64_t  delay, jitter;   ///< microseconds; jitter is the deviation
    double   delay_correlation;
    double   loss, loss_correlation;       ///< probabilities, 0 to 1
    double   gilbert_p, gilbert_r;         ///< Gilbert-Elliott; p 0: off
    double   gilbert_bad, gilbert_good;    ///< loss in the bad, good state:
                              ///< tc's 1-h, which is 1 there by default, 1-k
    char    *trace;           ///< file of 0 (arrives) and 1 (lost), repeated;
                              ///< NULL: none
    double   duplicate, corrupt;           ///< corrupt: one bit of the payload
    double   reorder;         ///< share that is sent at once, before the delay
    unsigned reorder_gap;     ///< every nth only; 0: any
    int64_t  rate;            ///< bits a second with IPv4 and UDP headers, 0:
                              ///< no limit
    unsigned limit;           ///< datagrams in the queue; 0: 1000
} Netem;

typedef enum LinkLoss {
    LINK_LOST_RANDOM,
    LINK_LOST_GILBERT,
    LINK_LOST_TRACE,
    LINK_LOST_QUEUE,   ///< the rate limit's queue was full
    LINK_LOST_SIZE,    ///< longer than the MTU, IPv4 and UDP headers counted
    LINK_LOSS_NB
} LinkLoss;

/** "random loss", "burst loss", "loss by trace", "full queue", "MTU". */
const char *link_loss_name(LinkLoss loss);

typedef struct LinkSetup {
    const char    *name;      ///< of its random stream; copied
    uint64_t       seed;
    Clock         *clock;
    const Netem   *netem;     ///< spans, the first that fits counts; not copied
    int            nb_netem;
    size_t         mtu;       ///< 0: no limit
    DatagramTaker  deliver;   ///< at the other end
    void         (*lost)(void *opaque, const PacketTag *tag, LinkLoss loss);
    void          *opaque;    ///< of both
} LinkSetup;

typedef struct LinkCounts {
    uint64_t nb_sent, nb_delivered, nb_duplicated, nb_corrupted;
    uint64_t nb_reordered;    ///< delivered behind one that was sent later
    uint64_t nb_lost[LINK_LOSS_NB];
    uint64_t nb_bytes;        ///< delivered
} LinkCounts;

typedef struct Link Link;

/**
 * @param setup netem has to stay until the link is freed
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int link_open(Link **link, const LinkSetup *setup);

/**
 * Takes the datagram over. A DatagramTaker. It is delivered by the clock, at
 * the earliest when this has returned.
 *
 * @param opaque a Link
 */
int link_send(void *opaque, Datagram *datagram);

const LinkCounts *link_counts(const Link *link);

/** What is on its way is gone. The clock must not be stepped any more. */
void link_free(Link **link);

#endif /* TOOLS_NET_LINK_H */
