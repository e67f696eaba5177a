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
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "frame_filter.h"
#include "report/log.h"

static int set_options(AVBSFContext *filter, const FrameFilterSetup *setup)
{
    const struct {
        const char *name;
        const char *value;
    } options[] = {
        { "scheme", setup->scheme },
        { "kind",   setup->kind   },
        /* A meeting counts the frames that do not open, so let them out. */
        { "on_failure", strcmp(setup->name, "e2ee_decrypt") ? NULL : "keep" },
    };
    int ret;

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (!options[i].value)
            continue;
        ret = av_opt_set(filter->priv_data, options[i].name,
                         options[i].value, 0);
        if (ret < 0) {
            log_error("%s does not take %s '%s'", setup->name,
                      options[i].name, options[i].value);
            return ret;
        }
    }
    ret = setup->options ? av_set_options_string(filter->priv_data,
                                                 setup->options, "=", ":")
                         : 0;
    if (ret < 0) {
        log_error("%s does not take the options '%s'", setup->name,
                  setup->options);
        return ret;
    }
    return key_apply(setup->key, filter->priv_data);
}

/* Where the value of an option lies: looking it up for every frame takes
 * longer than the filter's own work on it. The sealing filter has none. */
static const int64_t *find_count(const AVBSFContext *bsf, const char *name)
{
    const AVOption *option = av_opt_find(bsf->priv_data, name, NULL, 0, 0);

    return option && option->type == AV_OPT_TYPE_INT64 ?
           (const int64_t *)((const char *)bsf->priv_data + option->offset) :
           NULL;
}

int frame_filter_open(FrameFilter *filter, const FrameFilterSetup *setup,
                      const AVCodecParameters *par, AVRational time_base)
{
    const AVBitStreamFilter *f = av_bsf_get_by_name(setup->name);
    int ret;

    *filter = (FrameFilter){ .bsf = NULL };
    if (!f) {
        log_error("this FFmpeg (%s) has no filter %s; run with the one that "
                  "quickstart builds", av_version_info(), setup->name);
        return AVERROR_BSF_NOT_FOUND;
    }
    if ((ret = av_bsf_alloc(f, &filter->bsf)) < 0)
        return ret;
    filter->bsf->time_base_in = time_base;
    if ((ret = set_options(filter->bsf, setup)) < 0 ||
        (ret = avcodec_parameters_copy(filter->bsf->par_in, par)) < 0 ||
        (ret = av_bsf_init(filter->bsf)) < 0)
        frame_filter_close(filter);
    else
        filter->nb_injected = find_count(filter->bsf, "nb_injected");
    return ret;
}

void frame_filter_close(FrameFilter *filter)
{
    av_bsf_free(&filter->bsf);
}

bool frame_filter_has_scheme(const char *name)
{
    const AVBitStreamFilter *f = av_bsf_get_by_name("e2ee_decrypt");
    const AVClass *options = f ? f->priv_class : NULL;

    return options && av_opt_find(&options, name, "scheme", 0,
                                  AV_OPT_SEARCH_FAKE_OBJ);
}

int frame_filter_try(const FrameFilterSetup *setup)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    FrameFilter filter     = { .bsf = NULL };
    int limit = log_limit(AV_LOG_WARNING), ret = AVERROR(ENOMEM);

    if (par) {
        par->codec_type = AVMEDIA_TYPE_AUDIO;
        par->codec_id   = AV_CODEC_ID_OPUS;
        ret = frame_filter_open(&filter, setup, par,
                                (AVRational){ 1, 48000 });
    }
    frame_filter_close(&filter);
    avcodec_parameters_free(&par);
    log_limit(limit);
    return ret;
}

int frame_filter_check(const char *scheme, const Key *key)
{
    return frame_filter_try(&(FrameFilterSetup){
        .name = "e2ee_decrypt", .scheme = scheme, .kind = "audio", .key = key,
    });
}

static void note(FrameReport *report, const char *name, const char *value)
{
    static const char prefix[] = "lavc.e2ee.";

    if (strncmp(name, prefix, sizeof(prefix) - 1))
        return;
    name += sizeof(prefix) - 1;
    if (!strcmp(name, "state"))
        report->state = state_from_name(value);
    else if (!strcmp(name, "key_index"))
        report->key_index = atoi(value);
    else if (!strcmp(name, "reason"))
        av_strlcpy(report->reason, value, sizeof(report->reason));
}

/* The strings as av_packet_pack_dictionary() lays them out, read where they
 * are: unpacking them takes as long as opening an audio frame. */
static void report_from_packet(FrameReport *report, const AVPacket *packet)
{
    size_t size;
    const char *name = (const char *)av_packet_get_side_data(
        packet, AV_PKT_DATA_STRINGS_METADATA, &size), *end, *value;

    if (!name || !size || name[size - 1])
        return;
    for (end = name + size; name < end; name = value + strlen(value) + 1) {
        value = name + strlen(name) + 1;
        if (value == end)
            break;
        note(report, name, value);
    }
    report->injected = !strcmp(report->reason, "server-injected");
}

/* A dropped frame has no side data; the filter's state option tells. */
static void report_from_filter(FrameReport *report, AVBSFContext *filter)
{
    int64_t number;
    uint8_t *text = NULL;

    if (av_opt_get(filter->priv_data, "state", 0, &text) >= 0)
        report->state = state_from_name((const char *)text);
    if (report->state == STATE_NONE &&
        av_opt_get_int(filter->priv_data, "state", 0, &number) >= 0 &&
        number > STATE_NONE && number < STATE_NB)
        report->state = number;
    av_free(text);
}

int frame_filter_run(FrameFilter *filter, AVPacket *packet,
                     FrameReport *report)
{
    int64_t before = filter->nb_injected ? *filter->nb_injected : 0;
    int ret;

    *report = (FrameReport){ .state = STATE_NONE, .key_index = -1 };

    if ((ret = av_bsf_send_packet(filter->bsf, packet)) < 0)
        return ret;
    ret = av_bsf_receive_packet(filter->bsf, packet);
    if (ret == AVERROR(EAGAIN) && filter->nb_injected &&
        *filter->nb_injected > before)
        report->injected = true;
    else if (ret == AVERROR(EAGAIN))
        report_from_filter(report, filter->bsf);
    else if (ret >= 0)
        report_from_packet(report, packet);
    return ret;
}
