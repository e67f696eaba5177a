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

#include <libavutil/dict.h>
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

int frame_filter_open(AVBSFContext **filter, const FrameFilterSetup *setup,
                      const AVCodecParameters *par, AVRational time_base)
{
    const AVBitStreamFilter *f = av_bsf_get_by_name(setup->name);
    int ret;

    if (!f) {
        log_error("this FFmpeg (%s) has no filter %s; run with the one that "
                  "quickstart builds", av_version_info(), setup->name);
        return AVERROR_BSF_NOT_FOUND;
    }
    if ((ret = av_bsf_alloc(f, filter)) < 0)
        return ret;
    if ((ret = set_options(*filter, setup)) < 0 ||
        (ret = avcodec_parameters_copy((*filter)->par_in, par)) < 0)
        goto fail;
    (*filter)->time_base_in = time_base;
    if ((ret = av_bsf_init(*filter)) < 0)
        goto fail;
    return 0;

fail:
    av_bsf_free(filter);
    return ret;
}

int frame_filter_try(const FrameFilterSetup *setup)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVBSFContext *filter   = NULL;
    int limit = log_limit(AV_LOG_WARNING), ret = AVERROR(ENOMEM);

    if (par) {
        par->codec_type = AVMEDIA_TYPE_AUDIO;
        par->codec_id   = AV_CODEC_ID_OPUS;
        ret = frame_filter_open(&filter, setup, par,
                                (AVRational){ 1, 48000 });
    }
    av_bsf_free(&filter);
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

static void report_from_packet(FrameReport *report, const AVPacket *packet)
{
    AVDictionary *dict = NULL;
    const AVDictionaryEntry *e;
    size_t size;
    const uint8_t *data = av_packet_get_side_data(packet,
                                                  AV_PKT_DATA_STRINGS_METADATA,
                                                  &size);

    if (!data || av_packet_unpack_dictionary(data, size, &dict) < 0)
        goto end;
    if ((e = av_dict_get(dict, "lavc.e2ee.state", NULL, 0)))
        report->state = state_from_name(e->value);
    if ((e = av_dict_get(dict, "lavc.e2ee.key_index", NULL, 0)))
        report->key_index = atoi(e->value);
    if ((e = av_dict_get(dict, "lavc.e2ee.reason", NULL, 0)))
        snprintf(report->reason, sizeof(report->reason), "%s", e->value);
    report->injected = !strcmp(report->reason, "server-injected");

end:
    av_dict_free(&dict);
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

static int64_t nb_injected(AVBSFContext *filter)
{
    int64_t number = 0;

    /* The sealing filter has no such option. */
    av_opt_get_int(filter->priv_data, "nb_injected", 0, &number);
    return number;
}

int frame_filter_run(AVBSFContext *filter, AVPacket *packet,
                     FrameReport *report)
{
    int64_t before = nb_injected(filter);
    int ret;

    *report = (FrameReport){ .state = STATE_NONE, .key_index = -1 };

    if ((ret = av_bsf_send_packet(filter, packet)) < 0)
        return ret;
    ret = av_bsf_receive_packet(filter, packet);
    if (ret == AVERROR(EAGAIN) && nb_injected(filter) > before)
        report->injected = true;
    else if (ret == AVERROR(EAGAIN))
        report_from_filter(report, filter);
    else if (ret >= 0)
        report_from_packet(report, packet);
    return ret;
}
