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


#include <libavutil/error.h>

#include "hops.h"
#include "report/log.h"

int stream_hop_rtp(StreamHop *h, const SrtpKeys *keys, uint32_t ssrc,
                   const uint8_t *data, size_t *size, uint8_t *out)
{
    (void)h, (void)keys, (void)ssrc, (void)data, (void)size, (void)out;
    log_error("--srtp-keys: SRTP is not opened yet");
    return AVERROR(ENOSYS);
}

bool stream_hop_rtcp(StreamHop *h, const uint8_t *data, size_t *size,
                     uint8_t *out)
{
    (void)h, (void)data, (void)size, (void)out;
    return false;
}

void stream_hop_close(StreamHop *h)
{
    (void)h;
}
