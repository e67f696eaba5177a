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

static UplinkFrame *add_frame(Uplink *uplink, const Arrival *arrival,
                              bool start_seen)
{
    UplinkFrame *frame = &uplink->frames[uplink->nb_frames++ % UPLINK_FRAMES];

    uplink_count(uplink, frame, &uplink->track->verdicts);
    *frame = (UplinkFrame){
        .used = true, .start_seen = start_seen, .time = arrival->now,
        .timestamp = arrival->input.timestamp,
        .first = arrival->input.sequence, .last = arrival->input.sequence,
    };
    return frame;
}

bool uplink_ends_frame(const Published *track, const uint8_t *header)
{
    return track->audio || rtp_marker(header);
}

/* Ask every SFU's rules; the chosen ones decide. */
static void judge(Arrival *arrival, bool first)
{
    const Datagram *datagram = arrival->datagram;
    Published *track = arrival->uplink->track;
    UplinkFrame *frame = arrival->frame;
    unsigned before = frame->keys;

    arrival->starts = arrival->newest &&
                      (track->audio || (first && frame->start_seen));
    if (track->audio || track->codec == AV_CODEC_ID_NONE)
        return;
    for (int i = 0; i < SFU_NB; i++)
        frame->keys |= (unsigned)sfu_key_frame(i, track->codec,
                                               datagram->payload,
                                               datagram->payload_size) << i;
    if (track->looked_at)
        arrival->starts = arrival->newest &&
                          (frame->keys & ~before) >> track->server->rules & 1;
    if (arrival->last)
        report_disagreement(arrival->uplink, frame,
                            arrival->datagram->tag.frame);
}

/* Extend the sequence number. @return 0 or AVERROR(ENOMEM) */
static int count_sequence(Uplink *uplink, Arrival *arrival, bool *follows)
{
    uint16_t sequence = rtp_sequence(arrival->datagram->header);
    int16_t step = sequence - (uint16_t)uplink->highest;
    int ret = 0;

    *follows = !uplink->started;
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
    if (step > 0) {
        *follows |= step == 1;
        uplink->highest += step;
    }
    return ret;
}

int uplink_take(Uplink *uplink, const Datagram *datagram, Arrival *arrival)
{
    const uint8_t *header = datagram->header;
    bool follows, first;
    int ret;

    *arrival = (Arrival){
        .uplink = uplink, .datagram = datagram,
        .last = uplink_ends_frame(uplink->track, header),
        .now = clock_now(uplink->track->server->setup.clock),
        .input = { .layer = uplink->layer,
                   .timestamp = rtp_timestamp(header) },
    };
    if ((ret = count_sequence(uplink, arrival, &follows)) < 0)
        return ret;
    if (!arrival->newest && cache_get(&uplink->cache,
                                      arrival->input.sequence))
        return AVERROR(EEXIST);
    uplink->time   = arrival->now;
    arrival->frame = find_frame(uplink, arrival->input.timestamp);
    first          = !arrival->frame;
    if (first)
        arrival->frame = add_frame(uplink, arrival,
                                   follows && arrival->newest);
    arrival->frame->nb_packets++;
    if (arrival->input.sequence < arrival->frame->first)
        arrival->frame->first = arrival->input.sequence;
    if (arrival->input.sequence > arrival->frame->last)
        arrival->frame->last = arrival->input.sequence;
    if (uplink->track->codec == AV_CODEC_ID_VP8 &&
        vp8_descriptor_parse(&arrival->vp8, datagram->payload,
                             datagram->payload_size))
        arrival->input.vp8 = &arrival->vp8;
    judge(arrival, first);
    return cache_put(&uplink->cache, arrival->input.sequence, arrival->now,
                     arrival->frame->time, datagram);
}

void uplink_free(Uplink *uplink)
{
    cache_free(&uplink->cache);
    av_freep(&uplink->missing);
}
