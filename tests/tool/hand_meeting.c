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


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hand_meeting.h"

#define NB_VIDEO     450
#define NB_AUDIO     750
#define KEY_INTERVAL 45
#define MAX_PEOPLE   50

typedef struct Hand {
    Recorder *recorder;
    int       nb_people;
    char      names[MAX_PEOPLE][16];
    ReportRow   rows[2 * MAX_PEOPLE * MAX_PEOPLE];
    ReportTrack tracks[2 * MAX_PEOPLE];
    ReportParticipant people[MAX_PEOPLE];
} Hand;

static bool has_key(const Hand *h, int person)
{
    return person < h->nb_people - 1;
}

static void tell(Hand *h, Event e)
{
    if (!e.reason)
        e.reason = "";
    recorder_event(h->recorder, &e);
}

/* A frame that had no trouble. */
static FrameLife easy_life(const Hand *h, int sender, int receiver, bool video,
                           int frame)
{
    int64_t captured = frame * (video ? INT64_C(1000000) / 30 : 20000);
    bool key = video && frame % KEY_INTERVAL == 0;
    uint32_t size = !video ? 80 + frame % 7 : key ? 9000 : 4200 + frame % 100;

    return (FrameLife){
        .sender = h->names[sender],
        .kind = video ? "video" : "audio",
        .receiver = h->names[receiver],
        .layer = sender == 0 && receiver == 1 && video && captured >= 8000000,
        .frame = frame,
        .captured = captured,
        .key_frame = key,
        .seal_state = STATE_ENCRYPTION_SUCCESS,
        .seal_key_index = sender == 0 && captured >= 5000000,
        .plain_size = size,
        .sealed_size = size + 30,
        .sent = captured + 1000,
        .first_sequence = video ? 5 * frame : frame,
        .nb_packets = !video ? 1 : key ? 9 : 5,
        .server_first = captured + 21000,
        .server_last = captured + 21400,
        .arrived_first = captured + 41000,
        .arrived_last = captured + 41800,
        .gave_up = -1,
        .why = "",
        .fate = FATE_OPENED,
        .open_state = STATE_DECRYPTION_SUCCESS,
        .open_key_index = sender == 0 && captured >= 5000000,
        .opened = captured + 41800,
        .shown = SHOWN_IDENTICAL,
        .psnr = -1,
        .ssim = -1,
    };
}

static void refuse(FrameLife *l, FrameState state, const char *reason)
{
    l->fate       = FATE_REFUSED;
    l->open_state = state;
    l->shown      = SHOWN_NOT;
    snprintf(l->reason, sizeof(l->reason), "%s", reason);
}

static void lose(FrameLife *l, Fate fate, const char *why, int64_t gave_up)
{
    l->fate    = fate;
    l->why     = why;
    l->gave_up = gave_up;
    l->opened  = -1;
    l->shown   = SHOWN_NOT;
    l->open_state     = STATE_NONE;
    l->open_key_index = -1;
}

static void add_mishap(FrameLife *l, int64_t time, int packet, Hop hop,
                       const char *what)
{
    l->mishaps[l->nb_mishaps++] = (PacketMishap){ time, packet, hop, what };
}

/* Alice's video to bob. */
static void trouble(FrameLife *l)
{
    int f = l->frame;

    if (f >= 100 && f <= 102) {
        lose(l, FATE_LOST_UPLINK, "burst loss", l->captured + 480000);
        for (int i = 0; i < 5; i++)
            add_mishap(l, l->sent + i, i, HOP_UPLINK, "burst loss");
        l->server_first  = l->server_last = -1;
        l->arrived_first = l->arrived_last = -1;
    } else if ((f >= 103 && f <= 134) || (f >= 375 && f <= 404)) {
        l->shown = SHOWN_WAITING;
    } else if (f == 200) {
        add_mishap(l, l->server_last, 3, HOP_DOWNLINK, "random loss");
        add_mishap(l, l->server_last + 60000, 3, HOP_DOWNLINK, "sent again");
        l->arrived_last += 80000;
        l->opened = l->arrived_last;
    } else if (f == 374) {
        lose(l, FATE_LOST_DOWNLINK, "random loss", 12980000);
        add_mishap(l, l->server_first, 1, HOP_DOWNLINK, "random loss");
        add_mishap(l, l->server_first + 60000, 1, HOP_DOWNLINK, "sent again");
        add_mishap(l, l->server_first + 60000, 1, HOP_DOWNLINK,
                   "random loss");
    } else if (f == 430) {
        lose(l, FATE_LATE, "", l->captured + 500000);
        l->arrived_last = l->captured + 612000;
        add_mishap(l, l->server_last, 4, HOP_DOWNLINK, "delayed");
    } else if (f == 440) {
        refuse(l, STATE_DECRYPTION_FAILED, "the tag does not fit");
    }
}

static ReportRow *row_of(Hand *h, int sender, int receiver, bool video)
{
    return &h->rows[(receiver * h->nb_people + sender) * 2 + video];
}

static void live(Hand *h, int sender, int receiver, bool video, int frame)
{
    FrameLife  l = easy_life(h, sender, receiver, video, frame);
    ReportRow *r = row_of(h, sender, receiver, video);

    if (!has_key(h, receiver))
        refuse(&l, STATE_MISSING_KEY, "");
    else if (sender == 0 && receiver == 1 && video)
        trouble(&l);
    else if (sender == 0 && receiver == 1 && l.captured >= 9000000 &&
             l.captured < 10000000) {
        lose(&l, FATE_WITHHELD, "paused", -1);
        l.arrived_first = l.arrived_last = -1;
    }
    r->nb_sent++;
    r->nb_fate[l.fate]++;
    r->nb_shown[l.shown]++;
    r->nb_state[l.open_state]++;
    if (l.gave_up == 12980000)
        r->max_freeze = 1033333;
    r->nb_packets += l.nb_packets;
    r->nb_bytes   += l.sealed_size;
    recorder_life(h->recorder, &l);
    if (l.fate == FATE_LOST_DOWNLINK || l.fate == FATE_LOST_UPLINK)
        tell(h, (Event){ .type = EVENT_LOSS, .time = l.gave_up,
                         .participant = l.sender, .receiver = l.receiver,
                         .kind = l.kind, .key_index = -1, .reason = l.why,
                         .hop = l.fate == FATE_LOST_UPLINK ? HOP_UPLINK
                                                           : HOP_DOWNLINK,
                         .frame = frame });
}

static void start(Hand *h)
{
    for (int i = 0; i < h->nb_people; i++) {
        tell(h, (Event){ .type = EVENT_JOIN, .participant = h->names[i],
                         .key_index = -1, .frame = -1 });
        tell(h, (Event){ .type = EVENT_ENABLED, .participant = h->names[i],
                         .key_index = -1, .frame = -1, .value = 1 });
    }
    for (int i = 0; i < h->nb_people * h->nb_people; i++) {
        int sender = i % h->nb_people, receiver = i / h->nb_people;

        for (int video = 0; video < 2 && has_key(h, sender); video++)
            tell(h, (Event){
                .type = EVENT_STATE, .time = sender == receiver ? 0 : 41800,
                .participant = h->names[sender],
                .receiver = sender == receiver ? NULL : h->names[receiver],
                .kind = video ? "video" : "audio",
                .state = sender == receiver    ? STATE_ENCRYPTION_SUCCESS
                         : has_key(h, receiver) ? STATE_DECRYPTION_SUCCESS
                                                : STATE_MISSING_KEY,
                .key_index = 0, .frame = -1 });
    }
}

/* What happens besides frames, in alice's video unless said. */
static void happen(Hand *h, int64_t time)
{
    Event e = { .time = time, .participant = h->names[0], .kind = "video",
                .key_index = -1, .frame = -1 };

    if (time == 5000000) {
        e.type      = EVENT_KEY;
        e.kind      = NULL;
        e.key_index = 1;
        tell(h, e);
    }
    e.receiver = h->names[1];
    if (time == 8000000) {
        e.type  = EVENT_LAYER;
        e.value = 1;
        tell(h, e);
    } else if (time == 13000000) {
        e.type = EVENT_PLI;
        tell(h, e);
        e.type  = EVENT_FREEZE;
        e.value = 1033333;
        tell(h, e);
    } else if (time == 14700000) {
        e.type  = EVENT_STATE;
        e.state = STATE_DECRYPTION_FAILED;
        e.key_index = 1;
        e.reason = "the tag does not fit";
        tell(h, e);
        e.time  += 33333;
        e.state  = STATE_DECRYPTION_SUCCESS;
        e.reason = "";
        tell(h, e);
    }
}

static void hold(Hand *h)
{
    for (int64_t time = 0; time < HAND_DURATION; time += 100000) {
        happen(h, time);
        for (int i = 0; i < h->nb_people * h->nb_people; i++) {
            int sender = i % h->nb_people, receiver = i / h->nb_people;

            if (sender == receiver || !has_key(h, sender))
                continue;
            for (int f = 0; f < 3; f++)
                live(h, sender, receiver, true, time / 100000 * 3 + f);
            for (int f = 0; f < 5; f++)
                live(h, sender, receiver, false, time / 100000 * 5 + f);
        }
    }
}

static int finish(Hand *h)
{
    ReportExpectation expectations[] = {
        { "eve never opens anything", "nothing was opened", true, 12 },
        { "bob decodes at least 99 % of alice's video", "85.3 %", false, 17 },
    };
    Report report = {
        .command = "run", .scenario = "hand-made </script><b>&", .seed = 7,
        .file = "hand\xff.json", .scheme = "videosdk",
        .duration = HAND_DURATION, .participants = h->people,
        .nb_participants = h->nb_people, .tracks = h->tracks, .rows = h->rows,
        .expectations = expectations, .nb_expectations = 2,
    };

    for (int i = 0; i < h->nb_people; i++)
        h->people[i] = (ReportParticipant){
            h->names[i], has_key(h, i) ? "room" : "none", 0, -1 };
    for (int i = 0; i < 2 * (h->nb_people - 1); i++)
        h->tracks[report.nb_tracks++] = (ReportTrack){
            .sender = h->names[i / 2], .kind = i % 2 ? "video" : "audio",
            .codec = i % 2 ? "vp8" : "opus", .source = "testsrc2",
            .encoded = true, .nb_layers = i == 1 ? 2 : 1,
            .nb_frames = i % 2 ? NB_VIDEO : NB_AUDIO,
            .nb_sealed = i % 2 ? NB_VIDEO : NB_AUDIO,
            .plain_bytes = 1000000, .sealed_bytes = 1030000,
            .wire_bytes = 1100000 };
    for (int i = 0; i < 2 * h->nb_people * h->nb_people; i++) {
        int sender = i / 2 % h->nb_people, receiver = i / 2 / h->nb_people;
        ReportRow row = h->rows[i];

        if (sender == receiver || !has_key(h, sender))
            continue;
        row.receiver = h->names[receiver];
        row.sender   = h->names[sender];
        row.kind     = i % 2 ? "video" : "audio";
        row.codec    = i % 2 ? "vp8" : "opus";
        row.psnr     = row.ssim = -1;
        h->rows[report.nb_rows++] = row;
    }
    return recorder_finish(h->recorder, &report);
}

int hand_meeting(const RecorderSetup *setup, int nb_participants)
{
    Hand *h = calloc(1, sizeof(*h));
    int ret = -1;

    if (h && nb_participants > 2 && nb_participants <= MAX_PEOPLE &&
        recorder_open(&h->recorder, setup) >= 0) {
        h->nb_people = nb_participants;
        for (int i = 0; i < nb_participants; i++)
            snprintf(h->names[i], sizeof(h->names[i]), "guest%d", i);
        strcpy(h->names[0], "alice");
        strcpy(h->names[1], "bob");
        strcpy(h->names[nb_participants - 1], "eve");
        start(h);
        hold(h);
        ret = finish(h);
        recorder_free(&h->recorder);
    }
    free(h);
    return ret;
}
