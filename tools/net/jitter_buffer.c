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

#include <stdbool.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "jitter_buffer.h"
#include "rtp.h"

#define MAX_DROPOUT      3000   ///< RFC 3550, A.1
#define DEFAULT_CAPACITY 2048
#define FIRST_SLOTS      32
#define FIRST_CYCLE      65536  ///< so that no extended number is 0

/** A packet that waits; free ones are kept for the next. */
typedef struct Held {
    Datagram     datagram;
    uint64_t     sequence;
    unsigned     nb_lost;       ///< right before it; once it is due
    struct Held *next;
} Held;

typedef enum NackQueue {
    NACK_NEVER,
    NACK_FIRST,                 ///< not asked for yet
    NACK_AGAIN,
    NACK_QUEUE_NB
} NackQueue;

/** One sequence number from next to highest. Queues link slots by their
 *  sequence numbers, since their places change when the ring grows. */
typedef struct Slot {
    Held     *held;             ///< NULL: missing
    int64_t   noticed;          ///< when it was seen to be missing
    int64_t   nack_at;
    uint64_t  before, behind;   ///< in its queue; 0: none
    NackQueue queue;
} Slot;

/** Times in each only grow towards the tail. */
typedef struct Queue {
    uint64_t head, tail;        ///< 0: empty
} Queue;

struct JitterBuffer {
    JitterSetup setup;
    Slot       *slots;          ///< ring: sequence s is at s mod nb_slots
    unsigned    nb_slots;
    uint64_t    next, highest;  ///< next to give; empty if next > highest
    unsigned    nb_lost;        ///< given up since the last one given
    uint64_t   *given_up;       ///< a bit for each of the numbers before next
    Queue       queues[NACK_QUEUE_NB];
    Held       *due, **due_end; ///< out of the ring already
    Held       *unused;
    Held       *aside;          ///< far from the others
    int64_t     start;          ///< when the run began
    bool        started, given; ///< a run has begun; gave its first packet
    bool        flushed;
};

JitterBuffer *jitter_alloc(const JitterSetup *setup)
{
    JitterBuffer *j = av_mallocz(sizeof(*j));

    if (!j)
        return NULL;
    j->setup = *setup;
    if (!j->setup.capacity)
        j->setup.capacity = DEFAULT_CAPACITY;
    j->nb_slots = FIRST_SLOTS;
    j->due_end  = &j->due;
    j->slots    = av_calloc(j->nb_slots, sizeof(*j->slots));
    j->given_up = av_calloc(j->setup.capacity / 64, sizeof(*j->given_up));
    if (!j->slots || !j->given_up)
        jitter_free(&j);
    return j;
}

static Slot *slot_of(const JitterBuffer *j, uint64_t sequence)
{
    return &j->slots[sequence & (j->nb_slots - 1)];
}

static void queue_remove(JitterBuffer *j, Slot *slot)
{
    Queue *queue = &j->queues[slot->queue];

    if (slot->queue == NACK_NEVER)
        return;
    *(slot->before ? &slot_of(j, slot->before)->behind
                   : &queue->head) = slot->behind;
    *(slot->behind ? &slot_of(j, slot->behind)->before
                   : &queue->tail) = slot->before;
    slot->queue = NACK_NEVER;
}

static void queue_append(JitterBuffer *j, NackQueue which, uint64_t sequence,
                         int64_t nack_at)
{
    Queue *queue = &j->queues[which];
    Slot  *slot  = slot_of(j, sequence);

    slot->queue   = which;
    slot->nack_at = nack_at;
    slot->before  = queue->tail;
    slot->behind  = 0;
    *(queue->tail ? &slot_of(j, queue->tail)->behind
                  : &queue->head) = sequence;
    queue->tail = sequence;
}

static void note_missing(JitterBuffer *j, uint64_t sequence, int64_t now)
{
    *slot_of(j, sequence) = (Slot){ .noticed = now };
    if (j->setup.nack_interval > 0)
        queue_append(j, NACK_FIRST, sequence, now + j->setup.nack_delay);
}

static void note_passed(JitterBuffer *j, uint64_t sequence, bool given_up)
{
    uint64_t  bit  = UINT64_C(1) << (sequence & 63);
    uint64_t *word = &j->given_up[(sequence & (j->setup.capacity - 1)) / 64];

    *word = given_up ? *word | bit : *word & ~bit;
}

static bool was_given_up(const JitterBuffer *j, uint64_t sequence)
{
    return j->given_up[(sequence & (j->setup.capacity - 1)) / 64] >>
           (sequence & 63) & 1;
}

/* The next sequence number, whether its packet is there or not. */
static Held *pass_next(JitterBuffer *j)
{
    Slot *slot = slot_of(j, j->next);
    Held *held = slot->held;

    if (held) {
        held->nb_lost = j->nb_lost;
        j->nb_lost    = 0;
        slot->held    = NULL;
    } else {
        queue_remove(j, slot);
        j->nb_lost++;
    }
    note_passed(j, j->next++, !held);
    return held;
}

/* Give up all gaps before a sequence number and line up what is held. */
static void pass_until(JitterBuffer *j, uint64_t sequence)
{
    while (j->next < sequence && j->next <= j->highest) {
        Held *held = pass_next(j);

        if (held) {
            held->next  = NULL;
            *j->due_end = held;
            j->due_end  = &held->next;
        }
    }
    for (; j->next < sequence; j->next++, j->nb_lost++)
        note_passed(j, j->next, true);
}

/* Room for a span of sequence numbers, as far as the capacity goes. */
static int grow(JitterBuffer *j, uint64_t first, uint64_t last)
{
    const uint64_t span = last - first + 1;
    unsigned nb = j->nb_slots;
    Slot *slots;

    while (nb < span && nb < j->setup.capacity)
        nb *= 2;
    if (nb == j->nb_slots)
        return 0;
    if (!(slots = av_calloc(nb, sizeof(*slots))))
        return AVERROR(ENOMEM);
    for (uint64_t s = j->next; s <= j->highest; s++)
        slots[s & (nb - 1)] = *slot_of(j, s);
    av_free(j->slots);
    j->slots    = slots;
    j->nb_slots = nb;
    return 0;
}

static Held *hold(JitterBuffer *j, Datagram *datagram, uint64_t sequence)
{
    Held *held = j->unused;

    if (held)
        j->unused = held->next;
    else if (!(held = av_malloc(sizeof(*held))))
        return NULL;
    held->datagram = *datagram;
    held->sequence = sequence;
    return held;
}

static void release(JitterBuffer *j, Held *held)
{
    held->next = j->unused;
    j->unused  = held;
}

static void start_run(JitterBuffer *j, uint64_t first, int64_t now)
{
    j->next    = first;
    j->highest = first - 1;
    j->start   = now;
    j->started = true;
    j->given   = false;
    /* What came before the run is late, not there twice. */
    memset(j->given_up, 0xff, j->setup.capacity / 8);
}

/* Beyond all others; what is in between is missing from now on. */
static int add_highest(JitterBuffer *j, Datagram *datagram,
                       uint64_t sequence, int64_t now)
{
    Held *held;
    int ret = grow(j, j->next, sequence);

    if (ret < 0)
        return ret;
    if (!(held = hold(j, datagram, sequence)))
        return AVERROR(ENOMEM);
    if (sequence - j->next >= j->nb_slots)
        pass_until(j, sequence - j->nb_slots + 1);
    for (uint64_t s = FFMAX(j->highest + 1, j->next); s < sequence; s++)
        note_missing(j, s, now);
    *slot_of(j, sequence) = (Slot){ .held = held };
    j->highest = sequence;
    return 0;
}

/* Before all others, while the run has given nothing. */
static int add_lowest(JitterBuffer *j, Datagram *datagram, uint64_t sequence,
                      int64_t now)
{
    Held *held;
    int ret = grow(j, sequence, j->highest);

    if (ret < 0)
        return ret;
    if (!(held = hold(j, datagram, sequence)))
        return AVERROR(ENOMEM);
    for (uint64_t s = sequence + 1; s < j->next; s++)
        note_missing(j, s, now);
    *slot_of(j, sequence) = (Slot){ .held = held };
    j->next = sequence;
    return 0;
}

static int fill_gap(JitterBuffer *j, Datagram *datagram, uint64_t sequence,
                    JitterResult *result)
{
    Slot *slot = slot_of(j, sequence);

    if (slot->held) {
        *result = JITTER_DUPLICATE;
        return 0;
    }
    if (!(slot->held = hold(j, datagram, sequence)))
        return AVERROR(ENOMEM);
    queue_remove(j, slot);
    return 0;
}

static int refuse_passed(JitterBuffer *j, uint64_t sequence,
                         JitterResult *result)
{
    *result = was_given_up(j, sequence) ? JITTER_LATE : JITTER_DUPLICATE;
    note_passed(j, sequence, false);
    return 0;
}

static int restart(JitterBuffer *j, Datagram *datagram, int64_t now)
{
    Held *aside = j->aside;
    uint64_t first;
    int ret;

    pass_until(j, j->highest + 1);
    /* Two cycles on, so that packets before the first have numbers too. */
    first = (((j->highest >> 16) + 2) << 16) | aside->sequence;
    start_run(j, first, now);
    if ((ret = add_highest(j, &aside->datagram, first, now)) < 0)
        return ret;
    j->aside = NULL;
    release(j, aside);
    return add_highest(j, datagram, first + 1, now);
}

static int lay_aside(JitterBuffer *j, Datagram *datagram, uint16_t sequence,
                     int64_t now, JitterResult *result)
{
    Held *aside;

    if (j->aside && sequence == (uint16_t)(j->aside->sequence + 1)) {
        *result = JITTER_RESTART;
        return restart(j, datagram, now);
    }
    if (j->aside && sequence == j->aside->sequence) {
        *result = JITTER_DUPLICATE;
        return 0;
    }
    if (!(aside = hold(j, datagram, sequence)))
        return AVERROR(ENOMEM);
    if (j->aside) {
        datagram_unref(&j->aside->datagram);
        release(j, j->aside);
    }
    j->aside = aside;
    *result  = JITTER_ASIDE;
    return 0;
}

static int place(JitterBuffer *j, Datagram *datagram, int64_t now,
                 JitterResult *result)
{
    const unsigned capacity = j->setup.capacity;
    const uint16_t sequence = rtp_sequence(datagram->header);
    const int delta = (int16_t)(sequence - (uint16_t)j->highest);
    const uint64_t extended = j->highest + delta;

    if (delta >= MAX_DROPOUT || extended + capacity < j->next)
        return lay_aside(j, datagram, sequence, now, result);
    if (delta > 0)
        return add_highest(j, datagram, extended, now);
    if (extended >= j->next)
        return fill_gap(j, datagram, extended, result);
    if (!j->given && j->setup.start_hold && j->highest - extended < capacity)
        return add_lowest(j, datagram, extended, now);
    return refuse_passed(j, extended, result);
}

int jitter_push(JitterBuffer *j, Datagram *datagram, int64_t now,
                JitterResult *result)
{
    int ret;

    if (!j->started)
        start_run(j, FIRST_CYCLE + rtp_sequence(datagram->header), now);
    *result = JITTER_TAKEN;
    ret = place(j, datagram, now, result);
    if (ret >= 0 && *result != JITTER_DUPLICATE && *result != JITTER_LATE)
        *datagram = (Datagram){ 0 };
    return ret;
}

/* Up to then the run's first packet waits. */
static int64_t start_due(const JitterBuffer *j)
{
    if (j->given || j->flushed || !j->setup.start_hold)
        return INT64_MIN;
    return j->start + j->setup.start_hold;
}

static Held *next_due(JitterBuffer *j, int64_t now)
{
    Held *held = j->due;

    if (held) {
        if (!(j->due = held->next))
            j->due_end = &j->due;
        return held;
    }
    if (now < start_due(j))
        return NULL;
    while (!held && j->next <= j->highest) {
        const Slot *slot = slot_of(j, j->next);

        if (!slot->held && !j->flushed &&
            now - slot->noticed < j->setup.deadline)
            return NULL;
        held = pass_next(j);
    }
    if (held)
        j->given = true;
    return held;
}

int jitter_pop(JitterBuffer *j, int64_t now, Datagram *datagram,
               uint64_t *sequence, unsigned *nb_lost)
{
    Held *held = next_due(j, now);

    if (!held)
        return AVERROR(EAGAIN);
    *datagram = held->datagram;
    *sequence = held->sequence;
    *nb_lost  = held->nb_lost;
    release(j, held);
    return 0;
}

int64_t jitter_due(const JitterBuffer *j)
{
    int64_t due = INT64_MAX;

    if (j->due)
        return INT64_MIN;
    if (j->started && j->next <= j->highest) {
        const Slot *slot = slot_of(j, j->next);

        due = start_due(j);
        if (!slot->held && !j->flushed)
            due = FFMAX(due, slot->noticed + j->setup.deadline);
    }
    for (int i = NACK_FIRST; i < NACK_QUEUE_NB; i++)
        if (j->queues[i].head)
            due = FFMIN(due, slot_of(j, j->queues[i].head)->nack_at);
    return due;
}

size_t jitter_nacks(JitterBuffer *j, int64_t now, uint16_t *sequences,
                    size_t max)
{
    size_t nb = 0;

    for (int i = NACK_FIRST; i < NACK_QUEUE_NB; i++) {
        uint64_t head;

        while (nb < max && (head = j->queues[i].head) &&
               slot_of(j, head)->nack_at <= now) {
            queue_remove(j, slot_of(j, head));
            queue_append(j, NACK_AGAIN, head, now + j->setup.nack_interval);
            sequences[nb++] = head;
        }
    }
    return nb;
}

void jitter_flush(JitterBuffer *j)
{
    j->flushed = true;
}

static void free_held(Held *held)
{
    if (held)
        datagram_unref(&held->datagram);
    av_free(held);
}

void jitter_free(JitterBuffer **jitter)
{
    JitterBuffer *j = *jitter;

    if (!j)
        return;
    for (unsigned i = 0; j->slots && i < j->nb_slots; i++)
        free_held(j->slots[i].held);
    for (Held *held = j->due, *next; held; held = next) {
        next = held->next;
        free_held(held);
    }
    for (Held *held = j->unused, *next; held; held = next) {
        next = held->next;
        av_free(held);
    }
    free_held(j->aside);
    av_free(j->slots);
    av_free(j->given_up);
    av_freep(jitter);
}
