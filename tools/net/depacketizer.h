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
 * The packets of one whole frame into the frame, by libavformat's SDP
 * demuxer.
 *
 * Its depacketizers keep a stream's state, follow sequence numbers, wait for
 * key frames, and take 100 kB each. Here they get whole frames only, numbered
 * through and with the shortest payload descriptor, so that any stream may
 * use any of them: they are lent for one frame at a time.
 */

#ifndef TOOLS_NET_DEPACKETIZER_H
#define TOOLS_NET_DEPACKETIZER_H

#include <libavcodec/codec_id.h>
#include <libavcodec/packet.h>

#include "packet_buffer.h"

/** Of a packet of a frame, what is needed to put the frame together. */
typedef struct PayloadPart {
    const uint8_t *data;
    size_t         size;
    PacketBuffer  *buffer;  ///< holds it
} PayloadPart;

/**
 * Must be called, and succeed, once for each stream before it is used.
 *
 * @return 0 or a negative AVERROR; an error line has been printed, for instance
 *         that the FFmpeg tree has no such depacketizer
 */
int depacketizer_use(enum AVCodecID codec);

/** Undoes one call of depacketizer_use(). */
void depacketizer_unuse(enum AVCodecID codec);

/**
 * From any thread.
 *
 * @param parts the packets' payloads without padding and, for VP8 and VP9,
 *              without payload descriptor
 * @return 0, AVERROR_INVALIDDATA if they do not make a frame, or another
 *         negative AVERROR
 */
int depacketize(enum AVCodecID codec, const PayloadPart *parts, size_t nb,
                AVPacket *frame);

#endif /* TOOLS_NET_DEPACKETIZER_H */
