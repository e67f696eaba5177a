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
 * Whether a payload or a frame starts a picture that needs no other: once as
 * each SFU decides it from the clear bytes of one RTP payload, once as it is,
 * from a frame that was opened.
 */

#ifndef TOOLS_MEDIA_KEY_FRAME_H
#define TOOLS_MEDIA_KEY_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavcodec/codec_id.h>

typedef enum SfuRules {
    SFU_MEDIASOUP,
    SFU_LIVEKIT,
    SFU_JANUS,
    SFU_JITSI,
    SFU_NB
} SfuRules;

const char *sfu_name(SfuRules rules);

/** @return SFU_NB if there is none of that name */
SfuRules sfu_from_name(const char *name);

/**
 * Whether the SFU looks for key frames of this codec in payloads at all. Not
 * in audio, and mediasoup and Jitsi Videobridge not in H.265 and AV1, where
 * they go by the dependency descriptor or by nothing.
 */
bool sfu_looks(SfuRules rules, enum AVCodecID codec);

/**
 * Whether the SFU takes this payload for the start of a key frame. The rules
 * are those of mediasoup (worker/src/RTC/Codecs), LiveKit's server
 * (pkg/sfu/buffer/helpers.go), Janus (src/utils.c) and Jitsi Videobridge
 * (jitsi-media-transform, DePacketizer).
 *
 * @param payload one RTP payload, with the codec's payload descriptor
 * @return false if it does not look
 */
bool sfu_key_frame(SfuRules rules, enum AVCodecID codec,
                   const uint8_t *payload, size_t size);

/**
 * Whether a plain frame is a key frame; audio always is.
 *
 * @param frame H.264 and H.265 as a byte stream, AV1 as a temporal unit
 */
bool frame_is_key(enum AVCodecID codec, const uint8_t *frame, size_t size);

#endif /* TOOLS_MEDIA_KEY_FRAME_H */
