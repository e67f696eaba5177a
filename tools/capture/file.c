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


#define _GNU_SOURCE /* fopencookie() */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "file.h"
#include "interrupt.h"
#include "report/log.h"

/* The descriptor always stands at the larger of position and nb_head. */
static ssize_t file_read(void *cookie, char *data, size_t size)
{
    CaptureFile *f = cookie;
    ssize_t n;

    if (f->position < (off_t)f->nb_head) {
        n = f->nb_head - f->position;
        if ((size_t)n > size)
            n = size;
        memcpy(data, f->head + f->position, n);
    } else {
        do
            n = read(f->fd, data, size);
        while (n < 0 && errno == EINTR && !interrupt_pending());
    }
    if (n > 0)
        f->position += n;
    else if (n < 0)
        f->error = AVERROR(errno);
    return n;
}

static int file_seek(void *cookie, off64_t *offset, int whence)
{
    CaptureFile *f = cookie;
    off_t base = whence == SEEK_SET ? 0
                                    : whence == SEEK_CUR ? f->position
                                                         : f->size;
    off_t target = base + *offset;

    /* Telling where it stands is not seeking. */
    if (target != f->position &&
        (!f->seekable || target < 0 ||
         lseek(f->fd, target < (off_t)f->nb_head ? (off_t)f->nb_head : target,
               SEEK_SET) < 0)) {
        errno = ESPIPE;
        return -1;
    }
    f->position = *offset = target;
    return 0;
}

static int file_close(void *cookie)
{
    CaptureFile *f = cookie;

    return f->fd > STDIN_FILENO ? close(f->fd) : 0;
}

static int read_head(CaptureFile *f)
{
    ssize_t n = 1;

    while (f->nb_head < sizeof(f->head) && n) {
        n = read(f->fd, f->head + f->nb_head, sizeof(f->head) - f->nb_head);
        if (n < 0 && (errno != EINTR || interrupt_pending()))
            return AVERROR(errno);
        f->nb_head += n > 0 ? n : 0;
    }
    return 0;
}

int capture_file_open(CaptureFile **file, const char *name)
{
    static const cookie_io_functions_t io = {
        .read  = file_read,
        .seek  = file_seek,
        .close = file_close,
    };
    CaptureFile *f = *file = av_mallocz(sizeof(*f));
    struct stat status;
    int ret = 0;

    if (!f)
        return AVERROR(ENOMEM);
    f->name = strcmp(name, "-") ? name : "standard input";
    f->fd   = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC)
                                : STDIN_FILENO;
    if (f->fd < 0 || fstat(f->fd, &status) < 0) {
        ret = AVERROR(errno);
    } else if (S_ISREG(status.st_mode)) {
        f->seekable = f->fd != STDIN_FILENO;
        f->size     = status.st_size;
    }
    if (ret >= 0)
        ret = read_head(f);
    if (ret >= 0 && !(f->stream = fopencookie(f, "r", io)))
        ret = AVERROR(errno);
    if (ret < 0) {
        log_error("%s: %s; give a capture or a media file, or - for "
                  "standard input", f->name, av_err2str(ret));
        capture_file_close(file);
    }
    return ret;
}

void capture_file_close(CaptureFile **file)
{
    CaptureFile *f = *file;

    if (!f)
        return;
    if (f->stream)
        fclose(f->stream);
    else if (f->fd > STDIN_FILENO)
        close(f->fd);
    av_freep(file);
}
