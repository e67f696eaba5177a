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

#ifndef E2EE_TESTS_FILTER_RUN_H
#define E2EE_TESTS_FILTER_RUN_H

#include <libavcodec/bsf.h>

#include "filter_media.h"

#define KEY "key_hex=000102030405060708090a0b0c0d0e0f"
#define OTHER_KEY "key_hex=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"

/**
 * Open a filter, or a chain, as the command line does.
 *
 * @param description  filter=option=value:option=value,filter...
 * @return 0, or FFmpeg's error; bsf is NULL then
 */
int filter_open(AVBSFContext **bsf, const char *description,
                const AVCodecParameters *par, AVRational time_base);

/** The same, and fail the test on an error. */
AVBSFContext *filter_must_open(const char *description, const Media *media);

/**
 * Put a packet through.
 *
 * @param in  is left as it is
 * @return the packet that came out, or NULL and ret: AVERROR(EAGAIN) when it
 *         was dropped
 */
AVPacket *filter_packet(AVBSFContext *bsf, const AVPacket *in, int *ret);

/** The same, and fail the test if none comes out. */
AVPacket *filter_must_pass(AVBSFContext *bsf, const AVPacket *in);

/** An option's value as the API gives it. */
int64_t filter_count(AVBSFContext *bsf, const char *option);

/** Set at run time; fails the test on an error. */
void filter_set(AVBSFContext *bsf, const char *option, const char *value);

/** An entry of the packet's metadata, "" if it is not there; static. */
const char *filter_metadata(const AVPacket *pkt, const char *entry);

/** A packet of these bytes. */
AVPacket *make_packet(const void *data, int size, int64_t pts, int flags);

#endif /* E2EE_TESTS_FILTER_RUN_H */
