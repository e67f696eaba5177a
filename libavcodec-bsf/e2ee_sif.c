/*
 * End-to-end encrypted media: frames that LiveKit's server makes
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <string.h>

#include "e2ee_annexb.h"
#include "e2ee_sif.h"

#define SILENCE_ZEROS 77

/* 8x8 and black. */
static const uint8_t vp8[] = {
    0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00, 0x08, 0x00, 0x00, 0x47,
    0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02, 0x00, 0x0c, 0x0d,
    0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80,
};

static const uint8_t opus[3 + SILENCE_ZEROS] = { 0xf8, 0xff, 0xfe };

static const uint8_t sps[] = {
    0x67, 0x42, 0xc0, 0x1f, 0x0f, 0xd9, 0x1f, 0x88, 0x88, 0x84, 0x00, 0x00,
    0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc9, 0x20,
};

static const uint8_t pps[] = { 0x68, 0x87, 0xcb, 0x83, 0xcb, 0x20 };

static const uint8_t idr[] = {
    0x65, 0x88, 0x84, 0x0a, 0xf2, 0x62, 0x80, 0x00, 0xa7, 0xbe,
};

static const struct {
    enum E2EECodec codec;
    const uint8_t *data;
    size_t         size;
} payloads[] = {
    { E2EE_CODEC_VP8,  vp8,  sizeof(vp8)  },
    { E2EE_CODEC_OPUS, opus, sizeof(opus) },
    { E2EE_CODEC_H264, sps,  sizeof(sps)  },
    { E2EE_CODEC_H264, pps,  sizeof(pps)  },
    { E2EE_CODEC_H264, idr,  sizeof(idr)  },
};

/* How many bytes of the data are a known payload, 0 for none. */
static size_t known(enum E2EECodec codec, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++)
        if (payloads[i].codec == codec && payloads[i].size <= size &&
            !memcmp(payloads[i].data, data, payloads[i].size))
            return payloads[i].size;
    return 0;
}

/* Each NAL unit is known; what follows the last one is the trailer. */
static size_t known_units(const E2EEFrame *frame)
{
    const uint8_t *end = frame->data + frame->size;
    E2EENal nal = { .end = frame->data };
    size_t total = 0;

    if (!ff_e2ee_annexb_check(frame->data, frame->size))
        return known(frame->codec, frame->data, frame->size);
    while (ff_e2ee_annexb_next(&nal, end)) {
        size_t size = known(frame->codec, nal.data, end - nal.data);

        if (!size)
            return 0;
        total = nal.data + size - frame->data;
    }
    return total;
}

int ff_e2ee_sif(const E2EEFrame *frame, const uint8_t *trailer,
                size_t trailer_size, size_t *payload_size)
{
    *payload_size = frame->codec == E2EE_CODEC_H264 ? known_units(frame) :
                    known(frame->codec, frame->data, frame->size);
    if (*payload_size)
        return 1;
    if (!trailer_size || frame->size < trailer_size ||
        memcmp(frame->data + frame->size - trailer_size, trailer,
               trailer_size))
        return 0;
    *payload_size = frame->size - trailer_size;
    return -1;
}
