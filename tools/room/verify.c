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

#include <pthread.h>
#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "media/compare.h"
#include "media/decode.h"
#include "media/quality.h"
#include "report/log.h"
#include "stages.h"
#include "verify.h"

/* Sender's frames that a receiver may lag behind, and those of them that are
 * kept as pictures. */
#define NB_SLOTS    1024
#define NB_PICTURES 64

/* Packets that a decoder may hold back before its frames count as lost. */
#define MAX_HELD_BACK 16

typedef struct Slot {
    int64_t     pts;
    Fingerprint fingerprint;
} Slot;

struct VerifyReference {
    Verifier  *verifier;
    Decoder   *decoder;
    AVPacket **packets;      ///< of this epoch
    unsigned   nb_packets, room;
    bool       ending, ended;
    Slot       slots[NB_SLOTS];
    uint64_t   nb_slots;
    AVFrame   *pictures[NB_PICTURES];
    uint64_t   nb_pictures;
    int        error;
};

typedef struct Job {
    Life      life;
    bool      has_life, done;
    AVPacket *packet;
    int64_t   pts;
    int       layer;
} Job;

struct VerifyQueue {
    Verifier         *verifier;
    Decoder          *decoder;
    Quality          *quality;
    VerifyReference **references;
    int               nb_references;
    void             *owner;
    Job              *jobs;  ///< the first nb_told are over
    unsigned          nb_jobs, room, next; ///< next: to be decoded
    uint64_t          first; ///< number of jobs[0], since the beginning
    bool              ending, ended;
    int               error;
};

struct Verifier {
    VerifySetup       setup;
    VerifyReference **references;
    int               nb_references;
    VerifyQueue     **queues;
    int               nb_queues;
    /* what the threads share */
    pthread_mutex_t   mutex;
    void            (*work)(void *item);
    void            **items;
    int               nb_items, next_item;
    int64_t           nanoseconds;
};

Verifier *verifier_alloc(const VerifySetup *setup)
{
    Verifier *v = av_mallocz(sizeof(*v));

    if (v) {
        v->setup = *setup;
        pthread_mutex_init(&v->mutex, NULL);
    }
    return v;
}

static void note_reference(void *opaque, const AVFrame *frame)
{
    VerifyReference *r = opaque;
    Slot *slot = &r->slots[r->nb_slots % NB_SLOTS];
    AVFrame **picture = &r->pictures[r->nb_pictures % NB_PICTURES];

    slot->pts = frame->pts;
    if (fingerprint_frame(&slot->fingerprint, frame) >= 0)
        r->nb_slots++;
    if (!r->verifier->setup.quality || !frame->width)
        return;
    av_frame_free(picture);
    if ((*picture = av_frame_clone(frame)))
        r->nb_pictures++;
}

VerifyReference *verify_reference(Verifier *v, const AVCodecParameters *par,
                                  AVRational time_base)
{
    VerifyReference *r = av_mallocz(sizeof(*r));

    if (!r)
        return NULL;
    r->verifier = v;
    if (decoder_open(&r->decoder, par, time_base, note_reference, r) < 0 ||
        av_dynarray_add_nofree(&v->references, &v->nb_references, r) < 0) {
        decoder_free(&r->decoder);
        av_freep(&r);
    }
    return r;
}

int verify_sent(VerifyReference *r, const AVPacket *packet)
{
    AVPacket **grown, *copy = av_packet_clone(packet);

    if (!copy)
        return AVERROR(ENOMEM);
    if (r->nb_packets == r->room) {
        grown = av_realloc_array(r->packets, r->room ? 2 * r->room : 32,
                                 sizeof(*grown));
        if (!grown) {
            av_packet_free(&copy);
            return AVERROR(ENOMEM);
        }
        r->packets = grown;
        r->room    = r->room ? 2 * r->room : 32;
    }
    r->packets[r->nb_packets++] = copy;
    return 0;
}

static void work_reference(void *item)
{
    VerifyReference *r = item;

    for (unsigned i = 0; i < r->nb_packets; i++) {
        if (r->error >= 0)
            r->error = decoder_send(r->decoder, r->packets[i]);
        av_packet_free(&r->packets[i]);
    }
    r->nb_packets = 0;
    if (!r->ending || r->ended)
        return;
    if (r->error >= 0)
        r->error = decoder_send(r->decoder, NULL);
    r->ended = true;
    decoder_free(&r->decoder);
}

/* @return NULL if the sender's decoder did not give a frame of that time */
static const Slot *find_slot(const VerifyReference *r, int64_t pts)
{
    unsigned nb = FFMIN(r->nb_slots, NB_SLOTS);

    for (unsigned i = 1; i <= nb; i++) {
        const Slot *slot = &r->slots[(r->nb_slots - i) % NB_SLOTS];

        if (slot->pts == pts)
            return slot;
    }
    return NULL;
}

static const AVFrame *find_picture(const VerifyReference *r, int64_t pts)
{
    unsigned nb = FFMIN(r->nb_pictures, NB_PICTURES);

    for (unsigned i = 1; i <= nb; i++) {
        const AVFrame *p = r->pictures[(r->nb_pictures - i) % NB_PICTURES];

        if (p && p->pts == pts)
            return p;
    }
    return NULL;
}

static void judge(VerifyQueue *q, Job *job, const AVFrame *frame)
{
    const VerifyReference *r = q->references[job->layer];
    const Slot    *slot = find_slot(r, job->pts);
    const AVFrame *picture;
    Fingerprint fp;

    job->done = true;
    if (slot && fingerprint_frame(&fp, frame) >= 0 &&
        !memcmp(&fp, &slot->fingerprint, sizeof(fp))) {
        job->life.life.shown = SHOWN_IDENTICAL;
        return;
    }
    job->life.life.shown = SHOWN_DIFFERENT;
    if (frame->width && (picture = find_picture(r, job->pts)))
        quality_measure(&q->quality, picture, frame, &job->life.life.psnr,
                        &job->life.life.ssim);
}

/* A frame that came out says that those before it will not come. A frame that
 * even the sender's decoder shows nothing of is shown as it should be. */
static void give_up(VerifyQueue *q, Job *job)
{
    if (job->done)
        return;
    job->done = true;
    if (job->has_life)
        job->life.life.shown = find_slot(q->references[job->layer], job->pts) ?
                               SHOWN_FAILED : SHOWN_IDENTICAL;
}

static void note_received(void *opaque, const AVFrame *frame)
{
    VerifyQueue *q = opaque;
    uint64_t number = frame->pts - (int64_t)q->first;

    if (frame->pts == AV_NOPTS_VALUE || number >= q->nb_jobs)
        return;
    for (unsigned i = 0; i < number; i++)
        give_up(q, &q->jobs[i]);
    if (!q->jobs[number].done)
        judge(q, &q->jobs[number], frame);
}

VerifyQueue *verify_queue(Verifier *v, const AVCodecParameters *par,
                          AVRational time_base,
                          VerifyReference *const *references, int nb,
                          void *owner)
{
    VerifyQueue *q = av_mallocz(sizeof(*q));

    if (!q)
        return NULL;
    q->verifier      = v;
    q->owner         = owner;
    q->references    = av_memdup(references, nb * sizeof(*references));
    q->nb_references = nb;
    if (!q->references ||
        decoder_open(&q->decoder, par, time_base, note_received, q) < 0 ||
        av_dynarray_add_nofree(&v->queues, &v->nb_queues, q) < 0) {
        decoder_free(&q->decoder);
        av_free(q->references);
        av_freep(&q);
    }
    return q;
}

int verify_received(VerifyQueue *q, const Life *life, AVPacket *packet,
                    int64_t pts)
{
    Job *job;

    if (q->nb_jobs == q->room) {
        unsigned room = q->room ? 2 * q->room : 32;

        job = av_realloc_array(q->jobs, room, sizeof(*job));
        if (!job)
            return AVERROR(ENOMEM);
        q->jobs = job;
        q->room = room;
    }
    job  = &q->jobs[q->nb_jobs++];
    *job = (Job){ .has_life = life, .done = !packet, .pts = pts };
    if (life) {
        job->life  = *life;
        job->layer = life->life.layer;
    }
    if (!packet)
        return 0;
    if (!(job->packet = av_packet_alloc())) {
        q->nb_jobs--;
        return AVERROR(ENOMEM);
    }
    av_packet_move_ref(job->packet, packet);
    /* The number tells which frame it is when it comes out. */
    job->packet->pts = job->packet->dts = q->first + q->nb_jobs - 1;
    return 0;
}

static void work_queue(void *item)
{
    VerifyQueue *q = item;

    for (; q->next < q->nb_jobs; q->next++) {
        Job *job = &q->jobs[q->next];

        if (job->packet && q->error >= 0)
            q->error = decoder_send(q->decoder, job->packet);
        av_packet_free(&job->packet);
    }
    for (unsigned i = 0; i + MAX_HELD_BACK < q->nb_jobs; i++)
        give_up(q, &q->jobs[i]);
    if (!q->ending || q->ended)
        return;
    if (q->error >= 0)
        q->error = decoder_send(q->decoder, NULL);
    for (unsigned i = 0; i < q->nb_jobs; i++)
        give_up(q, &q->jobs[i]);
    q->ended = true;
    decoder_free(&q->decoder);
    quality_free(&q->quality);
}

void verify_sent_all(VerifyReference *reference)
{
    reference->ending = true;
}

void verify_received_all(VerifyQueue *queue)
{
    queue->ending = true;
}

static void *run_thread(void *opaque)
{
    Verifier *v = opaque;
    int64_t began = v->setup.measure ? stage_thread_time() : 0;

    pthread_mutex_lock(&v->mutex);
    while (v->next_item < v->nb_items) {
        void *item = v->items[v->next_item++];

        pthread_mutex_unlock(&v->mutex);
        v->work(item);
        pthread_mutex_lock(&v->mutex);
    }
    if (v->setup.measure)
        v->nanoseconds += stage_thread_time() - began;
    pthread_mutex_unlock(&v->mutex);
    return NULL;
}

/* The items have nothing to do with each other. */
static void work_all(Verifier *v, void (*work)(void *), void **items, int nb)
{
    pthread_t threads[64];
    int nb_threads = FFMIN3(v->setup.nb_threads - 1, nb - 1,
                            (int)FF_ARRAY_ELEMS(threads));
    int started = 0;

    v->work      = work;
    v->items     = items;
    v->nb_items  = nb;
    v->next_item = 0;
    while (started < nb_threads &&
           !pthread_create(&threads[started], NULL, run_thread, v))
        started++;
    run_thread(v);
    while (started)
        pthread_join(threads[--started], NULL);
}

static int tell_queue(VerifyQueue *q)
{
    const VerifySetup *s = &q->verifier->setup;
    unsigned nb = 0;

    while (nb < q->nb_jobs && q->jobs[nb].done) {
        if (q->jobs[nb].has_life)
            s->tell(s->opaque, q->owner, &q->jobs[nb].life);
        nb++;
    }
    q->nb_jobs -= nb;
    q->next    -= nb;
    q->first   += nb;
    if (nb && q->nb_jobs)
        memmove(q->jobs, q->jobs + nb, q->nb_jobs * sizeof(*q->jobs));
    return q->error;
}

int verify_run(Verifier *v)
{
    int ret = 0;

    work_all(v, work_reference, (void **)v->references, v->nb_references);
    for (int i = 0; i < v->nb_references && ret >= 0; i++)
        ret = v->references[i]->error;
    if (ret < 0)
        return ret;
    work_all(v, work_queue, (void **)v->queues, v->nb_queues);
    for (int i = 0; i < v->nb_queues && ret >= 0; i++)
        ret = tell_queue(v->queues[i]);
    return ret;
}

int64_t verify_time(const Verifier *verifier)
{
    return verifier->nanoseconds;
}

static void free_reference(VerifyReference *r)
{
    for (unsigned i = 0; i < r->nb_packets; i++)
        av_packet_free(&r->packets[i]);
    for (int i = 0; i < NB_PICTURES; i++)
        av_frame_free(&r->pictures[i]);
    decoder_free(&r->decoder);
    av_free(r->packets);
    av_free(r);
}

static void free_queue(VerifyQueue *q)
{
    for (unsigned i = 0; i < q->nb_jobs; i++)
        av_packet_free(&q->jobs[i].packet);
    decoder_free(&q->decoder);
    quality_free(&q->quality);
    av_free(q->references);
    av_free(q->jobs);
    av_free(q);
}

void verifier_free(Verifier **verifier)
{
    Verifier *v = *verifier;

    if (!v)
        return;
    for (int i = 0; i < v->nb_references; i++)
        free_reference(v->references[i]);
    for (int i = 0; i < v->nb_queues; i++)
        free_queue(v->queues[i]);
    pthread_mutex_destroy(&v->mutex);
    av_free(v->references);
    av_free(v->queues);
    av_freep(verifier);
}
