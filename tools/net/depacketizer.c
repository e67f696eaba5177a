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

#include <pthread.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "datagram_io.h"
#include "depacketizer.h"
#include "report/log.h"
#include "rtp.h"

#define MAX_PACKET   65536
#define PAYLOAD_TYPE 96

static const struct Format {
    enum AVCodecID codec;
    const char    *sdp;         ///< behind "m="
    /* Descriptor of one byte, and what it says at the frame's ends. */
    bool           descriptor;
    uint8_t        first, last;
    bool           one_by_one;  ///< each packet gives a piece of the frame
    /* A key frame of few bytes, for those that wait for one. */
    size_t         start_size;
    uint8_t        start[4];
} formats[] = {
    { .codec = AV_CODEC_ID_AV1, .sdp = "video 9 RTP/AVP 96\n"
      "a=rtpmap:96 AV1/90000\n", .start_size = 3,
      .start = { 0x18, 0x08, 0 } },
    { .codec = AV_CODEC_ID_H264, .sdp = "video 9 RTP/AVP 96\n"
      "a=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=1\n",
      .one_by_one = true },
    { .codec = AV_CODEC_ID_HEVC, .sdp = "video 9 RTP/AVP 96\n"
      "a=rtpmap:96 H265/90000\n", .one_by_one = true },
    { .codec = AV_CODEC_ID_OPUS, .sdp = "audio 9 RTP/AVP 96\n"
      "a=rtpmap:96 opus/48000/2\n" },
    { .codec = AV_CODEC_ID_VP8, .sdp = "video 9 RTP/AVP 96\n"
      "a=rtpmap:96 VP8/90000\n", .descriptor = true, .first = 0x10,
      .start_size = 4 },
    { .codec = AV_CODEC_ID_VP9, .sdp = "video 9 RTP/AVP 96\n"
      "a=rtpmap:96 VP9/90000\n", .descriptor = true, .first = 0x08,
      .last = 0x04 },
};

typedef struct Depacketizer {
    AVFormatContext     *demuxer;
    const struct Format *format;
    AVPacket            *part;
    const PayloadPart   *parts;   ///< of the frame, the next to be read first
    size_t               nb_parts;
    bool                 first;
    uint16_t             sequence;
    uint32_t             timestamp;
    struct Depacketizer *next;    ///< in the list of idle ones
} Depacketizer;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    Depacketizer *idle;
    unsigned      nb_users;
} pools[FF_ARRAY_ELEMS(formats)];

static int read_sdp(void *opaque, uint8_t *data, int size)
{
    const char **sdp   = opaque;
    size_t       left  = strlen(*sdp);
    int          taken = FFMIN(left, (size_t)size);

    memcpy(data, *sdp, taken);
    *sdp += taken;
    return taken ? taken : AVERROR_EOF;
}

static int read_packet(void *opaque, uint8_t *data, int size)
{
    Depacketizer *d = opaque;
    const PayloadPart *part = d->parts;
    const struct Format *format = d->format;
    uint8_t *out = data + RTP_HEADER_SIZE;

    if (!d->nb_parts)
        return AVERROR(EAGAIN);
    if (part->size + RTP_HEADER_SIZE + 1 > (size_t)size)
        return AVERROR(EINVAL);
    AV_WB16(data, 0x8000 | (d->nb_parts == 1) << 7 | PAYLOAD_TYPE);
    rtp_set_sequence(data, d->sequence++);
    rtp_set_timestamp(data, d->timestamp);
    rtp_set_ssrc(data, 1);
    if (format->descriptor)
        *out++ = (d->first ? format->first : 0) |
                 (d->nb_parts == 1 ? format->last : 0);
    memcpy(out, part->data, part->size);
    d->first = false;
    d->parts++;
    d->nb_parts--;
    return out - data + part->size;
}

/* The demuxer's receiver reports; nobody here waits for them. */
static int drop_rtcp(void *opaque, WrittenByte *data, int size)
{
    (void)opaque;
    (void)data;
    return size;
}

static AVIOContext *open_io(int size, int writable, void *opaque,
                            int (*read)(void *, uint8_t *, int))
{
    uint8_t     *buffer = av_malloc(size);
    AVIOContext *io     = buffer ? avio_alloc_context(buffer, size, writable,
                                                      opaque, read, drop_rtcp,
                                                      NULL) : NULL;
    if (!io)
        av_free(buffer);
    else
        io->max_packet_size = size;
    return io;
}

static void close_io(AVIOContext **io)
{
    if (*io)
        av_freep(&(*io)->buffer);
    avio_context_free(io);
}

static int open_demuxer(Depacketizer *d)
{
    const AVInputFormat *format = av_find_input_format("sdp");
    AVDictionary *options = NULL;
    AVIOContext  *text;
    char  sdp[256];
    char *position = sdp;
    int   ret      = AVERROR(ENOMEM);

    snprintf(sdp, sizeof(sdp), "v=0\nc=IN IP4 127.0.0.1\nm=%s",
             d->format->sdp);
    text = open_io(sizeof(sdp), 0, &position, read_sdp);
    if (!text || !(d->demuxer = avformat_alloc_context()))
        goto end;
    /* A parser would read ciphertext for slice headers. */
    d->demuxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_NOPARSE |
                         AVFMT_FLAG_NOFILLIN;
    d->demuxer->pb = text;
    av_dict_set(&options, "sdp_flags", "custom_io", 0);
    av_dict_set(&options, "reorder_queue_size", "0", 0);
    if ((ret = avformat_open_input(&d->demuxer, NULL, format, &options)) < 0)
        goto end;
    /* From here on the demuxer reads packets, and it writes RTCP. */
    d->demuxer->pb = open_io(MAX_PACKET, 1, d, read_packet);
    /* It passes over what it has no memory for. */
    ret = d->demuxer->pb && d->demuxer->nb_streams ? 0 : AVERROR(ENOMEM);

end:
    av_dict_free(&options);
    close_io(&text);
    return ret;
}

static void depacketizer_free(Depacketizer **depacketizer)
{
    Depacketizer *d = *depacketizer;
    AVIOContext *io;

    if (!d)
        return;
    if (d->demuxer) {
        io = d->demuxer->pb;
        avformat_close_input(&d->demuxer);
        close_io(&io);
    }
    av_packet_free(&d->part);
    av_freep(depacketizer);
}

/* A frame of more pieces gets its room at once. */
static int join_part(Depacketizer *d, AVPacket *frame, size_t room)
{
    const int offset = frame->size;
    int ret;

    if (!frame->buf && (!d->format->one_by_one || !d->nb_parts)) {
        av_packet_move_ref(frame, d->part);
        return 0;
    }
    if (!frame->buf) {
        if ((ret = av_new_packet(frame, room)) < 0)
            return ret;
        av_shrink_packet(frame, 0);
    }
    if ((ret = av_grow_packet(frame, d->part->size)) < 0)
        return ret;
    memcpy(frame->data + offset, d->part->data, d->part->size);
    frame->flags |= d->part->flags;
    av_packet_unref(d->part);
    return 0;
}

static int run(Depacketizer *d, const PayloadPart *parts, size_t nb,
               AVPacket *frame)
{
    size_t nb_read = 0, size = 0;
    int ret;

    for (size_t i = 0; i < nb; i++)
        size += parts[i].size + 4; /* a start code */
    d->parts      = parts;
    d->nb_parts   = nb;
    d->first      = true;
    d->timestamp += 1;
    d->demuxer->pb->eof_reached = 0;
    d->demuxer->pb->error       = 0;
    while ((ret = av_read_frame(d->demuxer, d->part)) >= 0) {
        nb_read++;
        if ((ret = join_part(d, frame, size)) < 0)
            return ret;
    }
    if (ret != AVERROR(EAGAIN))
        return ret == AVERROR(ENOMEM) ? ret : AVERROR_INVALIDDATA;
    if (d->nb_parts || !frame->size ||
        nb_read != (d->format->one_by_one ? nb : 1) ||
        (d->format->descriptor && (size_t)frame->size != size - 4 * nb))
        return AVERROR_INVALIDDATA;
    frame->flags &= ~AV_PKT_FLAG_CORRUPT; /* of a damaged frame before it */
    return 0;
}

static int start(Depacketizer *d)
{
    const struct Format *format = d->format;
    const PayloadPart part = { .data = format->start,
                               .size = format->start_size };
    AVPacket *frame;
    int ret;

    if (!format->start_size)
        return 0;
    if (!(frame = av_packet_alloc()))
        return AVERROR(ENOMEM);
    ret = run(d, &part, 1, frame);
    av_packet_free(&frame);
    return ret;
}

static int depacketizer_open(Depacketizer **depacketizer,
                             const struct Format *format)
{
    Depacketizer *d = *depacketizer = av_mallocz(sizeof(*d));
    int ret = AVERROR(ENOMEM);

    if (!d)
        return ret;
    d->format = format;
    if (!(d->part = av_packet_alloc()) || (ret = open_demuxer(d)) < 0)
        goto fail;
    if (d->demuxer->nb_streams != 1 ||
        d->demuxer->streams[0]->codecpar->codec_id != format->codec)
        ret = AVERROR_PATCHWELCOME;
    else
        ret = start(d);
    if (ret >= 0)
        return 0;

fail:
    depacketizer_free(depacketizer);
    return ret;
}

static int find_format(enum AVCodecID codec)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(formats); i++)
        if (formats[i].codec == codec)
            return i;
    return -1;
}

static int take(Depacketizer **d, int i)
{
    pthread_mutex_lock(&lock);
    if ((*d = pools[i].idle))
        pools[i].idle = (*d)->next;
    pthread_mutex_unlock(&lock);
    return *d ? 0 : depacketizer_open(d, &formats[i]);
}

static void give_back(Depacketizer *d, int i)
{
    pthread_mutex_lock(&lock);
    d->next       = pools[i].idle;
    pools[i].idle = d;
    pthread_mutex_unlock(&lock);
}

/* libavformat 59 moves a zero byte from one NAL unit to the one before. */
static bool mangled(enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_HEVC &&
           avformat_version() < AV_VERSION_INT(60, 0, 0);
}

int depacketizer_use(enum AVCodecID codec)
{
    const int i = find_format(codec);
    const unsigned version = avformat_version();
    Depacketizer *d = NULL;
    int limit, ret = AVERROR_PATCHWELCOME;

    limit = log_limit(AV_LOG_QUIET);
    if (i >= 0 && !mangled(codec))
        ret = take(&d, i);
    if (ret == AVERROR_PATCHWELCOME)
        log_error("no RTP for %s: FFmpeg's libavformat %u.%u %s; take a newer "
                  "FFmpeg", avcodec_get_name(codec), version >> 16,
                  version >> 8 & 0xff,
                  mangled(codec) ? "damages it" : "cannot read it");
    else if (ret < 0)
        log_error("RTP demuxer for %s: %s%s", avcodec_get_name(codec),
                  av_err2str(ret), log_unshown());
    log_limit(limit);
    if (ret < 0)
        return ret;
    give_back(d, i);
    pthread_mutex_lock(&lock);
    pools[i].nb_users++;
    pthread_mutex_unlock(&lock);
    return 0;
}

void depacketizer_unuse(enum AVCodecID codec)
{
    const int i = find_format(codec);
    Depacketizer *idle = NULL;

    pthread_mutex_lock(&lock);
    if (!--pools[i].nb_users) {
        idle = pools[i].idle;
        pools[i].idle = NULL;
    }
    pthread_mutex_unlock(&lock);
    for (Depacketizer *next; idle; idle = next) {
        next = idle->next;
        depacketizer_free(&idle);
    }
}

int depacketize(enum AVCodecID codec, const PayloadPart *parts, size_t nb,
                AVPacket *frame)
{
    const int i = find_format(codec);
    int limit   = log_limit(AV_LOG_QUIET);
    Depacketizer *d;
    int ret = take(&d, i);

    if (ret >= 0 && (ret = run(d, parts, nb, frame)) >= 0)
        give_back(d, i);
    else
        /* What it keeps of this frame must not meet the next. */
        depacketizer_free(&d);
    log_limit(limit);
    if (ret < 0)
        av_packet_unref(frame);
    return ret;
}
