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

#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "participant.h"
#include "reception.h"
#include "report/log.h"
#include "track.h"

/* Close to the end, so that every track of a few frames sees the sequence
 * numbers wrap. */
#define FIRST_SEQUENCE 65500

static void note_reference(void *opaque, int64_t pts, const Fingerprint *fp)
{
    Track *t = opaque;

    reference_add(&t->reference, pts, fp);
}

/* Frames of no bytes (Opus DTX) are not sent over RTP at all. */
static int read_next(Track *t)
{
    int ret;

    while ((ret = source_read(t->source, t->next)) >= 0 && !t->next->size)
        av_packet_unref(t->next);
    if (ret == AVERROR_EOF) {
        t->ended = true;
        return decoder_send(t->decoder, NULL);
    }
    if (ret >= 0)
        t->time = av_rescale_q(t->next->pts, source_time_base(t->source),
                               AV_TIME_BASE_Q);
    return ret;
}

static int open_sender(Track *t, const TrackSetup *setup)
{
    const FrameFilterSetup seal = {
        .name = "e2ee_encrypt", .scheme = setup->scheme, .kind = setup->kind,
        .key  = &setup->sender->key,
    };
    const AVCodecParameters *par = source_parameters(t->source);
    AVRational time_base = source_time_base(t->source);
    int ret;

    if ((ret = decoder_open(&t->decoder, par, time_base,
                            note_reference, t)) < 0 ||
        (ret = frame_filter_open(&t->sealer, &seal, par, time_base)) < 0)
        return ret;
    return rtp_packer_open(&t->packer, t->sealer->par_out, time_base,
                           setup->ssrc, FIRST_SEQUENCE, setup->sink,
                           setup->opaque);
}

int track_open(Track **track, Source *source, const TrackSetup *setup)
{
    Track *t = *track = av_mallocz(sizeof(*t));
    int ret = AVERROR(ENOMEM);

    if (!t) {
        source_free(&source);
        return ret;
    }
    t->source = source;
    t->sender = setup->sender;
    t->kind   = setup->kind;
    t->ssrc   = setup->ssrc;
    t->events = setup->events;
    if (!(t->next = av_packet_alloc()) ||
        (ret = open_sender(t, setup)) < 0 || (ret = read_next(t)) < 0)
        goto fail;
    if (t->ended) {
        log_error("%s: its %s stream has no frames; leave it out or give "
                  "another file", source_file(source), track_codec(t));
        ret = AVERROR_INVALIDDATA;
        goto fail;
    }
    return 0;

fail:
    track_free(track);
    return ret;
}

static void note_state(Track *t, const FrameReport *report)
{
    const Event event = {
        .time = t->time, .participant = t->sender->name, .kind = t->kind,
        .state = report->state, .key_index = report->key_index,
        .reason = report->reason,
    };

    if (report->state == t->state)
        return;
    t->state = report->state;
    t->events.event(t->events.opaque, &event);
}

/* Fails closed: without the filter's word that it is sealed, a frame does
 * not leave. */
static int seal_and_send(Track *t)
{
    FrameReport report;
    /* That there is no key is as it should be for who never gets one. */
    int limit = log_limit(t->sender->key.kind == KEY_NONE ? AV_LOG_QUIET
                                                          : AV_LOG_WARNING);
    int ret   = frame_filter_run(t->sealer, t->next, &report);

    log_limit(limit);
    t->nb_frames++;
    if (ret == AVERROR(ENOMEM))
        return ret;
    if (ret < 0 && report.state == STATE_NONE)
        report.state = STATE_ENCRYPTION_FAILED;
    note_state(t, &report);
    if (ret < 0 || report.state != STATE_ENCRYPTION_SUCCESS)
        return 0;
    t->nb_sealed++;
    return rtp_packer_send(t->packer, t->next);
}

int track_send(Track *t)
{
    int ret = decoder_send(t->decoder, t->next);

    if (ret >= 0)
        ret = seal_and_send(t);
    av_packet_unref(t->next);
    return ret < 0 ? ret : read_next(t);
}

const char *track_codec(const Track *track)
{
    return avcodec_get_name(source_parameters(track->source)->codec_id);
}

void track_free(Track **track)
{
    Track *t = *track;

    if (!t)
        return;
    for (int i = 0; i < t->nb_receptions; i++)
        reception_free(&t->receptions[i]);
    av_free(t->receptions);
    av_packet_free(&t->next);
    rtp_packer_free(&t->packer);
    av_bsf_free(&t->sealer);
    decoder_free(&t->decoder);
    source_free(&t->source);
    av_freep(track);
}
