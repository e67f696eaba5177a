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


/* RTP streams by their addresses and SSRC; each datagram to what it is. */

#include <string.h>

#include <libavutil/common.h>
#include <libavutil/mem.h>

#include "classify.h"
#include "net/rtp.h"
#include "report/log.h"
#include "stream.h"
#include "unwrap.h"

#define MAX_STREAMS 1024 ///< of one file at a time
#define DRAIN_EVERY INT64_C(50000)   ///< us, for tracks that went silent
#define MAX_AHEAD   INT64_C(6000000) ///< us that reports are waited for
#define MIN_AHEAD   INT64_C(2000000)
#define MAX_QUEUED  (32 << 20)       ///< bytes of frames meanwhile

Streams *streams_alloc(const StreamsSetup *setup)
{
    Streams *s = av_mallocz(sizeof(*s));

    if (s)
        s->setup = *setup;
    return s;
}

Stream *stream_find(Streams *s, const Flow *flow, uint32_t ssrc)
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

static void drop_held(Stream *st)
{
    for (int i = 0; i < st->nb_held; i++)
        av_freep(&st->held[i].data);
    st->nb_held = st->nb_useful = st->nb_in_order = 0;
}

/* The one that has waited longest for a second packet: other protocols may
 * look like RTP of another SSRC with each packet. */
static Stream *evict(Streams *s)
{
    Stream *oldest = NULL;

    for (int i = 0; i < s->nb_streams; i++) {
        Stream *st = s->streams[i];

        if (st->state == STREAM_NEW && st->nb_in_order < STREAM_MIN &&
            (!oldest || st->seen < oldest->seen))
            oldest = st;
    }
    if (oldest) {
        s->setup.capture->info.nb_unknown += oldest->nb_held;
        drop_held(oldest);
        stream_hop_close(&oldest->hop);
        memset(oldest, 0, sizeof(*oldest));
    }
    return oldest;
}

static Stream *grow(Streams *s)
{
    Stream **grown = av_realloc_array(s->streams, s->nb_streams + 1,
                                      sizeof(*grown));
    Stream *st;

    if (!grown)
        return NULL;
    s->streams = grown;
    if ((st = av_mallocz(sizeof(*st))))
        grown[s->nb_streams++] = st;
    return st;
}

/* @return NULL if there are too many, or no memory */
static Stream *add_stream(Streams *s, const Flow *flow, uint32_t ssrc)
{
    Stream *st = s->nb_streams < MAX_STREAMS ? grow(s) : evict(s);

    if (!st)
        return NULL;
    st->flow = *flow;
    st->ssrc = ssrc;
    st->seen = s->now;
    st->red  = s->setup.capture->nb_streams ? s->setup.capture->streams[0].red
                                            : -1;
    return s->last = st;
}

static int release(Streams *s, Stream *st)
{
    int ret = 0;

    for (int i = 0; i < st->nb_held && ret >= 0; i++)
        ret = stream_push(s, st, st->held[i].data, st->held[i].size,
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
    Stream *st = stream_find(s, &r->flow, rtp_ssrc(data));
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
            ret = stream_identify(s, st, st->nb_useful == CLASSIFY_PACKETS ||
                                    st->nb_held == STREAM_MAX_HELD);
        if (ret >= 0 && st->state != STREAM_NEW)
            ret = release(s, st);
    } else if (ret >= 0) {
        ret = stream_push(s, st, data, size, r->time);
    }
    st->sequence  = rtp_sequence(data);
    st->timestamp = rtp_timestamp(data);
    return ret;
}

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
        if (!(st = stream_find(s, &r->flow, rtp_ssrc(data))) &&
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
        streams_push_rtcp(s, r);
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
                      streams_common_offset(s, &st->flow, st->offset));
    }
    return s->settled;
}

int streams_flush(Streams *s)
{
    const InputFileInfo *info = &s->setup.capture->info;
    int ret = 0;

    if (info->nb_dtls && info->nb_rtp && !s->setup.keys)
        log_warning("%s: beside DTLS, RTP is encrypted on its hop; give the "
                    "hop's keys by --srtp-keys", info->name);

    for (int i = 0; i < s->nb_streams && ret >= 0; i++) {
        Stream *st = s->streams[i];

        if (st->state != STREAM_NEW || !st->nb_held)
            continue;
        if ((ret = stream_identify(s, st, true)) >= 0)
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
