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
#include "stream.h"
#include "unwrap.h"

static int push_media(Streams *s, Stream *st, const uint8_t *data,
                      const RtpParts *parts, int64_t time, bool is_red)
{
    InputTrack *pub = &st->track->pub;
    RedBlock blocks[RED_MAX_BLOCKS];
    TrackPacket packet = {
        .payload   = parts->payload,
        .size      = parts->size,
        .tail      = parts->tail,
        .tail_size = parts->tail_size,
        .timestamp = rtp_timestamp(data),
        .sequence  = rtp_sequence(data),
        .arrival   = time,
        .marker    = rtp_marker(data),
    };
    int nb = is_red ? unwrap_red(parts->payload, parts->size, blocks) : 0;
    int ret = 0;

    /* What is redundant may have been lost; if not, it is dropped. */
    for (int i = 0; i + 1 < nb && ret >= 0; i++) {
        TrackPacket copy = {
            .payload   = blocks[i].data,
            .size      = blocks[i].size,
            .timestamp = packet.timestamp - blocks[i].offset,
            .sequence  = packet.sequence - (nb - 1 - i),
            .arrival   = time,
            .red       = true,
            .copy      = true,
        };

        if (copy.size && blocks[i].offset &&
            blocks[i].payload_type == blocks[nb - 1].payload_type &&
            pub->nb_packets)
            ret = track_push(st->track, &copy);
    }
    if (nb) {
        const PayloadType *inner =
            payload_map_find(s->setup.map, blocks[nb - 1].payload_type,
                             st->ssrc);

        pub->nb_red++;
        packet.payload = blocks[nb - 1].data;
        packet.size    = blocks[nb - 1].size;
        packet.red     = true;
        if (inner && inner->role == PAYLOAD_FEC) {
            pub->nb_fec++;
            packet.size = 0;
        }
    }
    pub->nb_packets++;
    pub->nb_bytes  += packet.size;
    pub->nb_padded += packet.tail_size > 0;
    return ret < 0 ? ret : track_push(st->track, &packet);
}

static int push_rtx(const Stream *st, const uint8_t *data,
                    const RtpParts *parts, int64_t time)
{
    Track *track = st->media->state == STREAM_MEDIA ? st->media->track : NULL;
    TrackPacket packet = {
        .tail      = parts->tail,
        .tail_size = parts->tail_size,
        .timestamp = rtp_timestamp(data),
        .arrival   = time,
        .marker    = rtp_marker(data),
        .rtx       = true,
    };

    /* Probing for bandwidth sends padding alone. */
    if (parts->size < 2 || !track)
        return 0;
    packet.payload  = parts->payload + 2;
    packet.size     = parts->size - 2;
    packet.sequence = AV_RB16(parts->payload);
    track->pub.nb_rtx++;
    return track_push(track, &packet);
}

/* A type that means no media still takes a sequence number of it. */
static int push_nothing(Stream *st, const uint8_t *data, int64_t time)
{
    const TrackPacket packet = {
        .timestamp = rtp_timestamp(data),
        .sequence  = rtp_sequence(data),
        .arrival   = time,
    };

    return track_push(st->track, &packet);
}

/* Whether a stream that is media goes on in another codec. */
static bool changes_codec(const Stream *st, const PayloadType *type)
{
    return type && type->role == PAYLOAD_MEDIA &&
           type->codec != st->track->pub.par->codec_id;
}

int stream_push(Streams *s, Stream *st, const uint8_t *data, size_t size,
                int64_t time)
{
    const int number = rtp_payload_type(data);
    const PayloadType *type = payload_map_find(s->setup.map, number, st->ssrc);
    bool is_red = number == st->red || (type && type->role == PAYLOAD_RED);
    RtpParts parts;
    int ret;

    if (!unwrap_rtp(data, size, &parts)) {
        s->setup.capture->info.nb_malformed++;
        return 0;
    }
    if (st->state == STREAM_RTX)
        return push_rtx(st, data, &parts, time);
    if (st->state == STREAM_SKIPPED) {
        if (st->track && number == st->track->pub.payload_type) {
            st->track->pub.nb_packets++;
            st->track->pub.nb_bytes += parts.size;
        }
        s->setup.capture->info.nb_unknown++;
        return 0;
    }
    if (changes_codec(st, type)) {
        if ((ret = track_flush(st->track)) < 0 ||
            (ret = stream_start_track(s, st, type)) < 0)
            return ret;
        st->payload_type = number;
    }
    if (number == st->payload_type || is_red ||
        (type ? type->role == PAYLOAD_MEDIA
              : s->setup.capture->nb_streams > 0))
        return push_media(s, st, data, &parts, time, is_red);
    if (type && type->role == PAYLOAD_FEC)
        st->track->pub.nb_fec++;
    else
        s->setup.capture->info.nb_unknown++;
    return push_nothing(st, data, time);
}
