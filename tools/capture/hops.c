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

#include "hops.h"

#define MAX_TRIES 50 ///< packets of a stream that all keys are tried on

/* The key that opens a packet stays with the stream. */
static int find_key(StreamHop *h, const SrtpKeys *keys, uint32_t ssrc,
                    const uint8_t *data, size_t size, uint8_t *out)
{
    for (int i = 0; i < keys->nb_keys; i++) {
        const SrtpKey *key = &keys->keys[i];
        SrtpHop *hop = NULL;
        size_t   opened = size;
        int      ret;

        if (!key->any && key->ssrc != ssrc)
            continue;
        if ((ret = srtp_hop_open(&hop, key->profile, false, key->key)) < 0)
            return ret;
        memcpy(out, data, size);
        ret = srtp_hop_open_bytes(hop, out, &opened);
        srtp_hop_free(&hop);
        /* A fresh one takes the packet as its first. */
        if (ret >= 0)
            return srtp_hop_open(&h->hop, key->profile, false, key->key);
    }
    return 0;
}

int stream_hop_rtp(StreamHop *h, const SrtpKeys *keys, uint32_t ssrc,
                   const uint8_t *data, size_t *size, uint8_t *out)
{
    int ret;

    if (!h->hop && h->nb_tried < MAX_TRIES) {
        h->nb_tried++;
        if ((ret = find_key(h, keys, ssrc, data, *size, out)) < 0)
            return ret;
    }
    return stream_hop_rtcp(h, data, size, out);
}

int stream_hop_rtcp(StreamHop *h, const uint8_t *data, size_t *size,
                    uint8_t *out)
{
    int ret;

    if (!h->hop)
        return 0;
    memcpy(out, data, *size);
    ret = srtp_hop_open_bytes(h->hop, out, size);
    return ret >= 0 ? 1 : ret == AVERROR_INVALIDDATA ? 0 : ret;
}

void stream_hop_close(StreamHop *h)
{
    srtp_hop_free(&h->hop);
}
