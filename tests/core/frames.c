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

#include <stdlib.h>
#include <string.h>

#include "frames.h"

const uint8_t x264_idr[X264_IDR_SIZE] = {
    0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xda, 0x11, 0xe8, 0x40, 0, 0, 3, 0,
    0x40, 0, 0, 0x0c, 0xa3, 0xc4, 0x89, 0xa8, 0, 0, 0, 1, 0x68, 0xce, 0x0f,
    0xc8, 0, 0, 0, 1, 0x65, 0x88, 0x84, 0x3a, 0x0c, 0x60, 0x08, 0x11, 0x22,
    0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99
};

/* Room for the headers in front of what is random. */
#define HEADERS_MAX 200

/* What encoders write, from the header byte on; no start codes. */
static const char *const h264_sets[] = {
    "6742c00ada11e840000003004000000ca3c489a8", "68ce0fc8"
};

static const char *const h264_slices[] = {
    "658884", "658884", "65b800", "419a20", "41e000", "019e61"
};

static const char *const h265_sets[] = {
    "40010c01ffff0160", "4201010160a0", "4401c172b46240"
};

static const char *const h265_slices[] = { "2601af", "2a01af", "0201d0",
                                           "0001e0" };

static void append(Bytes *bytes, const void *data, size_t size)
{
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

/* A start code of three or four bytes, and a NAL unit. */
static void append_unit(uint64_t *seed, TestFrame *frame, const char *hex)
{
    Bytes unit = hex_bytes(hex);
    int three  = random_below(seed, 2);

    append(&frame->data, three ? "\0\0\1" : "\0\0\0\1", 4 - three);
    append(&frame->normal, "\0\0\0\1", 4);
    append(&frame->data, unit.data, unit.size);
    append(&frame->normal, unit.data, unit.size);
    free_bytes(&unit);
}

#define PICK(seed, list) \
    list[random_below(seed, sizeof(list) / sizeof(*list))]

static void append_h264(uint64_t *seed, TestFrame *frame)
{
    const char *slice = PICK(seed, h264_slices);

    frame->key = slice[1] == '5';
    if (random_below(seed, 2))
        append_unit(seed, frame, "09f0");
    if (random_below(seed, 2))
        append_unit(seed, frame, "06051180");
    if (frame->key)
        for (int i = 0; i < 2; i++)
            append_unit(seed, frame, h264_sets[i]);
    append_unit(seed, frame, slice);
    frame->clear     = frame->normal.size - 1;
    frame->x264_like = !strcmp(slice, "658884");
}

static void append_h265(uint64_t *seed, TestFrame *frame)
{
    const char *slice = PICK(seed, h265_slices);

    frame->key = slice[0] == '2';
    if (random_below(seed, 2))
        append_unit(seed, frame, "460150");
    if (frame->key)
        for (int i = 0; i < 3; i++)
            append_unit(seed, frame, h265_sets[i]);
    append_unit(seed, frame, slice);
    frame->clear = frame->normal.size - 1;
}

static void append_counted(uint64_t *seed, TestFrame *frame, size_t clear)
{
    uint8_t header[10];

    random_fill(seed, header, sizeof(header));
    if (frame->codec == E2EE_CODEC_VP8)
        header[0] = (header[0] & 0xfe) | !frame->key;
    append(&frame->data, header, clear);
    append(&frame->normal, header, clear);
    frame->clear = clear;
}

TestFrame make_frame(uint64_t *seed, enum E2EECodec codec, enum E2EEPeer peer,
                     size_t size, int zeros)
{
    TestFrame frame = { .codec = codec, .key = random_below(seed, 2) };
    uint8_t *rest = malloc(size + 1);

    frame.data.data   = malloc(size + HEADERS_MAX);
    frame.normal.data = malloc(size + HEADERS_MAX);
    check_that(rest && frame.data.data && frame.normal.data,
               "out of memory");
    switch (codec) {
    case E2EE_CODEC_H264:
        append_h264(seed, &frame);
        break;
    case E2EE_CODEC_H265:
        append_h265(seed, &frame);
        break;
    case E2EE_CODEC_OPUS:
        append_counted(seed, &frame, 1);
        break;
    case E2EE_CODEC_VP8:
        append_counted(seed, &frame, frame.key ? 10 : 3);
        break;
    default:
        append_counted(seed, &frame, peer == E2EE_PEER_NATIVE ? 0 :
                                     frame.key ? 10 : 3);
    }
    (zeros ? random_fill_zeros : random_fill)(seed, rest, size);
    append(&frame.data, rest, size);
    append(&frame.normal, rest, size);
    free(rest);
    return frame;
}

void free_frame(TestFrame *frame)
{
    free_bytes(&frame->data);
    free_bytes(&frame->normal);
}
