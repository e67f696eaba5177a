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
 * Frames into RTP packets, by libavformat's muxer, in memory.
 */

#ifndef TOOLS_NET_RTP_PACK_H
#define TOOLS_NET_RTP_PACK_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "rtp.h"

typedef struct RtpPacker RtpPacker;

/**
 * Open for one track.
 *
 * @param time_base of the frames' timestamps: the RTP clock of the codec
 * @param sink      gets every datagram of at most RTP_MTU bytes
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int rtp_packer_open(RtpPacker **packer, const AVCodecParameters *par,
                    AVRational time_base, uint32_t ssrc, uint16_t sequence,
                    DatagramSink sink, void *opaque);

/**
 * Send one frame.
 */
int rtp_packer_send(RtpPacker *packer, const AVPacket *frame);

/** The track's SDP, for those who receive it. Owned by the packer. */
const char *rtp_packer_sdp(const RtpPacker *packer);

/**
 * The RTP timestamp of media time 0, which receivers learn by signalling
 * (in life from RTCP sender reports). Valid once a frame was sent.
 */
uint32_t rtp_packer_origin(const RtpPacker *packer);

/** Datagrams sent so far. */
uint64_t rtp_packer_count(const RtpPacker *packer);

void rtp_packer_free(RtpPacker **packer);

#endif /* TOOLS_NET_RTP_PACK_H */
