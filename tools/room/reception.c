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
#include <string.h>

#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "media/frame_filter.h"
#include "parts.h"
#include "report/log.h"

/* As libwebrtc has it: the first NACK at once, then once a round trip. */
#define NACK_DELAY      5000
#define NACK_INTERVAL 100000

/* A stream may begin with packets out of order. */
#define START_HOLD     20000

/* What signalling tells a receiver about a track: the codec, not more. */
static AVCodecParameters *describe_track(const Track *track)
{
    const AVCodecParameters *sent = source_parameters(track->chains[0].source);
    AVCodecParameters *par = avcodec_parameters_alloc();

    if (!par)
        return NULL;
    par->codec_type = sent->codec_type;
    par->codec_id   = sent->codec_id;
    if (sent->codec_type == AVMEDIA_TYPE_AUDIO) {
        par->sample_rate = 48000;
        if (av_channel_layout_copy(&par->ch_layout, &sent->ch_layout) < 0)
            avcodec_parameters_free(&par);
    }
    return par;
}

static int open_opener(Reception *r, const Key *key, FrameFilter *opener)
{
    const ParticipantPlan *p = r->receiver->plan;
    const Scenario *s = r->room->scenario;
    AVCodecParameters *par = s->packets ? packets_parameters()
                                        : describe_track(r->track);
    char options[2048];
    const FrameFilterSetup setup = {
        .name = "e2ee_decrypt", .scheme = s->scheme, .kind = r->track->kind,
        .options = options, .key = key,
    };
    int limit = log_limit(AV_LOG_ERROR), ret = AVERROR(ENOMEM);

    snprintf(options, sizeof(options), "%s%s%s%senabled=%d:"
             "discard_not_ready=%d", s->options ? s->options : "",
             s->options ? ":" : "", p->options ? p->options : "",
             p->options ? ":" : "", r->keys.enabled, p->discard_not_ready);
    if (par)
        ret = frame_filter_open(opener, &setup, par, source_time_base(
                                    r->track->chains[0].source));
    log_limit(limit);
    avcodec_parameters_free(&par);
    return ret;
}

static int open_queue(Reception *r)
{
    VerifyReference **references;
    AVCodecParameters *par = describe_track(r->track);

    references = av_calloc(r->track->nb_chains, sizeof(*references));
    for (int i = 0; references && i < r->track->nb_chains; i++)
        references[i] = r->track->chains[i].reference;
    if (par && references)
        r->queue = verify_queue(r->room->verifier, par, source_time_base(
                                    r->track->chains[0].source), references,
                                r->track->nb_chains, r);
    av_free(references);
    avcodec_parameters_free(&par);
    return r->queue ? 0 : AVERROR(ENOMEM);
}

/* Its totals are in the report. */
static void close_opener(Reception *r)
{
    int limit = log_limit(AV_LOG_QUIET);

    frame_filter_close(&r->opener);
    log_limit(limit);
}

/* Its keys are gone for good only with the filter. */
static int remove_keys(Reception *r)
{
    const Key none = { .kind = KEY_NONE };
    FrameFilter fresh = { .bsf = NULL };
    int ret = open_opener(r, &none, &fresh);

    if (ret < 0)
        return ret;
    close_opener(r);
    r->opener = fresh;
    return 0;
}

static int change_keys(Reception *r, const KeyEvent *event)
{
    if (event->sender && strcmp(event->sender, r->track->sender->plan->name))
        return 0;
    if (event->type == KEY_EVENT_REMOVE)
        return remove_keys(r);
    return event->type == KEY_EVENT_USE ? 0
                                        : key_event_apply(r->opener.bsf, event);
}

/* Keys may come and go before anything is received. */
static int catch_up(Reception *r)
{
    int ret = 0;

    for (int i = 0; i < r->receiver->nb_key_events && ret >= 0; i++)
        ret = change_keys(r, &r->receiver->plan->key_events[i]);
    return ret;
}

static int open_parts(Reception *r)
{
    const Chain *c = &r->track->chains[0];
    const Scenario *s = r->room->scenario;
    const JitterSetup jitter = {
        .deadline      = s->jitter,
        .start_hold    = START_HOLD,
        .nack_delay    = NACK_DELAY,
        .nack_interval = s->nack ? NACK_INTERVAL : 0,
    };
    int ret;

    if (!(r->packet = av_packet_alloc()) ||
        !(r->jitter = jitter_alloc(&jitter)) ||
        !(r->lives = av_calloc(r->track->nb_chains, sizeof(*r->lives))))
        return AVERROR(ENOMEM);
    ret = rtp_frames_open(&r->frames, c->rtp_codec, c->payload_type,
                          source_time_base(c->source).den);
    if (ret >= 0 && s->packets)
        ret = rtp_frames_open(&r->payloads,
                              source_parameters(c->source)->codec_id, -1,
                              source_time_base(c->source).den);
    if (ret < 0 || r->room->setup.verify == VERIFY_NONE)
        return ret;
    ret = open_opener(r, &r->receiver->plan->key, &r->opener);
    if (ret >= 0)
        ret = catch_up(r);
    return ret < 0 || !r->room->verifier ? ret : open_queue(r);
}

int reception_key_event(Reception *r, const KeyEvent *event)
{
    int ret = 0;

    if (!event->sender || !strcmp(event->sender, r->track->sender->plan->name))
        ret = held_keys_apply(&r->keys, event);
    return ret < 0 || !r->opener.bsf ? ret : change_keys(r, event);
}

int reception_open(Reception *r)
{
    int ret = open_parts(r);

    r->active  = true;
    r->layer   = -1;
    r->waiting = track_is_video(r->track);
    r->asked   = INT64_MIN;
    r->due     = INT64_MAX;
    r->shown   = clock_now(r->room->clock);
    tallies_begin(r->tallies, tally_count(r->room->scenario), r->shown);
    return ret;
}

static int end_lives(Reception *r)
{
    int ret = 0;

    for (int i = 0; i < r->track->nb_chains && ret >= 0; i++)
        while (ret >= 0 && lives_oldest(&r->lives[i])) {
            Life *life = lives_oldest(&r->lives[i]);

            if (!r->receiver->present && !life->decided) {
                life->decided   = true;
                life->life.fate = FATE_ABSENT;
            }
            ret = reception_end_oldest(r, &r->lives[i], NULL);
        }
    return ret;
}

int reception_end(Reception *r)
{
    int ret;

    if (!r->active)
        return 0;
    jitter_flush(r->jitter);
    ret = reception_work(r);
    if (ret >= 0) {
        rtp_frames_flush(r->frames);
        ret = reception_frames(r);
    }
    if (ret >= 0 && r->payloads)
        ret = packets_flush(r);
    if (ret >= 0)
        ret = end_lives(r);
    r->active = false;
    if (r->queue)
        verify_received_all(r->queue);
    if (track_is_video(r->track))
        r->row.max_freeze = FFMAX(r->row.max_freeze,
                                  r->track->ended_at - r->shown);
    jitter_free(&r->jitter);
    rtp_frames_free(&r->frames);
    rtp_frames_free(&r->payloads);
    close_opener(r);
    return ret;
}

void reception_close(Reception *r)
{
    for (int i = 0; r->lives && i < r->track->nb_chains; i++)
        lives_clear(&r->lives[i]);
    jitter_free(&r->jitter);
    rtp_frames_free(&r->frames);
    rtp_frames_free(&r->payloads);
    frame_filter_close(&r->opener);
    av_packet_free(&r->packet);
    held_keys_close(&r->keys);
    av_freep(&r->lives);
    av_freep(&r->tallies);
}
