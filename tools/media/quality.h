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
 * How far a picture is from another one, by libavfilter's psnr and ssim.
 */

#ifndef TOOLS_MEDIA_QUALITY_H
#define TOOLS_MEDIA_QUALITY_H

#include <libavutil/frame.h>

typedef struct Quality Quality;

/**
 * Compare two pictures of the same format and size.
 *
 * @param[in,out] quality made at the first call
 * @param[out] psnr in dB over all planes, 100 for identical ones; -1 if they
 *             cannot be compared
 * @param[out] ssim 0 to 1; -1 the same
 */
void quality_measure(Quality **quality, const AVFrame *reference,
                     const AVFrame *frame, double *psnr, double *ssim);

void quality_free(Quality **quality);

#endif /* TOOLS_MEDIA_QUALITY_H */
