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

#include <libavutil/mem.h>

#include "net/rtp.h"
#include "net/rtp_sframe.h"
#include "parts.h"

/* Opus has neither parameter sets nor start codes that a filter would look
 * for, whatever the payloads are. */
AVCodecParameters *packets_parameters(void)
{
    AVCodecParameters *par = avcodec_parameters_alloc();

    if (par) {
        par->codec_type = AVMEDIA_TYPE_AUDIO;
        par->codec_id   = AV_CODEC_ID_OPUS;
    }
    return par;
}

static int seal_one(Chain *c, Datagram *d, FrameReport *report)
{
    AVPacket *payload = c->payload;
    int ret = av_new_packet(payload, d->payload_size);

    if (ret < 0)
        return ret;
    memcpy(payload->data, d->payload, d->payload_size);
    payload->pts = payload->dts = c->packet->pts;
    if ((ret = track_seal(c, payload, report)) >= 0)
        ret = rtp_sframe_wrap(d, c->track->room->pool, payload->data,
                              payload->size);
    av_packet_unref(payload);
    return ret;
}

/* What does not leave has no numbers either: nobody shall miss it. */
int packets_seal(Chain *c, FrameReport *report)
{
    int ret = 0;

    *report = (FrameReport){ .state = STATE_NONE, .key_index = -1 };
    for (unsigned i = 0; i < c->nb_datagrams && ret >= 0; i++) {
        rtp_set_sequence(c->datagrams[i].header, c->sequence + i);
        ret = seal_one(c, &c->datagrams[i], report);
    }
    for (unsigned i = 0; i < c->nb_datagrams && ret < 0; i++)
        datagram_unref(&c->datagrams[i]);
    if (ret < 0)
        c->nb_datagrams = 0;
    c->sequence += c->nb_datagrams;
    return ret;
}

/* The opened payload takes its place among the others. */
static int push(Reception *r, const RtpFrameInfo *info)
{
    Datagram d = { .header = { 0x80 }, .header_size = RTP_HEADER_SIZE,
                   .tag = info->tag };

    d.header[1] = info->marker << 7;
    rtp_set_sequence(d.header, info->first);
    rtp_set_timestamp(d.header, info->timestamp);
    if (!(d.buffer = packet_buffer_get(r->room->pool, r->packet->size)))
        return AVERROR(ENOMEM);
    memcpy(d.buffer->data, r->packet->data, r->packet->size);
    d.payload      = d.buffer->data;
    d.payload_size = r->packet->size;
    return rtp_frames_push(r->payloads, &d, info->first, info->gap_before);
}

/* All of their payloads were opened. */
static int read_frames(Reception *r, const FrameReport *report)
{
    RtpFrameInfo info;
    int ret;

    while ((ret = rtp_frames_read(r->payloads, r->packet, &info)) >= 0) {
        ret = frame_is_whole(&info) ?
              reception_decide(r, &info.tag, report, true) :
              reception_wait_for_key(r);
        if (ret < 0)
            return ret;
    }
    return ret == AVERROR(EAGAIN) ? 0 : ret;
}

/* Where nothing is opened, the marker ends a frame. */
static int take_sealed(Reception *r, const RtpFrameInfo *info)
{
    const FrameReport none = { .state = STATE_NONE, .key_index = -1 };
    bool whole;

    r->gap |= info->gap_before;
    if (track_is_video(r->track) && !info->marker)
        return 0;
    whole  = !r->gap;
    r->gap = false;
    return whole ? reception_decide(r, &info->tag, &none, false) : 0;
}

int packets_take(Reception *r, const RtpFrameInfo *info)
{
    FrameReport report;
    int ret;

    if (!r->opener.bsf)
        return take_sealed(r, info);
    if ((ret = reception_filter(r, &report)) < 0)
        return ret;
    /* The first one that does not open decides about its frame; of the
     * others nobody waits for anything. */
    if (!ret)
        return reception_decide(r, &info->tag, &report, false);
    ret = push(r, info);
    return ret < 0 ? ret : read_frames(r, &report);
}

int packets_flush(Reception *r)
{
    const FrameReport report = {
        .state = r->keys.enabled ? STATE_DECRYPTION_SUCCESS : STATE_NONE,
        .key_index = -1,
    };
    int ret = rtp_frames_flush(r->payloads);

    return ret < 0 ? ret : read_frames(r, &report);
}
