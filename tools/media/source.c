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
#include <stdio.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/version.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include "encode.h"
#include "generate.h"
#include "interrupt.h"
#include "reader.h"
#include "report/log.h"
#include "source.h"

struct Source {
    SourceSetup        setup;
    Reader            *reader;     ///< NULL: generated
    Generator         *generator;
    AVCodecContext    *decoder;    ///< NULL: generated, or carried as it is
    LiveEncoder       *encoder;    ///< NULL: carried as it is
    AVCodecParameters *par;
    AVRational         time_base;
    AVPacket          *packet;     ///< carried: the next one
    AVFrame           *frame;      ///< encoded: the next one, in shape
    AVFrame           *raw;
    bool               ready;      ///< there is a next one
    bool               ended;      ///< nothing comes into the shaper any more
    int64_t            offset;     ///< of the current round of a loop
    int64_t            end;        ///< for what is generated, in time_base
    int                level;      ///< of the latest frame; -1: not known
    char               description[192];
};

static const struct {
    const char    *name;
    enum AVCodecID id;
} codecs[] = {
    { "vp8",  AV_CODEC_ID_VP8  },
    { "vp9",  AV_CODEC_ID_VP9  },
    { "h264", AV_CODEC_ID_H264 },
    { "hevc", AV_CODEC_ID_HEVC },
    { "h265", AV_CODEC_ID_HEVC },
    { "av1",  AV_CODEC_ID_AV1  },
    { "opus", AV_CODEC_ID_OPUS },
};

enum AVCodecID source_codec(const char *name)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (!strcmp(codecs[i].name, name))
            return codecs[i].id;
    return AV_CODEC_ID_NONE;
}

/* Why a stream cannot go into a meeting as it is: NULL if it can, "" if its
 * codec says it all. */
static const char *obstacle(const AVCodecParameters *par)
{
    switch (par->codec_id) {
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
        return NULL;
    case AV_CODEC_ID_OPUS:
        return par->ch_layout.nb_channels > 2 ? "more than two channels"
                                              : NULL;
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_H264:
        if (par->format != AV_PIX_FMT_YUV420P &&
            par->format != AV_PIX_FMT_YUVJ420P)
            return "not 4:2:0";
        return par->video_delay ? "with B-frames" : NULL;
    default:
        return "";
    }
}

/* What this FFmpeg's RTP cannot carry sealed: NULL if it can. */
static const char *rtp_obstacle(enum AVCodecID codec)
{
    if (codec == AV_CODEC_ID_AV1)
        return "its RTP muxer reads inside AV1 frames, which are sealed";
#if LIBAVFORMAT_VERSION_MAJOR < 60
    if (codec == AV_CODEC_ID_HEVC)
        return "its RTP demuxer moves bytes of H.265; FFmpeg 6 and later "
               "do not";
#endif
    return NULL;
}

static bool is_video(const Source *s)
{
    return s->setup.kind == KIND_VIDEO || s->setup.kind == KIND_SHARE;
}

static void describe(Source *s, const char *why)
{
    const AVCodecParameters *par = s->reader ?
                                   reader_stream(s->reader)->codecpar : NULL;
    const char *pix_fmt = par && par->codec_type == AVMEDIA_TYPE_VIDEO ?
                          av_get_pix_fmt_name(par->format) : NULL;
    size_t size = sizeof(s->description);

    av_strlcatf(s->description, size, "%s%s%s",
                par ? avcodec_get_name(par->codec_id) : "generated",
                pix_fmt ? " " : "", pix_fmt ? pix_fmt : "");
    if (s->encoder)
        av_strlcatf(s->description, size, "%s%s, encoded to %s",
                    why && *why ? ", " : "", why ? why : "",
                    avcodec_get_name(s->par->codec_id));
    else
        av_strlcatf(s->description, size, ", carried as it is");
}

static int open_decoder(Source *s)
{
    const AVCodecParameters *par = reader_stream(s->reader)->codecpar;
    const AVCodec *codec = avcodec_find_decoder(par->codec_id);
    int ret;

    if (!codec)
        return AVERROR_DECODER_NOT_FOUND;
    if (!(s->decoder = avcodec_alloc_context3(codec)))
        return AVERROR(ENOMEM);
    if ((ret = avcodec_parameters_to_context(s->decoder, par)) < 0)
        return ret;
    s->decoder->pkt_timebase = s->time_base;
    return avcodec_open2(s->decoder, codec, NULL);
}

static void set_input(EncoderSetup *e, const Source *s)
{
    const AVCodecParameters *par;

    if (s->generator && is_video(s)) {
        e->in_width    = generator_width(s->generator);
        e->in_height   = generator_height(s->generator);
        e->in_rate     = generator_frame_rate(s->generator);
    } else if (s->generator) {
        e->in_channels = generator_channels(s->generator);
    } else {
        par = reader_stream(s->reader)->codecpar;
        e->in_width    = par->width;
        e->in_height   = par->height;
        e->in_rate     = reader_frame_rate(s->reader);
        e->in_channels = par->ch_layout.nb_channels;
    }
}

static int open_encoder(Source *s, enum AVCodecID codec)
{
    const Encoding *wanted = s->setup.encoding;
    EncoderSetup setup = { .codec = codec, .time_base = s->time_base };
    int limit = log_limit(AV_LOG_QUIET), ret = 0;
    const char *what = "decoder";

    set_input(&setup, s);
    if (wanted) {
        setup.width        = wanted->width;
        setup.height       = wanted->height;
        setup.rate         = wanted->rate;
        setup.bitrate      = wanted->bitrate;
        setup.key_interval = wanted->key_interval;
    }
    if (s->reader)
        ret = open_decoder(s);
    if (ret >= 0)
        ret = encoder_open(&s->encoder, &setup, s->par, &what);
    if (ret < 0)
        log_error("%s: %s cannot be encoded to %s: %s: %s%s", source_name(s),
                  is_video(s) ? "video" : "audio", avcodec_get_name(codec),
                  what, av_err2str(ret), log_unshown());
    log_limit(limit);
    return ret;
}

static bool asks_for_more(const Encoding *e)
{
    return e->bitrate || e->width || e->height || e->rate || e->key_interval;
}

/* What the encoding asks for: copied, or which codec. */
static int choose_codec(Source *s, enum AVCodecID *codec, const char **why)
{
    const Encoding *e = s->setup.encoding;
    const char *name  = e ? e->codec : NULL;
    bool copy = name && !strcmp(name, "copy");

    *codec = is_video(s) ? s->setup.video_codec : AV_CODEC_ID_OPUS;
    *why   = s->reader ? obstacle(reader_stream(s->reader)->codecpar) : "";
    if (name && !copy)
        *codec = source_codec(name);
    if (copy && *why) {
        log_error("%s: cannot be carried as it is%s%s; let it be encoded",
                  source_name(s), **why ? ": " : "", *why);
        return AVERROR(EINVAL);
    }
    if (copy || (!name && !*why && !(e && asks_for_more(e))))
        *codec = AV_CODEC_ID_NONE;
    if (*codec != AV_CODEC_ID_NONE &&
        (avcodec_get_type(*codec) == AVMEDIA_TYPE_VIDEO) != is_video(s)) {
        log_error("%s: %s is no codec for %s", source_name(s),
                  name ? name : avcodec_get_name(*codec),
                  track_kind_name(s->setup.kind));
        return AVERROR(EINVAL);
    }
    return 0;
}

static int check_rtp(const Source *s)
{
    const char *why = rtp_obstacle(s->par->codec_id);

    if (!why || s->setup.sframe)
        return 0;
    log_error("%s: %s does not go over the RTP of this FFmpeg (%s): %s; choose "
              "another codec", source_name(s),
              avcodec_get_name(s->par->codec_id), av_version_info(), why);
    return AVERROR_PATCHWELCOME;
}

static int open_codec(Source *s)
{
    enum AVCodecID codec;
    const char *why;
    int ret = choose_codec(s, &codec, &why);

    if (ret < 0)
        return ret;
    if (codec != AV_CODEC_ID_NONE)
        ret = open_encoder(s, codec);
    else
        ret = avcodec_parameters_copy(s->par,
                                      reader_stream(s->reader)->codecpar);
    if (ret < 0)
        return ret;
    describe(s, why);
    return check_rtp(s);
}

static int open_input(Source *s)
{
    const MediaSource *m = s->setup.media;
    const ReaderSetup reader = {
        .file = m->file, .stream = m->stream, .start = m->start,
        .length = m->length,
        .type = is_video(s) ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO,
    };

    if (m->generate)
        return generator_open(&s->generator, m->generate, is_video(s),
                              s->setup.seed);
    return reader_open(&s->reader, &reader);
}

int source_open(Source **source, const SourceSetup *setup)
{
    Source *s = *source = av_mallocz(sizeof(*s));
    int ret = AVERROR(ENOMEM);

    if (!s)
        return ret;
    s->setup     = *setup;
    s->level     = -1;
    s->time_base = (AVRational){ 1, is_video(s) ? 90000 : 48000 };
    s->end       = setup->media->length ?
                   av_rescale_q(setup->media->length, AV_TIME_BASE_Q,
                                s->time_base) : INT64_MAX;
    s->packet    = av_packet_alloc();
    s->frame     = av_frame_alloc();
    s->raw       = av_frame_alloc();
    s->par       = avcodec_parameters_alloc();
    if (!s->packet || !s->frame || !s->raw || !s->par)
        goto fail;
    if ((ret = open_input(s)) < 0 || (ret = open_codec(s)) < 0)
        goto fail;
    return 0;

fail:
    source_free(source);
    return ret;
}

/* The end of a round: begin anew, if that is wanted and gets anywhere. */
static int next_round(Source *s)
{
    int64_t length = s->reader ? reader_end(s->reader) : 0;

    if (!s->setup.media->loop || length <= 0)
        return AVERROR_EOF;
    s->offset += length;
    if (s->decoder)
        avcodec_flush_buffers(s->decoder);
    return reader_rewind(s->reader);
}

/* Frames of no bytes (Opus DTX) are not sent over RTP at all, and what is cut
 * off neither. */
static int next_packet(Source *s)
{
    int ret;

    for (;;) {
        ret = reader_read(s->reader, s->packet);
        if (ret == AVERROR_EOF && (ret = next_round(s)) >= 0)
            continue;
        if (ret < 0 || (s->packet->size && s->packet->pts >= 0))
            break;
        av_packet_unref(s->packet);
    }
    if (ret < 0)
        return ret;
    if (!is_video(s))
        s->packet->pts += s->par->initial_padding;
    s->packet->pts += s->offset;
    s->packet->dts  = s->packet->pts;
    return 0;
}

static int decode_more(Source *s)
{
    int ret = avcodec_receive_frame(s->decoder, s->raw);

    if (ret >= 0)
        s->raw->pts = s->raw->best_effort_timestamp;
    if (ret != AVERROR(EAGAIN))
        return ret == AVERROR_INVALIDDATA ? AVERROR(EAGAIN) : ret;
    ret = reader_read(s->reader, s->packet);
    if (ret < 0 && ret != AVERROR_EOF)
        return ret;
    ret = avcodec_send_packet(s->decoder, ret < 0 ? NULL : s->packet);
    av_packet_unref(s->packet);
    return ret < 0 && ret != AVERROR_INVALIDDATA ? ret : AVERROR(EAGAIN);
}

/* One more raw frame into the shaper, or a step towards one. */
static int feed_shaper(Source *s)
{
    int ret = s->decoder ? decode_more(s)
                         : generator_read(s->generator, s->raw, s->time_base);

    if (ret >= 0 && s->raw->pts != AV_NOPTS_VALUE && s->raw->pts >= s->end) {
        av_frame_unref(s->raw);
        ret = AVERROR_EOF;
    }
    if (ret == AVERROR_EOF && (ret = next_round(s)) >= 0)
        return 0;
    if (ret == AVERROR_EOF) {
        s->ended = true;
        return encoder_shape(s->encoder, NULL);
    }
    if (ret < 0)
        return ret == AVERROR(EAGAIN) ? 0 : ret;
    if (s->raw->pts == AV_NOPTS_VALUE || s->raw->pts < 0) {
        av_frame_unref(s->raw);
        return 0;
    }
    s->raw->pts += s->offset;
    return encoder_shape(s->encoder, s->raw);
}

static int next_frame(Source *s)
{
    int ret;

    while ((ret = encoder_shaped(s->encoder, s->frame)) == AVERROR(EAGAIN))
        if (s->ended || (ret = feed_shaper(s)) < 0)
            return s->ended ? AVERROR_EOF : ret;
    return ret;
}

static void tell(const Source *s, int error)
{
    if (error == AVERROR_EOF || error == AVERROR_EXIT ||
        error == AVERROR(EAGAIN) || interrupt_pending() || log_error_told())
        return;
    log_error("%s: %s cannot be encoded: %s%s", source_name(s),
              is_video(s) ? "video" : "audio", av_err2str(error),
              log_unshown());
}

int source_next(Source *s, int64_t *time)
{
    int limit = log_limit(AV_LOG_FATAL), ret = 0;

    if (!s->ready)
        ret = s->encoder ? next_frame(s) : next_packet(s);
    if (ret < 0)
        tell(s, ret);
    log_limit(limit);
    if (ret < 0)
        return ret;
    s->ready = true;
    *time    = s->encoder ? s->frame->pts : s->packet->pts;
    return 0;
}

/* Encoders of audio take 16 bits, channels interleaved. */
static int measure_level(const AVFrame *frame)
{
    const int16_t *samples = (const int16_t *)frame->data[0];
    int nb = frame->nb_samples * frame->ch_layout.nb_channels;
    double sum = 0;

    if (frame->format != AV_SAMPLE_FMT_S16 || !nb)
        return -1;
    for (int i = 0; i < nb; i++)
        sum += (double)samples[i] * samples[i];
    sum /= nb * 32768.0 * 32768.0;
    return sum > 0 ? av_clip(lrint(-10 * log10(sum)), 0, 127) : 127;
}

int source_read(Source *s, bool key, AVPacket *packet)
{
    int limit = log_limit(AV_LOG_FATAL), ret = 0;

    s->ready = false;
    if (s->encoder) {
        if (!is_video(s))
            s->level = measure_level(s->frame);
        ret = encoder_encode(s->encoder, s->frame, key, packet);
        av_frame_unref(s->frame);
    } else {
        av_packet_move_ref(packet, s->packet);
    }
    if (ret >= 0 && !packet->size) {
        av_packet_unref(packet);
        ret = AVERROR(EAGAIN);
    }
    if (ret < 0)
        tell(s, ret);
    log_limit(limit);
    /* What is to be cut off at both ends of audio does not travel in RTP. */
    if (!is_video(s))
        av_packet_free_side_data(packet);
    packet->dts       = packet->pts;
    packet->time_base = s->time_base;
    return ret;
}

int source_level(const Source *source)
{
    return source->level;
}

const AVCodecParameters *source_parameters(const Source *source)
{
    return source->par;
}

AVRational source_time_base(const Source *source)
{
    return source->time_base;
}

const char *source_description(const Source *source)
{
    return source->description;
}

const char *source_name(const Source *source)
{
    const MediaSource *m = source->setup.media;

    return m->generate ? m->generate : m->file;
}

bool source_encoded(const Source *source)
{
    return source->encoder;
}

void source_free(Source **source)
{
    Source *s = *source;

    if (!s)
        return;
    encoder_free(&s->encoder);
    avcodec_free_context(&s->decoder);
    generator_free(&s->generator);
    reader_free(&s->reader);
    avcodec_parameters_free(&s->par);
    av_packet_free(&s->packet);
    av_frame_free(&s->frame);
    av_frame_free(&s->raw);
    av_freep(source);
}
