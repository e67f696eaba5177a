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
#include <libavutil/mem.h>

#include "classify.h"
#include "hops.h"
#include "net/rtcp.h"
#include "net/rtp.h"
#include "streams.h"
#include "unwrap.h"

#define MAX_STREAMS  1024  ///< of one file; what comes beyond is not looked at
#define MAX_SENDERS  64    ///< addresses with sender reports
#define DRAIN_EVERY  INT64_C(50000)    ///< us, for tracks that went silent
#define HOLD_TIME    INT64_C(1500000)  ///< us that a guess may take
#define MAX_AHEAD    INT64_C(6000000)  ///< us that reports are waited for
#define MIN_AHEAD    INT64_C(2000000)
#define MAX_QUEUED   (32 << 20)        ///< bytes of frames meanwhile
#define MAX_SKEW     INT64_C(300000)   ///< us between reports of one clock
#define MAX_HELD     64    ///< packets of a stream that is not known yet
#define MAX_RTX_AGE  900000            ///< ticks of 90 kHz
#define MIN_PACKETS  2     ///< in sequence, before it counts as RTP

/** One packet of a stream of which it is not yet known what it is. */
typedef struct Held {
    uint8_t *data;
    size_t   size;
    int64_t  time;
} Held;

typedef enum StreamState {
    STREAM_NEW,      ///< packets are held until it is known
    STREAM_MEDIA,
    STREAM_RTX,      ///< repeats another's packets
    STREAM_SKIPPED,  ///< FEC, comfort noise, or what nothing explains
} StreamState;

/** The packets of one SSRC from one address to another. */
typedef struct Stream {
    Flow        flow;
    uint32_t    ssrc;
    StreamState state;
    int         payload_type; ///< of the media in it
    int         red;          ///< guessed type of RED; -1: none
    Track      *track;        ///< NULL: not of its own
    struct Stream *media;     ///< RTX: whose packets it repeats
    StreamHop   hop;
    uint16_t    sequence;     ///< seen last
    uint32_t    timestamp;
    bool        ended;        ///< by RTCP BYE
    Held        held[MAX_HELD];
    int         nb_held;
    int         nb_useful;    ///< of those held: with more than padding
    unsigned    nb_in_order;
    int64_t     offset;       ///< from NTP time to the recorder's, us
} Stream;

/** The clock of who sends from an address. */
typedef struct Sender {
    uint8_t  source[16];
    uint16_t port;
    int64_t  offset;          ///< least from NTP time to the recorder's, us
} Sender;

struct Streams {
    StreamsSetup setup;
    Stream     **streams;
    int          nb_streams;
    Stream      *last;        ///< found last
    Sender       senders[MAX_SENDERS];
    int          nb_senders;
    const Record *record;     ///< of the RTCP that is parsed
    int64_t      first, now, drained;
    bool         started, settled, any_report, flushed;
    uint8_t      opened[RECORD_MAX_SIZE];
};

Streams *streams_alloc(const StreamsSetup *setup)
{
    Streams *s = av_mallocz(sizeof(*s));

    if (s)
        s->setup = *setup;
    return s;
}

static Stream *find_stream(Streams *s, const Flow *flow, uint32_t ssrc)
{
    if (s->last && s->last->ssrc == ssrc &&
        !memcmp(&s->last->flow, flow, sizeof(*flow)))
        return s->last;
    for (int i = 0; i < s->nb_streams; i++) {
        Stream *st = s->streams[i];

        if (st->ssrc == ssrc && !memcmp(&st->flow, flow, sizeof(*flow)))
            return s->last = st;
    }
    return NULL;
}

static Stream *add_stream(Streams *s, const Flow *flow, uint32_t ssrc)
{
    Stream **grown, *st = NULL;

    if (s->nb_streams < MAX_STREAMS &&
        (grown = av_realloc_array(s->streams, s->nb_streams + 1,
                                  sizeof(*grown)))) {
        s->streams = grown;
        st = av_mallocz(sizeof(*st));
    }
    if (!st)
        return NULL;
    st->flow = *flow;
    st->ssrc = ssrc;
    st->red  = s->setup.capture->nb_streams ? s->setup.capture->streams[0].red
                                            : -1;
    return s->last = s->streams[s->nb_streams++] = st;
}

/* --- what a stream is --- */

static int start_track(Streams *s, Stream *st, const PayloadType *type)
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
        return start_track(s, st, type);
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

    if (media == st || memcmp(&media->flow, &st->flow, sizeof(st->flow)))
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
    return nb >= MIN_PACKETS;
}

static Stream *find_repeated(Streams *s, const Stream *st,
                             const PayloadType *type)
{
    const PayloadSource *source = payload_map_find_source(s->setup.map,
                                                          st->ssrc);

    for (int i = 0; i < s->nb_streams; i++) {
        Stream *media = s->streams[i];

        if (media->state != STREAM_MEDIA && media->state != STREAM_NEW)
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

/* --- packets --- */

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

static int push_known(Streams *s, Stream *st, const uint8_t *data, size_t size,
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
            (ret = start_track(s, st, type)) < 0)
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

static void drop_held(Stream *st)
{
    for (int i = 0; i < st->nb_held; i++)
        av_freep(&st->held[i].data);
    st->nb_held = st->nb_useful = st->nb_in_order = 0;
}

/* What a stream is, once it is known; else it stays new. */
static int decide(Streams *s, Stream *st, bool now)
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
    if (st->nb_in_order < MIN_PACKETS && !now)
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
    if (st->nb_in_order < MIN_PACKETS || (type && type->role == PAYLOAD_RTX)) {
        st->state = STREAM_SKIPPED;
        return 0;
    }
    guessed = guess(st);
    return become_media(s, st, &guessed);
}

static int release(Streams *s, Stream *st)
{
    int ret = 0;

    for (int i = 0; i < st->nb_held && ret >= 0; i++)
        ret = push_known(s, st, st->held[i].data, st->held[i].size,
                         st->held[i].time);
    drop_held(st);
    return ret;
}

/* Padding alone, as probing for bandwidth sends it, tells nothing. */
static int hold(Stream *st, const uint8_t *data, size_t size, int64_t time)
{
    Held *h = &st->held[st->nb_held];
    int step = st->nb_held ? (int16_t)(rtp_sequence(data) - st->sequence) : 1;
    RtpParts parts;

    if (!unwrap_rtp(data, size, &parts) || (!parts.size && !st->nb_held))
        return 0;
    if (!(h->data = av_memdup(data, size)))
        return AVERROR(ENOMEM);
    h->size = size;
    h->time = time;
    st->nb_held++;
    st->nb_useful += parts.size > 0;
    if (step > -100 && step < 1000)
        st->nb_in_order++;
    return 0;
}

static int push_rtp(Streams *s, const Record *r, const uint8_t *data,
                    size_t size)
{
    Stream *st = find_stream(s, &r->flow, rtp_ssrc(data));
    int ret = 0;

    if (!st && s->setup.capture->nb_streams && s->nb_streams) {
        /* A file of one track: the SSRC changed. */
        st = s->streams[0];
        st->ssrc = rtp_ssrc(data);
        if (st->state == STREAM_MEDIA) {
            st->track->pub.ssrc = st->ssrc;
            ret = track_restart(st->track);
        }
    }
    if (!st && !(st = add_stream(s, &r->flow, rtp_ssrc(data)))) {
        s->setup.capture->info.nb_unknown++;
        return 0;
    }
    if (ret >= 0 && st->state == STREAM_NEW) {
        if (!st->nb_held)
            st->payload_type = rtp_payload_type(data);
        if ((ret = hold(st, data, size, r->time)) >= 0 && st->nb_held)
            ret = decide(s, st, st->nb_useful == CLASSIFY_PACKETS ||
                                    st->nb_held == MAX_HELD);
        if (ret >= 0 && st->state != STREAM_NEW)
            ret = release(s, st);
    } else if (ret >= 0) {
        ret = push_known(s, st, data, size, r->time);
    }
    st->sequence  = rtp_sequence(data);
    st->timestamp = rtp_timestamp(data);
    return ret;
}

/* --- RTCP --- */

static Sender *find_sender(Streams *s, const Flow *flow, int64_t offset)
{
    Sender *sender;

    for (int i = 0; i < s->nb_senders; i++)
        if (!memcmp(s->senders[i].source, flow->source, 16) &&
            s->senders[i].port == flow->source_port)
            return &s->senders[i];
    if (s->nb_senders == MAX_SENDERS)
        return NULL;
    sender = &s->senders[s->nb_senders++];
    memcpy(sender->source, flow->source, 16);
    sender->port   = flow->source_port;
    sender->offset = offset;
    return sender;
}

/* RTCP may have a port of its own: then the address has to do. */
static Stream *find_reported(Streams *s, const Flow *flow, uint32_t ssrc)
{
    Stream *found = find_stream(s, flow, ssrc);

    for (int i = 0; i < s->nb_streams && !found; i++)
        if (s->streams[i]->ssrc == ssrc &&
            !memcmp(s->streams[i]->flow.source, flow->source, 16))
            found = s->streams[i];
    return found;
}

/* The offset of those whose clock agrees with the sender's others. */
static int64_t common_offset(Streams *s, const Flow *flow, int64_t offset)
{
    Sender *sender = find_sender(s, flow, offset);

    if (!sender || FFABS(sender->offset - offset) > MAX_SKEW)
        return offset;
    if (!s->settled && offset < sender->offset)
        sender->offset = offset;
    return sender->offset;
}

static void sender_report(void *opaque, const RtcpSenderReport *report)
{
    Streams *s  = opaque;
    Stream  *st = find_reported(s, &s->record->flow, report->ssrc);
    int64_t  ntp = (int64_t)(report->ntp >> 32) * 1000000 +
                   (int64_t)((report->ntp & 0xffffffff) * 1000000 >> 32);

    if (!st || st->state != STREAM_MEDIA || !report->ntp)
        return;
    st->offset = common_offset(s, &s->record->flow, s->record->time - ntp);
    sync_report(&st->track->sync, report->timestamp, ntp, st->offset);
    s->any_report = true;
}

static void bye(void *opaque, uint32_t ssrc)
{
    Streams *s  = opaque;
    Stream  *st = find_reported(s, &s->record->flow, ssrc);

    if (st)
        st->ended = true;
}

static void push_rtcp(Streams *s, const Record *r)
{
    static const RtcpHandler handler = {
        .sender_report = sender_report,
        .bye           = bye,
    };
    const uint8_t *data = r->data;
    size_t  size = r->size;
    Stream *st = find_reported(s, &r->flow, AV_RB32(data + 4));

    if (s->setup.keys) {
        if (!st || stream_hop_rtcp(&st->hop, data, &size, s->opened) <= 0)
            return;
        data = s->opened;
    }
    s->record = r;
    if (rtcp_parse(data, size, &handler, s) < 0)
        s->setup.capture->info.nb_malformed++;
}

/* --- the file as a whole --- */

static int drain_all(Streams *s)
{
    int ret = 0;

    if (s->now - s->drained < DRAIN_EVERY)
        return 0;
    s->drained = s->now;
    for (int i = 0; i < s->nb_streams && ret >= 0; i++)
        if (s->streams[i]->state == STREAM_MEDIA)
            ret = track_drain(s->streams[i]->track, s->now);
    return ret;
}

static void count_unopened(Streams *s, Stream *st, int error)
{
    if (error == AVERROR(EEXIST)) {
        if (st->track)
            st->track->pub.nb_duplicates++;
    } else {
        s->setup.capture->info.nb_undecrypted++;
        if (st->track)
            st->track->pub.nb_undecrypted++;
    }
}

static int push_srtp(Streams *s, const Record *r)
{
    const uint8_t *data = r->data;
    size_t  size = r->size;
    Stream *st;
    int ret;

    if (s->setup.keys) {
        if (!(st = find_stream(s, &r->flow, rtp_ssrc(data))) &&
            !(st = add_stream(s, &r->flow, rtp_ssrc(data)))) {
            s->setup.capture->info.nb_unknown++;
            return 0;
        }
        ret = stream_hop_rtp(&st->hop, s->setup.keys, st->ssrc, data, &size,
                             s->opened);
        if (ret <= 0) {
            count_unopened(s, st, ret);
            return ret == AVERROR(EEXIST) ? 0 : ret;
        }
        data = s->opened;
        if (!rtp_is_media(data, size) || !rtp_header_size(data, size)) {
            s->setup.capture->info.nb_malformed++;
            return 0;
        }
    }
    return push_rtp(s, r, data, size);
}

int streams_push(Streams *s, const Record *r)
{
    InputFileInfo *info = &s->setup.capture->info;
    int ret = 0;

    s->now = s->started ? FFMAX(s->now, r->time) : r->time;
    if (!s->started)
        s->first = s->drained = s->now;
    s->started = true;
    switch (classify_datagram(r->data, r->size)) {
    case DATAGRAM_RTP:
        if (rtp_header_size(r->data, r->size)) {
            info->nb_rtp++;
            ret = push_srtp(s, r);
        } else {
            info->nb_malformed++;
        }
        break;
    case DATAGRAM_RTCP:
        info->nb_rtcp++;
        push_rtcp(s, r);
        break;
    case DATAGRAM_STUN:
        info->nb_stun++;
        break;
    case DATAGRAM_DTLS:
        info->nb_dtls++;
        break;
    case DATAGRAM_OTHER:
        info->nb_other++;
        break;
    }
    return ret < 0 ? ret : drain_all(s);
}

/* Video's reports come about once a second, audio's every five. */
bool streams_settled(Streams *s)
{
    bool all = true;

    if (s->settled)
        return true;
    for (int i = 0; i < s->nb_streams; i++)
        if (s->streams[i]->state == STREAM_MEDIA)
            all = all && s->streams[i]->track->sync.reported;
    s->settled = s->flushed || s->setup.capture->nb_streams ||
                 s->setup.queue->nb_bytes > MAX_QUEUED ||
                 s->now - s->first > MAX_AHEAD ||
                 (all && s->any_report && s->now - s->first > MIN_AHEAD);
    for (int i = 0; i < s->nb_streams && s->settled; i++) {
        Stream *st = s->streams[i];

        if (st->state == STREAM_MEDIA)
            sync_lock(&st->track->sync,
                      common_offset(s, &st->flow, st->offset));
    }
    return s->settled;
}

int streams_flush(Streams *s)
{
    int ret = 0;

    for (int i = 0; i < s->nb_streams && ret >= 0; i++) {
        Stream *st = s->streams[i];

        if (st->state != STREAM_NEW || !st->nb_held)
            continue;
        if ((ret = decide(s, st, true)) >= 0)
            ret = release(s, st);
    }
    for (int i = 0; i < s->nb_streams && ret >= 0; i++)
        if (s->streams[i]->state == STREAM_MEDIA)
            ret = track_flush(s->streams[i]->track);
    s->flushed = true;
    return ret;
}

void streams_free(Streams **streams)
{
    Streams *s = *streams;

    if (!s)
        return;
    for (int i = 0; i < s->nb_streams; i++) {
        Stream *st = s->streams[i];

        drop_held(st);
        stream_hop_close(&st->hop);
        av_free(st);
    }
    av_free(s->streams);
    av_freep(streams);
}
