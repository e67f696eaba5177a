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

/* Frames into packets: the headers byte for byte, sizes, and that the same
 * setup gives the same bytes. */

#include <string.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/rtp_pack.h"

#define MAX_PACKETS 64

static const struct {
    const char      *name;
    enum AVCodecID   codec;
    enum AVMediaType type;
    bool             sframe;
    const char      *header;    ///< of the first packet, extension included
} rows[] = {
    { "VP8", AV_CODEC_ID_VP8, AVMEDIA_TYPE_VIDEO, false,
      "906effff00015fc012345678bede0001325f9000" },
    { "Opus", AV_CODEC_ID_OPUS, AVMEDIA_TYPE_AUDIO, false,
      "906effff00015fc012345678bede0002325f9000109e0000" },
    { "SFrame", AV_CODEC_ID_H264, AVMEDIA_TYPE_VIDEO, true,
      "906effff00015fc012345678bede0001325f9000" },
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

typedef struct Taken {
    Datagram packets[MAX_PACKETS];
    int      nb, error;
} Taken;

static int take(void *opaque, Datagram *datagram)
{
    Taken *t = opaque;

    if (t->error)
        return t->error;
    ck_assert_int_lt(t->nb, MAX_PACKETS);
    t->packets[t->nb++] = *datagram;
    *datagram = (Datagram){ 0 };
    return 0;
}

static void drop(Taken *t)
{
    for (int i = 0; i < t->nb; i++)
        datagram_unref(&t->packets[i]);
    t->nb = 0;
}

static RtpPacker *open_packer(int row, size_t mtu, bool extensions, Taken *t)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    RtpPacker *packer = NULL;
    RtpPackSetup setup = {
        .par = par, .time_base = { 1, 1000 }, .payload_type = 110,
        .ssrc = 0x12345678, .sequence = 65535, .timestamp = 90048,
        .mtu = mtu, .extensions = extensions, .sframe = rows[row].sframe,
        .taker = take, .opaque = t,
    };

    par->codec_id    = rows[row].codec;
    par->codec_type  = rows[row].type;
    par->sample_rate = 48000;
    par->width       = 320;
    par->height      = 240;
    av_channel_layout_default(&par->ch_layout, 1);
    ck_assert_int_eq(rtp_packer_open(&packer, &setup), 0);
    avcodec_parameters_free(&par);
    return packer;
}

static void send(RtpPacker *packer, int size, int64_t pts, int audio_level,
                 int want)
{
    AVPacket *frame = av_packet_alloc();
    const RtpPackInfo info = {
        .send_time = 87890625 + 64 * INT64_C(1000000) * 5,
        .audio_level = audio_level,
        .tag = { .track = 3, .layer = 1, .frame = pts },
    };

    ck_assert_int_eq(av_new_packet(frame, size), 0);
    memset(frame->data, 0x55, size);
    frame->pts = frame->dts = pts;
    ck_assert_int_eq(rtp_packer_send(packer, frame, &info), want);
    av_packet_free(&frame);
}

START_TEST(headers)
{
    const bool audio = rows[_i].type == AVMEDIA_TYPE_AUDIO;
    Taken t = { .nb = 0 };
    RtpPacker *packer = open_packer(_i, 600, true, &t);
    Bytes want = hex_bytes(rows[_i].header);

    /* 23.890625 s into one of the 64 s that the send time counts. */
    send(packer, audio ? 200 : 3000, 0, audio ? 30 | 128 : -1, 0);
    ck_assert_int_ge(t.nb, audio ? 1 : 6);
    /* Audio has a marker or not, video has it at the end. */
    if (audio)
        t.packets[0].header[1] &= 0x7f;
    assert_bytes(rows[_i].name, t.packets[0].header,
                 t.packets[0].header_size, want.data, want.size);
    ck_assert_uint_eq(rtp_timestamp(t.packets[0].header), 90048);
    for (int i = 0; i < t.nb; i++) {
        const Datagram *d = &t.packets[i];

        ck_assert_uint_le(datagram_size(d), 600);
        ck_assert_uint_eq(rtp_sequence(d->header), (uint16_t)(65535 + i));
        ck_assert_uint_eq(rtp_timestamp(d->header), 90048);
        if (!audio)
            ck_assert_int_eq(rtp_marker(d->header), i + 1 == t.nb);
        ck_assert_uint_eq(d->tag.index, i);
        ck_assert_uint_eq(d->tag.nb, t.nb);
        ck_assert_uint_eq(d->tag.track, 3);
        ck_assert_uint_eq(d->tag.layer, 1);
    }
    ck_assert_uint_eq(rtp_packer_sequence(packer), (uint16_t)(65535 + t.nb));
    ck_assert_uint_eq(rtp_packer_count(packer), t.nb);
    drop(&t);
    /* A second: in the clock of RTP, whatever the frames' is. */
    send(packer, 100, 1000, -1, 0);
    ck_assert_uint_eq(rtp_timestamp(t.packets[0].header),
                      90048 + (audio ? 48000 : 90000));
    ck_assert_uint_eq(t.packets[0].header_size, 20);
    drop(&t);
    /* The same timestamp again, and an earlier one. */
    send(packer, 100, 1000, -1, 0);
    send(packer, 100, 500, -1, 0);
    ck_assert_uint_eq(rtp_timestamp(t.packets[1].header),
                      90048 + (audio ? 24000 : 45000));
    drop(&t);
    free_bytes(&want);
    rtp_packer_free(&packer);
}
END_TEST

START_TEST(no_extensions)
{
    Taken t = { .nb = 0 };
    RtpPacker *packer = open_packer(_i, 0, false, &t);

    send(packer, 900, 0, -1, 0);
    ck_assert_int_eq(t.nb, 1);
    ck_assert_uint_eq(t.packets[0].header_size, RTP_HEADER_SIZE);
    ck_assert_uint_ge(t.packets[0].payload_size, 900);
    ck_assert_uint_eq(rtp_packer_bytes(packer), t.packets[0].payload_size);
    drop(&t);
    t.error = AVERROR(EDOM);
    send(packer, 900, 1, -1, AVERROR(EDOM));
    rtp_packer_free(&packer);
}
END_TEST

START_TEST(same_bytes)
{
    Taken a = { .nb = 0 }, b = { .nb = 0 };
    RtpPacker *one = open_packer(_i, 0, true, &a);
    RtpPacker *two = open_packer(_i, 0, true, &b);

    for (int i = 0; i < 5; i++) {
        send(one, 300 * (i + 1) % 1100 + 1, 20 * i, 127, 0);
        send(two, 300 * (i + 1) % 1100 + 1, 20 * i, 127, 0);
    }
    ck_assert_int_eq(a.nb, b.nb);
    for (int i = 0; i < a.nb; i++) {
        uint8_t x[RTP_MTU], y[RTP_MTU];
        size_t size = datagram_write(&a.packets[i], x);

        assert_bytes(rows[_i].name, x, size, y,
                     datagram_write(&b.packets[i], y));
    }
    ck_assert_str_eq(rtp_packer_sdp(one), rtp_packer_sdp(two));
    drop(&a);
    drop(&b);
    rtp_packer_free(&one);
    rtp_packer_free(&two);
}
END_TEST

START_TEST(large_and_small)
{
    static const size_t mtus[] = { 128, 9000, 65000 };

    for (int i = 0; i < 3; i++) {
        Taken t = { .nb = 0 };
        RtpPacker *packer = open_packer(_i, mtus[i], true, &t);

        send(packer, rows[_i].type == AVMEDIA_TYPE_AUDIO ? 90 : 5000, 0, 5,
             0);
        ck_assert(t.nb == 1 || !i);
        for (int k = 0; k < t.nb; k++)
            ck_assert_uint_le(datagram_size(&t.packets[k]), mtus[i]);
        drop(&t);
        rtp_packer_free(&packer);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("rtp_pack", &tests);

    tcase_add_loop_test(tests, headers, 0, NB_ROWS);
    tcase_add_loop_test(tests, no_extensions, 0, NB_ROWS);
    tcase_add_loop_test(tests, large_and_small, 0, NB_ROWS);
    tcase_add_loop_test(tests, same_bytes, 0, NB_ROWS);
    return run_suite(suite);
}
