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
 * The streams of a file among its own parts: what is known of each SSRC, how
 * it is found out, where its packets go.
 */

#ifndef TOOLS_CAPTURE_STREAM_H
#define TOOLS_CAPTURE_STREAM_H

#include "hops.h"
#include "streams.h"

#define STREAM_MAX_HELD 64 ///< packets of a stream that is not known yet
#define STREAM_MIN      2  ///< packets in sequence, before it counts as RTP
#define MAX_SENDERS     64 ///< addresses with sender reports

/** One packet of a stream of which it is not yet known what it is. */
typedef struct Held {
    uint8_t *data;
    size_t   size;
    int64_t  time;
} Held;

typedef enum StreamState {
    STREAM_NEW,      ///< packets are held until it is known
    STREAM_MEDIA,
    STREAM_RTX,      ///< repeats another's packets
    STREAM_SKIPPED,  ///< FEC, comfort noise, or what nothing explains
} StreamState;

/** The packets of one SSRC from one address to another. */
typedef struct Stream {
    Flow        flow;
    uint32_t    ssrc;
    StreamState state;
    int         payload_type; ///< of the media in it
    int         red;          ///< guessed type of RED; -1: none
    Track      *track;        ///< NULL: not of its own
    struct Stream *media;     ///< RTX: whose packets it repeats
    StreamHop   hop;
    uint16_t    sequence;     ///< seen last
    uint32_t    timestamp;
    bool        ended;        ///< by RTCP BYE
    Held        held[STREAM_MAX_HELD];
    int         nb_held;
    int         nb_useful;    ///< of those held: with more than padding
    unsigned    nb_in_order;
    int64_t     seen;         ///< when its first packet came
    int64_t     offset;       ///< from NTP time to the recorder's, us
} Stream;

/** The clock of who sends from an address. */
typedef struct Sender {
    uint8_t  source[16];
    uint16_t port;
    int64_t  offset;          ///< least from NTP time to the recorder's, us
} Sender;

struct Streams {
    StreamsSetup setup;
    Stream     **streams;
    int          nb_streams;
    Stream      *last;        ///< found last
    Sender       senders[MAX_SENDERS];
    int          nb_senders;
    const Record *record;     ///< of the RTCP that is parsed
    int64_t      first, now, drained;
    bool         started, settled, any_report, flushed;
    uint8_t      opened[RECORD_MAX_SIZE];
};

/** NULL if there is none. */
Stream *stream_find(Streams *streams, const Flow *flow, uint32_t ssrc);

/**
 * Find out what a stream is by the packets that are held. It stays new if
 * that is not known yet.
 *
 * @param now no more packets are held: guess by what is there
 * @return 0 or a negative AVERROR
 */
int stream_identify(Streams *streams, Stream *stream, bool now);

/** Begin a track of the stream. */
int stream_start_track(Streams *streams, Stream *stream,
                       const PayloadType *type);

/** A packet of a stream that is not new. */
int stream_push(Streams *streams, Stream *stream, const uint8_t *data,
                size_t size, int64_t time);

/** A datagram of RTCP, as it was on the wire. */
void streams_push_rtcp(Streams *streams, const Record *record);

/** From NTP time to the recorder's for a stream: what its sender's streams
 *  have in common if their clocks agree with the given offset. */
int64_t streams_common_offset(Streams *streams, const Flow *flow,
                              int64_t offset);

#endif /* TOOLS_CAPTURE_STREAM_H */
