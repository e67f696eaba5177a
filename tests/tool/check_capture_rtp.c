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


/* RTP of captures: found by itself among what else is on the wire, put in
 * order, unwrapped, described by SDP or --map or guessed, on one clock. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/base64.h>
#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>
#include <libavutil/macros.h>

#include "capture_bytes.h"
#include "capture_errors.h"
#include "net/rtp_pack.h"
#include "net/srtp_hop.h"

#define NB    40
#define SIZE  60
#define SSRC  0x1234
#define MS    1000

static Made    made;
static uint8_t payload[2048], packet[2048];

/* Opus packet n, as most tests have it. */
static Rtp opus(int n)
{
    fill_payload(payload, SIZE, n);
    return (Rtp){ .payload_type = 111, .sequence = 100 + n,
                  .timestamp = 960 * n, .ssrc = SSRC, .payload = payload,
                  .size = SIZE };
}

static void put_rtp(int64_t time, const Rtp *rtp)
{
    put_pcap_udp(&made, time, 5004, packet, make_rtp(packet, rtp));
}

static void put_opus(int n)
{
    Rtp rtp = opus(n);

    put_rtp(20 * MS * n, &rtp);
}

static const char *write_text(const char *text)
{
    return write_file((const uint8_t *)text, strlen(text));
}

static const char sdp[] =
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n"
    "a=fmtp:63 111/111\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 116 117 118\r\na=content:slides\r\n"
    "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=rtpmap:116 red/90000\r\na=rtpmap:117 ulpfec/90000\r\n"
    "a=rtpmap:118 flexfec-03/90000\r\n"
    "a=ssrc-group:FID 8888 9999\r\na=ssrc:8888 cname:x\r\n"
    "a=ssrc:9999 cname:x\r\n";

/* --- order --- */

START_TEST(numbers_and_timestamps_wrap)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        rtp.sequence  = 65520 + n;
        rtp.timestamp = UINT32_MAX - 9599 + 960 * n;
        put_rtp(20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_restarts, 0);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
    for (int n = 0; n < NB; n++) {
        ck_assert_int_eq(o->frames[n].pts, 960 * n);
        ck_assert_int_eq(o->frames[n].frame.time, 20 * MS * n);
    }
}
END_TEST

START_TEST(order_is_restored_and_repeats_are_dropped)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        put_opus(n % 8 == 4 ? n + 1 : n % 8 == 5 ? n - 1 : n);
        if (n % 10 == 7)
            put_opus(n);
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_duplicates, NB / 10);
    ck_assert_uint_eq(o->tracks[0].nb_reordered, NB / 8);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
}
END_TEST

START_TEST(gaps_are_counted_and_told)
{
    Outcome *o;
    int nb = 0;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++)
        if (n != 20 && n != 30 && n != 31)
            put_opus(n);
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    for (int i = 0; i < o->nb_frames; i++) {
        const Got *got = &o->frames[i];

        ck_assert(got->frame.whole);
        ck_assert_int_eq(got->frame.gap_before,
                         AV_RB16(got->data + 1) == 21 ||
                         AV_RB16(got->data + 1) == 32);
        nb++;
    }
    ck_assert_int_eq(nb, NB - 3);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 3);
    ck_assert_uint_eq(o->tracks[0].nb_gaps, 2);
    ck_assert_uint_eq(o->tracks[0].nb_frames, NB - 3);
}
END_TEST

/* The recorder's time decides how long a gap holds up the rest. */
START_TEST(late_packets_are_late)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        if (n != 20)
            put_rtp(20 * MS * n, &rtp);
    }
    {
        Rtp rtp = opus(20);

        put_rtp(20 * MS * NB, &rtp);
    }
    o = read_made(&made, &(InputSetup){ .deadline = 100 * MS });
    ck_assert_uint_eq(o->tracks[0].nb_late, 1);
    ck_assert_uint_eq(o->tracks[0].nb_frames, NB - 1);
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_late, 0);
}
END_TEST

/* --- what stands around a payload --- */

START_TEST(extensions_and_padding_are_taken_off)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        rtp.nb_csrc   = n % 16;
        rtp.extension = n % 3 ? 1 + n : 0;
        rtp.padding   = n % 5 ? 0 : 1 + 6 * n;
        put_rtp(20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_padded, NB / 5);
    for (int n = 0; n < NB; n++) {
        const InputFrame *frame = &o->frames[n].frame;

        ck_assert_int_eq(frame->padded, n % 5 == 0);
        ck_assert_uint_eq(frame->tail_size, n % 5 ? 0 : 1 + 6 * n);
        if (frame->tail_size)
            ck_assert_int_eq(frame->tail[6 * n], 1 + 6 * n);
    }
}
END_TEST

/* Probing for bandwidth takes sequence numbers of the media. */
START_TEST(packets_of_padding_alone_are_no_gap)
{
    Outcome *o;
    int sequence = 0;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        rtp.sequence = sequence++;
        put_rtp(20 * MS * n, &rtp);
        for (int i = 0; i < n % 4; i++) {
            rtp.sequence = sequence++;
            rtp.size     = 0;
            rtp.padding  = 255;
            put_rtp(20 * MS * n, &rtp);
        }
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
    ck_assert_uint_eq(o->tracks[0].nb_incomplete, 0);
}
END_TEST

START_TEST(impossible_headers_are_counted)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp    rtp  = opus(n);
        size_t size = make_rtp(packet, &rtp);

        put_pcap_udp(&made, 20 * MS * n, 5004, packet, size);
        if (n < 10) {
            packet[0] = 0x90; /* an extension that is longer than all */
            AV_WB16(packet + 14, 0xffff);
            put_pcap_udp(&made, 20 * MS * n, 5004, packet, size);
            packet[0] = 0x8f; /* CSRCs past the end */
            put_pcap_udp(&made, 20 * MS * n, 5004, packet, 40);
        } else if (n < 15) {
            packet[0] = 0xa0; /* more padding than packet */
            packet[3]++;
            packet[size - 1] = 255;
            put_pcap_udp(&made, 20 * MS * n, 5004, packet, size);
            packet[size - 1] = 0;
            put_pcap_udp(&made, 20 * MS * n, 5004, packet, size);
        }
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_ge(o->info.nb_malformed, 20);
}
END_TEST

/* RED with the two frames before, of which every third packet is lost. */
static size_t make_red(uint8_t *out, int n)
{
    int    nb = FFMIN(n, 2);
    size_t at = 0;

    for (int i = nb; i > 0; i--) {
        out[at] = 0x80 | 111;
        AV_WB24(out + at + 1, 960 * i << 10 | SIZE);
        at += 4;
    }
    out[at++] = 111;
    for (int i = nb; i >= 0; i--, at += SIZE)
        fill_payload(out + at, SIZE, n - i);
    return at;
}

START_TEST(red_is_used)
{
    const char *maps[] = { "63=red", "111=opus/48000" };
    InputSetup setups[] = {
        { 0 }, { .maps = maps, .nb_maps = 2 }, { .sdp = write_text(sdp) }
    };
    uint8_t red[512];

    for (int i = 0; i < 3; i++) {
        Outcome *o;

        begin_pcap(&made, 1);
        for (int n = 0; n < NB; n++) {
            size_t size = make_red(red, n);

            if (n % 3 != 1)
                put_rtp(20 * MS * n,
                        &(Rtp){ .payload_type = 63, .sequence = 500 + n,
                                .timestamp = 960 * n, .ssrc = SSRC,
                                .payload = red, .size = size });
        }
        o = read_made(&made, &setups[i]);
        ck_assert_int_eq(o->nb_tracks, 1);
        check_numbers(o, NULL, 0, o->nb_frames, SIZE);
        ck_assert_int_ge(o->nb_frames, NB - 1);
        ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
        ck_assert_uint_eq(o->tracks[0].nb_red, NB - NB / 3);
        ck_assert(o->frames[5].frame.red);
    }
    unlink(setups[2].sdp);
}
END_TEST

/* VP8 frames of two packets; every seventh packet comes as RTX alone. */
static void make_rtx(void)
{
    uint8_t frame[512], rtx[512];
    int sequence = 65500, rtx_sequence = 9;

    begin_pcap(&made, 1);
    for (int n = 0; n < 2 * NB; n++) {
        Rtp rtp = { .payload_type = 96, .sequence = sequence++,
                    .timestamp = 90000 + 3000 * (n / 2), .ssrc = 8888,
                    .marker = n & 1, .payload = frame, .size = 1 + SIZE };

        fill_payload(frame + 1, SIZE, n);
        frame[0] = n & 1 ? 0 : 0x10;
        frame[1] = n & 1 ? 0x77 : 0x31; /* a delta frame */
        if (n % 7 != 5)
            put_rtp(16 * MS * n, &rtp);
        if (n % 7 == 5 || n % 7 == 3) {
            AV_WB16(rtx, rtp.sequence);
            memcpy(rtx + 2, frame, rtp.size);
            rtp.payload_type = 97;
            rtp.ssrc         = 9999;
            rtp.sequence     = rtx_sequence++;
            rtp.payload      = rtx;
            rtp.size        += 2;
            put_rtp(16 * MS * n + 5 * MS, &rtp);
        }
    }
}

START_TEST(rtx_fills_gaps)
{
    const char *maps[] = { "96=VP8", "97=rtx/96" };
    InputSetup setups[] = {
        { 0 }, { .maps = maps, .nb_maps = 2 }, { .sdp = write_text(sdp) }
    };
    Outcome *o;

    make_rtx();
    for (int i = 0; i < 3; i++) {
        static const char *const from[] = { "guessed", "--map", "SDP" };

        o = read_made(&made, &setups[i]);
        ck_assert_int_eq(o->nb_tracks, 1);
        ck_assert_int_eq(o->codecs[0], AV_CODEC_ID_VP8);
        ck_assert_str_eq(o->tracks[0].codec_from, from[i]);
        ck_assert_str_eq(o->tracks[0].kind, i == 2 ? "share" : "video");
        ck_assert_uint_eq(o->tracks[0].nb_frames, NB);
        ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
        ck_assert_uint_ge(o->tracks[0].nb_rtx, 20);
        ck_assert_uint_eq(o->tracks[0].nb_duplicates, 0);
        for (int n = 0; n < NB; n++) {
            ck_assert_int_eq(o->frames[n].size, 2 * SIZE);
            ck_assert_int_eq(o->frames[n].frame.nb_packets, 2);
        }
    }
    unlink(setups[2].sdp);
}
END_TEST

START_TEST(fec_is_skipped_and_counted)
{
    InputSetup setup = { .sdp = write_text(sdp) };
    uint8_t frame[256];
    Outcome *o;
    int sequence = 0;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = { .payload_type = 116, .timestamp = 3000 * n, .ssrc = 8888,
                    .payload = frame, .size = 2 + SIZE };

        /* RED without redundancy around VP8, and around ULPFEC. */
        frame[0] = 96;
        frame[1] = 0x10;
        fill_payload(frame + 2, SIZE, n);
        rtp.sequence = sequence++;
        rtp.marker   = true;
        put_rtp(33 * MS * n, &rtp);
        frame[0] = 117;
        rtp.sequence = sequence++;
        rtp.marker   = false;
        put_rtp(33 * MS * n, &rtp);
        /* FlexFEC without RED, as another SSRC. */
        rtp.payload_type = 118;
        rtp.ssrc         = 7777;
        put_rtp(33 * MS * n, &rtp);
    }
    o = read_made(&made, &setup);
    unlink(setup.sdp);
    ck_assert_int_eq(o->nb_tracks, 1);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_fec, NB);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
    ck_assert_uint_eq(o->info.nb_unknown, NB);
}
END_TEST

/* --- who is who --- */

START_TEST(a_recording_goes_on_under_another_ssrc)
{
    Outcome *o;
    int64_t last = -1;

    begin_mjr(&made, "{\"t\":\"a\",\"c\":\"opus\",\"u\":1}");
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        if (n >= 15) {
            rtp.ssrc      = 0x777;
            rtp.sequence  = 40000 + n;
            rtp.timestamp = 0x80000000 + 960 * n;
        }
        put_mjr(&made, 20 * MS * n, packet, make_rtp(packet, &rtp));
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_restarts, 1);
    ck_assert_uint_eq(o->tracks[0].nb_lost, 0);
    for (int n = 0; n < NB; n++) {
        ck_assert_int_gt(o->frames[n].pts, last);
        ck_assert_int_eq(o->frames[n].frame.time, 20 * MS * n);
        last = o->frames[n].pts;
    }
}
END_TEST

START_TEST(a_sequence_that_begins_anew)
{
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        rtp.sequence += n >= 20 ? 30000 : 0;
        put_rtp(20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_restarts, 1);
}
END_TEST

START_TEST(a_stream_goes_on_after_bye)
{
    uint8_t bye[] = { 0x81, 203, 0, 1, 0, 0, 0x12, 0x34 };
    uint8_t rr[] = { 0x80, 201, 0, 1, 0, 0, 0x12, 0x34 };
    uint8_t compound[16];
    Outcome *o;

    memcpy(compound, rr, 8);
    memcpy(compound + 8, bye, 8);
    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        rtp.ssrc = n < 20 ? SSRC : 0x999;
        if (n == 20)
            put_pcap_udp(&made, 20 * MS * n, 5004, compound, 16);
        put_rtp(20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->tracks[0].nb_restarts, 1);
    ck_assert_uint_eq(o->tracks[0].ssrc, 0x999);
}
END_TEST

/* STUN, DTLS, DNS and noise: none of it is a track. */
START_TEST(what_is_not_rtp_is_told_apart)
{
    uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
    uint8_t dtls[40] = { 22, 0xfe, 0xfd };
    uint64_t seed = 3;
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        uint8_t noise[100];

        put_opus(n);
        put_pcap_udp(&made, 20 * MS * n, 5004, stun, sizeof(stun));
        put_pcap_udp(&made, 20 * MS * n, 5004, dtls, sizeof(dtls));
        random_fill(&seed, noise, sizeof(noise));
        put_pcap_udp(&made, 20 * MS * n, 53, noise, sizeof(noise));
        noise[0] = 0x80; /* like RTP, of another SSRC each time */
        noise[1] = 0x60;
        put_pcap_udp(&made, 20 * MS * n, 7000, noise, sizeof(noise));
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->info.nb_records, 5 * NB);
    ck_assert_uint_ge(o->info.nb_stun, NB);
    ck_assert_uint_ge(o->info.nb_dtls, NB);
}
END_TEST

/* More SSRCs than are looked at; then a real stream. */
START_TEST(noise_does_not_keep_streams_out)
{
    uint64_t seed = 5;
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < 2500; n++) {
        uint8_t noise[20];

        random_fill(&seed, noise, sizeof(noise));
        noise[0] = 0x80;
        noise[1] = 0x60;
        put_pcap_udp(&made, 2 * MS * n, 7000, noise, sizeof(noise));
    }
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        put_rtp(5000 * MS + 20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    check_numbers(o, NULL, 0, NB, SIZE);
}
END_TEST

/* Without its keys SRTP looks like RTP, and beside DTLS it is SRTP. */
START_TEST(missing_hop_keys_are_asked_for)
{
    uint8_t dtls[40] = { 22, 0xfe, 0xfd };
    const char *said;

    begin_pcap(&made, 1);
    put_pcap_udp(&made, 0, 5004, dtls, sizeof(dtls));
    for (int n = 0; n < NB; n++)
        put_opus(n);
    capture_errors_begin();
    read_made(&made, NULL);
    said = capture_errors_end();
    check_that(strstr(said, "give the hop's keys by --srtp-keys") &&
               strchr(said, '\n') == said + strlen(said) - 1, "said %s",
               said);
}
END_TEST

static int put_packed(void *opaque, Datagram *datagram)
{
    uint8_t data[RTP_MTU];

    put_pcap_udp(&made, *(int64_t *)opaque, 5004, data,
                 datagram_write(datagram, data));
    return 0;
}

static const struct {
    enum AVCodecID id;
    size_t         nb_clear;
    uint8_t        clear[2][12]; ///< on key frames, on others
} codecs[] = {
    { AV_CODEC_ID_VP8, 10,
      { { 0x10, 0x42, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0 }, { 0x11, 7, 3 } } },
    { AV_CODEC_ID_VP9, 0, { { 0 }, { 0 } } },
    { AV_CODEC_ID_H264, 6,
      { { 0, 0, 0, 1, 0x65, 0x88 }, { 0, 0, 0, 1, 0x41, 0x9a } } },
    { AV_CODEC_ID_HEVC, 7,
      { { 0, 0, 0, 1, 0x26, 1, 0xaf }, { 0, 0, 0, 1, 2, 1, 0xd0 } } },
    { AV_CODEC_ID_OPUS, 1, { { 0x78 }, { 0x78 } } },
};

#define NB_CODECS (sizeof(codecs) / sizeof(codecs[0]))

/* Sealed frames of random bytes: what stays clear has to do. */
START_TEST(codecs_are_guessed)
{
    bool audio = codecs[_i].id == AV_CODEC_ID_OPUS;
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket  *frame  = av_packet_alloc();
    RtpPacker *packer = NULL;
    uint64_t   seed   = 9 + _i;
    int64_t    time   = 0;
    const RtpPackInfo info = { .audio_level = -1 };
    const RtpPackSetup setup = {
        .par = par, .time_base = { 1, audio ? 48000 : 90000 },
        .payload_type = 96, .ssrc = 42, .sequence = 65500,
        .timestamp = 90000, .taker = put_packed, .opaque = &time,
    };
    Outcome   *o;

    if (codecs[_i].id == AV_CODEC_ID_HEVC && LIBAVCODEC_VERSION_MAJOR < 60)
        goto end;
    par->codec_id   = codecs[_i].id;
    par->codec_type = audio ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
    par->sample_rate = audio ? 48000 : 0;
    if (audio)
        av_channel_layout_default(&par->ch_layout, 2);
    par->width = par->height = 320;
    begin_pcap(&made, 1);
    ck_assert_int_eq(rtp_packer_open(&packer, &setup), 0);
    for (int n = 0; n < NB; n++) {
        size_t size = audio ? 80 : 400 + random_below(&seed, 3000);

        ck_assert_int_eq(av_new_packet(frame, size), 0);
        for (size_t i = 0; i < size; i++)
            frame->data[i] = 4 + random_below(&seed, 252);
        memcpy(frame->data, codecs[_i].clear[n % 20 > 0],
               codecs[_i].nb_clear);
        frame->pts = frame->dts = n * (audio ? 960 : 3003);
        time = frame->pts * 1000000 / (audio ? 48000 : 90000);
        ck_assert_int_eq(rtp_packer_send(packer, frame, &info), 0);
        av_packet_unref(frame);
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    ck_assert_str_eq(o->tracks[0].codec_from, "guessed");
    ck_assert_int_eq(o->codecs[0], codecs[_i].id);
    ck_assert_uint_eq(o->tracks[0].nb_frames, NB);

end:
    rtp_packer_free(&packer);
    avcodec_parameters_free(&par);
    av_packet_free(&frame);
}
END_TEST

START_TEST(a_stream_that_nothing_explains_is_a_track_without_frames)
{
    Outcome *o;
    uint64_t seed = 12;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);

        random_fill(&seed, payload, SIZE);
        payload[0] |= 0x81;
        rtp.timestamp = 1777 * n;
        put_rtp(20 * MS * n, &rtp);
    }
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->nb_tracks, 1);
    ck_assert_int_eq(o->codecs[0], AV_CODEC_ID_NONE);
    ck_assert_str_eq(o->tracks[0].codec_from, "nothing");
    ck_assert_uint_eq(o->tracks[0].nb_packets, NB);
    ck_assert_int_eq(o->nb_frames, 0);
    ck_assert_uint_eq(o->info.nb_unknown, NB);
    o = read_made(&made, &(InputSetup){
                             .maps    = (const char *[]){ "111=opus" },
                             .nb_maps = 1 });
    ck_assert_int_eq(o->codecs[0], AV_CODEC_ID_OPUS);
    ck_assert_uint_eq(o->tracks[0].nb_frames, NB);
}
END_TEST

/* --- time --- */

/* Audio and video of one sender, whose video waits 200 ms on its way; with
 * reports, what was taken together is together. */
START_TEST(sender_reports_align_tracks)
{
    const int64_t epoch = INT64_C(3900000000) * 1000000;
    InputSetup setup = { .sdp = write_text(sdp) };
    uint8_t frame[128] = { 0x10 };
    Outcome *o;

    for (int reports = 0; reports < 2; reports++) {
        int64_t first[2] = { -1, -1 };

        begin_pcap(&made, 1);
        for (int n = 0; n < 400; n++) {
            Rtp audio = opus(n);
            Rtp video = { .payload_type = 96, .sequence = n, .ssrc = 8888,
                          .timestamp = 777 + 1800 * n, .marker = true,
                          .payload = frame, .size = 100 };

            put_rtp(20 * MS * n, &audio);
            fill_payload(frame + 1, 99, n);
            if (n >= 10) {
                video.timestamp = 777 + 1800 * (n - 10);
                put_rtp(20 * MS * n, &video);
            }
            if (reports && n % 50 == 20) {
                put_pcap_udp(&made, 20 * MS * n, 5004, packet,
                             make_report(packet, SSRC, epoch + 20 * MS * n,
                                         960 * n));
                put_pcap_udp(&made, 20 * MS * n, 5004, packet,
                             make_report(packet, 8888, epoch + 20 * MS * n,
                                         777 + 1800 * n));
            }
        }
        o = read_made(&made, &setup);
        ck_assert_int_eq(o->nb_tracks, 2);
        for (int i = 0; i < o->nb_frames; i++) {
            int kind = o->frames[i].size == SIZE ? 0 : 1;

            if (first[kind] < 0)
                first[kind] = o->frames[i].frame.time;
        }
        ck_assert_int_eq(first[0], 0);
        ck_assert_int_eq(first[1], reports ? 0 : 200 * MS);
    }
    unlink(setup.sdp);
}
END_TEST

/* A sender whose clock is 200 ppm fast for an hour of Opus: 0.7 s. */
START_TEST(drift_is_followed)
{
    static Outcome *o;
    static uint8_t small[64];

    begin_pcap(&made, 1);
    for (int n = 0; n < 1200; n++) {
        Rtp rtp = { .payload_type = 111, .sequence = n, .ssrc = SSRC,
                    .timestamp = 48000 * 3 * n, .payload = small,
                    .size = 10 };

        small[0] = 0x78;
        put_rtp((3000 * MS - 600) * (int64_t)n, &rtp);
    }
    o = read_made(&made, &(InputSetup){
                             .maps    = (const char *[]){ "111=opus" },
                             .nb_maps = 1 });
    ck_assert_int_eq(o->nb_frames, 1200);
    for (int n = 1; n < 1200; n++) {
        int64_t off = o->frames[n].frame.time - (3000 * MS - 600) *
                                                    (int64_t)n;

        check_that(FFABS(off) < 100 * MS, "frame %d is off by %d ms", n,
                   (int)(off / MS));
        ck_assert_int_gt(o->frames[n].pts, o->frames[n - 1].pts);
    }
}
END_TEST

START_TEST(recordings_of_one_room_are_merged_by_time)
{
    static const char *const headers[] = {
        "{\"t\":\"a\",\"c\":\"opus\",\"u\":1700000000000000}",
        "{\"t\":\"a\",\"c\":\"opus\",\"u\":1700000000130000,\"d\":\"screen\"}",
    };
    const char *paths[2];
    int64_t last = 0;
    Outcome *o;

    for (int i = 0; i < 2; i++) {
        begin_mjr(&made, headers[i]);
        for (int n = 0; n < NB; n++) {
            Rtp rtp = opus(n);

            put_mjr(&made, 20 * MS * n, packet, make_rtp(packet, &rtp));
        }
        paths[i] = write_file(made.data, made.size);
    }
    o = read_files(paths, 2, NULL);
    unlink(paths[0]);
    unlink(paths[1]);
    ck_assert_int_eq(o->nb_tracks, 2);
    ck_assert_int_eq(o->nb_frames, 2 * NB);
    ck_assert_str_eq(o->tracks[1].label, "screen");
    ck_assert_str_eq(o->tracks[1].kind, "share_audio");
    check_numbers(o, "screen", 0, NB, SIZE);
    for (int i = 0; i < o->nb_frames; i++) {
        const Got *got = &o->frames[i];
        int n = AV_RB16(got->data + 1);

        ck_assert_int_ge(got->frame.time, last);
        ck_assert_int_eq(got->frame.time, 20 * MS * n +
                         (strcmp(got->label, "screen") ? 0 : 130 * MS));
        last = got->frame.time;
    }
}
END_TEST

START_TEST(recordings_of_other_days_begin_at_zero)
{
    static const char *const headers[] = {
        "{\"t\":\"a\",\"c\":\"opus\",\"u\":1700000000000000}",
        "{\"t\":\"a\",\"c\":\"opus\",\"u\":1700100000000000,\"d\":\"b\"}",
    };
    const char *paths[2], *said;
    Outcome *o;

    for (int i = 0; i < 2; i++) {
        begin_mjr(&made, headers[i]);
        for (int n = 0; n < NB; n++) {
            Rtp rtp = opus(n);

            put_mjr(&made, 20 * MS * n, packet, make_rtp(packet, &rtp));
        }
        paths[i] = write_file(made.data, made.size);
    }
    capture_errors_begin();
    o    = read_files(paths, 2, NULL);
    said = capture_errors_end();
    ck_assert_ptr_nonnull(strstr(said, "over a day after the others"));
    unlink(paths[0]);
    unlink(paths[1]);
    ck_assert_int_eq(o->nb_frames, 2 * NB);
    for (int i = 0; i < o->nb_frames; i++)
        ck_assert_int_eq(o->frames[i].frame.time, 20 * MS * (i / 2));
}
END_TEST

/* --- hop encryption --- */

static const uint8_t master[60] = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38
};

static void make_srtp(SrtpProfile profile)
{
    SrtpHop *hop = NULL;

    ck_assert_int_eq(srtp_hop_open(&hop, profile, true, master), 0);
    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        Rtp rtp = opus(n);
        Datagram datagram;

        ck_assert_int_eq(datagram_make(&datagram, NULL, packet,
                                       make_rtp(packet, &rtp)), 0);
        ck_assert_int_eq(srtp_hop_protect(hop, &datagram), 0);
        put_pcap_udp(&made, 20 * MS * n, 5004, packet,
                     datagram_write(&datagram, packet));
        datagram_unref(&datagram);
    }
    srtp_hop_free(&hop);
}

static const char *key_file(SrtpProfile profile, bool sdes, uint8_t flip)
{
    char text[512], base64[128], hex[128];
    uint8_t key[60];
    size_t  size = srtp_key_size(profile);

    memcpy(key, master, size);
    key[3] ^= flip;
    av_base64_encode(base64, sizeof(base64), key, size);
    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", key[i]);
    if (sdes)
        snprintf(text, sizeof(text), "v=0\r\na=crypto:1 %s inline:%s|2^31\r\n",
                 srtp_profile_name(profile), base64);
    else
        snprintf(text, sizeof(text), "# keys\nSRTP_MASTER_KEY 0x9999 %s %s\n"
                 "SRTP_MASTER_KEY 0x1234 %s %s\n", srtp_profile_name(profile),
                 hex, srtp_profile_name(profile), hex);
    return write_text(text);
}

START_TEST(srtp_opens_with_the_hop_keys)
{
    for (SrtpProfile profile = 1; profile < SRTP_PROFILE_NB; profile++) {
        make_srtp(profile);
        for (int form = 0; form < 3; form++) {
            InputSetup setup = {
                .srtp_keys = key_file(profile, form & 1, form == 2)
            };
            Outcome *o = read_made(&made, &setup);

            unlink(setup.srtp_keys);
            ck_assert_int_eq(o->ended, AVERROR_EOF);
            check_numbers(o, NULL, 0, form == 2 ? 0 : NB, SIZE);
            ck_assert_uint_eq(o->info.nb_undecrypted, form == 2 ? NB : 0);
            ck_assert_int_eq(o->nb_tracks, form < 2);
        }
    }
}
END_TEST

/* --- what a user may write --- */

static const struct {
    const char *map, *sdp, *keys, *says;
} wrongs[] = {
    { "vp8", NULL, NULL, "--map: 'vp8' is not NUMBER=NAME[/RATE]" },
    { "96=", NULL, NULL, "--map: '96=' is not" },
    { "128=vp8", NULL, NULL, "--map: '128=vp8' is not" },
    { "96=theora", NULL, NULL, "--map: '96=theora' is not" },
    { "96=vp8/x", NULL, NULL, "--map: '96=vp8/x' is not" },
    { NULL, "v=0\n", NULL, "no line begins with m=" },
    { NULL, NULL, "nothing\n", "no line begins with a=crypto:" },
    { NULL, NULL, "\na=crypto:1 ROT13 inline:abcd\n",
      "line 2 has an unknown suite" },
    { NULL, NULL, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcd\n",
      "line 1 has a key of another length than the suite's" },
    { NULL, NULL, "SRTP_MASTER_KEY any AES_CM_128_HMAC_SHA1_80 abcd\n",
      "line 1 has a key of another length than the profile's" },
    { NULL, NULL, "SRTP_MASTER_KEY x AES_CM_128_HMAC_SHA1_80 abcd\n",
      "line 1 has an SSRC that is neither" },
};

START_TEST(a_wrong_description_gives_one_line)
{
    InputSetup setup = {
        .maps      = &wrongs[_i].map,
        .nb_maps   = wrongs[_i].map != NULL,
        .sdp       = wrongs[_i].sdp ? write_text(wrongs[_i].sdp) : NULL,
        .srtp_keys = wrongs[_i].keys ? write_text(wrongs[_i].keys) : NULL,
    };
    const char *said;
    Outcome *o;

    begin_pcap(&made, 1);
    capture_errors_begin();
    o    = read_made(&made, &setup);
    said = capture_errors_end();
    ck_assert_int_lt(o->opened, 0);
    check_that(strstr(said, wrongs[_i].says) &&
               strchr(said, '\n') == said + strlen(said) - 1, "said %s",
               said);
    ck_assert_ptr_null(strstr(said, "abcd"));
    if (setup.sdp)
        unlink(setup.sdp);
    if (setup.srtp_keys)
        unlink(setup.srtp_keys);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("capture_rtp", &tests);

    av_log_set_level(AV_LOG_QUIET);
    tcase_add_test(tests, numbers_and_timestamps_wrap);
    tcase_add_test(tests, order_is_restored_and_repeats_are_dropped);
    tcase_add_test(tests, gaps_are_counted_and_told);
    tcase_add_test(tests, late_packets_are_late);
    tcase_add_test(tests, extensions_and_padding_are_taken_off);
    tcase_add_test(tests, packets_of_padding_alone_are_no_gap);
    tcase_add_test(tests, impossible_headers_are_counted);
    tcase_add_test(tests, red_is_used);
    tcase_add_test(tests, rtx_fills_gaps);
    tcase_add_test(tests, fec_is_skipped_and_counted);
    tcase_add_test(tests, a_recording_goes_on_under_another_ssrc);
    tcase_add_test(tests, a_sequence_that_begins_anew);
    tcase_add_test(tests, a_stream_goes_on_after_bye);
    tcase_add_test(tests, what_is_not_rtp_is_told_apart);
    tcase_add_test(tests, noise_does_not_keep_streams_out);
    tcase_add_test(tests, missing_hop_keys_are_asked_for);
    tcase_add_loop_test(tests, codecs_are_guessed, 0, NB_CODECS);
    tcase_add_test(tests,
                   a_stream_that_nothing_explains_is_a_track_without_frames);
    tcase_add_test(tests, sender_reports_align_tracks);
    tcase_add_test(tests, drift_is_followed);
    tcase_add_test(tests, recordings_of_one_room_are_merged_by_time);
    tcase_add_test(tests, recordings_of_other_days_begin_at_zero);
    tcase_add_test(tests, srtp_opens_with_the_hop_keys);
    tcase_add_loop_test(tests, a_wrong_description_gives_one_line, 0,
                        sizeof(wrongs) / sizeof(wrongs[0]));
    return run_suite(suite);
}
