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
 * What a meeting's sender does to media that cannot be carried as it is:
 * decode, bring into shape, encode for low delay.
 */

#ifndef TOOLS_MEDIA_TRANSCODE_H
#define TOOLS_MEDIA_TRANSCODE_H

#include <libavformat/avformat.h>

typedef struct Transcoder Transcoder;

/**
 * Source of packets: 0, AVERROR_EOF or another negative AVERROR.
 */
typedef int (*PacketReader)(void *opaque, AVPacket *packet);

/**
 * Open for one stream of a file.
 *
 * @param codec     AV_CODEC_ID_H264, _VP8 or _OPUS
 * @param time_base of the packets, in and out
 * @param[out] par  what will come out; allocated by the caller
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int transcoder_open(Transcoder **transcoder, const AVFormatContext *file,
                    AVStream *stream, enum AVCodecID codec,
                    AVRational time_base, AVCodecParameters *par);

/**
 * Next encoded packet, reading as much as that takes.
 *
 * @return 0, AVERROR_EOF or another negative AVERROR
 */
int transcoder_read(Transcoder *transcoder, AVPacket *packet,
                    PacketReader read, void *opaque);

void transcoder_free(Transcoder **transcoder);

#endif /* TOOLS_MEDIA_TRANSCODE_H */
