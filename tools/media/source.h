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
 * The media of one track as a meeting's sender would send it: a stream of a
 * file carried as it is where that is possible, else encoded live; or made-up
 * pictures and samples.
 */

#ifndef TOOLS_MEDIA_SOURCE_H
#define TOOLS_MEDIA_SOURCE_H

#include <stdbool.h>

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "room/scenario.h"

typedef struct Source Source;

typedef struct SourceSetup {
    const MediaSource *media;    ///< kept, not copied
    const Encoding    *encoding; ///< NULL: all follows the source
    TrackKind          kind;
    enum AVCodecID     video_codec; ///< for video that has to be encoded
    uint32_t           seed;     ///< of generated noise
    bool              sframe;    ///< goes over RTP as SFrame: any codec does
} SourceSetup;

/**
 * The codec of a scenario's name for it.
 *
 * @return AV_CODEC_ID_NONE if it can be in no meeting
 */
enum AVCodecID source_codec(const char *name);

/** @return 0, or a negative AVERROR after an error line */
int source_open(Source **source, const SourceSetup *setup);

/**
 * Time of the next frame, in source_time_base() and counted from the cut. A
 * live encoder has not seen that frame yet.
 *
 * @return 0, AVERROR_EOF, or another negative AVERROR after an error line
 *         (none if the run was interrupted: AVERROR_EXIT)
 */
int source_next(Source *source, int64_t *time);

/**
 * The frame of which source_next() told the time.
 *
 * @param key encode it as a key frame; what is carried as it is cannot
 * @return 0, AVERROR(EAGAIN) if it is left out, or another negative AVERROR
 *         after an error line
 */
int source_read(Source *source, bool key, AVPacket *packet);

/**
 * How loud the latest frame of audio was, for RFC 6464's header extension.
 *
 * @return 0 (loudest) to 127, in -dBov; -1: not known
 */
int source_level(const Source *source);

/** Parameters of the packets that source_read() gives. */
const AVCodecParameters *source_parameters(const Source *source);

/** The RTP clock of the codec: 1/90000 for video, 1/48000 for Opus. */
AVRational source_time_base(const Source *source);

/**
 * What the stream is and what is done to it, in a few words.
 */
const char *source_description(const Source *source);

/** File or generator, for people. */
const char *source_name(const Source *source);

bool source_encoded(const Source *source);

void source_free(Source **source);

#endif /* TOOLS_MEDIA_SOURCE_H */
