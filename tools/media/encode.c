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

#include <math.h>

#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "encode.h"
#include "shape.h"

struct LiveEncoder {
    AVCodecContext *codec;
    Shaper         *shaper;   ///< made when the first frame shows its format
    char           *shape;    ///< its filters
    AVRational      time_base;
    int64_t         last_pts; ///< latest one in, to keep time going up
};

/* None of them may look at the clock: VP8 does to choose its speed, unless
 * cpu-used is negative. Without a quality AV1 has a constant bit rate, for
 * which FFmpeg 7.1 writes into memory that it has freed. */
static const struct EncoderRow {
    enum AVCodecID id;
    const char    *name;
    const char    *options;
} encoders[] = {
    { AV_CODEC_ID_H264, "libx264",
      "preset=veryfast:tune=zerolatency:profile=baseline:forced-idr=1" },
    { AV_CODEC_ID_HEVC, "libx265",
      "preset=ultrafast:tune=zerolatency:forced-idr=1:"
      "x265-params=log-level=none\\:pools=none\\:frame-threads=1\\:"
      "repeat-headers=1\\:no-scenecut=1" },
    { AV_CODEC_ID_VP8,  "libvpx",
      "deadline=realtime:cpu-used=-8:lag-in-frames=0:auto-alt-ref=0:"
      "error-resilient=default" },
    { AV_CODEC_ID_VP9,  "libvpx-vp9",
      "deadline=realtime:cpu-used=8:lag-in-frames=0:auto-alt-ref=0:"
      "error-resilient=default" },
    { AV_CODEC_ID_AV1,  "libaom-av1",
      "usage=realtime:cpu-used=8:lag-in-frames=0:crf=10" },
    { AV_CODEC_ID_OPUS, "libopus",
      "application=voip:frame_duration=20" },
};

#define DEFAULT_RATE      30         ///< of sources that do not say
#define MAX_KEY_INTERVAL  3000       ///< frames, as libwebrtc has it
#define KEY_INTERVAL      10000000   ///< microseconds
#define BITS_PER_PIXEL    0.1
#define MIN_VIDEO_BITRATE 150000
#define MAX_VIDEO_BITRATE 2500000
#define AUDIO_BITRATE     48000

static const struct EncoderRow *find_encoder(enum AVCodecID id)
{
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++)
        if (encoders[i].id == id)
            return &encoders[i];
    return NULL;
}

bool encoder_known(enum AVCodecID codec)
{
    return find_encoder(codec);
}

/* 4:2:0 has no odd sizes; one side alone keeps the shape. */
static void set_size(AVCodecContext *enc, const EncoderSetup *s)
{
    int width  = s->width, height = s->height;

    if (!width && !height) {
        width  = s->in_width;
        height = s->in_height;
    } else if (!width) {
        width  = av_rescale(height, s->in_width, FFMAX(s->in_height, 1));
    } else if (!height) {
        height = av_rescale(width, s->in_height, FFMAX(s->in_width, 1));
    }
    enc->width  = FFMAX(width  & ~1, 2);
    enc->height = FFMAX(height & ~1, 2);
}

static int set_video(LiveEncoder *e, const EncoderSetup *s)
{
    AVCodecContext *enc = e->codec;
    int64_t interval = s->key_interval ? s->key_interval : KEY_INTERVAL;
    char fps[32] = "";
    double bits;

    set_size(enc, s);
    enc->pix_fmt   = AV_PIX_FMT_YUV420P;
    enc->framerate = s->rate ? av_d2q(s->rate, 1000) : s->in_rate;
    if (!enc->framerate.num || !enc->framerate.den)
        enc->framerate = (AVRational){ DEFAULT_RATE, 1 };
    bits = (double)enc->width * enc->height * av_q2d(enc->framerate) *
           BITS_PER_PIXEL;
    enc->bit_rate = s->bitrate ? s->bitrate
                               : av_clip64(bits, MIN_VIDEO_BITRATE,
                                           MAX_VIDEO_BITRATE);
    enc->gop_size = av_clip(lrint(interval / 1e6 * av_q2d(enc->framerate)), 1,
                            MAX_KEY_INTERVAL);
    enc->max_b_frames = 0;
    if (s->rate)
        snprintf(fps, sizeof(fps), "fps=%d/%d,", enc->framerate.num,
                 enc->framerate.den);
    e->shape = av_asprintf("%sscale=%d:%d:out_range=tv,format=yuv420p", fps,
                           enc->width, enc->height);
    return e->shape ? 0 : AVERROR(ENOMEM);
}

static int set_audio(LiveEncoder *e, const EncoderSetup *s)
{
    AVCodecContext *enc = e->codec;
    bool mono = s->in_channels == 1;

    enc->bit_rate    = s->bitrate ? s->bitrate : AUDIO_BITRATE;
    enc->sample_rate = 48000;
    enc->sample_fmt  = AV_SAMPLE_FMT_S16;
    av_channel_layout_default(&enc->ch_layout, mono ? 1 : 2);
    e->shape = av_asprintf("aresample=48000,aformat=sample_fmts=s16:"
                           "channel_layouts=%s", mono ? "mono" : "stereo");
    return e->shape ? 0 : AVERROR(ENOMEM);
}

static int open_codec(LiveEncoder *e, const EncoderSetup *setup,
                      const struct EncoderRow *row)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(row->name);
    int ret;

    if (!codec)
        return AVERROR_ENCODER_NOT_FOUND;
    if (!(e->codec = avcodec_alloc_context3(codec)))
        return AVERROR(ENOMEM);
    e->codec->time_base    = setup->time_base;
    e->codec->thread_count = 1; /* the same bytes on every machine */
    ret = codec->type == AVMEDIA_TYPE_VIDEO ? set_video(e, setup)
                                            : set_audio(e, setup);
    if (ret < 0)
        return ret;
    ret = av_set_options_string(e->codec->priv_data, row->options, "=", ":");
    if (ret < 0)
        return ret;
    return avcodec_open2(e->codec, codec, NULL);
}

int encoder_open(LiveEncoder **encoder, const EncoderSetup *setup,
                 AVCodecParameters *par, const char **what)
{
    const struct EncoderRow *row = find_encoder(setup->codec);
    LiveEncoder *e = *encoder = av_mallocz(sizeof(*e));
    int ret = AVERROR(ENOMEM);

    *what = row ? row->name : avcodec_get_name(setup->codec);
    if (!e)
        return ret;
    e->time_base = setup->time_base;
    e->last_pts  = AV_NOPTS_VALUE;
    ret = row ? open_codec(e, setup, row) : AVERROR_ENCODER_NOT_FOUND;
    if (ret >= 0)
        ret = avcodec_parameters_from_context(par, e->codec);
    if (ret < 0)
        encoder_free(encoder);
    return ret;
}

int encoder_shape(LiveEncoder *e, AVFrame *frame)
{
    int ret;

    if (!frame)
        return e->shaper ? shaper_send(e->shaper, NULL) : AVERROR_EOF;
    if (frame->pts == AV_NOPTS_VALUE ||
        (e->last_pts != AV_NOPTS_VALUE && frame->pts <= e->last_pts)) {
        av_frame_unref(frame);
        return 0;
    }
    e->last_pts = frame->pts;
    if (!shaper_fits(e->shaper, frame)) {
        shaper_free(&e->shaper);
        ret = shaper_open(&e->shaper, frame, e->time_base, e->shape,
                          e->codec->frame_size);
        if (ret < 0)
            return ret;
    }
    return shaper_send(e->shaper, frame);
}

int encoder_shaped(LiveEncoder *e, AVFrame *frame)
{
    return e->shaper ? shaper_receive(e->shaper, frame) : AVERROR(EAGAIN);
}

int encoder_encode(LiveEncoder *e, AVFrame *frame, bool key, AVPacket *packet)
{
    int ret;

    /* Else the encoder chooses. */
    frame->pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    if ((ret = avcodec_send_frame(e->codec, frame)) < 0)
        return ret;
    ret = avcodec_receive_packet(e->codec, packet);
    if (ret >= 0) /* RTP knows no encoder delay */
        packet->pts += e->codec->initial_padding;
    return ret;
}

void encoder_free(LiveEncoder **encoder)
{
    LiveEncoder *e = *encoder;

    if (!e)
        return;
    shaper_free(&e->shaper);
    avcodec_free_context(&e->codec);
    av_free(e->shape);
    av_freep(encoder);
}
