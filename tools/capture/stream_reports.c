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


/* RTCP of a capture: sender reports for the clocks, and BYE. */

#include <string.h>

#include <libavutil/common.h>
#include <libavutil/intreadwrite.h>

#include "net/rtcp.h"
#include "stream.h"

#define MAX_SKEW INT64_C(300000) ///< us between reports of one clock

static Sender *find_sender(Streams *s, const Flow *flow, int64_t offset)
{
    Sender *sender;

    for (int i = 0; i < s->nb_senders; i++)
        if (!memcmp(s->senders[i].source, flow->source, 16) &&
            s->senders[i].port == flow->source_port)
            return &s->senders[i];
    if (s->nb_senders == MAX_SENDERS)
        return NULL;
    sender = &s->senders[s->nb_senders++];
    memcpy(sender->source, flow->source, 16);
    sender->port   = flow->source_port;
    sender->offset = offset;
    return sender;
}

/* RTCP may have a port of its own: then the address has to do. */
static Stream *find_reported(Streams *s, const Flow *flow, uint32_t ssrc)
{
    Stream *found = stream_find(s, flow, ssrc);

    for (int i = 0; i < s->nb_streams && !found; i++)
        if (s->streams[i]->ssrc == ssrc &&
            !memcmp(s->streams[i]->flow.source, flow->source, 16))
            found = s->streams[i];
    return found;
}

/* The offset of those whose clock agrees with the sender's others. */
int64_t streams_common_offset(Streams *s, const Flow *flow, int64_t offset)
{
    Sender *sender = find_sender(s, flow, offset);

    if (!sender || FFABS(sender->offset - offset) > MAX_SKEW)
        return offset;
    if (!s->settled && offset < sender->offset)
        sender->offset = offset;
    return sender->offset;
}

static void sender_report(void *opaque, const RtcpSenderReport *report)
{
    Streams *s  = opaque;
    Stream  *st = find_reported(s, &s->record->flow, report->ssrc);
    int64_t  ntp = (int64_t)(report->ntp >> 32) * 1000000 +
                   (int64_t)((report->ntp & 0xffffffff) * 1000000 >> 32);

    if (!st || st->state != STREAM_MEDIA || !report->ntp)
        return;
    st->offset = streams_common_offset(s, &s->record->flow,
                                       s->record->time - ntp);
    sync_report(&st->track->sync, report->timestamp, ntp, st->offset);
    s->any_report = true;
}

static void bye(void *opaque, uint32_t ssrc)
{
    Streams *s  = opaque;
    Stream  *st = find_reported(s, &s->record->flow, ssrc);

    if (st)
        st->ended = true;
}

void streams_push_rtcp(Streams *s, const Record *r)
{
    static const RtcpHandler handler = {
        .sender_report = sender_report,
        .bye           = bye,
    };
    const uint8_t *data = r->data;
    size_t  size = r->size;
    Stream *st = find_reported(s, &r->flow, AV_RB32(data + 4));

    if (s->setup.keys) {
        if (!st || stream_hop_rtcp(&st->hop, data, &size, s->opened) <= 0)
            return;
        data = s->opened;
    }
    s->record = r;
    if (rtcp_parse(data, size, &handler, s) < 0)
        s->setup.capture->info.nb_malformed++;
}
