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
#include <libavutil/time.h>

#include "interrupt.h"
#include "read_all.h"
#include "report/log.h"

static void show_progress(const Input *input, int64_t *shown)
{
    uint64_t done, all;
    int64_t now = log_progress_wanted() ? av_gettime_relative() : 0;

    if (now - *shown < 100000)
        return;
    *shown = now;
    input_progress(input, &done, &all);
    log_progress("%.1f of %.1f MB read", done / 1e6, all / 1e6);
}

int input_read_all(Input *input, FrameLook look, void *opaque)
{
    AVPacket *packet = av_packet_alloc();
    int64_t shown = 0;
    int ret = packet ? 0 : AVERROR(ENOMEM);

    while (ret >= 0 && !interrupt_pending()) {
        InputFrame info;
        InputTrack *track;

        ret = input_read(input, packet, &info, &track);
        if (ret >= 0)
            ret = look(opaque, track, packet, &info);
        av_packet_unref(packet);
        show_progress(input, &shown);
    }
    log_progress_clear();
    av_packet_free(&packet);
    return interrupt_pending() ? AVERROR_EXIT : ret;
}
