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
#include <sys/stat.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "interrupt.h"
#include "open_events.h"
#include "opener.h"
#include "report/log.h"
#include "waiting.h"

/* Between two pictures, microseconds: no longer than that, if it is to tell
 * how long one is shown; and what it is if nothing tells. */
#define LONG_STEP  1000000
#define USUAL_STEP   40000

/* Of a sealed picture whose size nobody can see; formats want one. */
#define NOMINAL_SIZE 16

/** What the survey found out of a track. */
typedef struct Plan {
    AVCodecParameters *par;
    int                stream;   ///< -1: not in the output
    bool               keep;
} Plan;

struct Opener {
    OpenerSetup  setup;
    OpenTeller   teller;
    Input       *input;
    AVPacket    *packet, *original;
    OpenTrack  **tracks;
    int          nb_tracks;
    bool         surveyed, surveying; ///< at all; now
    Plan        *plans;
    int          nb_plans;
    Muxer       *muxer;          ///< NULL: there is nothing to be written
    Waiting      waiting;
    int64_t      time;
    uint64_t     nb_frames, nb_moved;
    bool         cut_short;
};

static bool can_read_twice(const OpenerSetup *setup)
{
    struct stat st;

    for (int i = 0; i < setup->nb_files; i++)
        if (!strcmp(setup->files[i], "-") ||
            (!stat(setup->files[i], &st) && !S_ISREG(st.st_mode)))
            return false;
    return true;
}

int opener_open(Opener **opener, const OpenerSetup *setup)
{
    Opener *o = *opener = av_mallocz(sizeof(*o));
    int ret = AVERROR(ENOMEM);

    if (!o)
        return ret;
    o->setup     = *setup;
    o->surveyed  = o->surveying = can_read_twice(setup);
    o->teller    = (OpenTeller){ setup->events, setup->lives };
    o->packet    = av_packet_alloc();
    o->original  = av_packet_alloc();
    if (!o->packet || !o->original ||
        (ret = muxer_open(&o->muxer, &setup->output)) < 0 ||
        (ret = input_open(&o->input, setup->files, setup->nb_files,
                          &setup->input)) < 0)
        opener_free(opener);
    return *opener ? 0 : ret;
}

static void free_tracks(Opener *o)
{
    for (int i = 0; i < o->nb_tracks; i++)
        open_track_free(&o->tracks[i]);
    av_freep(&o->tracks);
    o->nb_tracks = 0;
}

static int add_track(Opener *o, const InputTrack *in)
{
    const OpenerSetup *s = &o->setup;
    const FrameFilterSetup filter = {
        .name    = "e2ee_decrypt",
        .scheme  = s->scheme,
        .options = s->options,
        .key     = s->key(s->opaque, in),
    };
    OpenTrack *t, **tracks = av_realloc_array(o->tracks, o->nb_tracks + 1,
                                              sizeof(*tracks));
    int ret;

    if (!tracks)
        return AVERROR(ENOMEM);
    o->tracks = tracks;
    if ((ret = open_track_alloc(&t, in, &filter)) < 0)
        return ret;
    if (o->nb_tracks < o->nb_plans) {
        const Plan *plan = &o->plans[o->nb_tracks];

        t->stream = plan->stream;
        t->keep   = plan->keep;
        if (s->decode && plan->par && !plan->keep)
            ret = play_check_open(&t->decode, plan->par);
    }
    tracks[o->nb_tracks++] = t;
    return ret;
}

/* Tracks are known in the order of their indexes, some before any frame. */
static int add_new_tracks(Opener *o)
{
    int ret = 0;

    while (o->nb_tracks < input_nb_tracks(o->input) && ret >= 0)
        ret = add_track(o, input_track(o->input, o->nb_tracks));
    return ret;
}

static void make_title(char *title, size_t size, const OpenTrack *t)
{
    const char *label = t->in->label, *kind = t->in->kind;

    bool same = !strcmp(label, kind);

    snprintf(title, size, "%s%s%s%s%s", label, same ? "" : " (",
             same ? "" : kind, same ? "" : ")",
             t->keep ? ", as it came" : "");
}

/* Parameters of what goes out of a track; NULL: nothing does. */
static AVCodecParameters *choose_parameters(OpenTrack *t)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    const AVCodecParameters *from = !t->keep      ? t->par
                                    : t->kept_par ? t->kept_par
                                                  : t->in->par;

    if (!par || !from || avcodec_parameters_copy(par, from) < 0)
        avcodec_parameters_free(&par);
    if (par && par->codec_type == AVMEDIA_TYPE_VIDEO && !par->width)
        par->width = par->height = NOMINAL_SIZE;
    return par;
}

/* @return 0, also if the track has nothing for the output */
static int add_stream(Opener *o, OpenTrack *t, AVCodecParameters **par)
{
    char title[128];
    MuxerStream stream = { .time_base = t->in->time_base, .title = title };
    const char *language = t->in->language;

    t->keep = !t->nb_opened && t->nb_whole && o->setup.keep_sealed;
    if (!(stream.par = *par = choose_parameters(t)))
        return 0;
    if (!muxer_takes(o->muxer, stream.par->codec_id))
        return AVERROR(EINVAL);
    make_title(title, sizeof(title), t);
    stream.language = *language ? language : NULL;
    t->stream = muxer_add(o->muxer, &stream);
    return FFMIN(t->stream, 0);
}

/* The survey is over: the header holds what it found. */
static int start_as_planned(Opener *o)
{
    int nb_streams = 0, ret = 0;

    o->plans = av_calloc(FFMAX(o->nb_tracks, 1), sizeof(*o->plans));
    if (!o->plans)
        return AVERROR(ENOMEM);
    o->nb_plans = o->nb_tracks;
    for (int i = 0; i < o->nb_tracks && ret >= 0; i++) {
        ret = add_stream(o, o->tracks[i], &o->plans[i].par);
        o->plans[i].stream = o->tracks[i]->stream;
        o->plans[i].keep   = o->tracks[i]->keep;
        nb_streams += o->tracks[i]->stream >= 0;
    }
    if (ret < 0)
        return ret;
    if (!nb_streams)
        muxer_free(&o->muxer);
    return nb_streams ? muxer_start(o->muxer) : 0;
}

static int end_survey(Opener *o)
{
    int ret = start_as_planned(o);

    if (ret < 0)
        return ret;
    o->surveying = false;
    o->nb_frames = o->time = 0;
    free_tracks(o);
    input_free(&o->input);
    log_mute(true);
    ret = input_open(&o->input, o->setup.files, o->setup.nb_files,
                     &o->setup.input);
    log_mute(false);
    return ret;
}

/* Of a picture nobody says how long it is shown; the last one's duration
 * counts, MP4 cuts it off otherwise. It is taken to be that of the one before
 * it. */
static int64_t find_duration(const OpenTrack *t, const AVPacket *packet,
                             int64_t time)
{
    const InputTrack *in = t->in;
    int64_t step = time - t->placed;

    if (in->par->codec_id == AV_CODEC_ID_OPUS)
        return av_rescale_q(playable_opus_duration(packet->data, packet->size),
                            (AVRational){ 1, 48000 }, in->time_base);
    if (packet->duration > 0)
        return packet->duration;
    return av_rescale_q(step > 0 && step < LONG_STEP ? step : USUAL_STEP,
                        AV_TIME_BASE_Q, in->time_base);
}

static void set_times(AVPacket *packet, const InputFrame *frame, OpenTrack *t)
{
    const InputTrack *in = t->in;
    int64_t pts   = av_rescale_q(frame->time, AV_TIME_BASE_Q, in->time_base);
    int64_t delay = packet->pts != AV_NOPTS_VALUE &&
                    packet->dts != AV_NOPTS_VALUE ? packet->pts - packet->dts
                                                  : 0;

    packet->duration = find_duration(t, packet, frame->time);
    packet->pts      = pts;
    packet->dts      = pts - delay;
    t->placed        = frame->time;
}

static int write_packet(Opener *o, OpenTrack *t, AVPacket *packet)
{
    if (t->stream < 0) {
        t->nb_late++;
        av_packet_unref(packet);
        return 0;
    }
    packet->flags &= ~AV_PKT_FLAG_CORRUPT;
    if (t->decode)
        play_check_send(t->decode, packet);
    t->nb_written++;
    return muxer_write(o->muxer, t->stream, packet);
}

/* Sealed packets wait, too, until it is clear what becomes of their track. */
static int write_waiting(Opener *o, OpenTrack *t, AVPacket *packet)
{
    if (t->keep || !(packet->flags & AV_PKT_FLAG_CORRUPT))
        return write_packet(o, t, packet);
    av_packet_unref(packet);
    return 0;
}

static bool all_ready(const Opener *o)
{
    for (int i = 0; i < o->nb_tracks; i++)
        if (o->tracks[i]->in->rtp || !o->tracks[i]->par)
            return false;
    return true;
}

static int start_unplanned(Opener *o)
{
    int nb_streams = 0, track, ret = 0;

    for (int i = 0; i < o->nb_tracks && ret >= 0; i++) {
        OpenTrack *t = o->tracks[i];
        AVCodecParameters *par = NULL;

        ret = add_stream(o, t, &par);
        if (ret >= 0 && par && !t->keep && o->setup.decode)
            ret = play_check_open(&t->decode, par);
        avcodec_parameters_free(&par);
        nb_streams += t->stream >= 0;
    }
    if (ret < 0 || !nb_streams)
        return ret;
    ret = muxer_start(o->muxer);
    while (ret >= 0 && !waiting_take(&o->waiting, &track, o->packet))
        ret = write_waiting(o, o->tracks[track], o->packet);
    return ret;
}

static int place(Opener *o, OpenTrack *t, AVPacket *packet)
{
    bool sealed = packet->flags & AV_PKT_FLAG_CORRUPT;

    if (!t->begun && !sealed && !(packet->flags & AV_PKT_FLAG_KEY)) {
        t->nb_early++;
        av_packet_unref(packet);
        return 0;
    }
    t->begun |= !sealed;
    if (!o->muxer) {
        av_packet_unref(packet);
        return 0;
    }
    if (muxer_started(o->muxer))
        return write_packet(o, t, packet);
    return waiting_add(&o->waiting, t->in->index, packet);
}

static int start_if_due(Opener *o)
{
    if (!o->muxer || muxer_started(o->muxer) ||
        (o->time < OPENER_WAIT && o->waiting.nb_bytes < OPENER_WAIT_BYTES &&
         !all_ready(o)))
        return 0;
    return start_unplanned(o);
}

static bool may_be_kept(const Opener *o, const OpenTrack *t)
{
    return t->keep || (o->setup.keep_sealed && !t->nb_opened && o->muxer &&
                       !muxer_started(o->muxer));
}

static int open_frame(Opener *o, OpenTrack *t, const InputFrame *frame)
{
    AVPacket *packet = o->packet;
    int size = packet->size, opened, ret = 0;
    FrameReport report;

    if (o->setup.keep_sealed &&
        (ret = av_packet_ref(o->original, packet)) < 0)
        return ret;
    opened = open_track_frame(t, packet, frame->time, &report);
    if (opened < 0 || o->surveying)
        return FFMIN(opened, 0);
    open_tell_frame(&o->teller, t, frame, &report, packet, size);
    if (!opened && !may_be_kept(o, t))
        return 0;
    if (!opened) {
        FFSWAP(AVPacket *, o->packet, o->original);
        o->packet->flags |= AV_PKT_FLAG_CORRUPT; /* until it is written */
    }
    set_times(o->packet, frame, t);
    ret = place(o, t, o->packet);
    return ret < 0 ? ret : start_if_due(o);
}

static int take_frame(Opener *o, OpenTrack *t, const InputFrame *frame)
{
    o->nb_frames++;
    o->time = FFMAX(o->time, frame->time);
    if (!o->surveying)
        open_tell_gap(&o->teller, t, frame);
    if (frame->whole)
        return open_frame(o, t, frame);
    t->nb_incomplete++;
    if (!o->surveying)
        open_tell_frame(&o->teller, t, frame, NULL, NULL, 0);
    return 0;
}

/* What is damaged at its end is opened up to there. */
static int end_pass(Opener *o, int error)
{
    o->cut_short |= error != AVERROR_EOF;
    if (!o->nb_frames && error != AVERROR_EOF)
        return error;
    return o->surveying ? end_survey(o) : AVERROR_EOF;
}

int opener_step(Opener *o)
{
    InputFrame frame;
    InputTrack *in;
    int ret;

    log_mute(o->surveyed && !o->surveying); /* the survey told all of it */
    ret = input_read(o->input, o->packet, &frame, &in);
    log_mute(false);
    if (interrupt_pending())
        return AVERROR_EXIT;
    if (ret == AVERROR(ENOMEM) || ret == AVERROR(EIO) ||
        (ret >= 0 && (ret = add_new_tracks(o)) < 0))
        return ret;
    if (ret < 0)
        return end_pass(o, ret);
    ret = take_frame(o, o->tracks[in->index], &frame);
    av_packet_unref(o->packet);
    av_packet_unref(o->original);
    return ret;
}

int opener_finish(Opener *o)
{
    int ret = 0;

    for (int i = 0; i < o->nb_tracks; i++)
        if (o->tracks[i]->decode)
            play_check_send(o->tracks[i]->decode, NULL);
    if (o->muxer && !muxer_started(o->muxer))
        ret = start_unplanned(o);
    if (ret < 0 || !o->muxer)
        return ret;
    o->nb_moved = muxer_nb_moved(o->muxer);
    if (muxer_started(o->muxer))
        return muxer_finish(&o->muxer);
    muxer_free(&o->muxer);
    return 0;
}

void opener_progress(const Opener *o, OpenerProgress *progress)
{
    *progress = (OpenerProgress){ .time      = o->time,
                                  .nb_frames = o->nb_frames };
    for (int i = 0; i < o->nb_tracks; i++)
        progress->nb_packets += o->tracks[i]->in->nb_packets;
    input_progress(o->input, &progress->done, &progress->all);
    if (o->surveyed) {
        progress->done += o->surveying ? 0 : progress->all;
        progress->all  *= 2;
    }
}

int opener_nb_tracks(const Opener *o)
{
    return o->nb_tracks;
}

const OpenTrack *opener_track(const Opener *o, int index)
{
    return o->tracks[index];
}

int64_t opener_duration(const Opener *o)
{
    return o->time;
}

bool opener_cut_short(const Opener *o)
{
    return o->cut_short;
}

uint64_t opener_nb_moved(const Opener *o)
{
    return o->nb_moved;
}

void opener_free(Opener **opener)
{
    Opener *o = *opener;

    if (!o)
        return;
    free_tracks(o);
    input_free(&o->input);
    for (int i = 0; i < o->nb_plans; i++)
        avcodec_parameters_free(&o->plans[i].par);
    av_free(o->plans);
    waiting_free(&o->waiting);
    muxer_free(&o->muxer);
    av_packet_free(&o->packet);
    av_packet_free(&o->original);
    av_freep(opener);
}
