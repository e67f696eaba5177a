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


/*
 * What describes a capture, and the capture under it: an SDP file, a file of
 * SRTP master keys, a payload map and packets, each up to a byte of zero. The
 * packets are a byte of length and as many bytes each, as rtpdump has them.
 */

#define _GNU_SOURCE /* memfd_create() */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

#include "capture/input.h"
#include "net/srtp_hop.h"
#include "report/log.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORD_HEADER 8         /* of rtpdump */

typedef struct TestFile {
    int  fd;
    char path[32];
} TestFile;

static TestFile sdp, keys, capture;

static void open_file(TestFile *file)
{
    file->fd = memfd_create("description", 0);
    if (file->fd < 0)
        abort();
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

/* What of SRTP's library is loaded with the first key and unloaded with the
 * last takes longer than an input. */
static void keep_srtp(void)
{
    static const uint8_t key[64];
    static SrtpHop *hop;

    if (srtp_hop_open(&hop, SRTP_AEAD_AES_128_GCM, false, key) < 0)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_init(AV_LOG_QUIET);
    open_file(&sdp);
    open_file(&keys);
    open_file(&capture);
    keep_srtp();
    return 0;
}

static void fill(const TestFile *file, const void *data, size_t size)
{
    if (ftruncate(file->fd, 0) < 0 ||
        pwrite(file->fd, data, size, 0) != (ssize_t)size)
        abort();
}

/* The text up to the next zero, which is passed over. */
static void take_text(const uint8_t **data, const uint8_t *end,
                      const uint8_t **text, size_t *size)
{
    const uint8_t *zero = *data < end ? memchr(*data, 0, end - *data) : NULL;

    *text = *data;
    *size = (zero ? zero : end) - *data;
    *data = zero ? zero + 1 : end;
}

/* @return how long it is */
static size_t write_text(TestFile *file, const uint8_t **data,
                         const uint8_t *end)
{
    const uint8_t *text;
    size_t size;

    take_text(data, end, &text, &size);
    fill(file, text, size);
    return size;
}

static void write_packets(TestFile *file, const uint8_t *data,
                          const uint8_t *end)
{
    static const char head[] = "#!rtpplay1.0 127.0.0.1/5004\n";
    const size_t room = sizeof(head) + 16 + (end - data) * RECORD_HEADER;
    uint8_t *bytes = calloc(1, room), *p = bytes;

    if (!bytes)
        abort();
    memcpy(p, head, sizeof(head) - 1);
    p += sizeof(head) - 1 + 16;
    for (unsigned n = 0; data < end; n++) {
        size_t size = *data++;

        size = size < (size_t)(end - data) ? size : (size_t)(end - data);
        p[0] = (RECORD_HEADER + size) >> 8;
        p[1] = RECORD_HEADER + size;
        p[3] = size;
        p[6] = n >> 4;
        memcpy(p + RECORD_HEADER, data, size);
        p    += RECORD_HEADER + size;
        data += size;
    }
    fill(file, bytes, p - bytes);
    free(bytes);
}

static void read_frames(Input *input)
{
    AVPacket   *packet = av_packet_alloc();
    InputFrame  frame;
    InputTrack *track;
    int         ret;

    while ((ret = input_read(input, packet, &frame, &track)) >= 0) {
        if (frame.time < 0 || frame.whole != (packet->size > 0))
            abort();
        av_packet_unref(packet);
    }
    if (ret != AVERROR_EOF)
        abort();
    av_packet_free(&packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size, *text;
    char map[64] = "";
    const char *maps[] = { map }, *paths[] = { capture.path };
    InputSetup setup = { .format = "rtpdump", .maps = maps };
    Input *input = NULL;
    size_t length;

    setup.sdp       = write_text(&sdp, &data, end) ? sdp.path : NULL;
    setup.srtp_keys = write_text(&keys, &data, end) ? keys.path : NULL;
    take_text(&data, end, &text, &length);
    memcpy(map, text, length < sizeof(map) ? length : sizeof(map) - 1);
    setup.nb_maps = !!length;
    write_packets(&capture, data, end);
    if (input_open(&input, paths, 1, &setup) >= 0)
        read_frames(input);
    input_free(&input);
    return 0;
}
