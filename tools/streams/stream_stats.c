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

#include "stream_stats.h"

static int add_stream(StreamList *list, const InputTrack *in)
{
    StreamStats *s = av_mallocz(sizeof(*s));
    StreamStats **streams = av_realloc_array(list->streams, list->nb + 1,
                                             sizeof(*streams));

    if (streams)
        list->streams = streams;
    if (!s || !streams || frame_view_init(&s->view, in->par) < 0) {
        av_free(s);
        return AVERROR(ENOMEM);
    }
    s->in    = in;
    s->first = -1;
    streams[list->nb++] = s;
    return 0;
}

int stream_list_complete(StreamList *list, const Input *input)
{
    int ret = 0;

    while (list->nb < input_nb_tracks(input) && ret >= 0)
        ret = add_stream(list, input_track(input, list->nb));
    return ret;
}

static int look_at(StreamStats *s, const AVPacket *packet)
{
    E2EEFrame frame;
    WireFrame wire;
    int ret = frame_view_get(&s->view, packet, &frame);

    if (ret < 0)
        return ret;
    wire_read(&wire, &frame);
    survey_add(&s->survey, &frame, &wire);
    return 0;
}

int stream_list_take(StreamList *list, const Input *input,
                     const AVPacket *packet, const InputFrame *frame,
                     const InputTrack *track)
{
    StreamStats *s;
    int ret = stream_list_complete(list, input);

    if (ret < 0)
        return ret;
    s       = list->streams[track->index];
    s->last = FFMAX(s->last, frame->time);
    if (s->first < 0)
        s->first = frame->time;
    if (!frame->whole) {
        s->nb_incomplete++;
        return 0;
    }
    s->nb_frames++;
    s->nb_bytes += packet->size;
    return look_at(s, packet);
}

double stream_bit_rate(const StreamStats *s)
{
    return s->first >= 0 && s->last > s->first
               ? 8e6 * s->nb_bytes / (s->last - s->first)
               : 0;
}

const char *stream_sealed_name(const StreamStats *s)
{
    static const char *const names[] = {
        [SEALED_UNKNOWN] = "unknown",
        [SEALED_NO]      = "no",
        [SEALED_YES]     = "yes",
        [SEALED_OTHER]   = "other",
    };

    return names[survey_sealed(&s->survey)];
}

void stream_list_free(StreamList *list)
{
    for (int i = 0; i < list->nb; i++) {
        frame_view_free(&list->streams[i]->view);
        av_free(list->streams[i]);
    }
    av_freep(&list->streams);
    list->nb = 0;
}
