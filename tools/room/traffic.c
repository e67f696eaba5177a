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

#include "net/rtcp.h"
#include "net/rtp.h"
#include "parts.h"

static Reception *find_reception(const Participant *p, uint32_t ssrc)
{
    Reception *r;

    for (unsigned i = ssrc; p->nb_slots; i++) {
        r = p->receptions[i & (p->nb_slots - 1)];
        if (!r || r->ssrc == ssrc)
            return r;
    }
    return NULL;
}

static Chain *find_chain(const Room *room, const PacketTag *tag)
{
    if (tag->track >= room->nb_tracks ||
        tag->layer >= room->tracks[tag->track].nb_chains)
        return NULL;
    return &room->tracks[tag->track].chains[tag->layer];
}

/* Whose life it is, NULL if it is nobody's. */
static Life *find_life(const Room *room, int receiver, const PacketTag *tag)
{
    const Chain *c = find_chain(room, tag);
    const Reception *r = c && !(tag->flags & (TAG_INJECTED | TAG_REPLAYED)) ?
                         c->track->receptions[receiver] : NULL;

    return r && r->active ? lives_find(&r->lives[tag->layer], tag->frame)
                          : NULL;
}

void traffic_lose(void *opaque, Hop hop, const PacketTag *tag,
                  const char *what)
{
    Participant *p = opaque;
    const Chain *c = find_chain(p->room, tag);
    int64_t now = clock_now(p->room->clock);
    SentFrame *frame;
    Life *life;

    if (!c)
        return;
    if (hop == HOP_UPLINK) {
        if ((frame = sent_frames_find(&c->sent, tag->frame)))
            sent_frame_note(frame, tag, now, AT_LOST_UPLINK, what);
        return;
    }
    if (c->track->receptions[p->number])
        c->track->receptions[p->number]->row.nb_lost_packets[hop]++;
    if ((life = find_life(p->room, p->number, tag)))
        life_note(life, tag, now, AT_LOST_DOWNLINK, what);
}

/* The server's feedback to a sender. */
typedef struct Feedback {
    Participant *sender;
    int          error;
} Feedback;

static Chain *own_chain(const Feedback *f, uint32_t ssrc)
{
    const Room *room = f->sender->room;

    for (int i = 0; i < room->nb_tracks; i++)
        for (int j = 0; room->tracks[i].sender == f->sender &&
                        j < room->tracks[i].nb_chains; j++)
            if (room->tracks[i].chains[j].ssrc == ssrc)
                return &room->tracks[i].chains[j];
    return NULL;
}

static void take_nack(void *opaque, uint32_t ssrc, uint16_t sequence)
{
    Feedback *f = opaque;
    Chain *c = own_chain(f, ssrc);

    if (c && f->error >= 0)
        f->error = track_resend(c->track, c, sequence);
}

static void take_pli(void *opaque, uint32_t ssrc)
{
    Chain *c = own_chain(opaque, ssrc);

    if (c)
        track_want_key(c);
}

static int take_rtcp(Participant *p, const Datagram *datagram)
{
    static const RtcpHandler handler = { .nack = take_nack, .pli = take_pli };
    Feedback feedback = { .sender = p };

    rtcp_parse(datagram->payload, datagram->payload_size, &handler,
               &feedback);
    return feedback.error;
}

static void tap(Participant *p, Hop hop, const Datagram *datagram)
{
    const HopTap *t = &p->room->setup.tap;

    if (t->datagram)
        t->datagram(t->opaque, p->number, hop, clock_now(p->room->clock),
                    datagram);
}

/* Who takes a datagram knows whose doing it was, and the next one starts
 * anew. */
static const char *link_mishap(PacketTag *tag)
{
    const bool tampered = tag->flags & TAG_TAMPERED;

    tag->flags &= ~TAG_TAMPERED;
    return tampered ? MISHAP_CORRUPTED : NULL;
}

static int at_server(Participant *p, Datagram *datagram)
{
    const Chain *c = find_chain(p->room, &datagram->tag);
    SentFrame *frame = c ? sent_frames_find(&c->sent, datagram->tag.frame)
                         : NULL;
    const char *mishap = link_mishap(&datagram->tag);
    int ret;

    if (frame)
        sent_frame_note(frame, &datagram->tag, clock_now(p->room->clock),
                        AT_SERVER, mishap);
    stage_begin(&p->room->stages, STAGE_SERVER);
    ret = server_receive(p->room->server, p->number, datagram);
    stage_end(&p->room->stages);
    return ret;
}

static int at_receiver(Participant *p, Datagram *datagram)
{
    Reception *r;
    int ret = 0;

    if (!datagram->header_size)
        ret = take_rtcp(p, datagram);
    else if ((r = find_reception(p, rtp_ssrc(datagram->header))) && r->active)
        return reception_receive(r, datagram);
    datagram_unref(datagram);
    return ret;
}

int traffic_arrive(void *opaque, Hop hop, Datagram *datagram)
{
    Participant *p = opaque;

    if (!p->present) {
        datagram_unref(datagram);
        return 0;
    }
    p->room->nb_packets++;
    tap(p, hop, datagram);
    return hop == HOP_UPLINK ? at_server(p, datagram)
                             : at_receiver(p, datagram);
}

static const char *server_mishap(const PacketTag *tag)
{
    if (tag->flags & TAG_TAMPERED)
        return "tampered";
    return tag->flags & TAG_RETRANSMITTED ? "sent again" : NULL;
}

int traffic_send(void *opaque, int participant, Datagram *datagram)
{
    Room *room = opaque;
    Participant *p = &room->participants[participant];
    Life *life = find_life(room, participant, &datagram->tag);
    int ret;

    if (life) {
        /* Its first packets may have come too early for the server. */
        life->withheld  = NULL;
        life->tampered |= datagram->tag.flags & TAG_TAMPERED;
        life_note(life, &datagram->tag, clock_now(room->clock), AT_DOWNLINK,
                  server_mishap(&datagram->tag));
    }
    datagram->tag.flags &= ~TAG_TAMPERED;
    stage_begin(&room->stages, STAGE_HOPS);
    ret = connection_send(p->connection, HOP_DOWNLINK, datagram);
    stage_end(&room->stages);
    return ret;
}

void traffic_withhold(void *opaque, int participant, const PacketTag *tag,
                      const char *why)
{
    Life *life = find_life(opaque, participant, tag);

    if (life && !life->withheld)
        life->withheld = why;
}
