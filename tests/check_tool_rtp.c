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

/* Frames of random bytes behind their clear prefix, as sealed ones are,
 * through the RTP muxer and demuxer: each comes back as it was, on time. */

#include <string.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/rtp_pack.h"
#include "net/rtp_unpack.h"

#define NB_FRAMES  200
#define MAX_FRAME  9000
#define FRAME_TIME 3000

static const struct {
    const char     *name;
    enum AVCodecID  id;
    int             audio;
    size_t          max;
    size_t          nb_clear;
    uint8_t         clear[2][12]; ///< on key frames, on others
} codecs[] = {
    { "VP8", AV_CODEC_ID_VP8, 0, MAX_FRAME, 10,
      { { 0x10, 0x42, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0 }, { 0x11, 7, 3 } } },
    { "H.264", AV_CODEC_ID_H264, 0, MAX_FRAME, 6,
      { { 0, 0, 0, 1, 0x65, 0x88 }, { 0, 0, 0, 1, 0x41, 0x9a } } },
    { "Opus", AV_CODEC_ID_OPUS, 1, 300, 1, { { 0x78 }, { 0x78 } } },
};

#define NB_CODECS (sizeof(codecs) / sizeof(codecs[0]))

static uint64_t seed;

/* No byte below 4: what stands behind the prefix holds no start code. */
static void fill_frame(AVPacket *packet, size_t codec, int i)
{
    size_t size = 40 + random_below(&seed, codecs[codec].max - 40);

    ck_assert_int_eq(av_new_packet(packet, size), 0);
    for (size_t j = 0; j < size; j++)
        packet->data[j] = 4 + random_below(&seed, 252);
    memcpy(packet->data, codecs[codec].clear[i % 50 > 0],
           codecs[codec].nb_clear);
    packet->pts = packet->dts = (int64_t)i * FRAME_TIME;
    if (i % 50 == 0)
        packet->flags |= AV_PKT_FLAG_KEY;
}

static int check_size_and_push(void *opaque, const uint8_t *data, size_t size)
{
    ck_assert_uint_le(size, RTP_MTU);
    return rtp_unpacker_push(*(RtpUnpacker **)opaque, data, size);
}

START_TEST(round_trip)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket *sent = av_packet_alloc(), *got = av_packet_alloc();
    RtpUnpacker *unpacker = NULL;
    RtpPacker   *packer   = NULL;
    const char  *name     = codecs[_i].name;

    seed = 20240 + _i;
    par->codec_id   = codecs[_i].id;
    par->codec_type = codecs[_i].audio ? AVMEDIA_TYPE_AUDIO
                                       : AVMEDIA_TYPE_VIDEO;
    if (codecs[_i].audio) {
        par->sample_rate = 48000;
        av_channel_layout_default(&par->ch_layout, 1);
    } else {
        par->width  = 320;
        par->height = 240;
    }
    ck_assert_int_eq(rtp_packer_open(&packer, par, (AVRational){ 1,
                                     codecs[_i].audio ? 48000 : 90000 }, 42,
                                     65500, check_size_and_push,
                                     &unpacker), 0);
    ck_assert_int_eq(rtp_unpacker_open(&unpacker, rtp_packer_sdp(packer)), 0);

    for (int i = 0; i < NB_FRAMES; i++) {
        fill_frame(sent, _i, i);
        ck_assert_int_eq(rtp_packer_send(packer, sent), 0);
        ck_assert_msg(rtp_unpacker_read(unpacker, got,
                                        rtp_packer_origin(packer)) == 0,
                      "%s: frame %d does not come out", name, i);
        ck_assert_int_eq(got->size, sent->size);
        ck_assert_mem_eq(got->data, sent->data, sent->size);
        ck_assert_int_eq(got->pts, sent->pts);
        av_packet_unref(got);
        av_packet_unref(sent);
        ck_assert_int_eq(rtp_unpacker_read(unpacker, got,
                                           rtp_packer_origin(packer)),
                         AVERROR(EAGAIN));
    }
    ck_assert_uint_ge(rtp_packer_count(packer), NB_FRAMES);

    rtp_packer_free(&packer);
    rtp_unpacker_free(&unpacker);
    avcodec_parameters_free(&par);
    av_packet_free(&sent);
    av_packet_free(&got);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("tool_rtp", &tests);

    tcase_add_loop_test(tests, round_trip, 0, NB_CODECS);
    return run_suite(suite);
}
