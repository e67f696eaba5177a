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

#include <libavcodec/bsf.h>
#include <libavutil/avstring.h>
#include <libavutil/bprint.h>
#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "explain.h"
#include "report/log.h"

/* A value passes two parsers: one that splits filters at commas, one that
 * splits options at colons. */
static int put_value(AVBPrint *text, const char *name, const char *value)
{
    char *once = NULL, *twice = NULL;
    int ret = av_escape(&once, value, ":=\\'", AV_ESCAPE_MODE_BACKSLASH, 0);

    if (ret >= 0)
        ret = av_escape(&twice, once, ",\\'", AV_ESCAPE_MODE_BACKSLASH, 0);
    if (ret >= 0)
        av_bprintf(text, ":%s=%s", name, twice);
    av_free(once);
    av_free(twice);
    return FFMIN(ret, 0);
}

static enum E2EEKdf default_kdf(const Settings *s)
{
    return s->secret->is_raw ? s->scheme->raw_kdf[s->peer] :
                               s->scheme->text_kdf;
}

static unsigned ring_size(const Settings *s)
{
    return s->index < s->scheme->ring_size ? 0 : E2EE_RING_SIZE_MAX;
}

static void put_sframe(AVBPrint *text, const Settings *s)
{
    av_bprintf(text, ":suite=%u", s->suite);
    if (s->first_kid)
        av_bprintf(text, ":sframe_first_kid=%"PRIu64, s->first_kid);
    if (s->ratchet_bits)
        av_bprintf(text, ":sframe_ratchet_bits=%u", s->ratchet_bits);
}

static int put_settings(AVBPrint *text, const Group *group)
{
    const Settings *s = &group->opener->settings;
    int ret = 0;

    av_bprintf(text, "e2ee_decrypt=scheme=%s", s->scheme->name);
    if (s->peer)
        av_bprintf(text, ":peer=native");
    if (s->kdf != default_kdf(s))
        av_bprintf(text, ":kdf=%s", kdf_name(s->kdf));
    if (*s->salt && strcmp(s->salt, s->scheme->salt))
        ret = put_value(text, "salt", s->salt);
    if (s->suite)
        put_sframe(text, s);
    else if (s->key_size != s->scheme->key_size)
        av_bprintf(text, ":key_size=%u", 8 * s->key_size);
    if (ring_size(s))
        av_bprintf(text, ":key_ring=%u", ring_size(s));
    if (group->last_steps > s->scheme->ratchet_window)
        av_bprintf(text, ":ratchet_window=%u", FFMIN(group->last_steps, 255));
    if (s->secret->index < 0 && s->index)
        av_bprintf(text, ":key_index=%u", s->index);
    return ret < 0 ? ret : put_value(text, "key_file", s->secret->from_env ?
                                     "FILE" : s->secret->file);
}

/* One that is there already serves several key indexes. Returns its place. */
static int add_filter(ProbeTrack *track, char *text)
{
    FilterString *grown;

    for (int i = 0; i < track->nb_filters; i++)
        if (!strcmp(track->filters[i].text, text)) {
            av_free(text);
            return i;
        }
    grown = av_realloc_array(track->filters, track->nb_filters + 1,
                             sizeof(*grown));
    if (!grown) {
        av_free(text);
        return AVERROR(ENOMEM);
    }
    track->filters = grown;
    grown[track->nb_filters] = (FilterString){ text, 0, 0 };
    return track->nb_filters++;
}

/* As ffmpeg would: by public API, from the string alone. */
static int open_filter(AVBSFContext **bsf, const ProbeTrack *track,
                       const char *text)
{
    const AVCodecParameters *par = track->input->par;
    int ret = av_bsf_list_parse_str(text, bsf);

    if (ret >= 0)
        ret = avcodec_parameters_copy((*bsf)->par_in, par);
    if (ret < 0)
        return ret;
    /* The samples have start codes already. */
    if (track->view.length_size) {
        av_freep(&(*bsf)->par_in->extradata);
        (*bsf)->par_in->extradata_size = 0;
    }
    (*bsf)->time_base_in = track->input->time_base;
    return av_bsf_init(*bsf);
}

static int filter_sample(AVBSFContext *bsf, const Sample *sample)
{
    AVPacket *packet = av_packet_alloc();
    int ret = packet ? av_new_packet(packet, sample->size) :
                       AVERROR(ENOMEM);

    if (ret >= 0) {
        memcpy(packet->data, sample->data, sample->size);
        packet->flags = sample->key ? AV_PKT_FLAG_KEY : 0;
        ret = av_bsf_send_packet(bsf, packet);
    }
    if (ret >= 0)
        ret = av_bsf_receive_packet(bsf, packet);
    av_packet_free(&packet);
    return ret;
}

static int try_filter(ProbeTrack *track, FilterString *filter,
                      const Group *group)
{
    AVBSFContext *bsf = NULL;
    int limit = log_limit(AV_LOG_QUIET);
    int ret = open_filter(&bsf, track, filter->text);

    for (int i = 0; i < group->samples.nb; i++) {
        int opened = ret < 0 ? ret : filter_sample(bsf,
                                                   &group->samples.samples[i]);

        if (opened == AVERROR(ENOMEM))
            ret = opened;
        filter->nb_tried++;
        filter->nb_opened += opened >= 0;
    }
    av_bsf_free(&bsf);
    log_limit(limit);
    return ret == AVERROR(ENOMEM) ? ret : 0;
}

static int write_filter(ProbeTrack *track, const Group *group)
{
    AVBPrint text;
    char *string;
    int ret;

    av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
    ret = put_settings(&text, group);
    if (ret < 0) {
        av_bprint_finalize(&text, NULL);
        return ret;
    }
    ret = av_bprint_finalize(&text, &string);
    if (ret >= 0)
        ret = add_filter(track, string);
    if (ret < 0 || group->opener->settings.secret->from_env ||
        !group->nb_opened)
        return ret;
    return try_filter(track, &track->filters[ret], group);
}

int write_filters(ProbeTrack *track)
{
    int ret = 0;

    for (int i = 0; i < track->nb_groups && ret >= 0; i++)
        if (track->groups[i]->opener)
            ret = write_filter(track, track->groups[i]);
    return ret;
}
