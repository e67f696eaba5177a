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

#include <stddef.h>
#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "lives.h"

/* Rows grow, they do not shrink. */
static bool make_room(Row *row)
{
    unsigned room = row->nb_room ? 2 * row->nb_room : 1;
    void **grown;

    if (row->nb < row->nb_room)
        return true;
    if (!(grown = av_calloc(room, sizeof(*grown))))
        return false;
    for (uint64_t i = row->first; i < row->first + row->nb; i++)
        grown[i & (room - 1)] = row->items[i & (row->nb_room - 1)];
    av_free(row->items);
    row->items   = grown;
    row->nb_room = room;
    return true;
}

/* One that is there. */
static void *item(const Row *row, uint64_t number)
{
    return row->items[number & (row->nb_room - 1)];
}

static void *find(const Row *row, uint64_t number)
{
    return number - row->first < row->nb ? item(row, number) : NULL;
}

/* What was there before is still in it. */
static void *append(Row *row, uint64_t number, size_t size)
{
    void **item;

    if (!row->nb)
        row->first = number;
    if (!make_room(row))
        return NULL;
    item = &row->items[number & (row->nb_room - 1)];
    if (!*item && !(*item = av_malloc(size)))
        return NULL;
    row->nb++;
    return *item;
}

static void clear(Row *row)
{
    for (unsigned i = 0; i < row->nb_room; i++)
        av_free(row->items[i]);
    av_freep(&row->items);
    row->nb = row->nb_room = 0;
}

static uint8_t *get_places(uint8_t *few, unsigned nb)
{
    return nb > LIFE_PLACES ? av_mallocz(nb) : few;
}

static void free_places(uint8_t **places, const uint8_t *few)
{
    if (*places != few)
        av_free(*places);
    *places = NULL;
}

/* Frames that no receiver waits for any more leave from the old end. */
static void forget_old(SentFrames *f)
{
    while (f->nb) {
        SentFrame *oldest = item(f, f->first);

        if (oldest->nb_lives)
            break;
        free_places(&oldest->places, oldest->few_places);
        f->first++;
        f->nb--;
    }
}

SentFrame *sent_frames_add(SentFrames *f, uint64_t number)
{
    SentFrame *frame;

    forget_old(f);
    if (!(frame = append(f, number, sizeof(*frame))))
        return NULL;
    memset(frame, 0, offsetof(SentFrame, life.mishaps));
    frame->life.frame          = number;
    frame->life.seal_key_index = frame->life.open_key_index = -1;
    frame->life.server_first   = frame->life.server_last    = -1;
    frame->life.arrived_first  = frame->life.arrived_last   = -1;
    frame->life.gave_up        = frame->life.opened         = -1;
    frame->life.psnr           = frame->life.ssim           = -1;
    return frame;
}

int sent_frame_places(SentFrame *frame)
{
    frame->places = get_places(frame->few_places, frame->life.nb_packets);
    return frame->places ? 0 : AVERROR(ENOMEM);
}

SentFrame *sent_frames_find(const SentFrames *f, uint64_t number)
{
    return find(f, number);
}

void sent_frames_clear(SentFrames *f)
{
    for (uint64_t i = 0; i < f->nb; i++) {
        SentFrame *frame = item(f, f->first + i);

        free_places(&frame->places, frame->few_places);
    }
    clear(f);
}

static void add_mishap(FrameLife *life, uint16_t index, int64_t now, Hop hop,
                       const char *what)
{
    if (life->nb_mishaps < LIFE_MISHAPS)
        life->mishaps[life->nb_mishaps] = (PacketMishap){
            .time = now, .index = index, .hop = hop, .what = what,
        };
    life->nb_mishaps++;
}

static void note_time(int64_t *first, int64_t *last, int64_t now)
{
    if (*first < 0)
        *first = now;
    *last = now;
}

void sent_frame_note(SentFrame *f, const PacketTag *tag, int64_t now,
                     PacketPlace place, const char *what)
{
    if (what)
        add_mishap(&f->life, tag->index, now, HOP_UPLINK, what);
    f->corrupted |= place == AT_SERVER && what;
    if (place == AT_LOST_UPLINK) {
        f->nb_lost++;
        f->lost = what;
    }
    if (tag->index >= f->life.nb_packets || !f->places)
        return;
    /* A second copy that is lost takes nothing away. */
    if (f->places[tag->index] != AT_SERVER)
        f->places[tag->index] = place;
    if (place == AT_SERVER)
        note_time(&f->life.server_first, &f->life.server_last, now);
}

Life *lives_add(Lives *l, SentFrame *frame)
{
    Life *life = append(l, frame->life.frame, sizeof(*life));

    if (!life)
        return NULL;
    memset(life, 0, offsetof(Life, life.mishaps));
    life->sent = frame;
    life->life.arrived_first = life->life.arrived_last = -1;
    life->life.gave_up       = life->life.opened       = -1;
    life->life.psnr          = life->life.ssim         = -1;
    life->life.open_key_index = -1;
    frame->nb_lives++;
    return life;
}

Life *lives_find(const Lives *l, uint64_t number)
{
    return find(l, number);
}

Life *lives_oldest(const Lives *l)
{
    return find(l, l->first);
}

void life_note(Life *life, const PacketTag *tag, int64_t now, PacketPlace place,
               const char *what)
{
    unsigned nb = life->sent->life.nb_packets;

    if (what)
        add_mishap(&life->life, tag->index, now, HOP_DOWNLINK, what);
    if (place == AT_LOST_DOWNLINK)
        life->lost = what;
    if (tag->index >= nb)
        return;
    if (!life->places && !(life->places = get_places(life->few_places, nb)))
        return;
    if (life->places[tag->index] < AT_LATE)
        life->places[tag->index] = place;
    if (place >= AT_LATE)
        note_time(&life->life.arrived_first, &life->life.arrived_last, now);
}

static bool on_its_way(const SentFrame *sent)
{
    for (unsigned i = 0; i < sent->life.nb_packets; i++)
        if (sent->places[i] == AT_SENDER || sent->places[i] == AT_UPLINK)
            return true;
    return false;
}

bool life_over(const Life *life)
{
    return life->decided || !life->sent->life.nb_packets ||
           (life->withheld && !on_its_way(life->sent));
}

/* The first packet that is missing tells. */
static Fate fate_of_missing(const Life *life, PacketPlace *place)
{
    const SentFrame *sent = life->sent;

    for (unsigned i = 0; i < sent->life.nb_packets; i++) {
        *place = life->places && life->places[i] ? life->places[i]
                                                 : sent->places[i];
        switch (*place) {
        case AT_SENDER:
        case AT_LOST_UPLINK:
            return FATE_LOST_UPLINK;
        case AT_UPLINK:
        case AT_DOWNLINK:
        case AT_LATE:
            return FATE_LATE;
        case AT_SERVER:
            return FATE_WITHHELD;
        case AT_LOST_DOWNLINK:
            return FATE_LOST_DOWNLINK;
        default:
            break;
        }
    }
    return FATE_REFUSED;
}

/* Everything arrived, and no frame came of it: not in the form that it was
 * sent in. */
static void decide_damaged(Life *life)
{
    FrameLife *out = &life->life;

    out->why = MISHAP_CORRUPTED;
    if (life->sent->corrupted) {
        out->fate = FATE_LOST_UPLINK;
    } else if (life->corrupted) {
        out->fate = FATE_LOST_DOWNLINK;
    } else if (life->tampered) {
        out->fate = FATE_WITHHELD;
        out->why  = "tampered";
    } else {
        out->why = "could not be put together";
    }
}

static void decide(Life *life)
{
    FrameLife *out = &life->life;
    PacketPlace place = AT_ARRIVED;

    if (!life->sent->life.nb_packets) {
        out->fate = FATE_UNSEALED;
        return;
    }
    if (life->withheld) {
        out->fate = FATE_WITHHELD;
        out->why  = life->withheld;
        return;
    }
    out->fate = fate_of_missing(life, &place);
    switch (out->fate) {
    case FATE_LOST_UPLINK:
        out->why = life->sent->lost;
        break;
    case FATE_LOST_DOWNLINK:
        out->why = life->lost;
        break;
    case FATE_LATE:
        out->why = place == AT_LATE ? "after the jitter buffer gave up"
                                       : "still on its way";
        break;
    case FATE_WITHHELD:
        out->why = life->layered ? LIFE_OTHER_LAYER : "not forwarded";
        break;
    default:
        decide_damaged(life);
        break;
    }
}

/* By time; both are in order already. */
static void merge_mishaps(FrameLife *out, const FrameLife *up,
                          const FrameLife *down)
{
    unsigned nb_up   = FFMIN(up->nb_mishaps, LIFE_MISHAPS);
    unsigned nb_down = FFMIN(down->nb_mishaps, LIFE_MISHAPS);
    unsigned i = 0, j = 0;

    for (unsigned k = 0; k < LIFE_MISHAPS && (i < nb_up || j < nb_down); k++)
        if (j == nb_down ||
            (i < nb_up && up->mishaps[i].time <= down->mishaps[j].time))
            out->mishaps[k] = up->mishaps[i++];
        else
            out->mishaps[k] = down->mishaps[j++];
    out->nb_mishaps = up->nb_mishaps + down->nb_mishaps;
}

/* What the sender's part tells. */
static void complete(Life *life)
{
    const FrameLife *sent = &life->sent->life;
    FrameLife *out = &life->life;

    if (sent->nb_mishaps) {
        const FrameLife own = *out;

        merge_mishaps(out, sent, &own);
    }
    out->sender         = sent->sender;
    out->kind           = sent->kind;
    out->layer          = sent->layer;
    out->frame          = sent->frame;
    out->captured       = sent->captured;
    out->key_frame      = sent->key_frame;
    out->seal_state     = sent->seal_state;
    out->seal_key_index = sent->seal_key_index;
    out->plain_size     = sent->plain_size;
    out->sealed_size    = sent->sealed_size;
    out->sent           = sent->sent;
    out->first_sequence = sent->first_sequence;
    out->nb_packets     = sent->nb_packets;
    out->server_first   = sent->server_first;
    out->server_last    = sent->server_last;
}

Life *lives_end(Lives *l)
{
    Life *life = item(l, l->first);

    l->first++;
    l->nb--;
    if (!life->decided)
        decide(life);
    complete(life);
    life->sent->nb_lives--;
    life->sent = NULL;
    free_places(&life->places, life->few_places);
    return life;
}

void lives_clear(Lives *l)
{
    for (uint64_t i = 0; i < l->nb; i++) {
        Life *life = item(l, l->first + i);

        life->sent->nb_lives--;
        free_places(&life->places, life->few_places);
    }
    clear(l);
}
