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
#include "report/log.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct TestFile {
    int  fd;
    char path[32];
} TestFile;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_init(AV_LOG_QUIET);
    return 0;
}

static void append(const TestFile *file, const void *data, size_t size)
{
    if (write(file->fd, data, size) != (ssize_t)size)
        abort();
}

static void open_file(TestFile *file)
{
    file->fd = memfd_create("description", 0);
    if (file->fd < 0)
        abort();
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
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

static void write_text(TestFile *file, const uint8_t **data,
                       const uint8_t *end)
{
    const uint8_t *text;
    size_t size;

    open_file(file);
    take_text(data, end, &text, &size);
    append(file, text, size);
}

static void write_packets(TestFile *file, const uint8_t *data,
                          const uint8_t *end)
{
    static const char head[] = "#!rtpplay1.0 127.0.0.1/5004\n";
    uint8_t record[24] = { 0 };

    open_file(file);
    append(file, head, sizeof(head) - 1);
    append(file, record, 16);
    for (unsigned n = 0; data < end; n++) {
        size_t size = *data++;

        size = size < (size_t)(end - data) ? size : (size_t)(end - data);
        record[1] = 8 + size;
        record[0] = (8 + size) >> 8;
        record[3] = size;
        record[6] = n >> 4;
        append(file, record, 8);
        append(file, data, size);
        data += size;
    }
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
    TestFile sdp, keys, capture;
    char map[64] = "";
    const char *maps[] = { map }, *paths[] = { capture.path };
    InputSetup setup = { .sdp = sdp.path, .format = "rtpdump", .maps = maps };
    Input *input = NULL;
    size_t length;

    write_text(&sdp, &data, end);
    write_text(&keys, &data, end);
    take_text(&data, end, &text, &length);
    memcpy(map, text, length < sizeof(map) ? length : sizeof(map) - 1);
    setup.nb_maps   = !!length;
    setup.srtp_keys = lseek(keys.fd, 0, SEEK_END) ? keys.path : NULL;
    setup.sdp       = lseek(sdp.fd, 0, SEEK_END) ? sdp.path : NULL;
    write_packets(&capture, data, end);
    if (input_open(&input, paths, 1, &setup) >= 0)
        read_frames(input);
    input_free(&input);
    close(sdp.fd);
    close(keys.fd);
    close(capture.fd);
    return 0;
}
