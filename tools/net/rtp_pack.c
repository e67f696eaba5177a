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
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "datagram_io.h"
#include "report/log.h"
#include "rtp_pack.h"
#include "rtp_sframe.h"

#define BUFFER_SIZE     2048
#define MIN_MTU         128
#define MAX_MTU         65000
#define EXTENSIONS_SIZE 12   ///< reserved in each packet: 4 for the header,
                             ///< 4 for the send time, 2 for the level, 2 pad

struct RtpPacker {
    RtpPackSetup     setup;
    AVFormatContext *muxer;    ///< NULL: SFrame
    PacketPool      *pool;
    AVRational       clock;    ///< one tick of the RTP timestamp
    AVPacket        *packet;
    char             sdp[2048];
    Datagram        *packets;  ///< of the frame being sent
    size_t           nb_packets, room_packets;
    uint64_t         nb_frames, nb_sent, nb_bytes;
    uint16_t         sequence;
    uint32_t         timestamp; ///< of the frame being sent
    int              error;    ///< of keeping a packet
    bool             started;
};

static Datagram *next_packet(RtpPacker *p)
{
    if (p->nb_packets == p->room_packets) {
        size_t room     = p->room_packets ? 2 * p->room_packets : 8;
        Datagram *grown = av_realloc_array(p->packets, room, sizeof(*grown));

        if (!grown)
            return NULL;
        p->packets      = grown;
        p->room_packets = room;
    }
    return &p->packets[p->nb_packets];
}

static int keep_packet(RtpPacker *p, const uint8_t *data, size_t size)
{
    Datagram *d = next_packet(p);
    int ret;

    if (!d)
        return AVERROR(ENOMEM);
    if ((ret = datagram_make(d, p->pool, data, size)) < 0)
        return ret;
    /* The muxer counts from a random number. */
    rtp_set_timestamp(d->header, p->timestamp);
    p->nb_packets++;
    p->sequence = rtp_sequence(d->header) + 1;
    return 0;
}

static int write_datagram(void *opaque, WrittenByte *data, int size)
{
    RtpPacker *p = opaque;

    if (rtp_is_media(data, size) && p->error >= 0)
        p->error = keep_packet(p, data, size);
    return p->error < 0 ? p->error : size;
}

static int keep_sframe(void *opaque, const uint8_t *payload, size_t size,
                       bool last)
{
    RtpPacker *p = opaque;
    Datagram *d  = next_packet(p);

    if (!d)
        return AVERROR(ENOMEM);
    *d = (Datagram){ .header_size = RTP_HEADER_SIZE, .payload_size = size };
    if (!(d->buffer = packet_buffer_get(p->pool, size)))
        return AVERROR(ENOMEM);
    memcpy(d->buffer->data, payload, size);
    d->payload = d->buffer->data;
    AV_WB16(d->header, 0x8000 | last << 7 | p->setup.payload_type);
    rtp_set_sequence(d->header, p->sequence++);
    rtp_set_timestamp(d->header, p->timestamp);
    rtp_set_ssrc(d->header, p->setup.ssrc);
    p->nb_packets++;
    return 0;
}

/* What the muxer and SFrame may fill. */
static size_t max_packet(const RtpPacker *p)
{
    return p->setup.mtu - (p->setup.extensions ? EXTENSIONS_SIZE : 0);
}

static int open_output(RtpPacker *p)
{
    const size_t size = max_packet(p);
    uint8_t *buffer;
    int ret = avformat_alloc_output_context2(&p->muxer, NULL, "rtp", NULL);

    if (ret < 0)
        return ret;
    if (!(buffer = av_malloc(size)))
        return AVERROR(ENOMEM);
    p->muxer->pb = avio_alloc_context(buffer, size, 1, p, NULL,
                                      write_datagram, NULL);
    if (!p->muxer->pb) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    p->muxer->pb->max_packet_size = size;
    p->muxer->packet_size         = size;
    p->muxer->flags              |= AVFMT_FLAG_CUSTOM_IO;
    /* VP9's payload format is called experimental, and it is not alone. */
    p->muxer->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    p->muxer->avoid_negative_ts     = AVFMT_AVOID_NEG_TS_DISABLED;
    return 0;
}

static int start(RtpPacker *p)
{
    const RtpPackSetup *setup = &p->setup;
    AVStream *stream = avformat_new_stream(p->muxer, NULL);
    AVDictionary *options = NULL;
    int ret = AVERROR(ENOMEM);

    if (!stream ||
        (ret = avcodec_parameters_copy(stream->codecpar, setup->par)) < 0)
        return ret;
    stream->codecpar->codec_tag = 0;
    stream->time_base           = p->clock;

    av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    av_dict_set_int(&options, "payload_type", setup->payload_type, 0);
    av_dict_set_int(&options, "ssrc", (int32_t)setup->ssrc, 0);
    av_dict_set_int(&options, "seq", setup->sequence, 0);
    ret = avformat_write_header(p->muxer, &options);
    av_dict_free(&options);
    if (ret < 0)
        return ret;
    p->started = true;
    return av_sdp_create(&p->muxer, 1, p->sdp, sizeof(p->sdp));
}

static int open_packer(RtpPacker *p)
{
    const AVCodecParameters *par = p->setup.par;
    int ret;

    p->clock    = (AVRational){ 1, par->codec_id == AV_CODEC_ID_OPUS ? 48000 :
                                   par->codec_type == AVMEDIA_TYPE_AUDIO
                                       ? par->sample_rate : 90000 };
    p->sequence = p->setup.sequence;
    if (!p->setup.mtu)
        p->setup.mtu = RTP_MTU;
    if (p->setup.mtu < MIN_MTU || p->setup.mtu > MAX_MTU)
        return AVERROR(EINVAL);
    p->pool = packet_pool_alloc(FFMAX(p->setup.mtu, BUFFER_SIZE));
    if (!p->pool || !(p->packet = av_packet_alloc()))
        return AVERROR(ENOMEM);
    if (p->setup.sframe)
        return 0;
    return (ret = open_output(p)) < 0 ? ret : start(p);
}

int rtp_packer_open(RtpPacker **packer, const RtpPackSetup *setup)
{
    RtpPacker *p = *packer = av_mallocz(sizeof(*p));
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = AVERROR(ENOMEM);

    if (p) {
        p->setup = *setup;
        ret      = open_packer(p);
    }
    if (ret < 0) {
        log_error("RTP for %s: %s%s", avcodec_get_name(setup->par->codec_id),
                  av_err2str(ret), log_unshown());
        rtp_packer_free(packer);
    } else {
        p->setup.par = NULL; /* the caller's */
    }
    log_limit(limit);
    return ret;
}

/* An element's length less one stands in its first byte. */
static void put_extensions(Datagram *d, const RtpPackInfo *info)
{
    uint8_t *start = d->header + d->header_size, *p = start + 4;
    /* 6.18 bits of seconds. */
    const uint32_t time = av_rescale(info->send_time, 1 << 18, 1000000);

    *p++ = RTP_EXT_ABS_SEND_TIME << 4 | 2;
    AV_WB24(p, time & 0xffffff);
    p += 3;
    if (info->audio_level >= 0) {
        *p++ = RTP_EXT_AUDIO_LEVEL << 4;
        *p++ = info->audio_level;
        *p++ = 0;
        *p++ = 0;
    }
    AV_WB16(start, 0xbede);
    AV_WB16(start + 2, (p - start) / 4 - 1);
    d->header[0]   |= 0x10;
    d->header_size += p - start;
}

static int send_packet(RtpPacker *p, Datagram *d)
{
    p->nb_sent++;
    p->nb_bytes += d->payload_size;
    return p->setup.taker(p->setup.opaque, d);
}

static int send_packets(RtpPacker *p, const RtpPackInfo *info)
{
    int ret = 0;

    for (size_t i = 0; i < p->nb_packets && ret >= 0; i++) {
        Datagram *d = &p->packets[i];

        d->tag       = info->tag;
        d->tag.index = i;
        d->tag.nb    = p->nb_packets;
        if (p->setup.extensions)
            put_extensions(d, info);
        ret = send_packet(p, d);
    }
    return ret;
}

static int make_packets(RtpPacker *p, const AVPacket *frame)
{
    int limit, ret;

    if (p->setup.sframe)
        return rtp_sframe_split(frame->data, frame->size,
                                max_packet(p) - RTP_HEADER_SIZE, keep_sframe,
                                p);
    if ((ret = av_packet_ref(p->packet, frame)) < 0)
        return ret;
    /* The timestamp is put in afterwards; for the muxer they only have to
     * rise. */
    p->packet->pts = p->packet->dts = p->nb_frames;
    p->packet->stream_index = 0;
    limit = log_limit(AV_LOG_ERROR);
    ret   = av_write_frame(p->muxer, p->packet);
    log_limit(limit);
    avio_flush(p->muxer->pb);
    av_packet_unref(p->packet);
    return p->error < 0 ? p->error : ret;
}

int rtp_packer_send(RtpPacker *p, const AVPacket *frame,
                    const RtpPackInfo *info)
{
    int ret;

    p->error     = 0;
    p->timestamp = p->setup.timestamp +
                   (uint32_t)av_rescale_q(frame->pts, p->setup.time_base,
                                          p->clock);
    if ((ret = make_packets(p, frame)) >= 0)
        ret = send_packets(p, info);
    for (size_t i = 0; i < p->nb_packets; i++)
        datagram_unref(&p->packets[i]);
    p->nb_packets = 0;
    p->nb_frames++;
    return ret;
}

const char *rtp_packer_sdp(const RtpPacker *packer)
{
    return packer->sdp;
}

uint32_t rtp_packer_origin(const RtpPacker *packer)
{
    return packer->setup.timestamp;
}

uint16_t rtp_packer_sequence(const RtpPacker *packer)
{
    return packer->sequence;
}

uint64_t rtp_packer_count(const RtpPacker *packer)
{
    return packer->nb_sent;
}

uint64_t rtp_packer_bytes(const RtpPacker *packer)
{
    return packer->nb_bytes;
}

void rtp_packer_free(RtpPacker **packer)
{
    RtpPacker *p = *packer;

    if (!p)
        return;
    if (p->started)
        av_write_trailer(p->muxer);
    if (p->muxer && p->muxer->pb) {
        av_freep(&p->muxer->pb->buffer);
        avio_context_free(&p->muxer->pb);
    }
    avformat_free_context(p->muxer);
    for (size_t i = 0; i < p->nb_packets; i++)
        datagram_unref(&p->packets[i]);
    av_free(p->packets);
    av_packet_free(&p->packet);
    packet_pool_free(&p->pool);
    av_freep(packer);
}
