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

#include <pcap/pcap.h>

#include <libavutil/intreadwrite.h>
#include <libavutil/macros.h>

#include "packet_layers.h"

#define ETHERTYPE_IPV4  0x0800
#define ETHERTYPE_IPV6  0x86dd
#define PROTOCOL_UDP    17
#define MAX_EXTENSIONS  16 ///< of IPv6, and VLAN tags

/** Bytes that are left, as a layer sees them. */
typedef struct View {
    const uint8_t *data;
    size_t         size;
} View;

static bool skip(View *v, size_t size)
{
    if (v->size < size)
        return false;
    v->data += size;
    v->size -= size;
    return true;
}

/* Link layers: how many bytes there are, and where in them the ethertype is;
 * -1: the IP header says its version. */
static const struct {
    int    link_type;
    size_t size;
    int    ethertype;
} links[] = {
    { DLT_EN10MB,     14, 12 },
    { DLT_LINUX_SLL,  16, 14 },
    { DLT_LINUX_SLL2, 20,  0 },
    { DLT_RAW,         0, -1 },
    { DLT_IPV4,        0, -1 },
    { DLT_IPV6,        0, -1 },
    { DLT_NULL,        4, -1 },
    { DLT_LOOP,        4, -1 },
    { 101,             0, -1 }, /* LINKTYPE_RAW, should libpcap keep it */
};

bool layers_known(int link_type)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(links); i++)
        if (links[i].link_type == link_type)
            return true;
    return false;
}

static bool is_vlan(int ethertype)
{
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

static LayersResult link_layer(int link_type, View *v)
{
    size_t i = 0;
    int ethertype;

    while (i < FF_ARRAY_ELEMS(links) && links[i].link_type != link_type)
        i++;
    if (i == FF_ARRAY_ELEMS(links))
        return LAYERS_OTHER;
    if (v->size < links[i].size)
        return LAYERS_CUT;
    ethertype = links[i].ethertype < 0 ? ETHERTYPE_IPV4
                                       : AV_RB16(v->data + links[i].ethertype);
    skip(v, links[i].size);
    for (int tags = 0; is_vlan(ethertype); tags++) {
        if (tags == MAX_EXTENSIONS)
            return LAYERS_MALFORMED;
        if (v->size < 4)
            return LAYERS_CUT;
        ethertype = AV_RB16(v->data + 2);
        skip(v, 4);
    }
    return ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6
               ? LAYERS_UDP : LAYERS_OTHER;
}

/* Keep size bytes; what is behind them is the link's padding. */
static LayersResult limit(View *v, size_t size)
{
    if (size > v->size)
        return LAYERS_CUT;
    v->size = size;
    return LAYERS_UDP;
}

static LayersResult ipv4(View *v, Flow *flow)
{
    size_t header, total;
    LayersResult result;

    if (v->size < 20)
        return LAYERS_CUT;
    header = 4 * (size_t)(v->data[0] & 15);
    total  = AV_RB16(v->data + 2);
    if (v->data[9] != PROTOCOL_UDP)
        return LAYERS_OTHER;
    /* Total length 0: cut up by the network card later on. */
    if (header < 20 || (total && total < header))
        return LAYERS_MALFORMED;
    if (AV_RB16(v->data + 6) & 0x3fff)
        return LAYERS_FRAGMENT;
    if ((result = limit(v, total ? total : v->size)) != LAYERS_UDP)
        return result;
    memcpy(flow->source, v->data + 12, 4);
    memcpy(flow->target, v->data + 16, 4);
    return skip(v, header) ? LAYERS_UDP : LAYERS_CUT;
}

/* Extension headers (RFC 8200, 4) until UDP. */
static LayersResult ipv6_extensions(View *v, int next)
{
    for (int i = 0; i < MAX_EXTENSIONS; i++) {
        size_t size;

        if (next == PROTOCOL_UDP)
            return LAYERS_UDP;
        if (next != 0 && next != 43 && next != 44 && next != 51 &&
            next != 60 && next != 135)
            return LAYERS_OTHER;
        if (v->size < 8)
            return LAYERS_CUT;
        if (next == 44 && AV_RB16(v->data + 2) & 0xfff9)
            return LAYERS_FRAGMENT;
        size = next == 44   ? 8
               : next == 51 ? 4 * (v->data[1] + 2)
                            : 8 * (v->data[1] + 1);
        next = v->data[0];
        if (!skip(v, size))
            return LAYERS_CUT;
    }
    return LAYERS_MALFORMED;
}

static LayersResult ipv6(View *v, Flow *flow)
{
    LayersResult result;
    size_t size;
    int next;

    if (v->size < 40)
        return LAYERS_CUT;
    next = v->data[6];
    size = AV_RB16(v->data + 4);
    memcpy(flow->source, v->data + 8, 16);
    memcpy(flow->target, v->data + 24, 16);
    skip(v, 40);
    if (size && (result = limit(v, size)) != LAYERS_UDP)
        return result;
    return ipv6_extensions(v, next);
}

LayersResult layers_parse(int link_type, const uint8_t *data, size_t size,
                          Record *record)
{
    View v = { data, size };
    LayersResult result = link_layer(link_type, &v);
    size_t length;

    if (result != LAYERS_UDP)
        return result;
    if (!v.size)
        return LAYERS_CUT;
    if (v.data[0] >> 4 != 4 && v.data[0] >> 4 != 6)
        return LAYERS_OTHER;
    result = v.data[0] >> 4 == 4 ? ipv4(&v, &record->flow)
                                 : ipv6(&v, &record->flow);
    if (result != LAYERS_UDP)
        return result;
    if (v.size < 8)
        return LAYERS_CUT;
    record->flow.source_port = AV_RB16(v.data);
    record->flow.target_port = AV_RB16(v.data + 2);
    length = AV_RB16(v.data + 4);
    if (length && length < 8)
        return LAYERS_MALFORMED;
    if ((result = limit(&v, length ? length : v.size)) != LAYERS_UDP)
        return result;
    record->data = v.data + 8;
    record->size = v.size - 8;
    return LAYERS_UDP;
}
