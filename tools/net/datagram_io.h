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
 * The one difference between the FFmpeg versions that callbacks run into:
 * since libavformat 61 a writing callback gets its bytes as const.
 */

#ifndef TOOLS_NET_DATAGRAM_IO_H
#define TOOLS_NET_DATAGRAM_IO_H

#include <stdint.h>

#include <libavformat/version.h>

#if LIBAVFORMAT_VERSION_MAJOR < 61
typedef uint8_t WrittenByte;
#else
typedef const uint8_t WrittenByte;
#endif

#endif /* TOOLS_NET_DATAGRAM_IO_H */
