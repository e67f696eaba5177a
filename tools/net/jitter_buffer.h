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

#include <stdbool.h>

#include "datagram.h"

typedef struct JitterBuffer JitterBuffer;

typedef struct JitterSetup {
    int64_t  deadline;   ///< how long a gap may hold up what is behind it, us
    unsigned capacity;   ///< packets held at most, a power of two; 0: 2048
    int64_t  nack_delay; ///< first NACK this long after a gap shows, us
    int64_t  nack_interval; ///< and again this often; 0: no NACKs
} JitterSetup;

typedef enum JitterResult {
    JITTER_TAKEN,
    JITTER_DUPLICATE, ///< is there already or was
    JITTER_LATE,      ///< its gap was given up
    JITTER_RESTART,   ///< so far from the others that a new run starts with it
} JitterResult;

/** @return NULL if there is no memory */
JitterBuffer *jitter_alloc(const JitterSetup *setup);

/**
 * @param datagram taken over unless the result is DUPLICATE or LATE
 * @param[out] result
 * @return 0 or AVERROR(ENOMEM)
 */
int jitter_push(JitterBuffer *jitter, Datagram *datagram, int64_t now,
                JitterResult *result);

/**
 * Next packet in order.
 *
 * @param[out] sequence extended: wraps counted
 * @param[out] nb_lost  packets given up right before this one
 * @return 0, or AVERROR(EAGAIN) if none is due yet
 */
int jitter_pop(JitterBuffer *jitter, int64_t now, Datagram *datagram,
               uint64_t *sequence, unsigned *nb_lost);

/** When jitter_pop() or jitter_nacks() may have something without a push;
 *  INT64_MAX if never. */
int64_t jitter_due(const JitterBuffer *jitter);

/**
 * Sequence numbers to ask for now; each is given again after nack_interval.
 *
 * @return how many
 */
size_t jitter_nacks(JitterBuffer *jitter, int64_t now, uint16_t *sequences,
                    size_t max);

/** No more comes: everything held is due. */
void jitter_flush(JitterBuffer *jitter);

void jitter_free(JitterBuffer **jitter);

#endif /* TOOLS_NET_JITTER_BUFFER_H */
