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
 * What the start of an RTP payload says by its format: VP8 (RFC 7741), VP9
 * (RFC 9628), H.264 (RFC 6184), H.265 (RFC 7798), AV1 (AOM's RTP payload
 * format), Opus (RFC 7587), SFrame (draft-ietf-avtcore-rtp-sframe).
 */

#ifndef TOOLS_NET_PAYLOAD_H
#define TOOLS_NET_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavcodec/codec_id.h>

typedef enum PayloadStart {
    PAYLOAD_CONTINUES,   ///< something before it belongs to its frame
    PAYLOAD_MAY_START,   ///< the format does not tell
    PAYLOAD_STARTS,
} PayloadStart;

typedef struct PayloadView {
    PayloadStart start;
    bool   begins_anew;  ///< what is open ends before it, same timestamp or not
    bool   ends;         ///< its frame, marker or not
    bool   per_packet;   ///< SFrame: what was sealed is an RTP payload
    size_t descriptor;   ///< bytes before the frame's own
} PayloadView;

/**
 * @param codec as for rtp_frames_open()
 * @param data  payload without padding, at least one byte
 * @return 0, or AVERROR_INVALIDDATA if nothing of a frame is in it
 */
int payload_view(enum AVCodecID codec, const uint8_t *data, size_t size,
                 PayloadView *view);

#endif /* TOOLS_NET_PAYLOAD_H */
