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

#include <libavutil/dict.h>
#include <libavutil/opt.h>

#include "common.h"
#include "filter_run.h"

int filter_open(AVBSFContext **bsf, const char *description,
                const AVCodecParameters *par, AVRational time_base)
{
    int ret = av_bsf_list_parse_str(description, bsf);

    if (ret < 0)
        return ret;
    ck_assert_int_ge(avcodec_parameters_copy((*bsf)->par_in, par), 0);
    (*bsf)->time_base_in = time_base;
    ret = av_bsf_init(*bsf);
    if (ret < 0)
        av_bsf_free(bsf);
    return ret;
}

AVBSFContext *filter_must_open(const char *description, const Media *media)
{
    AVBSFContext *bsf = NULL;
    int ret = filter_open(&bsf, description, media->par, media->time_base);

    ck_assert_msg(ret >= 0, "%s: %s: %s", media->name, description,
                  av_err2str(ret));
    return bsf;
}

AVPacket *filter_packet(AVBSFContext *bsf, const AVPacket *in, int *ret)
{
    AVPacket *pkt = av_packet_clone(in);

    ck_assert_ptr_nonnull(pkt);
    *ret = av_bsf_send_packet(bsf, pkt);
    if (*ret >= 0)
        *ret = av_bsf_receive_packet(bsf, pkt);
    if (*ret < 0)
        av_packet_free(&pkt);
    return pkt;
}

AVPacket *filter_must_pass(AVBSFContext *bsf, const AVPacket *in)
{
    int ret;
    AVPacket *pkt = filter_packet(bsf, in, &ret);

    ck_assert_msg(!!pkt, "%s: %s", bsf->filter->name, av_err2str(ret));
    return pkt;
}

int64_t filter_count(AVBSFContext *bsf, const char *option)
{
    int64_t value;

    ck_assert_msg(av_opt_get_int(bsf->priv_data, option, 0, &value) >= 0,
                  "%s has no %s", bsf->filter->name, option);
    return value;
}

void filter_set(AVBSFContext *bsf, const char *option, const char *value)
{
    int ret = av_opt_set(bsf->priv_data, option, value, 0);

    ck_assert_msg(ret >= 0, "%s: %s", option, av_err2str(ret));
}

const char *filter_metadata(const AVPacket *pkt, const char *entry)
{
    static char value[256];
    AVDictionary *dict = NULL;
    const AVDictionaryEntry *found;
    size_t size;
    const uint8_t *data = av_packet_get_side_data(pkt,
                                                  AV_PKT_DATA_STRINGS_METADATA,
                                                  &size);

    if (data)
        ck_assert_int_ge(av_packet_unpack_dictionary(data, size, &dict), 0);
    found = av_dict_get(dict, entry, NULL, AV_DICT_MATCH_CASE);
    snprintf(value, sizeof(value), "%s", found ? found->value : "");
    av_dict_free(&dict);
    return value;
}

AVPacket *make_packet(const void *data, int size, int64_t pts, int flags)
{
    AVPacket *pkt = av_packet_alloc();

    ck_assert_ptr_nonnull(pkt);
    ck_assert_int_ge(av_new_packet(pkt, size), 0);
    memcpy(pkt->data, data, size);
    pkt->pts   = pts;
    pkt->dts   = pts;
    pkt->flags = flags;
    return pkt;
}
