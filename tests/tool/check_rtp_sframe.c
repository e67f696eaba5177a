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

/* SFrame's RTP payload format, by hand and there and back. */

#include <string.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/rtp_frames.h"
#include "net/rtp_pack.h"
#include "net/rtp_sframe.h"

static int tell_payload(void *opaque, const uint8_t *payload, size_t size,
                        bool last)
{
    char *out = opaque;
    size_t length = strlen(out);

    for (size_t i = 0; i < size; i++)
        length += snprintf(out + length, 256 - length, "%02x", payload[i]);
    snprintf(out + length, 256 - length, last ? "|" : " ");
    return 0;
}

static const struct {
    const char *frame;
    size_t      max;
    const char *payloads;
} splits[] = {
    { "aa", 100, "c0aa|" },
    { "aabbcc", 4, "c0aabbcc|" },
    { "aabbcc", 3, "80aabb 40cc|" },
    { "aabbccdd", 4, "80aabb 40ccdd|" },
    { "aabbcc", 2, "80aa 00bb 40cc|" },
    { "", 2, "" },
};

START_TEST(split)
{
    Bytes frame = hex_bytes(splits[_i].frame);
    char out[256] = "";

    ck_assert_int_eq(rtp_sframe_split(frame.data, frame.size, splits[_i].max,
                                      tell_payload, out), 0);
    ck_assert_str_eq(out, splits[_i].payloads);
    free_bytes(&frame);
}
END_TEST

static int refuse(void *opaque, const uint8_t *payload, size_t size,
                  bool last)
{
    ++*(int *)opaque;
    return AVERROR(EDOM);
}

START_TEST(sink_fails)
{
    int nb = 0;

    ck_assert_int_eq(rtp_sframe_split((const uint8_t *)"abcd", 4, 2, refuse,
                                      &nb), AVERROR(EDOM));
    ck_assert_int_eq(nb, 1);
}
END_TEST

static Datagram packet(int marker, uint16_t sequence, const char *hex)
{
    uint8_t bytes[128] = { 0x80, 96 };
    Bytes payload = hex_bytes(hex);
    Datagram d;

    bytes[1] |= marker << 7;
    rtp_set_sequence(bytes, sequence);
    rtp_set_timestamp(bytes, 90000);
    memcpy(bytes + RTP_HEADER_SIZE, payload.data, payload.size);
    ck_assert_int_eq(datagram_make(&d, NULL, bytes,
                                   RTP_HEADER_SIZE + payload.size), 0);
    free_bytes(&payload);
    return d;
}

START_TEST(wrap)
{
    const uint8_t sealed[] = { 1, 2, 3 };
    Datagram d = packet(1, 7, "65aabbccdd"), kept;
    uint8_t bytes[32];

    datagram_ref(&kept, &d);
    ck_assert_int_eq(rtp_sframe_wrap(&d, NULL, sealed, 3), 0);
    ck_assert_uint_eq(datagram_write(&d, bytes), RTP_HEADER_SIZE + 4);
    ck_assert_mem_eq(bytes, kept.header, RTP_HEADER_SIZE);
    ck_assert_mem_eq(bytes + RTP_HEADER_SIZE, "\xe0\1\2\3", 4);
    ck_assert_uint_eq(kept.payload[0], 0x65);
    datagram_unref(&d);
    datagram_unref(&kept);
}
END_TEST

/* Payloads in order, "-" lost; then frames, "!" not whole, "p" per packet,
 * "m" with a marker. */
static const struct {
    const char *name, *payloads, *frames;
} streams[] = {
    { "whole frames", "80aa 40bb c0cc 80dd 00ee 40ff",
      "aabbm cc ddeeffm" },
    { "piece lost", "80aa - 40bb c0cc", "!m cc" },
    { "end lost", "80aa - c0cc", "! cc" },
    { "end and start lost", "80aa - - 40bb c0cc", "!m cc" },
    { "start lost", "00aa 40bb c0cc", "!m cc" },
    { "no end", "80aa 80bb 40cc", "! bbccm" },
    { "per packet", "e0aa e0bb c0cc", "aap bbp cc" },
    { "per packet and whole in one", "80aa 60bb c0cc", "! cc" },
    { "descriptor alone", "80 40aa c0bb", "!m bb" },
    { "reserved bits are passed over", "9faa 5fbb", "aabbm" },
};

START_TEST(frames)
{
    RtpFrames *f = NULL;
    AVPacket *frame = av_packet_alloc();
    RtpFrameInfo info;
    char payloads[128], out[256] = "";
    uint64_t sequence = 70000;
    unsigned nb_lost = 0;

    snprintf(payloads, sizeof(payloads), "%s", streams[_i].payloads);
    ck_assert_int_eq(rtp_frames_open(&f, AV_CODEC_ID_NONE, 96, 90000), 0);
    for (char *hex = strtok(payloads, " "); hex;
         hex = strtok(NULL, " "), sequence++) {
        Datagram d;

        if (*hex == '-') {
            nb_lost++;
            continue;
        }
        d = packet(*hex == '4' || *hex == '5', sequence, hex);
        ck_assert_int_eq(rtp_frames_push(f, &d, sequence, nb_lost), 0);
        nb_lost = 0;
        while (rtp_frames_read(f, frame, &info) == 0) {
            size_t length = strlen(out);

            ck_assert_int_eq(info.whole, frame->size > 0);
            length += snprintf(out + length, 256 - length, "%s%s",
                               length ? " " : "", info.whole ? "" : "!");
            for (int i = 0; i < frame->size; i++)
                length += snprintf(out + length, 256 - length, "%02x",
                                   frame->data[i]);
            snprintf(out + length, 256 - length, "%s%s",
                     info.per_packet ? "p" : "", info.marker ? "m" : "");
        }
    }
    ck_assert_msg(!strcmp(out, streams[_i].frames), "%s: \"%s\", not \"%s\"",
                  streams[_i].name, out, streams[_i].frames);
    rtp_frames_free(&f);
    av_packet_free(&frame);
}
END_TEST

static int push(void *opaque, Datagram *datagram)
{
    uint64_t sequence = 65536 + rtp_sequence(datagram->header);

    return rtp_frames_push(opaque, datagram, sequence, 0);
}

START_TEST(there_and_back)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket *sent = av_packet_alloc(), *got = av_packet_alloc();
    RtpPackSetup setup = {
        .par = par, .time_base = { 1, 90000 }, .payload_type = 96,
        .timestamp = 5, .sframe = true, .extensions = true, .taker = push,
    };
    const RtpPackInfo pack_info = { .audio_level = -1 };
    RtpFrames *f = NULL;
    RtpPacker *packer = NULL;
    RtpFrameInfo info;
    uint64_t seed = 3;

    par->codec_id   = AV_CODEC_ID_AV1;
    par->codec_type = AVMEDIA_TYPE_VIDEO;
    ck_assert_int_eq(rtp_frames_open(&f, AV_CODEC_ID_NONE, 96, 90000), 0);
    setup.opaque = f;
    ck_assert_int_eq(rtp_packer_open(&packer, &setup), 0);
    for (int i = 0; i < 200; i++) {
        ck_assert_int_eq(av_new_packet(sent, 1 + random_below(&seed, 9000)),
                         0);
        random_fill(&seed, sent->data, sent->size);
        sent->pts = sent->dts = 3000 * i;
        ck_assert_int_eq(rtp_packer_send(packer, sent, &pack_info), 0);
        ck_assert_int_eq(rtp_frames_read(f, got, &info), 0);
        assert_bytes("frame", got->data, got->size, sent->data, sent->size);
        ck_assert(info.whole && info.start_known && !info.per_packet);
        ck_assert_int_eq(got->pts, sent->pts + 5);
        ck_assert_int_eq(rtp_frames_read(f, got, &info), AVERROR(EAGAIN));
        av_packet_unref(sent);
        av_packet_unref(got);
    }
    rtp_packer_free(&packer);
    rtp_frames_free(&f);
    avcodec_parameters_free(&par);
    av_packet_free(&sent);
    av_packet_free(&got);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("rtp_sframe", &tests);

    tcase_add_loop_test(tests, split, 0, sizeof(splits) / sizeof(splits[0]));
    tcase_add_test(tests, sink_fails);
    tcase_add_test(tests, wrap);
    tcase_add_loop_test(tests, frames, 0,
                        sizeof(streams) / sizeof(streams[0]));
    tcase_add_test(tests, there_and_back);
    return run_suite(suite);
}
