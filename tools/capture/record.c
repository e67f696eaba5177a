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

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "interrupt.h"
#include "record.h"
#include "report/log.h"

/* The container comes last: libavformat guesses at anything. */
static const RecordFormat *const formats[] = {
    &capture_pcap,
    &capture_rtpdump,
    &capture_mjr,
    &capture_container,
};

static const RecordFormat *find_format(const CaptureFile *file,
                                       const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (name ? !strcmp(formats[i]->name, name)
                 : formats[i]->detect(file->head, file->nb_head))
            return formats[i];
    return NULL;
}

int capture_open(Capture **capture, const char *name, const char *format)
{
    Capture *c = *capture = av_mallocz(sizeof(*c));
    int ret = AVERROR(ENOMEM);

    if (!c || !(c->packet = av_packet_alloc()) ||
        (ret = capture_file_open(&c->file, name)) < 0)
        goto fail;
    c->info.name = c->file->name;
    c->format    = find_format(c->file, format);
    if (!c->file->nb_head) {
        log_error("%s: the file is empty; give a capture or a media file",
                  c->file->name);
        ret = AVERROR_INVALIDDATA;
    } else if (!c->format) {
        log_error("format '%s' is not one of pcap, rtpdump, mjr, container; "
                  "leave it out to have it found by content", format);
        ret = AVERROR(EINVAL);
    } else {
        c->info.format = c->format->name;
        ret = c->format->open(c);
    }
    if (ret >= 0)
        return 0;

fail:
    capture_close(capture);
    return ret;
}

int capture_read(Capture *c, Record *record)
{
    int ret;

    memset(record, 0, sizeof(*record));
    record->stream = -1;
    ret = c->format->read(c, record);
    /* That is no end: the rest may be there the next time. */
    if (ret == AVERROR_EOF && interrupt_pending()) {
        ret = AVERROR_EXIT;
    } else if (ret == AVERROR_EOF && c->file->error) {
        ret = c->file->error;
        log_error("%s: %s; it was not read to its end", c->file->name,
                  av_err2str(ret));
    }
    if (ret >= 0)
        c->info.nb_records++;
    return ret;
}

CaptureStream *capture_add_stream(Capture *c, enum AVCodecID codec)
{
    CaptureStream *grown = av_realloc_array(c->streams, c->nb_streams + 1,
                                            sizeof(*grown));
    CaptureStream *s;

    if (!grown)
        return NULL;
    c->streams = grown;
    s = &grown[c->nb_streams];
    memset(s, 0, sizeof(*s));
    s->red = -1;
    if (!(s->par = avcodec_parameters_alloc()))
        return NULL;
    c->nb_streams++;
    s->par->codec_id = codec;
    return s;
}

int capture_damaged(Capture *c, uint64_t place, const char *what)
{
    if (!c->info.damaged)
        log_warning("%s: %s %llu: %s; what is before it is used",
                    c->file->name,
                    c->format == &capture_pcap ? "packet" : "byte",
                    (unsigned long long)place, what);
    c->info.damaged = true;
    return AVERROR_EOF;
}

void capture_close(Capture **capture)
{
    Capture *c = *capture;

    if (!c)
        return;
    if (c->format)
        c->format->close(c);
    for (int i = 0; i < c->nb_streams; i++)
        avcodec_parameters_free(&c->streams[i].par);
    av_free(c->streams);
    av_packet_free(&c->packet);
    capture_file_close(&c->file);
    av_freep(capture);
}
