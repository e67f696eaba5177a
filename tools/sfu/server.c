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
#include <libavutil/mem.h>

#include "internal.h"
#include "net/rtp.h"

/* Room for one payload of any usual network. */
#define PAYLOAD_SIZE 1500

int server_open(Server **server, const ServerSetup *setup)
{
    Server *s = *server = av_mallocz(sizeof(*s));
    int ret;

    if (!s)
        return AVERROR(ENOMEM);
    s->setup = *setup;
    s->rules = setup->scenario->sfu == SFU_NB ? SFU_LIVEKIT
                                              : setup->scenario->sfu;
    s->pool  = packet_pool_alloc(PAYLOAD_SIZE);
    ret      = s->pool ? inject_init(s) : AVERROR(ENOMEM);
    if (ret < 0)
        server_free(server);
    return ret;
}

const char *server_name_of(const Server *server, int participant)
{
    return server->setup.scenario->participants[participant].name;
}

void server_event(const Published *track, const Subscription *subscription,
                  EventType type, const char *reason, int64_t frame,
                  int64_t value)
{
    const Server *server = track->server;
    const EventSink *events = &server->setup.events;
    const Event event = {
        .type = type, .time = clock_now(server->setup.clock),
        .participant = server_name_of(server, track->participant),
        .receiver = subscription ?
                    server_name_of(server, subscription->participant) : NULL,
        .kind = track_kind_name(track->kind), .key_index = -1,
        .reason = reason, .hop = HOP_SERVER, .frame = frame, .value = value,
    };

    if (events->event)
        events->event(events->opaque, &event);
}

static Published *find_track(const Server *server, int track)
{
    for (int i = 0; i < server->nb_tracks; i++)
        if (server->tracks[i]->track == track)
            return server->tracks[i];
    return NULL;
}

Subscription *server_subscription(const Server *server, int participant,
                                  int track)
{
    const Published *published = find_track(server, track);

    for (int i = 0; published && i < published->nb_subscriptions; i++)
        if (published->subscriptions[i]->participant == participant)
            return published->subscriptions[i];
    return NULL;
}

static void free_subscription(Subscription *s)
{
    SsrcMap *map = &s->track->server->subscriptions;

    if (ssrc_map_get(map, s->rewriter.ssrc) == s)
        ssrc_map_remove(map, s->rewriter.ssrc);
    rewrite_free(&s->rewriter);
    actions_free(&s->actions);
    av_free(s);
}

static void free_track(Published *track)
{
    SsrcMap *map = &track->server->uplinks;

    for (int i = 0; i < track->nb_subscriptions; i++)
        free_subscription(track->subscriptions[i]);
    for (int i = 0; i < track->nb_uplinks; i++) {
        Uplink *uplink = &track->uplinks[i];

        if (ssrc_map_get(map, uplink->ssrc) == uplink)
            ssrc_map_remove(map, uplink->ssrc);
        uplink_free(uplink);
    }
    av_free(track->subscriptions);
    av_free(track->uplinks);
    av_free(track);
}

static int add_uplinks(Server *server, Published *track,
                       const Publication *publication)
{
    int ret = 0;

    track->uplinks = av_calloc(publication->nb_ssrcs,
                               sizeof(*track->uplinks));
    if (!track->uplinks)
        return AVERROR(ENOMEM);
    for (int i = 0; i < publication->nb_ssrcs && ret >= 0; i++) {
        Uplink *uplink = &track->uplinks[track->nb_uplinks++];

        uplink->track = track;
        uplink->layer = i;
        uplink->ssrc  = publication->ssrcs[i];
        ret = ssrc_map_put(&server->uplinks, uplink->ssrc, uplink);
    }
    return ret;
}

int server_publish(Server *server, const Publication *publication)
{
    Published *track = av_mallocz(sizeof(*track));
    int ret;

    if (!track)
        return AVERROR(ENOMEM);
    *track = (Published){
        .server = server, .participant = publication->participant,
        .track = publication->track, .kind = publication->kind,
        .codec = publication->codec, .clock_rate = publication->clock_rate,
        .payload_type = publication->payload_type,
        .audio = publication->kind == KIND_AUDIO ||
                 publication->kind == KIND_SHARE_AUDIO,
        .looked_at = sfu_looks(server->rules, publication->codec),
    };
    snprintf(track->cname, sizeof(track->cname), "%s",
             server_name_of(server, publication->participant));
    if ((ret = add_uplinks(server, track, publication)) >= 0)
        ret = av_dynarray_add_nofree(&server->tracks, &server->nb_tracks,
                                     track);
    if (ret < 0)
        free_track(track);
    return ret;
}

void server_unpublish(Server *server, int track)
{
    int i;

    for (i = 0; i < server->nb_tracks; i++)
        if (server->tracks[i]->track == track)
            break;
    if (i == server->nb_tracks)
        return;
    free_track(server->tracks[i]);
    memmove(&server->tracks[i], &server->tracks[i + 1],
            (--server->nb_tracks - i) * sizeof(*server->tracks));
}

int server_subscribe(Server *server, int participant, int track,
                     uint32_t ssrc, uint16_t sequence)
{
    Published *published = find_track(server, track);
    Subscription *s;
    int ret;

    if (!published)
        return AVERROR(ENOENT);
    if (!(s = av_mallocz(sizeof(*s))))
        return AVERROR(ENOMEM);
    *s = (Subscription){
        .track = published, .participant = participant,
        .layer = LAYER_NONE, .last_layer = LAYER_NONE,
        .target = published->nb_uplinks - 1, .waiting = INT64_MIN,
    };
    rewrite_init(&s->rewriter, ssrc, sequence);
    if ((ret = ssrc_map_put(&server->subscriptions, ssrc, s)) < 0 ||
        (ret = actions_init(s)) < 0 ||
        (ret = av_dynarray_add_nofree(&published->subscriptions,
                                      &published->nb_subscriptions, s)) < 0) {
        free_subscription(s);
        return ret;
    }
    if ((ret = inject_start(s)) < 0)
        return ret;
    return feedback_pli(&published->uplinks[s->target], s);
}

void server_unsubscribe(Server *server, int participant, int track)
{
    Published *published = find_track(server, track);
    int i;

    if (!published)
        return;
    for (i = 0; i < published->nb_subscriptions; i++)
        if (published->subscriptions[i]->participant == participant)
            break;
    if (i == published->nb_subscriptions)
        return;
    free_subscription(published->subscriptions[i]);
    memmove(&published->subscriptions[i], &published->subscriptions[i + 1],
            (--published->nb_subscriptions - i) *
            sizeof(*published->subscriptions));
}

static int forward(Uplink *uplink, const Datagram *datagram)
{
    Published *track = uplink->track;
    Arrival arrival;
    int ret = uplink_take(uplink, datagram, &arrival);

    if (ret < 0)
        return ret == AVERROR(EEXIST) ? 0 : ret;
    ret = feedback_packet(uplink, track->looked_at && arrival.starts);
    for (int i = 0; i < track->nb_subscriptions && ret >= 0; i++)
        ret = forward_packet(track->subscriptions[i], &arrival);
    return ret;
}

int server_receive(Server *server, int participant, Datagram *datagram)
{
    Uplink *uplink;
    int ret = 0;

    if (datagram->header_size < RTP_HEADER_SIZE) {
        ret = feedback_take(server, participant, datagram);
    } else {
        uplink = ssrc_map_get(&server->uplinks, rtp_ssrc(datagram->header));
        if (uplink && uplink->track->participant == participant)
            ret = forward(uplink, datagram);
    }
    datagram_unref(datagram);
    return ret;
}

bool server_verdicts(const Server *server, int track, SfuVerdicts *verdicts)
{
    const Published *published = find_track(server, track);

    if (!published)
        return false;
    *verdicts = published->verdicts;
    for (int i = 0; i < published->nb_uplinks; i++)
        for (int j = 0; j < UPLINK_FRAMES; j++)
            uplink_count(&published->uplinks[i],
                         &published->uplinks[i].frames[j], verdicts);
    return true;
}

void server_free(Server **server)
{
    Server *s = *server;

    if (!s)
        return;
    for (int i = 0; i < s->nb_tracks; i++)
        free_track(s->tracks[i]);
    av_free(s->tracks);
    forward_free(s);
    inject_free(s);
    ssrc_map_free(&s->uplinks);
    ssrc_map_free(&s->subscriptions);
    packet_pool_free(&s->pool);
    av_freep(server);
}
