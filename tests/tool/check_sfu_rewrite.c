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


/*
 * One stream out of parts of others: each number that goes out is worked out
 * by hand here.
 */

#include <string.h>

#include <libavutil/intreadwrite.h>

#include "common.h"
#include "net/rtp.h"
#include "sfu/rewrite.h"
#include "sfu/ssrc_map.h"

#define SSRC 0x12345678

static Rewriter rewriter;
static PacketPool *pool;

/* A packet that goes in. */
typedef struct In {
    int      layer;
    uint64_t sequence;
    uint32_t timestamp;
    int      picture;  ///< -1: no VP8
    bool     wide;     ///< picture id of 15 bits
    int      tl0;      ///< -1: none
} In;

/* What came out of it. */
typedef struct Out {
    bool     sent;
    uint16_t sequence;
    uint32_t timestamp;
    int      picture;
    int      tl0;
    bool     shared; ///< the payload was not copied
} Out;

static size_t write_payload(const In *in, uint8_t *payload)
{
    uint8_t *p = payload;

    if (in->picture >= 0) {
        *p++ = 0x90;
        *p++ = in->tl0 >= 0 ? 0xe0 : 0x80;
        if (in->wide) {
            AV_WB16(p, 0x8000 | in->picture);
            p += 2;
        } else {
            *p++ = in->picture;
        }
        if (in->tl0 >= 0) {
            *p++ = in->tl0;
            *p++ = 0x20;
        }
    }
    memset(p, 0xa5, 20);
    return p + 20 - payload;
}

static void make_datagram(const In *in, Datagram *datagram)
{
    uint8_t data[64] = { 0x80, 0x60 };

    rtp_set_sequence(data, in->sequence);
    rtp_set_timestamp(data, in->timestamp);
    rtp_set_ssrc(data, 1000 + in->layer);
    ck_assert_int_eq(datagram_make(datagram, NULL, data,
                                   12 + write_payload(in, data + 12)), 0);
}

static Out read_datagram(const Datagram *datagram, const Datagram *from)
{
    Vp8Descriptor vp8;
    Out out = {
        .sent = true, .sequence = rtp_sequence(datagram->header),
        .timestamp = rtp_timestamp(datagram->header), .picture = -1,
        .tl0 = -1, .shared = datagram->payload == from->payload,
    };

    ck_assert_uint_eq(rtp_ssrc(datagram->header), SSRC);
    ck_assert_uint_eq(datagram->payload_size, from->payload_size);
    if (datagram->payload[0] == 0x90) {
        ck_assert(vp8_descriptor_parse(&vp8, datagram->payload,
                                       datagram->payload_size));
        out.picture = vp8.picture_id;
        out.tl0     = vp8.tl0 ? vp8.tl0_index : -1;
        ck_assert_mem_eq(datagram->payload + vp8.size,
                         from->payload + vp8.size,
                         from->payload_size - vp8.size);
    }
    return out;
}

static RewriteInput input_of(const In *in, const Datagram *datagram,
                             Vp8Descriptor *vp8)
{
    return (RewriteInput){
        .layer = in->layer, .sequence = in->sequence,
        .timestamp = in->timestamp,
        .vp8 = in->picture >= 0 &&
               vp8_descriptor_parse(vp8, datagram->payload,
                                    datagram->payload_size) ? vp8 : NULL,
    };
}

enum {
    FORWARD,
    OPEN,
    SKIP
};

/* Put a packet through. */
static Out put(int how, In in, uint32_t offset)
{
    Datagram from, to;
    Vp8Descriptor vp8;
    RewriteInput input;
    const RewriteSegment *segment;
    Out out = { false };

    make_datagram(&in, &from);
    input = input_of(&in, &from, &vp8);
    if (how == OPEN)
        ck_assert_int_eq(rewrite_open(&rewriter, &input, offset), 0);
    if (how == SKIP)
        ck_assert_int_eq(rewrite_skip(&rewriter, &input), 0);
    segment = how == SKIP ? NULL : rewrite_find(&rewriter, in.layer,
                                                in.sequence);
    if (segment) {
        datagram_ref(&to, &from);
        ck_assert_int_eq(rewrite_apply(&rewriter, segment, input.vp8, pool,
                                       &to), 0);
        rewrite_note(&rewriter, segment, &input, 0);
        out = read_datagram(&to, &from);
        datagram_unref(&to);
    }
    datagram_unref(&from);
    return out;
}

static In plain(int layer, uint64_t sequence, uint32_t timestamp)
{
    return (In){ layer, sequence, timestamp, -1, false, -1 };
}

static In vp8_packet(int layer, uint64_t sequence, uint32_t timestamp,
                     int picture, bool wide, int tl0)
{
    return (In){ layer, sequence, timestamp, picture, wide, tl0 };
}

#define check_out(out, wanted_sequence, wanted_timestamp)          \
    do {                                                           \
        Out got = out;                                             \
        ck_assert(got.sent);                                       \
        ck_assert_uint_eq(got.sequence, wanted_sequence);          \
        ck_assert_uint_eq(got.timestamp, (uint32_t)(wanted_timestamp)); \
    } while (0)

#define check_picture(out, wanted_sequence, wanted_picture, wanted_tl0) \
    do {                                                           \
        Out got = out;                                             \
        ck_assert(got.sent);                                       \
        ck_assert_uint_eq(got.sequence, wanted_sequence);          \
        ck_assert_int_eq(got.picture, wanted_picture);             \
        ck_assert_int_eq(got.tl0, wanted_tl0);                     \
    } while (0)

static void set_up(void)
{
    rewrite_init(&rewriter, SSRC, 65534);
    pool = packet_pool_alloc(100);
    ck_assert_ptr_nonnull(pool);
}

static void tear_down(void)
{
    rewrite_free(&rewriter);
    packet_pool_free(&pool);
}

/* Nothing is open: nothing goes out. Then numbers run from the first one
 * over the wrap, gaps stay, and what is late fits into its gap. */
START_TEST(runs_on)
{
    ck_assert(!put(FORWARD, plain(0, 70000, 90), 0).sent);
    check_out(put(OPEN, plain(0, 70001, 90), 0), 65534, 90);
    check_out(put(FORWARD, plain(0, 70002, 90), 0), 65535, 90);
    check_out(put(FORWARD, plain(0, 70003, 180), 0), 0, 180);
    check_out(put(FORWARD, plain(0, 70006, 360), 0), 3, 360);
    check_out(put(FORWARD, plain(0, 70004, 270), 0), 1, 270);
    ck_assert(!put(FORWARD, plain(0, 70000, 0), 0).sent);
    ck_assert(!put(FORWARD, plain(1, 70007, 0), 0).sent);
    ck_assert_uint_eq((uint16_t)rewrite_next(&rewriter), 4);
}
END_TEST

/* What is left out on purpose leaves no gap, what is lost does. */
START_TEST(compaction)
{
    check_out(put(OPEN, plain(0, 1000, 0), 0), 65534, 0);
    put(SKIP, plain(0, 1001, 90), 0);
    put(SKIP, plain(0, 1002, 90), 0);
    check_out(put(FORWARD, plain(0, 1003, 180), 0), 65535, 180);
    /* Two frames in a row. */
    put(SKIP, plain(0, 1004, 270), 0);
    put(SKIP, plain(0, 1005, 360), 0);
    check_out(put(FORWARD, plain(0, 1006, 450), 0), 0, 450);
    /* 1008 is lost, but belongs to a frame that is left out. */
    put(SKIP, plain(0, 1007, 540), 0);
    put(SKIP, plain(0, 1009, 540), 0);
    check_out(put(FORWARD, plain(0, 1010, 630), 0), 1, 630);
    /* 1011 is lost and may be anybody's: its gap stays. */
    put(SKIP, plain(0, 1012, 720), 0);
    check_out(put(FORWARD, plain(0, 1013, 810), 0), 3, 810);
    check_out(put(FORWARD, plain(0, 1011, 675), 0), 2, 675);
    /* What was left out stays out, also if it comes again or late. */
    ck_assert(!put(FORWARD, plain(0, 1012, 720), 0).sent);
    ck_assert(!put(FORWARD, plain(0, 1008, 540), 0).sent);
    /* Skipping what is late changes nothing. */
    put(SKIP, plain(0, 1011, 675), 0);
    check_out(put(FORWARD, plain(0, 1014, 900), 0), 4, 900);
}
END_TEST

/* Layers of their own numbers and timestamps become one stream. */
START_TEST(switches)
{
    check_out(put(OPEN, plain(2, 5000, 100000), 0), 65534, 100000);
    check_out(put(FORWARD, plain(2, 5001, 103000), 0), 65535, 103000);
    check_out(put(OPEN, plain(0, 90000, 7000), 99000), 0, 106000);
    /* The old layer is over, but for what is late. */
    ck_assert(!put(FORWARD, plain(2, 5002, 106000), 0).sent);
    check_out(put(FORWARD, plain(0, 90002, 10000), 0), 2, 109000);
    check_out(put(OPEN, plain(2, 5010, 112000), 0), 3, 112000);
    check_out(put(FORWARD, plain(2, 5011, 115000), 0), 4, 115000);
    /* A gap before the switch is filled by the old layer's rules. */
    check_out(put(FORWARD, plain(0, 90001, 7000), 0), 1, 106000);
    ck_assert(!put(FORWARD, plain(0, 90003, 13000), 0).sent);
    /* Time goes on even if the offset would not have it so. */
    check_out(put(OPEN, plain(1, 300, 50), 0), 5, 115001);
    check_out(put(FORWARD, plain(1, 301, 3050), 0), 6, 118001);
}
END_TEST

/* A pause: closed, and opened again where it stood. */
START_TEST(pause)
{
    check_out(put(OPEN, plain(0, 10, 0), 0), 65534, 0);
    rewrite_close(&rewriter);
    rewrite_close(&rewriter);
    ck_assert(!put(FORWARD, plain(0, 11, 90), 0).sent);
    put(SKIP, plain(0, 11, 90), 0);
    check_out(put(OPEN, plain(0, 50, 900), rewriter.offset), 65535, 900);
    ck_assert(!put(FORWARD, plain(0, 49, 810), 0).sent);
}
END_TEST

/* Picture ids of 15 and of 7 bits and TL0PICIDX go on over wraps, skips and
 * switches; without a change the payload is not copied. */
START_TEST(pictures)
{
    bool wide = _i;
    int last = wide ? 0x7fff : 0x7f;
    Out out;

    out = put(OPEN, vp8_packet(0, 100, 0, last - 1, wide, 254), 0);
    check_picture(out, 65534, last - 1, 254);
    ck_assert(out.shared);
    check_picture(put(FORWARD, vp8_packet(0, 101, 90, last, wide, 255), 0),
                  65535, last, 255);
    check_picture(put(FORWARD, vp8_packet(0, 102, 180, 0, wide, 0), 0),
                  0, 0, 0);

    /* Two packets of picture 1 are left out. */
    put(SKIP, vp8_packet(0, 103, 270, 1, wide, 1), 0);
    put(SKIP, vp8_packet(0, 104, 270, 1, wide, 1), 0);
    out = put(FORWARD, vp8_packet(0, 105, 360, 2, wide, 2), 0);
    check_picture(out, 1, 1, 1);
    ck_assert(!out.shared);

    /* A lost picture stays a gap. */
    check_picture(put(FORWARD, vp8_packet(0, 107, 540, 4, wide, 4), 0),
                  3, 3, 3);

    /* Another layer, whose ids wrap right behind the switch. */
    check_picture(put(OPEN, vp8_packet(1, 7000, 33, last, wide, 255), 600),
                  4, 4, 4);
    check_picture(put(FORWARD, vp8_packet(1, 7001, 123, 0, wide, 0), 0),
                  5, 5, 5);

    /* Back: what is late of the first layer keeps its old numbers. */
    check_picture(put(OPEN, vp8_packet(0, 120, 1600, 90, wide, 90), 0),
                  6, 6, 6);
    check_picture(put(FORWARD, vp8_packet(0, 106, 450, 3, wide, 3), 0),
                  2, 2, 2);
}
END_TEST

/* A picture id that is close to its end goes over it when it is raised. */
START_TEST(picture_wrap)
{
    check_picture(put(OPEN, vp8_packet(0, 1, 0, 0x7ffe, true, 255), 0),
                  65534, 0x7ffe, 255);
    check_picture(put(OPEN, vp8_packet(1, 1, 0, 10, true, 7), 90), 65535,
                  0x7fff, 0);
    check_picture(put(FORWARD, vp8_packet(1, 2, 90, 11, true, 8), 0), 0, 0,
                  1);
    check_picture(put(OPEN, vp8_packet(0, 9, 900, 126, false, -1), 0), 1, 1,
                  -1);
    check_picture(put(FORWARD, vp8_packet(0, 10, 990, 127, false, -1), 0), 2,
                  2, -1);
    check_picture(put(FORWARD, vp8_packet(0, 11, 1080, 0, false, -1), 0), 3,
                  3, -1);
}
END_TEST

/* Frames of upper temporal layers do not count in TL0PICIDX. */
START_TEST(upper_temporal_layer)
{
    Vp8Descriptor upper = { .size = 5, .picture = 2, .picture_bits = 7,
                            .picture_id = 2, .tl0 = 3, .tl0_index = 1,
                            .layer = 1 };
    const RewriteInput input = { .sequence = 2, .timestamp = 90,
                                 .vp8 = &upper };

    put(OPEN, vp8_packet(0, 1, 0, 1, false, 1), 0);
    ck_assert_int_eq(rewrite_skip(&rewriter, &input), 0);
    check_picture(put(FORWARD, vp8_packet(0, 3, 180, 3, false, 2), 0), 65535,
                  2, 2);
}
END_TEST

static RewriteSegment again(int layer, uint64_t first, uint64_t end,
                            uint32_t timestamp, uint16_t picture)
{
    return (RewriteSegment){ .layer = layer, .first = first, .end = end,
                             .timestamp = timestamp, .picture = picture };
}

/* A frame a second time: numbers of its own, and what follows makes room. */
START_TEST(inserted)
{
    RewriteSegment once_more = again(0, 10, 12, 45, 1);
    const RewriteSegment *segment;
    const RewriteInput input = { .timestamp = 90 };
    uint64_t number;

    put(OPEN, vp8_packet(0, 10, 90, 5, true, -1), 0);
    put(FORWARD, vp8_packet(0, 11, 90, 5, true, -1), 0);
    segment = rewrite_insert(&rewriter, &once_more);
    ck_assert_ptr_nonnull(segment);
    ck_assert_uint_eq((uint16_t)(10 + segment->sequence), 0);
    rewrite_note(&rewriter, segment, &input, 0);
    check_picture(put(FORWARD, vp8_packet(0, 12, 180, 6, true, -1), 0), 2, 7,
                  -1);

    /* A NACK finds each of them. */
    segment = rewrite_find_sent(&rewriter, 65535, &number);
    ck_assert(segment && !segment->again);
    ck_assert_uint_eq(number, 11);
    segment = rewrite_find_sent(&rewriter, 1, &number);
    ck_assert(segment && segment->again);
    ck_assert_uint_eq(number, 11);
    ck_assert_uint_eq(segment->timestamp, 45);
    segment = rewrite_find_sent(&rewriter, 2, &number);
    ck_assert(segment && !segment->again);
    ck_assert_uint_eq(number, 12);
    ck_assert_ptr_null(rewrite_find_sent(&rewriter, 3, &number));
    ck_assert_ptr_null(rewrite_find_sent(&rewriter, 65533, &number));
}
END_TEST

/* The server's own packets, before there is any other and between. */
START_TEST(own_packets)
{
    RewriteSegment own = again(LAYER_NONE, 0, 1, 1000, 1);
    const RewriteInput input = { .layer = LAYER_NONE };
    const RewriteSegment *segment = rewrite_insert(&rewriter, &own);
    uint64_t number;

    ck_assert_ptr_nonnull(segment);
    ck_assert_uint_eq((uint16_t)segment->sequence, 65534);
    rewrite_note(&rewriter, segment, &input, 0);
    check_out(put(OPEN, plain(0, 20, 5), 0), 65535, 1001);
    rewrite_close(&rewriter);
    own.timestamp = 2000;
    segment = rewrite_insert(&rewriter, &own);
    ck_assert_uint_eq((uint16_t)segment->sequence, 0);
    rewrite_note(&rewriter, segment, &input, 0);
    check_out(put(OPEN, plain(0, 21, 95), 996), 1, 2001);
    segment = rewrite_find_sent(&rewriter, 0, &number);
    ck_assert(segment && segment->layer == LAYER_NONE);
    ck_assert_uint_eq(segment->timestamp, 2000);
    ck_assert(!put(FORWARD, plain(LAYER_NONE, 0, 0), 0).sent);
}
END_TEST

/* Against a slow and simple reference: packets of one layer are skipped,
 * lost or forwarded at random; the numbers that go out are 1, 2, 3... but for
 * those of lost packets, and each leads back to its packet. */
START_TEST(random_run)
{
    uint64_t seed = 100 + _i, sequence = 60000, number;
    uint16_t expected = 65534;
    int nb_sent = 0;

    put(OPEN, plain(0, sequence++, 0), 0);
    expected++;
    for (int frame = 1; frame < 400; frame++) {
        unsigned nb = 1 + random_below(&seed, 5);
        bool skip = random_below(&seed, 3) == 0;

        for (unsigned i = 0; i < nb; i++, sequence++) {
            if (!skip && random_below(&seed, 10) == 0) {
                expected++;
                continue; /* lost */
            }
            if (skip && i && i + 1 < nb && random_below(&seed, 4) == 0)
                continue; /* lost inside a frame that is left out */
            if (skip) {
                put(SKIP, plain(0, sequence, frame * 90), 0);
                continue;
            }
            check_out(put(FORWARD, plain(0, sequence, frame * 90), 0),
                      expected, frame * 90);
            ck_assert(rewrite_find_sent(&rewriter, expected, &number));
            ck_assert_uint_eq(number, sequence);
            expected++;
            nb_sent++;
        }
    }
    ck_assert_int_gt(nb_sent, 500);
    ck_assert_uint_le(rewriter.room, REWRITE_SEGMENTS);
}
END_TEST

START_TEST(map)
{
    static int values[5000];
    SsrcMap ssrcs = { 0 };
    uint64_t seed = 3;
    uint32_t keys[5000];

    ck_assert_ptr_null(ssrc_map_get(&ssrcs, 1));
    ssrc_map_remove(&ssrcs, 1);
    for (int i = 0; i < 5000; i++) {
        /* In a row, as SSRCs may be given out, and anywhere. */
        keys[i] = i % 2 ? (uint32_t)i : (uint32_t)random_next(&seed) | 1 << 20;
        ck_assert_int_eq(ssrc_map_put(&ssrcs, keys[i], &values[i]), 0);
        ck_assert_int_lt(ssrc_map_put(&ssrcs, keys[i], &values[i]), 0);
    }
    for (int i = 0; i < 5000; i += 3)
        ssrc_map_remove(&ssrcs, keys[i]);
    for (int i = 0; i < 5000; i++)
        ck_assert_ptr_eq(ssrc_map_get(&ssrcs, keys[i]),
                         i % 3 ? &values[i] : NULL);
    ck_assert_uint_eq(ssrcs.nb, 5000 - 1667);
    ssrc_map_free(&ssrcs);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("sfu_rewrite", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, runs_on);
    tcase_add_test(tests, compaction);
    tcase_add_test(tests, switches);
    tcase_add_test(tests, pause);
    tcase_add_loop_test(tests, pictures, 0, 2);
    tcase_add_test(tests, picture_wrap);
    tcase_add_test(tests, upper_temporal_layer);
    tcase_add_test(tests, inserted);
    tcase_add_test(tests, own_packets);
    tcase_add_loop_test(tests, random_run, 0, 20);
    tcase_add_test(tests, map);
    return run_suite(suite);
}
