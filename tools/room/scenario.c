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

#define _DEFAULT_SOURCE /* explicit_bzero */

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "list.h"
#include "scenario.h"

static const char *const kind_names[KIND_NB] = {
    [KIND_AUDIO]       = "audio",
    [KIND_VIDEO]       = "video",
    [KIND_SHARE]       = "share",
    [KIND_SHARE_AUDIO] = "share_audio",
};

static const char *const key_event_names[KEY_EVENT_NB] = {
    [KEY_EVENT_SET]     = "set",
    [KEY_EVENT_ADD]     = "add",
    [KEY_EVENT_USE]     = "use",
    [KEY_EVENT_RATCHET] = "ratchet",
    [KEY_EVENT_REMOVE]  = "remove",
    [KEY_EVENT_DISABLE] = "disable",
    [KEY_EVENT_ENABLE]  = "enable",
};

static const char *const action_names[SERVER_ACTION_NB] = {
    [SERVER_LAYER]  = "layer",
    [SERVER_DROP]   = "drop",
    [SERVER_PAUSE]  = "pause",
    [SERVER_INJECT] = "inject",
    [SERVER_TAMPER] = "tamper",
    [SERVER_REPLAY] = "replay",
    [SERVER_STRIP]  = "strip",
    [SERVER_HOLD]   = "hold",
};

const char *track_kind_name(TrackKind kind)
{
    return kind_names[kind];
}

const char *key_event_name(KeyEventType type)
{
    return key_event_names[type];
}

const char *server_action_name(ServerActionType type)
{
    return action_names[type];
}

void scenario_init(Scenario *scenario)
{
    *scenario = (Scenario){
        .seed   = 1,
        .key    = { .kind = KEY_NONE },
        .srtp   = SRTP_AES_CM_128_HMAC_SHA1_80,
        .mtu    = 1200,
        .jitter = 200000,
        .nack   = true,
        .sfu    = SFU_NB,
    };
}

int scenario_add_participant(Scenario *scenario, const char *name)
{
    ParticipantPlan *p = list_add(&scenario->participants,
                                  &scenario->nb_participants, sizeof(*p));

    if (!p)
        return AVERROR(ENOMEM);
    p->key               = scenario->key;
    p->e2ee              = true;
    p->discard_not_ready = true;
    p->receives          = true;
    p->name              = av_strdup(name);
    return p->name ? scenario->nb_participants - 1 : AVERROR(ENOMEM);
}

int scenario_find(const Scenario *scenario, const char *name)
{
    for (int i = 0; i < scenario->nb_participants; i++)
        if (!strcmp(scenario->participants[i].name, name))
            return i;
    return -1;
}

int scenario_room_key(Scenario *scenario)
{
    if (scenario->key.kind != KEY_NONE)
        return 0;
    return key_from_seed(&scenario->key, KEY_ROOM, scenario->seed, "");
}

static void free_netem(Netem **netem, int *nb)
{
    for (int i = 0; i < *nb; i++)
        av_free((*netem)[i].trace);
    av_freep(netem);
    *nb = 0;
}

static void free_track(TrackPlan *track)
{
    av_free(track->source.file);
    av_free(track->source.stream);
    av_free(track->source.generate);
    for (int i = 0; i < track->nb_encodings; i++)
        av_free(track->encodings[i].codec);
    av_free(track->encodings);
    av_free(track->muted);
}

static void free_participant(ParticipantPlan *p)
{
    for (int i = 0; i < p->nb_key_events; i++) {
        key_wipe(&p->key_events[i].key);
        av_free(p->key_events[i].sender);
    }
    for (int i = 0; i < p->nb_tracks; i++)
        free_track(&p->tracks[i]);
    free_netem(&p->uplink, &p->nb_uplink);
    free_netem(&p->downlink, &p->nb_downlink);
    key_wipe(&p->key);
    av_free(p->key_events);
    av_free(p->tracks);
    av_free(p->options);
    av_free(p->name);
}

void scenario_free(Scenario *s)
{
    for (int i = 0; i < s->nb_participants; i++)
        free_participant(&s->participants[i]);
    for (int i = 0; i < s->nb_actions; i++) {
        av_free(s->actions[i].sender);
        av_free(s->actions[i].receiver);
    }
    for (int i = 0; i < s->nb_expectations; i++) {
        av_free(s->expectations[i].sender);
        av_free(s->expectations[i].receiver);
    }
    for (int i = 0; i < s->nb_key_names; i++)
        av_free(s->key_names[i]);
    free_netem(&s->network, &s->nb_network);
    av_free(s->participants);
    av_free(s->actions);
    av_free(s->expectations);
    av_free(s->key_names);
    av_free(s->file);
    av_free(s->name);
    av_free(s->scheme);
    av_free(s->options);
    av_free(s->video_codec);
    key_wipe(&s->key);
    explicit_bzero(s, sizeof(*s));
}
