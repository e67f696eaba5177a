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

#include <libavutil/avstring.h>
#include <libavutil/common.h>
#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "interrupt.h"
#include "record.h"
#include "report/log.h"
#include "streams.h"

#define DEFAULT_DEADLINE 1000000
#define MICROSECONDS     (AVRational){ 1, 1000000 }
#define DAY              INT64_C(86400000000)

/** One file on its way to frames. */
typedef struct File {
    Input      *input;
    Capture    *capture;
    Streams    *streams;   ///< NULL: a container
    FrameQueue  queue;
    Track     **tracks;    ///< of a container's streams; NULL: not media
    int         nb_tracks;
    bool        ended;
    int64_t     origin;    ///< time of its recorder that is 0 in common
} File;

struct Input {
    InputSetup  setup;
    PayloadMap  map;
    SrtpKeys    keys;
    File       *files;
    int         nb_files;
    Track     **tracks;
    int         nb_tracks;
    QueuedFrame *given;       ///< whose tail the caller may still look at
    bool        started;
};

/* --- tracks --- */

static void set_label(const Input *in, Track *t, const char *wanted)
{
    char *label = t->pub.label;
    const size_t size = sizeof(t->pub.label);
    bool taken = true;

    av_strlcpy(label, wanted, size);
    for (int n = 2; taken; n++) {
        taken = false;
        for (int i = 0; i < in->nb_tracks; i++)
            taken |= !strcmp(in->tracks[i]->pub.label, label);
        if (taken)
            snprintf(label, size, "%.48s %d", wanted, n);
    }
}

/* What a recorder calls a track says what it shows. */
static const char *find_kind(const Track *t, const char *name)
{
    bool share = av_stristr(name, "screen") || av_stristr(name, "share");

    if (t->pub.par->codec_type == AVMEDIA_TYPE_AUDIO)
        return share ? "share_audio" : "audio";
    return share ? "share" : "video";
}

static int add_track(void *opaque, Track *t)
{
    File   *f  = opaque;
    Input  *in = f->input;
    Track **grown = av_realloc_array(in->tracks, in->nb_tracks + 1,
                                     sizeof(*grown));
    char    wanted[64];

    if (!grown) {
        capture_track_free(&t);
        return AVERROR(ENOMEM);
    }
    in->tracks = grown;
    av_strlcpy(wanted, t->pub.label, sizeof(wanted));
    set_label(in, t, wanted);
    if (!t->pub.kind)
        t->pub.kind = find_kind(t, t->pub.label);
    t->pub.index = in->nb_tracks;
    in->tracks[in->nb_tracks++] = t;
    return 0;
}

/* "video" of "room/video.mjr" */
static void base_name(const char *file, char *out, size_t size)
{
    const char *slash = strrchr(file, '/');
    char *dot;

    av_strlcpy(out, slash ? slash + 1 : file, size);
    dot = strrchr(out, '.');
    if (dot && dot != out)
        *dot = '\0';
}

/* Every stream of a container has its track from the start. */
static int add_container_track(File *f)
{
    const CaptureStream *s = &f->capture->streams[f->nb_tracks];
    Track **grown = av_realloc_array(f->tracks, f->nb_tracks + 1,
                                     sizeof(*grown));
    Track  *t = NULL;
    int     ret;

    if (!grown)
        return AVERROR(ENOMEM);
    f->tracks = grown;
    f->tracks[f->nb_tracks++] = NULL;
    if (s->par->codec_type != AVMEDIA_TYPE_AUDIO &&
        s->par->codec_type != AVMEDIA_TYPE_VIDEO)
        return 0;
    if (!(t = capture_track_alloc(&f->queue, f->capture->info.name)) ||
        avcodec_parameters_copy(t->pub.par, s->par) < 0) {
        capture_track_free(&t);
        return AVERROR(ENOMEM);
    }
    t->pub.time_base  = s->time_base;
    t->pub.codec_from = f->capture->codec_from;
    t->pub.container  = f->capture->container;
    av_strlcpy(t->pub.language, s->language, sizeof(t->pub.language));
    base_name(f->capture->info.name, t->pub.label, sizeof(t->pub.label));
    if (s->name[0])
        av_strlcpy(t->pub.label, s->name, sizeof(t->pub.label));
    else if (f->capture->nb_streams > 1)
        av_strlcatf(t->pub.label, sizeof(t->pub.label), " %s",
                    find_kind(t, ""));
    if ((ret = add_track(f, t)) >= 0)
        f->tracks[f->nb_tracks - 1] = t;
    return ret;
}

/* --- files --- */

static int open_streams(File *f)
{
    const Input *in = f->input;
    const StreamsSetup setup = {
        .capture   = f->capture,
        .map       = &in->map,
        .keys      = in->keys.nb_keys ? &in->keys : NULL,
        .deadline  = in->setup.deadline,
        .sframe    = in->setup.sframe,
        .queue     = &f->queue,
        .add_track = add_track,
        .opaque    = f,
    };

    return (f->streams = streams_alloc(&setup)) ? 0 : AVERROR(ENOMEM);
}

static int open_file(File *f, const char *name)
{
    const InputSetup *setup = &f->input->setup;
    CaptureStream *first;
    int ret;

    frame_queue_open(&f->queue);
    if ((ret = capture_open(&f->capture, name, setup->format)) < 0)
        return ret;
    if (f->capture->format != &capture_container) {
        first = f->capture->nb_streams ? f->capture->streams : NULL;
        if (first && !first->name[0])
            base_name(f->capture->info.name, first->name,
                      sizeof(first->name));
        return open_streams(f);
    }
    while (ret >= 0 && f->nb_tracks < f->capture->nb_streams)
        ret = add_container_track(f);
    return ret;
}

static int take_record(File *f, const Record *r)
{
    int ret = 0;

    if (!r->packet)
        return streams_push(f->streams, r);
    while (ret >= 0 && f->nb_tracks < f->capture->nb_streams)
        ret = add_container_track(f);
    if (ret >= 0 && f->tracks[r->stream])
        ret = track_take_packet(f->tracks[r->stream], r->packet);
    return ret;
}

/* Read on until a frame may go out. */
static int fill_queue(File *f)
{
    Record record;
    int ret = 0;

    while (!f->ended && (!f->queue.head ||
                         (f->streams && !streams_settled(f->streams)))) {
        if (interrupt_pending())
            return AVERROR_EXIT;
        ret = capture_read(f->capture, &record);
        if (ret == AVERROR_EOF) {
            f->ended = true;
            ret = f->streams ? streams_flush(f->streams) : 0;
            if (f->streams)
                streams_settled(f->streams);
        } else if (ret >= 0) {
            ret = take_record(f, &record);
        }
        if (ret < 0)
            return ret;
    }
    return 0;
}

static int64_t frame_time(const QueuedFrame *q)
{
    const Track *t = q->track;

    return t->pub.rtp ? sync_time(&t->sync, q->timestamp)
                      : av_rescale_q(q->timestamp, t->pub.time_base,
                                     MICROSECONDS);
}

/* The earliest frame of the files that have dates, or of those that have
 * none, is the beginning. */
static void share_origin(Input *in, bool absolute)
{
    int64_t earliest = INT64_MAX;

    for (int i = 0; i < in->nb_files; i++)
        if (in->files[i].capture->absolute == absolute)
            earliest = FFMIN(earliest, in->files[i].origin);
    for (int i = 0; i < in->nb_files; i++) {
        File *f = &in->files[i];

        if (f->capture->absolute != absolute)
            continue;
        if (f->origin == INT64_MAX || f->origin - earliest < DAY)
            f->origin = earliest == INT64_MAX ? 0 : earliest;
        else
            log_warning("%s: recorded over a day after the others; its time "
                        "counts from its own beginning",
                        f->capture->info.name);
    }
}

static int start(Input *in)
{
    int ret;

    for (int i = 0; i < in->nb_files; i++) {
        File *f = &in->files[i];

        if ((ret = fill_queue(f)) < 0)
            return ret;
        f->origin = INT64_MAX;
        for (const QueuedFrame *q = f->queue.head; q; q = q->next)
            f->origin = FFMIN(f->origin, frame_time(q));
    }
    share_origin(in, false);
    share_origin(in, true);
    in->started = true;
    return 0;
}

/* The file whose next frame is the earliest. */
static int pick_file(Input *in, File **file, int64_t *earliest)
{
    int ret;

    *file = NULL;
    for (int i = 0; i < in->nb_files; i++) {
        File *f = &in->files[i];
        int64_t time;

        if ((ret = fill_queue(f)) < 0)
            return ret;
        if (!f->queue.head)
            continue;
        time = frame_time(f->queue.head) - f->origin;
        if (!*file || time < *earliest) {
            *file     = f;
            *earliest = time;
        }
    }
    return *file ? 0 : AVERROR_EOF;
}

int input_read(Input *in, AVPacket *packet, InputFrame *frame,
               InputTrack **track)
{
    QueuedFrame *q;
    File   *f;
    int64_t time = 0, origin;
    int     ret;

    queued_frame_free(&in->given);
    if ((!in->started && (ret = start(in)) < 0) ||
        (ret = pick_file(in, &f, &time)) < 0)
        return ret;
    in->given = q = frame_queue_take(&f->queue);
    time = FFMAX(time, 0);
    av_packet_move_ref(packet, q->packet);
    *frame = q->info;
    *track = &q->track->pub;
    frame->time = time;
    origin = av_rescale_q(f->origin, MICROSECONDS, q->track->pub.time_base);
    if (q->track->pub.rtp) {
        packet->pts = av_rescale_q(q->track->sync.anchor_time, MICROSECONDS,
                                   q->track->pub.time_base) -
                      origin + q->timestamp - q->track->sync.anchor;
        packet->dts = packet->pts;
    } else {
        packet->pts = q->timestamp - origin;
        packet->dts = packet->dts == AV_NOPTS_VALUE ? packet->pts
                                                    : packet->dts - origin;
    }
    packet->time_base    = q->track->pub.time_base;
    packet->stream_index = q->track->pub.index;
    q->track->pub.nb_frames += frame->whole;
    return 0;
}

/* --- the whole --- */

static int read_setup(Input *in)
{
    const InputSetup *s = &in->setup;
    int ret = 0;

    for (int i = 0; i < s->nb_maps && ret >= 0; i++)
        ret = payload_map_add(&in->map, s->maps[i]);
    if (ret >= 0 && s->sdp)
        ret = payload_map_read_sdp(&in->map, s->sdp);
    if (ret >= 0 && s->srtp_keys)
        ret = srtp_keys_read(&in->keys, s->srtp_keys);
    return ret;
}

int input_open(Input **input, const char *const *files, int nb_files,
               const InputSetup *setup)
{
    Input *in = *input = av_mallocz(sizeof(*in));
    int ret = AVERROR(ENOMEM);

    if (!in || !(in->files = av_calloc(nb_files + 1, sizeof(*in->files))))
        goto end;
    in->setup = *setup;
    if (in->setup.deadline <= 0)
        in->setup.deadline = DEFAULT_DEADLINE;
    if ((ret = read_setup(in)) < 0)
        goto end;
    for (int i = 0; i < nb_files && ret >= 0; i++) {
        in->files[in->nb_files].input = in;
        ret = open_file(&in->files[in->nb_files++], files[i]);
    }

end:
    if (ret < 0)
        input_free(input);
    return ret;
}

int input_nb_tracks(const Input *in)
{
    return in->nb_tracks;
}

InputTrack *input_track(const Input *in, int index)
{
    return &in->tracks[index]->pub;
}

int input_nb_files(const Input *in)
{
    return in->nb_files;
}

const InputFileInfo *input_file(const Input *in, int index)
{
    return &in->files[index].capture->info;
}

void input_progress(const Input *in, uint64_t *done, uint64_t *all)
{
    bool known = true;

    *done = *all = 0;
    for (int i = 0; i < in->nb_files; i++) {
        const CaptureFile *file = in->files[i].capture->file;

        *done += file->position;
        *all  += file->size;
        known  = known && file->size;
    }
    if (!known)
        *all = 0;
}

void input_free(Input **input)
{
    Input *in = *input;

    if (!in)
        return;
    queued_frame_free(&in->given);
    for (int i = 0; i < in->nb_files; i++) {
        File *f = &in->files[i];

        frame_queue_close(&f->queue);
        streams_free(&f->streams);
        capture_close(&f->capture);
        av_free(f->tracks);
    }
    for (int i = 0; i < in->nb_tracks; i++)
        capture_track_free(&in->tracks[i]);
    av_free(in->tracks);
    av_free(in->files);
    payload_map_free(&in->map);
    srtp_keys_free(&in->keys);
    av_freep(input);
}
