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
#include <libavcodec/bsf.h>
#include <libavutil/channel_layout.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "playable.h"
#include "report/log.h"

#define OPUS_HEAD_SIZE 19

struct PlayCheck {
    AVCodecContext *codec;
    AVFrame        *frame;
    PlayCounts      counts;
};

/* OpusHead (RFC 7845, 5.1). The encoder's delay is not known, and a recording
 * seldom begins where the encoder did: nothing is to be skipped. */
static int add_opus_head(AVCodecParameters *par)
{
    uint8_t *head = av_mallocz(OPUS_HEAD_SIZE + AV_INPUT_BUFFER_PADDING_SIZE);

    if (!head)
        return AVERROR(ENOMEM);
    memcpy(head, "OpusHead\1", 9);
    head[9] = par->ch_layout.nb_channels;
    AV_WL32(head + 12, par->sample_rate);
    par->extradata      = head;
    par->extradata_size = OPUS_HEAD_SIZE;
    return 0;
}

static int audio_parameters(AVCodecParameters *par)
{
    if (par->codec_id != AV_CODEC_ID_OPUS)
        return 0;
    par->sample_rate = 48000;
    if (!par->ch_layout.nb_channels)
        av_channel_layout_default(&par->ch_layout, 2);
    return par->extradata_size ? 0 : add_opus_head(par);
}

static int add_extradata(AVCodecParameters *par, const AVPacket *key_frame)
{
    const AVBitStreamFilter *f = av_bsf_get_by_name("extract_extradata");
    AVBSFContext *bsf = NULL;
    AVPacket *packet = av_packet_clone(key_frame);
    const uint8_t *data = NULL;
    size_t size;
    int ret = AVERROR(ENOMEM);

    if (!packet || !f)
        goto end;
    if ((ret = av_bsf_alloc(f, &bsf)) < 0 ||
        (ret = avcodec_parameters_copy(bsf->par_in, par)) < 0 ||
        (ret = av_bsf_init(bsf)) < 0 ||
        (ret = av_bsf_send_packet(bsf, packet)) < 0 ||
        (ret = av_bsf_receive_packet(bsf, packet)) < 0)
        goto end;
    data = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    if (!data)
        goto end;
    ret = AVERROR(ENOMEM);
    par->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!par->extradata)
        goto end;
    memcpy(par->extradata, data, size);
    par->extradata_size = size;
    ret = 0;

end:
    av_packet_free(&packet);
    av_bsf_free(&bsf);
    return ret;
}

static bool has_global_header(enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC ||
           codec == AV_CODEC_ID_AV1;
}

static int open_decoder(AVCodecContext **codec, const AVCodecParameters *par)
{
    const AVCodec *decoder = avcodec_find_decoder(par->codec_id);
    int ret;

    if (!decoder) {
        log_error("this FFmpeg (%s) has no decoder for %s", av_version_info(),
                  avcodec_get_name(par->codec_id));
        return AVERROR_DECODER_NOT_FOUND;
    }
    if (!(*codec = avcodec_alloc_context3(decoder)))
        return AVERROR(ENOMEM);
    (*codec)->thread_count = 1;
    (*codec)->flags       |= AV_CODEC_FLAG_LOW_DELAY;
    if ((ret = avcodec_parameters_to_context(*codec, par)) < 0)
        return ret;
    return avcodec_open2(*codec, decoder, NULL);
}

/* Some decoders know the sizes only with the picture. */
static int decode_one(AVCodecContext *codec, const AVPacket *packet,
                      AVFrame *frame)
{
    int ret = avcodec_send_packet(codec, packet);

    if (ret >= 0)
        ret = avcodec_receive_frame(codec, frame);
    if (ret == AVERROR(EAGAIN) && avcodec_send_packet(codec, NULL) >= 0)
        ret = avcodec_receive_frame(codec, frame);
    if (ret >= 0 && (frame->decode_error_flags || codec->width <= 0))
        ret = AVERROR_INVALIDDATA;
    return ret;
}

static int video_parameters(AVCodecParameters *par, const AVPacket *key_frame)
{
    AVCodecContext *codec = NULL;
    AVFrame *frame = av_frame_alloc();
    int delay = par->video_delay, ret = AVERROR(ENOMEM);

    if (!frame)
        return ret;
    if (has_global_header(par->codec_id) && !par->extradata_size &&
        (ret = add_extradata(par, key_frame)) < 0)
        goto end;
    if ((ret = open_decoder(&codec, par)) < 0)
        goto end;
    if ((ret = decode_one(codec, key_frame, frame)) >= 0)
        ret = avcodec_parameters_from_context(par, codec);
    else if (ret == AVERROR_EOF)
        ret = AVERROR_INVALIDDATA;
    par->video_delay = delay; /* the packets are as they were sent */

end:
    avcodec_free_context(&codec);
    av_frame_free(&frame);
    return ret;
}

int playable_parameters(AVCodecParameters *par, const AVPacket *key_frame)
{
    AVCodecParameters *full = avcodec_parameters_alloc();
    int limit = log_limit(AV_LOG_QUIET), ret = AVERROR(ENOMEM);

    if (!full || (ret = avcodec_parameters_copy(full, par)) < 0)
        goto end;
    ret = par->codec_type == AVMEDIA_TYPE_VIDEO
              ? video_parameters(full, key_frame)
              : audio_parameters(full);
    if (ret >= 0)
        ret = avcodec_parameters_copy(par, full);

end:
    avcodec_parameters_free(&full);
    log_limit(limit);
    return ret;
}

/* RFC 6716, 3.1 */
int playable_opus_duration(const uint8_t *data, int size)
{
    static const uint16_t silk[] = { 480, 960, 1920, 2880 };
    int config, samples, count;

    if (size < 1)
        return 0;
    config  = data[0] >> 3;
    samples = config < 12   ? silk[config & 3]
              : config < 16 ? silk[config & 1]
                            : 120 << (config & 3);
    count   = !(data[0] & 3)       ? 1
              : (data[0] & 3) != 3 ? 2
              : size > 1           ? data[1] & 63
                                   : 0;
    return samples * count <= 5760 ? samples * count : 0;
}

int play_check_open(PlayCheck **check, const AVCodecParameters *par)
{
    PlayCheck *c = *check = av_mallocz(sizeof(*c));
    int ret = AVERROR(ENOMEM);

    if (!c || !(c->frame = av_frame_alloc()) ||
        (ret = open_decoder(&c->codec, par)) < 0)
        play_check_free(check);
    return *check ? 0 : ret;
}

static bool is_damaged(const AVFrame *frame)
{
    return frame->decode_error_flags ||
           (frame->flags & AV_FRAME_FLAG_CORRUPT);
}

void play_check_send(PlayCheck *c, const AVPacket *packet)
{
    int limit = log_limit(AV_LOG_QUIET);

    c->counts.nb_sent += !!packet;
    if (avcodec_send_packet(c->codec, packet) < 0)
        c->counts.nb_errors++;
    for (;;) {
        int ret = avcodec_receive_frame(c->codec, c->frame);

        if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF)
            break;
        c->counts.nb_errors += ret < 0 || is_damaged(c->frame);
        if (ret < 0)
            break;
        c->counts.nb_decoded++;
        av_frame_unref(c->frame);
    }
    log_limit(limit);
}

const PlayCounts *play_check_counts(const PlayCheck *c)
{
    return &c->counts;
}

void play_check_free(PlayCheck **check)
{
    if (!*check)
        return;
    avcodec_free_context(&(*check)->codec);
    av_frame_free(&(*check)->frame);
    av_freep(check);
}
