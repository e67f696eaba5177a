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

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "connection.h"
#include "report/life.h"

#define MAX_SRTP_KEY 64

/** One direction. */
typedef struct Way {
    Connection *connection;
    Hop         hop;
    Link       *link;
    SrtpHop    *protect, *open;
} Way;

struct Connection {
    ConnectionSetup setup;
    Way             up, down;
};

static int arrive(void *opaque, Datagram *datagram)
{
    Way *way = opaque;
    const ConnectionSetup *s = &way->connection->setup;
    PacketTag tag = datagram->tag;
    int ret = 0;

    if (way->open) {
        stage_begin(s->stages, STAGE_HOPS);
        ret = srtp_hop_open_datagram(way->open, datagram);
        stage_end(s->stages);
    }
    if (ret >= 0)
        return s->arrive(s->opaque, way->hop, datagram);
    datagram_unref(datagram);
    if (ret != AVERROR(EEXIST) && ret != AVERROR_INVALIDDATA)
        return ret;
    s->lose(s->opaque, way->hop, &tag, ret == AVERROR(EEXIST) ?
            "duplicate" : MISHAP_CORRUPTED);
    return 0;
}

static void lose(void *opaque, const PacketTag *tag, LinkLoss loss)
{
    Way *way = opaque;
    const ConnectionSetup *s = &way->connection->setup;

    s->lose(s->opaque, way->hop, tag, link_loss_name(loss));
}

static int open_srtp(Way *way, const Scenario *s, const char *name)
{
    uint8_t key[MAX_SRTP_KEY];
    char stream[160];
    Rng rng;
    int ret;

    if (s->srtp == SRTP_NONE)
        return 0;
    snprintf(stream, sizeof(stream), "srtp %s", name);
    rng_open(&rng, s->seed, stream);
    rng_bytes(&rng, key, srtp_key_size(s->srtp));
    ret = srtp_hop_open(&way->protect, s->srtp, true, key);
    return ret < 0 ? ret : srtp_hop_open(&way->open, s->srtp, false, key);
}

static int open_way(Connection *c, Way *way, Hop hop, const Netem *netem,
                    int nb_netem)
{
    const Scenario *s = c->setup.scenario;
    char name[128];
    LinkSetup link = {
        .name  = name, .seed = s->seed, .clock = c->setup.clock,
        .netem = nb_netem ? netem : s->network,
        .nb_netem = nb_netem ? nb_netem : s->nb_network,
        .deliver = arrive, .lost = lose, .opaque = way,
    };
    int ret;

    snprintf(name, sizeof(name), "%s %s", c->setup.plan->name, hop_name(hop));
    way->connection = c;
    way->hop        = hop;
    if ((ret = open_srtp(way, s, name)) < 0)
        return ret;
    return link_open(&way->link, &link);
}

int connection_open(Connection **connection, const ConnectionSetup *setup)
{
    const ParticipantPlan *p = setup->plan;
    Connection *c = *connection = av_mallocz(sizeof(*c));
    int ret;

    if (!c)
        return AVERROR(ENOMEM);
    c->setup = *setup;
    if ((ret = open_way(c, &c->up, HOP_UPLINK, p->uplink,
                        p->nb_uplink)) < 0 ||
        (ret = open_way(c, &c->down, HOP_DOWNLINK, p->downlink,
                        p->nb_downlink)) < 0)
        connection_free(connection);
    return ret;
}

int connection_send(Connection *c, Hop hop, Datagram *datagram)
{
    Way *way = hop == HOP_UPLINK ? &c->up : &c->down;
    int ret = way->protect ? srtp_hop_protect(way->protect, datagram) : 0;

    if (ret < 0) {
        datagram_unref(datagram);
        return ret;
    }
    return link_send(way->link, datagram);
}

const LinkCounts *connection_counts(const Connection *c, Hop hop)
{
    return link_counts(hop == HOP_UPLINK ? c->up.link : c->down.link);
}

static void close_way(Way *way)
{
    link_free(&way->link);
    srtp_hop_free(&way->protect);
    srtp_hop_free(&way->open);
}

void connection_free(Connection **connection)
{
    if (!*connection)
        return;
    close_way(&(*connection)->up);
    close_way(&(*connection)->down);
    av_freep(connection);
}
