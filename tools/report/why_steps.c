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


#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/macros.h>

#include "reader.h"
#include "why.h"

/* Key frames that were asked for later have nothing to do with the frame. */
#define ASKED_WITHIN 5000000

/* What is less apart, in microseconds, is told as one. */
#define TOGETHER 2000

typedef struct Steps {
    WhyStep *steps;
    int      nb;
} Steps;

/* In its place by time; steps of the same time stay as they were added. */
static void add(Steps *s, int64_t time, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add(Steps *s, int64_t time, const char *fmt, ...)
{
    va_list args;
    int at = s->nb;

    if (s->nb == WHY_STEPS)
        return;
    while (at > 0 && time >= 0 && s->steps[at - 1].time > time)
        at--;
    memmove(s->steps + at + 1, s->steps + at,
            (s->nb - at) * sizeof(*s->steps));
    s->steps[at].time = time;
    va_start(args, fmt);
    vsnprintf(s->steps[at].text, sizeof(s->steps[at].text), fmt, args);
    va_end(args);
    s->nb++;
}

static const char *text_of(const json_t *event, const char *name)
{
    const char *text = json_string_value(json_object_get(event, name));

    return text ? text : "";
}

static bool concerns(const json_t *event, const WhyReport *why,
                     const WhyAnswer *a)
{
    const char *receiver = text_of(event, "receiver");
    const char *someone  = text_of(event, "participant");
    const char *me       = a->receiver ? a->receiver : "";

    if (!strcmp(text_of(event, "event"), "key"))
        return !strcmp(someone, why->sender) || !strcmp(someone, me);
    return !*receiver || !strcmp(receiver, me);
}

static void add_key(Steps *s, const json_t *event, int64_t time)
{
    const json_t *index = json_object_get(event, "key_index");
    const char *reason  = text_of(event, "reason");

    if (index)
        add(s, time, "%s: key %d%s%s", text_of(event, "participant"),
            (int)json_integer_value(index), *reason ? ", " : "", reason);
    else
        add(s, time, "%s: %s", text_of(event, "participant"),
            *reason ? reason : "keys change");
}

static int64_t event_time(const json_t *event)
{
    return report_time(json_object_get(event, "time"));
}

/* The last change of each one's key before the frame, for a frame that did
 * not open; the first request for a key frame after it. */
static void add_events(Steps *s, const WhyReport *why, const WhyAnswer *a)
{
    const json_t *sender_key = NULL, *own_key = NULL, *asked = NULL;
    const FrameLife *l = &a->life;

    for (size_t i = 0; i < json_array_size(why->events); i++) {
        const json_t *e  = json_array_get(why->events, i);
        int64_t time     = event_time(e);
        const char *type = text_of(e, "event");

        if (!concerns(e, why, a))
            continue;
        if (!strcmp(type, "key") && time <= l->captured + ASKED_WITHIN) {
            if (strcmp(text_of(e, "participant"), why->sender))
                own_key = e;
            else if (time <= l->captured)
                sender_key = e;
        }
        if (!strcmp(type, "pli") && !asked && time >= l->captured &&
            time < l->captured + ASKED_WITHIN)
            asked = e;
    }
    if (l->fate == FATE_REFUSED && sender_key)
        add_key(s, sender_key, event_time(sender_key));
    if (l->fate == FATE_REFUSED && own_key)
        add_key(s, own_key, event_time(own_key));
    if (asked && life_is_problem(l))
        add(s, event_time(asked), "a key frame was asked for");
}

static void add_sender(Steps *s, const WhyReport *why, const FrameLife *l)
{
    unsigned last = (l->first_sequence + l->nb_packets - 1) & 0xffff;
    char key[32] = "", layer[32] = "";

    if (l->seal_key_index >= 0)
        snprintf(key, sizeof(key), " with key %d", l->seal_key_index);
    if (l->layer)
        snprintf(layer, sizeof(layer), ", layer %d", l->layer);
    add(s, l->captured, "captured%s: %s%sframe %"PRIu64"%s",
        why->recording ? " (as the recording has it)" : "",
        strcmp(why->codec, "") ? why->codec : "", l->key_frame ? " key " : " ",
        l->frame, layer);
    if (l->seal_state == STATE_ENCRYPTION_SUCCESS)
        add(s, l->captured, "sealed%s: %"PRIu32" bytes became %"PRIu32, key,
            l->plain_size, l->sealed_size);
    else if (l->seal_state != STATE_NONE)
        add(s, l->captured, "not sealed: %s", state_name(l->seal_state));
    else if (l->sealed_size)
        add(s, l->captured, "%"PRIu32" bytes, sealed by the sender",
            l->sealed_size);
    if (l->nb_packets == 1)
        add(s, l->sent, "sent in 1 packet, sequence number %u",
            l->first_sequence);
    else if (l->nb_packets)
        add(s, l->sent, "sent in %u packets, sequence numbers %u to %u",
            l->nb_packets, l->first_sequence, last);
}

/* What befell several packets one after the other is one step. */
static unsigned count_alike(const PacketMishap *m, unsigned nb)
{
    unsigned n = 1;

    while (n < nb && m[n].hop == m->hop && !strcmp(m[n].what, m->what) &&
           m[n].index == m->index + n && m[n].time - m->time < TOGETHER)
        n++;
    return n;
}

static void add_packets(Steps *s, const FrameLife *l)
{
    unsigned nb = FFMIN(l->nb_mishaps, LIFE_MISHAPS), n;

    for (unsigned i = 0; i < nb; i += n) {
        const PacketMishap *m = &l->mishaps[i];
        char which[32];

        n = count_alike(m, nb - i);
        snprintf(which, sizeof(which), "packet %u", m->index + 1u);
        if (n > 1)
            snprintf(which, sizeof(which), "packets %u to %u",
                     m->index + 1u, m->index + n);
        if (!strcmp(m->what, "tampered"))
            add(s, m->time, "%s: tampered with by the server", which);
        else if (m->hop == HOP_SERVER)
            add(s, m->time, "%s: %s by the server", which, m->what);
        else
            add(s, m->time, "%s: %s%s%s", which, m->what,
                m->hop == HOP_NONE ? "" : " on the ",
                m->hop == HOP_NONE ? "" : hop_name(m->hop));
    }
    if (l->nb_mishaps > nb)
        add(s, l->mishaps[nb - 1].time, "and %u more like these",
            l->nb_mishaps - nb);
}

static void add_times(Steps *s, const char *where, int64_t first,
                      int64_t last, unsigned nb_packets)
{
    if (first < 0)
        return;
    if (last - first < TOGETHER) {
        add(s, first, "%s reached %s", nb_packets == 1 ? "it" : "its packets",
            where);
    } else {
        add(s, first, "its first packet reached %s", where);
        add(s, last, "the last one that came reached %s", where);
    }
}

static void add_end(Steps *s, const WhyReport *why, const FrameLife *l)
{
    static const char *const decoder[SHOWN_NB] = {
        [SHOWN_WAITING]   = "not decoded: a frame before it is missing",
        [SHOWN_FAILED]    = "the decoder refused it",
        [SHOWN_DIFFERENT] = "decoded, not identical to the sender's",
        [SHOWN_IDENTICAL] = "decoded, identical to the sender's",
    };
    int64_t end  = l->opened >= 0 ? l->opened : l->arrived_last;
    char key[32] = "";

    if (l->gave_up >= 0 && !why->recording)
        add(s, l->gave_up, "the jitter buffer gave up waiting");
    if (l->open_key_index >= 0)
        snprintf(key, sizeof(key), " with key %d", l->open_key_index);
    if (l->fate == FATE_OPENED)
        add(s, end, "opened%s: %s", key, state_name(l->open_state));
    else if (l->fate == FATE_REFUSED)
        add(s, end, "not opened%s: %s%s%s", key,
            state_name(l->open_state), *l->reason ? ", " : "", l->reason);
    else
        add(s, -1, "the filter never got it: %s%s%s", fate_name(l->fate),
            *l->why ? ", " : "", l->why);
    if (l->fate == FATE_OPENED && decoder[l->shown])
        add(s, end, "%s", decoder[l->shown]);
    if (l->fate == FATE_OPENED && l->psnr >= 0)
        add(s, end, "PSNR %.2f dB, SSIM %.4f", l->psnr, l->ssim);
}

int why_steps(WhyStep steps[WHY_STEPS], const WhyReport *why,
              const WhyAnswer *a)
{
    const FrameLife *l = &a->life;
    Steps s = { steps, 0 };

    if (!a->kept)
        return 0;
    add_sender(&s, why, l);
    if (!why->recording) {
        add_times(&s, "the server", l->server_first, l->server_last,
                  l->nb_packets);
        add_times(&s, a->receiver ? a->receiver : "the receiver",
                  l->arrived_first, l->arrived_last, l->nb_packets);
    }
    add_packets(&s, l);
    add_events(&s, why, a);
    add_end(&s, why, l);
    return s.nb;
}
