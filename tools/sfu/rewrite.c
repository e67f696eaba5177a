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

#include "net/rtp.h"
#include "rewrite.h"

#define FIRST_ROOM 4

/* Wraps of what goes out are counted from here, so that differences to what
 * goes before it stay positive. */
#define FIRST_SEQUENCE (UINT64_C(1) << 32)

void rewrite_init(Rewriter *rewriter, uint32_t ssrc, uint16_t sequence)
{
    *rewriter = (Rewriter){ .ssrc = ssrc, .next = FIRST_SEQUENCE + sequence };
}

static RewriteSegment *segment_at(const Rewriter *r, size_t i)
{
    return &r->segments[i & (r->room - 1)];
}

static RewriteSegment *last_segment(const Rewriter *r)
{
    return segment_at(r, r->nb - 1);
}

/* The oldest one falls out when the ring is full. */
static RewriteSegment *add_segment(Rewriter *r)
{
    size_t room = r->room ? r->room * 2 : FIRST_ROOM;
    RewriteSegment *grown;

    if (r->nb == r->room && r->room < REWRITE_SEGMENTS) {
        grown = av_realloc_array(r->segments, room, sizeof(*grown));
        if (!grown)
            return NULL;
        r->segments = grown;
        r->room     = room;
    }
    return segment_at(r, r->nb++);
}

uint64_t rewrite_next(const Rewriter *rewriter)
{
    return rewriter->open ? rewriter->seen + 1 +
                            last_segment(rewriter)->sequence
                          : rewriter->next;
}

void rewrite_close(Rewriter *rewriter)
{
    if (!rewriter->open)
        return;
    rewriter->next = rewrite_next(rewriter);
    rewriter->open = false;
    last_segment(rewriter)->end = rewriter->seen + 1;
}

int rewrite_open(Rewriter *rewriter, const RewriteInput *input,
                 uint32_t timestamp)
{
    RewriteSegment *segment;
    int32_t ahead = input->timestamp + timestamp - rewriter->timestamp;

    rewrite_close(rewriter);
    segment = add_segment(rewriter);
    if (!segment)
        return AVERROR(ENOMEM);
    *segment = (RewriteSegment){
        .layer = input->layer, .first = input->sequence, .end = UINT64_MAX,
        .sequence = rewriter->next - input->sequence, .timestamp = timestamp,
    };
    if (rewriter->started && ahead <= 0)
        segment->timestamp += 1 - ahead;
    rewriter->offset = segment->timestamp;
    if (rewriter->has_picture && input->vp8) {
        segment->picture = rewriter->picture + 1 - input->vp8->picture_id;
        segment->tl0     = rewriter->tl0 + 1 - input->vp8->tl0_index;
    }
    rewriter->open     = true;
    rewriter->seen     = input->sequence - 1;
    rewriter->skipping = false;
    return 0;
}

/* Split the open segment behind what was seen: a copy of it goes on. */
static RewriteSegment *split(Rewriter *r, uint64_t end)
{
    RewriteSegment copy = *last_segment(r), *added;

    if (copy.first == end)
        return last_segment(r);
    added = add_segment(r);
    if (!added)
        return NULL;
    segment_at(r, r->nb - 2)->end = end;
    copy.first = end;
    *added     = copy;
    return added;
}

int rewrite_skip(Rewriter *rewriter, const RewriteInput *input)
{
    bool same = rewriter->skipping && rewriter->skipped == input->timestamp;
    uint64_t from = same ? rewriter->seen + 1 : input->sequence;
    RewriteSegment *segment;

    if (!rewriter->open || input->sequence <= rewriter->seen)
        return 0;
    segment = split(rewriter, from);
    if (!segment)
        return AVERROR(ENOMEM);
    segment->first     = input->sequence + 1;
    segment->sequence -= segment->first - from;
    if (!same && input->vp8) {
        segment->picture--;
        segment->tl0 -= input->vp8->layer <= 0;
    }
    rewriter->seen     = input->sequence;
    rewriter->skipping = true;
    rewriter->skipped  = input->timestamp;
    return 0;
}

const RewriteSegment *rewrite_insert(Rewriter *rewriter,
                                     const RewriteSegment *inserted)
{
    uint64_t next = rewrite_next(rewriter);
    uint64_t nb = inserted->end - inserted->first;
    RewriteSegment *segment, going_on;

    if (rewriter->open && !split(rewriter, rewriter->seen + 1))
        return NULL;
    going_on = rewriter->open ? *last_segment(rewriter) : *inserted;
    segment  = add_segment(rewriter);
    if (!segment)
        return NULL;
    if (rewriter->open) {
        going_on.sequence += nb;
        going_on.picture   = inserted->picture;
        going_on.tl0       = inserted->tl0;
        *segment = going_on;
        segment  = segment_at(rewriter, rewriter->nb - 2);
    } else {
        rewriter->next += nb;
    }
    *segment          = *inserted;
    segment->again    = true;
    segment->sequence = next - inserted->first;
    return segment;
}

const RewriteSegment *rewrite_find(const Rewriter *rewriter, int layer,
                                   uint64_t sequence)
{
    size_t oldest = rewriter->nb > rewriter->room ?
                    rewriter->nb - rewriter->room : 0;

    for (size_t i = rewriter->nb; i-- > oldest;) {
        const RewriteSegment *s = segment_at(rewriter, i);

        if (s->layer == layer && !s->again && sequence >= s->first)
            return sequence < s->end ? s : NULL;
    }
    return NULL;
}

const RewriteSegment *rewrite_find_sent(const Rewriter *rewriter,
                                        uint16_t sequence,
                                        uint64_t *extended)
{
    size_t oldest = rewriter->nb > rewriter->room ?
                    rewriter->nb - rewriter->room : 0;
    uint64_t last = rewrite_next(rewriter) - 1;
    uint64_t sent = last + (int16_t)(sequence - (uint16_t)last);

    if (sent > last)
        return NULL;
    for (size_t i = rewriter->nb; i-- > oldest;) {
        const RewriteSegment *s = segment_at(rewriter, i);

        *extended = sent - s->sequence;
        if (*extended >= s->first && *extended < s->end)
            return s;
    }
    return NULL;
}

void rewrite_note(Rewriter *rewriter, const RewriteSegment *segment,
                  const RewriteInput *input, int64_t now)
{
    if (!segment->again) {
        if (!rewriter->open || segment->end != UINT64_MAX ||
            input->sequence <= rewriter->seen)
            return;
        rewriter->seen     = input->sequence;
        rewriter->skipping = false;
    }
    rewriter->started   = true;
    rewriter->time      = now;
    rewriter->timestamp = input->timestamp + segment->timestamp;
    if (input->vp8) {
        rewriter->has_picture = true;
        rewriter->picture     = (input->vp8->picture_id + segment->picture) &
                                (input->vp8->picture_bits == 7 ? 0x7f
                                                               : 0x7fff);
        rewriter->tl0         = input->vp8->tl0_index + segment->tl0;
    }
}

int rewrite_own_payload(Datagram *datagram, PacketPool *pool)
{
    PacketBuffer *buffer = packet_buffer_get(pool, datagram->payload_size);

    if (!buffer)
        return AVERROR(ENOMEM);
    memcpy(buffer->data, datagram->payload, datagram->payload_size);
    packet_buffer_unref(&datagram->buffer);
    datagram->buffer  = buffer;
    datagram->payload = buffer->data;
    return 0;
}

int rewrite_apply(const Rewriter *rewriter, const RewriteSegment *segment,
                  const Vp8Descriptor *vp8, PacketPool *pool,
                  Datagram *datagram)
{
    uint8_t *header = datagram->header;
    int ret;

    rtp_set_ssrc(header, rewriter->ssrc);
    rtp_set_sequence(header, rtp_sequence(header) + segment->sequence);
    rtp_set_timestamp(header, rtp_timestamp(header) + segment->timestamp);
    if (!vp8 || !(vp8->picture || vp8->tl0) ||
        !(segment->picture || segment->tl0))
        return 0;
    ret = rewrite_own_payload(datagram, pool);
    if (ret >= 0)
        vp8_descriptor_set(vp8, datagram->buffer->data,
                           vp8->picture_id + segment->picture,
                           vp8->tl0_index + segment->tl0);
    return ret;
}

void rewrite_free(Rewriter *rewriter)
{
    av_freep(&rewriter->segments);
    rewriter->nb   = rewriter->room = 0;
    rewriter->open = false;
}
