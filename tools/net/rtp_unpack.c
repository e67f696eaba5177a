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

#include <libavformat/avformat.h>
#include <libavutil/mem.h>

#include "datagram_io.h"
#include "report/log.h"
#include "rtp_unpack.h"

typedef struct Queued {
    uint16_t size;
    uint8_t  data[RTP_MTU];
} Queued;

struct RtpUnpacker {
    AVFormatContext *demuxer;
    Queued        *queue;    ///< pushed and not yet read by the demuxer
    size_t           nb_queue, next, room;
    AVPacket        *part;     ///< what the demuxer gave last
    AVPacket        *frame;    ///< fragments put together so far
    bool             marker;   ///< of the datagram read last
    bool             started;
    uint32_t         first;    ///< RTP timestamp of the first datagram
};

static int read_sdp(void *opaque, uint8_t *data, int size)
{
    const char **sdp   = opaque;
    size_t       left  = strlen(*sdp);
    int          taken = FFMIN(left, (size_t)size);

    memcpy(data, *sdp, taken);
    *sdp += taken;
    return taken ? taken : AVERROR_EOF;
}

static int read_datagram(void *opaque, uint8_t *data, int size)
{
    RtpUnpacker *u = opaque;
    const Queued *d;

    if (u->next == u->nb_queue) {
        u->next = u->nb_queue = 0;
        return AVERROR(EAGAIN);
    }
    d = &u->queue[u->next++];
    if (d->size > size)
        return AVERROR(EINVAL);
    memcpy(data, d->data, d->size);
    u->marker = rtp_marker(d->data);
    return d->size;
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
    return io;
}

static void close_io(AVIOContext **io)
{
    if (*io)
        av_freep(&(*io)->buffer);
    avio_context_free(io);
}

static int open_demuxer(RtpUnpacker *u, const char *sdp)
{
    const AVInputFormat *format = av_find_input_format("sdp");
    AVDictionary *options = NULL;
    AVIOContext  *text    = open_io(4096, 0, &sdp, read_sdp);
    int ret = AVERROR(ENOMEM);

    if (!format) {
        ret = AVERROR_DEMUXER_NOT_FOUND;
        goto end;
    }
    if (!text || !(u->demuxer = avformat_alloc_context()))
        goto end;
    /* A parser would read ciphertext for slice headers; the RTP timestamp
     * and marker tell the frames apart without. */
    u->demuxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_NOPARSE |
                         AVFMT_FLAG_NOFILLIN;
    u->demuxer->correct_ts_overflow = 0;
    u->demuxer->pb = text;
    av_dict_set(&options, "sdp_flags", "custom_io", 0);
    av_dict_set(&options, "reorder_queue_size", "0", 0);
    ret = avformat_open_input(&u->demuxer, NULL, format, &options);
    if (ret < 0)
        goto end;
    /* From here on the demuxer reads datagrams, and it writes RTCP. */
    u->demuxer->pb = open_io(2 * RTP_MTU, 1, u, read_datagram);
    ret = u->demuxer->pb ? 0 : AVERROR(ENOMEM);

end:
    av_dict_free(&options);
    close_io(&text);
    return ret;
}

int rtp_unpacker_open(RtpUnpacker **unpacker, const char *sdp)
{
    RtpUnpacker *u = *unpacker = av_mallocz(sizeof(*u));
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = AVERROR(ENOMEM);

    if (u && (u->part = av_packet_alloc()) && (u->frame = av_packet_alloc()))
        ret = open_demuxer(u, sdp);
    if (ret < 0) {
        log_error("RTP demuxer: %s%s", av_err2str(ret), log_unshown());
        rtp_unpacker_free(unpacker);
    }
    log_limit(limit);
    return ret;
}

int rtp_unpacker_push(void *opaque, const uint8_t *data, size_t size)
{
    RtpUnpacker *u = opaque;
    Queued *grown, *d;

    if (size > RTP_MTU || !rtp_is_media(data, size))
        return 0;
    if (u->nb_queue == u->room) {
        size_t room = u->room ? 2 * u->room : 16;

        grown = av_realloc_array(u->queue, room, sizeof(*grown));
        if (!grown)
            return AVERROR(ENOMEM);
        u->queue = grown;
        u->room  = room;
    }
    d = &u->queue[u->nb_queue++];
    memcpy(d->data, data, size);
    d->size = size;
    if (!u->started)
        u->first = rtp_timestamp(data);
    u->started = true;
    return 0;
}

/* A new timestamp drops what was left of a frame whose end never came. */
static int join_part(RtpUnpacker *u)
{
    int offset, ret;

    if (u->frame->size && u->frame->pts != u->part->pts)
        av_packet_unref(u->frame);
    if (!u->frame->size) {
        av_packet_unref(u->frame);
        av_packet_move_ref(u->frame, u->part);
        return 0;
    }
    offset = u->frame->size;
    if ((ret = av_grow_packet(u->frame, u->part->size)) < 0)
        return ret;
    memcpy(u->frame->data + offset, u->part->data, u->part->size);
    av_packet_unref(u->part);
    return 0;
}

/* For H.264 and H.265 the demuxer gives fragments, else whole frames. */
static bool frame_whole(const RtpUnpacker *u)
{
    enum AVCodecID id = u->demuxer->streams[0]->codecpar->codec_id;

    return u->marker || (id != AV_CODEC_ID_H264 && id != AV_CODEC_ID_HEVC);
}

int rtp_unpacker_read(RtpUnpacker *u, AVPacket *frame, uint32_t origin)
{
    int limit = log_limit(AV_LOG_QUIET);
    int ret;

    while ((ret = av_read_frame(u->demuxer, u->part)) >= 0) {
        if ((ret = join_part(u)) < 0)
            break;
        if (!frame_whole(u))
            continue;
        av_packet_move_ref(frame, u->frame);
        frame->pts += (int32_t)(u->first - origin);
        frame->dts  = frame->pts;
        break;
    }
    log_limit(limit);
    return ret;
}

void rtp_unpacker_free(RtpUnpacker **unpacker)
{
    RtpUnpacker *u = *unpacker;
    AVIOContext *io;

    if (!u)
        return;
    if (u->demuxer) {
        io = u->demuxer->pb;
        avformat_close_input(&u->demuxer);
        close_io(&io);
    }
    av_packet_free(&u->part);
    av_packet_free(&u->frame);
    av_free(u->queue);
    av_freep(unpacker);
}
