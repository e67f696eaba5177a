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


/* A capture of any bytes, from the file to frames: the first byte says which
 * format it is read as. Nothing crashes, counters and frames agree. */

#define _GNU_SOURCE /* memfd_create() */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

#include "capture/input.h"
#include "report/log.h"

static const char *const formats[] = { "pcap", "rtpdump", "mjr" };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_init(AV_LOG_QUIET);
    return 0;
}

static void read_frames(Input *input)
{
    AVPacket   *packet = av_packet_alloc();
    InputFrame  frame;
    InputTrack *track;
    uint64_t    nb = 0;
    int         ret;

    while ((ret = input_read(input, packet, &frame, &track)) >= 0) {
        if (frame.time < 0 || frame.whole != (packet->size > 0) ||
            track != input_track(input, track->index) || !track->nb_packets)
            abort();
        nb += frame.whole;
        av_packet_unref(packet);
    }
    if (ret != AVERROR_EOF)
        abort();
    for (int i = 0; i < input_nb_tracks(input); i++)
        nb -= input_track(input, i)->nb_frames;
    if (nb)
        abort();
    av_packet_free(&packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    InputSetup  setup = { 0 };
    Input      *input = NULL;
    char        path[32];
    const char *paths[] = { path };
    int fd;

    if (!size)
        return 0;
    setup.format = formats[data[0] % 3];
    setup.sframe = data[0] & 0x80;
    fd = memfd_create("capture", 0);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (input_open(&input, paths, 1, &setup) >= 0)
        read_frames(input);
    input_free(&input);
    close(fd);
    return 0;
}
