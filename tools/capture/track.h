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
 * One track: RTP packets of a stream into frames on the recorder's clock, or
 * a container's packets as they are; and the queue that frames wait in.
 */

#ifndef TOOLS_CAPTURE_TRACK_H
#define TOOLS_CAPTURE_TRACK_H

#include "input.h"
#include "net/jitter_buffer.h"
#include "net/rtp_frames.h"
#include "sync.h"

typedef struct Track Track;

/** A frame that waits to be read. */
typedef struct QueuedFrame {
    AVPacket   *packet;
    InputFrame  info;
    Track      *track;
    int64_t     timestamp;  ///< continuous, in the track's time base
    AVBufferRef *tail;      ///< holds info.tail
    struct QueuedFrame *next;
} QueuedFrame;

typedef struct FrameQueue {
    QueuedFrame *head, **end;
    size_t       nb_bytes;
} FrameQueue;

void frame_queue_open(FrameQueue *queue);

/** Append an empty frame. @return NULL if there is no memory */
QueuedFrame *frame_queue_add(FrameQueue *queue, Track *track);

/** Take the first one out; NULL if there is none. */
QueuedFrame *frame_queue_take(FrameQueue *queue);

void queued_frame_free(QueuedFrame **frame);

void frame_queue_close(FrameQueue *queue);

/** What is known of a packet besides its payload. */
typedef struct PacketNote {
    uint64_t     sequence;
    int64_t      arrival;   ///< us
    AVBufferRef *tail;      ///< NULL: it had no padding
    size_t       tail_size; ///< bytes of it
    bool         red, rtx;
} PacketNote;

#define TRACK_NOTES 2048

struct Track {
    InputTrack    pub;
    FrameQueue   *queue;      ///< where its frames go
    JitterBuffer *jitter;
    RtpFrames    *frames;
    PacketPool   *pool;       ///< of what is in these two
    AVPacket     *packet;
    PacketNote   *notes;      ///< ring, by the sequence that frames knows
    Sync          sync;
    uint64_t      nb_empty;   ///< packets of padding alone, left out
    uint64_t      nb_out;     ///< frames with those that are not whole
    int64_t       deadline, now;
    int64_t       next_time;  ///< for packets without one
    unsigned      owed;       ///< lost before a packet of padding alone
    uint16_t      newest;     ///< sequence pushed last
    bool          pushed, sframe;
};

/** An RTP packet on its way into a track. */
typedef struct TrackPacket {
    const uint8_t *payload, *tail;
    size_t   size, tail_size;
    uint32_t timestamp;
    uint16_t sequence;
    int64_t  arrival;   ///< us
    bool     marker, red, rtx;
    bool     copy;      ///< made of redundancy: may be there already
} TrackPacket;

/** @return NULL if there is no memory */
Track *capture_track_alloc(FrameQueue *queue, const char *file);

/**
 * Make it one of RTP; its codec and time base are set.
 *
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int track_open_rtp(Track *track, int64_t deadline, bool sframe);

/** @return 0 or a negative AVERROR */
int track_push(Track *track, const TrackPacket *packet);

/** Give out what is due at a time. */
int track_drain(Track *track, int64_t now);

/** Give out everything and begin anew: another SSRC takes the track over. */
int track_restart(Track *track);

/** No more comes. */
int track_flush(Track *track);

/** A frame of a container. @param packet is moved from */
int track_take_packet(Track *track, AVPacket *packet);

void capture_track_free(Track **track);

#endif /* TOOLS_CAPTURE_TRACK_H */
