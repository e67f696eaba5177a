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

#include "net/rtp.h"
#include "unwrap.h"

bool unwrap_rtp(const uint8_t *data, size_t size, RtpParts *parts)
{
    size_t header = rtp_header_size(data, size);

    if (!header)
        return false;
    *parts = (RtpParts){ data + header, size - header, NULL, 0 };
    if (!(data[0] & 0x20))
        return true;
    if (!parts->size || !data[size - 1] || data[size - 1] > parts->size)
        return false;
    parts->tail_size = data[size - 1];
    parts->size     -= parts->tail_size;
    parts->tail      = parts->payload + parts->size;
    return true;
}

int unwrap_red(const uint8_t *payload, size_t size, RedBlock *blocks)
{
    size_t at = 0;
    int nb = 0;

    /* F, PT (7), and unless it is the last: offset (14), size (10). */
    for (;; nb++) {
        if (at >= size || nb == RED_MAX_BLOCKS)
            return 0;
        blocks[nb] = (RedBlock){ .payload_type = payload[at] & 127 };
        if (!(payload[at] & 128))
            break;
        if (size - at < 4)
            return 0;
        blocks[nb].offset = AV_RB24(payload + at + 1) >> 10;
        blocks[nb].size   = AV_RB24(payload + at + 1) & 1023;
        at += 4;
    }
    at++;
    for (int i = 0; i < nb; i++) {
        blocks[i].data = payload + at;
        if (blocks[i].size > size - at)
            return 0;
        at += blocks[i].size;
    }
    blocks[nb].data = payload + at;
    blocks[nb].size = size - at;
    return nb + 1;
}

size_t unwrap_vp8_descriptor(const uint8_t *payload, size_t size)
{
    size_t at = 1;
    int    extension;

    if (!size || !(payload[0] & 0x80))
        return size ? 1 : 0;
    if (size < 2)
        return 0;
    extension = payload[at++];
    if (extension & 0x80) {
        if (at >= size)
            return 0;
        at += payload[at] & 0x80 ? 2 : 1;
    }
    at += extension >> 6 & 1;
    at += (extension & 0x30) != 0;
    return at <= size ? at : 0;
}
