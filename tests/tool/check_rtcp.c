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

/* RTCP against bytes laid out by hand after RFC 3550, 4585 and 5104. */

#include <stdarg.h>
#include <string.h>

#include <libavutil/error.h>

#include "common.h"
#include "net/rtcp.h"

static void tell(char *out, const char *fmt, ...)
{
    size_t length = strlen(out);
    va_list args;

    va_start(args, fmt);
    vsnprintf(out + length, 512 - length, fmt, args);
    va_end(args);
}

static void tell_report(void *out, const RtcpSenderReport *r)
{
    tell(out, "SR %x ntp %llx rtp %u packets %u bytes %u; ", r->ssrc,
         (unsigned long long)r->ntp, r->timestamp, r->nb_packets,
         r->nb_bytes);
}

static void tell_nack(void *out, uint32_t ssrc, uint16_t sequence)
{
    tell(out, "NACK %x %u; ", ssrc, sequence);
}

static void tell_pli(void *out, uint32_t ssrc)
{
    tell(out, "PLI %x; ", ssrc);
}

static void tell_bye(void *out, uint32_t ssrc)
{
    tell(out, "BYE %x; ", ssrc);
}

static void tell_cname(void *out, uint32_t ssrc, const char *name, size_t size)
{
    tell(out, "CNAME %x %.*s; ", ssrc, (int)size, name);
}

static const RtcpHandler handler = {
    tell_report, tell_nack, tell_pli, tell_bye, tell_cname,
};

static const struct {
    const char *name, *hex, *told;
    int         bad;
} datagrams[] = {
    { "sender report and description",
      "80c80006 00000001 8000000040000000 00015f90 0000000a 000003e8"
      "81ca0003 00000001 0105 616c696365 00",
      "SR 1 ntp 8000000040000000 rtp 90000 packets 10 bytes 1000; "
      "CNAME 1 alice; ", 0 },
    { "sender report with a report block",
      "81c8000c 00000001 8000000040000000 00000001 00000002 00000003"
      "00000009 00000000 00000000 00000000 00000000 00000000",
      "SR 1 ntp 8000000040000000 rtp 1 packets 2 bytes 3; ", 0 },
    { "description of two with other items",
      "82ca0006 00000001 0203 626f62 0101 61 00000000 00000002"
      "010162 00",
      "CNAME 1 a; CNAME 2 b; ", 0 },
    { "NACK", "81cd0004 00000001 00000002 fffe0005 00648000",
      "NACK 2 65534; NACK 2 65535; NACK 2 1; NACK 2 100; NACK 2 116; ", 0 },
    { "PLI after a receiver report",
      "80c90001 00000001 81ce0002 00000001 00000002", "PLI 2; ", 0 },
    { "FIR for two", "84ce0006 00000001 00000000 00000005 01000000"
      "00000006 02000000", "PLI 5; PLI 6; ", 0 },
    { "BYE of two with a reason", "82cb0003 00000001 00000002 02686900",
      "BYE 1; BYE 2; ", 0 },
    { "with padding", "a0c90003 00000001 00000000 00000008"
      "a1cb0002 00000007 00000004", "BYE 7; ", 0 },
    { "others", "80cc0002 00000001 6e616d65 8fcd0003 00000001 00000002"
      "00000000 8fce0003 00000001 00000002 00000000 83cf0000", "", 0 },
    { "no byte", "", "", 0 },
    { "longer than the datagram", "80c90002 00000001", "", 1 },
    { "the second one longer", "81cb0001 00000001 80c9ffff 00000001",
      "BYE 1; ", 1 },
    { "no whole header", "80c9 00", "", 1 },
    { "version 1", "40c90001 00000001", "", 1 },
    { "sender report cut short", "80c80005 00000001 8000000040000000"
      "00000000 00000000", "", 1 },
    { "BYE of more than there are", "83cb0002 00000001 00000002", "", 1 },
    { "item longer than its part", "81ca0002 00000001 01ff6161", "", 1 },
    { "item without length", "81ca0002 00000001 02016101", "", 1 },
    { "feedback without an SSRC", "81cd0001 00000001", "", 1 },
    { "padding longer than the part", "a0c90001 000000ff", "", 1 },
};

#define NB_DATAGRAMS (sizeof(datagrams) / sizeof(datagrams[0]))

static Bytes from_hex(const char *hex)
{
    char digits[256], *to = digits;

    for (; *hex; hex++)
        if (*hex != ' ')
            *to++ = *hex;
    *to = '\0';
    return hex_bytes(digits);
}

START_TEST(parse)
{
    Bytes bytes = from_hex(datagrams[_i].hex);
    Bytes exact = copy_bytes(bytes.data, bytes.size);
    char  out[512] = "";
    int   ret   = rtcp_parse(exact.data, exact.size, &handler, out);

    ck_assert_msg(ret == (datagrams[_i].bad ? AVERROR_INVALIDDATA : 0),
                  "%s: %d", datagrams[_i].name, ret);
    ck_assert_msg(!strcmp(out, datagrams[_i].told), "%s: \"%s\"",
                  datagrams[_i].name, out);
    ck_assert_int_eq(rtcp_parse(exact.data, exact.size, &(RtcpHandler){ 0 },
                                NULL), ret);
    free_bytes(&bytes);
    free_bytes(&exact);
}
END_TEST

START_TEST(write)
{
    const RtcpSenderReport report = { 1, 0x8000000040000000, 90000, 10, 1000 };
    const uint16_t sequences[] = { 65534, 65535, 1, 100, 116, 117 };
    uint8_t out[RTCP_MAX_SIZE];
    Bytes want;

    want = from_hex(datagrams[0].hex);
    assert_bytes("sender report", out,
                 rtcp_write_sender_report(out, &report, "alice"), want.data,
                 want.size);
    free_bytes(&want);
    want = from_hex("80c90001 00000001 81cd0005 00000001 00000002 fffe0005"
                    "00648000 00750000");
    assert_bytes("NACK", out, rtcp_write_nack(out, 1, 2, sequences, 6),
                 want.data, want.size);
    free_bytes(&want);
    want = from_hex(datagrams[4].hex);
    assert_bytes("PLI", out, rtcp_write_pli(out, 1, 2), want.data, want.size);
    free_bytes(&want);
    want = from_hex("80c90001 00000003 81cb0001 00000003");
    assert_bytes("BYE", out, rtcp_write_bye(out, 3), want.data, want.size);
    free_bytes(&want);
}
END_TEST

START_TEST(names_of_any_length)
{
    const RtcpSenderReport report = { .ssrc = 7 };
    char name[301], told[512], want[512];
    uint8_t out[RTCP_MAX_SIZE];

    for (size_t length = 0; length <= 300; length++) {
        size_t size;

        memset(name, 'x', length);
        name[length] = '\0';
        size = rtcp_write_sender_report(out, &report, name);
        ck_assert_uint_le(size, RTCP_MAX_SIZE);
        told[0] = '\0';
        ck_assert_int_eq(rtcp_parse(out, size, &handler, told), 0);
        snprintf(want, sizeof(want), "SR 7 ntp 0 rtp 0 packets 0 bytes 0; "
                 "CNAME 7 %.255s; ", name);
        ck_assert_str_eq(told, want);
    }
}
END_TEST

static void note(void *opaque, uint32_t ssrc, uint16_t sequence)
{
    uint8_t *asked = opaque;

    asked[sequence] = 1;
}

START_TEST(many_nacks)
{
    static uint8_t asked[65536];
    const RtcpHandler only = { .nack = note };
    uint16_t sequences[300];
    uint8_t out[RTCP_MAX_SIZE];
    size_t size;

    for (int i = 0; i < 300; i++)
        sequences[i] = 65000 + 20 * i;
    size = rtcp_write_nack(out, 1, 2, sequences, 300);
    ck_assert_uint_le(size, RTCP_MAX_SIZE);
    ck_assert_int_eq(rtcp_parse(out, size, &only, asked), 0);
    for (int i = 0; i < 120; i++)
        ck_assert_int_eq(asked[sequences[i]], 1);
    ck_assert_int_eq(asked[64999], 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("rtcp", &tests);

    tcase_add_loop_test(tests, parse, 0, NB_DATAGRAMS);
    tcase_add_test(tests, write);
    tcase_add_test(tests, names_of_any_length);
    tcase_add_test(tests, many_nacks);
    return run_suite(suite);
}
