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
 * RTP packets of one SSRC back into the order of their sequence numbers.
 *
 * A gap is waited for until its deadline, in the time that the caller gives:
 * virtual time in a meeting, the recorder's in a capture.
 */

#ifndef TOOLS_NET_JITTER_BUFFER_H
#define TOOLS_NET_JITTER_BUFFER_H

#include "datagram.h"

typedef struct JitterBuffer JitterBuffer;

typedef struct JitterSetup {
    int64_t  deadline;   ///< how long a gap may hold up what is behind it, us
    unsigned capacity;   ///< span of sequence numbers held at most, a power
                         ///< of two from 64 to 16384; 0: 2048. Beyond it the
                         ///< oldest gaps are given up.
    int64_t  start_hold; ///< how long the first packet of a run waits for
                         ///< those before it, us; 0: not at all
    int64_t  nack_delay; ///< first NACK this long after a gap shows, us
    int64_t  nack_interval; ///< and again this often; 0: no NACKs
} JitterSetup;

typedef enum JitterResult {
    JITTER_TAKEN,
    JITTER_DUPLICATE, ///< is there already or was
    JITTER_LATE,      ///< its gap was given up, or it is before the first
    JITTER_RESTART,   ///< with the one before it, so far from the others that
                      ///< a new run starts (RFC 3550, A.1)
    JITTER_ASIDE,     ///< far from the others; the next such one decides
} JitterResult;

/** @return NULL if there is no memory */
JitterBuffer *jitter_alloc(const JitterSetup *setup);

/**
 * A packet 3000 or more ahead of the highest number, or further behind than
 * capacity, is laid aside. If the next such packet follows it, all that is
 * held of the old run becomes due and both begin a new run; if not, it is
 * dropped.
 *
 * @param datagram RTP; taken over unless the result is DUPLICATE or LATE
 * @param now      does not go back from call to call
 * @param[out] result
 * @return 0, or AVERROR(ENOMEM), and nothing has been taken then
 */
int jitter_push(JitterBuffer *jitter, Datagram *datagram, int64_t now,
                JitterResult *result);

/**
 * Next packet in order.
 *
 * @param[out] sequence extended: wraps counted, from 65536 on; always more
 *                      than the one before, by an unknown step at a restart
 * @param[out] nb_lost  packets given up right before this one; 0 at a restart
 * @return 0, or AVERROR(EAGAIN) if none is due yet
 */
int jitter_pop(JitterBuffer *jitter, int64_t now, Datagram *datagram,
               uint64_t *sequence, unsigned *nb_lost);

/** When jitter_pop() or jitter_nacks() may have something without a push;
 *  INT64_MIN if it has right now, INT64_MAX if never. */
int64_t jitter_due(const JitterBuffer *jitter);

/**
 * Sequence numbers to ask for now; each is given again after nack_interval
 * until it comes or is given up. Call it when jitter_pop() has no more.
 *
 * @return how many
 */
size_t jitter_nacks(JitterBuffer *jitter, int64_t now, uint16_t *sequences,
                    size_t max);

/** No more comes: everything held is due. */
void jitter_flush(JitterBuffer *jitter);

void jitter_free(JitterBuffer **jitter);

#endif /* TOOLS_NET_JITTER_BUFFER_H */
