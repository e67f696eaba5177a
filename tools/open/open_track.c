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


#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>

#include "media/key_frame.h"
#include "open_track.h"
#include "report/log.h"

static const char *const verdict_names[OPEN_NB] = {
    [OPEN_EMPTY] = "empty",
    [OPEN_ALL]   = "all",
    [OPEN_SOME]  = "some",
    [OPEN_NONE]  = "nothing",
    [OPEN_CLEAR] = "clear",
};

const char *open_verdict_name(OpenVerdict verdict)
{
    return verdict_names[verdict];
}

/* Not the frame's fault, nor the key's: to go on would leave frames out that
 * open the next time. */
static bool failed_here(int ret)
{
    return ret == AVERROR(ENOMEM) || ret == AVERROR(EIO) ||
           ret == AVERROR_EXTERNAL;
}

static int open_filter(OpenTrack *t, const FrameFilterSetup *setup)
{
    FrameFilterSetup s = *setup;
    int limit = log_limit(AV_LOG_QUIET), ret;

    s.kind = t->in->kind;
    ret = frame_filter_open(&t->filter, &s, t->in->par, t->in->time_base);
    if (ret < 0)
        snprintf(t->refusal, sizeof(t->refusal), "%s%s",
                 avcodec_get_name(t->in->par->codec_id), log_unshown());
    log_limit(limit);
    return failed_here(ret) ? ret : 0;
}

int open_track_alloc(OpenTrack **track, const InputTrack *in,
                     const FrameFilterSetup *filter)
{
    OpenTrack *t = *track = av_mallocz(sizeof(*t));
    int ret;

    if (!t)
        return AVERROR(ENOMEM);
    t->in           = in;
    t->stream       = -1;
    t->first_opened = t->last_opened = -1;
    if ((ret = open_filter(t, filter)) < 0)
        return ret;
    return frame_view_init(&t->view, t->filter.bsf ? t->filter.bsf->par_out
                                                   : in->par);
}

static enum E2EEReason find_reason(const char *name)
{
    int i = 0;

    while (i < E2EE_REASON_NB && strcmp(name, ff_e2ee_reason_name(i)))
        i++;
    return i < E2EE_REASON_NB ? i : E2EE_OK;
}

static bool is_key(const OpenTrack *t, const AVPacket *packet)
{
    return t->in->par->codec_type == AVMEDIA_TYPE_AUDIO ||
           frame_is_key(t->in->par->codec_id, packet->data, packet->size);
}

/* Parameters for the stream, from the first frame that gives them. */
static int learn(AVCodecParameters **par, const AVCodecParameters *known,
                 const AVPacket *packet)
{
    AVCodecParameters *p;
    int ret = AVERROR(ENOMEM);

    if (*par)
        return 0;
    if (!(p = avcodec_parameters_alloc()) ||
        (ret = avcodec_parameters_copy(p, known)) < 0 ||
        (ret = playable_parameters(p, packet)) < 0)
        avcodec_parameters_free(&p);
    *par = p;
    return ret == AVERROR(ENOMEM) ? ret : 0;
}

static int take_unopened(OpenTrack *t, const AVPacket *packet,
                         enum E2EEReason reason)
{
    E2EEFrame frame;
    WireFrame wire;
    int ret;

    if (t->nb_opened && reason != E2EE_NOT_SEALED)
        return 0;
    if ((ret = frame_view_get(&t->view, packet, &frame)) < 0)
        return ret;
    wire_read(&wire, &frame);
    survey_add(&t->survey, &frame, &wire);
    return !t->nb_opened && is_key(t, packet)
               ? learn(&t->kept_par, t->in->par, packet)
               : 0;
}

static int take_opened(OpenTrack *t, AVPacket *packet, int64_t time)
{
    bool key = is_key(t, packet);

    if (!t->nb_opened++)
        t->survey = (Survey){ 0 };
    t->last_opened = time;
    if (t->first_opened < 0)
        t->first_opened = time;
    packet->flags &= ~(AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT);
    packet->flags |= key ? AV_PKT_FLAG_KEY : 0;
    return key ? learn(&t->par, t->filter.bsf->par_out, packet) : 0;
}

static void count(OpenTrack *t, const FrameReport *report)
{
    t->nb_whole++;
    t->nb_injected += report->injected;
    t->nb_state[report->state]++;
    t->nb_reason[find_reason(report->reason)]++;
    if (report->state == STATE_DECRYPTION_SUCCESS && report->key_index >= 0)
        t->nb_key_index[report->key_index & 255]++;
}

int open_track_frame(OpenTrack *t, AVPacket *packet, int64_t time,
                     FrameReport *report)
{
    int ret;

    *report = (FrameReport){ .state     = STATE_DECRYPTION_FAILED,
                             .key_index = -1,
                             .reason    = "unsupported-codec" };
    if (t->filter.bsf) {
        ret = frame_filter_run(&t->filter, packet, report);
        if (failed_here(ret))
            return ret;
    }
    count(t, report);
    if (t->filter.bsf && report->state == STATE_DECRYPTION_SUCCESS) {
        ret = take_opened(t, packet, time);
        return ret < 0 ? ret : 1;
    }
    return packet->size && !report->injected
               ? take_unopened(t, packet, find_reason(report->reason))
               : 0;
}

bool open_track_turned_clear(const OpenTrack *t)
{
    return t->nb_opened && survey_sealed(&t->survey) == SEALED_NO;
}

OpenVerdict open_track_verdict(const OpenTrack *t)
{
    uint64_t nb = t->nb_whole - t->nb_injected;

    if (!nb)
        return t->in->nb_packets ? OPEN_NONE : OPEN_EMPTY;
    if (t->nb_opened)
        return t->nb_opened == nb ? OPEN_ALL : OPEN_SOME;
    return survey_sealed(&t->survey) == SEALED_NO ? OPEN_CLEAR : OPEN_NONE;
}

/* The reason most seen of what did not open. */
static enum E2EEReason main_reason(const OpenTrack *t)
{
    enum E2EEReason reason = E2EE_OK;

    for (int i = E2EE_OK + 1; i < E2EE_REASON_NB; i++)
        if (i != E2EE_INJECTED &&
            t->nb_reason[i] > (reason ? t->nb_reason[reason] : 0))
            reason = i;
    return reason;
}

static const char *codec_hint(const OpenTrack *t)
{
    return t->in->rtp && t->in->par->codec_id == AV_CODEC_ID_AV1
               ? "; RTP rewrites AV1, few sealed frames survive that"
               : "";
}

void open_track_words(const OpenTrack *t, char *text, size_t size)
{
    OpenVerdict verdict = open_track_verdict(t);
    enum E2EEReason reason = main_reason(t);
    const char *state = ff_e2ee_state_info(ff_e2ee_state(reason, 0))->name;

    text[0] = '\0';
    if (verdict == OPEN_EMPTY)
        snprintf(text, size, "there is nothing in it");
    else if (!t->nb_whole)
        snprintf(text, size, "%" PRIu64 " packets, and no frame could be put "
                             "together of them%s", t->in->nb_packets,
                 codec_hint(t));
    else if (verdict == OPEN_CLEAR)
        snprintf(text, size, "never sealed: it plays without any key, for "
                             "everybody on its way");
    else if (t->refusal[0])
        snprintf(text, size, "cannot be opened: %s", t->refusal);
    else if (verdict != OPEN_ALL)
        snprintf(text, size, "%" PRIu64 " of %" PRIu64 " frames opened; %s: "
                             "%s%s", t->nb_opened,
                 t->nb_whole - t->nb_injected, state,
                 ff_e2ee_reason_text(reason), codec_hint(t));
}

void open_track_free(OpenTrack **track)
{
    OpenTrack *t = *track;
    int limit;

    if (!t)
        return;
    limit = log_limit(AV_LOG_QUIET); /* its totals are told otherwise */
    frame_filter_close(&t->filter);
    log_limit(limit);
    avcodec_parameters_free(&t->par);
    avcodec_parameters_free(&t->kept_par);
    frame_view_free(&t->view);
    play_check_free(&t->decode);
    av_freep(track);
}
