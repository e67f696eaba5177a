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


/* What the scenario makes the server do: each action does what it says, to
 * whom it says and as long as it says, and nothing else. */

#include <string.h>

#include "sfu_meeting.h"

#define REST  "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define KEY   "90808001" "104200" "9d012a" "4001f000" REST
#define DELTA "90808002" "310200" REST
#define MORE  "80808002" REST

#define MS(n) ((n) * INT64_C(1000))

#define NB_FRAMES 40
#define STEP      MS(10)
#define TICKS     900

/* The span that most actions here have: frames 10 to 19. */
#define FROM MS(100)
#define TO   MS(200)

static Meeting m, other;
static char bob[] = "bob", carol[] = "carol";

static void set_up(void)
{
    meeting_init(&m);
    meeting_init(&other);
}

static void tear_down(void)
{
    meeting_free(&m);
    meeting_free(&other);
}

static ServerAction action(ServerActionType type)
{
    return (ServerAction){
        .type = type, .span = { FROM, TO }, .kind = -1, .share = 1,
    };
}

/* Forty frames of two packets, a key frame every ten, to bob and carol. */
static void run_vp8(Meeting *meeting)
{
    meeting_open(meeting);
    meeting_publish(meeting, KIND_VIDEO, AV_CODEC_ID_VP8, 50, 1);
    meeting_subscribe(meeting, BOB);
    meeting_subscribe(meeting, CAROL);
    for (int i = 0; i < NB_FRAMES; i++) {
        char first[100], second[100];

        meeting_until(meeting, STEP * i);
        snprintf(first, sizeof(first), "%s", i % 10 ? DELTA : KEY);
        snprintf(second, sizeof(second), "%s", MORE);
        /* Its picture id. */
        snprintf(first + 4, 5, "%04x", 0x8000 | i);
        snprintf(second + 4, 5, "%04x", 0x8000 | i);
        first[8]  = i % 10 ? '3' : '1';
        second[8] = 'a';
        meeting_send(meeting, (Sent){ 50, 2 * i, TICKS * i, false, first,
                                      i });
        meeting_send(meeting, (Sent){ 50, 2 * i + 1, TICKS * i, true, second,
                                      i });
    }
    meeting_until(meeting, MS(1000));
}

/* Each number follows the one before, and time goes on. */
static void check_numbers(const Meeting *meeting, int participant)
{
    const Got *got = meeting->got[participant];

    for (int i = 0; i < meeting->nb_got[participant]; i++) {
        int32_t step = i ? got[i].timestamp - got[i - 1].timestamp : 0;

        ck_assert_uint_eq(got[i].sequence, 1000 * participant + i);
        ck_assert_uint_eq(got[i].ssrc, 100 * participant);
        ck_assert(step > 0 || (step == 0 && (!i || !got[i - 1].marker)));
    }
}

/* Pictures go on, too: one for each frame. */
static void check_pictures(const Meeting *meeting, int participant)
{
    unsigned picture = 0;

    for (int i = 0; i < meeting->nb_got[participant]; i++) {
        const Got *got = &meeting->got[participant][i];
        const uint8_t *p = got->datagram.payload;

        ck_assert_uint_eq((p[2] << 8 | p[3]) & 0x7fff, picture);
        picture += got->marker;
    }
}

/* All frames as they were sent, and nothing was done to them. */
static void check_untouched(const Meeting *meeting, int participant)
{
    check_numbers(meeting, participant);
    check_pictures(meeting, participant);
    ck_assert_int_eq(meeting->nb_got[participant], 2 * NB_FRAMES);
    for (int i = 0; i < 2 * NB_FRAMES; i++) {
        const Got *got = &meeting->got[participant][i];

        ck_assert_uint_eq(got->timestamp, i / 2 * TICKS);
        ck_assert_int_eq(got->time, i / 2 * STEP);
        ck_assert_uint_eq(got->datagram.tag.frame, i / 2);
        ck_assert_int_eq(got->datagram.tag.flags, 0);
        ck_assert_uint_eq(got->datagram.payload_size, strlen(i & 1 ?
                          MORE : i % 20 ? DELTA : KEY) / 2);
    }
    for (int i = 0; i < meeting->nb_withheld; i++)
        ck_assert_int_ne(meeting->withheld[i].participant, participant);
    for (int i = 0; i < meeting->nb_events; i++)
        if (meeting->events[i].type == EVENT_SERVER)
            ck_assert_str_ne(meeting->events[i].receiver, participant == BOB ?
                             "bob" : "carol");
}

/* An action on bob leaves carol alone; on other kinds, senders and in other
 * times it leaves everybody alone. */
START_TEST(only_whom_it_names)
{
    ServerAction a = action(_i);

    a.receiver = bob;
    a.delay    = MS(5);
    meeting_act(&m, a);
    a.kind = KIND_AUDIO;
    meeting_act(&m, a);
    run_vp8(&m);
    check_untouched(&m, CAROL);

    meeting_act(&other, a);
    a.kind   = KIND_VIDEO;
    a.sender = carol;
    meeting_act(&other, a);
    a.sender    = NULL;
    a.span.from = MS(5000);
    a.span.to   = 0;
    meeting_act(&other, a);
    run_vp8(&other);
    check_untouched(&other, BOB);
    check_untouched(&other, CAROL);
    ck_assert_int_eq(meeting_count_events(&other, EVENT_SERVER, NULL), 0);
}
END_TEST

START_TEST(drop)
{
    meeting_act(&m, action(SERVER_DROP));
    run_vp8(&m);
    ck_assert_int_eq(m.nb_got[BOB], 2 * (NB_FRAMES - 10));
    check_numbers(&m, BOB);
    check_pictures(&m, BOB);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "dropped"), 10);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "drop"), 20);
    ck_assert_uint_eq(m.withheld[0].tag.frame, 10);
    ck_assert_uint_eq(m.got[BOB][19].timestamp, 9 * TICKS);
    ck_assert_uint_eq(m.got[BOB][20].timestamp, 20 * TICKS);
}
END_TEST

/* A share is one of frames, whole ones, drawn for each receiver, the same in
 * every run with the seed and others with another seed. */
START_TEST(share)
{
    ServerAction a = action(SERVER_DROP);
    int nb[2] = { 0 }, nb_common = 0;

    a.span  = (Span){ 0, 0 };
    a.share = 0.5;
    meeting_act(&m, a);
    meeting_act(&other, a);
    other.scenario.seed = 1 + _i;
    run_vp8(&m);
    run_vp8(&other);
    check_numbers(&m, BOB);
    check_pictures(&m, BOB);
    check_numbers(&m, CAROL);
    ck_assert_int_eq(m.nb_got[BOB] & 1, 0);
    ck_assert_int_gt(m.nb_got[BOB], 2 * 8);
    ck_assert_int_lt(m.nb_got[BOB], 2 * 32);
    for (int i = 0; i < m.nb_got[BOB]; i++)
        nb[0] |= m.got[BOB][i].timestamp != m.got[CAROL][i].timestamp;
    ck_assert_int_eq(nb[0], 1);
    for (int i = 0; i < m.nb_got[BOB] && i < other.nb_got[BOB]; i++)
        nb_common += m.got[BOB][i].timestamp == other.got[BOB][i].timestamp;
    ck_assert_int_eq(nb_common == m.nb_got[BOB] &&
                     nb_common == other.nb_got[BOB], !_i);
}
END_TEST

/* Video goes on at the first key frame after a pause, without a gap; the
 * sender is asked for one. */
START_TEST(pause_video)
{
    ServerAction a = action(SERVER_PAUSE);

    a.span = (Span){ MS(100), MS(150) };
    meeting_act(&m, a);
    run_vp8(&m);
    ck_assert_int_eq(m.nb_got[BOB], 2 * 30);
    check_numbers(&m, BOB);
    check_pictures(&m, BOB);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "paused"), 5);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "no key frame yet"), 5);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "pause"), 2);
    ck_assert_uint_eq(m.got[BOB][20].timestamp, 20 * TICKS);
}
END_TEST

START_TEST(pause_asks_for_key)
{
    ServerAction a = action(SERVER_PAUSE);

    a.span = (Span){ MS(5000), MS(6000) };
    meeting_act(&m, a);
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_VP8, 50, 1);
    meeting_subscribe(&m, BOB);
    for (int i = 0; i < 7; i++) {
        meeting_until(&m, MS(1000 * i));
        meeting_send(&m, (Sent){ 50, i, i * 90000, true, i ? DELTA : KEY,
                                 i });
    }
    ck_assert_int_eq(m.nb_got[BOB], 5);
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    ck_assert_int_eq(m.asked[1].time, MS(6000));
    /* None came: it is asked for again after a second. */
    meeting_until(&m, MS(6900));
    meeting_send(&m, (Sent){ 50, 7, 630000, true, DELTA, 7 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    meeting_until(&m, MS(7000));
    meeting_send(&m, (Sent){ 50, 8, 640000, true, DELTA, 8 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 3);
}
END_TEST

/* A key frame that came during the pause does not delay the one after it,
 * and a receiver's wish for one is not passed on. */
START_TEST(pause_with_wishes)
{
    ServerAction a = action(SERVER_PAUSE);

    a.span = (Span){ MS(1000), MS(2000) };
    meeting_act(&m, a);
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_VP8, 50, 1);
    meeting_subscribe(&m, BOB);
    meeting_until(&m, MS(900));
    meeting_send_pli(&m, BOB, 100);
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 2);
    meeting_until(&m, MS(1200));
    meeting_send_pli(&m, BOB, 100);
    meeting_subscribe(&m, CAROL);
    meeting_send_pli(&m, CAROL, 200);
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 3);
    meeting_send(&m, (Sent){ 50, 1, 90000, true, KEY, 1 });
    meeting_until(&m, MS(2000));
    meeting_send(&m, (Sent){ 50, 2, 180000, true, DELTA, 2 });
    ck_assert_int_eq(meeting_count_asked(&m, true, 50), 4);
}
END_TEST

static void run_audio(Meeting *meeting)
{
    meeting_open(meeting);
    meeting_publish(meeting, KIND_AUDIO, AV_CODEC_ID_OPUS, 60, 1);
    meeting_subscribe(meeting, BOB);
    for (int i = 0; i < NB_FRAMES; i++) {
        meeting_until(meeting, STEP * i);
        meeting_send(meeting, (Sent){ 60, i, 480 * i, false, "78" REST, i });
    }
    meeting_until(meeting, MS(1000));
}

START_TEST(pause_audio)
{
    meeting_act(&m, action(SERVER_PAUSE));
    run_audio(&m);
    ck_assert_int_eq(m.nb_got[BOB], NB_FRAMES - 10);
    ck_assert_uint_eq(m.got[BOB][10].sequence, 1010);
    ck_assert_uint_eq(m.got[BOB][10].timestamp, 20 * 480);
}
END_TEST

/* While a track is muted the server's own frames come in its stead. */
START_TEST(inject_video)
{
    static const uint8_t picture[] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a,
                                       0x08, 0x00, 0x08, 0x00 };
    int nb = 0;

    meeting_act(&m, action(SERVER_INJECT));
    run_vp8(&m);
    check_numbers(&m, BOB);
    ck_assert_int_eq(m.nb_got[BOB], 2 * (NB_FRAMES - 10) + 4);
    for (int i = 0; i < m.nb_got[BOB]; i++) {
        const Got *got = &m.got[BOB][i];

        if (!(got->datagram.tag.flags & TAG_INJECTED))
            continue;
        nb++;
        ck_assert_int_ge(got->time, FROM);
        ck_assert_int_lt(got->time, TO);
        ck_assert(got->marker);
        ck_assert_uint_eq(got->datagram.header[1] & 0x7f, 96);
        ck_assert_uint_eq(got->datagram.tag.track, 7);
        ck_assert_uint_eq(got->datagram.payload_size, 4 + 31);
        ck_assert_mem_eq(got->datagram.payload + 4, picture, 10);
    }
    ck_assert_int_eq(nb, 4);
    check_pictures(&m, BOB);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "muted"), 10);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "inject"), 2);

    /* A NACK brings one of them again. */
    nb = m.nb_got[BOB];
    meeting_send_nack(&m, BOB, 100, 1000 + 21);
    ck_assert_int_eq(m.nb_got[BOB], nb + 1);
    ck_assert_uint_eq(m.got[BOB][nb].timestamp, m.got[BOB][21].timestamp);
    ck_assert_int_eq(m.got[BOB][nb].datagram.tag.flags,
                     TAG_INJECTED | TAG_RETRANSMITTED);
    ck_assert_uint_eq(m.got[BOB][nb].datagram.payload_size,
                      m.got[BOB][21].datagram.payload_size);
    ck_assert_mem_eq(m.got[BOB][nb].datagram.payload,
                     m.got[BOB][21].datagram.payload, 4 + 31);
}
END_TEST

START_TEST(inject_audio)
{
    static const uint8_t silence[80] = { 0xf8, 0xff, 0xfe };

    meeting_act(&m, action(SERVER_INJECT));
    run_audio(&m);
    check_numbers(&m, BOB);
    ck_assert_int_eq(m.nb_got[BOB], NB_FRAMES - 10 + 5);
    ck_assert_uint_eq(m.got[BOB][10].datagram.payload_size, sizeof(silence));
    ck_assert_mem_eq(m.got[BOB][10].datagram.payload, silence,
                     sizeof(silence));
    ck_assert_uint_eq(m.got[BOB][11].timestamp - m.got[BOB][10].timestamp,
                      960);
    ck_assert_uint_eq(m.got[BOB][15].timestamp, 20 * 480);
}
END_TEST

/* From the start, to a stream that has not begun; H.264 in one packet. */
START_TEST(inject_first)
{
    ServerAction a = action(SERVER_INJECT);
    const Got *got;

    a.span = (Span){ 0, MS(50) };
    meeting_act(&m, a);
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_H264, 50, 1);
    meeting_subscribe(&m, BOB);
    meeting_until(&m, MS(60));
    meeting_send(&m, (Sent){ 50, 9, 5, true, "6742c01f" REST, 0 });
    ck_assert_int_eq(m.nb_got[BOB], 3);
    check_numbers(&m, BOB);
    got = &m.got[BOB][0];
    ck_assert_uint_eq(got->datagram.payload_size, 47);
    ck_assert_uint_eq(got->datagram.payload[0] & 0x1f, 24);
    ck_assert_uint_eq(got->datagram.payload[3] & 0x1f, 7);
    ck_assert(sfu_key_frame(SFU_LIVEKIT, AV_CODEC_ID_H264,
                            got->datagram.payload,
                            got->datagram.payload_size));
}
END_TEST

/* The room's trailer stands behind what is injected. */
START_TEST(inject_with_trailer)
{
    static const uint8_t trailer[] = { 0xca, 0xfe, 0x01 };
    char options[] = "failure_tolerance=3:sif_trailer=cafe01:key_ring=8";

    m.scenario.options = options;
    meeting_act(&m, action(SERVER_INJECT));
    run_audio(&m);
    ck_assert_int_eq(m.nb_got[BOB], NB_FRAMES - 10 + 5);
    ck_assert_uint_eq(m.got[BOB][12].datagram.payload_size, 80 + 3);
    ck_assert_mem_eq(m.got[BOB][12].datagram.payload + 80, trailer, 3);
}
END_TEST

/* LiveKit's server has no frame for other codecs: the track is muted. */
START_TEST(inject_unknown_codec)
{
    meeting_act(&m, action(SERVER_INJECT));
    meeting_open(&m);
    meeting_publish(&m, KIND_VIDEO, AV_CODEC_ID_VP9, 50, 1);
    meeting_subscribe(&m, BOB);
    meeting_until(&m, MS(150));
    meeting_send(&m, (Sent){ 50, 1, 0, true, "0c824983" REST, 0 });
    meeting_until(&m, MS(250));
    ck_assert_int_eq(m.nb_got[BOB], 0);
    ck_assert_int_eq(meeting_count_withheld(&m, BOB, "muted"), 1);
}
END_TEST

static int count_bits(const Datagram *a, const Datagram *b)
{
    int nb = 0;

    ck_assert_uint_eq(a->payload_size, b->payload_size);
    for (size_t i = 0; i < a->payload_size; i++)
        nb += __builtin_popcount(a->payload[i] ^ b->payload[i]);
    return nb;
}

/* One bit of each frame's last packet, behind what stays clear; others and
 * the cache do not see it, a retransmission has the same one. */
START_TEST(tamper)
{
    ServerAction a = action(SERVER_TAMPER);

    a.receiver = bob;
    meeting_act(&m, a);
    run_vp8(&m);
    check_numbers(&m, BOB);
    for (int i = 0; i < 2 * NB_FRAMES; i++) {
        bool hit = i & 1 && i / 2 >= 10 && i / 2 < 20;
        const Datagram *got = &m.got[BOB][i].datagram;

        ck_assert_int_eq(count_bits(got, &m.got[CAROL][i].datagram), hit);
        ck_assert_int_eq(got->tag.flags, hit ? TAG_TAMPERED : 0);
        ck_assert_mem_eq(got->payload, m.got[CAROL][i].datagram.payload, 16);
    }
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "tamper"), 10);
    meeting_send_nack(&m, BOB, 100, 1000 + 25);
    meeting_send_nack(&m, CAROL, 200, 2000 + 25);
    ck_assert_int_eq(count_bits(&m.got[BOB][80].datagram,
                                &m.got[BOB][25].datagram), 0);
    ck_assert_int_eq(m.got[BOB][80].datagram.tag.flags,
                     TAG_TAMPERED | TAG_RETRANSMITTED);
    ck_assert_int_eq(count_bits(&m.got[CAROL][80].datagram,
                                &m.got[CAROL][25].datagram), 0);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "tamper"), 10);
}
END_TEST

static const struct {
    char   scheme[16]; ///< empty: none is given
    int    nb_bytes;
    size_t missing;
} strips[] = {
    { "", 0, 14 }, { "livekit", 0, 14 }, { "stream", 0, 20 },
    { "sframe", 0, 16 }, { "videosdk", 3, 3 }, { "", 1000, 34 },
};

START_TEST(strip)
{
    ServerAction a = action(SERVER_STRIP);
    char scheme[16];

    memcpy(scheme, strips[_i].scheme, sizeof(scheme));
    a.nb_bytes        = strips[_i].nb_bytes;
    m.scenario.scheme = scheme[0] ? scheme : NULL;
    meeting_act(&m, a);
    run_vp8(&m);
    check_numbers(&m, BOB);
    for (int i = 0; i < 2 * NB_FRAMES; i++) {
        bool hit = i & 1 && i / 2 >= 10 && i / 2 < 20;
        const Datagram *got = &m.got[BOB][i].datagram;

        ck_assert_uint_eq(got->payload_size + (hit ? strips[_i].missing : 0),
                          strlen(i & 1 ? MORE : i % 20 ? DELTA : KEY) / 2);
        ck_assert_int_eq(got->tag.flags, hit ? TAG_TAMPERED : 0);
    }
}
END_TEST

/* Frames come once more as new ones, and what follows makes room. */
START_TEST(replay)
{
    meeting_act(&m, action(SERVER_REPLAY));
    run_vp8(&m);
    check_numbers(&m, BOB);
    check_pictures(&m, BOB);
    ck_assert_int_eq(m.nb_got[BOB], 2 * (NB_FRAMES + 10));
    for (int i = 20; i < 60; i++) {
        const Got *got = &m.got[BOB][i];

        ck_assert_uint_eq(got->datagram.tag.frame, 10 + (i - 20) / 4);
        ck_assert_int_eq(got->datagram.tag.flags,
                         i & 2 ? TAG_REPLAYED : 0);
        if (i & 2) {
            ck_assert_uint_eq(got->timestamp, got[-2].timestamp + 90);
            ck_assert_int_eq(memcmp(got->datagram.payload + 4,
                                    got[-2].datagram.payload + 4,
                                    got->datagram.payload_size - 4), 0);
        }
    }
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "replay"), 20);
    meeting_send_nack(&m, BOB, 100, 1000 + 23);
    ck_assert_uint_eq(m.got[BOB][100].timestamp, m.got[BOB][23].timestamp);
    ck_assert_int_eq(count_bits(&m.got[BOB][100].datagram,
                                &m.got[BOB][23].datagram), 0);
}
END_TEST

/* Held back, numbered as they came; what comes later may overtake. */
START_TEST(hold)
{
    ServerAction a = action(SERVER_HOLD);
    int nb_late = 0;

    a.delay = MS(35);
    meeting_act(&m, a);
    run_vp8(&m);
    ck_assert_int_eq(m.nb_got[BOB], 2 * NB_FRAMES);
    for (int i = 0; i < 2 * NB_FRAMES; i++) {
        const Got *got = &m.got[BOB][i];
        int frame = got->datagram.tag.frame;
        bool held = frame >= 10 && frame < 20;

        nb_late += held;
        ck_assert_int_eq(got->time, STEP * frame + (held ? MS(35) : 0));
        ck_assert_uint_eq(got->sequence / 2, 500 + frame);
    }
    ck_assert_int_eq(nb_late, 20);
    ck_assert_int_eq(meeting_count_events(&m, EVENT_SERVER, "hold"), 2);
}
END_TEST

/* What is held back when the meeting ends is not lost to memory. */
START_TEST(hold_at_end)
{
    ServerAction a = action(SERVER_HOLD);

    a.span  = (Span){ 0, 0 };
    a.delay = MS(5000);
    meeting_act(&m, a);
    run_vp8(&m);
    ck_assert_int_eq(m.nb_got[BOB], 0);
}
END_TEST

/* All at once, with loss on the uplink: numbers stay whole, and the same
 * seed gives the same bytes. */
START_TEST(everything)
{
    Meeting *meetings[2] = { &m, &other };

    for (int run = 0; run < 2; run++) {
        for (int type = SERVER_DROP; type < SERVER_ACTION_NB; type++) {
            ServerAction a = action(type);

            a.share = 0.3;
            a.delay = MS(7);
            a.span  = (Span){ MS(20 * type), MS(300) };
            if (type == SERVER_PAUSE || type == SERVER_INJECT)
                a.span.to = a.span.from + MS(40);
            meeting_act(meetings[run], a);
        }
        run_vp8(meetings[run]);
    }
    ck_assert_int_eq(m.nb_got[BOB], other.nb_got[BOB]);
    ck_assert_int_eq(m.nb_events, other.nb_events);
    for (int i = 0; i < m.nb_got[BOB]; i++) {
        const Got *a = &m.got[BOB][i], *b = &other.got[BOB][i];

        ck_assert_int_eq(a->time, b->time);
        ck_assert_mem_eq(a->datagram.header, b->datagram.header, 12);
        ck_assert_int_eq(count_bits(&a->datagram, &b->datagram), 0);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("sfu_actions", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, only_whom_it_names, SERVER_DROP,
                        SERVER_ACTION_NB);
    tcase_add_test(tests, drop);
    tcase_add_loop_test(tests, share, 0, 3);
    tcase_add_test(tests, pause_video);
    tcase_add_test(tests, pause_asks_for_key);
    tcase_add_test(tests, pause_with_wishes);
    tcase_add_test(tests, pause_audio);
    tcase_add_test(tests, inject_video);
    tcase_add_test(tests, inject_audio);
    tcase_add_test(tests, inject_first);
    tcase_add_test(tests, inject_with_trailer);
    tcase_add_test(tests, inject_unknown_codec);
    tcase_add_test(tests, tamper);
    tcase_add_loop_test(tests, strip, 0, sizeof(strips) / sizeof(*strips));
    tcase_add_test(tests, replay);
    tcase_add_test(tests, hold);
    tcase_add_test(tests, hold_at_end);
    tcase_add_test(tests, everything);
    return run_suite(suite);
}
