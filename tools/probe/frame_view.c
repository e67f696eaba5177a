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

#include <string.h>

#include <libavcodec/bsf.h>
#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "e2ee_annexb.h"
#include "frame_view.h"

static const struct {
    enum AVCodecID  id;
    enum E2EECodec  codec;
    const char     *to_annexb;
    int             length_size_at; ///< byte of the extradata with it
    E2EELayoutRule *clear;
} codecs[] = {
    { AV_CODEC_ID_OPUS, E2EE_CODEC_OPUS, NULL, 0, ff_e2ee_layout_audio },
    { AV_CODEC_ID_VP8, E2EE_CODEC_VP8, NULL, 0, ff_e2ee_layout_vp8 },
    { AV_CODEC_ID_VP9, E2EE_CODEC_VP9, NULL, 0, ff_e2ee_layout_frame_type },
    { AV_CODEC_ID_AV1, E2EE_CODEC_AV1, NULL, 0, ff_e2ee_layout_frame_type },
    { AV_CODEC_ID_H264, E2EE_CODEC_H264, "h264_mp4toannexb", 4,
      ff_e2ee_layout_slice },
    { AV_CODEC_ID_HEVC, E2EE_CODEC_H265, "hevc_mp4toannexb", 21,
      ff_e2ee_layout_slice },
};

static int is_byte_stream(const uint8_t *data, int size)
{
    return (size >= 3 && AV_RB24(data) == 1) ||
           (size >= 4 && AV_RB32(data) == 1);
}

static int keep_sets(FrameView *view, const uint8_t *data, int size)
{
    if (size <= 0 || !is_byte_stream(data, size))
        return 0;
    view->sets = av_memdup(data, size);
    view->sets_size = size;
    return view->sets ? 0 : AVERROR(ENOMEM);
}

/* FFmpeg's own filter makes a byte stream of an avcC's or hvcC's sets; of one
 * that it does not understand there are none. */
static int convert_sets(FrameView *view, const char *name,
                        const AVCodecParameters *par)
{
    const AVBitStreamFilter *filter = av_bsf_get_by_name(name);
    AVBSFContext *bsf = NULL;
    int ret = 0;

    if (filter && av_bsf_alloc(filter, &bsf) >= 0 &&
        avcodec_parameters_copy(bsf->par_in, par) >= 0 &&
        av_bsf_init(bsf) >= 0)
        ret = keep_sets(view, bsf->par_out->extradata,
                        bsf->par_out->extradata_size);
    av_bsf_free(&bsf);
    return ret;
}

int frame_view_init(FrameView *view, const AVCodecParameters *par)
{
    size_t i = 0;

    while (i < FF_ARRAY_ELEMS(codecs) && codecs[i].id != par->codec_id)
        i++;
    if (i == FF_ARRAY_ELEMS(codecs))
        return 0;
    view->codec = codecs[i].codec;
    if (!codecs[i].to_annexb)
        return 0;
    if (par->extradata_size <= codecs[i].length_size_at ||
        is_byte_stream(par->extradata, par->extradata_size))
        return keep_sets(view, par->extradata, par->extradata_size);
    view->length_size = (par->extradata[codecs[i].length_size_at] & 3) + 1;
    return convert_sets(view, codecs[i].to_annexb, par);
}

int frame_view_get(FrameView *view, const AVPacket *packet, E2EEFrame *frame)
{
    size_t size = 0;

    *frame = (E2EEFrame){ packet->data, packet->size, view->codec,
                          !!(packet->flags & AV_PKT_FLAG_KEY) };
    if (view->length_size && packet->size)
        size = ff_e2ee_annexb_from_lengths(NULL, packet->data, packet->size,
                                           view->length_size);
    if (!size)
        return 0;
    av_fast_malloc(&view->room, &view->room_size, size);
    if (!view->room)
        return AVERROR(ENOMEM);
    ff_e2ee_annexb_from_lengths(view->room, packet->data, packet->size,
                                view->length_size);
    frame->data = view->room;
    frame->size = size;
    return 0;
}

size_t frame_view_clear(const E2EEFrame *frame)
{
    E2EELayout layout = { 0 };

    for (size_t i = 0; i < FF_ARRAY_ELEMS(codecs); i++)
        if (codecs[i].codec == frame->codec &&
            codecs[i].clear(frame, &layout))
            layout.clear = 0;
    return FFMIN(layout.clear, frame->size);
}

void frame_view_free(FrameView *view)
{
    av_freep(&view->sets);
    av_freep(&view->room);
}
