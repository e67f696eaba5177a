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

#include <libavutil/intreadwrite.h>

#include "rtp.h"

bool rtp_is_media(const uint8_t *data, size_t size)
{
    return size >= RTP_HEADER_SIZE && data[0] >> 6 == 2 &&
           (data[1] < 192 || data[1] > 223);
}

size_t rtp_header_size(const uint8_t *data, size_t size)
{
    size_t length = RTP_HEADER_SIZE + 4 * (data[0] & 15);

    if (data[0] & 0x10) {
        if (length + 4 > size)
            return 0;
        length += 4 + 4 * AV_RB16(data + length + 2);
    }
    return length <= size ? length : 0;
}

int rtp_payload_type(const uint8_t *data)
{
    return data[1] & 0x7f;
}

bool rtp_marker(const uint8_t *data)
{
    return data[1] & 0x80;
}

uint16_t rtp_sequence(const uint8_t *data)
{
    return AV_RB16(data + 2);
}

uint32_t rtp_timestamp(const uint8_t *data)
{
    return AV_RB32(data + 4);
}

uint32_t rtp_ssrc(const uint8_t *data)
{
    return AV_RB32(data + 8);
}

void rtp_set_payload_type(uint8_t *data, int type)
{
    data[1] = (data[1] & 0x80) | type;
}

void rtp_set_sequence(uint8_t *data, uint16_t sequence)
{
    AV_WB16(data + 2, sequence);
}

void rtp_set_timestamp(uint8_t *data, uint32_t timestamp)
{
    AV_WB32(data + 4, timestamp);
}

void rtp_set_ssrc(uint8_t *data, uint32_t ssrc)
{
    AV_WB32(data + 8, ssrc);
}
