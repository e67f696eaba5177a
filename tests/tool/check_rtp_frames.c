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

/* Packets into frames: made by libavformat's RTP muxer of frames as sealed
 * ones are, and by hand as other senders make them. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/error.h>

#include "common.h"
#include "net/rtp_frames.h"
#include "net/rtp_pack.h"
#include "report/log.h"

#define MAX_FRAMES  64
#define MAX_PACKETS 512
#define MAX_FRAME   5000

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
    { "VP8 without clear bytes", AV_CODEC_ID_VP8, 0, MAX_FRAME, 0,
      { { 0 } } },
    { "VP9", AV_CODEC_ID_VP9, 0, MAX_FRAME, 0, { { 0 } } },
    { "H.264", AV_CODEC_ID_H264, 0, MAX_FRAME, 6,
      { { 0, 0, 0, 1, 0x65, 0x88 }, { 0, 0, 0, 1, 0x41, 0x9a } } },
    { "H.265", AV_CODEC_ID_HEVC, 0, MAX_FRAME, 7,
      { { 0, 0, 0, 1, 0x26, 1, 0x88 }, { 0, 0, 0, 1, 2, 1, 0x88 } } },
    { "Opus", AV_CODEC_ID_OPUS, 1, 300, 1, { { 0x78 }, { 0x78 } } },
    /* Temporal delimiter, sequence header on key frames, frame. */
    { "AV1", AV_CODEC_ID_AV1, 0, MAX_FRAME, 7,
      { { 0x12, 0, 0x0a, 2, 0, 0, 0x32 }, { 0x12, 0, 0x2a, 2, 4, 4, 0x32 } } },
};

#define NB_CODECS (sizeof(codecs) / sizeof(codecs[0]))

typedef struct Stream {
    int       codec;
    Datagram  packets[MAX_PACKETS];
    int       frame_of[MAX_PACKETS];
    int       nb_packets;
    AVPacket *frames[MAX_FRAMES];
    int       nb_packets_of[MAX_FRAMES];
    int       nb_frames;
} Stream;

static uint64_t seed;

/* The smallest LEB128 there is for what follows it. */
static void put_obu_size(AVPacket *frame, size_t at)
{
    size_t left = frame->size - at - 1;

    if (left < 128) {
        frame->data[at] = left;
        return;
    }
    frame->data[at]     = 128 | ((left - 1) & 127);
    frame->data[at + 1] = (left - 1) >> 7;
}

/* No byte below 4: what stands behind the prefix holds no start code. */
static AVPacket *make_frame(int codec, int i)
{
    const size_t nb_clear = codecs[codec].nb_clear;
    size_t    size  = 1 + nb_clear +
                      random_below(&seed, codecs[codec].max - nb_clear);
    AVPacket *frame = av_packet_alloc();

    ck_assert_int_eq(av_new_packet(frame, size), 0);
    for (size_t j = 0; j < size; j++)
        frame->data[j] = 4 + random_below(&seed, 252);
    memcpy(frame->data, codecs[codec].clear[i > 0], nb_clear);
    if (codecs[codec].id == AV_CODEC_ID_AV1)
        put_obu_size(frame, nb_clear);
    frame->pts = frame->dts = (int64_t)i * 3000;
    if (i == 0)
        frame->flags |= AV_PKT_FLAG_KEY;
    return frame;
}

static int keep_packet(void *opaque, Datagram *datagram)
{
    Stream *s = opaque;

    ck_assert_int_lt(s->nb_packets, MAX_PACKETS);
    s->packets[s->nb_packets]    = *datagram;
    s->frame_of[s->nb_packets++] = s->nb_frames;
    s->nb_packets_of[s->nb_frames]++;
    *datagram = (Datagram){ 0 };
    return 0;
}

static RtpPacker *open_packer(int codec, uint16_t sequence, Stream *s)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    const RtpPackSetup setup = {
        .par = par, .time_base = { 1, codecs[codec].audio ? 48000 : 90000 },
        .payload_type = 96, .ssrc = 42, .sequence = sequence,
        .timestamp = UINT32_MAX - 20000, .taker = keep_packet, .opaque = s,
    };
    RtpPacker *packer = NULL;

    par->codec_id   = codecs[codec].id;
    par->codec_type = codecs[codec].audio ? AVMEDIA_TYPE_AUDIO
                                          : AVMEDIA_TYPE_VIDEO;
    if (codecs[codec].audio) {
        par->sample_rate = 48000;
        av_channel_layout_default(&par->ch_layout, 1);
    } else {
        par->width  = 320;
        par->height = 240;
    }
    ck_assert_int_eq(rtp_packer_open(&packer, &setup), 0);
    avcodec_parameters_free(&par);
    return packer;
}

static void make_stream(Stream *s, int codec, int nb_frames,
                        uint16_t sequence)
{
    RtpPackInfo info = { .audio_level = -1 };
    RtpPacker *packer;

    memset(s, 0, sizeof(*s));
    s->codec = codec;
    packer   = open_packer(codec, sequence, s);
    for (; s->nb_frames < nb_frames; s->nb_frames++) {
        AVPacket *frame = make_frame(codec, s->nb_frames);

        s->frames[s->nb_frames] = frame;
        info.tag.frame = s->nb_frames;
        ck_assert_int_eq(rtp_packer_send(packer, frame, &info), 0);
    }
    rtp_packer_free(&packer);
}

static void free_stream(Stream *s)
{
    for (int i = 0; i < s->nb_packets; i++)
        datagram_unref(&s->packets[i]);
    for (int i = 0; i < s->nb_frames; i++)
        av_packet_free(&s->frames[i]);
}

static RtpFrames *open_frames(int codec)
{
    RtpFrames *f = NULL;

    ck_assert_int_eq(rtp_frames_open(&f, codecs[codec].id, 96,
                                     codecs[codec].audio ? 48000 : 90000), 0);
    return f;
}

/* Whether there are such depacketizers in this FFmpeg, and right ones. */
static bool supported(int codec)
{
    const unsigned major = avformat_version() >> 16;

    return major >= (codecs[codec].id == AV_CODEC_ID_AV1    ? 62
                     : codecs[codec].id == AV_CODEC_ID_HEVC ? 60 : 0);
}

static void push(RtpFrames *f, const Stream *s, int i, unsigned nb_lost)
{
    uint64_t sequence = 65536 + rtp_sequence(s->packets[i].header);
    Datagram d;

    datagram_ref(&d, &s->packets[i]);
    if (sequence < 65536u + rtp_sequence(s->packets[0].header))
        sequence += 65536;
    ck_assert_int_eq(rtp_frames_push(f, &d, sequence, nb_lost), 0);
    ck_assert_ptr_null(d.buffer);
}

static void check_frame(const Stream *s, int i, const AVPacket *got,
                        const RtpFrameInfo *info, const RtpFrameInfo *first)
{
    const AVPacket *want = s->frames[i];

    check_that(info->tag.frame == (uint64_t)i, "frame %d, not %d",
               (int)info->tag.frame, i);
    assert_bytes(codecs[s->codec].name, got->data, got->size, want->data,
                 want->size);
    ck_assert_int_eq(info->timestamp - first->timestamp,
                     want->pts - 3000 * (int64_t)first->tag.frame);
    ck_assert_int_eq(got->pts, info->timestamp);
    ck_assert_uint_eq(info->nb_packets, s->nb_packets_of[i]);
    ck_assert_uint_eq(info->last - info->first + 1, s->nb_packets_of[i]);
    ck_assert(!(got->flags & AV_PKT_FLAG_CORRUPT));
}

START_TEST(refused)
{
    RtpFrames *f = NULL;
    int ret;

    log_init(-8);
    ret = rtp_frames_open(&f, codecs[_i].id, 96, 90000);
    ck_assert_int_eq(ret, supported(_i) ? 0 : AVERROR_PATCHWELCOME);
    ck_assert(supported(_i) == (f != NULL));
    rtp_frames_free(&f);
    ck_assert_int_eq(rtp_frames_open(&f, AV_CODEC_ID_PNG, 96, 90000),
                     AVERROR_PATCHWELCOME);
}
END_TEST

START_TEST(whole_stream)
{
    static Stream s;
    RtpFrameInfo info, first;
    AVPacket *got;
    RtpFrames *f;
    int next = 0;

    if (!supported(_i))
        return;
    got  = av_packet_alloc();
    seed = 300 + _i;
    make_stream(&s, _i, MAX_FRAMES, 65500);
    f = open_frames(_i);
    for (int i = 0; i < s.nb_packets; i++) {
        push(f, &s, i, 0);
        while (rtp_frames_read(f, got, &info) == 0) {
            if (!next)
                first = info;
            ck_assert(info.whole && !info.gap_before);
            check_frame(&s, next++, got, &info, &first);
        }
        /* At once, not when the next one comes. */
        ck_assert_int_eq(next, i + 1 == s.nb_packets ? s.nb_frames
                                                     : s.frame_of[i + 1]);
    }
    ck_assert_int_eq(rtp_frames_flush(f), 0);
    ck_assert_int_eq(rtp_frames_read(f, got, &info), AVERROR(EAGAIN));
    rtp_frames_free(&f);
    free_stream(&s);
    av_packet_free(&got);
}
END_TEST

/* Without packets lost to lost + nb - 1: the frames that they are of do not
 * come whole, unless the format cannot tell, and all others do. */
static void lose(const Stream *s, int lost, int nb)
{
    AVPacket *got = av_packet_alloc();
    RtpFrames *f = open_frames(s->codec);
    RtpFrameInfo info, first = { .nb_packets = 0 };
    bool came[MAX_FRAMES] = { 0 };
    int gaps = 0;

    for (int i = 0; i < s->nb_packets; i++) {
        if (i < lost || i >= lost + nb)
            push(f, s, i, i == lost + nb && lost ? nb : 0);
        if (i + 1 == s->nb_packets)
            rtp_frames_flush(f);
        while (rtp_frames_read(f, got, &info) == 0) {
            const int frame = info.tag.frame;
            const bool hurt = info.nb_packets !=
                              (unsigned)s->nb_packets_of[frame];

            gaps += info.gap_before;
            if (!first.nb_packets)
                first = info;
            check_that(!came[frame], "%d came twice", frame);
            came[frame] = true;
            if (!info.whole) {
                check_that(hurt, "%d was whole", frame);
                ck_assert_ptr_null(got->buf);
            } else if (hurt) {
                check_that(!info.start_known && (info.gap_before || !frame),
                           "%d called whole", frame);
            } else {
                check_frame(s, frame, got, &info, &first);
            }
        }
    }
    for (int i = 0; i < s->nb_frames; i++) {
        int nb_left = 0;

        for (int k = 0; k < s->nb_packets; k++)
            nb_left += s->frame_of[k] == i && (k < lost || k >= lost + nb);
        check_that(came[i] == (nb_left > 0), "frame %d", i);
    }
    ck_assert_int_le(gaps, 1);
    rtp_frames_free(&f);
    av_packet_free(&got);
}

START_TEST(each_packet_lost)
{
    static Stream s;

    if (!supported(_i))
        return;
    seed = 500 + _i;
    make_stream(&s, _i, 12, 65530);
    for (int nb = 1; nb <= 4; nb++)
        for (int lost = 0; lost + nb <= s.nb_packets; lost++)
            lose(&s, lost, nb);
    free_stream(&s);
}
END_TEST

/* The last packet comes or does not; no marker says where frames end. */
START_TEST(no_markers)
{
    static Stream s;
    AVPacket *got = av_packet_alloc();
    RtpFrameInfo info, first = { 0 };
    RtpFrames *f;
    int next = 0;

    seed = 900;
    make_stream(&s, 3, 20, 7);
    for (int i = 0; i < s.nb_packets; i++)
        s.packets[i].header[1] &= 0x7f;
    f = open_frames(3);
    for (int i = 0; i < s.nb_packets; i++) {
        push(f, &s, i, 0);
        if (i + 1 == s.nb_packets)
            rtp_frames_flush(f);
        while (rtp_frames_read(f, got, &info) == 0) {
            if (!next)
                first = info;
            ck_assert(info.whole);
            check_frame(&s, next++, got, &info, &first);
        }
    }
    ck_assert_int_eq(next, s.nb_frames);
    rtp_frames_free(&f);
    free_stream(&s);
    av_packet_free(&got);
}
END_TEST

/* --- by hand --- */

/* Packets "marker timestamp: payload", sequence numbers counting from 65534,
 * "-" for one that is lost; then what comes of it: "timestamp:frame",
 * "timestamp!" if it is not whole, with "g" for a gap before it and "?" if
 * its start is not known. */
static const struct {
    const char    *name;
    enum AVCodecID codec;
    const char    *packets, *frames;
} streams[] = {
    { "VP8, all of the descriptor", AV_CODEC_ID_VP8,
      "0 5:90f0812301e0aabbcc 1 5:80f081230120dd 1 6:90f081240200111213",
      "5:aabbccdd 6:111213" },
    { "VP8, short picture ids", AV_CODEC_ID_VP8,
      "1 5:90807f010203 1 6:90e07f0120040506 1 7:90a00180070809",
      "5:010203 6:040506 7:070809" },
    { "VP8, pictures lost in between", AV_CODEC_ID_VP8,
      "1 5:9080019d1213 - - 1 9:908003aabbcc", "5:9d1213 9:aabbccg" },
    { "VP8, starts with a part", AV_CODEC_ID_VP8,
      "1 5:00aabbcc 1 6:10bbccdd", "5!? 6:bbccdd" },
    { "VP8, other partitions", AV_CODEC_ID_VP8,
      "0 5:10aabbcc 1 5:11bb 0 6:11cc 1 6:11cc", "5:aabbccbb 6!?" },
    { "VP8, descriptor and nothing else", AV_CODEC_ID_VP8,
      "1 5:10aabbcc 1 6:908001 1 7:10ddeeff", "5:aabbcc 7:ddeeffg" },
    { "VP9, two layers", AV_CODEC_ID_VP9,
      "0 5:ac811200010a 0 5:a88112020111 1 5:a4811202012b 1 6:ac811300020c",
      "5:0a 5:112b 6:0c" },
    { "VP9, flexible mode", AV_CODEC_ID_VP9,
      "1 5:fc811200050204aa 1 6:9c8113bb 1 7:dc811302cc",
      "5:04aa 6:bb 7:cc" },
    { "VP9, scalability structure", AV_CODEC_ID_VP9,
      "1 5:8e811238014000f0028001e00204010402aabb",
      "5:aabb" },
    { "VP9, structure longer than the packet", AV_CODEC_ID_VP9,
      "1 5:0e38014000f0 1 6:0cbb", "6:bbg" },
    { "VP9, upper layer's start lost", AV_CODEC_ID_VP9,
      "0 5:ac811200010a - 1 5:a4811202012b 1 6:ac811300020c",
      "5:0a 5!g? 6:0c" },
    { "VP9, no end of a layer", AV_CODEC_ID_VP9,
      "0 5:08aa 1 5:0cbb", "5! 5:bb" },
    { "H.264, aggregated parameter sets", AV_CODEC_ID_H264,
      "0 5:78000267420002684e 1 5:65aabb 1 6:41cc",
      "5:00000001674200000001684e0000000165aabb 6:0000000141cc?" },
    { "H.264, fragments", AV_CODEC_ID_H264,
      "0 5:7c8511 0 5:7c0522 1 5:7c4533", "5:0000000165112233?" },
    { "H.264, first fragment lost", AV_CODEC_ID_H264,
      "1 4:4111 - 0 5:7c0522 1 5:7c4533 1 6:4144",
      "4:000000014111? 5!g? 6:000000014144?" },
    { "H.264, a type that is not known inside", AV_CODEC_ID_H264,
      "0 5:4111 0 5:7e22 1 5:4133 1 6:4144", "5!? 6:000000014144?" },
    { "Opus with and without markers", AV_CODEC_ID_OPUS,
      "1 5:78aa 0 965:78 - 0 2885:78bb", "5:78aa 965:78 2885:78bbg" },
    { "only padding between and within", AV_CODEC_ID_VP8,
      "p0 5:000003 1 5:10aabbcc p0 5:01 0 6:10bbbbbb p0 6:ff02 1 6:00cc",
      "5:aabbcc 6:bbbbbbcc" },
    { "padding behind a frame", AV_CODEC_ID_VP8,
      "p1 5:10aabbcc000003 p0 5:000003 p1 6:10bbccdd01",
      "5:aabbcc 6:bbccdd" },
    { "more padding than there is", AV_CODEC_ID_VP8,
      "1 4:10112233 p1 5:10aabbcc06 p1 6:10bbccdd00 1 7:10ccddee",
      "4:112233 7:ccddeeg" },
    { "more padding than there is, in a frame", AV_CODEC_ID_VP8,
      "0 4:10112233 p0 4:00aabbcc06 1 4:00dd", "4!" },
    { "timestamp wraps", AV_CODEC_ID_OPUS,
      "1 4294966000:7811 1 500:7822 1 1500:7833",
      "4294966000:7811 4294967796:7822 4294968796:7833" },
    { "another payload type between", AV_CODEC_ID_OPUS,
      "1 5:7811 x1 5:05 1 6:7822", "5:7811 6:7822" },
    { "frame without its end", AV_CODEC_ID_VP8,
      "1 4:10112233 0 5:10aabbcc", "4:112233 5!" },
    { "frame that a server cut", AV_CODEC_ID_VP8,
      "1 4:10112233 0 5:10aabbcc 1 6:10bbccdd", "4:112233 5! 6:bbccdd" },
};

#define NB_STREAMS (sizeof(streams) / sizeof(streams[0]))

static void push_text(RtpFrames *f, const char *flags, uint32_t timestamp,
                      const char *hex, uint64_t sequence, unsigned nb_lost)
{
    Bytes payload = hex_bytes(hex);
    uint8_t bytes[128] = { 0x92, 96, [15] = 1, [19] = 2, /* two CSRCs */
                           0xbe, 0xde, 0, 1, 0x10, 0x55, 0, 0 };
    const size_t header_size = 28;
    Datagram d;

    if (*flags == 'p')
        bytes[0] |= 0x20;
    if (*flags == 'x')
        bytes[1] = 13;
    if (flags[strlen(flags) - 1] == '1')
        bytes[1] |= 0x80;
    rtp_set_sequence(bytes, sequence);
    rtp_set_timestamp(bytes, timestamp);
    memcpy(bytes + header_size, payload.data, payload.size);
    ck_assert_int_eq(datagram_make(&d, NULL, bytes,
                                   header_size + payload.size), 0);
    ck_assert_uint_eq(d.header_size, header_size);
    ck_assert_int_eq(rtp_frames_push(f, &d, sequence, nb_lost), 0);
    free_bytes(&payload);
}

static void frames_to_text(RtpFrames *f, char *out, size_t size)
{
    AVPacket *frame = av_packet_alloc();
    RtpFrameInfo info;

    while (rtp_frames_read(f, frame, &info) == 0) {
        size_t length = strlen(out);

        length += snprintf(out + length, size - length,
                           "%s%" PRId64 "%s", length ? " " : "",
                           info.timestamp, info.whole ? ":" : "!");
        for (int i = 0; i < frame->size; i++)
            length += snprintf(out + length, size - length, "%02x",
                               frame->data[i]);
        snprintf(out + length, size - length, "%s%s",
                 info.gap_before ? "g" : "", info.start_known ? "" : "?");
    }
    av_packet_free(&frame);
}

START_TEST(by_hand)
{
    char packets[512], out[512] = "", hex[128], flags[8];
    uint64_t sequence = 65534;
    unsigned nb_lost = 0;
    RtpFrames *f = NULL;
    uint32_t timestamp;

    ck_assert_int_eq(rtp_frames_open(&f, streams[_i].codec, 96, 90000), 0);
    snprintf(packets, sizeof(packets), "%s", streams[_i].packets);
    for (char *text = strtok(packets, " "); text;
         text = strtok(NULL, " "), sequence++) {
        if (*text == '-') {
            nb_lost++;
            continue;
        }
        snprintf(flags, sizeof(flags), "%s", text);
        text = strtok(NULL, " ");
        ck_assert_int_eq(sscanf(text, "%u:%127s", &timestamp, hex), 2);
        push_text(f, flags, timestamp, hex, sequence, nb_lost);
        nb_lost = 0;
        frames_to_text(f, out, sizeof(out));
    }
    rtp_frames_flush(f);
    frames_to_text(f, out, sizeof(out));
    ck_assert_msg(!strcmp(out, streams[_i].frames), "%s: \"%s\", not \"%s\"",
                  streams[_i].name, out, streams[_i].frames);
    rtp_frames_free(&f);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("rtp_frames", &tests);

    tcase_add_loop_test(tests, refused, 0, NB_CODECS);
    tcase_add_loop_test(tests, whole_stream, 0, NB_CODECS);
    tcase_add_loop_test(tests, each_packet_lost, 0, NB_CODECS);
    tcase_add_test(tests, no_markers);
    tcase_add_loop_test(tests, by_hand, 0, NB_STREAMS);
    return run_suite(suite);
}
