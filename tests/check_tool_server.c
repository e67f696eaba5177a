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

/* The server: what it forwards, to whom, and what it may change. */

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "net/rtp.h"
#include "room/server.h"

typedef struct Inbox {
    int      nb;
    uint8_t  data[RTP_MTU];
    size_t   size;
    int      answer; ///< what the sink returns
} Inbox;

static Server *server;
static Inbox   inbox[3];

static int take(void *opaque, const uint8_t *data, size_t size)
{
    Inbox *in = opaque;

    memcpy(in->data, data, size);
    in->size = size;
    in->nb++;
    return in->answer;
}

static void set_up(void)
{
    memset(inbox, 0, sizeof(inbox));
    server = server_alloc();
    ck_assert_ptr_nonnull(server);
}

static void tear_down(void)
{
    server_free(&server);
    ck_assert_ptr_null(server);
}

static size_t make_packet(uint8_t *p, uint32_t ssrc, uint16_t sequence,
                          size_t payload)
{
    static const uint8_t header[RTP_HEADER_SIZE] = {
        0x80, 0xe0, 0, 0, 0x01, 0x02, 0x03, 0x04,
    };

    memcpy(p, header, sizeof(header));
    rtp_set_sequence(p, sequence);
    rtp_set_ssrc(p, ssrc);
    for (size_t i = 0; i < payload; i++)
        p[RTP_HEADER_SIZE + i] = i * 7 + 1;
    return RTP_HEADER_SIZE + payload;
}

static int send_packet(uint32_t ssrc, uint16_t sequence, size_t payload)
{
    uint8_t p[RTP_MTU];
    size_t  size = make_packet(p, ssrc, sequence, payload);

    return server_receive(server, p, size);
}

START_TEST(forwards_to_subscribers_only)
{
    server_subscribe(server, 1, 11, 0, take, &inbox[0]);
    server_subscribe(server, 1, 12, 0, take, &inbox[1]);
    server_subscribe(server, 2, 13, 0, take, &inbox[2]);

    ck_assert_int_eq(send_packet(1, 5, 100), 0);
    ck_assert_int_eq(inbox[0].nb, 1);
    ck_assert_int_eq(inbox[1].nb, 1);
    ck_assert_int_eq(inbox[2].nb, 0);
    ck_assert_int_eq(send_packet(3, 5, 100), 0);
    ck_assert_int_eq(inbox[0].nb + inbox[1].nb + inbox[2].nb, 2);
}
END_TEST

START_TEST(changes_ssrc_and_sequence_only)
{
    uint8_t sent[RTP_MTU];
    size_t  size = make_packet(sent, 1, 1000, RTP_MTU - RTP_HEADER_SIZE);

    server_subscribe(server, 1, 0xcafe0001, 7, take, &inbox[0]);
    ck_assert_int_eq(server_receive(server, sent, size), 0);
    ck_assert_uint_eq(inbox[0].size, size);
    ck_assert_uint_eq(rtp_ssrc(inbox[0].data), 0xcafe0001);
    ck_assert_uint_eq(rtp_sequence(inbox[0].data), 7);

    rtp_set_ssrc(inbox[0].data, 1);
    rtp_set_sequence(inbox[0].data, 1000);
    ck_assert_mem_eq(inbox[0].data, sent, size);
}
END_TEST

START_TEST(keeps_gaps_order_and_wrap)
{
    static const struct {
        uint16_t in, out;
    } rows[] = {
        { 65534, 65000 }, { 65535, 65001 }, { 0, 65002 }, { 3, 65005 },
        { 2, 65004 }, { 600, 66 },
    };

    server_subscribe(server, 1, 11, 65000, take, &inbox[0]);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(send_packet(1, rows[i].in, 10), 0);
        ck_assert_uint_eq(rtp_sequence(inbox[0].data), rows[i].out);
    }
}
END_TEST

START_TEST(passes_over_what_is_not_rtp)
{
    uint8_t p[RTP_MTU + 1] = { 0 };

    server_subscribe(server, 1, 11, 0, take, &inbox[0]);
    make_packet(p, 1, 1, 100);
    ck_assert_int_eq(server_receive(server, p, RTP_HEADER_SIZE - 1), 0);
    ck_assert_int_eq(server_receive(server, p, 0), 0);
    ck_assert_int_eq(server_receive(server, p, RTP_MTU + 1), 0);
    p[0] = 0x40; /* version 1 */
    ck_assert_int_eq(server_receive(server, p, 100), 0);
    p[0] = 0x80;
    p[1] = 200;  /* an RTCP sender report */
    ck_assert_int_eq(server_receive(server, p, 100), 0);
    ck_assert_int_eq(inbox[0].nb, 0);

    p[1] = 96;
    ck_assert_int_eq(server_receive(server, p, RTP_HEADER_SIZE), 0);
    ck_assert_int_eq(inbox[0].nb, 1);
}
END_TEST

START_TEST(tells_of_a_failing_receiver)
{
    inbox[0].answer = -5;
    server_subscribe(server, 1, 11, 0, take, &inbox[0]);
    ck_assert_int_eq(send_packet(1, 1, 10), -5);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("tool_server", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, forwards_to_subscribers_only);
    tcase_add_test(tests, changes_ssrc_and_sequence_only);
    tcase_add_test(tests, keeps_gaps_order_and_wrap);
    tcase_add_test(tests, passes_over_what_is_not_rtp);
    tcase_add_test(tests, tells_of_a_failing_receiver);
    return run_suite(suite);
}
