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
 * SRTP packets of one stream opened with whichever of the given keys fits.
 */

#ifndef TOOLS_CAPTURE_HOPS_H
#define TOOLS_CAPTURE_HOPS_H

#include "srtp_keys.h"

/** Of one SSRC; zero to begin with. */
typedef struct StreamHop {
    SrtpHop *hop;       ///< NULL: no key has opened a packet yet
    unsigned nb_tried;  ///< packets that all keys were tried on
} StreamHop;

/**
 * @param out  room for the packet; has it when it opened
 * @param size in and out
 * @return 1, 0 if no key opens it, AVERROR(EEXIST) if it was opened before,
 *         or another negative AVERROR
 */
int stream_hop_rtp(StreamHop *hop, const SrtpKeys *keys, uint32_t ssrc,
                   const uint8_t *data, size_t *size, uint8_t *out);

/** The same for RTCP of a stream whose key is known. */
int stream_hop_rtcp(StreamHop *hop, const uint8_t *data, size_t *size,
                    uint8_t *out);

void stream_hop_close(StreamHop *hop);

#endif /* TOOLS_CAPTURE_HOPS_H */
