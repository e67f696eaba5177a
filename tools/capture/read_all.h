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
 * Every frame of an input to whoever looks at them all.
 */

#ifndef TOOLS_CAPTURE_READ_ALL_H
#define TOOLS_CAPTURE_READ_ALL_H

#include "input.h"

/** The frame is only lent. @return 0 or a negative AVERROR, which ends it */
typedef int (*FrameLook)(void *opaque, const InputTrack *track,
                         const AVPacket *packet, const InputFrame *info);

/**
 * Read to the end, with a progress line.
 *
 * @return AVERROR_EOF at the end, AVERROR_EXIT after an interrupt, or another
 *         negative AVERROR
 */
int input_read_all(Input *input, FrameLook look, void *opaque);

#endif /* TOOLS_CAPTURE_READ_ALL_H */
