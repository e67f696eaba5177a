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

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "rtp_sframe.h"

int rtp_sframe_split(const uint8_t *frame, size_t size, size_t max,
                     RtpSframeSink sink, void *opaque)
{
    const size_t nb    = (size + max - 2) / (max - 1);
    const size_t piece = nb ? (size + nb - 1) / nb : 0;
    uint8_t *payload   = av_malloc(piece + 1);
    int ret = payload ? 0 : AVERROR(ENOMEM);

    for (size_t at = 0, n; ret >= 0 && at < size; at += n) {
        n = FFMIN(piece, size - at);
        payload[0] = (at ? 0 : RTP_SFRAME_START) |
                     (at + n == size ? RTP_SFRAME_END : 0);
        memcpy(payload + 1, frame + at, n);
        ret = sink(opaque, payload, n + 1, at + n == size);
    }
    av_free(payload);
    return ret;
}

int rtp_sframe_wrap(Datagram *datagram, PacketPool *pool,
                    const uint8_t *sealed, size_t size)
{
    PacketBuffer *buffer = packet_buffer_get(pool, size + 1);

    if (!buffer)
        return AVERROR(ENOMEM);
    buffer->data[0] = RTP_SFRAME_START | RTP_SFRAME_END |
                      RTP_SFRAME_PER_PACKET;
    memcpy(buffer->data + 1, sealed, size);
    packet_buffer_unref(&datagram->buffer);
    datagram->buffer       = buffer;
    datagram->payload      = buffer->data;
    datagram->payload_size = size + 1;
    return 0;
}
