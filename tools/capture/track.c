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

#include <libavutil/buffer.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "net/rtp.h"
#include "track.h"

/* Who sends packets in order needs no more than this for the first one. */
#define START_HOLD 20000

/* Bytes, more than a packet of any usual network and its note. */
#define POOL_SIZE 2048

void frame_queue_open(FrameQueue *q)
{
    *q = (FrameQueue){ .end = &q->head };
}

QueuedFrame *frame_queue_add(FrameQueue *q, Track *track)
{
    QueuedFrame *frame = av_mallocz(sizeof(*frame));

    if (!frame || !(frame->packet = av_packet_alloc())) {
        av_free(frame);
        return NULL;
    }
    frame->track = track;
    *q->end = frame;
    q->end  = &frame->next;
    return frame;
}

QueuedFrame *frame_queue_take(FrameQueue *q)
{
    QueuedFrame *frame = q->head;

    if (!frame)
        return NULL;
    if (!(q->head = frame->next))
        q->end = &q->head;
    q->nb_bytes -= frame->packet->size;
    return frame;
}

void queued_frame_free(QueuedFrame **frame)
{
    if (!*frame)
        return;
    av_packet_free(&(*frame)->packet);
    av_buffer_unref(&(*frame)->tail);
    av_freep(frame);
}

void frame_queue_close(FrameQueue *q)
{
    QueuedFrame *frame;

    while ((frame = frame_queue_take(q)))
        queued_frame_free(&frame);
}

Track *capture_track_alloc(FrameQueue *queue, const char *file)
{
    Track *t = av_mallocz(sizeof(*t));

    if (!t || !(t->pub.par = avcodec_parameters_alloc())) {
        av_free(t);
        return NULL;
    }
    t->queue    = queue;
    t->pub.file = file;
    return t;
}

static int open_frames(Track *t)
{
    const JitterSetup setup = {
        .deadline   = t->deadline,
        .start_hold = START_HOLD,
    };

    if (!(t->jitter = jitter_alloc(&setup)))
        return AVERROR(ENOMEM);
    return rtp_frames_open(&t->frames,
                           t->sframe ? AV_CODEC_ID_NONE
                                     : t->pub.par->codec_id, -1,
                           t->pub.time_base.den);
}

int track_open_rtp(Track *t, int64_t deadline, bool sframe)
{
    t->deadline = deadline;
    t->sframe   = sframe;
    t->pub.rtp  = true;
    sync_open(&t->sync, t->pub.time_base);
    if ((!t->notes &&
         !(t->notes = av_calloc(TRACK_NOTES, sizeof(*t->notes)))) ||
        (!t->pool && !(t->pool = packet_pool_alloc(POOL_SIZE))) ||
        (!t->packet && !(t->packet = av_packet_alloc())))
        return AVERROR(ENOMEM);
    return open_frames(t);
}

/* A plain RTP packet behind its note, padding behind it, in one buffer. */
static int make_datagram(PacketPool *pool, const TrackPacket *p, Datagram *d)
{
    const size_t offset = sizeof(PacketNote);
    PacketNote *note;

    *d = (Datagram){ .tag.track = UINT16_MAX };
    d->buffer = packet_buffer_get(pool, offset + p->size + p->tail_size);
    if (!d->buffer)
        return AVERROR(ENOMEM);
    note  = (PacketNote *)d->buffer->data;
    *note = (PacketNote){ .arrival = p->arrival, .tail_size = p->tail_size,
                          .red = p->red, .rtx = p->rtx };
    if (p->size)
        memcpy(d->buffer->data + offset, p->payload, p->size);
    if (p->tail_size)
        memcpy(d->buffer->data + offset + p->size, p->tail, p->tail_size);
    d->payload      = d->buffer->data + offset;
    d->payload_size = p->size;
    d->header_size  = RTP_HEADER_SIZE;
    d->header[0]    = 0x80;
    d->header[1]    = p->marker ? 0x80 : 0;
    AV_WB16(d->header + 2, p->sequence);
    AV_WB32(d->header + 4, p->timestamp);
    return 0;
}

static int64_t due_time(const Track *t, int64_t arrival)
{
    return arrival > t->now ? arrival : t->now;
}

int track_push(Track *t, const TrackPacket *p)
{
    JitterResult result;
    Datagram datagram;
    int ret = make_datagram(t->pool, p, &datagram);

    if (ret < 0)
        return ret;
    ret = jitter_push(t->jitter, &datagram, due_time(t, p->arrival), &result);
    if (ret < 0 || result == JITTER_DUPLICATE || result == JITTER_LATE)
        datagram_unref(&datagram);
    if (ret < 0)
        return ret;
    if (!p->copy && !p->rtx) {
        t->pub.nb_duplicates += result == JITTER_DUPLICATE;
        t->pub.nb_late       += result == JITTER_LATE;
        t->pub.nb_reordered  += result != JITTER_DUPLICATE && t->pushed &&
                               (int16_t)(p->sequence - t->newest) < 0;
        t->newest = p->sequence;
        t->pushed = true;
    }
    t->pub.nb_restarts += result == JITTER_RESTART;
    return track_drain(t, p->arrival);
}

/* The frame's own notes: flags of all its packets, tail of the last. */
static void describe(Track *t, QueuedFrame *q, const RtpFrameInfo *info)
{
    int64_t  arrival = t->now;
    uint64_t end     = info->last;

    if (end - info->first >= TRACK_NOTES)
        end = info->first + TRACK_NOTES - 1;
    for (uint64_t s = info->first; s <= end; s++) {
        PacketNote *note = &t->notes[s % TRACK_NOTES];

        if (note->sequence != s)
            continue;
        if (s == info->first)
            arrival = note->arrival;
        q->info.red |= note->red;
        q->info.rtx |= note->rtx;
        if (s == info->last && note->tail) {
            q->tail      = note->tail;
            note->tail   = NULL;
            q->info.tail = q->tail->data;
            q->info.tail_size = q->tail->size;
            q->info.padded    = true;
        }
    }
    q->timestamp = sync_frame(&t->sync, info->timestamp, arrival);
}

static int read_frames(Track *t)
{
    RtpFrameInfo info;
    QueuedFrame *q;
    int ret = 0;

    while (ret >= 0 &&
           (ret = rtp_frames_read(t->frames, t->packet, &info)) >= 0) {
        if (!(q = frame_queue_add(t->queue, t))) {
            ret = AVERROR(ENOMEM);
            break;
        }
        av_packet_move_ref(q->packet, t->packet);
        t->queue->nb_bytes += q->packet->size;
        q->info.whole      = info.whole;
        q->info.gap_before = info.gap_before;
        q->info.nb_packets = info.nb_packets;
        q->info.number     = t->nb_out++;
        t->pub.nb_incomplete += !info.whole;
        describe(t, q, &info);
    }
    return ret == AVERROR(EAGAIN) ? 0 : ret;
}

/* The padding of a packet that is about to be taken apart. */
static int note_packet(Track *t, const Datagram *d, uint64_t sequence)
{
    const PacketNote *from = (const PacketNote *)d->buffer->data;
    PacketNote *note = &t->notes[sequence % TRACK_NOTES];
    size_t head = sizeof(*from) + d->payload_size;

    av_buffer_unref(&note->tail);
    *note = *from;
    note->sequence = sequence;
    if (!note->tail_size)
        return 0;
    if (!(note->tail = av_buffer_alloc(note->tail_size)))
        return AVERROR(ENOMEM);
    memcpy(note->tail->data, d->buffer->data + head, note->tail_size);
    return 0;
}

int track_drain(Track *t, int64_t now)
{
    Datagram datagram;
    uint64_t sequence;
    unsigned nb_lost;
    int ret = 0;

    t->now = due_time(t, now);
    while (ret >= 0 && jitter_pop(t->jitter, t->now, &datagram, &sequence,
                                  &nb_lost) >= 0) {
        t->pub.nb_lost += nb_lost;
        t->pub.nb_gaps += nb_lost > 0;
        t->owed        += nb_lost;
        /* Nothing but padding: a number that no frame has. */
        if (!datagram.payload_size) {
            t->nb_empty++;
            datagram_unref(&datagram);
            continue;
        }
        sequence -= t->nb_empty;
        if ((ret = note_packet(t, &datagram, sequence)) < 0) {
            datagram_unref(&datagram);
            break;
        }
        ret = rtp_frames_push(t->frames, &datagram, sequence, t->owed);
        t->owed = 0;
        if (ret >= 0)
            ret = read_frames(t);
    }
    return ret;
}

int track_flush(Track *t)
{
    int ret;

    if (!t->jitter)
        return 0;
    jitter_flush(t->jitter);
    if ((ret = track_drain(t, t->now)) < 0 ||
        (ret = rtp_frames_flush(t->frames)) < 0)
        return ret;
    return read_frames(t);
}

int track_restart(Track *t)
{
    int ret = track_flush(t);

    if (ret < 0)
        return ret;
    jitter_free(&t->jitter);
    rtp_frames_free(&t->frames);
    for (int i = 0; i < TRACK_NOTES; i++)
        t->notes[i].sequence = 0;
    t->sync.fresh = true;
    t->pushed     = false;
    t->nb_empty   = t->owed = 0;
    t->pub.nb_restarts++;
    return open_frames(t);
}

int track_take_packet(Track *t, AVPacket *packet)
{
    QueuedFrame *q = frame_queue_add(t->queue, t);
    int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;

    if (!q)
        return AVERROR(ENOMEM);
    if (time == AV_NOPTS_VALUE)
        time = t->next_time;
    q->timestamp   = time;
    q->info.number = t->nb_out++;
    q->info.whole  = true;
    t->next_time   = time + (packet->duration > 0
                                 ? packet->duration
                                 : av_rescale_q(1, (AVRational){ 1, 25 },
                                                t->pub.time_base));
    t->pub.nb_bytes += packet->size;
    av_packet_move_ref(q->packet, packet);
    t->queue->nb_bytes += q->packet->size;
    return 0;
}

void capture_track_free(Track **track)
{
    Track *t = *track;

    if (!t)
        return;
    jitter_free(&t->jitter);
    rtp_frames_free(&t->frames);
    for (int i = 0; t->notes && i < TRACK_NOTES; i++)
        av_buffer_unref(&t->notes[i].tail);
    av_free(t->notes);
    packet_pool_free(&t->pool);
    av_packet_free(&t->packet);
    avcodec_parameters_free(&t->pub.par);
    av_freep(track);
}
