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
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "internal.h"
#include "net/rng.h"

#define NAME_SIZE 512

/* Bytes at a packet's start that tampering leaves alone if there are others:
 * payload descriptors, NAL headers and what stays clear of a frame. */
#define CLEAR_SIZE 16

static const bool by_share[SERVER_ACTION_NB] = {
    [SERVER_DROP]   = true,
    [SERVER_TAMPER] = true,
    [SERVER_REPLAY] = true,
    [SERVER_STRIP]  = true,
};

/* Behind the authentication tag; what is not here has no trailer, and its tag
 * goes instead. */
static const struct {
    const char *scheme;
    int         size;
} trailers[] = {
    { "jitsi",     14 }, ///< IV, its length, key index
    { "livekit",   14 },
    { "nextcloud", 14 },
    { "stream",    20 }, ///< counter, prefix, key index, flags, version, magic
    { "videosdk",  14 },
};

#define TAG_SIZE 16

static int trailer_size(const char *scheme)
{
    if (!scheme)
        scheme = "videosdk";
    for (size_t i = 0; i < sizeof(trailers) / sizeof(*trailers); i++)
        if (!strcmp(trailers[i].scheme, scheme))
            return trailers[i].size;
    return TAG_SIZE;
}

static bool concerns(const char *name, const char *wanted)
{
    return !wanted || !strcmp(name, wanted);
}

/* A stream of its own for each action and each receiver of each track. */
static uint64_t open_key(const Subscription *s, int action, const char *sender,
                         const char *receiver)
{
    const Scenario *scenario = s->track->server->setup.scenario;
    char name[NAME_SIZE];
    uint64_t high;
    Rng rng;

    snprintf(name, sizeof(name), "server %d %s %s %s %s", action,
             server_action_name(scenario->actions[action].type), sender,
             track_kind_name(s->track->kind), receiver);
    rng_open(&rng, scenario->seed, name);
    high = rng_next(&rng);
    return high << 32 | rng_next(&rng);
}

int actions_init(Subscription *subscription)
{
    const Published *track = subscription->track;
    const Scenario *scenario = track->server->setup.scenario;
    const char *sender   = server_name_of(track->server, track->participant);
    const char *receiver = server_name_of(track->server,
                                          subscription->participant);
    Actions *actions = &subscription->actions;

    for (int i = 0; i < scenario->nb_actions; i++) {
        const ServerAction *action = &scenario->actions[i];
        ActionState *grown;

        if (!concerns(sender, action->sender) ||
            !concerns(receiver, action->receiver) ||
            (action->kind >= 0 && action->kind != (int)track->kind))
            continue;
        grown = av_realloc_array(actions->states, actions->nb + 1,
                                 sizeof(*grown));
        if (!grown)
            return AVERROR(ENOMEM);
        actions->states = grown;
        grown[actions->nb++] = (ActionState){
            .action = action, .key = open_key(subscription, i, sender,
                                              receiver),
        };
    }
    return 0;
}

void actions_free(Actions *actions)
{
    av_freep(&actions->states);
    actions->nb = 0;
}

bool actions_in_span(const ServerAction *action, int64_t time)
{
    return time >= action->span.from &&
           (!action->span.to || time < action->span.to);
}

/* Well mixed bits of a key and a number: SplitMix64's last steps (Steele, Lea
 * and Flood, 2014). */
static uint64_t mix(uint64_t key, uint64_t number)
{
    uint64_t x = key + number * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

ActionState *actions_find(const Actions *actions, ServerActionType type,
                          int64_t time, uint32_t timestamp)
{
    for (int i = 0; i < actions->nb; i++) {
        ActionState *state = &actions->states[i];
        const ServerAction *action = state->action;

        if (action->type == type && actions_in_span(action, time) &&
            (!by_share[type] ||
             (mix(state->key, timestamp) >> 11) * 0x1p-53 < action->share))
            return state;
    }
    return NULL;
}

static int tamper(const ActionState *state, uint32_t timestamp,
                  PacketPool *pool, Datagram *datagram)
{
    uint64_t random = mix(~state->key, timestamp);
    size_t size = datagram->payload_size;
    size_t first = FFMIN(size / 2, CLEAR_SIZE);
    int ret;

    if (!size)
        return 0;
    if ((ret = rewrite_own_payload(datagram, pool)) < 0)
        return ret;
    datagram->buffer->data[first + (random >> 3) % (size - first)] ^=
        1 << (random & 7);
    return 0;
}

static void strip(const ActionState *state, const char *scheme,
                  Datagram *datagram)
{
    size_t nb = state->action->nb_bytes > 0 ? state->action->nb_bytes
                                            : trailer_size(scheme);

    /* A byte stays: RTP without a payload would be dropped on its way. */
    if (datagram->payload_size)
        datagram->payload_size -= nb < datagram->payload_size ?
                                  nb : datagram->payload_size - 1;
}

int actions_change(const Subscription *subscription, int64_t frame_time,
                   uint32_t timestamp, bool last, Datagram *datagram)
{
    const Actions *actions = &subscription->actions;
    const Server *server = subscription->track->server;
    static const ServerActionType changes[] = { SERVER_TAMPER, SERVER_STRIP };

    if (!last || !actions->nb)
        return 0;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        const ActionState *state = actions_find(actions, changes[i],
                                                frame_time, timestamp);
        int ret = 0;

        if (!state)
            continue;
        if (changes[i] == SERVER_TAMPER)
            ret = tamper(state, timestamp, server->pool, datagram);
        else
            strip(state, server->setup.scenario->scheme, datagram);
        if (ret < 0)
            return ret;
        datagram->tag.flags |= TAG_TAMPERED;
        if (!(datagram->tag.flags & TAG_RETRANSMITTED))
            server_event(subscription->track, subscription, EVENT_SERVER,
                         server_action_name(changes[i]), datagram->tag.frame,
                         0);
    }
    return 0;
}
