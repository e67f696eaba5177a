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

#ifndef E2EE_TESTS_MEDIA_H
#define E2EE_TESTS_MEDIA_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

/** What the filters take, as encoders and containers give it. */
enum MediaKind {
    MEDIA_OPUS,
    MEDIA_VP8,
    MEDIA_VP9,
    MEDIA_AV1,
    MEDIA_H264,                 ///< start codes, four slices
    MEDIA_H264_LENGTHS,         ///< avcC
    MEDIA_H265,
    MEDIA_H265_LENGTHS,         ///< hvcC
    MEDIA_NB
};

/** A short stream. */
typedef struct Media {
    const char        *name;
    AVCodecParameters *par;
    AVRational         time_base;
    AVPacket         **packets;
    int                nb_packets;
} Media;

/** Encode a second of a moving picture or of a sound; never fails. */
Media *media_make(enum MediaKind kind);

void media_free(Media **media);

/** Decode; one hash a frame, frames that do not decode leave none. */
int media_hashes(const AVCodecParameters *par, AVPacket *const *packets,
                 int nb_packets, uint64_t *hashes, int max);

#endif /* E2EE_TESTS_MEDIA_H */
