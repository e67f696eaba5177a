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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/crc.h>
#include <libavutil/dict.h>
#include <libavutil/imgutils.h>
#include <libavutil/mem.h>

#include "common.h"
#include "filter_media.h"

#define NB_FRAMES 15
#define KEY_INTERVAL 5

static const struct {
    const char *name;
    const char *encoder;
    const char *options;
    int         lengths;        ///< through MP4, which keeps NAL units so
} kinds[MEDIA_NB] = {
    [MEDIA_OPUS] = { "Opus", "libopus", "" },
    /* With another cpu-used the bytes depend on how busy the machine is. */
    [MEDIA_VP8]  = { "VP8", "libvpx", "deadline=realtime,cpu-used=-8,"
                     "lag-in-frames=0,auto-alt-ref=0" },
    [MEDIA_VP9]  = { "VP9", "libvpx-vp9",
                     "deadline=realtime,lag-in-frames=0,auto-alt-ref=0" },
    [MEDIA_AV1]  = { "AV1", "libaom-av1",
                     "usage=realtime,cpu-used=8,lag-in-frames=0" },
    [MEDIA_H264] = { "H.264", "libx264", "preset=ultrafast,tune=zerolatency,"
                     "threads=1,x264-params=slices=4" },
    [MEDIA_H264_LENGTHS] = { "H.264 avcC", "libx264",
                             "preset=ultrafast,tune=zerolatency,threads=1",
                             1 },
    [MEDIA_H265] = { "H.265", "libx265", "preset=ultrafast,tune=zerolatency,"
                     "x265-params=log-level=none:pools=none" },
    [MEDIA_H265_LENGTHS] = { "H.265 hvcC", "libx265",
                             "preset=ultrafast,tune=zerolatency,"
                             "x265-params=log-level=none:pools=none", 1 },
};

/* x265 keeps some of its memory; LeakSanitizer asks here what is known. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libx265";
}

static void add_packet(Media *media, AVPacket *pkt)
{
    media->packets = realloc(media->packets, (media->nb_packets + 1) *
                             sizeof(*media->packets));
    ck_assert_ptr_nonnull(media->packets);
    media->packets[media->nb_packets++] = pkt;
}

static AVCodecContext *open_encoder(enum MediaKind kind)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(kinds[kind].encoder);
    AVCodecContext *c = avcodec_alloc_context3(codec);
    AVDictionary *options = NULL;

    ck_assert_msg(!!codec, "no encoder %s", kinds[kind].encoder);
    ck_assert_ptr_nonnull(c);
    if (codec->type == AVMEDIA_TYPE_AUDIO) {
        c->sample_rate = 48000;
        c->sample_fmt  = AV_SAMPLE_FMT_FLT;
        c->time_base   = (AVRational){ 1, c->sample_rate };
        av_channel_layout_default(&c->ch_layout, 1);
    } else {
        c->width     = 192;
        c->height    = 144;
        c->pix_fmt   = AV_PIX_FMT_YUV420P;
        c->time_base = (AVRational){ 1, NB_FRAMES };
        c->gop_size  = KEY_INTERVAL;
        c->max_b_frames = 0;
    }
    if (kinds[kind].lengths)
        c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    ck_assert_int_eq(av_dict_parse_string(&options, kinds[kind].options, "=",
                                          ",", 0), 0);
    ck_assert_int_eq(avcodec_open2(c, codec, &options), 0);
    av_dict_free(&options);
    return c;
}

static AVFrame *make_frame(const AVCodecContext *c, int n)
{
    AVFrame *frame = av_frame_alloc();
    uint64_t seed = n;

    ck_assert_ptr_nonnull(frame);
    frame->width  = c->width;
    frame->height = c->height;
    frame->format = c->sample_rate ? (int)c->sample_fmt : (int)c->pix_fmt;
    frame->sample_rate = c->sample_rate;
    frame->nb_samples  = c->frame_size;
    frame->pts = (int64_t)n * (c->frame_size ? c->frame_size : 1);
    ck_assert_int_eq(av_channel_layout_copy(&frame->ch_layout,
                                            &c->ch_layout), 0);
    ck_assert_int_eq(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; c->sample_rate && i < c->frame_size; i++)
        ((float *)frame->data[0])[i] = (i % 109 - 54 +
                                        random_below(&seed, 9)) / 100.f;
    for (int plane = 0; !c->sample_rate && plane < 3; plane++)
        for (int y = 0; y < c->height >> !!plane; y++)
            for (int x = 0; x < c->width >> !!plane; x++)
                frame->data[plane][y * frame->linesize[plane] + x] =
                    (x + n * 3) * (plane + 1) + (y ^ n) +
                    random_below(&seed, 8);
    return frame;
}

static void encode(Media *media, AVCodecContext *c, AVFrame *frame)
{
    AVPacket *pkt;
    int ret = avcodec_send_frame(c, frame);

    ck_assert_int_eq(ret, 0);
    while (1) {
        pkt = av_packet_alloc();
        ck_assert_ptr_nonnull(pkt);
        if (avcodec_receive_packet(c, pkt) < 0)
            break;
        add_packet(media, pkt);
    }
    av_packet_free(&pkt);
    av_frame_free(&frame);
}

static void write_mp4(const Media *media, const char *name)
{
    AVFormatContext *f = NULL;
    AVStream *stream;

    ck_assert_int_ge(avformat_alloc_output_context2(&f, NULL, "mp4", name), 0);
    stream = avformat_new_stream(f, NULL);
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(avcodec_parameters_copy(stream->codecpar, media->par), 0);
    stream->time_base = media->time_base;
    ck_assert_int_ge(avio_open(&f->pb, name, AVIO_FLAG_WRITE), 0);
    ck_assert_int_ge(avformat_write_header(f, NULL), 0);
    for (int i = 0; i < media->nb_packets; i++) {
        AVPacket *pkt = av_packet_clone(media->packets[i]);

        ck_assert_ptr_nonnull(pkt);
        av_packet_rescale_ts(pkt, media->time_base, stream->time_base);
        ck_assert_int_ge(av_interleaved_write_frame(f, pkt), 0);
        av_packet_free(&pkt);
    }
    ck_assert_int_ge(av_write_trailer(f), 0);
    avio_closep(&f->pb);
    avformat_free_context(f);
}

static void read_mp4(Media *media, const char *name)
{
    AVFormatContext *f = NULL;
    AVPacket *pkt;

    ck_assert_int_ge(avformat_open_input(&f, name, NULL, NULL), 0);
    ck_assert_int_ge(avcodec_parameters_copy(media->par,
                                             f->streams[0]->codecpar), 0);
    media->time_base = f->streams[0]->time_base;
    while (1) {
        pkt = av_packet_alloc();
        ck_assert_ptr_nonnull(pkt);
        if (av_read_frame(f, pkt) < 0)
            break;
        add_packet(media, pkt);
    }
    av_packet_free(&pkt);
    avformat_close_input(&f);
}

static void free_packets(Media *media)
{
    for (int i = 0; i < media->nb_packets; i++)
        av_packet_free(&media->packets[i]);
    free(media->packets);
    media->packets    = NULL;
    media->nb_packets = 0;
}

static void to_lengths(Media *media)
{
    char name[] = "filter-media-XXXXXX";

    close(mkstemp(name));
    write_mp4(media, name);
    free_packets(media);
    read_mp4(media, name);
    unlink(name);
}

Media *media_make(enum MediaKind kind)
{
    AVCodecContext *c = open_encoder(kind);
    Media *media = calloc(1, sizeof(*media));

    ck_assert_ptr_nonnull(media);
    media->name      = kinds[kind].name;
    media->par       = avcodec_parameters_alloc();
    media->time_base = c->time_base;
    ck_assert_int_ge(avcodec_parameters_from_context(media->par, c), 0);
    for (int i = 0; i < NB_FRAMES; i++)
        encode(media, c, make_frame(c, i));
    encode(media, c, NULL);
    avcodec_free_context(&c);
    if (kinds[kind].lengths)
        to_lengths(media);
    ck_assert_msg(media->nb_packets >= NB_FRAMES, "%s: %d packets",
                  media->name, media->nb_packets);
    return media;
}

void media_free(Media **media)
{
    free_packets(*media);
    avcodec_parameters_free(&(*media)->par);
    free(*media);
    *media = NULL;
}

static uint64_t hash_frame(const AVFrame *frame)
{
    const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE);
    int size = av_image_get_buffer_size(frame->format, frame->width,
                                        frame->height, 1);
    uint64_t hash = frame->width;

    if (frame->nb_samples)
        return av_crc(table, hash, frame->data[0], frame->linesize[0]);
    ck_assert_int_gt(size, 0);
    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < frame->height >> !!plane; y++)
            hash = av_crc(table, hash,
                          frame->data[plane] + y * frame->linesize[plane],
                          frame->width >> !!plane);
    return hash;
}

int media_hashes(const AVCodecParameters *par, AVPacket *const *packets,
                 int nb_packets, uint64_t *hashes, int max)
{
    const AVCodec *codec = avcodec_find_decoder(par->codec_id);
    AVCodecContext *c = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    int nb = 0;

    ck_assert_ptr_nonnull(c);
    ck_assert_int_ge(avcodec_parameters_to_context(c, par), 0);
    c->thread_count = 1;
    ck_assert_int_ge(avcodec_open2(c, codec, NULL), 0);
    for (int i = 0; i <= nb_packets; i++) {
        avcodec_send_packet(c, i < nb_packets ? packets[i] : NULL);
        while (nb < max && avcodec_receive_frame(c, frame) >= 0)
            hashes[nb++] = hash_frame(frame);
    }
    av_frame_free(&frame);
    avcodec_free_context(&c);
    return nb;
}
