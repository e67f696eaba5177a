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


#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "internal.h"
#include "net/rtp.h"

/* Counting starts here: packets older than the first one have room. */
#define FIRST_SEQUENCE (UINT64_C(1) << 16)

void uplink_count(const Uplink *uplink, const UplinkFrame *frame,
                  SfuVerdicts *verdicts)
{
    unsigned looking = 0;

    if (!frame->used || !frame->start_seen)
        return;
    for (int i = 0; i < SFU_NB; i++)
        looking |= (unsigned)sfu_looks(i, uplink->track->codec) << i;
    verdicts->nb_frames++;
    for (int i = 0; i < SFU_NB; i++)
        verdicts->nb_key[i] += frame->keys >> i & 1;
    if (frame->keys && frame->keys != looking)
        verdicts->nb_disagree++;
}

/* Each set of SFUs that stands against the others is reported once. */
static void report_disagreement(Uplink *uplink, const UplinkFrame *frame,
                                int64_t tag)
{
    static const char *const sets[1 << SFU_NB] = {
        "",
        "a key frame to mediasoup",
        "a key frame to livekit",
        "a key frame to mediasoup, livekit",
        "a key frame to janus",
        "a key frame to mediasoup, janus",
        "a key frame to livekit, janus",
        "a key frame to mediasoup, livekit, janus",
        "a key frame to jitsi",
        "a key frame to mediasoup, jitsi",
        "a key frame to livekit, jitsi",
        "a key frame to mediasoup, livekit, jitsi",
        "a key frame to janus, jitsi",
        "a key frame to mediasoup, janus, jitsi",
        "a key frame to livekit, janus, jitsi",
        "a key frame to all",
    };
    Published *track = uplink->track;
    SfuVerdicts verdicts = { 0 };

    uplink_count(uplink, frame, &verdicts);
    if (!verdicts.nb_disagree || track->disagreed >> frame->keys & 1)
        return;
    track->disagreed |= 1u << frame->keys;
    server_event(track, NULL, EVENT_SERVER, sets[frame->keys], tag,
                 uplink->layer);
}

static UplinkFrame *find_frame(Uplink *uplink, uint32_t timestamp)
{
    for (unsigned i = 0; i < UPLINK_FRAMES; i++) {
        UplinkFrame *frame = &uplink->frames[(uplink->nb_frames - 1 - i) %
                                             UPLINK_FRAMES];

        if (frame->used && frame->timestamp == timestamp)
            return frame;
    }
    return NULL;
}

static UplinkFrame *add_frame(Uplink *uplink, const Arrival *arrival)
{
    UplinkFrame *frame = &uplink->frames[uplink->nb_frames++ % UPLINK_FRAMES];

    uplink_count(uplink, frame, &uplink->track->verdicts);
    *frame = (UplinkFrame){
        .used = true, .time = arrival->now,
        .timestamp = arrival->input.timestamp,
        .first = arrival->input.sequence, .last = arrival->input.sequence,
    };
    return frame;
}

bool uplink_ends_frame(const Published *track, const uint8_t *header)
{
    return track->audio || rtp_marker(header);
}

/* Whether the packet before it was another frame's, and is there. */
static bool begins_frame(const Arrival *arrival)
{
    const CachedPacket *before = cache_get(&arrival->uplink->cache,
                                           arrival->input.sequence - 1);

    return before && rtp_timestamp(before->datagram.header) !=
                     arrival->input.timestamp;
}

/* A packet that came late may be all that stood before another frame. */
static void begin_next(const Arrival *arrival)
{
    Uplink *uplink = arrival->uplink;
    const CachedPacket *next = cache_get(&uplink->cache,
                                         arrival->input.sequence + 1);
    UplinkFrame *frame = next ? find_frame(uplink, rtp_timestamp(
                                next->datagram.header)) : NULL;

    if (frame && frame != arrival->frame)
        frame->start_seen = true;
}

/* Ask every SFU's rules; the chosen ones decide. */
static void judge(Arrival *arrival, bool begins)
{
    const Datagram *datagram = arrival->datagram;
    Published *track = arrival->uplink->track;
    UplinkFrame *frame = arrival->frame;
    unsigned before = frame->keys;

    arrival->starts = track->audio ? arrival->newest : begins;
    if (track->audio || track->codec == AV_CODEC_ID_NONE)
        return;
    for (int i = 0; i < SFU_NB; i++)
        frame->keys |= (unsigned)sfu_key_frame(i, track->codec,
                                               datagram->payload,
                                               datagram->payload_size) << i;
    if (track->looked_at)
        arrival->starts = (frame->keys & ~before) >> track->server->rules & 1;
    if (arrival->completes)
        report_disagreement(arrival->uplink, frame,
                            arrival->datagram->tag.frame);
}

/* Extend the sequence number. @return 0 or AVERROR(ENOMEM) */
static int count_sequence(Uplink *uplink, Arrival *arrival)
{
    uint16_t sequence = rtp_sequence(arrival->datagram->header);
    int16_t step = sequence - (uint16_t)uplink->highest;
    int ret = 0;

    if (!uplink->started) {
        uplink->started = true;
        uplink->highest = FIRST_SEQUENCE + sequence - 1;
        step = 1;
    }
    arrival->input.sequence = uplink->highest + step;
    arrival->newest         = step > 0;
    if (step > 1)
        ret = feedback_missing(uplink, uplink->highest + 1,
                               arrival->input.sequence);
    else if (step < 1)
        feedback_found(uplink, arrival->input.sequence);
    if (step > 0)
        uplink->highest += step;
    return ret;
}

/* What the bytes tell. */
static void read_packet(Uplink *uplink, const Datagram *datagram,
                        Arrival *arrival)
{
    const uint8_t *header = datagram->header;

    *arrival = (Arrival){
        .uplink = uplink, .datagram = datagram,
        .last = uplink_ends_frame(uplink->track, header),
        .now = clock_now(uplink->track->server->setup.clock),
        .input = { .layer = uplink->layer,
                   .timestamp = rtp_timestamp(header) },
    };
    if (uplink->track->codec == AV_CODEC_ID_VP8 &&
        vp8_descriptor_parse(&arrival->vp8, datagram->payload,
                             datagram->payload_size))
        arrival->input.vp8 = &arrival->vp8;
}

bool uplink_recall(Uplink *uplink, const CachedPacket *packet,
                   Arrival *arrival)
{
    read_packet(uplink, &packet->datagram, arrival);
    arrival->input.sequence = packet->sequence;
    arrival->frame = find_frame(uplink, arrival->input.timestamp);
    return arrival->frame;
}

static void count_packet(UplinkFrame *frame, Arrival *arrival, bool begins)
{
    uint64_t sequence = arrival->input.sequence;

    frame->nb_packets++;
    if (sequence < frame->first)
        frame->first = sequence;
    if (sequence > frame->last)
        frame->last = sequence;
    frame->start_seen |= begins;
    frame->end_seen   |= arrival->last;
    arrival->completes = frame->start_seen && frame->end_seen &&
                         frame->nb_packets == frame->last - frame->first + 1 &&
                         frame->last == arrival->uplink->highest;
}

int uplink_take(Uplink *uplink, const Datagram *datagram, Arrival *arrival)
{
    bool started = uplink->started, begins;
    int ret;

    read_packet(uplink, datagram, arrival);
    if ((ret = count_sequence(uplink, arrival)) < 0)
        return ret;
    if (!arrival->newest && cache_get(&uplink->cache,
                                      arrival->input.sequence))
        return AVERROR(EEXIST);
    uplink->time   = arrival->now;
    arrival->frame = find_frame(uplink, arrival->input.timestamp);
    if (!arrival->frame)
        arrival->frame = add_frame(uplink, arrival);
    begins = !started || begins_frame(arrival);
    count_packet(arrival->frame, arrival, begins);
    if (!arrival->newest)
        begin_next(arrival);
    judge(arrival, begins);
    return cache_put(&uplink->cache, arrival->input.sequence, arrival->now,
                     arrival->frame->time, datagram);
}

void uplink_free(Uplink *uplink)
{
    cache_free(&uplink->cache);
    av_freep(&uplink->missing);
}
