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

#include <libavformat/avformat.h>
#include <libavutil/mem.h>

#include "datagram_io.h"
#include "report/log.h"
#include "rtp_pack.h"

struct RtpPacker {
    AVFormatContext *muxer;
    DatagramSink     sink;
    void            *opaque;
    AVPacket        *packet;
    char             sdp[2048];
    uint64_t         nb_datagrams;
    uint32_t         origin;
    int64_t          sending;  ///< timestamp of the frame being sent
    int              error;    ///< of the sink
    bool             started;
};

static int write_datagram(void *opaque, WrittenByte *data, int size)
{
    RtpPacker *p = opaque;

    if (!rtp_is_media(data, size))
        return size;
    if (!p->nb_datagrams++)
        p->origin = rtp_timestamp(data) - (uint32_t)p->sending;
    if (p->error >= 0)
        p->error = p->sink(p->opaque, data, size);
    return p->error < 0 ? p->error : size;
}

static int open_output(RtpPacker *p)
{
    uint8_t *buffer;
    int ret = avformat_alloc_output_context2(&p->muxer, NULL, "rtp", NULL);

    if (ret < 0)
        return ret;
    if (!(buffer = av_malloc(RTP_MTU)))
        return AVERROR(ENOMEM);
    p->muxer->pb = avio_alloc_context(buffer, RTP_MTU, 1, p, NULL,
                                      write_datagram, NULL);
    if (!p->muxer->pb) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    p->muxer->pb->max_packet_size = RTP_MTU;
    p->muxer->packet_size         = RTP_MTU;
    p->muxer->flags              |= AVFMT_FLAG_CUSTOM_IO;
    /* VP9's payload format is called experimental, and it is not alone. */
    p->muxer->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    p->muxer->avoid_negative_ts   = AVFMT_AVOID_NEG_TS_DISABLED;
    return 0;
}

static int start(RtpPacker *p, const AVCodecParameters *par,
                 AVRational time_base, uint32_t ssrc, uint16_t sequence)
{
    AVStream *stream = avformat_new_stream(p->muxer, NULL);
    AVDictionary *options = NULL;
    int ret = AVERROR(ENOMEM);

    if (!stream || (ret = avcodec_parameters_copy(stream->codecpar, par)) < 0)
        return ret;
    stream->codecpar->codec_tag = 0;
    stream->time_base           = time_base;

    av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    av_dict_set_int(&options, "payload_type", 96, 0);
    av_dict_set_int(&options, "ssrc", (int32_t)ssrc, 0);
    av_dict_set_int(&options, "seq", sequence, 0);
    ret = avformat_write_header(p->muxer, &options);
    av_dict_free(&options);
    if (ret < 0)
        return ret;
    p->started = true;
    return av_sdp_create(&p->muxer, 1, p->sdp, sizeof(p->sdp));
}

int rtp_packer_open(RtpPacker **packer, const AVCodecParameters *par,
                    AVRational time_base, uint32_t ssrc, uint16_t sequence,
                    DatagramSink sink, void *opaque)
{
    RtpPacker *p = *packer = av_mallocz(sizeof(*p));
    int limit, ret = AVERROR(ENOMEM);

    if (!p)
        return ret;
    limit     = log_limit(AV_LOG_QUIET);
    p->sink   = sink;
    p->opaque = opaque;
    if (!(p->packet = av_packet_alloc()) || (ret = open_output(p)) < 0 ||
        (ret = start(p, par, time_base, ssrc, sequence)) < 0) {
        log_error("RTP for %s: %s%s", avcodec_get_name(par->codec_id),
                  av_err2str(ret), log_unshown());
        rtp_packer_free(packer);
    }
    log_limit(limit);
    return ret;
}

int rtp_packer_send(RtpPacker *p, const AVPacket *frame)
{
    int ret = av_packet_ref(p->packet, frame);

    if (ret < 0)
        return ret;
    p->sending = frame->pts;
    p->packet->stream_index = 0;
    ret = av_write_frame(p->muxer, p->packet);
    avio_flush(p->muxer->pb);
    av_packet_unref(p->packet);
    return p->error < 0 ? p->error : ret;
}

const char *rtp_packer_sdp(const RtpPacker *packer)
{
    return packer->sdp;
}

uint32_t rtp_packer_origin(const RtpPacker *packer)
{
    return packer->origin;
}

uint64_t rtp_packer_count(const RtpPacker *packer)
{
    return packer->nb_datagrams;
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
    av_packet_free(&p->packet);
    av_freep(packer);
}
