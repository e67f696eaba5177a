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
 * Packets of one stream of a media file, timed from where it is cut.
 */

#ifndef TOOLS_MEDIA_READER_H
#define TOOLS_MEDIA_READER_H

#include <libavformat/avformat.h>

typedef struct Reader Reader;

typedef struct ReaderSetup {
    const char      *file;
    const char      *stream; ///< specifier as ffmpeg's -map has it; NULL: the
                             ///< first one of the type
    enum AVMediaType type;
    int64_t          start;  ///< microseconds of the file that are cut off
    int64_t          length; ///< microseconds from there, 0: all
} ReaderSetup;

/**
 * @param setup its strings are kept, not copied
 * @return 0, or a negative AVERROR after an error line
 */
int reader_open(Reader **reader, const ReaderSetup *setup);

/**
 * Next packet, its times in reader_time_base() and counted from the cut, so
 * that what comes before it has negative ones.
 *
 * @return 0, AVERROR_EOF, or another negative AVERROR after an error line
 *         (none if the run was interrupted: AVERROR_EXIT)
 */
int reader_read(Reader *reader, AVPacket *packet);

/** Begin anew. @return 0, or a negative AVERROR after an error line */
int reader_rewind(Reader *reader);

/** Time behind the last packet so far, in reader_time_base(). */
int64_t reader_end(const Reader *reader);

/** The RTP clock: 1/90000 for video, 1/48000 for audio. */
AVRational reader_time_base(const Reader *reader);

AVStream *reader_stream(const Reader *reader);

AVRational reader_frame_rate(const Reader *reader);

void reader_free(Reader **reader);

#endif /* TOOLS_MEDIA_READER_H */
