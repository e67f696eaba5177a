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

#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include "interrupt.h"
#include "report/log.h"
#include "source.h"
#include "transcode.h"

struct Source {
    AVFormatContext   *file;
    AVStream          *stream;
    Transcoder        *transcoder; ///< NULL: carried as it is
    AVCodecParameters *par;
    AVRational         time_base;
    int64_t            start;      ///< the file's, in time_base
    int64_t            end;        ///< where to stop, in time_base from start
    int64_t            next;       ///< expected time of the next packet
    int64_t            frame_time; ///< for packets without time and duration
    char               description[160];
};

static int open_file(Source *s, const char *file)
{
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = AVERROR(ENOMEM);

    if (!(s->file = avformat_alloc_context()))
        goto end;
    s->file->interrupt_callback.callback = interrupt_callback;
    if ((ret = avformat_open_input(&s->file, file, NULL, NULL)) < 0 ||
        (ret = avformat_find_stream_info(s->file, NULL)) < 0) {
        if (interrupt_pending())
            ret = AVERROR_EXIT;
        else
            log_error("%s: %s%s; give a media file that ffmpeg can read",
                      file, av_err2str(ret), log_unshown());
    }

end:
    log_limit(limit);
    return ret;
}

static int pick_stream(Source *s, int nth)
{
    for (unsigned i = 0; i < s->file->nb_streams; i++) {
        AVStream *st = s->file->streams[i];
        enum AVMediaType type = st->codecpar->codec_type;

        if ((type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_VIDEO) &&
            !(st->disposition & AV_DISPOSITION_ATTACHED_PIC) && !nth--)
            s->stream = st;
        else
            st->discard = AVDISCARD_ALL;
    }
    return s->stream ? 0 : AVERROR_STREAM_NOT_FOUND;
}

/* Why a stream cannot go into a meeting as it is: NULL if it can, "" if its
 * codec says it all. */
static const char *obstacle(const AVCodecParameters *par)
{
    switch (par->codec_id) {
    case AV_CODEC_ID_VP8:
        return NULL;
    case AV_CODEC_ID_OPUS:
        return par->ch_layout.nb_channels > 2 ? "more than two channels"
                                              : NULL;
    case AV_CODEC_ID_H264:
        if (par->format != AV_PIX_FMT_YUV420P &&
            par->format != AV_PIX_FMT_YUVJ420P)
            return "not 4:2:0";
        return par->video_delay ? "with B-frames" : NULL;
    default:
        return "";
    }
}

static void describe(Source *s, const char *why, enum AVCodecID codec)
{
    const AVCodecParameters *par = s->stream->codecpar;
    const char *pix_fmt = par->codec_type == AVMEDIA_TYPE_VIDEO ?
                          av_get_pix_fmt_name(par->format) : NULL;
    size_t size = sizeof(s->description);

    av_strlcatf(s->description, size, "%s%s%s",
                avcodec_get_name(par->codec_id), pix_fmt ? " " : "",
                pix_fmt ? pix_fmt : "");
    if (why)
        av_strlcatf(s->description, size, "%s%s, encoded to %s",
                    *why ? ", " : "", why, avcodec_get_name(codec));
    else
        av_strlcatf(s->description, size, ", carried as it is");
}

static int open_codec(Source *s, const SourceSetup *setup)
{
    AVStream       *st    = s->stream;
    int             video = st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
    enum AVCodecID  codec = video ? setup->video_codec : AV_CODEC_ID_OPUS;
    const char     *why   = obstacle(st->codecpar);
    AVRational      rate  = av_guess_frame_rate(s->file, st, NULL);

    s->time_base = (AVRational){ 1, video ? 90000 : 48000 };
    if (s->file->start_time != AV_NOPTS_VALUE)
        s->start = av_rescale_q(s->file->start_time, AV_TIME_BASE_Q,
                                s->time_base);
    s->end = setup->duration ? av_rescale_q(setup->duration, AV_TIME_BASE_Q,
                                            s->time_base) : INT64_MAX;
    s->frame_time = video && rate.num ? av_rescale_q(1, av_inv_q(rate),
                                                     s->time_base)
                                      : s->time_base.den / 50;
    describe(s, why, codec);
    if (!(s->par = avcodec_parameters_alloc()))
        return AVERROR(ENOMEM);
    if (why)
        return transcoder_open(&s->transcoder, s->file, st, codec,
                               s->time_base, s->par);
    return avcodec_parameters_copy(s->par, st->codecpar);
}

int source_open(Source **source, const char *file, int nth,
                const SourceSetup *setup)
{
    Source *s = *source = av_mallocz(sizeof(*s));
    int ret = AVERROR(ENOMEM);

    if (!s)
        return ret;
    if ((ret = open_file(s, file)) < 0 ||
        (ret = pick_stream(s, nth)) < 0 ||
        (ret = open_codec(s, setup)) < 0)
        source_free(source);
    return ret;
}

static int read_error(Source *s, int error)
{
    if (interrupt_pending())
        return AVERROR_EXIT;
    log_error("%s: reading stopped at %.3f s: %s%s; is the file whole?",
              s->file->url, FFMAX(s->next, 0) * av_q2d(s->time_base),
              av_err2str(error), log_unshown());
    return error;
}

/* Times in the RTP clock, counted from the file's start; a stream without
 * any (raw H.264) is paced by its frame rate. */
static void set_times(Source *s, AVPacket *packet)
{
    av_packet_rescale_ts(packet, s->stream->time_base, s->time_base);
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = packet->dts;
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = s->next + s->start;
    packet->pts -= s->start;
    if (!s->transcoder) /* RTP knows no encoder delay */
        packet->pts += s->par->initial_padding;
    s->next = packet->pts + (packet->duration > 0 ? packet->duration
                                                  : s->frame_time);
}

static int read_stream(void *opaque, AVPacket *packet)
{
    Source *s = opaque;
    int limit = log_limit(AV_LOG_QUIET);
    int ret;

    while ((ret = av_read_frame(s->file, packet)) >= 0) {
        if (packet->stream_index == s->stream->index)
            break;
        av_packet_unref(packet);
    }
    if (ret >= 0 && (packet->flags & AV_PKT_FLAG_CORRUPT)) {
        av_packet_unref(packet);
        ret = AVERROR_INVALIDDATA;
    }
    /* Some demuxers complain about a missing end and then just end. */
    if (ret == AVERROR_EOF && *log_unshown())
        ret = AVERROR_INVALIDDATA;
    if (ret >= 0)
        set_times(s, packet);
    else if (ret != AVERROR_EOF)
        ret = read_error(s, ret);
    log_limit(limit);
    if (ret >= 0 && packet->pts >= s->end) {
        av_packet_unref(packet);
        ret = AVERROR_EOF;
    }
    return ret;
}

int source_read(Source *s, AVPacket *packet)
{
    int limit = log_limit(AV_LOG_FATAL);
    int ret   = s->transcoder ? transcoder_read(s->transcoder, packet,
                                                read_stream, s)
                              : read_stream(s, packet);

    if (ret < 0) {
        if (ret != AVERROR_EOF && ret != AVERROR_EXIT && !log_error_told())
            log_error("%s: the %s stream cannot be encoded: %s%s",
                      s->file->url,
                      avcodec_get_name(s->stream->codecpar->codec_id),
                      av_err2str(ret), log_unshown());
        log_limit(limit);
        return ret;
    }
    log_limit(limit);
    packet->dts       = packet->pts;
    packet->time_base = s->time_base;
    /* What is to be cut off at both ends of audio does not travel in RTP. */
    if (s->par->codec_type == AVMEDIA_TYPE_AUDIO)
        av_packet_free_side_data(packet);
    return 0;
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

const char *source_file(const Source *source)
{
    return source->file->url;
}

bool source_encoded(const Source *source)
{
    return source->transcoder;
}

void source_free(Source **source)
{
    Source *s = *source;

    if (!s)
        return;
    transcoder_free(&s->transcoder);
    avcodec_parameters_free(&s->par);
    avformat_close_input(&s->file);
    av_freep(source);
}
