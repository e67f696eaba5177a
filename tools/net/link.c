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

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "link.h"
#include "report/log.h"

#define UDP_IP_SIZE     28
#define DEFAULT_LIMIT 1000
#define NANOSECONDS   INT64_C(1000000000)

/** Whose random streams there are; the names are part of their seeds. */
typedef enum Model {
    MODEL_LOSS,
    MODEL_GILBERT_STATE,
    MODEL_GILBERT_LOSS,
    MODEL_DUPLICATE,
    MODEL_CORRUPT,
    MODEL_CORRUPT_BIT,
    MODEL_REORDER,
    MODEL_DELAY,
    MODEL_COPY_DELAY,
    MODEL_NB
} Model;

static const char *const model_names[MODEL_NB] = {
    [MODEL_LOSS]          = "loss",
    [MODEL_GILBERT_STATE] = "Gilbert state",
    [MODEL_GILBERT_LOSS]  = "Gilbert loss",
    [MODEL_DUPLICATE]     = "duplicate",
    [MODEL_CORRUPT]       = "corrupt",
    [MODEL_CORRUPT_BIT]   = "corrupt bit",
    [MODEL_REORDER]       = "reorder",
    [MODEL_DELAY]         = "delay",
    [MODEL_COPY_DELAY]    = "copy delay",
};

static const char *const loss_names[LINK_LOSS_NB] = {
    [LINK_LOST_RANDOM]  = "random loss",
    [LINK_LOST_GILBERT] = "burst loss",
    [LINK_LOST_TRACE]   = "loss by trace",
    [LINK_LOST_QUEUE]   = "full queue",
    [LINK_LOST_SIZE]    = "MTU",
};

/** What chance has in store for one datagram; all even, but for delays. */
typedef struct Draws {
    double value[MODEL_NB];
} Draws;

/** What a span's models remember. */
typedef struct Span {
    uint8_t *trace;         ///< a byte each: lost or not
    size_t   nb_trace, next_trace;
    double   last_loss;
    double   last_delay, last_copy_delay;
    bool     bad;           ///< Gilbert-Elliott's state
    unsigned nb_delayed;    ///< since the last one that was sent at once
} Span;

typedef struct Flight {
    Datagram       datagram;
    uint64_t       number;
    struct Link   *link;
    struct Flight *next;    ///< of all there are
    struct Flight *idle;    ///< of those without a datagram
} Flight;

struct Link {
    LinkSetup  setup;
    LinkCounts counts;
    Rng        rngs[MODEL_NB];
    Span      *spans;       ///< one for each of netem
    int64_t    busy_until;  ///< the rate limit's sender, nanoseconds
    int64_t   *departures;  ///< ring: when those in the queue leave it
    size_t     nb_departures, first_departure, room_departures;
    uint64_t   last_delivered;
    Flight    *flights, *idle;
};

const char *link_loss_name(LinkLoss loss)
{
    return loss_names[loss];
}

static int trace_error(const Netem *netem, long place, int c)
{
    log_error("%s: byte %ld is '%c'; a trace has only 0 for a packet that "
              "arrives and 1 for one that is lost", netem->trace, place, c);
    return AVERROR_INVALIDDATA;
}

static int add_to_trace(Span *span, bool lost)
{
    if (!(span->nb_trace & (span->nb_trace - 1))) {
        int ret = av_reallocp(&span->trace, FFMAX(2 * span->nb_trace, 1));

        if (ret < 0)
            return ret;
    }
    span->trace[span->nb_trace++] = lost;
    return 0;
}

static int read_trace(Span *span, const Netem *netem)
{
    FILE *file = fopen(netem->trace, "rb");
    int c, ret = 0;

    if (!file) {
        ret = AVERROR(errno);
        log_error("%s: %s", netem->trace, av_err2str(ret));
        return ret;
    }
    for (long place = 1; ret >= 0 && (c = getc(file)) != EOF; place++) {
        if (c == '0' || c == '1')
            ret = add_to_trace(span, c == '1');
        else if (!strchr(" \t\r\n", c))
            ret = trace_error(netem, place, c);
    }
    if (ret >= 0 && (ferror(file) || !span->nb_trace)) {
        log_error("%s: %s", netem->trace, ferror(file) ? "cannot be read"
                                                       : "has no 0 or 1");
        ret = AVERROR_INVALIDDATA;
    }
    fclose(file);
    return ret;
}

static int open_rngs(Link *l)
{
    for (int i = 0; i < MODEL_NB; i++) {
        char *name = av_asprintf("%s: %s", l->setup.name, model_names[i]);

        if (!name)
            return AVERROR(ENOMEM);
        rng_open(&l->rngs[i], l->setup.seed, name);
        av_free(name);
    }
    return 0;
}

static size_t queue_limit(const Netem *netem)
{
    return netem->limit ? netem->limit : DEFAULT_LIMIT;
}

static int open_spans(Link *l)
{
    const int nb = l->setup.nb_netem;
    int ret;

    if (nb && !(l->spans = av_calloc(nb, sizeof(*l->spans))))
        return AVERROR(ENOMEM);
    for (int i = 0; i < nb; i++) {
        const Netem *netem = &l->setup.netem[i];

        if (netem->trace && (ret = read_trace(&l->spans[i], netem)) < 0)
            return ret;
        if (netem->rate)
            l->room_departures = FFMAX(l->room_departures,
                                       queue_limit(netem));
    }
    if (l->room_departures &&
        !(l->departures = av_calloc(l->room_departures,
                                    sizeof(*l->departures))))
        return AVERROR(ENOMEM);
    return 0;
}

int link_open(Link **link, const LinkSetup *setup)
{
    Link *l = *link = av_mallocz(sizeof(*l));
    int ret;

    if (!l)
        return AVERROR(ENOMEM);
    l->setup = *setup;
    if ((ret = open_rngs(l)) >= 0)
        ret = open_spans(l);
    if (ret < 0)
        link_free(link);
    else
        l->setup.name = NULL; /* the caller's */
    return ret;
}

static Draws draw(Link *l)
{
    Draws draws;

    for (int i = 0; i < MODEL_NB; i++)
        draws.value[i] = i == MODEL_DELAY || i == MODEL_COPY_DELAY
                             ? rng_normal(&l->rngs[i])
                             : rng_uniform(&l->rngs[i]);
    return draws;
}

/* The number of the span that it is now, -1 if none is. */
static int find_span(const Link *l, int64_t now)
{
    for (int i = 0; i < l->setup.nb_netem; i++) {
        const Netem *netem = &l->setup.netem[i];

        if (now >= netem->from && (!netem->to || now < netem->to))
            return i;
    }
    return -1;
}

/* As the kernel correlates: its share of the last value, which also makes
 * extremes rarer. */
static bool lost_at_random(const Netem *netem, Span *span, double value)
{
    const double rho = netem->loss_correlation;

    value = span->last_loss = value * (1 - rho) + span->last_loss * rho;
    return value < netem->loss;
}

/* The state that it is in decides, and then it changes. */
static bool lost_in_burst(const Netem *netem, Span *span, double change,
                          double value)
{
    const bool bad = span->bad;

    if (change < (bad ? netem->gilbert_r : netem->gilbert_p))
        span->bad = !bad;
    return value < (bad ? netem->gilbert_bad : netem->gilbert_good);
}

static bool lost_by_trace(Span *span)
{
    const bool lost = span->trace[span->next_trace++];

    if (span->next_trace == span->nb_trace)
        span->next_trace = 0;
    return lost;
}

/* All are asked each time, so that none depends on the others. */
static LinkLoss find_loss(const Netem *netem, Span *span, const Draws *draws)
{
    LinkLoss loss = LINK_LOSS_NB;

    if (span->trace && lost_by_trace(span))
        loss = LINK_LOST_TRACE;
    if (netem->gilbert_p > 0 &&
        lost_in_burst(netem, span, draws->value[MODEL_GILBERT_STATE],
                      draws->value[MODEL_GILBERT_LOSS]))
        loss = LINK_LOST_GILBERT;
    if (netem->loss > 0 &&
        lost_at_random(netem, span, draws->value[MODEL_LOSS]))
        loss = LINK_LOST_RANDOM;
    return loss;
}

static int drop(Link *l, Datagram *datagram, LinkLoss loss)
{
    l->counts.nb_lost[loss]++;
    if (l->setup.lost)
        l->setup.lost(l->setup.opaque, &datagram->tag, loss);
    datagram_unref(datagram);
    return 0;
}

static int corrupt(Link *l, Datagram *d, double where)
{
    const size_t bit = where * 8 * d->payload_size;
    PacketBuffer *copy;

    if (!d->payload_size)
        return 0;
    if (!(copy = packet_buffer_get(NULL, d->payload_size)))
        return AVERROR(ENOMEM);
    memcpy(copy->data, d->payload, d->payload_size);
    copy->data[bit / 8] ^= 1 << bit % 8;
    packet_buffer_unref(&d->buffer);
    d->buffer     = copy;
    d->payload    = copy->data;
    d->tag.flags |= TAG_TAMPERED;
    l->counts.nb_corrupted++;
    return 0;
}

static int64_t delay_of(const Netem *netem, double value, double *last)
{
    const double rho = netem->delay_correlation;

    *last = rho * *last + sqrt(1 - rho * rho) * value;
    return FFMAX(0, netem->delay + llrint(netem->jitter * *last));
}

/* Whether it overtakes those that the delay holds. */
static bool sent_at_once(const Netem *netem, Span *span, double value)
{
    const unsigned gap = FFMAX(netem->reorder_gap, 1);

    if (netem->reorder <= 0 || span->nb_delayed + 1 < gap ||
        value >= netem->reorder) {
        span->nb_delayed++;
        return false;
    }
    span->nb_delayed = 0;
    return true;
}

/* When the last bit of it has left; those before it leave first. */
static int queue_up(Link *l, const Netem *netem, size_t size, int64_t now,
                    int64_t *left)
{
    const int64_t now_ns = now * 1000;

    while (l->nb_departures &&
           l->departures[l->first_departure] <= now_ns) {
        l->first_departure = (l->first_departure + 1) % l->room_departures;
        l->nb_departures--;
    }
    if (l->nb_departures >= queue_limit(netem))
        return AVERROR(EAGAIN);
    l->busy_until = FFMAX(l->busy_until, now_ns) +
                    8 * NANOSECONDS * (int64_t)(size + UDP_IP_SIZE) /
                    netem->rate;
    l->departures[(l->first_departure + l->nb_departures++) %
                  l->room_departures] = l->busy_until;
    *left = (l->busy_until + 999) / 1000;
    return 0;
}

static int arrive(void *opaque, int64_t now)
{
    Flight  *flight   = opaque;
    Link    *l        = flight->link;
    Datagram datagram = flight->datagram;

    l->counts.nb_reordered += flight->number < l->last_delivered;
    l->last_delivered = FFMAX(l->last_delivered, flight->number);
    l->counts.nb_delivered++;
    l->counts.nb_bytes += datagram_size(&datagram);
    flight->datagram = (Datagram){ 0 };
    flight->idle     = l->idle;
    l->idle          = flight;
    return l->setup.deliver(l->setup.opaque, &datagram);
}

static int depart(Link *l, Datagram *datagram, int64_t time)
{
    Flight *flight = l->idle;

    if (flight) {
        l->idle = flight->idle;
    } else if ((flight = av_mallocz(sizeof(*flight)))) {
        flight->link = l;
        flight->next = l->flights;
        l->flights   = flight;
    } else {
        datagram_unref(datagram);
        return AVERROR(ENOMEM);
    }
    flight->datagram = *datagram;
    flight->number   = l->counts.nb_sent;
    *datagram = (Datagram){ 0 };
    return clock_at(l->setup.clock, time, arrive, flight);
}

/* Through the rate limit and the delay. */
static int pass(Link *l, const Netem *netem, Datagram *datagram, int64_t delay)
{
    const int64_t now = clock_now(l->setup.clock);
    int64_t left = now;

    if (netem->rate && queue_up(l, netem, datagram_size(datagram), now,
                                &left) < 0)
        return drop(l, datagram, LINK_LOST_QUEUE);
    return depart(l, datagram, left + delay);
}

static int run_models(Link *l, int i, const Draws *draws, Datagram *datagram)
{
    const Netem *netem = &l->setup.netem[i];
    const double *value = draws->value;
    Span *span = &l->spans[i];
    Datagram copy = { .buffer = NULL };
    const LinkLoss loss = find_loss(netem, span, draws);
    int64_t delay      = delay_of(netem, value[MODEL_DELAY],
                                  &span->last_delay);
    int64_t copy_delay = delay_of(netem, value[MODEL_COPY_DELAY],
                                  &span->last_copy_delay);
    int ret;

    if (sent_at_once(netem, span, value[MODEL_REORDER]))
        delay = 0;
    if (value[MODEL_DUPLICATE] < netem->duplicate) {
        datagram_ref(&copy, datagram);
        l->counts.nb_duplicated++;
    }
    if (loss < LINK_LOSS_NB) {
        if ((ret = drop(l, datagram, loss)) < 0)
            goto end;
    } else {
        if (value[MODEL_CORRUPT] < netem->corrupt &&
            (ret = corrupt(l, datagram, value[MODEL_CORRUPT_BIT])) < 0)
            goto end;
        if ((ret = pass(l, netem, datagram, delay)) < 0)
            goto end;
    }
    if (copy.buffer)
        ret = pass(l, netem, &copy, copy_delay);

end:
    datagram_unref(datagram);
    datagram_unref(&copy);
    return ret;
}

int link_send(void *opaque, Datagram *datagram)
{
    Link *l = opaque;
    const int64_t now = clock_now(l->setup.clock);
    Draws draws;
    int i;

    l->counts.nb_sent++;
    if (l->setup.nb_netem)
        draws = draw(l);
    if (l->setup.mtu &&
        datagram_size(datagram) + UDP_IP_SIZE > l->setup.mtu)
        return drop(l, datagram, LINK_LOST_SIZE);
    i = find_span(l, now);
    return i < 0 ? depart(l, datagram, now)
                 : run_models(l, i, &draws, datagram);
}

const LinkCounts *link_counts(const Link *link)
{
    return &link->counts;
}

void link_free(Link **link)
{
    Link *l = *link;

    if (!l)
        return;
    for (Flight *flight = l->flights, *next; flight; flight = next) {
        next = flight->next;
        datagram_unref(&flight->datagram);
        av_free(flight);
    }
    for (int i = 0; l->spans && i < l->setup.nb_netem; i++)
        av_free(l->spans[i].trace);
    av_free(l->spans);
    av_free(l->departures);
    av_freep(link);
}
