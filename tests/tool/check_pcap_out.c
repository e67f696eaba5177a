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

/* What a hop carried as pcap and rtpdump: libpcap reads it, the checksums are
 * right, and the tool's own readers find every frame in it. */

#include <string.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <pcap/pcap.h>

#include "capture/input.h"
#include "common.h"
#include "net/pcap_out.h"
#include "net/rtp_pack.h"
#include "net/rtpdump_out.h"

#define NB_FRAMES 30
#define HEADERS   42

typedef struct Meeting {
    PcapOut    *pcap;
    RtpdumpOut *dump;
    int64_t     time;
    AVPacket   *frames[NB_FRAMES];
    int         nb_packets;
    Bytes       packets[8 * NB_FRAMES];
} Meeting;

static const PcapFlow flow = { 0x0a000001, 0x0a0000fe, 40000, 50004 };

static char pcap_name[32], dump_name[32], sdp_name[32];

static int write_both(void *opaque, Datagram *datagram)
{
    Meeting *m = opaque;
    uint8_t bytes[RTP_MTU];

    pcap_out_write(m->pcap, m->time, &flow, datagram);
    rtpdump_out_write(m->dump, m->time, datagram);
    m->packets[m->nb_packets++] = copy_bytes(bytes, datagram_write(datagram,
                                                                   bytes));
    m->time += 250;
    return 0;
}

static void write_files(Meeting *m)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    const RtpPackSetup setup = {
        .par = par, .time_base = { 1, 90000 }, .payload_type = 96,
        .ssrc = 7, .sequence = 65530, .timestamp = 1000, .taker = write_both,
        .opaque = m,
    };
    const PcapStream stream = {
        .label = "alice video", .flow = flow, .ssrc = 7, .payload_type = 96,
        .encoding = "VP8/90000",
    };
    const uint8_t bye[] = { 0x81, 203, 0, 1, 0, 0, 0, 7 };
    RtpPacker *packer;
    uint64_t seed = 5;
    Datagram d;

    memset(m, 0, sizeof(*m));
    snprintf(pcap_name, sizeof(pcap_name), "hop-%ld.pcap", (long)getpid());
    snprintf(dump_name, sizeof(dump_name), "hop-%ld.rtp", (long)getpid());
    snprintf(sdp_name, sizeof(sdp_name), "hop-%ld.sdp", (long)getpid());
    par->codec_id   = AV_CODEC_ID_VP8;
    par->codec_type = AVMEDIA_TYPE_VIDEO;
    par->width      = 320;
    par->height     = 240;
    ck_assert_int_eq(pcap_out_open(&m->pcap, pcap_name), 0);
    ck_assert_int_eq(rtpdump_out_open(&m->dump, dump_name, flow.destination,
                                      flow.destination_port), 0);
    ck_assert_int_eq(rtp_packer_open(&packer, &setup), 0);
    for (int i = 0; i < NB_FRAMES; i++) {
        AVPacket *frame = m->frames[i] = av_packet_alloc();

        ck_assert_int_eq(av_new_packet(frame, 10 + random_below(&seed, 4000)),
                         0);
        random_fill(&seed, frame->data, frame->size);
        frame->pts = frame->dts = 3000 * i;
        m->time = 3600 * INT64_C(1000000) + i * 33333;
        ck_assert_int_eq(rtp_packer_send(packer, frame,
                                         &(RtpPackInfo){ 0 }), 0);
    }
    ck_assert_int_eq(datagram_make(&d, NULL, bye, sizeof(bye)), 0);
    write_both(m, &d);
    datagram_unref(&d);
    ck_assert_int_ne(access(pcap_name, F_OK), 0);
    ck_assert_int_eq(pcap_out_commit(&m->pcap), 0);
    ck_assert_int_eq(rtpdump_out_commit(&m->dump), 0);
    ck_assert_int_eq(pcap_out_describe(sdp_name, pcap_name, &stream, 1), 0);
    ck_assert_ptr_null(m->pcap);
    rtp_packer_free(&packer);
    avcodec_parameters_free(&par);
}

static void remove_files(Meeting *m)
{
    remove(pcap_name);
    remove(dump_name);
    remove(sdp_name);
    for (int i = 0; i < NB_FRAMES; i++)
        av_packet_free(&m->frames[i]);
    for (int i = 0; i < m->nb_packets; i++)
        free_bytes(&m->packets[i]);
}

/* Of data that holds its checksum it is zero. */
static uint16_t internet_checksum(const uint8_t *data, size_t size,
                                  uint32_t sum)
{
    for (size_t i = 0; i < size; i++)
        sum += i & 1 ? data[i] : data[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

static void check_headers(const uint8_t *p, size_t size)
{
    const size_t udp = size - 34;

    ck_assert_mem_eq(p, "\2\0\x0a\0\0\xfe\2\0\x0a\0\0\1\x08\0", 14);
    ck_assert_uint_eq(p[14], 0x45);
    ck_assert_uint_eq(AV_RB16(p + 16), size - 14);
    ck_assert_uint_eq(p[23], 17);
    ck_assert_uint_eq(internet_checksum(p + 14, 20, 0), 0);
    ck_assert_uint_eq(AV_RB16(p + 34), 40000);
    ck_assert_uint_eq(AV_RB16(p + 36), 50004);
    ck_assert_uint_eq(AV_RB16(p + 38), udp);
    ck_assert_uint_ne(AV_RB16(p + 40), 0);
    ck_assert_uint_eq(internet_checksum(p + 34, udp, 17 + udp +
                                        0x0a00 + 1 + 0x0a00 + 0xfe), 0);
}

START_TEST(libpcap_reads_it)
{
    static Meeting m;
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    int64_t last = 0;
    pcap_t *pcap;
    int nb = 0, ret;

    write_files(&m);
    ck_assert_ptr_nonnull(pcap = pcap_open_offline(pcap_name, error));
    ck_assert_int_eq(pcap_datalink(pcap), DLT_EN10MB);
    while ((ret = pcap_next_ex(pcap, &header, &data)) == 1) {
        int64_t time = header->ts.tv_sec * INT64_C(1000000) +
                       header->ts.tv_usec;

        ck_assert_uint_eq(header->caplen, header->len);
        check_headers(data, header->len);
        assert_bytes("packet", data + HEADERS, header->len - HEADERS,
                     m.packets[nb].data, m.packets[nb].size);
        ck_assert_int_gt(time, last);
        ck_assert(nb || time == 3600 * INT64_C(1000000));
        last = time;
        nb++;
    }
    ck_assert_int_eq(ret, PCAP_ERROR_BREAK);
    ck_assert_int_eq(nb, m.nb_packets);
    pcap_close(pcap);
    remove_files(&m);
}
END_TEST

static void check_input(const Meeting *m, const char *name, const char *sdp)
{
    static const char *const maps[] = { "96=vp8/90000" };
    const InputSetup setup = { .sdp = sdp, .maps = maps,
                               .nb_maps = sdp ? 0 : 1 };
    AVPacket *packet = av_packet_alloc();
    InputFrame frame;
    InputTrack *track = NULL;
    Input *input;
    int nb = 0, ret;

    ck_assert_int_eq(input_open(&input, &name, 1, &setup), 0);
    while ((ret = input_read(input, packet, &frame, &track)) == 0) {
        const AVPacket *want = m->frames[nb++];

        ck_assert(frame.whole);
        assert_bytes(name, packet->data, packet->size, want->data,
                     want->size);
        av_packet_unref(packet);
    }
    ck_assert_int_eq(ret, AVERROR_EOF);
    ck_assert_int_eq(nb, NB_FRAMES);
    ck_assert_int_eq(track->par->codec_id, AV_CODEC_ID_VP8);
    ck_assert_uint_eq(track->ssrc, 7);
    input_free(&input);
    av_packet_free(&packet);
}

START_TEST(readers_find_the_frames)
{
    static Meeting m;

    write_files(&m);
    check_input(&m, pcap_name, sdp_name);
    check_input(&m, dump_name, NULL);
    remove_files(&m);
}
END_TEST

START_TEST(rtpdump_layout)
{
    static Meeting m;
    static const char first[] = "#!rtpplay1.0 10.0.0.254/50004\n";
    uint8_t bytes[256];
    FILE *file;

    write_files(&m);
    ck_assert_ptr_nonnull(file = fopen(dump_name, "rb"));
    ck_assert_uint_eq(fread(bytes, 1, sizeof(bytes), file), sizeof(bytes));
    fclose(file);
    ck_assert_mem_eq(bytes, first, strlen(first));
    ck_assert_mem_eq(bytes + strlen(first),
                     "\0\0\0\0\0\0\0\0\x0a\0\0\xfe\xc3\x54\0\0", 16);
    ck_assert_uint_eq(AV_RB16(bytes + strlen(first) + 16),
                      8 + m.packets[0].size);
    ck_assert_uint_eq(AV_RB16(bytes + strlen(first) + 18),
                      m.packets[0].size);
    ck_assert_uint_eq(AV_RB32(bytes + strlen(first) + 20), 3600000);
    remove_files(&m);
}
END_TEST

START_TEST(description)
{
    const PcapStream streams[] = {
        { "alice audio", flow, 5, 111, true, "opus/48000/2",
          "minptime=10" },
        { "bob video", flow, 9, 96, false, "VP8/90000", NULL },
        { "carol video", { 1, 0xc0a80002, 3, 4 }, 10, 96, false,
          "VP9/90000", NULL },
    };
    static const char want[] =
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=up.pcap\r\n"
        "i=tshark -r up.pcap -d udp.port==50004,rtp -d udp.port==4,rtp\r\n"
        "t=0 0\r\n"
        "m=audio 50004 RTP/AVP 111\r\ni=alice audio\r\n"
        "c=IN IP4 10.0.0.254\r\na=rtpmap:111 opus/48000/2\r\n"
        "a=fmtp:111 minptime=10\r\na=ssrc:5 cname:alice audio\r\n"
        "m=video 50004 RTP/AVP 96\r\ni=bob video\r\n"
        "c=IN IP4 10.0.0.254\r\na=rtpmap:96 VP8/90000\r\n"
        "a=ssrc:9 cname:bob video\r\n"
        "m=video 4 RTP/AVP 96\r\ni=carol video\r\n"
        "c=IN IP4 192.168.0.2\r\na=rtpmap:96 VP9/90000\r\n"
        "a=ssrc:10 cname:carol video\r\n";
    char got[sizeof(want) + 1];
    FILE *file;

    snprintf(sdp_name, sizeof(sdp_name), "hop-%ld.sdp", (long)getpid());
    ck_assert_int_eq(pcap_out_describe(sdp_name, "up.pcap", streams, 3), 0);
    ck_assert_ptr_nonnull(file = fopen(sdp_name, "rb"));
    got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
    ck_assert_str_eq(got, want);
    fclose(file);
    remove(sdp_name);
}
END_TEST

START_TEST(given_up)
{
    PcapOut *pcap;
    RtpdumpOut *dump;

    ck_assert_int_eq(pcap_out_open(&pcap, "given-up.pcap"), 0);
    ck_assert_int_eq(rtpdump_out_open(&dump, "given-up.rtp", 1, 2), 0);
    pcap_out_discard(&pcap);
    rtpdump_out_discard(&dump);
    pcap_out_discard(&pcap);
    ck_assert_int_ne(access("given-up.pcap", F_OK), 0);
    ck_assert_int_ne(access("given-up.rtp", F_OK), 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("pcap_out", &tests);

    tcase_add_test(tests, libpcap_reads_it);
    tcase_add_test(tests, readers_find_the_frames);
    tcase_add_test(tests, rtpdump_layout);
    tcase_add_test(tests, description);
    tcase_add_test(tests, given_up);
    return run_suite(suite);
}
