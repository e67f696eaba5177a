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

/* Small meetings: what comes out is counted, and comes out again. */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/version.h>
#include <libavutil/crc.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/murmur3.h>

#include "common.h"
#include "net/rtp.h"
#include "net/rtp_sframe.h"
#include "report/log.h"
#include "room/room.h"

#define SECOND INT64_C(1000000)

/** A meeting, and what was seen of it. */
typedef struct Meeting {
    Scenario  scenario;
    RoomSetup setup;
    Room     *room;
    Report    report;
    struct AVMurMur3 *hash;
    uint8_t   digest[16];
    uint64_t  nb_lives, nb_hops;
    int64_t   first_opened, first_shown; ///< of anybody
    uint64_t  nb_after, nb_opened_after; ///< lives captured from `after` on
    int64_t   after;
    const char *watched;                 ///< at this receiver; NULL: at all
    /* What the sender sent and what came to the first receiver: all payloads,
     * in whatever order. */
    uint64_t  nb_media[HOP_NB], media_sum[HOP_NB];
    uint64_t  nb_sealed_packets;         ///< of the sender, by SFrame's T bit
} Meeting;

static void hash_number(Meeting *m, int64_t number)
{
    av_murmur3_update(m->hash, (const uint8_t *)&number, sizeof(number));
}

static void hash_text(Meeting *m, const char *text)
{
    if (text)
        av_murmur3_update(m->hash, (const uint8_t *)text, strlen(text));
}

static void note_event(void *opaque, const Event *event)
{
    Meeting *m = opaque;

    hash_number(m, event->time);
    hash_number(m, event->type);
    hash_text(m, event->participant);
    hash_text(m, event->receiver);
    hash_text(m, event->reason);
    hash_number(m, event->frame);
}

static void note_life(void *opaque, const FrameLife *life)
{
    Meeting *m = opaque;

    m->nb_lives++;
    hash_text(m, life->receiver);
    hash_number(m, life->frame);
    hash_number(m, life->fate);
    hash_number(m, life->shown);
    hash_number(m, life->opened);
    hash_number(m, life->nb_mishaps);
    if (m->watched && strcmp(m->watched, life->receiver))
        return;
    if (life->fate == FATE_OPENED && m->first_opened < 0)
        m->first_opened = life->captured;
    if (life->shown == SHOWN_IDENTICAL && m->first_shown < 0)
        m->first_shown = life->captured;
    if (life->captured >= m->after) {
        m->nb_after++;
        m->nb_opened_after += life->fate == FATE_OPENED;
    }
}

static void note_datagram(void *opaque, int participant, Hop hop,
                          int64_t time, const Datagram *datagram)
{
    Meeting *m = opaque;

    m->nb_hops++;
    hash_number(m, participant);
    hash_number(m, hop);
    hash_number(m, time);
    av_murmur3_update(m->hash, datagram->header, datagram->header_size);
    av_murmur3_update(m->hash, datagram->payload, datagram->payload_size);
}

static void note_payload(void *opaque, int participant, Hop hop, int64_t time,
                         const Datagram *datagram)
{
    Meeting *m = opaque;

    note_datagram(m, participant, hop, time, datagram);
    if (!rtp_is_media(datagram->header, datagram->header_size) ||
        participant != (hop == HOP_UPLINK ? 0 : 1))
        return;
    m->nb_media[hop]++;
    m->media_sum[hop] += av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0,
                                datagram->payload, datagram->payload_size);
    m->nb_sealed_packets += hop == HOP_UPLINK &&
                            datagram->payload[0] & RTP_SFRAME_PER_PACKET;
}

static ParticipantPlan *person(Meeting *m, int number)
{
    return &m->scenario.participants[number];
}

static TrackPlan *send_generated(Meeting *m, int number, TrackKind kind,
                                 const char *source)
{
    ParticipantPlan *p = person(m, number);
    TrackPlan *t;

    p->tracks = av_realloc_array(p->tracks, p->nb_tracks + 1,
                                 sizeof(*p->tracks));
    t = &p->tracks[p->nb_tracks++];
    memset(t, 0, sizeof(*t));
    t->kind            = kind;
    t->source.generate = av_strdup(source);
    t->encodings       = av_calloc(3, sizeof(*t->encodings));
    t->nb_encodings    = 1;
    return t;
}

/* alice sends pictures and sound, bob and eve receive; eve's key is wrong. */
static void plan(Meeting *m, uint64_t seed)
{
    static const char *const names[] = { "alice", "bob", "eve" };

    memset(m, 0, sizeof(*m));
    m->first_opened = m->first_shown = -1;
    scenario_init(&m->scenario);
    m->scenario.seed     = seed;
    m->scenario.duration = 2 * SECOND;
    ck_assert_int_ge(scenario_room_key(&m->scenario), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(scenario_add_participant(&m->scenario, names[i]), i);
        person(m, i)->key = m->scenario.key;
    }
    ck_assert_int_ge(key_from_seed(&person(m, 2)->key, KEY_WRONG, seed,
                                   "eve"), 0);
    send_generated(m, 0, KIND_VIDEO, "testsrc2=size=160x120:rate=15");
    send_generated(m, 0, KIND_AUDIO, "anoisesrc=amplitude=0.1");
    m->hash = av_murmur3_alloc();
    av_murmur3_init(m->hash);
    m->setup = (RoomSetup){
        .verify = VERIFY_DECODE, .nb_threads = 1,
        .events = { note_event, m }, .lives = { note_life, m },
        .tap = { note_datagram, m },
    };
}

static void add_network(Meeting *m, double loss)
{
    m->scenario.network = av_calloc(1, sizeof(Netem));
    m->scenario.nb_network = 1;
    *m->scenario.network = (Netem){
        .delay = 20000, .jitter = 4000, .loss = loss,
    };
}

static void add_key_event(Meeting *m, int number, const KeyEvent *event)
{
    ParticipantPlan *p = person(m, number);

    p->key_events = av_realloc_array(p->key_events, p->nb_key_events + 1,
                                     sizeof(*p->key_events));
    p->key_events[p->nb_key_events++] = *event;
}

static void hold(Meeting *m)
{
    int ret;

    m->setup.scenario = &m->scenario;
    ck_assert_int_eq(room_open(&m->room, &m->setup), 0);
    while ((ret = room_step(m->room)) >= 0)
        ;
    ck_assert_int_eq(ret, AVERROR_EOF);
    ck_assert_int_eq(room_report(m->room, &m->report), 0);
    av_murmur3_final(m->hash, m->digest);
}

static const ReportRow *row(const Meeting *m, const char *receiver,
                            const char *kind)
{
    for (int i = 0; i < m->report.nb_rows; i++)
        if (!strcmp(m->report.rows[i].receiver, receiver) &&
            !strcmp(m->report.rows[i].kind, kind))
            return &m->report.rows[i];
    ck_abort_msg("no row %s %s", receiver, kind);
    return NULL;
}

static void check_balance(const Meeting *m)
{
    uint64_t nb_sent = 0;

    for (int i = 0; i < m->report.nb_rows; i++) {
        const ReportRow *r = &m->report.rows[i];
        uint64_t fates = 0, shown = 0, states = 0;

        for (int j = 0; j < FATE_NB; j++)
            fates += r->nb_fate[j];
        for (int j = 0; j < SHOWN_NB; j++)
            shown += r->nb_shown[j];
        for (int j = 0; j < STATE_NB; j++)
            states += r->nb_state[j];
        ck_assert_uint_eq(fates, r->nb_sent);
        ck_assert_uint_eq(shown, r->nb_sent);
        ck_assert_uint_eq(states, r->nb_fate[FATE_OPENED] +
                                  r->nb_fate[FATE_REFUSED]);
        nb_sent += r->nb_sent;
    }
    ck_assert_uint_eq(m->nb_lives, nb_sent);
}

static void end(Meeting *m)
{
    check_balance(m);
    room_free(&m->room);
    scenario_free(&m->scenario);
    av_freep(&m->hash);
}

START_TEST(ideal)
{
    Meeting m;

    plan(&m, 1);
    hold(&m);
    ck_assert(m.report.held);
    ck_assert_int_eq(m.report.nb_expectations, 4);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_sent, 30);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_shown[SHOWN_IDENTICAL], 30);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_sent, 100);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_shown[SHOWN_IDENTICAL],
                      100);
    ck_assert_uint_eq(row(&m, "eve", "video")->nb_fate[FATE_REFUSED], 30);
    ck_assert_uint_eq(row(&m, "eve", "audio")->nb_state[STATE_INVALID_KEY],
                      100);
    end(&m);
}
END_TEST

static void hold_lossy(Meeting *m, uint64_t seed, int nb_threads)
{
    plan(m, seed);
    add_network(m, 0.05);
    m->setup.nb_threads = nb_threads;
    hold(m);
}

START_TEST(again)
{
    Meeting first, second;
    uint64_t seed = 1 + _i;

    hold_lossy(&first, seed, 1);
    for (int threads = 1; threads <= 3; threads++) {
        hold_lossy(&second, seed, threads);
        ck_assert_mem_eq(first.digest, second.digest, sizeof(first.digest));
        ck_assert_uint_eq(first.nb_hops, second.nb_hops);
        end(&second);
    }
    hold_lossy(&second, seed + 100, 1);
    ck_assert_mem_ne(first.digest, second.digest, sizeof(first.digest));
    end(&second);
    end(&first);
}
END_TEST

START_TEST(nack_recovers)
{
    Meeting without, with;
    const ReportRow *r;

    plan(&without, 5);
    add_network(&without, 0.1);
    without.scenario.nack = false;
    hold(&without);
    plan(&with, 5);
    add_network(&with, 0.1);
    with.scenario.jitter = SECOND;
    hold(&with);

    r = row(&without, "bob", "audio");
    ck_assert_uint_gt(r->nb_fate[FATE_LOST_UPLINK], 0);
    ck_assert_uint_gt(r->nb_fate[FATE_LOST_DOWNLINK], 0);
    ck_assert_uint_lt(r->nb_fate[FATE_OPENED], 95);
    ck_assert_uint_eq(r->nb_resent, 0);
    r = row(&with, "bob", "audio");
    ck_assert_uint_gt(r->nb_resent, 5);
    ck_assert_uint_ge(r->nb_fate[FATE_OPENED], 98);
    end(&without);
    end(&with);
}
END_TEST

/* Without SRTP, damage goes on to the receiver. What makes a frame of no form
 * that a filter is asked about is lost where it was damaged. */
START_TEST(corrupted)
{
    const ReportRow *r;
    char **generate;
    Meeting m;

    plan(&m, 5);
    add_network(&m, 0);
    m.scenario.network->corrupt = 0.5;
    m.scenario.srtp     = SRTP_NONE;
    m.scenario.nack     = false;
    m.scenario.duration = 20 * SECOND;
    m.setup.verify      = VERIFY_OPEN;
    generate = &person(&m, 0)->tracks[0].source.generate;
    av_freep(generate);
    *generate = av_strdup("color=size=16x16:rate=15");
    hold(&m);
    r = row(&m, "bob", "video");
    ck_assert_uint_gt(r->nb_fate[FATE_LOST_UPLINK] +
                      r->nb_fate[FATE_LOST_DOWNLINK], 0);
    ck_assert_uint_gt(r->nb_fate[FATE_OPENED], 0);
    ck_assert_uint_gt(r->nb_fate[FATE_REFUSED], 0);
    ck_assert_uint_eq(r->nb_fate[FATE_REFUSED],
                      r->nb_state[STATE_DECRYPTION_FAILED] +
                      r->nb_state[STATE_MISSING_KEY] +
                      r->nb_state[STATE_INVALID_KEY]);
    end(&m);
}
END_TEST

/* bob sees nothing from before he came, and begins with a key frame soon. */
START_TEST(late_join)
{
    Meeting m;

    plan(&m, 6);
    add_network(&m, 0);
    person(&m, 1)->present.from = SECOND;
    m.watched = "bob";
    hold(&m);
    ck_assert_int_ge(m.first_opened, SECOND);
    ck_assert_int_ge(m.first_shown, SECOND);
    ck_assert_int_le(m.first_shown, SECOND + SECOND / 5);
    ck_assert_uint_lt(row(&m, "bob", "video")->nb_sent, 16);
    ck_assert_uint_gt(row(&m, "bob", "video")->nb_shown[SHOWN_IDENTICAL], 10);
    end(&m);
}
END_TEST

START_TEST(leaves)
{
    Meeting m;

    plan(&m, 7);
    add_network(&m, 0);
    person(&m, 1)->present.to = SECOND;
    hold(&m);
    ck_assert_uint_le(row(&m, "bob", "audio")->nb_sent, 51);
    ck_assert_uint_gt(row(&m, "bob", "audio")->nb_fate[FATE_OPENED], 45);
    ck_assert_uint_gt(row(&m, "bob", "audio")->nb_fate[FATE_ABSENT], 0);
    ck_assert_uint_eq(row(&m, "eve", "audio")->nb_sent, 100);
    end(&m);
}
END_TEST

/* alice and bob rotate, eve (with the right key at first) is left behind. */
START_TEST(rotation)
{
    KeyEvent event = { .time = SECOND, .type = KEY_EVENT_SET, .index = 1 };
    Meeting m;

    plan(&m, 8);
    person(&m, 2)->key = m.scenario.key;
    ck_assert_int_ge(key_from_seed(&event.key, KEY_ROOM, 8, "second"), 0);
    add_key_event(&m, 0, &event);
    add_key_event(&m, 1, &event);
    m.watched = "eve";
    m.after   = SECOND;
    hold(&m);
    ck_assert(m.report.held);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_fate[FATE_OPENED], 30);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_OPENED], 100);
    ck_assert_uint_eq(m.nb_after, 65);
    ck_assert_uint_eq(m.nb_opened_after, 0);
    ck_assert_uint_eq(row(&m, "eve", "audio")->nb_fate[FATE_OPENED], 50);
    ck_assert_uint_eq(row(&m, "eve", "audio")->nb_state[STATE_MISSING_KEY],
                      50);
    end(&m);
}
END_TEST

/* bob has the next key before alice seals with it, and while the old one is
 * still in use. */
START_TEST(key_in_advance)
{
    KeyEvent add = { .time = SECOND / 2, .type = KEY_EVENT_ADD, .index = 1 };
    KeyEvent use = { .time = SECOND, .type = KEY_EVENT_USE, .index = 1 };
    Meeting m;

    plan(&m, 9);
    add_network(&m, 0);
    ck_assert_int_ge(key_from_seed(&add.key, KEY_ROOM, 9, "second"), 0);
    for (int i = 0; i < 2; i++) {
        add_key_event(&m, i, &add);
        add_key_event(&m, i, &use);
    }
    hold(&m);
    ck_assert(m.report.held);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_OPENED], 100);
    end(&m);
}
END_TEST

START_TEST(keys_taken_away)
{
    KeyEvent remove = { .time = SECOND, .type = KEY_EVENT_REMOVE };
    Meeting m;

    plan(&m, 10);
    add_key_event(&m, 1, &remove);
    m.watched = "bob";
    m.after   = SECOND;
    hold(&m);
    ck_assert(m.report.held);
    ck_assert_uint_eq(m.nb_opened_after, 0);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_state[STATE_MISSING_KEY],
                      50);
    end(&m);
}
END_TEST

/* Without E2EE nothing is sent, unless that is asked for. */
START_TEST(e2ee_off)
{
    KeyEvent off = { .time = SECOND, .type = KEY_EVENT_DISABLE };
    Meeting m;

    plan(&m, 11);
    add_key_event(&m, 0, &off);
    person(&m, 0)->discard_not_ready = !_i;
    hold(&m);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_OPENED], 50);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_UNSEALED],
                      _i ? 0 : 50);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_REFUSED],
                      _i ? 50 : 0);
    end(&m);
}
END_TEST

/* The small layer for the first second, the large one from then on. */
START_TEST(simulcast)
{
    Meeting m;
    TrackPlan *t;
    const ReportRow *r;

    plan(&m, 12);
    t = &person(&m, 0)->tracks[0];
    t->nb_encodings       = 2;
    t->encodings[0].width = 80;
    m.scenario.actions    = av_calloc(1, sizeof(ServerAction));
    m.scenario.nb_actions = 1;
    *m.scenario.actions   = (ServerAction){
        .type = SERVER_LAYER, .span = { 0, SECOND }, .kind = -1, .layer = 0,
        .share = 1,
    };
    hold(&m);
    r = row(&m, "bob", "video");
    ck_assert_uint_eq(r->nb_sent, 60);
    ck_assert_uint_ge(r->nb_fate[FATE_OPENED], 29);
    ck_assert_uint_eq(r->nb_shown[SHOWN_IDENTICAL], r->nb_fate[FATE_OPENED]);
    ck_assert_uint_eq(r->nb_fate[FATE_OPENED] + r->nb_fate[FATE_WITHHELD],
                      60);
    end(&m);
}
END_TEST

/* Nothing of how far receivers go has any bearing on the meeting. */
START_TEST(how_far)
{
    Meeting m;

    plan(&m, 13);
    add_network(&m, 0.02);
    m.setup.verify = _i ? VERIFY_NONE : VERIFY_OPEN;
    hold(&m);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_shown[SHOWN_IDENTICAL], 0);
    if (_i)
        ck_assert_uint_eq(row(&m, "bob", "video")->nb_fate[FATE_OPENED], 0);
    else
        ck_assert_uint_gt(row(&m, "bob", "video")->nb_fate[FATE_OPENED], 25);
    end(&m);
}
END_TEST

static void plan_sframe(Meeting *m, uint64_t seed, bool packets)
{
    plan(m, seed);
    m->scenario.scheme  = av_strdup("sframe");
    m->scenario.packets = packets;
    m->scenario.mtu     = 300;
    m->setup.tap        = (HopTap){ note_payload, m };
}

/* What libavformat cannot put into RTP goes by the frame. */
static const struct {
    const char *codec;
    int         first; ///< libavformat that can by the packet
} sframe_codecs[] = {
    { "vp8", 0 }, { "vp9", 0 }, { "h264", 0 }, { "hevc", 60 },
    { "av1", INT_MAX },
};

START_TEST(sframe)
{
    const bool packets = _i & 1;
    Meeting m;

    if (packets && LIBAVFORMAT_VERSION_MAJOR < sframe_codecs[_i / 2].first)
        return;
    plan_sframe(&m, 14, packets);
    m.scenario.video_codec = av_strdup(sframe_codecs[_i / 2].codec);
    hold(&m);
    ck_assert(m.report.held);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_shown[SHOWN_IDENTICAL], 30);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_shown[SHOWN_IDENTICAL],
                      100);
    ck_assert_uint_eq(row(&m, "eve", "video")->nb_state[STATE_INVALID_KEY],
                      30);
    ck_assert_uint_eq(row(&m, "eve", "audio")->nb_state[STATE_INVALID_KEY],
                      100);
    ck_assert_uint_gt(m.nb_media[HOP_UPLINK], 150);
    ck_assert_uint_eq(m.nb_sealed_packets,
                      packets ? m.nb_media[HOP_UPLINK] : 0);
    /* The server changes nothing. */
    ck_assert_uint_eq(m.nb_media[HOP_UPLINK], m.nb_media[HOP_DOWNLINK]);
    ck_assert_uint_eq(m.media_sum[HOP_UPLINK], m.media_sum[HOP_DOWNLINK]);
    end(&m);
}
END_TEST

static void hold_sframe_late(Meeting *m, bool packets, int nb_threads)
{
    plan_sframe(m, 15, packets);
    add_network(m, 0.05);
    person(m, 1)->present.from = SECOND;
    m->watched          = "bob";
    m->setup.nb_threads = nb_threads;
    hold(m);
}

/* The server cannot see key frames; who needs one asks for it. */
START_TEST(sframe_late)
{
    Meeting first, second;
    const ReportRow *r;

    hold_sframe_late(&first, _i, 1);
    hold_sframe_late(&second, _i, 3);
    ck_assert_mem_eq(first.digest, second.digest, sizeof(first.digest));
    ck_assert_int_ge(first.first_shown, SECOND);
    ck_assert_int_le(first.first_shown, SECOND + SECOND / 4);
    r = row(&first, "bob", "video");
    ck_assert_uint_le(r->nb_sent, 16);
    ck_assert_uint_ge(r->nb_shown[SHOWN_IDENTICAL], 8);
    ck_assert_uint_eq(r->nb_shown[SHOWN_DIFFERENT], 0);
    end(&first);
    end(&second);
}
END_TEST

/* Nobody opens anything, and frames are counted all the same. */
START_TEST(sframe_unopened)
{
    Meeting m;

    plan_sframe(&m, 16, _i);
    m.setup.verify = VERIFY_NONE;
    hold(&m);
    ck_assert_uint_eq(row(&m, "bob", "video")->nb_fate[FATE_REFUSED], 30);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_REFUSED], 100);
    end(&m);
}
END_TEST

/* A frame of which one packet was changed does not open, and counts once. */
START_TEST(sframe_tampered)
{
    Meeting m;
    const ReportRow *r;

    plan_sframe(&m, 17, _i);
    m.scenario.nb_actions = 1;
    m.scenario.actions    = av_calloc(1, sizeof(*m.scenario.actions));
    m.scenario.actions[0] = (ServerAction){
        .type = SERVER_TAMPER, .span = { SECOND, 0 }, .kind = KIND_VIDEO,
        .share = 1, .nb_bytes = 1,
    };
    hold(&m);
    r = row(&m, "bob", "video");
    ck_assert_uint_eq(r->nb_state[STATE_DECRYPTION_SUCCESS], 15);
    ck_assert_uint_eq(r->nb_fate[FATE_REFUSED], 15);
    ck_assert_uint_eq(row(&m, "bob", "audio")->nb_fate[FATE_OPENED], 100);
    end(&m);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("room", &tests);

    log_init(AV_LOG_ERROR);
    tcase_add_test(tests, ideal);
    tcase_add_loop_test(tests, again, 0, 2);
    tcase_add_test(tests, nack_recovers);
    tcase_add_test(tests, corrupted);
    tcase_add_test(tests, late_join);
    tcase_add_test(tests, leaves);
    tcase_add_test(tests, rotation);
    tcase_add_test(tests, key_in_advance);
    tcase_add_test(tests, keys_taken_away);
    tcase_add_loop_test(tests, e2ee_off, 0, 2);
    tcase_add_test(tests, simulcast);
    tcase_add_loop_test(tests, how_far, 0, 2);
    tcase_add_loop_test(tests, sframe, 0,
                        2 * FF_ARRAY_ELEMS(sframe_codecs));
    tcase_add_loop_test(tests, sframe_late, 0, 2);
    tcase_add_loop_test(tests, sframe_unopened, 0, 2);
    tcase_add_loop_test(tests, sframe_tampered, 0, 2);
    return run_suite(suite);
}
