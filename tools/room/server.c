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

#include <stdlib.h>
#include <string.h>

#include "server.h"

typedef struct Subscription {
    uint32_t     published;
    uint32_t     ssrc;
    uint16_t     sequence; ///< first one out; the offset once started
    bool         started;
    DatagramSink sink;
    void        *opaque;
} Subscription;

struct Server {
    Subscription *subscriptions;
    size_t        nb_subscriptions;
};

Server *server_alloc(void)
{
    return calloc(1, sizeof(Server));
}

int server_subscribe(Server *server, uint32_t published, uint32_t ssrc,
                     uint16_t sequence, DatagramSink sink, void *opaque)
{
    Subscription *grown = realloc(server->subscriptions,
                                  (server->nb_subscriptions + 1) *
                                  sizeof(*grown));

    if (!grown)
        return -1;
    server->subscriptions = grown;
    grown[server->nb_subscriptions++] = (Subscription){
        .published = published, .ssrc = ssrc, .sequence = sequence,
        .sink = sink, .opaque = opaque,
    };
    return 0;
}

static int forward(Subscription *s, const uint8_t *data, size_t size)
{
    uint8_t copy[RTP_MTU];

    if (!s->started)
        s->sequence -= rtp_sequence(data);
    s->started = true;

    memcpy(copy, data, size);
    rtp_set_ssrc(copy, s->ssrc);
    rtp_set_sequence(copy, rtp_sequence(data) + s->sequence);
    return s->sink(s->opaque, copy, size);
}

int server_receive(void *opaque, const uint8_t *data, size_t size)
{
    Server *server = opaque;
    int ret = 0;

    if (size > RTP_MTU || !rtp_is_media(data, size))
        return 0;
    for (size_t i = 0; i < server->nb_subscriptions && ret >= 0; i++)
        if (server->subscriptions[i].published == rtp_ssrc(data))
            ret = forward(&server->subscriptions[i], data, size);
    return ret;
}

void server_free(Server **server)
{
    if (!*server)
        return;
    free((*server)->subscriptions);
    free(*server);
    *server = NULL;
}
