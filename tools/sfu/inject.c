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


/*
 * Clear frames of the server's own, as LiveKit's SFU sends them when a track
 * is muted or closed (pkg/sfu/downtrack.go): the smallest black picture and
 * silence, at 30 and 50 a second, with the room's trailer if it has one.
 */

#include <string.h>

#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "e2ee_keyfile.h"
#include "internal.h"
#include "net/rtp.h"

/* A picture id of 15 bits goes into bytes 2 and 3. 8x8. */
static const uint8_t vp8[] = {
    0x90, 0x80, 0x80, 0x00,
    0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00, 0x08, 0x00, 0x00, 0x47,
    0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02, 0x00, 0x0c, 0x0d,
    0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80,
};

/* STAP-A of SPS, PPS and IDR. With a trailer behind them it is not a proper
 * one: nor is LiveKit's. */
static const uint8_t h264[] = {
    0x18,
    0x00, 0x18,
    0x67, 0x42, 0xc0, 0x1f, 0x0f, 0xd9, 0x1f, 0x88, 0x88, 0x84, 0x00, 0x00,
    0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc9, 0x20,
    0x00, 0x06,
    0x68, 0x87, 0xcb, 0x83, 0xcb, 0x20,
    0x00, 0x0a,
    0x65, 0x88, 0x84, 0x0a, 0xf2, 0x62, 0x80, 0x00, 0xa7, 0xbe,
};

/* One frame of 20 ms. */
static const uint8_t opus[3 + 77] = { 0xf8, 0xff, 0xfe };

typedef struct ClearFrame {
    enum AVCodecID codec;
    const uint8_t *payload;
    size_t         size;
    int64_t        interval; ///< microseconds between two
} ClearFrame;

static const ClearFrame frames[] = {
    { AV_CODEC_ID_VP8,  vp8,  sizeof(vp8),  33333 },
    { AV_CODEC_ID_H264, h264, sizeof(h264), 33333 },
    { AV_CODEC_ID_OPUS, opus, sizeof(opus), 20000 },
};

static const ClearFrame *find_frame(enum AVCodecID codec)
{
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++)
        if (frames[i].codec == codec)
            return &frames[i];
    return NULL;
}

int inject_init(Server *server)
{
    const char *options = server->setup.scenario->options;
    AVDictionary *dictionary = NULL;
    const AVDictionaryEntry *entry;
    size_t length;

    /* What is wrong with them the filters tell. */
    if (options && av_dict_parse_string(&dictionary, options, "=", ":", 0) ==
                   AVERROR(ENOMEM)) {
        av_dict_free(&dictionary);
        return AVERROR(ENOMEM);
    }
    entry  = av_dict_get(dictionary, "sif_trailer", NULL, 0);
    length = entry ? strlen(entry->value) : 0;
    if (length && length <= 2 * sizeof(server->trailer))
        server->trailer_size = ff_e2ee_hex(server->trailer,
                                           (const uint8_t *)entry->value,
                                           length);
    av_dict_free(&dictionary);
    return 0;
}

/* One action at work on one receiver of one track. */
typedef struct Injection {
    struct Injection   *next;
    Server             *server;
    const ServerAction *action;
    int                 participant, track;
    uint64_t            nb_frames;
} Injection;

/* A packet by its segment, whose differences are what it says. */
static int send_frame(Subscription *s, const ClearFrame *frame,
                      const RewriteSegment *segment, uint64_t nb, int flags)
{
    const Server *server = s->track->server;
    uint8_t data[RTP_HEADER_SIZE + sizeof(opus) + TRAILER_MAX] = { 0x80 };
    uint8_t *payload = data + RTP_HEADER_SIZE;
    Datagram datagram;
    int ret;

    data[1] = 0x80 | s->track->payload_type;
    rtp_set_sequence(data, segment->sequence);
    rtp_set_timestamp(data, segment->timestamp);
    rtp_set_ssrc(data, s->rewriter.ssrc);
    memcpy(payload, frame->payload, frame->size);
    memcpy(payload + frame->size, server->trailer, server->trailer_size);
    if (frame->codec == AV_CODEC_ID_VP8)
        AV_WB16(payload + 2, 0x8000 | segment->picture);
    ret = datagram_make(&datagram, server->pool, data,
                        RTP_HEADER_SIZE + frame->size + server->trailer_size);
    if (ret < 0)
        return ret;
    datagram.tag = (PacketTag){
        .track = s->track->track, .flags = TAG_INJECTED | flags, .nb = 1,
        .frame = nb,
    };
    return forward_send(s, &datagram);
}

static int inject_frame(Subscription *s, const ClearFrame *frame, uint64_t nb,
                        int64_t now)
{
    const Rewriter *r = &s->rewriter;
    const Vp8Descriptor descriptor = { .picture_bits = 15 };
    const RewriteInput input = {
        .layer = LAYER_NONE,
        .vp8   = frame->codec == AV_CODEC_ID_VP8 ? &descriptor : NULL,
    };
    int64_t elapsed = (r->started ? now - r->time : now) *
                      s->track->clock_rate / 1000000;
    const RewriteSegment wanted = {
        .layer = LAYER_NONE, .end = 1,
        .timestamp = r->timestamp + (elapsed > 0 ? elapsed : 1),
        .picture = (r->picture + 1) & 0x7fff, .tl0 = r->tl0 + 1,
    };
    const RewriteSegment *segment;

    layers_stop(s);
    segment = rewrite_insert(&s->rewriter, &wanted);
    if (!segment)
        return AVERROR(ENOMEM);
    rewrite_note(&s->rewriter, segment, &input, now);
    return send_frame(s, frame, segment, nb, 0);
}

static int inject_step(void *opaque, int64_t now)
{
    Injection *injection = opaque;
    Subscription *s = server_subscription(injection->server,
                                          injection->participant,
                                          injection->track);
    const ClearFrame *frame = s ? find_frame(s->track->codec) : NULL;
    int ret;

    if (!s || !actions_in_span(injection->action, now))
        return 0;
    forward_report_once(s, actions_find(&s->actions, SERVER_INJECT, now, 0),
                        -1);
    if (!frame) {
        server_event(s->track, s, EVENT_SERVER,
                     "no clear frame is known for the codec", -1, 0);
        return 0;
    }
    ret = inject_frame(s, frame, injection->nb_frames++, now);
    return ret < 0 ? ret : clock_at(injection->server->setup.clock,
                                    now + frame->interval, inject_step,
                                    injection);
}

int inject_start(Subscription *subscription)
{
    Server *server = subscription->track->server;

    for (int i = 0; i < subscription->actions.nb; i++) {
        const ServerAction *action = subscription->actions.states[i].action;
        Injection *injection;
        int ret;

        if (action->type != SERVER_INJECT)
            continue;
        injection = av_mallocz(sizeof(*injection));
        if (!injection)
            return AVERROR(ENOMEM);
        *injection = (Injection){
            .next = server->injections, .server = server, .action = action,
            .participant = subscription->participant,
            .track = subscription->track->track,
        };
        server->injections = injection;
        ret = clock_at(server->setup.clock, action->span.from, inject_step,
                       injection);
        if (ret < 0)
            return ret;
    }
    return 0;
}

int inject_again(Subscription *subscription, const RewriteSegment *segment)
{
    const ClearFrame *frame = find_frame(subscription->track->codec);

    return frame ? send_frame(subscription, frame, segment, 0,
                              TAG_RETRANSMITTED) : 0;
}

void inject_free(Server *server)
{
    while (server->injections) {
        Injection *injection = server->injections;

        server->injections = injection->next;
        av_free(injection);
    }
}
