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

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "quality.h"

#define IDENTICAL_PSNR 100.0

/** One of libavfilter's comparisons. */
typedef struct Comparison {
    AVFilterGraph   *graph;
    AVFilterContext *inputs[2], *output;
} Comparison;

struct Quality {
    Comparison psnr, ssim;
    int        format, width, height;
    int64_t    pts;
    AVFrame   *frame;
};

static int open_comparison(Comparison *c, const AVFrame *frame,
                           const char *name)
{
    const AVFilter *source = avfilter_get_by_name("buffer");
    AVFilterContext *filter;
    char args[128];
    int ret;

    snprintf(args, sizeof(args), "video_size=%dx%d:pix_fmt=%d:time_base=1/1",
             frame->width, frame->height, frame->format);
    if (!(c->graph = avfilter_graph_alloc()))
        return AVERROR(ENOMEM);
    c->graph->nb_threads = 1;
    for (int i = 0; i < 2; i++)
        if ((ret = avfilter_graph_create_filter(&c->inputs[i], source, NULL,
                                                args, NULL, c->graph)) < 0)
            return ret;
    if (!avfilter_get_by_name(name))
        return AVERROR_FILTER_NOT_FOUND;
    if ((ret = avfilter_graph_create_filter(&filter,
                                            avfilter_get_by_name(name), NULL,
                                            NULL, NULL, c->graph)) < 0 ||
        (ret = avfilter_graph_create_filter(&c->output, avfilter_get_by_name(
                                                "buffersink"), NULL, NULL,
                                            NULL, c->graph)) < 0 ||
        (ret = avfilter_link(c->inputs[0], 0, filter, 0)) < 0 ||
        (ret = avfilter_link(c->inputs[1], 0, filter, 1)) < 0 ||
        (ret = avfilter_link(filter, 0, c->output, 0)) < 0)
        return ret;
    return avfilter_graph_config(c->graph, NULL);
}

/* Colour descriptions are not what is compared; libavfilter minds them. */
static int send_frame(Quality *q, AVFilterContext *input,
                      const AVFrame *frame)
{
    int ret;

    av_frame_unref(q->frame);
    if ((ret = av_frame_ref(q->frame, frame)) < 0)
        return ret;
    q->frame->pts         = q->pts;
    q->frame->colorspace  = AVCOL_SPC_UNSPECIFIED;
    q->frame->color_range = AVCOL_RANGE_UNSPECIFIED;
    return av_buffersrc_add_frame(input, q->frame);
}

static double measure(Quality *q, Comparison *c, const AVFrame *reference,
                      const AVFrame *frame, const char *field)
{
    const AVDictionaryEntry *entry = NULL;
    double value = -1;

    if (!c->output || send_frame(q, c->inputs[0], frame) < 0 ||
        send_frame(q, c->inputs[1], reference) < 0)
        return -1;
    av_frame_unref(q->frame);
    if (av_buffersink_get_frame(c->output, q->frame) >= 0)
        entry = av_dict_get(q->frame->metadata, field, NULL, 0);
    if (entry)
        value = strtod(entry->value, NULL);
    av_frame_unref(q->frame);
    return isinf(value) ? IDENTICAL_PSNR : value;
}

static void close_comparison(Comparison *c)
{
    avfilter_graph_free(&c->graph);
    *c = (Comparison){ .graph = NULL };
}

static int fit(Quality *q, const AVFrame *frame)
{
    int ret;

    if (q->psnr.graph && q->format == frame->format &&
        q->width == frame->width && q->height == frame->height)
        return 0;
    close_comparison(&q->psnr);
    close_comparison(&q->ssim);
    q->format = frame->format;
    q->width  = frame->width;
    q->height = frame->height;
    if ((ret = open_comparison(&q->psnr, frame, "psnr")) < 0 ||
        (ret = open_comparison(&q->ssim, frame, "ssim")) < 0) {
        close_comparison(&q->psnr);
        close_comparison(&q->ssim);
    }
    return ret;
}

void quality_measure(Quality **quality, const AVFrame *reference,
                     const AVFrame *frame, double *psnr, double *ssim)
{
    Quality *q = *quality;

    *psnr = *ssim = -1;
    if (!q && (q = *quality = av_mallocz(sizeof(*q))))
        q->frame = av_frame_alloc();
    if (!q || !q->frame || reference->format != frame->format ||
        reference->width != frame->width ||
        reference->height != frame->height || fit(q, frame) < 0)
        return;
    q->pts++;
    *psnr = measure(q, &q->psnr, reference, frame, "lavfi.psnr.psnr_avg");
    *ssim = measure(q, &q->ssim, reference, frame, "lavfi.ssim.All");
}

void quality_free(Quality **quality)
{
    if (!*quality)
        return;
    close_comparison(&(*quality)->psnr);
    close_comparison(&(*quality)->ssim);
    av_frame_free(&(*quality)->frame);
    av_freep(quality);
}
