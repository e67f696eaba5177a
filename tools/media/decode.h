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
 * A decoder as a meeting's receiver sets it up, and what comes out of it.
 */

#ifndef TOOLS_MEDIA_DECODE_H
#define TOOLS_MEDIA_DECODE_H

#include <libavcodec/avcodec.h>

typedef struct Decoder Decoder;

/** Called with each decoded frame, which is only lent; its pts is that of its
 *  packet. */
typedef void (*FrameSink)(void *opaque, const AVFrame *frame);

/**
 * Open a decoder from what the two sides agreed on, never from the stream
 * itself: a codec, and for H.264 from a file its parameter sets.
 *
 * @param par codec and, for the sender's own decoder, extradata
 * @param sink gets every frame, also the late ones on flushing
 * @return 0 or a negative AVERROR (after an error line)
 */
int decoder_open(Decoder **decoder, const AVCodecParameters *par,
                 AVRational time_base, FrameSink sink, void *opaque);

/**
 * Decode one packet; NULL flushes. What the decoder cannot make sense of is
 * no error here: the frame is missing from the comparison.
 *
 * @return 0, or a negative AVERROR for anything but bad data
 */
int decoder_send(Decoder *decoder, const AVPacket *packet);

void decoder_free(Decoder **decoder);

#endif /* TOOLS_MEDIA_DECODE_H */
