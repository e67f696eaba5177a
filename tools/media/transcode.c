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

#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include "report/log.h"
#include "shape.h"
#include "transcode.h"

struct Transcoder {
    AVCodecContext *decoder;
    AVCodecContext *encoder;
    Shaper         *shaper;   ///< made when the first frame shows its format
    char           *shape;    ///< its filters
    AVRational      time_base;
    AVFrame        *frame;
    AVPacket       *packet;
    int64_t         last_pts; ///< latest decoded, to keep time going up
};

/* How the encoders of a meeting are set: no delay, no B-frames, a key frame
 * now and then for those who come late. */
static const struct EncoderRow {
    enum AVCodecID id;
    const char    *name;
    const char    *options;
    int64_t        bit_rate;
    int            key_interval; ///< in frames, 0: does not apply
} encoders[] = {
    { AV_CODEC_ID_H264, "libx264",
      "preset=veryfast:tune=zerolatency:profile=baseline", 1500000, 100 },
    { AV_CODEC_ID_VP8,  "libvpx",
      "deadline=realtime:cpu-used=8:lag-in-frames=0:auto-alt-ref=0:"
      "error-resilient=default", 1500000, 100 },
    { AV_CODEC_ID_OPUS, "libopus",
      "application=voip:frame_duration=20", 48000, 0 },
};

static const struct EncoderRow *find_encoder(enum AVCodecID id)
{
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++)
        if (encoders[i].id == id)
            return &encoders[i];
    return NULL;
}

static int open_decoder(Transcoder *t, AVStream *stream)
{
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    int ret;

    if (!codec)
        return AVERROR_DECODER_NOT_FOUND;
    if (!(t->decoder = avcodec_alloc_context3(codec)))
        return AVERROR(ENOMEM);
    if ((ret = avcodec_parameters_to_context(t->decoder,
                                             stream->codecpar)) < 0)
        return ret;
    t->decoder->pkt_timebase = t->time_base;
    return avcodec_open2(t->decoder, codec, NULL);
}

static int shape_video(Transcoder *t, const AVCodecParameters *in)
{
    AVCodecContext *enc = t->encoder;

    /* 4:2:0 has no odd sizes. */
    enc->width   = FFMAX(in->width  & ~1, 2);
    enc->height  = FFMAX(in->height & ~1, 2);
    enc->pix_fmt = AV_PIX_FMT_YUV420P;
    t->shape     = av_asprintf("scale=%d:%d:out_range=tv,format=yuv420p",
                               enc->width, enc->height);
    return t->shape ? 0 : AVERROR(ENOMEM);
}

static int shape_audio(Transcoder *t, const AVCodecParameters *in)
{
    AVCodecContext *enc = t->encoder;
    int mono = in->ch_layout.nb_channels == 1;

    enc->sample_rate = 48000;
    enc->sample_fmt  = AV_SAMPLE_FMT_S16;
    av_channel_layout_default(&enc->ch_layout, mono ? 1 : 2);
    t->shape = av_asprintf("aresample=48000,aformat=sample_fmts=s16:"
                           "channel_layouts=%s",
                           mono ? "mono" : "stereo");
    return t->shape ? 0 : AVERROR(ENOMEM);
}

static int open_encoder(Transcoder *t, const AVFormatContext *file,
                        AVStream *stream, const struct EncoderRow *row)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(row->name);
    AVCodecContext *enc;
    int ret;

    if (!codec)
        return AVERROR_ENCODER_NOT_FOUND;
    if (!(enc = t->encoder = avcodec_alloc_context3(codec)))
        return AVERROR(ENOMEM);
    enc->time_base    = t->time_base;
    enc->bit_rate     = row->bit_rate;
    enc->thread_count = 1; /* the same bytes on every machine */
    if (codec->type == AVMEDIA_TYPE_VIDEO) {
        enc->gop_size     = row->key_interval;
        enc->max_b_frames = 0;
        enc->framerate    = av_guess_frame_rate((AVFormatContext *)file,
                                                stream, NULL);
        ret = shape_video(t, stream->codecpar);
    } else {
        ret = shape_audio(t, stream->codecpar);
    }
    if (ret < 0)
        return ret;
    ret = av_set_options_string(enc->priv_data, row->options, "=", ":");
    if (ret < 0)
        return ret;
    return avcodec_open2(enc, codec, NULL);
}

int transcoder_open(Transcoder **transcoder, const AVFormatContext *file,
                    AVStream *stream, enum AVCodecID codec,
                    AVRational time_base, AVCodecParameters *par)
{
    const struct EncoderRow *row = find_encoder(codec);
    const char *what  = "decoder";
    Transcoder *t     = av_mallocz(sizeof(*t));
    int limit         = log_limit(AV_LOG_QUIET);
    int ret           = AVERROR(ENOMEM);

    if (!(*transcoder = t))
        goto fail;
    t->time_base = time_base;
    t->last_pts  = AV_NOPTS_VALUE;
    t->frame     = av_frame_alloc();
    t->packet    = av_packet_alloc();
    if (!t->frame || !t->packet)
        goto fail;
    if ((ret = open_decoder(t, stream)) < 0)
        goto fail;
    what = row->name;
    if ((ret = open_encoder(t, file, stream, row)) < 0 ||
        (ret = avcodec_parameters_from_context(par, t->encoder)) < 0)
        goto fail;
    log_limit(limit);
    return 0;

fail:
    log_error("%s: %s stream cannot be encoded to %s: %s: %s%s", file->url,
              avcodec_get_name(stream->codecpar->codec_id),
              avcodec_get_name(codec), what, av_err2str(ret), log_unshown());
    log_limit(limit);
    transcoder_free(transcoder);
    return ret;
}

/* One decoded frame into the filters. */
static int shape_frame(Transcoder *t)
{
    AVFrame *frame = t->frame;
    int64_t  pts   = frame->best_effort_timestamp;
    int ret;

    if (pts == AV_NOPTS_VALUE ||
        (t->last_pts != AV_NOPTS_VALUE && pts <= t->last_pts)) {
        av_frame_unref(frame);
        return 0;
    }
    frame->pts       = t->last_pts = pts;
    frame->pict_type = AV_PICTURE_TYPE_NONE; /* the encoder chooses */

    if (!shaper_fits(t->shaper, frame)) {
        shaper_free(&t->shaper);
        ret = shaper_open(&t->shaper, frame, t->time_base, t->shape,
                          t->encoder->frame_size);
        if (ret < 0)
            return ret;
    }
    return shaper_send(t->shaper, frame);
}

/* One more frame out of the decoder, or one more packet into it. */
static int decode_more(Transcoder *t, PacketReader read, void *opaque)
{
    int ret = avcodec_receive_frame(t->decoder, t->frame);

    if (ret >= 0)
        return shape_frame(t);
    if (ret == AVERROR_EOF)
        return t->shaper ? shaper_send(t->shaper, NULL) : AVERROR_EOF;
    if (ret == AVERROR_INVALIDDATA)
        return 0;
    if (ret != AVERROR(EAGAIN))
        return ret;

    ret = read(opaque, t->packet);
    if (ret < 0 && ret != AVERROR_EOF)
        return ret;
    ret = avcodec_send_packet(t->decoder, ret < 0 ? NULL : t->packet);
    av_packet_unref(t->packet);
    return ret == AVERROR_INVALIDDATA ? 0 : ret;
}

/* Ask the last stage first; what it lacks, the one before has to give. */
int transcoder_read(Transcoder *t, AVPacket *packet, PacketReader read,
                    void *opaque)
{
    int ret;

    for (;;) {
        ret = avcodec_receive_packet(t->encoder, packet);
        if (ret >= 0) /* RTP knows no encoder delay */
            packet->pts += t->encoder->initial_padding;
        if (ret != AVERROR(EAGAIN))
            break;
        ret = t->shaper ? shaper_receive(t->shaper, t->frame)
                        : AVERROR(EAGAIN);
        if (ret >= 0) {
            ret = avcodec_send_frame(t->encoder, t->frame);
            av_frame_unref(t->frame);
        } else if (ret == AVERROR_EOF) {
            ret = avcodec_send_frame(t->encoder, NULL);
        } else if (ret == AVERROR(EAGAIN)) {
            ret = decode_more(t, read, opaque);
        }
        if (ret < 0)
            break;
    }
    return ret;
}

void transcoder_free(Transcoder **transcoder)
{
    Transcoder *t = *transcoder;

    if (!t)
        return;
    shaper_free(&t->shaper);
    avcodec_free_context(&t->decoder);
    avcodec_free_context(&t->encoder);
    av_frame_free(&t->frame);
    av_packet_free(&t->packet);
    av_free(t->shape);
    av_freep(transcoder);
}
