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

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>

#include "shape.h"

struct Shaper {
    AVFilterGraph   *graph;
    AVFilterContext *in;
    AVFilterContext *out;
    AVRational       time_base;
    int              format, width, height, sample_rate, channels;
};

static int open_video_input(Shaper *s, const AVFrame *frame)
{
    char args[160];
    AVRational sar = frame->sample_aspect_ratio;
    int ret;

    snprintf(args, sizeof(args), "video_size=%dx%d:pix_fmt=%d:"
             "time_base=%d/%d:pixel_aspect=%d/%d", frame->width,
             frame->height, frame->format, s->time_base.num, s->time_base.den,
             sar.num, FFMAX(sar.den, 1));
    if (!(s->in = avfilter_graph_alloc_filter(s->graph,
                                              avfilter_get_by_name("buffer"),
                                              "in")))
        return AVERROR(ENOMEM);
    /* Older versions of libavfilter do not ask for these two. */
    av_opt_set_int(s->in, "colorspace", frame->colorspace,
                   AV_OPT_SEARCH_CHILDREN);
    av_opt_set_int(s->in, "range", frame->color_range, AV_OPT_SEARCH_CHILDREN);
    if ((ret = avfilter_init_str(s->in, args)) < 0)
        return ret;
    return avfilter_graph_create_filter(&s->out,
                                        avfilter_get_by_name("buffersink"),
                                        "out", NULL, NULL, s->graph);
}

static int open_audio_input(Shaper *s, const AVFrame *frame)
{
    char args[256], layout[64];
    AVChannelLayout unknown = { 0 };
    int ret;

    av_channel_layout_default(&unknown, frame->ch_layout.nb_channels);
    av_channel_layout_describe(frame->ch_layout.order ==
                               AV_CHANNEL_ORDER_UNSPEC ? &unknown
                                                       : &frame->ch_layout,
                               layout, sizeof(layout));
    av_channel_layout_uninit(&unknown);
    snprintf(args, sizeof(args), "sample_rate=%d:sample_fmt=%s:"
             "channel_layout=%s:time_base=%d/%d", frame->sample_rate,
             av_get_sample_fmt_name(frame->format), layout, s->time_base.num,
             s->time_base.den);
    ret = avfilter_graph_create_filter(&s->in,
                                       avfilter_get_by_name("abuffer"),
                                       "in", args, NULL, s->graph);
    if (ret < 0)
        return ret;
    return avfilter_graph_create_filter(&s->out,
                                        avfilter_get_by_name("abuffersink"),
                                        "out", NULL, NULL, s->graph);
}

static int link_filters(Shaper *s, const char *filters)
{
    AVFilterInOut *outputs = avfilter_inout_alloc();
    AVFilterInOut *inputs  = avfilter_inout_alloc();
    int ret = AVERROR(ENOMEM);

    if (!outputs || !inputs)
        goto end;
    outputs->name       = av_strdup("in");
    outputs->filter_ctx = s->in;
    inputs->name        = av_strdup("out");
    inputs->filter_ctx  = s->out;
    if (!outputs->name || !inputs->name)
        goto end;
    ret = avfilter_graph_parse_ptr(s->graph, filters, &inputs, &outputs, NULL);
    if (ret >= 0)
        ret = avfilter_graph_config(s->graph, NULL);

end:
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return ret;
}

int shaper_open(Shaper **shaper, const AVFrame *frame, AVRational time_base,
                const char *filters, unsigned nb_samples)
{
    Shaper *s = *shaper = av_mallocz(sizeof(*s));
    int ret = AVERROR(ENOMEM);

    if (!s)
        return ret;
    s->time_base   = time_base;
    s->format      = frame->format;
    s->width       = frame->width;
    s->height      = frame->height;
    s->sample_rate = frame->sample_rate;
    s->channels    = frame->ch_layout.nb_channels;

    if (!(s->graph = avfilter_graph_alloc()))
        goto fail;
    s->graph->nb_threads = 1;
    ret = frame->width ? open_video_input(s, frame)
                       : open_audio_input(s, frame);
    if (ret < 0 || (ret = link_filters(s, filters)) < 0)
        goto fail;
    if (nb_samples)
        av_buffersink_set_frame_size(s->out, nb_samples);
    return 0;

fail:
    shaper_free(shaper);
    return ret;
}

bool shaper_fits(const Shaper *s, const AVFrame *frame)
{
    return s && s->format == frame->format && s->width == frame->width &&
           s->height == frame->height &&
           s->sample_rate == frame->sample_rate &&
           s->channels == frame->ch_layout.nb_channels;
}

int shaper_send(Shaper *s, AVFrame *frame)
{
    return av_buffersrc_add_frame(s->in, frame);
}

int shaper_receive(Shaper *s, AVFrame *frame)
{
    int ret = av_buffersink_get_frame(s->out, frame);

    if (ret >= 0)
        frame->pts = av_rescale_q(frame->pts,
                                  av_buffersink_get_time_base(s->out),
                                  s->time_base);
    return ret;
}

void shaper_free(Shaper **shaper)
{
    if (!*shaper)
        return;
    avfilter_graph_free(&(*shaper)->graph);
    av_freep(shaper);
}
