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

#include <libavutil/common.h>
#include <libavutil/log.h>

#include "media/frame_filter.h"
#include "media/key_frame.h"
#include "parts.h"
#include "report/log.h"

/* Without anything new for so long it is told of. */
#define FREEZE 500000

/* A frame that nobody ever passes ends when so many are behind it. */
#define MAX_LIVES 4096

static void note_state(Reception *r, const FrameReport *report,
                       const PacketTag *tag)
{
    const Event event = {
        .type = EVENT_STATE, .time = clock_now(r->room->clock),
        .participant = r->track->sender->plan->name,
        .receiver = r->receiver->plan->name, .kind = r->track->kind,
        .state = report->state, .key_index = report->key_index,
        .reason = report->reason,
        .frame = tag->flags & TAG_INJECTED ? -1 : (int64_t)tag->frame,
    };

    if (report->state == r->state || report->injected)
        return;
    r->state = report->state;
    room_event(r->room, &event);
}

/* Lives leave in the order in which they are told. */
int reception_end_oldest(Reception *r, Lives *lives, AVPacket *packet)
{
    int64_t pts = lives_oldest(lives)->sent->pts;
    unsigned nb_lost = lives_oldest(lives)->sent->nb_lost;
    Life *life = lives_end(lives);

    life->life.receiver = r->receiver->plan->name;
    if (life->life.fate != FATE_WITHHELD)
        r->row.nb_lost_packets[HOP_UPLINK] += nb_lost;
    if (r->queue)
        return verify_received(r->queue, life, packet, pts);
    room_tell(r, life);
    return 0;
}

/* All that was sent before it and is still there has been passed by. What
 * was lost of layers that do not come here anyway is no loss. */
static int pass(Reception *r, int64_t sent, int layer, uint64_t frame)
{
    int ret = 0;

    for (int i = 0; i < r->track->nb_chains; i++) {
        Lives *lives = &r->lives[i];
        Life *life;

        while (ret >= 0 && (life = lives_oldest(lives)) &&
               (life->sent->life.sent < sent ||
                (i == layer && life->sent->life.frame < frame))) {
            life->life.gave_up = clock_now(r->room->clock);
            if (i != layer && i != r->layer && !life->places &&
                !life->withheld)
                life->withheld = LIFE_OTHER_LAYER;
            ret = reception_end_oldest(r, lives, NULL);
        }
    }
    r->layer = layer;
    return ret;
}

int reception_tell(Reception *r)
{
    int ret = 0;

    for (int i = 0; i < r->track->nb_chains && ret >= 0; i++) {
        Lives *lives = &r->lives[i];
        const Life *life;

        while (ret >= 0 && (life = lives_oldest(lives)) &&
               (life_over(life) || lives->nb > MAX_LIVES))
            ret = reception_end_oldest(r, lives, NULL);
    }
    return ret;
}

static Shown shown_at_first(Reception *r)
{
    bool key = !track_is_video(r->track) ||
               frame_is_key(source_parameters(r->track->chains[0].source)
                                ->codec_id, r->packet->data, r->packet->size);
    if (key)
        r->waiting = false;
    return r->waiting ? SHOWN_WAITING : SHOWN_NOT;
}

static void note_freeze(Reception *r)
{
    int64_t now = clock_now(r->room->clock), gap = now - r->shown;
    const Event event = {
        .type = EVENT_FREEZE, .time = now, .kind = r->track->kind,
        .participant = r->track->sender->plan->name,
        .receiver = r->receiver->plan->name, .key_index = -1, .reason = "",
        .frame = -1, .value = gap,
    };

    r->row.max_freeze = FFMAX(r->row.max_freeze, gap);
    if (gap > FREEZE)
        room_event(r->room, &event);
    r->shown = now;
}

int reception_filter(Reception *r, FrameReport *report)
{
    int limit = log_limit(AV_LOG_FATAL), ret;

    stage_begin(&r->room->stages, STAGE_OPEN);
    ret = frame_filter_run(&r->opener, r->packet, report);
    stage_end(&r->room->stages);
    log_limit(limit);
    if (ret == AVERROR(ENOMEM))
        return ret;
    if (!r->keys.enabled)
        report->state = STATE_NONE;
    else if (ret < 0 && report->state == STATE_NONE && !report->injected)
        report->state = STATE_INTERNAL_ERROR;
    return ret >= 0 && (!r->keys.enabled ||
                        report->state == STATE_DECRYPTION_SUCCESS);
}

/* What the server made or sent once more: nobody's life. */
static int take_stray(Reception *r, const PacketTag *tag, bool opened,
                      Shown shown)
{
    if (tag->flags & TAG_INJECTED)
        r->row.nb_injected++;
    else if (tag->flags & TAG_REPLAYED)
        r->row.nb_replayed += !tag->index;
    if (!opened || shown == SHOWN_WAITING || !r->queue)
        return 0;
    return verify_received(r->queue, NULL, r->packet, AV_NOPTS_VALUE);
}

static int decide(Reception *r, Life *life, const PacketTag *tag,
                  const FrameReport *report, bool opened, Shown shown)
{
    bool decode = opened && shown != SHOWN_WAITING && r->queue;
    int ret;

    life->decided             = true;
    life->life.open_state     = report->state;
    life->life.open_key_index = report->key_index;
    memcpy(life->life.reason, report->reason, sizeof(life->life.reason));
    life->life.fate           = opened ? FATE_OPENED : FATE_REFUSED;
    life->life.shown          = shown;
    if (opened)
        life->life.opened     = clock_now(r->room->clock);
    r->row.nb_state[report->state]++;
    ret = pass(r, life->sent->life.sent, tag->layer, tag->frame);
    if (ret < 0)
        return ret;
    /* Another encoding's frames may be older, this one is the oldest here. */
    return reception_end_oldest(r, &r->lives[tag->layer],
                                decode ? r->packet : NULL);
}

static void tap(Reception *r, const AVPacket *packet, bool opened)
{
    const FrameTap *t = &r->room->setup.frames;

    if (t->frame)
        t->frame(t->opaque, r->receiver->number, r->track->number, packet,
                 opened);
}

static Life *life_of(Reception *r, const PacketTag *tag)
{
    Life *life = tag->flags & (TAG_INJECTED | TAG_REPLAYED) ? NULL :
                 lives_find(&r->lives[tag->layer], tag->frame);

    if (life)
        r->packet->pts = r->packet->dts = life->sent->pts;
    return life;
}

/* What the filter vouches for is to be shown. */
int reception_decide(Reception *r, const PacketTag *tag,
                     const FrameReport *report, bool opened)
{
    Life *life = life_of(r, tag);
    Shown shown = SHOWN_NOT;
    int ret;

    r->room->nb_frames++;
    if (opened && (shown = shown_at_first(r)) != SHOWN_WAITING)
        note_freeze(r);
    if (r->opener.bsf)
        note_state(r, report, tag);
    if (opened)
        tap(r, r->packet, true);
    if (((!opened && !report->injected) || shown == SHOWN_WAITING) &&
        (ret = reception_wait_for_key(r)) < 0)
        return ret;
    if (!life)
        return take_stray(r, tag, opened, shown);
    return decide(r, life, tag, report, opened, shown);
}

static int take_frame(Reception *r, const RtpFrameInfo *info)
{
    FrameReport report = { .state = STATE_NONE, .key_index = -1 };
    int opened = 0;

    if (r->opener.bsf) {
        life_of(r, &info->tag);
        tap(r, r->packet, false);
        opened = reception_filter(r, &report);
    }
    return opened < 0 ? opened
                      : reception_decide(r, &info->tag, &report, opened);
}

/* Whether the sender seals frames or packets is agreed on, and nothing else
 * will do: the descriptor that tells them apart may be anybody's. */
static int take(Reception *r, const RtpFrameInfo *info)
{
    int ret = 0;

    if (info->whole && info->per_packet != !!r->payloads)
        return reception_wait_for_key(r);
    if (info->gap_before || !frame_is_whole(info))
        ret = reception_wait_for_key(r);
    if (ret < 0 || !frame_is_whole(info))
        return ret;
    return r->payloads ? packets_take(r, info) : take_frame(r, info);
}

int reception_frames(Reception *r)
{
    RtpFrameInfo info;
    int ret;

    while ((ret = rtp_frames_read(r->frames, r->packet, &info)) >= 0) {
        ret = take(r, &info);
        av_packet_unref(r->packet);
        if (ret < 0)
            return ret;
    }
    return ret == AVERROR(EAGAIN) ? 0 : ret;
}

static int work_when_due(void *opaque, int64_t now)
{
    Reception *r = opaque;

    if (r->due <= now)
        r->due = INT64_MAX;
    return r->active ? reception_work(r) : 0;
}

/* At most one task that is any use; an older one finds nothing to do. */
static int schedule_work(Reception *r)
{
    int64_t due = jitter_due(r->jitter);

    if (due >= r->due)
        return 0;
    r->due = due;
    return clock_at(r->room->clock, due, work_when_due, r);
}

/* Whatever is in order by now. */
int reception_work(Reception *r)
{
    uint64_t sequence;
    unsigned nb_lost;
    Datagram datagram;
    int ret = 0;

    stage_begin(&r->room->stages, STAGE_UNPACK);
    while (ret >= 0 &&
           jitter_pop(r->jitter, clock_now(r->room->clock), &datagram,
                      &sequence, &nb_lost) >= 0) {
        r->row.nb_gaps += nb_lost > 0;
        ret = rtp_frames_push(r->frames, &datagram, sequence, nb_lost);
        if (ret >= 0)
            ret = reception_frames(r);
    }
    if (ret >= 0)
        ret = reception_tell(r);
    if (ret >= 0)
        ret = reception_ask_for_packets(r);
    stage_end(&r->room->stages);
    return ret < 0 ? ret : schedule_work(r);
}

static void note_arrival(Reception *r, const PacketTag *tag,
                         JitterResult result)
{
    const char *what = result == JITTER_DUPLICATE ? "duplicate" :
                       result == JITTER_LATE ? "late" :
                       tag->flags & TAG_TAMPERED ? MISHAP_CORRUPTED : NULL;
    Life *life = tag->flags & (TAG_INJECTED | TAG_REPLAYED) ||
                 tag->track == UINT16_MAX ? NULL :
                 lives_find(&r->lives[tag->layer], tag->frame);

    r->row.nb_duplicates   += result == JITTER_DUPLICATE;
    r->row.nb_late_packets += result == JITTER_LATE;
    if (!life)
        return;
    life->corrupted |= tag->flags & TAG_TAMPERED;
    life_note(life, tag, clock_now(r->room->clock),
              result == JITTER_LATE ? AT_LATE : AT_ARRIVED, what);
}

int reception_receive(Reception *r, Datagram *datagram)
{
    PacketTag tag = datagram->tag;
    JitterResult result;
    int ret;

    r->row.nb_packets++;
    r->row.nb_bytes  += datagram_size(datagram);
    r->row.nb_resent += !!(tag.flags & TAG_RETRANSMITTED);
    ret = jitter_push(r->jitter, datagram, clock_now(r->room->clock), &result);
    if (ret < 0 || result == JITTER_DUPLICATE || result == JITTER_LATE)
        datagram_unref(datagram);
    if (ret < 0)
        return ret;
    note_arrival(r, &tag, result);
    return reception_work(r);
}
