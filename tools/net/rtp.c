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

#include "rtp.h"

static uint32_t read_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

bool rtp_is_media(const uint8_t *data, size_t size)
{
    return size >= RTP_HEADER_SIZE && data[0] >> 6 == 2 &&
           (data[1] < 192 || data[1] > 223);
}

bool rtp_marker(const uint8_t *data)
{
    return data[1] & 0x80;
}

uint16_t rtp_sequence(const uint8_t *data)
{
    return data[2] << 8 | data[3];
}

uint32_t rtp_timestamp(const uint8_t *data)
{
    return read_be32(data + 4);
}

uint32_t rtp_ssrc(const uint8_t *data)
{
    return read_be32(data + 8);
}

void rtp_set_sequence(uint8_t *data, uint16_t sequence)
{
    data[2] = sequence >> 8;
    data[3] = sequence;
}

void rtp_set_ssrc(uint8_t *data, uint32_t ssrc)
{
    for (int i = 0; i < 4; i++)
        data[8 + i] = ssrc >> (24 - 8 * i);
}
