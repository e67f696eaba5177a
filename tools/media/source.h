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
 * One stream of a media file as a meeting's sender would send it: carried as
 * it is where that is possible, encoded anew where not.
 */

#ifndef TOOLS_MEDIA_SOURCE_H
#define TOOLS_MEDIA_SOURCE_H

#include <stdbool.h>

#include <libavformat/avformat.h>

typedef struct Source Source;

typedef struct SourceSetup {
    enum AVCodecID video_codec; ///< for video that has to be encoded
    int64_t        duration;    ///< microseconds to read, 0: all
} SourceSetup;

/**
 * Open the nth audio or video stream of a file, counted from 0.
 *
 * @return 0, AVERROR_STREAM_NOT_FOUND if there are not that many, or another
 *         negative AVERROR after an error line
 */
int source_open(Source **source, const char *file, int nth,
                const SourceSetup *setup);

/**
 * Next packet, its times in source_time_base() and counted from the file's
 * start.
 *
 * @return 0, AVERROR_EOF, or another negative AVERROR after an error line
 *         (none if the run was interrupted: AVERROR_EXIT)
 */
int source_read(Source *source, AVPacket *packet);

/** Parameters of the packets that source_read() gives. */
const AVCodecParameters *source_parameters(const Source *source);

/** The RTP clock of the codec: 1/90000 for video, 1/48000 for Opus. */
AVRational source_time_base(const Source *source);

/**
 * What the stream is and what is done to it, in a few words.
 */
const char *source_description(const Source *source);

const char *source_file(const Source *source);

bool source_encoded(const Source *source);

void source_free(Source **source);

#endif /* TOOLS_MEDIA_SOURCE_H */
