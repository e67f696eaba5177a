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


#define _DEFAULT_SOURCE /* mkstemp */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "log.h"
#include "spool.h"

static char *choose_name(const char *output)
{
    const char *tmp   = getenv("TMPDIR");
    const char *slash = strrchr(output, '/');

    if (strcmp(output, "-"))
        return av_asprintf("%.*s.e2ee-meeting-XXXXXX",
                           slash ? (int)(slash + 1 - output) : 0, output);
    return av_asprintf("%s/e2ee-meeting-XXXXXX", tmp && *tmp ? tmp : "/tmp");
}

int spool_open(Spool *spool, const char *output)
{
    char *name = choose_name(output);
    int fd, error;

    if (!name)
        return AVERROR(ENOMEM);
    fd = mkstemp(name);
    if (fd >= 0) {
        unlink(name);
        spool->stream = fdopen(fd, "w+");
    }
    error = errno;
    if (!spool->stream) {
        if (fd >= 0)
            close(fd);
        log_error("%s: %s; give an output in a directory that you may write "
                  "to", strcmp(output, "-") ? output : name, strerror(error));
    }
    av_free(name);
    return spool->stream ? 0 : AVERROR(error);
}

int spool_copy(Spool *spool, SpoolTaker take, void *opaque)
{
    char buffer[65536];
    size_t size;
    int error;

    errno = EIO;
    if (fflush(spool->stream) == EOF || ferror(spool->stream) ||
        fseek(spool->stream, 0, SEEK_SET) < 0)
        goto fail;
    while ((size = fread(buffer, 1, sizeof(buffer), spool->stream)) > 0)
        take(opaque, buffer, size);
    if (!ferror(spool->stream))
        return 0;

fail:
    error = errno;
    log_error("a temporary file beside the report: %s; make room and try "
              "again", strerror(error));
    return AVERROR(error);
}

void spool_close(Spool *spool)
{
    if (spool->stream)
        fclose(spool->stream);
    spool->stream = NULL;
}
