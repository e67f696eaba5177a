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

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "depacketizer.h"
#include "payload.h"
#include "rtp.h"
#include "rtp_frames.h"

#define MAX_FRAME_SIZE (64 << 20) ///< bytes of RTP payload

typedef struct Frame {
    AVPacket    *packet;
    RtpFrameInfo info;
} Frame;

struct RtpFrames {
    enum AVCodecID codec;
    int            payload_type;
    bool           in_use;        ///< the depacketizer
    bool           started, timed; ///< sequence, timestamp have begun
    bool           marked;        ///< the stream has markers
    bool           gap;           ///< missing before the packet to come
    bool           damaged;       ///< the frame that is open
    uint64_t       sequence;      ///< of the latest packet
    int64_t        timestamp;
    RtpFrameInfo   info;          ///< of the open frame; no packets: none is
    PayloadPart   *parts;         ///< payloads of the open frame
    size_t         nb_parts, room_parts, size;
    Frame         *frames;        ///< finished; from next_frame on not read
    size_t         next_frame, nb_frames, room_frames;
};

int rtp_frames_open(RtpFrames **frames, enum AVCodecID codec,
                    int payload_type, int clock_rate)
{
    RtpFrames *f = *frames = av_mallocz(sizeof(*f));
    int ret;

    (void)clock_rate;
    if (!f)
        return AVERROR(ENOMEM);
    f->codec        = codec;
    f->payload_type = payload_type;
    if (codec == AV_CODEC_ID_NONE)
        return 0;
    if ((ret = depacketizer_use(codec)) < 0)
        rtp_frames_free(frames);
    else
        f->in_use = true;
    return ret;
}

static void drop_parts(RtpFrames *f)
{
    for (size_t i = 0; i < f->nb_parts; i++)
        packet_buffer_unref(&f->parts[i].buffer);
    f->nb_parts   = 0;
    f->size       = 0;
}

static void damage(RtpFrames *f)
{
    f->damaged = true;
    drop_parts(f);
}

static Frame *new_frame(RtpFrames *f)
{
    Frame *frame;

    if (f->nb_frames == f->room_frames) {
        size_t room = f->room_frames ? 2 * f->room_frames : 2;

        frame = av_realloc_array(f->frames, room, sizeof(*frame));
        if (!frame)
            return NULL;
        for (size_t i = f->room_frames; i < room; i++)
            frame[i].packet = NULL;
        f->frames      = frame;
        f->room_frames = room;
    }
    frame = &f->frames[f->nb_frames];
    if (!frame->packet && !(frame->packet = av_packet_alloc()))
        return NULL;
    return frame;
}

static int join_payloads(const RtpFrames *f, AVPacket *frame)
{
    size_t at = 0;
    int ret   = av_new_packet(frame, f->size);

    for (size_t i = 0; ret >= 0 && i < f->nb_parts; i++) {
        memcpy(frame->data + at, f->parts[i].data, f->parts[i].size);
        at += f->parts[i].size;
    }
    return ret;
}

static int make_frame(const RtpFrames *f, AVPacket *frame)
{
    if (f->damaged)
        return AVERROR_INVALIDDATA;
    if (f->codec == AV_CODEC_ID_NONE)
        return join_payloads(f, frame);
    return depacketize(f->codec, f->parts, f->nb_parts, frame);
}

/* The open frame is over. */
static int close_frame(RtpFrames *f)
{
    Frame *frame = new_frame(f);
    int ret = AVERROR(ENOMEM);

    if (frame) {
        frame->info       = f->info;
        frame->info.whole = false;
        ret = make_frame(f, frame->packet);
    }
    if (ret >= 0) {
        frame->info.whole  = true;
        frame->packet->pts = frame->packet->dts = f->info.timestamp;
    }
    if (ret >= 0 || ret == AVERROR_INVALIDDATA) {
        f->nb_frames++;
        ret = 0;
    }
    drop_parts(f);
    f->info.nb_packets = 0;
    return ret;
}

static void begin_frame(RtpFrames *f, const Datagram *d,
                        const PayloadView *view)
{
    f->info = (RtpFrameInfo){
        .timestamp   = f->timestamp,
        .first       = f->sequence,
        .gap_before  = f->gap,
        .start_known = view->start == PAYLOAD_STARTS,
        .per_packet  = view->per_packet,
        .tag         = d->tag,
    };
    f->damaged = view->start == PAYLOAD_CONTINUES;
}

static int add_packet(RtpFrames *f, Datagram *d)
{
    f->info.nb_packets++;
    f->info.last = f->sequence;
    if (f->damaged || (f->size += d->payload_size) > MAX_FRAME_SIZE) {
        damage(f);
        datagram_unref(d);
        return 0;
    }
    if (f->nb_parts == f->room_parts) {
        size_t room = f->room_parts ? 2 * f->room_parts : 4;
        PayloadPart *grown = av_realloc_array(f->parts, room, sizeof(*grown));

        if (!grown)
            return AVERROR(ENOMEM);
        f->parts      = grown;
        f->room_parts = room;
    }
    f->parts[f->nb_parts++] = (PayloadPart){ d->payload, d->payload_size,
                                             d->buffer };
    d->buffer = NULL;
    return 0;
}

/* Takes RTP padding off. */
static int strip_padding(Datagram *d)
{
    uint8_t nb;

    if (!(d->header[0] & 0x20))
        return 0;
    nb = d->payload_size ? d->payload[d->payload_size - 1] : 0;
    if (!nb || nb > d->payload_size)
        return AVERROR_INVALIDDATA;
    d->payload_size -= nb;
    d->header[0]    &= ~0x20;
    return 0;
}

static void follow_sequence(RtpFrames *f, uint64_t sequence, unsigned nb_lost)
{
    f->gap     |= nb_lost || (f->started && sequence != f->sequence + 1);
    f->sequence = sequence;
    f->started  = true;
}

static void follow_timestamp(RtpFrames *f, uint32_t timestamp)
{
    if (!f->timed)
        f->timestamp = timestamp;
    f->timestamp += (int32_t)(timestamp - (uint32_t)f->timestamp);
    f->timed      = true;
}

static int gather(RtpFrames *f, Datagram *d, const PayloadView *view)
{
    const bool marker = rtp_marker(d->header);
    int ret;

    if (f->info.nb_packets &&
        (f->info.timestamp != f->timestamp || view->begins_anew)) {
        /* Whether its end is among the missing is not known; where others
         * had markers, a server that switched layers may have cut it. */
        f->damaged |= f->gap || view->begins_anew || f->marked;
        if ((ret = close_frame(f)) < 0)
            return ret;
    }
    if (!f->info.nb_packets)
        begin_frame(f, d, view);
    else if (f->gap || view->per_packet != f->info.per_packet)
        damage(f);
    f->gap         = false;
    f->marked     |= marker;
    f->info.marker = marker;
    d->payload      += view->descriptor;
    d->payload_size -= view->descriptor;
    if ((ret = add_packet(f, d)) < 0)
        return ret;
    return marker || view->ends ? close_frame(f) : 0;
}

/* Packets of another type or of nothing but padding fill their places in the
 * sequence, and that is all. What cannot be read is as good as lost. */
static int take_payload(RtpFrames *f, Datagram *d)
{
    PayloadView view;

    if (f->payload_type >= 0 && rtp_payload_type(d->header) != f->payload_type)
        return 0;
    if (strip_padding(d) < 0) {
        f->gap = true;
        return 0;
    }
    if (!d->payload_size)
        return 0;
    if (payload_view(f->codec, d->payload, d->payload_size, &view) < 0) {
        f->gap = true;
        return 0;
    }
    follow_timestamp(f, rtp_timestamp(d->header));
    return gather(f, d, &view);
}

int rtp_frames_push(RtpFrames *f, Datagram *datagram, uint64_t sequence,
                    unsigned nb_lost)
{
    int ret;

    follow_sequence(f, sequence, nb_lost);
    ret = take_payload(f, datagram);
    datagram_unref(datagram);
    return ret;
}

int rtp_frames_flush(RtpFrames *f)
{
    /* If others had markers, the end of this one did not come. */
    f->damaged |= f->marked || f->gap;
    return f->info.nb_packets ? close_frame(f) : 0;
}

int rtp_frames_read(RtpFrames *f, AVPacket *packet, RtpFrameInfo *info)
{
    Frame *frame;

    if (f->next_frame == f->nb_frames) {
        f->next_frame = f->nb_frames = 0;
        return AVERROR(EAGAIN);
    }
    frame = &f->frames[f->next_frame++];
    *info = frame->info;
    av_packet_unref(packet);
    av_packet_move_ref(packet, frame->packet);
    return 0;
}

void rtp_frames_free(RtpFrames **frames)
{
    RtpFrames *f = *frames;

    if (!f)
        return;
    if (f->in_use)
        depacketizer_unuse(f->codec);
    drop_parts(f);
    for (size_t i = 0; i < f->room_frames; i++)
        av_packet_free(&f->frames[i].packet);
    av_free(f->frames);
    av_free(f->parts);
    av_freep(frames);
}
