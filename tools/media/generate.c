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
#include <string.h>

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "generate.h"
#include "report/log.h"

struct Generator {
    AVFilterGraph   *graph;
    AVFilterContext *out;
};

/* A source of noise draws a seed of its own unless it is given one. */
static char *add_seed(const char *text, uint32_t seed)
{
    size_t length = strcspn(text, "=,");
    size_t end    = strcspn(text, ",");
    char  *name   = av_strndup(text, length);
    const AVFilter *filter = name ? avfilter_get_by_name(name) : NULL;
    const AVClass  *class  = filter ? filter->priv_class : NULL;
    bool random = class && av_opt_find(&class, "seed", NULL, 0,
                                       AV_OPT_SEARCH_FAKE_OBJ);

    av_free(name);
    if (!random || av_strnstr(text, "seed=", end))
        return av_strdup(text);
    return av_asprintf("%.*s%cseed=%"PRIu32"%s", (int)end, text,
                       text[length] == '=' ? ':' : '=', seed, text + end);
}

static int open_graph(Generator *g, const char *text, bool video)
{
    AVFilterInOut *inputs = avfilter_inout_alloc(), *outputs = NULL;
    int ret = AVERROR(ENOMEM);

    if (!inputs || !(g->graph = avfilter_graph_alloc()))
        goto end;
    g->graph->nb_threads = 1;
    ret = avfilter_graph_create_filter(&g->out, avfilter_get_by_name(
                                           video ? "buffersink"
                                                 : "abuffersink"),
                                       "out", NULL, NULL, g->graph);
    if (ret < 0)
        goto end;
    inputs->name       = av_strdup("out");
    inputs->filter_ctx = g->out;
    if (!inputs->name) {
        ret = AVERROR(ENOMEM);
        goto end;
    }
    ret = avfilter_graph_parse_ptr(g->graph, text, &inputs, &outputs, NULL);
    if (ret >= 0)
        ret = avfilter_graph_config(g->graph, NULL);

end:
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return ret;
}

int generator_open(Generator **generator, const char *text, bool video,
                   uint32_t seed)
{
    Generator *g = *generator = av_mallocz(sizeof(*g));
    char *seeded = g ? add_seed(text, seed) : NULL;
    int limit = log_limit(AV_LOG_QUIET);
    int ret   = seeded ? open_graph(g, seeded, video) : AVERROR(ENOMEM);

    if (ret < 0) {
        log_error("generate '%s': %s%s; give a libavfilter source of %s with "
                  "its options", text, av_err2str(ret), log_unshown(),
                  video ? "video" : "audio");
        generator_free(generator);
    }
    log_limit(limit);
    av_free(seeded);
    return ret;
}

int generator_read(Generator *g, AVFrame *frame, AVRational time_base)
{
    int ret = av_buffersink_get_frame(g->out, frame);

    if (ret >= 0)
        frame->pts = av_rescale_q(frame->pts,
                                  av_buffersink_get_time_base(g->out),
                                  time_base);
    return ret;
}

AVRational generator_frame_rate(const Generator *generator)
{
    return av_buffersink_get_frame_rate(generator->out);
}

int generator_width(const Generator *generator)
{
    return av_buffersink_get_w(generator->out);
}

int generator_height(const Generator *generator)
{
    return av_buffersink_get_h(generator->out);
}

int generator_channels(const Generator *generator)
{
    return av_buffersink_get_channels(generator->out);
}

void generator_free(Generator **generator)
{
    if (*generator)
        avfilter_graph_free(&(*generator)->graph);
    av_freep(generator);
}
