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

#include <libavutil/common.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "media/frame_filter.h"
#include "net/rtp.h"
#include "parts.h"
#include "report/log.h"

static void note_state(Track *t, const FrameReport *report, uint64_t frame)
{
    const Event event = {
        .type = EVENT_STATE, .time = clock_now(t->room->clock),
        .participant = t->sender->plan->name, .kind = t->kind,
        .state = report->state, .key_index = report->key_index,
        .reason = report->reason, .frame = frame,
    };

    if (report->state == t->state)
        return;
    t->state = report->state;
    room_event(t->room, &event);
}

int track_seal(Chain *c, AVPacket *packet, FrameReport *report)
{
    Track *t = c->track;
    /* That there is no key is as it should be for who has none. */
    int limit = log_limit(held_keys_can_seal(&t->keys) ? AV_LOG_WARNING
                                                       : AV_LOG_QUIET);
    int ret;

    stage_begin(&t->room->stages, STAGE_SEAL);
    ret = frame_filter_run(&c->sealer, packet, report);
    stage_end(&t->room->stages);
    log_limit(limit);
    if (ret == AVERROR(ENOMEM))
        return ret;
    if (!t->keys.enabled) {
        report->state = STATE_NONE;
        return ret;
    }
    if (ret < 0 && report->state == STATE_NONE)
        report->state = STATE_ENCRYPTION_FAILED;
    note_state(t, report, c->nb_frames);
    return ret >= 0 && report->state == STATE_ENCRYPTION_SUCCESS
           ? 0 : AVERROR(EAGAIN);
}

static int pack(Chain *c)
{
    const RtpPackInfo info = {
        .send_time   = clock_now(c->track->room->clock),
        .audio_level = source_level(c->source),
        .tag = { .track = c->track->number, .layer = c->layer,
                 .frame = c->nb_frames },
    };
    int ret;

    stage_begin(&c->track->room->stages, STAGE_PACK);
    ret = rtp_packer_send(c->packer, c->packet, &info);
    stage_end(&c->track->room->stages);
    return ret;
}

/* The frame in c->packet into sealed packets. */
static int make_packets(Chain *c, FrameReport *report)
{
    int ret;

    if (!c->payload) {
        ret = track_seal(c, c->packet, report);
        return ret < 0 ? ret : pack(c);
    }
    ret = pack(c);
    return ret < 0 ? ret : packets_seal(c, report);
}

static size_t sealed_size(const Chain *c)
{
    size_t size = 0;

    if (!c->payload)
        return c->packet->size;
    for (unsigned i = 0; i < c->nb_datagrams; i++)
        size += c->datagrams[i].payload_size;
    return size;
}

static int send_datagram(Chain *c, Datagram *datagram)
{
    Participant *p = c->track->sender;
    Stages *stages = &c->track->room->stages;
    int ret;

    stage_begin(stages, STAGE_HOPS);
    ret = connection_send(p->connection, HOP_UPLINK, datagram);
    stage_end(stages);
    return ret;
}

/* Keep the packets for NACKs, then send them. */
static int send_all(Chain *c, SentFrame *frame)
{
    int64_t now = clock_now(c->track->room->clock);
    int ret = 0;

    for (unsigned i = 0; i < c->nb_datagrams; i++) {
        Datagram *d = &c->datagrams[i];
        Datagram *kept = &c->history[rtp_sequence(d->header) & (HISTORY - 1)];

        c->track->wire_bytes += datagram_size(d);
        datagram_unref(kept);
        datagram_ref(kept, d);
    }
    for (unsigned i = 0; i < c->nb_datagrams; i++) {
        if (ret < 0) {
            datagram_unref(&c->datagrams[i]);
            continue;
        }
        sent_frame_note(frame, &c->datagrams[i].tag, now, AT_UPLINK, NULL);
        ret = send_datagram(c, &c->datagrams[i]);
    }
    c->nb_datagrams = 0;
    return ret;
}

static void fill_life(Chain *c, SentFrame *frame, const FrameReport *report,
                      int64_t captured, uint32_t plain_size)
{
    Track *t = c->track;
    FrameLife *life = &frame->life;

    life->sender         = t->sender->plan->name;
    life->kind           = t->kind;
    life->layer          = c->layer;
    life->captured       = captured;
    life->seal_state     = report->state;
    life->seal_key_index = report->key_index;
    life->plain_size     = plain_size;
    life->sealed_size    = sealed_size(c);
    life->sent           = clock_now(t->room->clock);
    life->nb_packets     = c->nb_datagrams;
    if (c->nb_datagrams)
        life->first_sequence = rtp_sequence(c->datagrams[0].header);
}

static void note_key_frame(Chain *c)
{
    const Event event = {
        .type = EVENT_KEY_FRAME, .time = clock_now(c->track->room->clock),
        .participant = c->track->sender->plan->name, .kind = c->track->kind,
        .key_index = -1, .reason = "", .frame = c->nb_frames,
        .value = c->layer,
    };

    room_event(c->track->room, &event);
}

/* The frame in c->packet: sealed, packed, sent. */
static int send_frame(Chain *c, int64_t captured)
{
    Track *t = c->track;
    uint32_t plain_size = c->packet->size;
    bool key = track_is_video(t) && (c->packet->flags & AV_PKT_FLAG_KEY);
    int64_t pts = c->packet->pts;
    FrameReport report = { 0 };
    SentFrame *frame;
    int ret = c->reference ? verify_sent(c->reference, c->packet) : 0;

    if (key)
        note_key_frame(c);
    if (ret >= 0)
        ret = make_packets(c, &report);
    if (ret >= 0) {
        c->nb_sealed    += report.state == STATE_ENCRYPTION_SUCCESS;
        t->plain_bytes  += plain_size;
        t->sealed_bytes += sealed_size(c);
    }
    if (ret < 0 && ret != AVERROR(EAGAIN))
        return ret;
    if (!(frame = sent_frames_add(&c->sent, c->nb_frames)))
        return AVERROR(ENOMEM);
    fill_life(c, frame, &report, captured, plain_size);
    frame->pts            = pts;
    frame->life.key_frame = key;
    if ((ret = sent_frame_places(frame)) < 0)
        return ret;
    c->nb_frames++;
    if ((ret = room_sealed(c, frame)) < 0)
        return ret;
    return send_all(c, frame);
}

static bool is_muted(const Track *t, int64_t now)
{
    for (int i = 0; i < t->plan->nb_muted; i++) {
        const Span *span = &t->plan->muted[i];

        if (now >= span->from && (!span->to || now < span->to))
            return true;
    }
    return false;
}

static int64_t frame_time(const Chain *c, int64_t pts)
{
    return c->track->from + av_rescale_q(pts, source_time_base(c->source),
                                         AV_TIME_BASE_Q);
}

static int send_next(void *opaque, int64_t now);

static int end_chain(Chain *c)
{
    Track *t = c->track;

    if (c->ended)
        return 0;
    c->ended = true;
    if (c->reference)
        verify_sent_all(c->reference);
    if (++t->nb_ended < t->nb_chains)
        return 0;
    t->ended = true;
    return room_track_ended(t);
}

static int schedule_next(Chain *c)
{
    int64_t pts;
    int ret;

    stage_begin(&c->track->room->stages, STAGE_SOURCE);
    ret = source_next(c->source, &pts);
    stage_end(&c->track->room->stages);
    if (ret == AVERROR_EOF)
        return end_chain(c);
    if (ret < 0)
        return ret;
    if (frame_time(c, pts) >= c->track->to)
        return end_chain(c);
    return clock_at(c->track->room->clock, frame_time(c, pts), send_next, c);
}

/* What is left out at mute leaves a copied stream without its references. */
static bool left_out(Chain *c, int64_t now)
{
    if (is_muted(c->track, now)) {
        c->broken = track_is_video(c->track);
        return true;
    }
    if (c->packet->flags & AV_PKT_FLAG_KEY)
        c->broken = false;
    return c->broken;
}

static int send_next(void *opaque, int64_t now)
{
    Chain *c = opaque;
    Stages *stages = &c->track->room->stages;
    int ret;

    if (c->ended)
        return 0;
    stage_begin(stages, STAGE_SOURCE);
    ret = source_read(c->source, c->key_wanted || c->broken, c->packet);
    stage_end(stages);
    if (ret < 0 && ret != AVERROR(EAGAIN))
        return ret;
    if (ret >= 0 && !left_out(c, now)) {
        if (c->packet->flags & AV_PKT_FLAG_KEY)
            c->key_wanted = false;
        ret = send_frame(c, now);
        if (ret < 0)
            return ret;
    }
    av_packet_unref(c->packet);
    return schedule_next(c);
}

int track_publish(Track *t)
{
    int ret = 0;

    t->published = true;
    for (int i = 0; i < t->nb_chains && ret >= 0; i++)
        ret = schedule_next(&t->chains[i]);
    return ret;
}

int track_resend(Track *t, Chain *c, uint16_t sequence)
{
    const Datagram *kept = &c->history[sequence & (HISTORY - 1)];
    SentFrame *frame;
    Datagram again;

    if (!kept->buffer || rtp_sequence(kept->header) != sequence || t->ended)
        return 0;
    datagram_ref(&again, kept);
    again.tag.flags |= TAG_RETRANSMITTED;
    if ((frame = sent_frames_find(&c->sent, again.tag.frame)))
        sent_frame_note(frame, &again.tag, clock_now(t->room->clock),
                        AT_UPLINK, "sent again");
    return send_datagram(c, &again);
}

int track_end(Track *t)
{
    int ret = 0;

    for (int i = 0; i < t->nb_chains && ret >= 0; i++)
        ret = end_chain(&t->chains[i]);
    return ret;
}

void track_want_key(Chain *chain)
{
    chain->key_wanted = true;
}
