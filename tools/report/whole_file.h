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
 * An output file that appears under its name when it is whole, or not at all.
 */

#ifndef TOOLS_REPORT_WHOLE_FILE_H
#define TOOLS_REPORT_WHOLE_FILE_H

#include <stdio.h>

typedef struct WholeFile WholeFile;

/**
 * Start writing, under another name in the same directory. "-" is standard
 * output.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int whole_file_open(WholeFile **file, const char *name);

FILE *whole_file_stream(const WholeFile *file);

/** The name that it has until it is whole, for who writes it by other means;
 *  "-" stays. */
const char *whole_file_temporary(const WholeFile *file);

/**
 * Check that all was written, give it its name, free.
 *
 * @return 0, or a negative AVERROR after an error line; the file is gone then
 */
int whole_file_commit(WholeFile **file);

/** Give up: nothing is left. NULL inside does nothing. */
void whole_file_discard(WholeFile **file);

#endif /* TOOLS_REPORT_WHOLE_FILE_H */
