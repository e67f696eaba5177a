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
 * RTP packets into frames, by libavformat's SDP demuxer, in memory.
 *
 * Datagrams have to come in the order of their sequence numbers.
 */

#ifndef TOOLS_NET_RTP_UNPACK_H
#define TOOLS_NET_RTP_UNPACK_H

#include <libavcodec/packet.h>

#include "rtp.h"

typedef struct RtpUnpacker RtpUnpacker;

/**
 * Open for one track, as its SDP describes it.
 *
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int rtp_unpacker_open(RtpUnpacker **unpacker, const char *sdp);

/**
 * Take in one datagram; what is not RTP is passed over. A DatagramSink.
 *
 * @param opaque an RtpUnpacker
 */
int rtp_unpacker_push(void *opaque, const uint8_t *data, size_t size);

/**
 * Next whole frame of what was pushed, its timestamp counted from origin.
 *
 * @param origin the RTP timestamp of media time 0
 * @return 0, AVERROR(EAGAIN) if more datagrams are needed, or another
 *         negative AVERROR
 */
int rtp_unpacker_read(RtpUnpacker *unpacker, AVPacket *frame,
                      uint32_t origin);

void rtp_unpacker_free(RtpUnpacker **unpacker);

#endif /* TOOLS_NET_RTP_UNPACK_H */
