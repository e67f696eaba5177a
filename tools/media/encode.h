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
 * An encoder as a meeting's sender sets it up: no delay, no B-frames, a key
 * frame when one is asked for.
 */

#ifndef TOOLS_MEDIA_ENCODE_H
#define TOOLS_MEDIA_ENCODE_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

typedef struct LiveEncoder LiveEncoder;

/** What the frames are like before, and how they are to be encoded. */
typedef struct EncoderSetup {
    enum AVCodecID codec;
    AVRational     time_base;  ///< of frames and packets: the RTP clock
    int            in_width, in_height, in_channels;
    AVRational     in_rate;    ///< frames a second
    /* 0: as they are, or what suits */
    int            width, height;
    double         rate;
    int64_t        bitrate;
    int64_t        key_interval; ///< microseconds
} EncoderSetup;

/** Whether there is an encoder for it in the table: VP8, VP9, H.264, H.265,
 *  AV1, Opus. */
bool encoder_known(enum AVCodecID codec);

/**
 * @param[out] par what will come out; allocated by the caller
 * @param[out] what the library's name of what failed
 * @return 0 or a negative AVERROR
 */
int encoder_open(LiveEncoder **encoder, const EncoderSetup *setup,
                 AVCodecParameters *par, const char **what);

/**
 * Bring a frame into shape; its content is taken. NULL is the end.
 *
 * @return 0 or a negative AVERROR
 */
int encoder_shape(LiveEncoder *encoder, AVFrame *frame);

/** Next frame in shape. @return 0, AVERROR(EAGAIN), AVERROR_EOF or another
 *  negative AVERROR */
int encoder_shaped(LiveEncoder *encoder, AVFrame *frame);

/**
 * Encode a frame that is in shape.
 *
 * @param key as a key frame
 * @return 0, AVERROR(EAGAIN) if the encoder left it out, or another negative
 *         AVERROR
 */
int encoder_encode(LiveEncoder *encoder, AVFrame *frame, bool key,
                   AVPacket *packet);

void encoder_free(LiveEncoder **encoder);

#endif /* TOOLS_MEDIA_ENCODE_H */
