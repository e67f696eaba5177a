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
 * Decoded frames into the size and format that an encoder wants, by a
 * libavfilter graph of one input and one output.
 */

#ifndef TOOLS_MEDIA_SHAPE_H
#define TOOLS_MEDIA_SHAPE_H

#include <stdbool.h>

#include <libavutil/frame.h>

typedef struct Shaper Shaper;

/**
 * Open for frames like this one.
 *
 * @param time_base of the frames, in and out
 * @param filters   in the syntax of ffmpeg's -vf and -af
 * @param nb_samples how many the frames of audio shall have (the last one may
 *                  have fewer), 0: as they come
 * @return 0 or a negative AVERROR
 */
int shaper_open(Shaper **shaper, const AVFrame *frame, AVRational time_base,
                const char *filters, unsigned nb_samples);

/**
 * Whether the frame has the size and format that the shaper was opened for.
 *
 * @param shaper may be NULL: fits nothing
 */
bool shaper_fits(const Shaper *shaper, const AVFrame *frame);

/**
 * Put a frame in; its content is taken. NULL is the end.
 */
int shaper_send(Shaper *shaper, AVFrame *frame);

/**
 * @return 0, AVERROR(EAGAIN), AVERROR_EOF or another negative AVERROR
 */
int shaper_receive(Shaper *shaper, AVFrame *frame);

void shaper_free(Shaper **shaper);

#endif /* TOOLS_MEDIA_SHAPE_H */
