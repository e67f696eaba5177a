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

/* Scenario files: what each member does, and how what is wrong is told. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "capture_errors.h"
#include "common.h"
#include "report/log.h"
#include "room/scenario.h"

static char file[] = "scenario-XXXXXX";

static void make_file(void)
{
    close(mkstemp(file));
}

static void remove_file(void)
{
    unlink(file);
}

/* Single quotes stand for double ones, which C would want escaped. */
static void write_text(const char *text)
{
    FILE *f = fopen(file, "w");

    ck_assert_ptr_nonnull(f);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, f);
    fclose(f);
}

static int read_text(Scenario *scenario, const char *text)
{
    int ret;

    write_text(text);
    ret = scenario_read(scenario, file);
    return ret < 0 ? ret : scenario_check(scenario);
}

#define TRACK "'tracks': [{'kind': 'video'}]"
#define A "{'name': 'a', " TRACK "}"
#define B "{'name': 'b'}"
#define TWO "'duration': 10, 'participants': [" A ", " B "]"

START_TEST(defaults)
{
    const ParticipantPlan *p;
    const TrackPlan *t;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{" TWO "}"), 0);
    ck_assert_uint_eq(s.seed, 1);
    ck_assert_int_eq(s.srtp, SRTP_AES_CM_128_HMAC_SHA1_80);
    ck_assert_uint_eq(s.mtu, 1200);
    ck_assert_int_eq(s.jitter, 200000);
    ck_assert(s.nack);
    ck_assert(!s.packets);
    ck_assert_int_eq(s.sfu, SFU_NB);
    ck_assert_int_eq(s.nb_network + s.nb_actions + s.nb_expectations, 0);
    ck_assert_int_eq(s.key.kind, KEY_ROOM);
    ck_assert(s.key.held);
    ck_assert_int_eq(s.nb_participants, 2);
    p = &s.participants[0];
    ck_assert_str_eq(p->name, "a");
    ck_assert(p->e2ee && p->discard_not_ready && p->receives);
    ck_assert(key_same(&p->key, &s.key));
    ck_assert_int_eq(p->place.line, 1);
    t = &p->tracks[0];
    ck_assert_int_eq(t->kind, KIND_VIDEO);
    ck_assert_ptr_null(t->source.file);
    ck_assert(!strncmp(t->source.generate, "testsrc2", 8));
    ck_assert_int_eq(t->nb_encodings, 1);
    ck_assert_ptr_null(t->encodings[0].codec);
    scenario_free(&s);
    ck_assert_ptr_null(s.participants);
}
END_TEST

START_TEST(the_room)
{
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{" TWO ", '$schema': 'x', 'name': 'n', "
        "'description': 'd', 'seed': 9007199254740992, 'scheme': 'sframe', "
        "'options': 'suite=4', 'packets': true, 'srtp': 'AEAD_AES_256_GCM', "
        "'mtu': 900, 'codec': 'vp9', 'jitter_buffer': '1s50ms', "
        "'nack': false, 'sfu': 'jitsi', 'key': {'seed': 'k'}}"), 0);
    ck_assert_str_eq(s.file, file);
    ck_assert_str_eq(s.name, "n");
    ck_assert_uint_eq(s.seed, 1ull << 53);
    ck_assert_int_eq(s.duration, 10000000);
    ck_assert_str_eq(s.scheme, "sframe");
    ck_assert_str_eq(s.options, "suite=4");
    ck_assert(s.packets);
    ck_assert_int_eq(s.srtp, SRTP_AEAD_AES_256_GCM);
    ck_assert_uint_eq(s.mtu, 900);
    ck_assert_str_eq(s.video_codec, "vp9");
    ck_assert_int_eq(s.jitter, 1050000);
    ck_assert(!s.nack);
    ck_assert_int_eq(s.sfu, SFU_JITSI);
    scenario_free(&s);
}
END_TEST

START_TEST(tc_netem_words)
{
    const Netem *n;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{'network': [{'from': 1, 'to': 2, "
        "'delay': '40ms', 'jitter': 0.01, 'delay_correlation': '25%', "
        "'loss': '5%', 'loss_correlation': 0.3, 'duplicate': '1%', "
        "'corrupt': '0.1%', 'reorder': '25%', 'gap': 5, 'rate': '1mbit', "
        "'limit': 100}, {'gemodel': {'p': '1%', 'r': '10%', '1-h': '70%', "
        "'1-k': '0.1%'}}], 'duration': '1m', 'participants': [{'name': 'a', "
        "'network': {'trace': '/dev/null'}, " TRACK "}, {'name': 'b', "
        "'uplink': {'gemodel': {'p': 1, 'r': 1}}, 'downlink': [{'rate': 64000},"
        " {'rate': '2Mbit'}, {'rate': '500kbit'}, {'rate': '1kibit'}]}]}"), 0);
    ck_assert_int_eq(s.nb_network, 2);
    n = s.network;
    ck_assert_int_eq(n->from, 1000000);
    ck_assert_int_eq(n->to, 2000000);
    ck_assert_int_eq(n->delay, 40000);
    ck_assert_int_eq(n->jitter, 10000);
    ck_assert_double_eq(n->delay_correlation, 0.25);
    ck_assert_double_eq(n->loss, 0.05);
    ck_assert_double_eq(n->loss_correlation, 0.3);
    ck_assert_double_eq(n->duplicate, 0.01);
    ck_assert_double_eq(n->corrupt, 0.001);
    ck_assert_double_eq(n->reorder, 0.25);
    ck_assert_uint_eq(n->reorder_gap, 5);
    ck_assert_int_eq(n->rate, 1000000);
    ck_assert_uint_eq(n->limit, 100);
    n++;
    ck_assert_double_eq(n->gilbert_p, 0.01);
    ck_assert_double_eq(n->gilbert_r, 0.1);
    ck_assert_double_eq(n->gilbert_bad, 0.7);
    ck_assert_double_eq(n->gilbert_good, 0.001);
    ck_assert_str_eq(s.participants[0].uplink[0].trace, "/dev/null");
    ck_assert_str_eq(s.participants[0].downlink[0].trace, "/dev/null");
    ck_assert_double_eq(s.participants[1].uplink[0].gilbert_bad, 1);
    ck_assert_double_eq(s.participants[1].uplink[0].gilbert_good, 0);
    ck_assert_int_eq(s.participants[1].nb_downlink, 4);
    n = s.participants[1].downlink;
    ck_assert_int_eq(n[0].rate, 64000);
    ck_assert_int_eq(n[1].rate, 2000000);
    ck_assert_int_eq(n[2].rate, 500000);
    ck_assert_int_eq(n[3].rate, 1024);
    scenario_free(&s);
}
END_TEST

START_TEST(tracks)
{
    const TrackPlan *t;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{'duration': 10, 'participants': [" B ", "
        "{'name': 'a', 'join': 1, 'leave': 9, 'receives': false, 'e2ee': false,"
        " 'discard_not_ready': false, 'options': 'x=y', 'tracks': ["
        "{'kind': 'video', 'file': '/dev/null', 'stream': 'v:1', 'start': 2, "
        "'length': '1.5s', 'loop': true, 'from': 3, 'to': 8, "
        "'muted': [{'from': 4, 'to': 5}, {'from': 6}], 'codec': 'h264', "
        "'bitrate': '500k', 'size': '640x360', 'rate': 12.5, "
        "'key_interval': 2}, {'kind': 'share', 'generate': 'mandelbrot', "
        "'encodings': [{'size': '320x180'}, {'bitrate': "
        "500000}]}, {'kind': 'share_audio'}, "
        "{'kind': 'audio', 'codec': 'opus'}]}]}"), 0);
    ck_assert_int_eq(s.participants[1].present.from, 1000000);
    ck_assert_int_eq(s.participants[1].present.to, 9000000);
    ck_assert(!s.participants[1].receives);
    ck_assert(!s.participants[1].e2ee);
    ck_assert(!s.participants[1].discard_not_ready);
    ck_assert_str_eq(s.participants[1].options, "x=y");
    ck_assert_int_eq(s.participants[1].nb_tracks, 4);
    t = s.participants[1].tracks;
    ck_assert_str_eq(t->source.file, "/dev/null");
    ck_assert_str_eq(t->source.stream, "v:1");
    ck_assert_int_eq(t->source.start, 2000000);
    ck_assert_int_eq(t->source.length, 1500000);
    ck_assert(t->source.loop);
    ck_assert_int_eq(t->published.from, 3000000);
    ck_assert_int_eq(t->published.to, 8000000);
    ck_assert_int_eq(t->nb_muted, 2);
    ck_assert_int_eq(t->muted[0].to, 5000000);
    ck_assert_int_eq(t->muted[1].to, 0);
    ck_assert_int_eq(t->nb_encodings, 1);
    ck_assert_str_eq(t->encodings[0].codec, "h264");
    ck_assert_int_eq(t->encodings[0].bitrate, 500000);
    ck_assert_int_eq(t->encodings[0].width, 640);
    ck_assert_int_eq(t->encodings[0].height, 360);
    ck_assert_double_eq(t->encodings[0].rate, 12.5);
    ck_assert_int_eq(t->encodings[0].key_interval, 2000000);
    t++;
    ck_assert_int_eq(t->kind, KIND_SHARE);
    ck_assert_str_eq(t->source.generate, "mandelbrot");
    ck_assert_int_eq(t->nb_encodings, 2);
    ck_assert_int_eq(t->encodings[1].bitrate, 500000);
    ck_assert_int_eq(t[1].kind, KIND_SHARE_AUDIO);
    ck_assert(!strncmp(t[1].source.generate, "sine", 4));
    scenario_free(&s);
}
END_TEST

START_TEST(several_in_one)
{
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{'duration': 5, 'participants': [{'name': "
        "'a', 'tracks': [{'kind': 'video'}, {'kind': 'audio'}]}, {'name': "
        "'guest', 'count': 3, 'key': 'none'}], 'expect': "
        "{'receiver': ['guest1', 'guest3'], 'sender': 'a', 'track': 'video', "
        "'never_opens': true}, 'server': [{'do': 'drop', 'share': '5%', "
        "'track': ['audio', 'video']}]}"), 0);
    ck_assert_int_eq(s.nb_participants, 4);
    ck_assert_str_eq(s.participants[3].name, "guest3");
    ck_assert_int_eq(s.participants[3].key.kind, KEY_NONE);
    ck_assert_int_eq(s.nb_expectations, 2);
    ck_assert_str_eq(s.expectations[0].receiver, "guest1");
    ck_assert_str_eq(s.expectations[1].receiver, "guest3");
    ck_assert_str_eq(s.expectations[1].sender, "a");
    ck_assert_int_eq(s.expectations[1].kind, KIND_VIDEO);
    ck_assert(s.expectations[1].never_opens);
    ck_assert_int_eq(s.nb_actions, 2);
    ck_assert_int_eq(s.actions[0].kind, KIND_AUDIO);
    ck_assert_int_eq(s.actions[1].kind, KIND_VIDEO);
    ck_assert_ptr_null(s.actions[0].receiver);
    scenario_free(&s);
}
END_TEST

START_TEST(keys)
{
    const ParticipantPlan *p;
    Key wrong;
    Scenario s;

    setenv("SCENARIO_KEY", "pass phrase", 1);
    scenario_init(&s);
    s.seed       = 7;
    s.seed_given = true;
    ck_assert_int_eq(read_text(&s, "{'duration': 5, 'seed': 3, 'participants': "
        "[" A ", {'name': 'n', 'key': 'none'}, {'name': 'w', 'key': 'wrong'}, "
        "{'name': 'late', 'key_at': 2}, {'name': 'e', 'key': {'environment': "
        "'SCENARIO_KEY'}}]}"), 0);
    ck_assert_uint_eq(s.seed, 7);
    p = s.participants;
    ck_assert_int_eq(p[1].key.kind, KEY_NONE);
    ck_assert_int_eq(p[2].key.kind, KEY_WRONG);
    ck_assert_int_eq(key_from_seed(&wrong, KEY_WRONG, 7, "wrong w"), 0);
    ck_assert(key_same(&p[2].key, &wrong));
    ck_assert_int_eq(p[3].key.kind, KEY_NONE);
    ck_assert_int_eq(p[3].nb_key_events, 1);
    ck_assert_int_eq(p[3].key_events[0].time, 2000000);
    ck_assert_int_eq(p[3].key_events[0].type, KEY_EVENT_SET);
    ck_assert(key_same(&p[3].key_events[0].key, &s.key));
    ck_assert_int_eq(p[4].key.kind, KEY_OWN);
    ck_assert_str_eq(p[4].key.variable, "SCENARIO_KEY");
    scenario_free(&s);
}
END_TEST

START_TEST(a_given_room_key_wins)
{
    Scenario s;
    Key given;

    scenario_init(&s);
    ck_assert_int_eq(key_make(&given, KEY_ROOM), 0);
    s.key = given;
    ck_assert_int_eq(read_text(&s, "{" TWO ", 'key': {'seed': 'other'}}"), 0);
    ck_assert(key_same(&s.key, &given));
    ck_assert(key_same(&s.participants[1].key, &given));
    scenario_free(&s);
}
END_TEST

START_TEST(key_changes)
{
    const ParticipantPlan *p;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{'duration': 9, 'participants': [" A ", "
        B ", {'name': 'n', 'key': 'none'}], 'keys': ["
        "{'at': 4, 'do': 'use', 'index': 1}, "
        "{'at': 3, 'do': 'add', 'index': 1, 'delays': {'b': '-500ms'}}, "
        "{'at': 5, 'do': 'ratchet', 'participants': 'a'}, "
        "{'at': 6, 'do': 'disable'}, {'at': 7, 'do': 'enable'}, "
        "{'at': 8, 'do': 'remove', 'participants': ['b', 'n']}]}"), 0);
    p = s.participants;
    ck_assert_int_eq(p[0].nb_key_events, 5);
    ck_assert_int_eq(p[0].key_events[0].type, KEY_EVENT_ADD);
    ck_assert_int_eq(p[0].key_events[0].time, 3000000);
    ck_assert_int_eq(p[0].key_events[0].index, 1);
    ck_assert_int_eq(p[0].key_events[1].type, KEY_EVENT_USE);
    ck_assert_int_eq(p[0].key_events[2].type, KEY_EVENT_RATCHET);
    ck_assert_int_eq(p[0].key_events[3].type, KEY_EVENT_DISABLE);
    ck_assert_int_eq(p[1].key_events[0].time, 2500000);
    ck_assert(key_same(&p[1].key_events[0].key, &p[0].key_events[0].key));
    ck_assert(!key_same(&p[1].key_events[0].key, &s.key));
    ck_assert_int_eq(p[1].nb_key_events, 5);
    ck_assert_int_eq(p[2].nb_key_events, 3);
    ck_assert_int_eq(p[2].key_events[2].type, KEY_EVENT_REMOVE);
    scenario_free(&s);
}
END_TEST

START_TEST(a_key_for_each_sender)
{
    const ParticipantPlan *p;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{'duration': 9, 'sender_keys': true, "
        "'participants': [" A ", {'name': 'b', 'sender_key': {'seed': 'x'}}, "
        "{'name': 'late', 'key_at': 3}, {'name': 'n', 'key': 'none'}], "
        "'keys': [{'at': 4, 'do': 'set', 'sender': 'a', 'index': 1}]}"), 0);
    p = s.participants;
    ck_assert(!key_same(&p[0].key, &p[1].key));
    ck_assert_int_eq(p[0].nb_key_events, 4); /* of b, late and n; the new one */
    ck_assert_str_eq(p[0].key_events[0].sender, "b");
    ck_assert(key_same(&p[0].key_events[0].key, &p[1].key));
    ck_assert_int_eq(p[0].key_events[0].time, 0);
    ck_assert_int_eq(p[2].key.kind, KEY_NONE);
    ck_assert_int_eq(p[2].nb_key_events, 5); /* all four at 3 s, and that */
    ck_assert_ptr_null(p[2].key_events[0].sender);
    ck_assert_int_eq(p[2].key_events[3].time, 3000000);
    ck_assert_str_eq(p[2].key_events[4].sender, "a");
    ck_assert_int_eq(p[3].nb_key_events, 0);
    scenario_free(&s);
}
END_TEST

START_TEST(server_and_expectations)
{
    const ServerAction *a;
    const Expectation *e;
    Scenario s;

    scenario_init(&s);
    ck_assert_int_eq(read_text(&s, "{" TWO ",\n'server': ["
        "{'do': 'layer', 'layer': 0, 'from': 1, 'to': 2}, {'do': 'pause', "
        "'sender': 'a', 'receiver': 'b'}, {'do': 'inject'}, {'do': 'tamper'}, "
        "{'do': 'replay', 'share': 0.1}, {'do': 'strip', 'bytes': 10}, "
        "{'do': 'hold', 'delay': '300ms'}],\n 'expect': [{'receiver': 'b', "
        "'sender': 'a', 'from': 1, 'to': 3, 'state': 'DecryptionSuccess', "
        "'seen': 'MissingKey', 'never': 'InvalidKey', 'opened': '95%', "
        "'decoded': 0.9, 'identical': 1, 'psnr': 30, 'ssim': 0.9, "
        "'freeze': '500ms'}]}"), 0);
    ck_assert_int_eq(s.nb_actions, 7);
    a = s.actions;
    ck_assert_int_eq(a[0].type, SERVER_LAYER);
    ck_assert_int_eq(a[0].span.to, 2000000);
    ck_assert_str_eq(a[1].receiver, "b");
    ck_assert_str_eq(a[1].sender, "a");
    ck_assert_int_eq(a[1].kind, -1);
    ck_assert_double_eq(a[3].share, 1);
    ck_assert_double_eq(a[4].share, 0.1);
    ck_assert_int_eq(a[5].nb_bytes, 10);
    ck_assert_int_eq(a[6].delay, 300000);
    ck_assert_int_eq(a[6].place.line, 2);
    e = s.expectations;
    ck_assert_int_eq(e->place.line, 3);
    ck_assert_int_eq(e->span.from, 1000000);
    ck_assert_int_eq(e->state, STATE_DECRYPTION_SUCCESS);
    ck_assert_int_eq(e->seen, STATE_MISSING_KEY);
    ck_assert_int_eq(e->never, STATE_INVALID_KEY);
    ck_assert_double_eq(e->opened, 0.95);
    ck_assert_double_eq(e->decoded, 0.9);
    ck_assert_double_eq(e->identical, 1);
    ck_assert_double_eq(e->psnr, 30);
    ck_assert_double_eq(e->ssim, 0.9);
    ck_assert_int_eq(e->freeze, 500000);
    ck_assert(!e->never_opens);
    scenario_free(&s);
}
END_TEST

/** "LINE:COLUMN: " and what follows somewhere in the line. */
static const struct {
    const char *text, *place, *error;
} wrong[] = {
    /* no JSON */
    { "", "1:1", "expected" },
    { "5", "1:1", "'[' or '{' expected" },
    { "[]", "1:1", "the scenario is to be an object" },
    { "{'a': 1,\n 'b' 2}", "2:6", "':' expected near '2'" },
    { "{'name': 'x',\n  '\303\251\303\251': 1}", "2:3", "no member" },
    { "{'name': '\303\251\303\251', 'x': 1}", "1:16", "no member 'x'" },
    { "{'seed': 1, 'seed': 2}", "1:13", "\"seed\" is there twice" },
    { "{'seed': 1, 's\\u0065ed': 2}", "1:13", "is there twice" },
    { "{'participants': [{'name': 'a', 'name': 'b'}]}", "1:33", "there twice" },
    { "{} x", "1:4", "end of file expected" },
    { "{'seed': 1e999}", "1:10", "overflow" },
    { "{'name': '\\u0000'}", "1:10", "not allowed" },
    { "{'x\\ny': 1}", "1:2", "no member 'x?y'" },
    /* no such member */
    { "{" TWO ",\n'sed': 1}", "2:1", "did you mean 'seed'" },
    { "{'network': [{}, {'los': 1}]}", "1:19", "did you mean 'loss'" },
    { "{'participants': [{'name': 'a', 'trakcs': []}]}", "1:33",
      "a participant has no member 'trakcs'; did you mean 'tracks'" },
    { "{'key': {'fiel': 'x'}}", "1:10", "did you mean 'file'" },
    { "{'network': {'gemodel': {'1-j': 1}}}", "1:26", "did you mean '1-h'" },
    { "{" TWO ",\n'expect': [{'open': 1}]}", "2:13", "mean 'opened'" },
    { "{" TWO ",\n'server': [{'do': 'drop', 'chare': 1}]}", "2:27",
      "mean 'share'" },
    { "{" TWO ",\n'keys': [{'at': 1, 'do': 'set', 'indx': 1}]}", "2:33",
      "mean 'index'" },
    /* wrong types */
    { "{'seed': 'x'}", "1:10", "a whole number" },
    { "{'seed': 1.5}", "1:10", "a whole number" },
    { "{'seed': -1}", "1:10", "from 0 to" },
    { "{'seed': null}", "1:10", "a whole number" },
    { "{'name': 5}", "1:10", "a text" },
    { "{'name': ''}", "1:10", "is empty" },
    { "{'description': 5}", "1:17", "a text" },
    { "{'nack': 1}", "1:10", "true or false" },
    { "{'nack': 'true'}", "1:10", "true or false" },
    { "{'duration': true}", "1:14", "a time" },
    { "{'network': 5}", "1:13", "an object in braces" },
    { "{'participants': [5]}", "1:19", "an object in braces" },
    { "{'participants': [[" A "]]}", "1:19", "an object in braces" },
    /* values */
    { "{'duration': 0}", "1:14", "from 0.01 to 604800 s, not 0" },
    { "{'duration': 1e9}", "1:14", "from 0.01 to 604800 s" },
    { "{'duration': 'soon'}", "1:14", "a time such as" },
    { "{'duration': '5x'}", "1:14", "a time such as" },
    { "{'duration': '1.2.3'}", "1:14", "a time such as" },
    { "{'duration': ' 5'}", "1:14", "a time such as" },
    { "{'duration': '0x10'}", "1:14", "a time such as" },
    { "{'duration': 'inf'}", "1:14", "a time such as" },
    { "{'duration': '-5'}", "1:14", "from 0.01" },
    { "{'mtu': 100}", "1:9", "from 200 to 65000" },
    { "{'srtp': 'AES'}", "1:10", "choose none, AES_CM_128" },
    { "{'srtp': 'AEAD_AES_126_GCM'}", "1:10", "mean 'AEAD_AES_128_GCM'" },
    { "{'sfu': 'zoom'}", "1:9", "mediasoup, livekit, janus or jitsi" },
    { "{'codec': 'vp7'}", "1:11", "did you mean 'vp8'" },
    { "{'network': {'loss': 5}}", "1:22", "5% is \"5%\" or 0.05" },
    { "{'network': {'loss': '101%'}}", "1:22", "from 0 to 1" },
    { "{'network': {'loss': '-1%'}}", "1:22", "from 0 to 1" },
    { "{'network': {'rate': '5Mbps'}}", "1:22", "a rate such as" },
    { "{'network': {'rate': 5}}", "1:22", "from 1000" },
    { "{'network': {'limit': 1.5}}", "1:23", "a whole number" },
    { "{'network': {'trace': 'no/such'}}", "1:23", "No such file" },
    { "{'network': {'from': 2, 'to': 1}}", "1:31", "'to' is to be after" },
    { "{'network': {'from': 2, 'to': 0}}", "1:31", "'to' is to be after" },
    { "{'network': {'loss': 0.1, 'trace': '/dev/null'}}", "1:13", "one of" },
    { "{'network': {'reorder': 0.1}}", "1:13", "needs a 'delay'" },
    { "{'network': {'gap': 5}}", "1:13", "share to 'reorder'" },
    { "{'network': {'limit': 5}}", "1:13", "before a 'rate'" },
    { "{'network': {'gemodel': {'r': 1}}}", "1:25", "needs 'p'" },
    { "{'network': {'gemodel': {'p': 1}}}", "1:25", "needs 'r'" },
    /* keys */
    { "{'key': 'room'}", "1:9", "a key is to be an object" },
    { "{'key': {}}", "1:9", "one 'file', 'environment' or 'seed'" },
    { "{'key': {'file': '/dev/null', 'seed': 'x'}}", "1:9", "one 'file'" },
    { "{'key': {'file': 'no/such'}}", "1:18", "No such file" },
    { "{'key': {'environment': 'NO_SUCH_KEY'}}", "1:9", "NO_SUCH_KEY" },
    /* participants */
    { "{'participants': [{}]}", "1:19", "needs a 'name'" },
    { "{'participants': [{'name': 'a b'}]}", "1:28", "letters, digits" },
    { "{'participants': [{'name': 5}]}", "1:28", "letters, digits" },
    { "{'participants': [" B ", " B "]}", "1:43", "'b' already" },
    { "{'participants': [{'name': 'a', 'count': 0}]}", "1:42", "from 1" },
    { "{'participants': [{'name': 'a', 'join': 2, 'leave': 1}]}", "1:53",
      "after 'join'" },
    { "{'participants': [{'name': 'a', 'key': 'rom'}]}", "1:40", "a key is" },
    { "{'participants': [{'name': 'a', 'key_at': 1, 'key': 'none'}]}", "1:33",
      "who gets a key" },
    { "{'participants': [{'name': 'a', 'sender_key': {}}]}", "1:33",
      "'sender_keys'" },
    { "{'sender_keys': true, 'participants': [{'name': 'a', 'key': {'seed': "
      "'x'}}]}", "1:61", "'sender_key'" },
    { "{'participants': [{'name': 'a', 'network': {}, 'uplink': {}}]}",
      "1:33", "both directions" },
    /* tracks */
#define T(track) "{'participants': [{'name': 'a', 'tracks': [{" track "}]}]}"
    { T(""), "1:44", "needs a 'kind'" },
    { T("'kind': 'vidio'"), "1:53", "did you mean 'video'" },
    { T("'kind': 'video', 'file': 'no/such'"), "1:70", "No such file" },
    { T("'kind': 'video', 'file': '/dev/null', 'generate': 'x'"), "1:44",
      "not from both" },
    { T("'kind': 'video', 'loop': true"), "1:62", "is of a 'file'" },
    { T("'kind': 'video', 'codec': 'opus'"), "1:44", "no codec for video" },
    { T("'kind': 'audio', 'codec': 'vp8'"), "1:44", "no codec for audio" },
    { T("'kind': 'audio', 'size': '16x16'"), "1:44", "audio has no" },
    { T("'kind': 'video', 'size': '15x16'"), "1:70", "even" },
    { T("'kind': 'video', 'size': '16'"), "1:70", "a size such as" },
    { T("'kind': 'video', 'size': '16x16x'"), "1:70", "a size such as" },
    { T("'kind': 'video', 'codec': 'copy'"), "1:44", "only a 'file'" },
    { T("'kind': 'video', 'file': '/dev/null', 'codec': 'copy', 'rate': 5"),
      "1:44", "not encoded" },
    { T("'kind': 'video', 'codec': 'vp8', 'encodings': [{}]"), "1:62",
      "each of the 'encodings'" },
    { T("'kind': 'video', 'encodings': [{}, {}]"), "1:80", "smallest" },
    { T("'kind': 'audio', 'encodings': [{}, {}]"), "1:75", "only video" },
    { T("'kind': 'video', 'encodings': [{}, {}, {}, {}]"), "1:75", "3" },
    { T("'kind': 'video', 'encodings': [{}, {'codec': 'opus'}]"), "1:80",
      "no codec" },
    { T("'kind': 'video', 'encodings': [{'size': '32x32'}, {'size': "
        "'16x16'}]"), "1:95", "smallest" },
    { T("'kind': 'video', 'from': 2, 'to': 1"), "1:79", "after 'from'" },
    { T("'kind': 'video', 'muted': [{'from': 2, 'to': 1}]"), "1:90",
      "after 'from'" },
    /* changes of keys */
#define K(change) "{" TWO ",\n'keys': [{" change "}]}"
    { K(""), "2:10", "needs 'at'" },
    { K("'at': 1"), "2:10", "needs 'do'" },
    { K("'at': 1, 'do': 'sit'"), "2:26", "did you mean 'set'" },
    { K("'at': 1, 'do': 'set', 'index': 256"), "2:42", "from 0 to 255" },
    { K("'at': 1, 'do': 'ratchet', 'index': 1"), "2:37", "does not go with" },
    { K("'at': 1, 'do': 'set', 'key': 'none'"), "2:40", "\"remove\"" },
    { K("'at': 1, 'do': 'set', 'participants': 'c'"), "2:49",
      "no participant 'c'" },
    { K("'at': 1, 'do': 'set', 'participants': ['b', 5]"), "2:55",
      "the name of a participant" },
    { K("'at': 1, 'do': 'set', 'delays': {'c': 1}"), "2:44",
      "no participant 'c'" },
    { K("'at': 1, 'do': 'set', 'delays': {'b': -2}"), "2:49",
      "before the meeting" },
    { K("'at': 1, 'do': 'set', 'delays': 5"), "2:43", "participants and" },
    { K("'at': 1, 'do': 'set', 'sender': 5"), "2:43", "participant's name" },
    { "{'sender_keys': true, " TWO ",\n'keys': [{'at': 1, 'do': 'set'}]}",
      "2:10", "say with 'sender'" },
    /* the server, expectations */
#define S(action) "{" TWO ",\n'server': [{" action "}]}"
#define E(expectation) "{" TWO ",\n'expect': [{" expectation "}]}"
    { S(""), "2:12", "needs 'do'" },
    { S("'do': 'drop', 'layer': 1"), "2:27", "does not go with 'drop'" },
    { S("'do': 'layer'"), "2:12", "'layer' needs 'layer'" },
    { S("'do': 'hold'"), "2:12", "'hold' needs 'delay'" },
    { S("'do': 'layer', 'layer': 1"), "2:12", "no layer 1" },
    { S("'do': 'drop', 'sender': 'alice'"), "2:37", "no participant" },
    { S("'do': 'drop', 'sender': 'b'"), "2:12", "no track of b" },
    { S("'do': 'drop', 'track': 'share'"), "2:12", "no share of anybody" },
    { S("'do': 'drop', 'track': 'cam'"), "2:36", "choose audio" },
    { E("'opened': 1, 'receiver': 'bb'"), "2:38", "did you mean 'b'" },
    { E(""), "2:12", "nothing is expected" },
    { E("'receiver': 'b'"), "2:12", "nothing is expected" },
    { E("'never_opens': true, 'opened': 1"), "2:12", "nothing else" },
    { E("'state': 'Success'"), "2:22", "DecryptionSuccess" },
    { E("'opened': 1, 'from': 10"), "2:12", "when the meeting is over" },
    { E("'opened': 1, 'receiver': 'a', 'sender': 'a'"), "2:12",
      "a does not receive from a" },
    /* what no single value shows */
    { "{'participants': [" A "]}", "1:1", "two participants" },
    { "{'participants': [" B ", {'name': 'c'}]}", "1:1", "add 'tracks'" },
    { "{'participants': [" A ", " B "]}", "1:44", "has no end" },
    { "{" TWO ", 'codec': 'opus'}", "1:1", "cannot be encoded to opus" },
    { "{" TWO ", 'packets': true}", "1:1", "only scheme sframe" },
    { "{'duration': 5, 'participants': [" A ", {'name': 'b', 'join': 5}]}",
      "1:80", "when the meeting is over" },
    { "{'duration': 5, 'participants': [" B ", {'name': 'a', 'join': 3, "
      "'tracks': [{'kind': 'audio', 'to': 2}]}]}", "1:85", "is not there" },
};

START_TEST(what_is_wrong_is_one_line)
{
    const char *said, *place = wrong[_i].place;
    char start[128];
    Scenario s;
    int ret;

    scenario_init(&s);
    capture_errors_begin();
    ret  = read_text(&s, wrong[_i].text);
    said = capture_errors_end();
    snprintf(start, sizeof(start), "e2ee-meeting: %s:%s: ", file, place);
    ck_assert_msg(ret < 0, "%s", wrong[_i].text);
    ck_assert_msg(!strncmp(said, start, strlen(start)), "%s: %s: %s",
                  wrong[_i].text, place, said);
    ck_assert_msg(strstr(said, wrong[_i].error), "%s: %s", wrong[_i].text,
                  said);
    ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s", said);
    scenario_free(&s);
}
END_TEST

START_TEST(files_count_from_the_scenario)
{
    char folder[] = "scenario-XXXXXX", name[64], other[64];
    Scenario s;
    FILE *f;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(name, sizeof(name), "%s/s.json", folder);
    snprintf(other, sizeof(other), "%s/s.key", folder);
    f = fopen(other, "w");
    fputs("a key\n", f);
    fclose(f);
    f = fopen(name, "w");
    fputs("{\"key\": {\"file\": \"s.key\"}}", f);
    fclose(f);
    scenario_init(&s);
    ck_assert_int_eq(scenario_read(&s, name), 0);
    ck_assert_str_eq(s.key.file, other);
    scenario_free(&s);
    unlink(other);
    unlink(name);
    rmdir(folder);
}
END_TEST

START_TEST(a_file_that_cannot_be_read)
{
    static const char *const names[] = { "/no/such", "/", "/dev/zero" };
    Scenario s;

    log_init(AV_LOG_QUIET);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scenario_init(&s);
        ck_assert_int_lt(scenario_read(&s, names[i]), 0);
        scenario_free(&s);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("scenario", &tests);

    tcase_add_unchecked_fixture(tests, make_file, remove_file);
    tcase_add_test(tests, defaults);
    tcase_add_test(tests, the_room);
    tcase_add_test(tests, tc_netem_words);
    tcase_add_test(tests, tracks);
    tcase_add_test(tests, several_in_one);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, a_given_room_key_wins);
    tcase_add_test(tests, key_changes);
    tcase_add_test(tests, a_key_for_each_sender);
    tcase_add_test(tests, server_and_expectations);
    tcase_add_loop_test(tests, what_is_wrong_is_one_line, 0,
                        sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(tests, files_count_from_the_scenario);
    tcase_add_test(tests, a_file_that_cannot_be_read);
    return run_suite(suite);
}
