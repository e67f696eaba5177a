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

#define _DEFAULT_SOURCE /* mkstemp, fchmod */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "log.h"
#include "whole_file.h"

struct WholeFile {
    char *name, *temporary;
    FILE *stream;
};

static int complain(const char *name, int error)
{
    log_error("%s: %s; give a file in a directory that you may write to",
              name, strerror(error));
    return AVERROR(error);
}

/* mkstemp() makes private files; an output is as public as the umask says. */
static int open_temporary(char *name)
{
    int    fd   = mkstemp(name);
    mode_t mask = umask(0);

    umask(mask);
    if (fd >= 0)
        fchmod(fd, 0666 & ~mask);
    return fd;
}

static int open_named(WholeFile *f)
{
    int fd, error;

    if (!(f->temporary = av_asprintf("%s.XXXXXX", f->name)))
        return AVERROR(ENOMEM);
    if ((fd = open_temporary(f->temporary)) < 0) {
        error = errno;
        av_freep(&f->temporary);
        return complain(f->name, error);
    }
    if (!(f->stream = fdopen(fd, "w"))) {
        close(fd);
        return AVERROR(ENOMEM);
    }
    return 0;
}

int whole_file_open(WholeFile **file, const char *name)
{
    WholeFile *f = *file = av_mallocz(sizeof(*f));
    int ret = AVERROR(ENOMEM);

    if (!f || !(f->name = av_strdup(name)))
        goto fail;
    if (!strcmp(name, "-")) {
        f->stream = stdout;
        return 0;
    }
    if ((ret = open_named(f)) < 0)
        goto fail;
    return 0;

fail:
    whole_file_discard(file);
    return ret;
}

FILE *whole_file_stream(const WholeFile *file)
{
    return file->stream;
}

const char *whole_file_temporary(const WholeFile *file)
{
    return file->temporary ? file->temporary : file->name;
}

int whole_file_commit(WholeFile **file)
{
    WholeFile *f = *file;
    int error = 0;

    errno = EIO;
    if (ferror(f->stream) || fflush(f->stream) == EOF)
        error = errno;
    if (f->temporary) {
        if (fclose(f->stream) == EOF && !error)
            error = errno;
        f->stream = NULL;
        if (!error && rename(f->temporary, f->name) < 0)
            error = errno;
        if (!error)
            av_freep(&f->temporary);
    }
    if (error)
        error = complain(f->name, error);
    whole_file_discard(file);
    return error;
}

void whole_file_discard(WholeFile **file)
{
    WholeFile *f = *file;

    if (!f)
        return;
    if (f->temporary) {
        if (f->stream)
            fclose(f->stream);
        unlink(f->temporary);
    }
    av_free(f->temporary);
    av_free(f->name);
    av_freep(file);
}
