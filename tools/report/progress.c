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


#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include <libavformat/avio.h>
#include <libavutil/common.h>
#include <libavutil/time.h>

#include "log.h"
#include "progress.h"

#define LINE_PERIOD 100000 /* of the terminal, microseconds */
#define FILE_PERIOD 500000 /* ffmpeg's */

struct Progress {
    AVIOContext *out;         ///< NULL: none
    bool         line;        ///< on the terminal
    int64_t      started, line_shown, file_shown; ///< wall clock
    ProgressNow  now;
};

int progress_open(Progress **progress, const char *url)
{
    Progress *p = *progress = av_mallocz(sizeof(*p));
    int ret;

    if (!p)
        return AVERROR(ENOMEM);
    p->started = av_gettime_relative();
    p->line    = log_progress_wanted();
    if (!url)
        return 0;
    ret = avio_open(&p->out, strcmp(url, "-") ? url : "pipe:1",
                    AVIO_FLAG_WRITE);
    if (ret < 0) {
        log_error("--progress %s: %s; give a file or pipe:NUMBER", url,
                  av_err2str(ret));
        av_freep(progress);
    }
    return ret;
}

static double speed_of(const Progress *p)
{
    return (double)p->now.time /
           FFMAX(av_gettime_relative() - p->started, 1);
}

static void write_file(Progress *p, bool end)
{
    int64_t s = p->now.time / 1000000;

    avio_printf(p->out, "frame=%"PRIu64"\npackets=%"PRIu64"\n",
                p->now.nb_frames, p->now.nb_packets);
    if (p->now.all)
        avio_printf(p->out, "done_size=%"PRIu64"\ntotal_size=%"PRIu64"\n",
                    p->now.done, p->now.all);
    avio_printf(p->out, "out_time_us=%"PRId64"\n"
                "out_time=%02"PRId64":%02"PRId64":%02"PRId64".%06"PRId64"\n"
                "speed=%.3gx\nprogress=%s\n", p->now.time, s / 3600,
                s / 60 % 60, s % 60, p->now.time % 1000000, speed_of(p),
                end ? "end" : "continue");
    avio_flush(p->out);
}

static void show_line(const Progress *p)
{
    char share[32] = "";

    if (p->now.all)
        snprintf(share, sizeof(share), "%.0f %%, ",
                 100.0 * p->now.done / p->now.all);
    log_progress("%s%.1f s of media, %.1f times real time, %"PRIu64
                 " packets", share, p->now.time / 1e6, speed_of(p),
                 p->now.nb_packets);
}

void progress_show(Progress *p, const ProgressNow *now)
{
    int64_t clock;

    p->now = *now;
    if (!p->out && !p->line)
        return;
    clock = av_gettime_relative();
    if (p->line && clock - p->line_shown >= LINE_PERIOD) {
        p->line_shown = clock;
        show_line(p);
    }
    if (p->out && clock - p->file_shown >= FILE_PERIOD) {
        p->file_shown = clock;
        write_file(p, false);
    }
}

void progress_end(Progress *p)
{
    log_progress_clear();
    if (p->out)
        write_file(p, true);
    avio_closep(&p->out);
}

void progress_free(Progress **progress)
{
    if (*progress)
        avio_closep(&(*progress)->out);
    av_freep(progress);
}
