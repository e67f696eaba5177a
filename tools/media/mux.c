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

#include <libavcodec/avcodec.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "interrupt.h"
#include "mux.h"
#include "report/log.h"
#include "report/whole_file.h"

struct Muxer {
    const char      *name;
    WholeFile       *file;
    AVFormatContext *format;
    AVRational      *time_bases;  ///< of the packets that come in
    int64_t         *last;        ///< decoding times, in the output's base
    uint64_t         nb_moved;
    bool             started;
};

static int complain(const Muxer *m, const char *doing, int error)
{
    if (!interrupt_pending())
        log_error("%s: %s: %s%s", m->name, doing, av_err2str(error),
                  log_unshown());
    return error;
}

/* Formats that end by going back say so only by failing then; what can be
 * written in pieces is. */
static int set_format_options(Muxer *m)
{
    const char *flags = "+frag_keyframe+empty_moov+default_base_moof";

    if (strcmp(m->name, "-") || !m->format->oformat->priv_class ||
        !av_opt_find(m->format->priv_data, "movflags", NULL, 0, 0))
        return 0;
    return av_opt_set(m->format->priv_data, "movflags", flags, 0);
}

static int find_format(Muxer *m, const char *name)
{
    int ret;

    if (!name && !strcmp(m->name, "-")) {
        log_error("-: name the format of standard output: -f matroska");
        return AVERROR(EINVAL);
    }
    ret = avformat_alloc_output_context2(&m->format, NULL, name, m->name);
    if (ret < 0 && name)
        log_error("-f %s: this FFmpeg (%s) writes no such format", name,
                  av_version_info());
    else if (ret < 0)
        log_error("%s: no format is known by that ending; use .mkv, .webm, "
                  ".mp4, .nut or -f FORMAT", m->name);
    return ret;
}

static int open_file(Muxer *m)
{
    char *url;
    int ret;

    if (m->format->oformat->flags & AVFMT_NOFILE) {
        log_error("%s: the format %s writes no file; choose another", m->name,
                  m->format->oformat->name);
        return AVERROR(EINVAL);
    }
    if ((ret = whole_file_open(&m->file, m->name)) < 0)
        return ret;
    url = strcmp(m->name, "-")
              ? av_asprintf("file:%s", whole_file_temporary(m->file))
              : av_strdup("pipe:1");
    if (!url)
        return AVERROR(ENOMEM);
    m->format->interrupt_callback.callback = interrupt_callback;
    ret = avio_open2(&m->format->pb, url, AVIO_FLAG_WRITE,
                     &m->format->interrupt_callback, NULL);
    av_free(url);
    return ret < 0 ? complain(m, "cannot be written", ret) : 0;
}

int muxer_open(Muxer **muxer, const MuxerSetup *setup)
{
    Muxer *m = *muxer = av_mallocz(sizeof(*m));
    int limit = log_limit(AV_LOG_QUIET), ret = AVERROR(ENOMEM);

    if (!m)
        goto end;
    m->name = setup->name;
    if ((ret = find_format(m, setup->format)) < 0 ||
        (ret = set_format_options(m)) < 0)
        goto end;
    m->format->flags |= AVFMT_FLAG_BITEXACT;
    ret = open_file(m);

end:
    log_limit(limit);
    if (ret < 0)
        muxer_free(muxer);
    return ret;
}

bool muxer_takes(const Muxer *m, enum AVCodecID codec)
{
    const AVOutputFormat *f = m->format->oformat;

    if (avformat_query_codec(f, codec, FF_COMPLIANCE_NORMAL))
        return true;
    log_error("%s: the format %s does not hold %s; use .mkv or .nut", m->name,
              f->name, avcodec_get_name(codec));
    return false;
}

static int set_text(AVStream *stream, const char *name, const char *text)
{
    return text ? av_dict_set(&stream->metadata, name, text, 0) : 0;
}

int muxer_add(Muxer *m, const MuxerStream *stream)
{
    int n = m->format->nb_streams, ret = AVERROR(ENOMEM);
    AVRational *bases = av_realloc_array(m->time_bases, n + 1, sizeof(*bases));
    int64_t *last;
    AVStream *s;

    if (!bases)
        return ret;
    m->time_bases = bases;
    if (!(last = av_realloc_array(m->last, n + 1, sizeof(*last))))
        return ret;
    m->last = last;
    if (!(s = avformat_new_stream(m->format, NULL)))
        return ret;
    bases[n] = s->time_base = stream->time_base;
    last[n]  = AV_NOPTS_VALUE;
    if ((ret = avcodec_parameters_copy(s->codecpar, stream->par)) < 0 ||
        (ret = set_text(s, "title", stream->title)) < 0 ||
        (ret = set_text(s, "language", stream->language)) < 0)
        return ret;
    s->codecpar->codec_tag = 0; /* of the format it came from */
    return n;
}

int muxer_start(Muxer *m)
{
    int limit = log_limit(AV_LOG_QUIET), ret;

    ret = avformat_write_header(m->format, NULL);
    if (ret < 0)
        complain(m, "the header cannot be written", ret);
    log_limit(limit);
    m->started = ret >= 0;
    return ret < 0 ? ret : 0;
}

bool muxer_started(const Muxer *m)
{
    return m->started;
}

static void keep_order(Muxer *m, AVPacket *packet)
{
    int64_t *last = &m->last[packet->stream_index];

    if (*last != AV_NOPTS_VALUE && packet->dts <= *last) {
        packet->dts = *last + 1;
        packet->pts = FFMAX(packet->pts, packet->dts);
        m->nb_moved++;
    }
    *last = packet->dts;
}

int muxer_write(Muxer *m, int stream, AVPacket *packet)
{
    int limit, ret;

    packet->stream_index = stream;
    packet->pos          = -1;
    av_packet_rescale_ts(packet, m->time_bases[stream],
                         m->format->streams[stream]->time_base);
    keep_order(m, packet);
    limit = log_limit(AV_LOG_QUIET);
    ret   = av_interleaved_write_frame(m->format, packet);
    if (ret < 0)
        complain(m, "cannot be written to", ret);
    log_limit(limit);
    return ret;
}

uint64_t muxer_nb_moved(const Muxer *m)
{
    return m->nb_moved;
}

static int close_file(Muxer *m)
{
    int error = m->format->pb->error, ret = avio_closep(&m->format->pb);

    if (error < 0 || ret < 0)
        return complain(m, "cannot be written to", error < 0 ? error : ret);
    return whole_file_commit(&m->file);
}

int muxer_finish(Muxer **muxer)
{
    Muxer *m = *muxer;
    int limit = log_limit(AV_LOG_QUIET), ret = av_write_trailer(m->format);

    if (ret < 0)
        complain(m, "cannot be completed", ret);
    else
        ret = close_file(m);
    log_limit(limit);
    muxer_free(muxer);
    return ret;
}

void muxer_free(Muxer **muxer)
{
    Muxer *m = *muxer;

    if (!m)
        return;
    if (m->format)
        avio_closep(&m->format->pb);
    avformat_free_context(m->format);
    whole_file_discard(&m->file);
    av_free(m->time_bases);
    av_free(m->last);
    av_freep(muxer);
}
