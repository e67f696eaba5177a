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

#include <libavutil/imgutils.h>
#include <libavutil/mem.h>
#include <libavutil/murmur3.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>

#include "compare.h"

static int hash_picture(struct AVMurMur3 *hash, const AVFrame *frame)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    int linesize[4], ret;

    ret = av_image_fill_linesizes(linesize, frame->format, frame->width);
    if (ret < 0 || !desc)
        return ret < 0 ? ret : AVERROR(EINVAL);

    for (int plane = 0; plane < 4 && linesize[plane]; plane++) {
        int shift  = plane == 1 || plane == 2 ? desc->log2_chroma_h : 0;
        int height = AV_CEIL_RSHIFT(frame->height, shift);

        for (int y = 0; y < height; y++)
            av_murmur3_update(hash, frame->data[plane] +
                              (ptrdiff_t)y * frame->linesize[plane],
                              linesize[plane]);
    }
    return 0;
}

static void hash_samples(struct AVMurMur3 *hash, const AVFrame *frame)
{
    int channels = frame->ch_layout.nb_channels;
    int planar   = av_sample_fmt_is_planar(frame->format);
    int size     = frame->nb_samples * av_get_bytes_per_sample(frame->format) *
                   (planar ? 1 : channels);

    for (int i = 0; i < (planar ? channels : 1); i++)
        av_murmur3_update(hash, frame->extended_data[i], size);
}

int fingerprint_frame(Fingerprint *out, const AVFrame *frame)
{
    const int32_t shape[] = {
        frame->format, frame->width, frame->height, frame->nb_samples,
        frame->sample_rate, frame->ch_layout.nb_channels,
    };
    struct AVMurMur3 *hash = av_murmur3_alloc();
    int ret = 0;

    if (!hash)
        return AVERROR(ENOMEM);
    av_murmur3_init(hash);
    av_murmur3_update(hash, (const uint8_t *)shape, sizeof(shape));
    if (frame->width)
        ret = hash_picture(hash, frame);
    else
        hash_samples(hash, frame);
    av_murmur3_final(hash, out->bytes);
    av_free(hash);
    return ret;
}

void reference_add(Reference *ref, int64_t pts, const Fingerprint *fp)
{
    unsigned i = ref->nb++ % REFERENCE_FRAMES;

    ref->slot[i].pts         = pts;
    ref->slot[i].fingerprint = *fp;
}

bool reference_match(const Reference *ref, int64_t pts, const Fingerprint *fp)
{
    unsigned nb = FFMIN(ref->nb, REFERENCE_FRAMES);

    for (unsigned i = 0; i < nb; i++)
        if (ref->slot[i].pts == pts &&
            !memcmp(&ref->slot[i].fingerprint, fp, sizeof(*fp)))
            return true;
    return false;
}
