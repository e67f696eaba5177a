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
 * A report of any bytes, as `why` and `summary` read it, in full: the first
 * byte says whether a frame or a time is asked for.
 */

#define _GNU_SOURCE /* memfd_create() */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "report/log.h"
#include "report/summary.h"
#include "report/why.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_init(AV_LOG_QUIET);
    return 0;
}

static void explain(const char *file, const WhyQuery *query)
{
    WhyStep steps[WHY_STEPS];
    AVBPrint sentence;
    WhyReport why;

    if (why_read(&why, file, query) >= 0)
        for (int i = 0; i < why.nb_answers; i++) {
            const int nb = why_steps(steps, &why, &why.answers[i]);

            if (nb < 0 || nb > WHY_STEPS)
                abort();
            av_bprint_init(&sentence, 0, AV_BPRINT_SIZE_UNLIMITED);
            why_sentence(&sentence, &why, &why.answers[i]);
            av_bprint_finalize(&sentence, NULL);
        }
    why_free(&why);
}

static int take(void *opaque, const SummaryItem *item)
{
    if (!item->file || !item->why)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WhyQuery query = { .sender = "alice", .kind = "video", .frame = -1 };
    char path[32];
    int fd;

    if (!size)
        return 0;
    query.frame = data[0] & 1 ? data[0] >> 1 : -1;
    query.time  = 10000 * (data[0] >> 1);
    fd = memfd_create("report", 0);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    explain(path, &query);
    summary_read(path, take, NULL);
    close(fd);
    return 0;
}
