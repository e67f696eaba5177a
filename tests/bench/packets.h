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
 * The packets of a track, all in memory.
 */

#ifndef TESTS_BENCH_PACKETS_H
#define TESTS_BENCH_PACKETS_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#define PACKETS_TRACKS_MAX 4

typedef struct Packets {
    AVCodecParameters *par;
    AVRational         time_base;
    AVPacket         **packets;
    int                nb;
    int64_t            nb_bytes;
    int               *windows; ///< the first packets of each
    int                nb_windows;
    char               name[64];
} Packets;

/** Packets next to each other that stay in a core's cache. */
typedef struct PacketWindow {
    int first, nb;
} PacketWindow;

/**
 * Read all tracks of a file.
 *
 * @return how many, or a negative AVERROR
 */
int packets_read(Packets tracks[PACKETS_TRACKS_MAX], const char *file);

void packets_init(Packets *p, const AVCodecParameters *par,
                  AVRational time_base);

/** A copy in memory of its own, as a demuxer gives it. */
void packets_copy(AVPacket *copy, const AVPacket *packet);

/** Keep a copy. */
void packets_add(Packets *p, const AVPacket *packet);

/** What to work on in a round: the windows in turn. */
PacketWindow packets_window(const Packets *p, int round);

/** Have a window's bytes in the cache, as those of a packet just read. */
void packets_touch(const Packets *p, PacketWindow window);

/** Codec, picture size and the mean size of a packet. */
const char *packets_name(const Packets *p);

void packets_free(Packets *p);

#endif /* TESTS_BENCH_PACKETS_H */
