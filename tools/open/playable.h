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
 * Whether a stream plays: the parameters that its file needs, and a count of
 * what a decoder cannot make sense of.
 */

#ifndef TOOLS_OPEN_PLAYABLE_H
#define TOOLS_OPEN_PLAYABLE_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

/**
 * Complete the parameters of a stream from one of its key frames, as a file's
 * reader finds them: sizes, format and profile from the decoder, extradata
 * from the frame. Audio takes what RTP says of Opus (RFC 7587).
 *
 * @param par codec, and what is known already
 * @return 0, AVERROR_INVALIDDATA if the frame does not decode (par is as it
 *         was then), or another negative AVERROR
 */
int playable_parameters(AVCodecParameters *par, const AVPacket *key_frame);

/** Duration of an Opus packet in samples at 48 kHz; 0: not one. */
int playable_opus_duration(const uint8_t *data, int size);

typedef struct PlayCheck PlayCheck;

typedef struct PlayCounts {
    uint64_t nb_sent;      ///< packets
    uint64_t nb_decoded;   ///< pictures or pieces of sound
    uint64_t nb_errors;    ///< packets refused and pictures concealed
} PlayCounts;

/** @return 0 or a negative AVERROR after an error line */
int play_check_open(PlayCheck **check, const AVCodecParameters *par);

/** Decode a packet; NULL: the end. */
void play_check_send(PlayCheck *check, const AVPacket *packet);

const PlayCounts *play_check_counts(const PlayCheck *check);

void play_check_free(PlayCheck **check);

#endif /* TOOLS_OPEN_PLAYABLE_H */
