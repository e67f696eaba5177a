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
#include <libavutil/macros.h>

#include "payload.h"
#include "rtp_sframe.h"

/* NAL unit types and those that RTP adds. */
#define H264_SPS    7
#define H264_AUD    9
#define H264_STAP_A 24
#define H264_FU_A   28
#define H264_FU_B   29
#define H265_VPS    32
#define H265_AUD    35
#define H265_AP     48
#define H265_FU     49

/** Reads bytes; behind the end there are zeros, and left goes below 0. */
typedef struct Reader {
    const uint8_t *data;
    long           left;
} Reader;

static int next_byte(Reader *r)
{
    return r->left-- > 0 ? *r->data++ : 0;
}

static void skip(Reader *r, int n)
{
    r->data += FFMIN(n, FFMAX(r->left, 0));
    r->left -= n;
}

static int picture_id(Reader *r)
{
    int first = next_byte(r);

    if (first & 0x80)
        next_byte(r);
    return first;
}

static void view_vp8(Reader *r, PayloadView *view)
{
    const int first = next_byte(r);
    int extension;

    view->start = (first & 0x17) == 0x10 ? PAYLOAD_STARTS : PAYLOAD_CONTINUES;
    if (!(first & 0x80))
        return;
    extension = next_byte(r);
    if (extension & 0x80)
        picture_id(r);
    if (extension & 0x40)
        next_byte(r);               /* TL0PICIDX */
    if (extension & 0x30)
        next_byte(r);               /* TID, Y, KEYIDX */
}

static void skip_vp9_structure(Reader *r)
{
    const int first = next_byte(r);

    if (first & 0x10)
        skip(r, 4 * ((first >> 5) + 1));
    if (first & 0x08)
        for (int nb = next_byte(r); nb > 0 && r->left > 0; nb--)
            skip(r, next_byte(r) >> 2 & 3);
}

/* Each spatial layer of a picture is a frame of its own: senders seal them
 * one by one. */
static void view_vp9(Reader *r, PayloadView *view)
{
    const int first    = next_byte(r);
    const int flexible = first & 0x10;

    view->begins_anew = first & 0x08;
    view->start       = first & 0x08 ? PAYLOAD_STARTS : PAYLOAD_CONTINUES;
    view->ends        = first & 0x04;
    if (first & 0x80)
        picture_id(r);
    if (first & 0x20)
        skip(r, flexible ? 1 : 2);  /* layers, TL0PICIDX */
    if (flexible && first & 0x40)
        for (int i = 0; i < 3 && next_byte(r) & 1; i++)
            ;                       /* P_DIFF, N */
    if (first & 0x02)
        skip_vp9_structure(r);
}

/* An access unit delimiter or a parameter set comes before all else. */
static void view_h264(Reader *r, PayloadView *view)
{
    int type = r->data[0] & 31;

    if ((type == H264_FU_A || type == H264_FU_B) && r->left > 1 &&
        !(r->data[1] & 0x80)) {
        view->start = PAYLOAD_CONTINUES;
        return;
    }
    if (type == H264_STAP_A && r->left > 3)
        type = r->data[3] & 31;
    view->start = type == H264_SPS || type == H264_AUD ? PAYLOAD_STARTS
                                                       : PAYLOAD_MAY_START;
}

static void view_h265(Reader *r, PayloadView *view)
{
    int type = r->data[0] >> 1 & 63;

    if (type == H265_FU && r->left > 2 && !(r->data[2] & 0x80)) {
        view->start = PAYLOAD_CONTINUES;
        return;
    }
    if (type == H265_AP && r->left > 4)
        type = r->data[4] >> 1 & 63;
    view->start = type == H265_VPS || type == H265_AUD ? PAYLOAD_STARTS
                                                       : PAYLOAD_MAY_START;
}

/* Z: continues an OBU; N: first of a coded video sequence. */
static void view_av1(Reader *r, PayloadView *view)
{
    if (r->data[0] & 0x80)
        view->start = PAYLOAD_CONTINUES;
    else
        view->start = r->data[0] & 0x08 ? PAYLOAD_STARTS : PAYLOAD_MAY_START;
}

static void view_opus(Reader *r, PayloadView *view)
{
    view->start = PAYLOAD_STARTS;
    view->ends  = true;
}

static void view_sframe(Reader *r, PayloadView *view)
{
    const int first = next_byte(r);

    view->begins_anew = first & RTP_SFRAME_START;
    view->start       = first & RTP_SFRAME_START ? PAYLOAD_STARTS
                                                 : PAYLOAD_CONTINUES;
    view->ends        = first & RTP_SFRAME_END;
    view->per_packet  = first & RTP_SFRAME_PER_PACKET;
}

static const struct {
    enum AVCodecID codec;
    void         (*view)(Reader *, PayloadView *);
    bool           descriptor;      ///< what was read is not the frame's
} formats[] = {
    { AV_CODEC_ID_AV1,  view_av1,    false },
    { AV_CODEC_ID_H264, view_h264,   false },
    { AV_CODEC_ID_HEVC, view_h265,   false },
    { AV_CODEC_ID_NONE, view_sframe, true  },
    { AV_CODEC_ID_OPUS, view_opus,   false },
    { AV_CODEC_ID_VP8,  view_vp8,    true  },
    { AV_CODEC_ID_VP9,  view_vp9,    true  },
};

int payload_view(enum AVCodecID codec, const uint8_t *data, size_t size,
                 PayloadView *view)
{
    Reader r = { data, size };

    *view = (PayloadView){ 0 };
    for (size_t i = 0; i < FF_ARRAY_ELEMS(formats); i++) {
        if (formats[i].codec != codec)
            continue;
        formats[i].view(&r, view);
        if (formats[i].descriptor)
            view->descriptor = size - FFMAX(r.left, 0);
        return r.left > 0 ? 0 : AVERROR_INVALIDDATA;
    }
    return AVERROR_INVALIDDATA;
}
