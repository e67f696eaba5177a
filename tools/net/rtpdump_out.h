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
 * A hop's RTP in the format of rtpdump and rtpplay.
 */

#ifndef TOOLS_NET_RTPDUMP_OUT_H
#define TOOLS_NET_RTPDUMP_OUT_H

#include "datagram.h"

typedef struct RtpdumpOut RtpdumpOut;

/**
 * @param name    the file gets it when it is whole; "-": standard output
 * @param address IPv4 address and port where the packets arrived
 * @return 0, or a negative AVERROR after an error line
 */
int rtpdump_out_open(RtpdumpOut **out, const char *name, uint32_t address,
                     uint16_t port);

/**
 * @param time     microseconds of the meeting; the format keeps milliseconds
 * @param datagram RTP or RTCP; what the format cannot hold is left out
 */
void rtpdump_out_write(RtpdumpOut *out, int64_t time,
                       const Datagram *datagram);

/** @return 0, or a negative AVERROR after an error line; freed either way */
int rtpdump_out_commit(RtpdumpOut **out);

/** Give up: nothing is left. */
void rtpdump_out_discard(RtpdumpOut **out);

#endif /* TOOLS_NET_RTPDUMP_OUT_H */
