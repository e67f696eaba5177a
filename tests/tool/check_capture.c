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


/* Readers of captures: what each format and link layer holds comes out, and
 * what is damaged or made to harm gives one line or a count, whatever byte
 * it ends at. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>

#include "capture/packet_layers.h"
#include "capture_bytes.h"
#include "capture_errors.h"

#define NB   10
#define SIZE 60

static Made made;

/* Packet n of an Opus stream; 20 ms each. */
static size_t opus(uint8_t *out, int n)
{
    uint8_t payload[SIZE];

    fill_payload(payload, SIZE, n);
    return make_rtp(out, &(Rtp){ .payload_type = 111, .sequence = 100 + n,
                                 .timestamp = 960 * n, .ssrc = 0x1234,
                                 .payload = payload, .size = SIZE });
}

/* --- layers --- */

static size_t put_ipv4(uint8_t *out, const uint8_t *rtp, size_t size,
                       int options, int fragment)
{
    size_t header = 20 + 4 * options;

    memset(out, 0, header + 8);
    out[0] = 0x45 + options;
    AV_WB16(out + 2, header + 8 + size);
    AV_WB16(out + 6, fragment);
    out[9]  = 17;
    out[15] = 1;
    AV_WB16(out + header, 5004);
    AV_WB16(out + header + 2, 6004);
    AV_WB16(out + header + 4, 8 + size);
    memcpy(out + header + 8, rtp, size);
    return header + 8 + size;
}

/* With hop-by-hop options and an empty fragment header. */
static size_t put_ipv6(uint8_t *out, const uint8_t *rtp, size_t size,
                       bool extensions)
{
    size_t at = 40;

    memset(out, 0, 80);
    out[0]  = 0x60;
    out[6]  = extensions ? 0 : 17;
    out[23] = out[39] = 1;
    if (extensions) {
        out[at] = 44;
        at += 8;
        out[at] = 17;
        at += 8;
    }
    AV_WB16(out + 4, at - 40 + 8 + size);
    AV_WB16(out + at, 5004);
    AV_WB16(out + at + 2, 6004);
    AV_WB16(out + at + 4, 8 + size);
    memcpy(out + at + 8, rtp, size);
    return at + 8 + size;
}

static const struct {
    const char *name;
    int         link_type; ///< in the file
    size_t      size;      ///< of the link layer
    uint8_t     bytes[24];
} links[] = {
    { "Ethernet",     1, 14, { [12] = 8, 0 } },
    { "VLAN",         1, 18, { [12] = 0x81, 0, 0, 5, 8, 0 } },
    { "QinQ",         1, 22, { [12] = 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8 } },
    { "cooked",     113, 16, { [14] = 8, 0 } },
    { "cooked 2",   276, 20, { 8, 0 } },
    { "raw",        101,  0, { 0 } },
    { "null",         0,  4, { 2 } },
    { "loopback",   108,  4, { 0, 0, 0, 2 } },
};

#define NB_LINKS (sizeof(links) / sizeof(links[0]))

/* The ethertype in the link layer, if it has one. */
static void set_ipv6(uint8_t *packet, int link)
{
    size_t at = links[link].link_type == 276 ? 0 : links[link].size - 2;

    if (links[link].size > 4)
        AV_WB16(packet + at, 0x86dd);
}

START_TEST(every_link_and_network_layer_is_read)
{
    for (int network = 0; network < 4; network++) {
        Outcome *o;

        begin_pcap(&made, links[_i].link_type);
        for (int n = 0; n < NB; n++) {
            uint8_t rtp[256], packet[512];
            size_t  size = opus(rtp, n), link = links[_i].size;

            memcpy(packet, links[_i].bytes, link);
            if (network >= 2)
                set_ipv6(packet, _i);
            size = network < 2 ? put_ipv4(packet + link, rtp, size,
                                          network ? 3 : 0, 0)
                               : put_ipv6(packet + link, rtp, size,
                                          network == 3);
            /* As short frames of Ethernet are padded. */
            memset(packet + link + size, 0xee, 6);
            put_pcap(&made, 20000 * n, packet, link + size + 6);
        }
        o = read_made(&made, NULL);
        ck_assert_int_eq(o->ended, AVERROR_EOF);
        check_numbers(o, NULL, 0, NB, SIZE);
        ck_assert_uint_eq(o->info.nb_rtp, NB);
        ck_assert_str_eq(o->info.format, "pcap");
    }
}
END_TEST

START_TEST(what_is_no_whole_datagram_is_counted)
{
    uint8_t rtp[256], packet[512] = { [12] = 8 };
    size_t  size;
    Outcome *o;

    begin_pcap(&made, 1);
    for (int n = 0; n < NB; n++) {
        size = opus(rtp, n);
        put_pcap_udp(&made, 20000 * n, 5004, rtp, size);
    }
    size = 14 + put_ipv4(packet + 14, rtp, size, 0, 0x2000);
    put_pcap(&made, 500000, packet, size);   /* first fragment */
    put_ipv4(packet + 14, rtp, 60, 0, 0x00b9);
    put_pcap(&made, 500000, packet, size);   /* last fragment */
    put_ipv4(packet + 14, rtp, 60, 0, 0);
    put_pcap(&made, 500000, packet, 50);     /* cut by a snap length */
    packet[23] = 6;
    put_pcap(&made, 500000, packet, 80);     /* TCP */
    packet[23] = 17;
    AV_WB16(packet + 38, 3);
    put_pcap(&made, 500000, packet, 102);    /* a UDP length of 3 */
    AV_WB16(packet + 12, 0x806);
    put_pcap(&made, 500000, packet, 60);     /* ARP */
    put_pcap(&made, 500000, packet, 0);
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->info.nb_fragments, 2);
    ck_assert_uint_eq(o->info.nb_cut, 2);
    ck_assert_uint_eq(o->info.nb_other, 2);
    ck_assert_uint_eq(o->info.nb_malformed, 1);
    ck_assert_uint_eq(o->info.nb_records, NB + 7);
    ck_assert(!o->info.damaged);
}
END_TEST

/* Any bytes behind any link layer. */
START_TEST(random_packets_are_survived)
{
    static const int types[] = {
        DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_NULL
    };
    uint64_t seed = 42;

    for (int i = 0; i < 50000; i++) {
        uint8_t bytes[128];
        size_t  size = random_below(&seed, sizeof(bytes));
        Bytes   packet;
        Record  record = { 0 };

        random_fill_zeros(&seed, bytes, size);
        if (size > 24 && i & 1) {
            AV_WB16(bytes + 12, i & 2 ? 0x800 : 0x86dd);
            bytes[14] = i & 2 ? 0x45 + random_below(&seed, 3) : 0x60;
            bytes[i & 2 ? 23 : 20] = i & 4 ? 17 : random_below(&seed, 64);
        }
        packet = copy_bytes(bytes, size);
        if (layers_parse(types[i % 5], packet.data, size, &record) ==
            LAYERS_UDP)
            check_that(record.data >= packet.data &&
                       record.data + record.size <= packet.data + size,
                       "packet %d: points outside", i);
        free_bytes(&packet);
    }
}
END_TEST

/* --- formats --- */

static void make_pcap(int link_type)
{
    begin_pcap(&made, link_type);
    for (int n = 0; n < NB; n++) {
        uint8_t rtp[256];
        size_t  size = opus(rtp, n);

        put_pcap_udp(&made, 1000000 + 20000 * n, 5004, rtp, size);
    }
}

/* Big-endian, with nanoseconds. */
static void make_pcap_ns(void)
{
    static Made swapped;
    size_t at = 24;

    make_pcap(1);
    swapped.size = 0;
    put_be(&swapped, 0xa1b23c4d, 4);
    put_be(&swapped, 2, 2);
    put_be(&swapped, 4, 2);
    put_be(&swapped, 0, 8);
    put_be(&swapped, 65535, 4);
    put_be(&swapped, 1, 4);
    while (at < made.size) {
        uint32_t size = AV_RL32(made.data + at + 8);

        put_be(&swapped, AV_RL32(made.data + at), 4);
        put_be(&swapped, AV_RL32(made.data + at + 4) * 1000, 4);
        put_be(&swapped, size, 4);
        put_be(&swapped, size, 4);
        put(&swapped, made.data + at + 16, size);
        at += 16 + size;
    }
    made = swapped;
}

static void put_block(Made *m, uint32_t type, const Made *body)
{
    size_t padded = (body->size + 3) & ~(size_t)3;

    put_le(m, type, 4);
    put_le(m, 12 + padded, 4);
    put(m, body->data, body->size);
    put_le(m, 0, padded - body->size);
    put_le(m, 12 + padded, 4);
}

static void make_pcapng(void)
{
    static Made out, body;
    size_t at = 24;

    make_pcap(1);
    out.size = body.size = 0;
    put_le(&body, 0x1a2b3c4d, 4);
    put_le(&body, 1, 4);
    put_le(&body, UINT64_MAX, 8);
    put_block(&out, 0x0a0d0d0a, &body);
    body.size = 0;
    put_le(&body, 1, 4);
    put_le(&body, 65535, 4);
    put_block(&out, 1, &body);
    while (at < made.size) {
        uint32_t size = AV_RL32(made.data + at + 8);
        uint64_t time = AV_RL32(made.data + at) * UINT64_C(1000000) +
                        AV_RL32(made.data + at + 4);

        body.size = 0;
        put_le(&body, 0, 4);
        put_le(&body, time >> 32, 4);
        put_le(&body, time & 0xffffffff, 4);
        put_le(&body, size, 4);
        put_le(&body, size, 4);
        put(&body, made.data + at + 16, size);
        put_block(&out, 6, &body);
        at += 16 + size;
    }
    made = out;
}

static void make_plain_pcap(void)
{
    make_pcap(1);
}

static void make_rtpdump(void)
{
    begin_rtpdump(&made);
    for (int n = 0; n < NB; n++) {
        uint8_t rtp[256];
        size_t  size = opus(rtp, n);

        put_rtpdump(&made, 20000 * n, rtp, size);
        size = make_report(rtp, 0x1234, 5000000 + 20000 * n, 960 * n);
        put_rtpdump(&made, 20000 * n, rtp, size);
    }
}

static void make_mjr(void)
{
    begin_mjr(&made, "{\"t\":\"a\",\"c\":\"opus\",\"s\":5,\"u\":9}");
    for (int n = 0; n < NB; n++) {
        uint8_t rtp[256];
        size_t  size = opus(rtp, n);

        put_mjr(&made, 20000 * n, rtp, size);
    }
}

static void make_first_mjr(void)
{
    static const char json[] = "{\"t\":\"a\",\"c\":\"opus\"}";

    made.size = 0;
    put(&made, "MJR00001", 8);
    put_be(&made, strlen(json), 2);
    put(&made, json, strlen(json));
    for (int n = 0; n < NB; n++) {
        uint8_t rtp[256];
        size_t  size = opus(rtp, n);

        put(&made, "MEETECHO", 8);
        put_be(&made, size, 2);
        put(&made, rtp, size);
    }
}

static void make_old_mjr(void)
{
    made.size = 0;
    put(&made, "MEETECHO", 8);
    put_be(&made, 5, 2);
    put(&made, "audio", 5);
    for (int n = 0; n < NB; n++) {
        uint8_t rtp[256];
        size_t  size = opus(rtp, n);

        put(&made, "MEETECHO", 8);
        put_be(&made, size, 2);
        put(&made, rtp, size);
    }
}

static const struct {
    const char *name, *format, *codec_from;
    void      (*make)(void);
} formats[] = {
    { "pcap",     "pcap",    "guessed",    make_plain_pcap },
    { "pcap, ns", "pcap",    "guessed",    make_pcap_ns },
    { "pcapng",   "pcap",    "guessed",    make_pcapng },
    { "rtpdump",  "rtpdump", "guessed",    make_rtpdump },
    { "MJR00002", "mjr",     "mjr header", make_mjr },
    { "MJR00001", "mjr",     "mjr header", make_first_mjr },
    { "MEETECHO", "mjr",     "mjr header", make_old_mjr },
};

#define NB_FORMATS (sizeof(formats) / sizeof(formats[0]))

START_TEST(every_format_is_told_by_its_content)
{
    Outcome *o;

    formats[_i].make();
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_str_eq(o->info.format, formats[_i].format);
    ck_assert_int_eq(o->nb_tracks, 1);
    ck_assert_int_eq(o->codecs[0], AV_CODEC_ID_OPUS);
    ck_assert_str_eq(o->tracks[0].codec_from, formats[_i].codec_from);
    ck_assert_str_eq(o->tracks[0].kind, "audio");
    ck_assert_uint_eq(o->tracks[0].ssrc, 0x1234);
    ck_assert_uint_eq(o->tracks[0].nb_packets, NB);
    for (int n = 0; n < NB; n++) {
        ck_assert_int_eq(o->frames[n].frame.time, 20000 * n);
        ck_assert_int_eq(o->frames[n].pts, 960 * n);
    }
}
END_TEST

/* What is before the cut comes out; no crash, no line more than one. */
START_TEST(a_file_may_end_anywhere)
{
    static Made whole;
    int last = 0;

    formats[_i].make();
    whole = made;
    for (size_t size = 1; size < whole.size; size++) {
        const char *said;
        Outcome *o;

        made.size = size;
        capture_errors_begin();
        o    = read_made(&made, NULL);
        said = capture_errors_end();
        check_that(!*said || strchr(said, '\n') == said + strlen(said) - 1,
                   "%s cut at %zu: said %s", formats[_i].name, size, said);
        check_that(o->opened < 0 || o->ended == AVERROR_EOF,
                   "%s cut at %zu: %d", formats[_i].name, size, o->ended);
        check_that(o->nb_frames >= last, "%s cut at %zu: %d frames after %d",
                   formats[_i].name, size, o->nb_frames, last);
        check_that(o->opened >= 0 || *said, "%s cut at %zu: nothing said",
                   formats[_i].name, size);
        check_numbers(o, NULL, 0, o->nb_frames, SIZE);
        last = o->nb_frames;
    }
    ck_assert_int_ge(last, NB - 1);
}
END_TEST

START_TEST(any_byte_may_be_wrong)
{
    static Made whole;
    uint64_t seed = 7;

    formats[_i].make();
    whole = made;
    capture_errors_begin();
    for (int i = 0; i < 2000; i++) {
        memcpy(made.data, whole.data, whole.size);
        made.size = whole.size;
        for (int j = random_below(&seed, 4); j >= 0; j--)
            made.data[random_below(&seed, i & 1 ? 64 : made.size)] =
                random_next(&seed);
        read_made(&made, &(InputSetup){ .format = formats[_i].format });
    }
    capture_errors_end();
}
END_TEST

START_TEST(a_track_without_packets_is_eight_bytes)
{
    Outcome *o;

    made.size = 0;
    put(&made, "MJR00002", 8);
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->opened, 0);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    ck_assert_int_eq(o->nb_frames, 0);
    ck_assert_uint_eq(o->info.nb_records, 0);
    ck_assert(!o->info.damaged);
}
END_TEST

START_TEST(data_channels_are_passed_over)
{
    Outcome *o;

    begin_mjr(&made, "{\"t\":\"d\",\"c\":\"text\",\"s\":5,\"u\":9}");
    put_mjr(&made, 0, (const uint8_t *)"12345678hello", 13);
    put_mjr(&made, 1000, (const uint8_t *)"12345678again", 13);
    o = read_made(&made, NULL);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    ck_assert_int_eq(o->nb_frames, 0);
    ck_assert_uint_eq(o->info.nb_other, 2);
}
END_TEST

START_TEST(packets_recorded_in_part_are_counted)
{
    uint8_t rtp[256];
    Outcome *o;

    make_rtpdump();
    put_be(&made, 8 + 12, 2);
    put_be(&made, 200, 2);
    put_be(&made, 999, 4);
    opus(rtp, NB);
    put(&made, rtp, 12);
    o = read_made(&made, NULL);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_uint_eq(o->info.nb_cut, 1);
    ck_assert_uint_eq(o->info.nb_rtcp, NB);
}
END_TEST

START_TEST(standard_input_is_read)
{
    const char *path, *names[] = { "-" };
    FILE    *in;
    Outcome *o;

    formats[_i].make();
    path = write_file(made.data, made.size);
    in   = freopen(path, "rb", stdin);
    ck_assert_ptr_nonnull(in);
    o = read_files(names, 1, NULL);
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert_str_eq(o->info.name, "standard input");
    unlink(path);
}
END_TEST

/* --- hostile and wrong files --- */

static void lie_pcap(void)
{
    make_pcap(1);
    put_le(&made, 0, 8);
    put_le(&made, 0xffffffff, 4);
    put_le(&made, 0xffffffff, 4);
    put(&made, "abc", 3);
}

static void lie_pcapng(void)
{
    make_pcapng();
    put_le(&made, 6, 4);
    put_le(&made, 0xfffffff0, 4);
    put_le(&made, 0, 8);
}

static void lie_mjr_packet(void)
{
    make_mjr();
    put(&made, "MEET", 4);
    put_be(&made, 0, 4);
    put_be(&made, 0xffff, 2);
    put(&made, "abc", 3);
}

static void lie_mjr_other(void)
{
    make_mjr();
    put(&made, "JUNKJUNKJUNKJUNK", 16);
}

static void lie_rtpdump(void)
{
    make_rtpdump();
    put_be(&made, 3, 2);
    put_be(&made, 3, 2);
    put_be(&made, 0, 4);
}

/* The rest is lost; what came before is there, and one line says where. */
static const struct {
    void      (*make)(void);
    const char *says;
} lies[] = {
    { lie_pcap,       "packet 11: " },
    { lie_pcapng,     "packet 11: " },
    { lie_mjr_packet, "byte 862: a packet is cut off" },
    { lie_mjr_other,  "byte 862: no packet begins here" },
    { lie_rtpdump,    "a packet shorter than its header" },
};

START_TEST(a_lie_ends_the_file)
{
    const char *said;
    Outcome *o;

    lies[_i].make();
    capture_errors_begin();
    o    = read_made(&made, NULL);
    said = capture_errors_end();
    ck_assert_int_eq(o->ended, AVERROR_EOF);
    check_numbers(o, NULL, 0, NB, SIZE);
    ck_assert(o->info.damaged);
    check_that(strstr(said, lies[_i].says) &&
               strchr(said, '\n') == said + strlen(said) - 1, "said %s",
               said);
}
END_TEST

static void wrong_empty(void)
{
    made.size = 0;
}

static void wrong_text(void)
{
    made.size = 0;
    put(&made, "This is a letter, not a capture.\n", 33);
}

static void wrong_link(void)
{
    make_pcap(105);
}

static void wrong_mjr_size(void)
{
    made.size = 0;
    put(&made, "MJR00002\xff\xff{\"t\":\"a\"", 19);
}

static void wrong_mjr_json(void)
{
    begin_mjr(&made, "{\"t\":");
}

static void wrong_mjr_members(void)
{
    begin_mjr(&made, "{\"t\":7,\"c\":[],\"u\":1e300}");
}

static void wrong_rtpdump(void)
{
    made.size = 0;
    put(&made, "#!rtpplay1.0 10.0.0.1/5004 and so on", 36);
}

static void wrong_pcap(void)
{
    made.size = 0;
    put_le(&made, 0xa1b2c3d4, 4);
    put_le(&made, 99, 2);
    put_le(&made, 0, 32);
}

static const struct {
    void      (*make)(void);
    const char *says;
} wrongs[] = {
    { wrong_empty,       "the file is empty" },
    { wrong_text,        "neither pcap, rtpdump nor mjr" },
    { wrong_link,        "link type IEEE802_11 (105)" },
    { wrong_mjr_size,    "byte 8: the header of 65535 bytes" },
    { wrong_mjr_json,    "byte 10: the header is not JSON with t and c" },
    { wrong_mjr_members, "byte 10: the header is not JSON with t and c" },
    { wrong_rtpdump,     "the rtpdump header is cut off" },
    { wrong_pcap,        "libpcap: " },
};

START_TEST(a_wrong_file_gives_one_line)
{
    const char *said;
    Outcome *o;

    wrongs[_i].make();
    capture_errors_begin();
    o    = read_made(&made, NULL);
    said = capture_errors_end();
    ck_assert_int_lt(o->opened, 0);
    check_that(strstr(said, wrongs[_i].says) && strstr(said, "/tmp/check") &&
               strchr(said, '\n') == said + strlen(said) - 1, "said %s",
               said);
}
END_TEST

START_TEST(files_that_are_not_there)
{
    const char *paths[] = { "/nonexistent/audio.mjr" };
    const char *said;
    Outcome *o;

    capture_errors_begin();
    o    = read_files(paths, 1, NULL);
    said = capture_errors_end();
    ck_assert_int_eq(o->opened, AVERROR(ENOENT));
    ck_assert_ptr_nonnull(strstr(said, "/nonexistent/audio.mjr: No such"));
    make_mjr();
    capture_errors_begin();
    o    = read_made(&made, &(InputSetup){ .format = "wav" });
    said = capture_errors_end();
    ck_assert_int_eq(o->opened, AVERROR(EINVAL));
    ck_assert_ptr_nonnull(strstr(said, "'wav' is not one of"));
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("capture", &tests);

    av_log_set_level(AV_LOG_QUIET);
    tcase_add_loop_test(tests, every_link_and_network_layer_is_read, 0,
                        NB_LINKS);
    tcase_add_test(tests, what_is_no_whole_datagram_is_counted);
    tcase_add_test(tests, random_packets_are_survived);
    tcase_add_loop_test(tests, every_format_is_told_by_its_content, 0,
                        NB_FORMATS);
    tcase_add_loop_test(tests, a_file_may_end_anywhere, 0, NB_FORMATS);
    tcase_add_loop_test(tests, any_byte_may_be_wrong, 0, NB_FORMATS);
    tcase_add_test(tests, a_track_without_packets_is_eight_bytes);
    tcase_add_test(tests, data_channels_are_passed_over);
    tcase_add_test(tests, packets_recorded_in_part_are_counted);
    tcase_add_loop_test(tests, standard_input_is_read, 0, NB_FORMATS);
    tcase_add_loop_test(tests, a_lie_ends_the_file, 0,
                        sizeof(lies) / sizeof(lies[0]));
    tcase_add_loop_test(tests, a_wrong_file_gives_one_line, 0,
                        sizeof(wrongs) / sizeof(wrongs[0]));
    tcase_add_test(tests, files_that_are_not_there);
    return run_suite(suite);
}
