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
 * A file or standard input as a stdio stream whose beginning can be looked at
 * first, which libpcap, libavformat and our own readers then all read.
 */

#ifndef TOOLS_CAPTURE_FILE_H
#define TOOLS_CAPTURE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define CAPTURE_HEAD_SIZE 4096

typedef struct CaptureFile {
    const char *name;     ///< as it was named, for messages; not owned
    FILE       *stream;
    uint8_t     head[CAPTURE_HEAD_SIZE]; ///< what the file begins with
    size_t      nb_head;
    off_t       position; ///< bytes read
    off_t       size;     ///< 0: not known
    int         error;    ///< AVERROR of a read that failed, or 0
    bool        seekable;
    int         fd;
} CaptureFile;

/**
 * @param name "-": standard input; has to outlive the file
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int capture_file_open(CaptureFile **file, const char *name);

void capture_file_close(CaptureFile **file);

#endif /* TOOLS_CAPTURE_FILE_H */
