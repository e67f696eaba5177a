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
 * One media file written packet by packet: the output side of `open`. It
 * appears under its name when it is whole.
 */

#ifndef TOOLS_MEDIA_MUX_H
#define TOOLS_MEDIA_MUX_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

typedef struct Muxer Muxer;

typedef struct MuxerSetup {
    const char *name;     ///< of the file; "-": standard output
    const char *format;   ///< of libavformat; NULL: by the name
} MuxerSetup;

typedef struct MuxerStream {
    const AVCodecParameters *par;  ///< complete: sizes, extradata
    AVRational  time_base;         ///< of the packets
    const char *title, *language;  ///< NULL: none
} MuxerStream;

/**
 * Find the format and see that the file can be written.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int muxer_open(Muxer **muxer, const MuxerSetup *setup);

/** Whether the format can hold the codec; if not, says so and what can. */
bool muxer_takes(const Muxer *muxer, enum AVCodecID codec);

/**
 * Add a stream; only before the first packet.
 *
 * @return its index, or a negative AVERROR after an error line
 */
int muxer_add(Muxer *muxer, const MuxerStream *stream);

/** Write the header. Whether it is, muxer_started() tells. */
int muxer_start(Muxer *muxer);

bool muxer_started(const Muxer *muxer);

/**
 * Write a packet; takes its reference. pts and dts have to be set. Streams
 * may be up to 10 s apart. Time that does not advance within a stream, which
 * no format can hold, is moved by the least that does.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int muxer_write(Muxer *muxer, int stream, AVPacket *packet);

/** Packets that muxer_write() had to move in time. */
uint64_t muxer_nb_moved(const Muxer *muxer);

/**
 * Complete the file, give it its name, free.
 *
 * @return 0, or a negative AVERROR after an error line; nothing is left then
 */
int muxer_finish(Muxer **muxer);

/** Give up: nothing is left. NULL inside does nothing. */
void muxer_free(Muxer **muxer);

#endif /* TOOLS_MEDIA_MUX_H */
