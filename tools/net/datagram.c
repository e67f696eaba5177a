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

#include "datagram.h"
#include "rtp.h"

int datagram_make(Datagram *out, PacketPool *pool, const uint8_t *data,
                  size_t size)
{
    size_t header_size = 0;

    *out = (Datagram){ .tag.track = UINT16_MAX };
    if (rtp_is_media(data, size)) {
        header_size = rtp_header_size(data, size);
        if (!header_size || header_size > DATAGRAM_HEADER_MAX)
            return AVERROR_INVALIDDATA;
    }
    if (!(out->buffer = packet_buffer_get(pool, size)))
        return AVERROR(ENOMEM);
    /* The whole of it: the room before the payload lets SRTP work there. */
    memcpy(out->buffer->data, data, size);
    memcpy(out->header, data, header_size);
    out->header_size  = header_size;
    out->payload      = out->buffer->data + header_size;
    out->payload_size = size - header_size;
    return 0;
}

void datagram_ref(Datagram *out, const Datagram *in)
{
    *out = *in;
    packet_buffer_ref(in->buffer);
}

size_t datagram_write(const Datagram *datagram, uint8_t *out)
{
    memcpy(out, datagram->header, datagram->header_size);
    memcpy(out + datagram->header_size, datagram->payload,
           datagram->payload_size);
    return datagram_size(datagram);
}

size_t datagram_size(const Datagram *datagram)
{
    return datagram->header_size + datagram->payload_size;
}

void datagram_unref(Datagram *datagram)
{
    packet_buffer_unref(&datagram->buffer);
    *datagram = (Datagram){ 0 };
}
