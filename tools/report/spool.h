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


/**
 * @file
 * What has to wait for the end of a meeting waits in a file without a name.
 */

#ifndef TOOLS_REPORT_SPOOL_H
#define TOOLS_REPORT_SPOOL_H

#include <stddef.h>
#include <stdio.h>

typedef struct Spool {
    FILE *stream; ///< to write to; NULL: not open
} Spool;

typedef void (*SpoolTaker)(void *opaque, const char *data, size_t size);

/**
 * Open it in the directory of an output, which has to have room for it
 * anyway; for "-" where temporary files go.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int spool_open(Spool *spool, const char *output);

/**
 * Hand over all that was written, piece by piece. Nothing may be written
 * afterwards.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int spool_copy(Spool *spool, SpoolTaker take, void *opaque);

void spool_close(Spool *spool);

#endif /* TOOLS_REPORT_SPOOL_H */
