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

#include <stdbool.h>

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "datagram.h"
#include "rtp.h"

/* Header extensions (RFC 8285, one byte) by these numbers. */
#define RTP_EXT_AUDIO_LEVEL   1 ///< RFC 6464
#define RTP_EXT_ABS_SEND_TIME 3

typedef struct RtpPacker RtpPacker;

typedef struct RtpPackSetup {
    const AVCodecParameters *par;
    AVRational    time_base;    ///< of the frames' timestamps
    int           payload_type;
    uint32_t      ssrc;
    uint16_t      sequence;     ///< of the first packet
    uint32_t      timestamp;    ///< RTP timestamp of pts 0
    size_t        mtu;          ///< largest datagram in bytes, RTP header
                                ///< included, 128 to 65000; 0: RTP_MTU
    bool          extensions;   ///< packets carry header extensions
    bool          sframe;       ///< whole frames in SFrame's payload format
    DatagramTaker taker;        ///< gets every packet, those of a frame at once
    void         *opaque;
} RtpPackSetup;

/** What goes along with a frame. */
typedef struct RtpPackInfo {
    int64_t   send_time;    ///< microseconds, for the extension
    int       audio_level;  ///< 0 (loudest) to 127, -dBov, +128 for voice;
                            ///< -1: none
    PacketTag tag;          ///< index and nb are filled in
} RtpPackInfo;

/**
 * Open for one track or encoding. The same setup gives the same bytes.
 *
 * @param setup par and time_base are copied
 * @return 0 or a negative AVERROR; an error line has been printed, for instance
 *         that this FFmpeg has no such RTP
 */
int rtp_packer_open(RtpPacker **packer, const RtpPackSetup *setup);

/**
 * Send one frame.
 *
 * @return 0, the taker's error, or another negative AVERROR
 */
int rtp_packer_send(RtpPacker *packer, const AVPacket *frame,
                    const RtpPackInfo *info);

/** The track's SDP, for those who receive it; "" for SFrame's payload format.
 *  Owned by the packer. */
const char *rtp_packer_sdp(const RtpPacker *packer);

/**
 * The RTP timestamp of media time 0, which receivers learn by signalling
 * (in life from RTCP sender reports).
 */
uint32_t rtp_packer_origin(const RtpPacker *packer);

/** Sequence number of the packet that comes next. */
uint16_t rtp_packer_sequence(const RtpPacker *packer);

/** Datagrams and bytes of payload sent so far. */
uint64_t rtp_packer_count(const RtpPacker *packer);
uint64_t rtp_packer_bytes(const RtpPacker *packer);

void rtp_packer_free(RtpPacker **packer);

#endif /* TOOLS_NET_RTP_PACK_H */
