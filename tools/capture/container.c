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


/* Containers of sealed elementary streams, by libavformat: no parser and no
 * decoder looks at the frames, since ciphertext has nothing to tell them. */

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/dict.h>
#include <libavutil/mem.h>

#include "interrupt.h"
#include "record.h"
#include "report/log.h"

#define IO_SIZE 65536

static bool container_detect(const uint8_t *head, size_t size)
{
    (void)head;
    return size;
}

static int read_bytes(void *opaque, uint8_t *data, int size)
{
    CaptureFile *f = opaque;
    size_t n = fread(data, 1, size, f->stream);

    return n ? (int)n : ferror(f->stream) ? AVERROR(EIO) : AVERROR_EOF;
}

static int64_t seek_bytes(void *opaque, int64_t offset, int whence)
{
    CaptureFile *f = opaque;

    if (whence == AVSEEK_SIZE)
        return f->size ? f->size : AVERROR(ENOSYS);
    if (fseeko(f->stream, offset, whence & ~AVSEEK_FORCE))
        return AVERROR(errno);
    return ftello(f->stream);
}

static int open_io(AVFormatContext *demuxer, CaptureFile *file)
{
    uint8_t *buffer = av_malloc(IO_SIZE);

    if (buffer)
        demuxer->pb = avio_alloc_context(buffer, IO_SIZE, 0, file, read_bytes,
                                         NULL,
                                         file->seekable ? seek_bytes : NULL);
    if (!demuxer->pb)
        av_free(buffer);
    return demuxer->pb ? 0 : AVERROR(ENOMEM);
}

static void free_io(AVIOContext *io)
{
    if (io)
        av_freep(&io->buffer);
    avio_context_free(&io);
}

/* Raw streams have no frames without their parser, which finds them by NAL
 * or OBU headers; those stay clear. */
static bool needs_parser(const AVInputFormat *format)
{
    return av_match_name(format->name, "h264,hevc,obu,av1,mpegts");
}

static void copy_text(char *text, size_t size, const AVDictionary *metadata,
                      const char *name)
{
    const AVDictionaryEntry *e = av_dict_get(metadata, name, NULL, 0);

    if (e)
        av_strlcpy(text, e->value, size);
}

static int add_streams(Capture *c)
{
    AVFormatContext *demuxer = c->priv;

    for (unsigned i = c->nb_streams; i < demuxer->nb_streams; i++) {
        AVStream      *st    = demuxer->streams[i];
        CaptureStream *s     = capture_add_stream(c, AV_CODEC_ID_NONE);

        if (!s || avcodec_parameters_copy(s->par, st->codecpar) < 0)
            return AVERROR(ENOMEM);
        s->time_base = st->time_base;
        copy_text(s->name, sizeof(s->name), st->metadata, "title");
        copy_text(s->language, sizeof(s->language), st->metadata, "language");
    }
    return 0;
}

static int container_open(Capture *c)
{
    AVFormatContext *demuxer = avformat_alloc_context();
    AVIOContext     *io;
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = AVERROR(ENOMEM);

    if (!demuxer || (ret = open_io(demuxer, c->file)) < 0)
        goto end;
    c->codec_from = "container";
    demuxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_NOFILLIN;
    demuxer->interrupt_callback.callback = interrupt_callback;
    io  = demuxer->pb;
    ret = avformat_open_input(&demuxer, c->file->name, NULL, NULL);
    if (ret < 0) {
        log_error("%s: neither pcap, rtpdump nor mjr, and libavformat says: "
                  "%s%s", c->file->name, av_err2str(ret), log_unshown());
        free_io(io);
        goto end;
    }
    c->priv = demuxer;
    c->container = demuxer->iformat->name;
    if (!needs_parser(demuxer->iformat))
        demuxer->flags |= AVFMT_FLAG_NOPARSE;
    ret = add_streams(c);

end:
    log_limit(limit);
    if (ret < 0 && !c->priv)
        avformat_free_context(demuxer);
    return ret;
}

static int container_read(Capture *c, Record *record)
{
    AVFormatContext *demuxer = c->priv;
    AVPacket *packet = c->packet;
    int limit = log_limit(AV_LOG_QUIET);
    int ret;

    av_packet_unref(packet);
    ret = av_read_frame(demuxer, packet);
    if (ret >= 0 && (unsigned)c->nb_streams < demuxer->nb_streams)
        ret = add_streams(c);
    if (ret < 0 && ret != AVERROR_EOF && ret != AVERROR_EXIT &&
        ret != AVERROR(ENOMEM))
        ret = capture_damaged(c, c->file->position, av_err2str(ret));
    log_limit(limit);
    if (ret < 0)
        return ret;
    record->stream = packet->stream_index;
    record->place  = packet->pos >= 0 ? packet->pos : c->file->position;
    record->packet = packet;
    return 0;
}

static void container_close(Capture *c)
{
    AVFormatContext *demuxer = c->priv;
    AVIOContext *io = demuxer ? demuxer->pb : NULL;

    avformat_close_input(&demuxer);
    free_io(io);
    c->priv = NULL;
}

const RecordFormat capture_container = {
    .name   = "container",
    .detect = container_detect,
    .open   = container_open,
    .read   = container_read,
    .close  = container_close,
};
