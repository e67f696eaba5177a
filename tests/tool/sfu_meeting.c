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


#include <string.h>

#include <libavutil/error.h>

#include "net/rtp.h"
#include "sfu_meeting.h"

#define TRACK        7
#define PAYLOAD_TYPE 96

static char names[NB_PEOPLE][8] = { "alice", "bob", "carol" };

static void hear_report(void *opaque, const RtcpSenderReport *report)
{
    Meeting *m = opaque;

    m->report = *report;
    m->nb_reports++;
}

static void hear_cname(void *opaque, uint32_t ssrc, const char *name,
                       size_t size)
{
    Meeting *m = opaque;

    ck_assert_uint_eq(ssrc, m->report.ssrc);
    memcpy(m->cname, name, size);
    m->cname[size] = 0;
}

static void hear(Meeting *m, int participant, bool pli, uint32_t ssrc,
                 uint16_t sequence)
{
    ck_assert_int_lt(m->nb_asked, MAX_GOT);
    m->asked[m->nb_asked++] = (Asked){ clock_now(m->clock), participant, pli,
                                       ssrc, sequence };
}

static void hear_pli(void *opaque, uint32_t ssrc)
{
    hear(opaque, ALICE, true, ssrc, 0);
}

static void hear_nack(void *opaque, uint32_t ssrc, uint16_t sequence)
{
    hear(opaque, ALICE, false, ssrc, sequence);
}

static int take(void *opaque, int participant, Datagram *datagram)
{
    static const RtcpHandler handler = {
        .sender_report = hear_report, .nack = hear_nack, .pli = hear_pli,
        .cname = hear_cname,
    };
    Meeting *m = opaque;
    Got *got = &m->got[participant][m->nb_got[participant]];
    const uint8_t *header = datagram->header;

    if (!datagram->header_size) {
        ck_assert_int_ge(rtcp_parse(datagram->payload, datagram->payload_size,
                                    &handler, m), 0);
        datagram_unref(datagram);
        return 0;
    }
    ck_assert_int_lt(m->nb_got[participant]++, MAX_GOT);
    *got = (Got){
        .time = clock_now(m->clock), .media = true, .ssrc = rtp_ssrc(header),
        .sequence = rtp_sequence(header), .timestamp = rtp_timestamp(header),
        .marker = rtp_marker(header), .datagram = *datagram,
    };
    return 0;
}

static void withhold(void *opaque, int participant, const PacketTag *tag,
                     const char *why)
{
    Meeting *m = opaque;

    ck_assert_int_lt(m->nb_withheld, MAX_GOT);
    m->withheld[m->nb_withheld++] = (Withheld){ participant, *tag, why };
}

static void keep_event(void *opaque, const Event *event)
{
    Meeting *m = opaque;

    ck_assert_int_lt(m->nb_events, MAX_GOT);
    ck_assert_int_eq(event->time, clock_now(m->clock));
    ck_assert_str_eq(event->participant, "alice");
    m->events[m->nb_events++] = *event;
}

void meeting_init(Meeting *meeting)
{
    memset(meeting, 0, sizeof(*meeting));
    meeting->clock = clock_alloc();
    ck_assert_ptr_nonnull(meeting->clock);
    meeting->scenario.nack    = true;
    meeting->scenario.seed    = 1;
    meeting->scenario.sfu     = SFU_NB;
    meeting->scenario.actions = meeting->actions;
    meeting->scenario.participants = calloc(NB_PEOPLE,
                                            sizeof(ParticipantPlan));
    meeting->scenario.nb_participants = NB_PEOPLE;
    for (int i = 0; i < NB_PEOPLE; i++)
        meeting->scenario.participants[i].name = names[i];
}

void meeting_act(Meeting *meeting, ServerAction action)
{
    meeting->actions[meeting->scenario.nb_actions++] = action;
}

void meeting_open(Meeting *meeting)
{
    const ServerSetup setup = {
        .clock = meeting->clock, .scenario = &meeting->scenario,
        .events = { keep_event, meeting }, .send = take,
        .withheld = withhold, .opaque = meeting,
    };

    ck_assert_int_eq(server_open(&meeting->server, &setup), 0);
}

void meeting_publish(Meeting *meeting, TrackKind kind, enum AVCodecID codec,
                     uint32_t first, int nb)
{
    uint32_t ssrcs[4];
    const Publication publication = {
        .participant = ALICE, .track = TRACK, .kind = kind, .codec = codec,
        .payload_type = PAYLOAD_TYPE, .ssrcs = ssrcs, .nb_ssrcs = nb,
        .clock_rate = kind == KIND_AUDIO ? 48000 : 90000,
    };

    for (int i = 0; i < nb; i++)
        ssrcs[i] = first + i;
    ck_assert_int_eq(server_publish(meeting->server, &publication), 0);
}

void meeting_subscribe(Meeting *meeting, int participant)
{
    ck_assert_int_eq(server_subscribe(meeting->server, participant, TRACK,
                                      100 * participant,
                                      1000 * participant), 0);
}

void meeting_send(Meeting *meeting, Sent sent)
{
    Bytes payload = hex_bytes(sent.payload);
    uint8_t data[1600] = { 0x80, sent.marker << 7 | PAYLOAD_TYPE };
    Datagram datagram;

    rtp_set_sequence(data, sent.sequence);
    rtp_set_timestamp(data, sent.timestamp);
    rtp_set_ssrc(data, sent.ssrc);
    memcpy(data + 12, payload.data, payload.size);
    ck_assert_int_eq(datagram_make(&datagram, NULL, data, 12 + payload.size),
                     0);
    datagram.tag = (PacketTag){ .track = TRACK, .frame = sent.frame,
                                .nb = 1 };
    ck_assert_int_eq(server_receive(meeting->server, ALICE, &datagram), 0);
    ck_assert_ptr_null(datagram.buffer);
    free_bytes(&payload);
}

static void send_rtcp(Meeting *meeting, int participant, const uint8_t *data,
                      size_t size)
{
    Datagram datagram;

    ck_assert_int_eq(datagram_make(&datagram, NULL, data, size), 0);
    ck_assert_int_eq(server_receive(meeting->server, participant, &datagram),
                     0);
}

void meeting_send_pli(Meeting *meeting, int participant, uint32_t ssrc)
{
    uint8_t data[RTCP_MAX_SIZE];

    send_rtcp(meeting, participant, data, rtcp_write_pli(data, 9, ssrc));
}

void meeting_send_nack(Meeting *meeting, int participant, uint32_t ssrc,
                       uint16_t sequence)
{
    uint8_t data[RTCP_MAX_SIZE];

    send_rtcp(meeting, participant, data,
              rtcp_write_nack(data, 9, ssrc, &sequence, 1));
}

void meeting_send_report(Meeting *meeting, const RtcpSenderReport *report)
{
    uint8_t data[RTCP_MAX_SIZE];

    send_rtcp(meeting, ALICE, data,
              rtcp_write_sender_report(data, report, "alice@home"));
}

static int stop(void *opaque, int64_t now)
{
    (void)now;
    *(bool *)opaque = true;
    return 0;
}

void meeting_until(Meeting *meeting, int64_t time)
{
    bool stopped = false;

    ck_assert_int_eq(clock_at(meeting->clock, time, stop, &stopped), 0);
    while (!stopped)
        ck_assert_int_eq(clock_step(meeting->clock), 0);
}

int meeting_count_asked(const Meeting *meeting, bool pli, uint32_t ssrc)
{
    int nb = 0;

    for (int i = 0; i < meeting->nb_asked; i++)
        nb += meeting->asked[i].pli == pli && meeting->asked[i].ssrc == ssrc;
    return nb;
}

int meeting_count_events(const Meeting *meeting, EventType type,
                         const char *reason)
{
    int nb = 0;

    for (int i = 0; i < meeting->nb_events; i++)
        nb += meeting->events[i].type == type &&
              (!reason || !strcmp(meeting->events[i].reason, reason));
    return nb;
}

int meeting_count_withheld(const Meeting *meeting, int participant,
                           const char *why)
{
    int nb = 0;

    for (int i = 0; i < meeting->nb_withheld; i++)
        nb += meeting->withheld[i].participant == participant &&
              !strcmp(meeting->withheld[i].why, why);
    return nb;
}

void meeting_free(Meeting *meeting)
{
    server_free(&meeting->server);
    ck_assert_ptr_null(meeting->server);
    clock_free(&meeting->clock);
    free(meeting->scenario.participants);
    for (int i = 0; i < NB_PEOPLE; i++)
        for (int j = 0; j < meeting->nb_got[i]; j++)
            datagram_unref(&meeting->got[i][j].datagram);
}
