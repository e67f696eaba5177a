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


#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/common.h>
#include <libavutil/intreadwrite.h>

#include "classify.h"
#include "net/rtp.h"
#include "stream.h"
#include "unwrap.h"

#define HOLD_TIME   INT64_C(1500000) ///< us that a guess may take
#define MAX_RTX_AGE 900000           ///< ticks of 90 kHz

int stream_start_track(Streams *s, Stream *st, const PayloadType *type)
{
    Track *t = capture_track_alloc(s->setup.queue, s->setup.capture->info.name);
    int ret;

    if (!t)
        return AVERROR(ENOMEM);
    t->pub.ssrc            = st->ssrc;
    t->pub.payload_type    = type->number;
    t->pub.codec_from      = type->from;
    t->pub.par->codec_id   = type->codec;
    t->pub.par->codec_type = type->codec == AV_CODEC_ID_OPUS
                                 ? AVMEDIA_TYPE_AUDIO
                                 : AVMEDIA_TYPE_VIDEO;
    t->pub.kind      = type->kind;
    t->pub.time_base = (AVRational){ 1, type->clock_rate };
    if (s->setup.capture->nb_streams)
        av_strlcpy(t->pub.label, s->setup.capture->streams[0].name,
                   sizeof(t->pub.label));
    else
        snprintf(t->pub.label, sizeof(t->pub.label), "ssrc 0x%08x", st->ssrc);
    ret = type->codec ? track_open_rtp(t, s->setup.deadline, s->setup.sframe)
                      : AVERROR_PATCHWELCOME;
    if (ret < 0 && ret != AVERROR_PATCHWELCOME) {
        capture_track_free(&t);
        return ret;
    }
    /* A codec that this FFmpeg has no RTP for leaves the others alone. */
    t->pub.rtp = true;
    st->track  = t;
    st->state  = ret < 0 ? STREAM_SKIPPED : STREAM_MEDIA;
    if (s->settled)
        sync_lock(&t->sync, 0);
    return s->setup.add_track(s->setup.opaque, t);
}

/* Another SSRC that goes on where one said BYE. */
static Stream *find_ended(Streams *s, const Stream *st, enum AVCodecID codec)
{
    for (int i = 0; i < s->nb_streams; i++) {
        Stream *other = s->streams[i];

        if (other->ended && other->state == STREAM_MEDIA &&
            other->payload_type == st->payload_type &&
            other->track->pub.par->codec_id == codec &&
            !memcmp(&other->flow, &st->flow, sizeof(st->flow)))
            return other;
    }
    return NULL;
}

static int become_media(Streams *s, Stream *st, const PayloadType *type)
{
    Stream *ended;

    st->payload_type = type->number;
    if (!(ended = find_ended(s, st, type->codec)))
        return stream_start_track(s, st, type);
    st->state    = STREAM_MEDIA;
    st->track    = ended->track;
    st->track->pub.ssrc = st->ssrc;
    ended->state = STREAM_SKIPPED;
    return track_restart(st->track);
}

static void become_rtx(Stream *st, Stream *media)
{
    st->state = STREAM_RTX;
    st->media = media;
}

/* Each payload begins with a number that the media had lately, under the
 * media's timestamp (RFC 4588, 4). */
static bool repeats(const Stream *st, const Stream *media)
{
    int nb = 0;

    if (memcmp(&media->flow, &st->flow, sizeof(st->flow)))
        return false;
    for (int i = 0; i < st->nb_held; i++) {
        const Held *h = &st->held[i];
        RtpParts parts;
        int64_t  age;

        if (!unwrap_rtp(h->data, h->size, &parts) || !parts.size)
            continue;
        age = (int32_t)(media->timestamp - rtp_timestamp(h->data));
        if (parts.size < 2 || FFABS(age) > MAX_RTX_AGE ||
            (uint16_t)(media->sequence - AV_RB16(parts.payload)) > 3000)
            return false;
        nb++;
    }
    return nb >= STREAM_MIN;
}

static Stream *find_repeated(Streams *s, const Stream *st,
                             const PayloadType *type)
{
    const PayloadSource *source = payload_map_find_source(s->setup.map,
                                                          st->ssrc);

    for (int i = 0; i < s->nb_streams; i++) {
        Stream *media = s->streams[i];

        if (media == st || (media->state != STREAM_MEDIA &&
                            (media->state != STREAM_NEW ||
                             media->nb_in_order < STREAM_MIN)))
            continue;
        if (source && source->is_rtx) {
            if (media->ssrc == source->repeats)
                return media;
        } else if (type && type->apt >= 0 &&
                   type->apt != media->payload_type) {
            continue;
        } else if (repeats(st, media)) {
            return media;
        }
    }
    return NULL;
}

/* Packets held, in the order of their sequence, each once. */
static int sort_held(const Stream *st, ClassifyPacket *packets)
{
    int nb = 0;

    for (int i = 0; i < st->nb_held && nb < CLASSIFY_PACKETS; i++) {
        const uint8_t *data = st->held[i].data;
        const uint16_t sequence = rtp_sequence(data);
        RtpParts parts;
        int at = nb;

        if (rtp_payload_type(data) != st->payload_type ||
            !unwrap_rtp(data, st->held[i].size, &parts) || !parts.size)
            continue;
        while (at && (int16_t)(sequence - packets[at - 1].sequence) < 0)
            at--;
        if (at && packets[at - 1].sequence == sequence)
            continue;
        memmove(&packets[at + 1], &packets[at], (nb - at) * sizeof(*packets));
        packets[at] = (ClassifyPacket){ parts.payload, parts.size,
                                        rtp_timestamp(data), sequence,
                                        rtp_marker(data) };
        nb++;
    }
    return nb;
}

/* The payloads in RED instead of RED. */
static void take_inner(ClassifyPacket *packets, int nb)
{
    RedBlock blocks[RED_MAX_BLOCKS];

    for (int i = 0; i < nb; i++) {
        int n = unwrap_red(packets[i].payload, packets[i].size, blocks);

        packets[i].payload = n ? blocks[n - 1].data : NULL;
        packets[i].size    = n ? blocks[n - 1].size : 0;
    }
}

static PayloadType guess(Stream *st)
{
    ClassifyPacket packets[CLASSIFY_PACKETS + 1] = { 0 };
    PayloadType type = { .apt = -1, .section = -1, .from = "guessed" };
    int nb    = sort_held(st, packets);
    int inner = classify_red(packets, nb);

    if (inner >= 0) {
        st->red = st->payload_type;
        st->payload_type = inner;
        take_inner(packets, nb);
    }
    type.number     = st->payload_type;
    type.codec      = classify_codec(packets, nb);
    type.clock_rate = type.codec == AV_CODEC_ID_OPUS ? 48000 : 90000;
    if (!type.codec)
        type.from = "nothing";
    return type;
}

/* What a stream has in its RED; NULL if it does not say. */
static const PayloadType *find_inner(const Streams *s, const Stream *st)
{
    RedBlock blocks[RED_MAX_BLOCKS];

    for (int i = 0; i < st->nb_held; i++) {
        const PayloadType *inner;
        RtpParts parts;
        int n = 0;

        if (unwrap_rtp(st->held[i].data, st->held[i].size, &parts))
            n = unwrap_red(parts.payload, parts.size, blocks);
        inner = n ? payload_map_find(s->setup.map, blocks[n - 1].payload_type,
                                     st->ssrc) : NULL;
        if (inner && inner->role == PAYLOAD_MEDIA)
            return inner;
    }
    return NULL;
}

int stream_identify(Streams *s, Stream *st, bool now)
{
    const Capture     *c    = s->setup.capture;
    const PayloadType *type = payload_map_find(s->setup.map, st->payload_type,
                                               st->ssrc);
    const PayloadSource *source = payload_map_find_source(s->setup.map,
                                                          st->ssrc);
    const PayloadType *inner;
    PayloadType guessed = { .number = st->payload_type };
    Stream *media;

    if (c->nb_streams && !type) {
        guessed.codec      = c->streams[0].par->codec_id;
        guessed.clock_rate = c->streams[0].time_base.den;
        guessed.from       = c->codec_from;
        return become_media(s, st, &guessed);
    }
    if (st->nb_in_order < STREAM_MIN && !now)
        return 0;
    if ((source && source->is_fec) || (type && (type->role == PAYLOAD_FEC ||
                                                type->role == PAYLOAD_OTHER))) {
        st->state = STREAM_SKIPPED;
        return 0;
    }
    if (type && type->role == PAYLOAD_RED && (inner = find_inner(s, st)))
        type = inner;
    if (type && type->role == PAYLOAD_MEDIA)
        return become_media(s, st, type);
    if ((media = find_repeated(s, st, type))) {
        if (now || media->state == STREAM_MEDIA)
            become_rtx(st, media);
        return 0;
    }
    if (!now && s->now - st->held[0].time < HOLD_TIME)
        return 0;
    if (st->nb_in_order < STREAM_MIN || (type && type->role == PAYLOAD_RTX)) {
        st->state = STREAM_SKIPPED;
        return 0;
    }
    guessed = guess(st);
    return become_media(s, st, &guessed);
}
