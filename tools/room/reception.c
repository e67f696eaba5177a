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

#include <libavutil/mem.h>

#include "reception.h"
#include "report/log.h"

static void compare(void *opaque, int64_t pts, const Fingerprint *fp)
{
    Reception *r = opaque;

    r->nb_decoded++;
    if (reference_match(&r->track->reference, pts, fp))
        r->nb_identical++;
}

/* What signalling tells a receiver about a track: the codec, not more. */
static int describe_track(AVCodecParameters *par, const Track *track)
{
    const AVCodecParameters *sent = source_parameters(track->source);

    par->codec_type = sent->codec_type;
    par->codec_id   = sent->codec_id;
    if (sent->codec_type != AVMEDIA_TYPE_AUDIO)
        return 0;
    par->sample_rate = 48000;
    return av_channel_layout_copy(&par->ch_layout, &sent->ch_layout);
}

static int open_receiver(Reception *r, const AVCodecParameters *par,
                         const char *scheme)
{
    const FrameFilterSetup open = {
        .name = "e2ee_decrypt", .scheme = scheme, .kind = r->track->kind,
        .key  = &r->receiver->key,
    };
    AVRational time_base = source_time_base(r->track->source);
    int ret;

    if ((ret = rtp_unpacker_open(&r->unpacker,
                                 rtp_packer_sdp(r->track->packer))) < 0 ||
        (ret = frame_filter_open(&r->opener, &open, par, time_base)) < 0)
        return ret;
    return decoder_open(&r->decoder, par, time_base, compare, r);
}

int reception_open(Reception **reception, const Participant *receiver,
                   Track *track, const char *scheme)
{
    Reception *r = *reception = av_mallocz(sizeof(*r));
    AVCodecParameters *par = avcodec_parameters_alloc();
    int ret = AVERROR(ENOMEM);

    if (!r || !par || !(r->packet = av_packet_alloc()))
        goto end;
    r->receiver = receiver;
    r->track    = track;
    if ((ret = describe_track(par, track)) >= 0)
        ret = open_receiver(r, par, scheme);

end:
    avcodec_parameters_free(&par);
    if (ret < 0)
        reception_free(reception);
    return ret;
}

int reception_push(void *opaque, const uint8_t *data, size_t size)
{
    Reception *r = opaque;

    r->nb_packets++;
    return rtp_unpacker_push(r->unpacker, data, size);
}

static void note_state(Reception *r, int64_t pts, const FrameReport *report)
{
    const Event event = {
        .time        = av_rescale_q(pts, source_time_base(r->track->source),
                                    AV_TIME_BASE_Q),
        .participant = r->track->sender->name,
        .receiver    = r->receiver->name,
        .kind        = r->track->kind,
        .state       = report->state,
        .key_index   = report->key_index,
        .reason      = report->reason,
    };

    r->nb_state[report->state]++;
    if (report->state == r->state)
        return;
    r->state = report->state;
    r->track->events.event(r->track->events.opaque, &event);
}

/* Only what the filter vouches for reaches the decoder. */
static int open_frame(Reception *r)
{
    int64_t pts = r->packet->pts;
    FrameReport report;
    int limit = log_limit(AV_LOG_FATAL);
    int ret   = frame_filter_run(r->opener, r->packet, &report);

    r->nb_frames++;
    if (ret < 0 && report.state == STATE_NONE)
        report.state = STATE_INTERNAL_ERROR;
    note_state(r, pts, &report);
    if (ret >= 0 && report.state == STATE_DECRYPTION_SUCCESS)
        ret = decoder_send(r->decoder, r->packet);
    log_limit(limit);
    av_packet_unref(r->packet);
    return ret == AVERROR(ENOMEM) ? ret : 0;
}

int reception_work(Reception *r)
{
    uint32_t origin = rtp_packer_origin(r->track->packer);
    int ret;

    while ((ret = rtp_unpacker_read(r->unpacker, r->packet, origin)) >= 0)
        if ((ret = open_frame(r)) < 0)
            break;
    return ret == AVERROR(EAGAIN) ? 0 : ret;
}

int reception_end(Reception *r)
{
    return decoder_send(r->decoder, NULL);
}

uint64_t reception_opened(const Reception *r)
{
    return r->nb_state[STATE_DECRYPTION_SUCCESS];
}

uint64_t reception_failed(const Reception *r)
{
    return r->nb_frames - reception_opened(r);
}

void reception_free(Reception **reception)
{
    Reception *r = *reception;

    if (!r)
        return;
    av_packet_free(&r->packet);
    rtp_unpacker_free(&r->unpacker);
    av_bsf_free(&r->opener);
    decoder_free(&r->decoder);
    av_freep(reception);
}
