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
 * What makes one RTP stream out of parts of others: sequence numbers,
 * timestamps and VP8's picture numbers that go on where the receiver's
 * stream stands.
 *
 * The mapping is a list of segments, each a run of one layer's packets with
 * the differences that are added to them. Packets lost on the uplink are gaps
 * in a segment and stay gaps; packets left out on purpose lie between
 * segments, and the differences close over them.
 */

#ifndef TOOLS_SFU_REWRITE_H
#define TOOLS_SFU_REWRITE_H

#include <stdbool.h>

#include "media/vp8_descriptor.h"
#include "net/datagram.h"

#define REWRITE_SEGMENTS 256 ///< the latest are kept, a power of two

enum { LAYER_NONE = -1 };

/** Sequence numbers are extended: wraps counted. */
typedef struct RewriteSegment {
    int      layer;     ///< LAYER_NONE: the server's own packets
    bool     again;     ///< sent before: nothing that comes in belongs here
    uint64_t first;     ///< of the layer
    uint64_t end;       ///< behind its last one; UINT64_MAX: still open
    uint64_t sequence;  ///< added, as are the others; wraps are meant
    uint32_t timestamp;
    uint16_t picture;
    uint8_t  tl0;
} RewriteSegment;

typedef struct Rewriter {
    uint32_t ssrc;
    RewriteSegment *segments; ///< ring
    size_t   nb, room;        ///< ever made; room in the ring
    bool     open;            ///< the last segment takes packets
    uint64_t next;            ///< if it is not open: number of the next one
    uint64_t seen;            ///< latest of the layer, forwarded or left out
    bool     skipping;        ///< the latest was left out
    uint32_t skipped;         ///< timestamp of the frame left out last
    uint32_t offset;          ///< added to timestamps by the last one opened

    /* The latest packet that went out. */
    bool     started;
    int64_t  time;
    uint32_t timestamp;
    bool     has_picture;
    uint16_t picture;
    uint8_t  tl0;
} Rewriter;

/** A packet as it came in, looked at once for all receivers. */
typedef struct RewriteInput {
    int      layer;
    uint64_t sequence;
    uint32_t timestamp;
    const Vp8Descriptor *vp8; ///< NULL: not VP8, or broken
} RewriteInput;

/** @param sequence number of the first packet that goes out */
void rewrite_init(Rewriter *rewriter, uint32_t ssrc, uint16_t sequence);

/**
 * Go on with a packet: open a segment with it as the first one.
 *
 * @param timestamp added from now on; raised if time would not go on
 * @return 0 or AVERROR(ENOMEM)
 */
int rewrite_open(Rewriter *rewriter, const RewriteInput *input,
                 uint32_t timestamp);

/** No packet that comes from now on goes out; late ones do. */
void rewrite_close(Rewriter *rewriter);

/**
 * Leave out a packet of the open segment.
 *
 * @return 0 or AVERROR(ENOMEM)
 */
int rewrite_skip(Rewriter *rewriter, const RewriteInput *input);

/**
 * Make room behind the latest packet for packets that go out besides: a frame
 * of the layer once more, or the server's own (only while it is not open).
 * What follows takes over the inserted picture's differences.
 *
 * @param inserted all but its sequence and again; first 0 for the server's own
 * @return the segment as it is now, good until the next one is made; NULL if
 *         there is no memory
 */
const RewriteSegment *rewrite_insert(Rewriter *rewriter,
                                     const RewriteSegment *inserted);

/** The segment that a packet of a layer goes out by, NULL if it does not. */
const RewriteSegment *rewrite_find(const Rewriter *rewriter, int layer,
                                   uint64_t sequence);

/**
 * The segment that a number went out by.
 *
 * @param[out] extended the number in the layer
 * @return NULL if it is not known (any more)
 */
const RewriteSegment *rewrite_find_sent(const Rewriter *rewriter,
                                        uint16_t sequence,
                                        uint64_t *extended);

/** Remember what went out last, for what follows. */
void rewrite_note(Rewriter *rewriter, const RewriteSegment *segment,
                  const RewriteInput *input, int64_t now);

/** Number of the packet that would go out next. */
uint64_t rewrite_next(const Rewriter *rewriter);

/**
 * Change a datagram as the segment says. The payload is copied if its
 * descriptor changes.
 *
 * @param vp8  its descriptor, NULL: none
 * @param pool for a copied payload; NULL: allocated
 * @return 0 or AVERROR(ENOMEM)
 */
int rewrite_apply(const Rewriter *rewriter, const RewriteSegment *segment,
                  const Vp8Descriptor *vp8, PacketPool *pool,
                  Datagram *datagram);

/** Give a datagram a payload of its own that may be written to. */
int rewrite_own_payload(Datagram *datagram, PacketPool *pool);

void rewrite_free(Rewriter *rewriter);

#endif /* TOOLS_SFU_REWRITE_H */
