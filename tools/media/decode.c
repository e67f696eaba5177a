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

#include "decode.h"
#include "report/log.h"

#define QUIET_OFFSET 100

struct Decoder {
    AVCodecContext *codec;
    AVFrame        *frame;
    FrameSink       sink;
    void           *opaque;
};

static int configure(AVCodecContext *codec, const AVCodecParameters *par,
                     AVRational time_base)
{
    codec->pkt_timebase = time_base;
    codec->thread_count = 1;
    /* What it thinks of a frame is in the report; many decode at once. */
    codec->log_level_offset = QUIET_OFFSET;
    /* Meetings send no frames out of order, so none has to be waited for. */
    codec->flags       |= AV_CODEC_FLAG_LOW_DELAY;

    if (par->codec_id == AV_CODEC_ID_OPUS) {
        /* RTP's Opus is always 48 kHz and two channels (RFC 7587), and no
         * stream header travels with it. */
        codec->sample_rate = 48000;
        av_channel_layout_default(&codec->ch_layout, 2);
        return 0;
    }
    if (!par->extradata_size)
        return 0;
    codec->extradata = av_mallocz(par->extradata_size +
                                  AV_INPUT_BUFFER_PADDING_SIZE);
    if (!codec->extradata)
        return AVERROR(ENOMEM);
    memcpy(codec->extradata, par->extradata, par->extradata_size);
    codec->extradata_size = par->extradata_size;
    return 0;
}

int decoder_open(Decoder **decoder, const AVCodecParameters *par,
                 AVRational time_base, FrameSink sink, void *opaque)
{
    const AVCodec *codec = avcodec_find_decoder(par->codec_id);
    Decoder *d;
    int ret = AVERROR(ENOMEM);

    if (!codec) {
        log_error("this FFmpeg (%s) has no decoder for %s", av_version_info(),
                  avcodec_get_name(par->codec_id));
        return AVERROR_DECODER_NOT_FOUND;
    }
    if (!(d = *decoder = av_mallocz(sizeof(*d))))
        return ret;
    d->sink   = sink;
    d->opaque = opaque;
    d->frame  = av_frame_alloc();
    d->codec  = avcodec_alloc_context3(codec);
    if (!d->frame || !d->codec)
        goto fail;
    if ((ret = configure(d->codec, par, time_base)) < 0 ||
        (ret = avcodec_open2(d->codec, codec, NULL)) < 0)
        goto fail;
    return 0;

fail:
    log_error("decoder for %s: %s", codec->name, av_err2str(ret));
    decoder_free(decoder);
    return ret;
}

static int take_frames(Decoder *d)
{
    int ret;

    while ((ret = avcodec_receive_frame(d->codec, d->frame)) >= 0)
        d->sink(d->opaque, d->frame);
    return ret;
}

int decoder_send(Decoder *d, const AVPacket *packet)
{
    int ret = avcodec_send_packet(d->codec, packet);

    if (ret >= 0)
        ret = take_frames(d);
    return ret == AVERROR(EAGAIN) || ret == AVERROR_EOF ||
           ret == AVERROR_INVALIDDATA ? 0 : ret;
}

void decoder_free(Decoder **decoder)
{
    if (!*decoder)
        return;
    avcodec_free_context(&(*decoder)->codec);
    av_frame_free(&(*decoder)->frame);
    av_freep(decoder);
}
