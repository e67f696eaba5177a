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

#include "interrupt.h"
#include "reader.h"
#include "report/log.h"

struct Reader {
    ReaderSetup      setup;
    AVFormatContext *file;
    AVStream        *stream;
    AVRational       time_base;
    int64_t          start;      ///< of the cut, in time_base of the file
    int64_t          end;        ///< where to stop, in time_base from start
    int64_t          next;       ///< expected time of the next packet
    int64_t          last;       ///< time behind the latest packet
    int64_t          frame_time; ///< for packets without time and duration
};

static int open_file(AVFormatContext **file, const char *name)
{
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = AVERROR(ENOMEM);

    if (!(*file = avformat_alloc_context()))
        goto end;
    (*file)->interrupt_callback.callback = interrupt_callback;
    if ((ret = avformat_open_input(file, name, NULL, NULL)) < 0 ||
        (ret = avformat_find_stream_info(*file, NULL)) < 0) {
        if (interrupt_pending())
            ret = AVERROR_EXIT;
        else
            log_error("%s: %s%s; give a media file that ffmpeg can read",
                      name, av_err2str(ret), log_unshown());
    }

end:
    log_limit(limit);
    return ret;
}

static bool is_stream(const AVStream *stream, enum AVMediaType type)
{
    return stream->codecpar->codec_type == type &&
           !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

static int pick_stream(Reader *r)
{
    const char *specifier = r->setup.stream;

    for (unsigned i = 0; i < r->file->nb_streams; i++) {
        AVStream *st = r->file->streams[i];
        int fits = is_stream(st, r->setup.type);

        if (fits && specifier)
            fits = avformat_match_stream_specifier(r->file, st, specifier);
        if (fits < 0)
            break;
        if (fits && !r->stream)
            r->stream = st;
        else
            st->discard = AVDISCARD_ALL;
    }
    if (r->stream)
        return 0;
    log_error("%s: no %s stream%s%s in it; give a file that has one, or name "
              "another stream", r->setup.file,
              av_get_media_type_string(r->setup.type), specifier ? " " : "",
              specifier ? specifier : "");
    return AVERROR_STREAM_NOT_FOUND;
}

static void set_cut(Reader *r)
{
    bool video = r->setup.type == AVMEDIA_TYPE_VIDEO;
    AVRational rate = reader_frame_rate(r);
    int64_t start = r->setup.start;

    if (r->file->start_time != AV_NOPTS_VALUE)
        start += r->file->start_time;
    r->time_base = (AVRational){ 1, video ? 90000 : 48000 };
    r->start = av_rescale_q(start, AV_TIME_BASE_Q, r->time_base);
    r->end   = r->setup.length ? av_rescale_q(r->setup.length, AV_TIME_BASE_Q,
                                              r->time_base) : INT64_MAX;
    r->frame_time = video && rate.num ? av_rescale_q(1, av_inv_q(rate),
                                                     r->time_base)
                                      : r->time_base.den / 50;
    r->next = -av_rescale_q(r->setup.start, AV_TIME_BASE_Q, r->time_base);
    r->last = 0;
}

static int open_reader(Reader *r)
{
    int ret = open_file(&r->file, r->setup.file);

    if (ret >= 0 && (ret = pick_stream(r)) >= 0)
        set_cut(r);
    return ret;
}

int reader_open(Reader **reader, const ReaderSetup *setup)
{
    Reader *r = *reader = av_mallocz(sizeof(*r));
    int ret;

    if (!r)
        return AVERROR(ENOMEM);
    r->setup = *setup;
    if ((ret = open_reader(r)) < 0)
        reader_free(reader);
    return ret;
}

int reader_rewind(Reader *r)
{
    avformat_close_input(&r->file);
    r->stream = NULL;
    return open_reader(r);
}

static int read_error(Reader *r, int error)
{
    if (interrupt_pending())
        return AVERROR_EXIT;
    log_error("%s: reading stopped at %.3f s: %s%s; is the file whole?",
              r->setup.file, FFMAX(r->next, 0) * av_q2d(r->time_base),
              av_err2str(error), log_unshown());
    return error;
}

/* A stream without times (raw H.264) is paced by its frame rate. */
static void set_times(Reader *r, AVPacket *packet)
{
    av_packet_rescale_ts(packet, r->stream->time_base, r->time_base);
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = packet->dts;
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = r->next + r->start;
    packet->pts -= r->start;
    r->next = packet->pts + (packet->duration > 0 ? packet->duration
                                                  : r->frame_time);
    r->last = FFMAX(r->last, r->next);
    packet->time_base = r->time_base;
}

int reader_read(Reader *r, AVPacket *packet)
{
    int limit = log_limit(AV_LOG_QUIET);
    int ret;

    while ((ret = av_read_frame(r->file, packet)) >= 0) {
        if (packet->stream_index == r->stream->index)
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
        set_times(r, packet);
    else if (ret != AVERROR_EOF)
        ret = read_error(r, ret);
    log_limit(limit);
    if (ret >= 0 && packet->pts >= r->end) {
        r->last = r->end;
        av_packet_unref(packet);
        ret = AVERROR_EOF;
    }
    return ret;
}

int64_t reader_end(const Reader *reader)
{
    return reader->last;
}

AVRational reader_time_base(const Reader *reader)
{
    return reader->time_base;
}

AVStream *reader_stream(const Reader *reader)
{
    return reader->stream;
}

AVRational reader_frame_rate(const Reader *reader)
{
    return av_guess_frame_rate(reader->file, reader->stream, NULL);
}

void reader_free(Reader **reader)
{
    if (*reader)
        avformat_close_input(&(*reader)->file);
    av_freep(reader);
}
