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


/* Janus's recordings, after janus-pp-rec: one file a track,
 *
 *     "MJR00002", BE16 size, JSON
 *     "MEET", BE32 ms since the first packet, BE16 size, RTP   (each packet)
 *
 * MJR00001 has "MEETECHO" before each packet, and no times. Before that the
 * header was such a packet, too: "MEETECHO", 5, "video" or "audio". */

#include <string.h>

#include <jansson.h>

#include <libavcodec/codec_desc.h>
#include <libavutil/avstring.h>
#include <libavutil/common.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "net/rtp.h"
#include "record.h"
#include "report/log.h"

#define MJR_PREFIX 10 ///< of each packet and of the header

typedef struct Mjr {
    int64_t  start;   ///< when the first packet was written, us from 1970
    uint64_t place;
    bool     timed;   ///< packets have times
    bool     data;    ///< of a data channel
} Mjr;

static bool mjr_detect(const uint8_t *head, size_t size)
{
    return size >= 8 && (!memcmp(head, "MJR0000", 7) ||
                         !memcmp(head, "MEETECHO", 8));
}

static int set_stream(Capture *c, const char *type, const char *codec)
{
    const AVCodecDescriptor *descriptor;
    CaptureStream *s;

    if (!strcmp(codec, "h265"))
        codec = "hevc";
    descriptor = avcodec_descriptor_get_by_name(codec);
    s = capture_add_stream(c, descriptor ? descriptor->id : AV_CODEC_ID_NONE);
    if (!s)
        return AVERROR(ENOMEM);
    s->par->codec_type = type[0] == 'a'   ? AVMEDIA_TYPE_AUDIO
                         : type[0] == 'v' ? AVMEDIA_TYPE_VIDEO
                                          : AVMEDIA_TYPE_DATA;
    s->time_base = (AVRational){ 1, type[0] == 'a' ? 48000 : 90000 };
    return 0;
}

static int parse_header(Capture *c, const char *text, size_t size)
{
    Mjr    *m    = c->priv;
    json_t *root = json_loadb(text, size, 0, NULL);
    const char *type  = json_string_value(json_object_get(root, "t"));
    const char *codec = json_string_value(json_object_get(root, "c"));
    const char *name  = json_string_value(json_object_get(root, "d"));
    json_t     *red   = json_object_get(root, "or");
    int ret;

    if (!type || (!codec && type[0] != 'd')) {
        log_error("%s: byte %d: the header is not JSON with t and c; is it a "
                  "recording by Janus?", c->file->name, MJR_PREFIX);
        json_decref(root);
        return AVERROR_INVALIDDATA;
    }
    m->start = json_integer_value(json_object_get(root, "u"));
    m->start = av_clip64(m->start, 0, INT64_MAX / 4);
    m->data  = type[0] == 'd';
    c->absolute = m->start > 0;
    ret = set_stream(c, type, codec ? codec : "");
    if (ret >= 0 && name)
        av_strlcpy(c->streams[0].name, name, sizeof(c->streams[0].name));
    if (ret >= 0 && json_is_integer(red))
        c->streams[0].red = json_integer_value(red) & 127;
    json_decref(root);
    return ret;
}

static int mjr_open(Capture *c)
{
    FILE   *file = c->file->stream;
    Mjr    *m = c->priv = av_mallocz(sizeof(*m));
    size_t  size, got;

    if (!m)
        return AVERROR(ENOMEM);
    c->codec_from = "mjr header";
    got = fread(c->data, 1, MJR_PREFIX, file);
    /* A track without packets is only the magic. */
    if (got == 8) {
        m->place = 8;
        return 0;
    }
    size = got == MJR_PREFIX ? AV_RB16(c->data + 8) : 0;
    m->place = MJR_PREFIX + size;
    m->timed = c->data[0] == 'M' && c->data[1] == 'J' && c->data[7] >= '2';
    if (got < MJR_PREFIX || fread(c->data, 1, size, file) < size) {
        log_error("%s: byte %zu: the header of %zu bytes goes past the end; "
                  "the file is damaged", c->file->name, (size_t)8, size);
        return AVERROR_INVALIDDATA;
    }
    if (size == 5 && (!memcmp(c->data, "video", 5) ||
                      !memcmp(c->data, "audio", 5)))
        return set_stream(c, (const char *)c->data,
                          c->data[0] == 'v' ? "vp8" : "opus");
    return parse_header(c, (const char *)c->data, size);
}

static int mjr_read(Capture *c, Record *record)
{
    Mjr   *m = c->priv;
    size_t size, got;

    for (;;) {
        got = fread(c->data, 1, MJR_PREFIX, c->file->stream);
        if (!got)
            return AVERROR_EOF;
        if (got < MJR_PREFIX)
            return capture_damaged(c, m->place, "a packet is cut off");
        if (memcmp(c->data, m->timed ? "MEET" : "MEETECHO", m->timed ? 4 : 8))
            return capture_damaged(c, m->place, "no packet begins here");
        record->time = m->start;
        if (m->timed)
            record->time += AV_RB32(c->data + 4) * INT64_C(1000);
        size = AV_RB16(c->data + 8);
        if (fread(c->data, 1, size, c->file->stream) < size)
            return capture_damaged(c, m->place, "a packet is cut off");
        record->place = m->place;
        m->place += MJR_PREFIX + size;
        if (!m->data)
            break;
        c->info.nb_other++;
    }
    record->stream = 0;
    record->data   = c->data;
    record->size   = size;
    return 0;
}

static void mjr_close(Capture *c)
{
    av_freep(&c->priv);
}

const RecordFormat capture_mjr = {
    .name   = "mjr",
    .detect = mjr_detect,
    .open   = mjr_open,
    .read   = mjr_read,
    .close  = mjr_close,
};
