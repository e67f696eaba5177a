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
 * Ordered RTP packets of one stream into whole frames: the packets of a frame
 * are gathered, and only a frame that lacks none goes to libavformat's
 * depacketizer.
 *
 * A frame ends at the marker, where the payload format says so, or before a
 * packet of another timestamp. Each spatial layer of VP9 is a frame, since
 * senders seal them one by one: several frames then have one timestamp. H.264
 * and H.265 come with start codes of four bytes, AV1 with a temporal delimiter
 * in front and a size in each OBU, as libavformat writes them.
 */

#ifndef TOOLS_NET_RTP_FRAMES_H
#define TOOLS_NET_RTP_FRAMES_H

#include <stdbool.h>

#include <libavcodec/codec_id.h>
#include <libavcodec/packet.h>

#include "datagram.h"

typedef struct RtpFrames RtpFrames;

/** What is known of a frame besides its bytes. */
typedef struct RtpFrameInfo {
    int64_t   timestamp;   ///< RTP timestamp, wraps counted
    uint64_t  first, last; ///< extended sequence numbers
    unsigned  nb_packets;
    bool      whole;       ///< false: packets are missing, no frame comes
    bool      gap_before;  ///< packets were lost between it and the last one,
                           ///< which may have been its first
    bool      start_known; ///< the payload format says it begins here; if not,
                           ///< and there is a gap before it, it may lack its
                           ///< start though it is called whole
    bool      per_packet;  ///< SFrame: what it opens to is not a frame but the
                           ///< payload of one packet of the codec's own format
    bool      marker;      ///< of its last packet
    PacketTag tag;         ///< of its first packet
} RtpFrameInfo;

/**
 * @param codec VP8, VP9, H264, HEVC, AV1, OPUS (what the FFmpeg tree's RTP
 *              has), or NONE for SFrame's payload format
 * @param payload_type others are passed over; -1: any
 * @param clock_rate of the RTP timestamps
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int rtp_frames_open(RtpFrames **frames, enum AVCodecID codec,
                    int payload_type, int clock_rate);

/**
 * @param datagram RTP; taken over, also on failure
 * @param sequence extended; a step other than 1 is a gap too
 * @param nb_lost  packets missing right before it
 * @return 0 or AVERROR(ENOMEM)
 */
int rtp_frames_push(RtpFrames *frames, Datagram *datagram, uint64_t sequence,
                    unsigned nb_lost);

/**
 * No more comes: a frame that is open and whose end is not known will be given
 * as one that is not whole.
 */
int rtp_frames_flush(RtpFrames *frames);

/**
 * Next frame. Its pts is info->timestamp. If it is not whole, the packet
 * stays empty and the info tells what is known.
 *
 * @return 0, AVERROR(EAGAIN) or another negative AVERROR
 */
int rtp_frames_read(RtpFrames *frames, AVPacket *packet, RtpFrameInfo *info);

void rtp_frames_free(RtpFrames **frames);

#endif /* TOOLS_NET_RTP_FRAMES_H */
