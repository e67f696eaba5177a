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
 * Pictures and samples that libavfilter's sources make up: "testsrc2", "sine",
 * "mandelbrot", with their options and with filters behind them.
 */

#ifndef TOOLS_MEDIA_GENERATE_H
#define TOOLS_MEDIA_GENERATE_H

#include <stdbool.h>

#include <libavutil/frame.h>

typedef struct Generator Generator;

/**
 * @param text as ffmpeg's lavfi input takes it; a source whose randomness has
 *             no seed of its own gets this one
 * @return 0, or a negative AVERROR after an error line
 */
int generator_open(Generator **generator, const char *text, bool video,
                   uint32_t seed);

/**
 * Next frame, its pts in time_base and counted from 0.
 *
 * @return 0, AVERROR_EOF or another negative AVERROR
 */
int generator_read(Generator *generator, AVFrame *frame,
                   AVRational time_base);

/** Of video; 0/1 if it is not known. */
AVRational generator_frame_rate(const Generator *generator);

/* What its frames have. */
int generator_width(const Generator *generator);
int generator_height(const Generator *generator);
int generator_channels(const Generator *generator);

void generator_free(Generator **generator);

#endif /* TOOLS_MEDIA_GENERATE_H */
