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


/* The server: forwarding, layers, feedback, and verdicts. */

#include <string.h>

#include "sfu_meeting.h"

/* VP8 payloads with a picture id of 15 bits in bytes 2 and 3. */
#define REST  "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define KEY   "90808001" "104200" "9d012a" "4001f000" REST
#define DELTA "90808002" "310200" REST
#define MORE  "80808001" REST

#define MS(n) ((n) * INT64_C(1000))

static Meeting m;
static char bob[] = "bob";

static void set_up(void)
{
    meeting_init(&m);
}

static void tear_down(void)
{
    meeting_free(&m);
}

static void open_vp8(int nb_layers)
{
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_VP8, 50, nb_layers);
    meeting_subscribe(&m, BOB);
}

static const Got *last_of(int participant)
{
    ck_assert_int_gt(m.nb_got[participant], 0);
    return &m.got[participant][m.nb_got[participant] - 1];
}

/* Nothing but a key frame begins a stream; its first number is the one that
 * was agreed on. Each receiver has its own numbers. */
START_TEST(begins_at_key_frame)
{
    open_vp8(1);
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 1);
    ck_assert_int_eq(m.asked[0].participant, ALICE);

    meeting_send(&m, (Sent){ 50, 65533, 90, true, DELTA, 0 });
    meeting_send(&m, (Sent){ 50, 65534, 180, false, MORE, 1 });
    meeting_send(&m, (Sent){ 50, 65535, 180, true, MORE, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 0);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "no key frame yet"), 2);
    ck_assert_uint_eq(m.withheld[1].tag.frame, 1);

    meeting_send(&m, (Sent){ 50, 0, 270, false, KEY, 2 });
    meeting_send(&m, (Sent){ 50, 1, 270, true, MORE, 2 });
    meeting_subscribe(&m, CAROL);
    meeting_send(&m, (Sent){ 50, 2, 360, true, DELTA, 3 });
    ck_assert_int_eq(m.nb_got[BOB], 3);
    ck_assert_int_eq(m.nb_got[CAROL], 0);
    meeting_send(&m, (Sent){ 50, 3, 450, true, KEY, 4 });
    ck_assert_int_eq(m.nb_got[BOB], 4);
    ck_assert_int_eq(m.nb_got[CAROL], 1);
    ck_assert_int_eq(m.nb_got[ALICE], 0);
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(m.got[BOB][i].ssrc, 100);
        ck_assert_uint_eq(m.got[BOB][i].sequence, 1000 + i);
        ck_assert_uint_eq(m.got[BOB][i].timestamp, 270 + (i > 0 ? i - 1 : 0)
                                                   * 90);
        ck_assert_int_eq(m.got[BOB][i].datagram.tag.flags, 0);
        ck_assert_uint_eq(m.got[BOB][i].datagram.tag.track, 7);
    }
    ck_assert_uint_eq(m.got[CAROL][0].ssrc, 200);
    ck_assert_uint_eq(m.got[CAROL][0].sequence, 2000);
    /* One payload for everybody. */
    ck_assert_ptr_eq(m.got[CAROL][0].datagram.payload,
                     m.got[BOB][3].datagram.payload);
}
END_TEST

/* The network brought a key frame's packets in another order: the receiver
 * gets all of them as soon as the first one is there, and nothing older. */
START_TEST(key_frame_out_of_order)
{
    open_vp8(1);
    meeting_send(&m, (Sent){ 50, 9, 0, true, DELTA, 0 });
    meeting_send(&m, (Sent){ 50, 12, 90, true, MORE, 1 });
    meeting_send(&m, (Sent){ 50, 11, 90, false, MORE, 1 });
    meeting_send(&m, (Sent){ 50, 13, 180, true, DELTA, 2 });
    ck_assert_int_eq(m.nb_got[BOB], 0);
    meeting_send(&m, (Sent){ 50, 10, 90, false, KEY, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(m.got[BOB][i].sequence, 1000 + i);
        ck_assert_uint_eq(m.got[BOB][i].timestamp, i < 3 ? 90 : 180);
    }
    meeting_send(&m, (Sent){ 50, 8, 0, false, DELTA, 0 });
    ck_assert_int_eq(m.nb_got[BOB], 4);
    meeting_send(&m, (Sent){ 50, 14, 270, true, DELTA, 3 });
    ck_assert_uint_eq(last_of(BOB)->sequence, 1004);
}
END_TEST

/* With a packet lost in between: its gap stays, and it fits in when it comes
 * after all. */
START_TEST(key_frame_with_gap)
{
    open_vp8(1);
    meeting_send(&m, (Sent){ 50, 9, 0, true, DELTA, 0 });
    meeting_send(&m, (Sent){ 50, 12, 90, true, MORE, 1 });
    meeting_send(&m, (Sent){ 50, 10, 90, false, KEY, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 2);
    ck_assert_uint_eq(last_of(BOB)->sequence, 1002);
    meeting_send(&m, (Sent){ 50, 11, 90, false, MORE, 1 });
    ck_assert_uint_eq(last_of(BOB)->sequence, 1001);
    ck_assert_uint_eq(m.got[BOB][0].sequence, 1000);
}
END_TEST

/* Audio waits for nothing and nobody asks for its key frames. */
START_TEST(audio)
{
    meeting_open(&m);
    meeting_publish(&m, KIND_AUDIO, AV_CODEC_ID_OPUS, 60, 1);
    meeting_subscribe(&m, BOB);
    meeting_send(&m, (Sent){ 60, 10, 960, false, "78" REST, 0 });
    meeting_send(&m, (Sent){ 60, 11, 1920, false, "78" REST, 1 });
    meeting_send_pli(&m, BOB, 100);
    ck_assert_int_eq(m.nb_got[BOB], 2);
    ck_assert_int_eq(m.nb_asked, 0);
    ck_assert_int_eq(m.nb_withheld, 0);
}
END_TEST

/* What is not announced, or by somebody else, goes nowhere; nor does what
 * comes twice, or after the end. */
START_TEST(strangers)
{
    Datagram datagram;
    uint8_t data[40] = { 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 50, 0x10 };

    open_vp8(1);
    meeting_send(&m, (Sent){ 51, 1, 90, true, KEY, 0 });
    ck_assert_int_eq(datagram_make(&datagram, NULL, data, sizeof(data)), 0);
    ck_assert_int_eq(server_receive(m.server, CAROL, &datagram), 0);
    ck_assert_int_eq(m.nb_got[BOB], 0);
    meeting_send(&m, (Sent){ 50, 1, 90, true, KEY, 0 });
    meeting_send(&m, (Sent){ 50, 1, 90, true, KEY, 0 });
    ck_assert_int_eq(m.nb_got[BOB], 1);

    meeting_send_pli(&m, CAROL, 100);
    meeting_send_nack(&m, CAROL, 100, 1000);
    meeting_send_nack(&m, BOB, 101, 1000);
    meeting_until(&m, MS(400));
    ck_assert_int_eq(m.nb_got[CAROL] + m.nb_asked, 1);

    ck_assert_int_lt(server_subscribe(m.server, CAROL, 8, 200, 0), 0);
    ck_assert_int_lt(server_subscribe(m.server, CAROL, 7, 100, 0), 0);
    server_unsubscribe(m.server, CAROL, 7);
    server_unsubscribe(m.server, BOB, 7);
    meeting_send(&m, (Sent){ 50, 2, 180, true, KEY, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 1);
    meeting_subscribe(&m, BOB);
    server_unpublish(m.server, 7);
    server_unpublish(m.server, 7);
    meeting_send(&m, (Sent){ 50, 3, 270, true, KEY, 2 });
    meeting_send_nack(&m, BOB, 100, 1000);
    ck_assert_int_eq(m.nb_got[BOB], 1);
    ck_assert(!server_verdicts(m.server, 7, NULL));
}
END_TEST

/* A receiver's NACK is answered from the cache under the number that the
 * receiver knows, also of a frame before others were left out. */
START_TEST(nack_is_answered)
{
    const Got *got;

    meeting_act(&m, (ServerAction){ SERVER_DROP, { MS(30), MS(60) },
                                    .kind = -1, .share = 1 });
    open_vp8(1);
    for (int i = 0; i < 10; i++) {
        meeting_send(&m, (Sent){ 50, i, i * 90, true, i ? DELTA : KEY, i });
        meeting_until(&m, MS(10 * (i + 1)));
    }
    ck_assert_int_eq(m.nb_got[BOB], 7);
    meeting_send_nack(&m, BOB, 100, 1002);
    meeting_send_nack(&m, BOB, 100, 1004);
    ck_assert_int_eq(m.nb_got[BOB], 9);
    got = &m.got[BOB][7];
    ck_assert_uint_eq(got->sequence, 1002);
    ck_assert_uint_eq(got->timestamp, 180);
    ck_assert_int_eq(got->datagram.tag.flags, TAG_RETRANSMITTED);
    got = &m.got[BOB][8];
    ck_assert_uint_eq(got->sequence, 1004);
    ck_assert_uint_eq(got->datagram.tag.frame, 7);
    ck_assert_uint_eq(got->timestamp, 630);
    /* Picture 2 was sent as 2 - 3, and so it is again. */
    ck_assert_uint_eq(got->datagram.payload[2], 0xff);
    ck_assert_uint_eq(got->datagram.payload[3], 0xff);
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 0);
    /* What was never sent is not known. */
    meeting_send_nack(&m, BOB, 100, 1007);
    meeting_send_nack(&m, BOB, 100, 999);
    meeting_until(&m, MS(300));
    ck_assert_int_eq(m.nb_got[BOB], 9);
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 0);
}
END_TEST

/* Gaps of the uplink are asked for by the clock until they are filled or
 * given up, and fill the receiver's gap. */
START_TEST(uplink_nack)
{
    open_vp8(1);
    meeting_send(&m, (Sent){ 50, 1, 90, true, KEY, 0 });
    meeting_send(&m, (Sent){ 50, 4, 360, true, DELTA, 3 });
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 0);
    meeting_until(&m, MS(11));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 2);
    ck_assert_uint_eq(m.asked[1].sequence, 2);
    ck_assert_uint_eq(m.asked[2].sequence, 3);
    meeting_send(&m, (Sent){ 50, 3, 270, true, DELTA, 2 });
    ck_assert_uint_eq(last_of(BOB)->sequence, 1002);
    ck_assert_uint_eq(last_of(BOB)->timestamp, 270);
    meeting_until(&m, MS(61));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 3);
    ck_assert_uint_eq(m.asked[3].sequence, 2);
    meeting_until(&m, MS(2000));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 1 + 10);
    ck_assert_int_eq(clock_step(m.clock), AVERROR_EOF);
    /* It is given up, but a receiver still wants it: passed on. */
    meeting_send_nack(&m, BOB, 100, 1001);
    meeting_until(&m, MS(2015));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 1 + 11);
    meeting_send(&m, (Sent){ 50, 2, 180, true, DELTA, 1 });
    ck_assert_uint_eq(last_of(BOB)->sequence, 1001);
    meeting_until(&m, MS(3000));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 1 + 11);
}
END_TEST

START_TEST(no_nack_if_not_wanted)
{
    m.scenario.nack = false;
    open_vp8(1);
    meeting_send(&m, (Sent){ 50, 1, 90, true, KEY, 0 });
    meeting_send(&m, (Sent){ 50, 4, 360, true, DELTA, 3 });
    meeting_until(&m, MS(1000));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 0);
}
END_TEST

/* After a gap that is too long for NACKs only a key frame helps. */
START_TEST(long_gap)
{
    open_vp8(1);
    meeting_send(&m, (Sent){ 50, 1, 90, true, KEY, 0 });
    meeting_until(&m, MS(400));
    meeting_send(&m, (Sent){ 50, 1001, 9000, true, DELTA, 100 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    meeting_until(&m, MS(500));
    ck_assert_int_eq(meeting_count_asked(&m, false, 50), 0);
    ck_assert_uint_eq(last_of(BOB)->sequence, 2000);
}
END_TEST

/* PLIs of many receivers are one for the sender in 300 ms; the one that came
 * too soon is passed on unless a key frame comes before. */
START_TEST(pli_is_throttled)
{
    open_vp8(1);
    meeting_subscribe(&m, CAROL);
    meeting_send(&m, (Sent){ 50, 0, 90, true, KEY, 0 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 1);
    meeting_until(&m, MS(290));
    meeting_send(&m, (Sent){ 50, 1, 180, true, DELTA, 1 });
    meeting_until(&m, MS(310));
    for (int i = 0; i < 5; i++) {
        meeting_send_pli(&m, BOB, 100);
        meeting_send_pli(&m, CAROL, 200);
    }
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    meeting_until(&m, MS(600));
    meeting_send(&m, (Sent){ 50, 2, 270, true, DELTA, 2 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    meeting_until(&m, MS(611));
    meeting_send(&m, (Sent){ 50, 3, 360, true, DELTA, 3 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 3);
    /* Too soon again, and a key frame settles it. */
    meeting_send_pli(&m, BOB, 100);
    meeting_send(&m, (Sent){ 50, 4, 450, true, KEY, 4 });
    meeting_until(&m, MS(1000));
    meeting_send(&m, (Sent){ 50, 5, 540, true, DELTA, 5 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 3);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_PLI, NULL), 3);
    ck_assert_str_eq(m.events[0].receiver, "bob");
}
END_TEST

/* Each layer has numbers of its own; which one bob gets changes at key frames
 * of the layer that he shall get, and nowhere else. */
START_TEST(layers)
{
    static const uint32_t starts[] = { 7000, 900000, 40 };

    meeting_act(&m, (ServerAction){ SERVER_LAYER, { MS(1000), MS(2000) },
                                    .receiver = bob, .kind = -1 });
    open_vp8(3);
    meeting_subscribe(&m, CAROL);
    ck_assert_int_eq(meeting_count_asked(&m, true, 52), 1);
    for (int i = 0; i < 30; i++) {
        meeting_until(&m, MS(100 * i));
        for (int layer = 0; layer < 3; layer++) {
            /* Key frames: all at first, the first layer's at 1.5 s, the
             * last one's at 1.2 s and 2.5 s. */
            bool key = !i || (layer == 0 && i == 15) ||
                       (layer == 2 && (i == 12 || i == 25));

            meeting_send(&m, (Sent){ 50 + layer, 500 - 100 * layer + i,
                                     starts[layer] + 9000 * i, true,
                                     key ? KEY : DELTA, i });
        }
    }
    ck_assert_int_eq(m.nb_got[BOB], 31);
    ck_assert_int_eq(m.nb_got[CAROL], 30);
    for (int i = 0, extra = 0; i < 31; i++) {
        const Got *got = &m.got[BOB][i];

        ck_assert_uint_eq(got->sequence, 1000 + i);
        if (i)
            ck_assert_int_gt((int32_t)(got->timestamp - got[-1].timestamp),
                             0);
        ck_assert_int_eq(got->time, MS(100) * (i - extra));
        /* At 2.5 s the frame of the first layer came before the last's. */
        extra += i == 25;
    }
    /* In step with the layer's own clock, but for one tick. */
    ck_assert_uint_eq(m.got[BOB][15].timestamp, 40 + 9000 * 15);
    ck_assert_uint_eq(m.got[BOB][25].timestamp, 40 + 9000 * 25);
    ck_assert_uint_eq(m.got[BOB][26].timestamp, 40 + 9000 * 25 + 1);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_LAYER, NULL), 4);
    ck_assert_int_eq(m.events[m.nb_events - 1].type, EVENT_LAYER);
    ck_assert_int_eq(m.events[m.nb_events - 1].value, 2);
    ck_assert_int_eq(m.events[m.nb_events - 1].time, MS(2500));
    /* The new layer's key frame was asked for, and again after a second only
     * of those that did not come. */
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 1);
    ck_assert_int_eq(meeting_count_asked(&m, true, 52), 2);
}
END_TEST

/* With reports of both layers the timestamps are right to the tick, whenever
 * the packets come. */
START_TEST(layer_time_by_reports)
{
    const RtcpSenderReport low  = { 50, UINT64_C(5) << 32, 7000, 0, 0 };
    const RtcpSenderReport high = { 51, (UINT64_C(5) << 32) + (1u << 31),
                                    500, 0, 0 };

    meeting_act(&m, (ServerAction){ SERVER_LAYER, { MS(50), 0 },
                                    .kind = -1 });
    open_vp8(2);
    meeting_send_report(&m, &low);
    meeting_send_report(&m, &high);
    meeting_send(&m, (Sent){ 51, 1, 500, true, KEY, 0 });
    meeting_until(&m, MS(170));
    /* 0.5 s before the other's report, and 0.75 s after its own: 0.25 s
     * later than the frame before, though it comes 0.17 s later. */
    meeting_send(&m, (Sent){ 50, 1, 7000 + 67500, true, KEY, 1 });
    ck_assert_uint_eq(last_of(BOB)->timestamp, 500 + 22500);
}
END_TEST

/* A key frame that was lost and sent again comes too late if the other layer
 * has gone on for long: the receiver would see time stand still. */
START_TEST(key_frame_too_late)
{
    const RtcpSenderReport low  = { 50, UINT64_C(5) << 32, 9000, 0, 0 };
    const RtcpSenderReport high = { 51, UINT64_C(5) << 32, 9000, 0, 0 };
    int frames = _i ? 3 : 1;

    meeting_act(&m, (ServerAction){ SERVER_LAYER, { 0, MS(90) },
                                    .kind = -1 });
    open_vp8(2);
    meeting_send_report(&m, &low);
    meeting_send_report(&m, &high);
    meeting_send(&m, (Sent){ 50, 1, 0, true, KEY, 0 });
    meeting_send(&m, (Sent){ 51, 1, 0, true, KEY, 0 });
    meeting_until(&m, MS(100));
    /* The high layer's frame 1 begins with packet 2, which is lost. */
    meeting_send(&m, (Sent){ 51, 3, 3000, true, MORE, 1 });
    for (int i = 0; i <= frames; i++)
        meeting_send(&m, (Sent){ 50, 2 + i, 3000 + 3000 * i, true, DELTA,
                                 1 + i });
    meeting_until(&m, MS(150));
    meeting_send(&m, (Sent){ 51, 2, 3000, false, KEY, 1 });
    ck_assert_int_eq(meeting_count_events(&m, EVENT_LAYER, NULL), _i ? 1 : 2);
    ck_assert_uint_eq(last_of(BOB)->timestamp, _i ? 12000 : 6001);
}
END_TEST

/* If the wanted layer never comes, another one does after a while. */
START_TEST(layer_that_is_not_sent)
{
    open_vp8(2);
    meeting_send(&m, (Sent){ 50, 1, 0, true, KEY, 0 });
    meeting_until(&m, MS(600));
    meeting_send(&m, (Sent){ 50, 2, 90, true, DELTA, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 0);
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 1);
    meeting_send(&m, (Sent){ 50, 3, 180, true, KEY, 2 });
    ck_assert_int_eq(m.nb_got[BOB], 1);
    meeting_send(&m, (Sent){ 51, 3, 180, true, KEY, 2 });
    ck_assert_int_eq(m.nb_got[BOB], 2);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_LAYER, NULL), 2);
}
END_TEST

/* The chosen SFU decides: a stream that libavformat packs in VP9 begins with
 * any frame for mediasoup, with a key frame for LiveKit, never for Janus. */
START_TEST(rules_decide)
{
    static const int sent[SFU_NB] = { 3, 2, 0, 3 };
    SfuVerdicts verdicts;

    m.scenario.sfu = _i;
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_VP9, 50, 1);
    meeting_subscribe(&m, BOB);
    meeting_send(&m, (Sent){ 50, 0, 0, true, "0c860040" REST, 0 });
    meeting_send(&m, (Sent){ 50, 1, 90, true, "0c824983" REST, 1 });
    meeting_send(&m, (Sent){ 50, 2, 180, true, "0c860040" REST, 2 });
    ck_assert_int_eq(m.nb_got[BOB], sent[_i]);
    ck_assert(server_verdicts(m.server, 7, &verdicts));
    ck_assert_uint_eq(verdicts.nb_frames, 3);
    ck_assert_uint_eq(verdicts.nb_key[SFU_MEDIASOUP], 3);
    ck_assert_uint_eq(verdicts.nb_key[SFU_LIVEKIT], 1);
    ck_assert_uint_eq(verdicts.nb_key[SFU_JANUS], 0);
    ck_assert_uint_eq(verdicts.nb_key[SFU_JITSI], 3);
    ck_assert_uint_eq(verdicts.nb_disagree, 3);
    /* Each way to disagree is told once. */
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER,
                                          "a key frame to mediasoup, jitsi"),
                     1);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, NULL), 2);
}
END_TEST

/* Verdicts are on frames, not packets, on those alone whose first packet was
 * seen, and also on those that are long gone. */
START_TEST(verdicts)
{
    SfuVerdicts verdicts;
    int sequence = 0;

    open_vp8(1);
    for (int i = 0; i < 40; i++) {
        if (i == 20)
            sequence++; /* lost: the first packet of frame 20 */
        else
            meeting_send(&m, (Sent){ 50, sequence++, 90 * i, false,
                                     i % 10 ? DELTA : KEY, i });
        meeting_send(&m, (Sent){ 50, sequence++, 90 * i, true, MORE, i });
    }
    ck_assert(server_verdicts(m.server, 7, &verdicts));
    ck_assert_uint_eq(verdicts.nb_frames, 39);
    for (int i = 0; i < SFU_NB; i++)
        ck_assert_uint_eq(verdicts.nb_key[i], 3);
    ck_assert_uint_eq(verdicts.nb_disagree, 0);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, NULL), 0);
}
END_TEST

/* SFrame hides everything: layers change at the start of a frame. */
START_TEST(unseen_codec)
{
    meeting_act(&m, (ServerAction){ SERVER_LAYER, { MS(50), 0 },
                                    .kind = -1 });
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_NONE, 50, 2);
    meeting_subscribe(&m, BOB);
    meeting_send(&m, (Sent){ 51, 1, 0, false, REST, 0 });
    meeting_send(&m, (Sent){ 51, 2, 0, true, REST, 0 });
    ck_assert_int_eq(m.nb_got[BOB], 2);
    meeting_send(&m, (Sent){ 50, 1, 0, false, REST, 0 });
    meeting_until(&m, MS(100));
    meeting_send(&m, (Sent){ 50, 2, 0, true, REST, 0 });
    ck_assert_int_eq(m.nb_got[BOB], 2);
    meeting_send(&m, (Sent){ 50, 3, 9000, false, REST, 1 });
    meeting_send(&m, (Sent){ 51, 3, 9000, false, REST, 1 });
    ck_assert_int_eq(m.nb_got[BOB], 3);
    ck_assert_uint_eq(last_of(BOB)->sequence, 1002);
    ck_assert_uint_eq(last_of(BOB)->timestamp, 9000);
}
END_TEST

/* Also of frames whose packets changed places, and behind one that was late:
 * each is judged by its first packet. */
START_TEST(frames_out_of_order)
{
    static const int order[] = { 0, 1, 3, 2, 5, 4, 6, 8, 9, 7 };
    SfuVerdicts verdicts;

    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_NONE, 50, 1);
    for (size_t i = 0; i < 10; i++) {
        int n = order[i];

        if (i == 2)
            meeting_subscribe(&m, BOB);
        meeting_send(&m, (Sent){ 50, n, n / 2 * 90, n & 1, REST, n / 2 });
    }
    ck_assert(server_verdicts(m.server, 7, &verdicts));
    ck_assert_uint_eq(verdicts.nb_frames, 5);
    ck_assert_int_eq(m.nb_got[BOB], 8);
    ck_assert_uint_eq(m.got[BOB][0].sequence, 1000);
    ck_assert_uint_eq(m.got[BOB][1].sequence, 1001);
    ck_assert_uint_eq(m.got[BOB][0].datagram.tag.frame, 1);
}
END_TEST

/* Reports reach those who get the layer, with what they know of it. */
START_TEST(reports)
{
    const RtcpSenderReport report = { 50, UINT64_C(5) << 32, 500, 70, 80 };

    open_vp8(1);
    meeting_send_report(&m, &report);
    ck_assert_int_eq(m.nb_reports, 0);
    meeting_send(&m, (Sent){ 50, 1, 450, true, KEY, 0 });
    meeting_send_report(&m, &report);
    ck_assert_int_eq(m.nb_reports, 1);
    ck_assert_uint_eq(m.report.ssrc, 100);
    ck_assert_uint_eq(m.report.ntp, report.ntp);
    ck_assert_uint_eq(m.report.timestamp, 500);
    ck_assert_uint_eq(m.report.nb_packets, 1);
    ck_assert_uint_eq(m.report.nb_bytes, strlen(KEY) / 2);
    ck_assert_str_eq(m.cname, "alice@home");
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("sfu_server", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, begins_at_key_frame);
    tcase_add_test(tests, key_frame_out_of_order);
    tcase_add_test(tests, key_frame_with_gap);
    tcase_add_test(tests, audio);
    tcase_add_test(tests, strangers);
    tcase_add_test(tests, nack_is_answered);
    tcase_add_test(tests, uplink_nack);
    tcase_add_test(tests, no_nack_if_not_wanted);
    tcase_add_test(tests, long_gap);
    tcase_add_test(tests, pli_is_throttled);
    tcase_add_test(tests, layers);
    tcase_add_test(tests, layer_time_by_reports);
    tcase_add_loop_test(tests, key_frame_too_late, 0, 2);
    tcase_add_test(tests, layer_that_is_not_sent);
    tcase_add_loop_test(tests, rules_decide, 0, SFU_NB);
    tcase_add_test(tests, verdicts);
    tcase_add_test(tests, unseen_codec);
    tcase_add_test(tests, frames_out_of_order);
    tcase_add_test(tests, reports);
    return run_suite(suite);
}
