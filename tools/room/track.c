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

#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "media/frame_filter.h"
#include "net/rtp_sframe.h"
#include "parts.h"
#include "repeatable_iv.h"
#include "report/log.h"

/* As browsers number them. */
static const struct {
    enum AVCodecID id;
    int            payload_type;
} payload_types[] = {
    { AV_CODEC_ID_VP8,   96 },
    { AV_CODEC_ID_VP9,   98 },
    { AV_CODEC_ID_H264, 102 },
    { AV_CODEC_ID_HEVC,  49 },
    { AV_CODEC_ID_AV1,   45 },
    { AV_CODEC_ID_OPUS, 111 },
};

static int payload_type(enum AVCodecID id)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(payload_types); i++)
        if (payload_types[i].id == id)
            return payload_types[i].payload_type;
    return 127;
}

static void chain_rng(const Chain *c, const char *what, Rng *rng)
{
    char name[160];

    snprintf(name, sizeof(name), "%s %s %d %d", what,
             c->track->sender->plan->name, c->track->number, c->layer);
    rng_open(rng, c->track->room->scenario->seed, name);
}

/* Gathered until the frame is whole, when its life can begin. */
static int gather(void *opaque, Datagram *datagram)
{
    Chain *c = opaque;
    Datagram *grown;

    if (c->nb_datagrams == c->room_datagrams) {
        unsigned room = c->room_datagrams ? 2 * c->room_datagrams : 16;

        grown = av_realloc_array(c->datagrams, room, sizeof(*grown));
        if (!grown) {
            datagram_unref(datagram);
            return AVERROR(ENOMEM);
        }
        c->datagrams      = grown;
        c->room_datagrams = room;
    }
    c->datagrams[c->nb_datagrams++] = *datagram;
    *datagram = (Datagram){ .buffer = NULL };
    return 0;
}

/* Each sealer of a track has IVs of its own, also when its keys were taken
 * away and come again. DAVE's have 24 bits to count before the key's next
 * generation; encodings share them out. */
static int sealer_options(Chain *c, const Key *key, char *out, size_t size)
{
    const Track *t = c->track;
    const Scenario *s = t->room->scenario;
    const char *more = t->sender->plan->options;
    char name[160], iv[IV_DIGITS + 1];
    int ret;

    snprintf(name, sizeof(name), "%s %d %d %u", t->sender->plan->name,
             t->number, c->layer, c->nb_sealers++);
    ret = repeatable_iv(t->room->fingerprint, key->held ? key->digest : NULL,
                        name, iv);
    if (ret < 0)
        return ret;
    if (s->scheme && !strcmp(s->scheme, "dave"))
        memcpy(iv + IV_DIGITS - 8, "00", 2);
    snprintf(out, size, "%s%s%s%siv=%s:choose_iv=1:on_failure=drop:"
             "enabled=%d:discard_not_ready=%d",
             s->options ? s->options : "", s->options ? ":" : "",
             more ? more : "", more ? ":" : "", iv, t->keys.enabled,
             t->sender->plan->discard_not_ready);
    return 0;
}

static int open_sealer(Chain *c, const Key *key, FrameFilter *sealer)
{
    char options[2048];
    const FrameFilterSetup setup = {
        .name = "e2ee_encrypt", .scheme = c->track->room->scenario->scheme,
        .kind = c->track->kind, .options = options, .key = key,
    };
    /* The warning that the IV is given. */
    int limit = log_limit(AV_LOG_ERROR);
    int ret   = sealer_options(c, key, options, sizeof(options));
    AVCodecParameters *payload = NULL;

    if (c->payload && !(payload = packets_parameters()))
        ret = AVERROR(ENOMEM);
    if (ret >= 0)
        ret = frame_filter_open(sealer, &setup, payload ? payload :
                                source_parameters(c->source),
                                source_time_base(c->source));
    avcodec_parameters_free(&payload);
    log_limit(limit);
    return ret;
}

/* SFrame leaves nothing clear for a codec's own payload format. */
static bool is_sframe(const Room *room)
{
    return room->scenario->scheme && !strcmp(room->scenario->scheme, "sframe");
}

static int open_packer(Chain *c)
{
    const Scenario *s = c->track->room->scenario;
    const AVCodecParameters *par = c->payload ? source_parameters(c->source)
                                              : c->sealer.bsf->par_out;
    RtpPackSetup setup = {
        .par = par, .time_base = source_time_base(c->source),
        .payload_type = payload_type(par->codec_id), .mtu = s->mtu,
        .extensions = true, .sframe = is_sframe(c->track->room) && !c->payload,
        .taker = gather, .opaque = c,
    };
    Rng rng;

    chain_rng(c, "rtp", &rng);
    setup.ssrc      = rng_next(&rng) >> 1; /* the muxer takes no more */
    setup.timestamp = rng_next(&rng);
    setup.sequence  = rng_next(&rng);
    c->ssrc         = setup.ssrc;
    c->timestamp    = setup.timestamp;
    c->payload_type = setup.payload_type;
    c->sequence     = setup.sequence;
    c->rtp_codec    = is_sframe(c->track->room) ? AV_CODEC_ID_NONE
                                                : par->codec_id;
    if (c->payload)
        setup.mtu = (s->mtu ? s->mtu : RTP_MTU) - RTP_SFRAME_OVERHEAD;
    return rtp_packer_open(&c->packer, &setup);
}

static int open_chain(Chain *c, const Encoding *encoding)
{
    Track *t = c->track;
    const Scenario *s = t->room->scenario;
    SourceSetup source = {
        .media = &t->plan->source, .encoding = encoding,
        .kind = t->plan->kind,
        .video_codec = s->video_codec ? source_codec(s->video_codec)
                                      : AV_CODEC_ID_VP8,
        .sframe = is_sframe(t->room) && !s->packets,
    };
    Rng rng;
    int ret;

    chain_rng(c, "noise", &rng);
    source.seed = rng_next(&rng) >> 1;
    if (!(c->packet = av_packet_alloc()) ||
        (s->packets && !(c->payload = av_packet_alloc())) ||
        !(c->history = av_calloc(HISTORY, sizeof(*c->history))))
        return AVERROR(ENOMEM);
    if ((ret = source_open(&c->source, &source)) < 0 ||
        (ret = open_sealer(c, &t->sender->plan->key, &c->sealer)) < 0)
        return ret;
    if (t->room->verifier &&
        !(c->reference = verify_reference(t->room->verifier,
                                          source_parameters(c->source),
                                          source_time_base(c->source))))
        return AVERROR(ENOMEM);
    return open_packer(c);
}

/* The first frame shows whether there is one, and a bad file at once. */
static int check_first(Chain *c)
{
    int64_t pts;
    int ret = source_next(c->source, &pts);

    if (ret != AVERROR_EOF)
        return ret;
    log_error("%s: its %s stream has no frames; leave it out or give another "
              "source", source_name(c->source), c->track->kind);
    return AVERROR_INVALIDDATA;
}

int track_open(Track *t)
{
    int ret = 0;

    t->nb_chains = FFMAX(t->plan->nb_encodings, 1);
    if (!(t->chains = av_calloc(t->nb_chains, sizeof(*t->chains))))
        return AVERROR(ENOMEM);
    for (int i = 0; i < t->nb_chains; i++) {
        t->chains[i].track = t;
        t->chains[i].layer = i;
    }
    for (int i = 0; i < t->nb_chains && ret >= 0; i++) {
        ret = open_chain(&t->chains[i], t->plan->nb_encodings ?
                                        &t->plan->encodings[i] : NULL);
        if (ret >= 0)
            ret = check_first(&t->chains[i]);
    }
    if (ret < 0)
        return ret;
    t->codec = avcodec_get_name(source_parameters(t->chains[0].source)
                                    ->codec_id);
    for (int i = 1; i < t->nb_chains; i++)
        if (source_parameters(t->chains[i].source)->codec_id !=
            source_parameters(t->chains[0].source)->codec_id) {
            log_error("%s's %s: encodings of one track have one codec",
                      t->sender->plan->name, t->kind);
            return AVERROR(EINVAL);
        }
    return 0;
}

/* Its keys are gone for good only with the filter. */
static int remove_keys(Chain *c)
{
    const Key none = { .kind = KEY_NONE };
    FrameFilter fresh;
    int ret = open_sealer(c, &none, &fresh), limit;

    if (ret < 0)
        return ret;
    limit = log_limit(AV_LOG_QUIET); /* its totals are in the report */
    frame_filter_close(&c->sealer);
    log_limit(limit);
    c->sealer = fresh;
    return 0;
}

int track_key_event(Track *t, const KeyEvent *event)
{
    int ret;

    if (event->sender && strcmp(event->sender, t->sender->plan->name))
        return 0;
    ret = held_keys_apply(&t->keys, event);
    for (int i = 0; i < t->nb_chains && ret >= 0; i++)
        ret = event->type == KEY_EVENT_REMOVE ?
              remove_keys(&t->chains[i]) :
              key_event_apply(t->chains[i].sealer.bsf, event);
    return ret;
}

static void close_chain(Chain *c)
{
    av_packet_free(&c->packet);
    av_packet_free(&c->payload);
    for (unsigned i = 0; i < c->nb_datagrams; i++)
        datagram_unref(&c->datagrams[i]);
    for (int i = 0; c->history && i < HISTORY; i++)
        datagram_unref(&c->history[i]);
    av_freep(&c->datagrams);
    av_freep(&c->history);
    sent_frames_clear(&c->sent);
    rtp_packer_free(&c->packer);
    frame_filter_close(&c->sealer);
    source_free(&c->source);
}

void track_close(Track *t)
{
    for (int i = 0; t->chains && i < t->nb_chains; i++)
        close_chain(&t->chains[i]);
    held_keys_close(&t->keys);
    av_freep(&t->chains);
    av_freep(&t->receptions);
}
