/*
 * End-to-end encrypted media: a counter that outlives the process
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#ifndef AVCODEC_BSF_E2EE_COUNTER_FILE_H
#define AVCODEC_BSF_E2EE_COUNTER_FILE_H

#include <stdint.h>

#include "e2ee_state.h"

/** Values that are taken from the file at once; a crash loses no more. */
#define E2EE_COUNTER_RANGE 4096

/**
 * Counter values that nobody else gets who uses the file: other instances,
 * processes, and those that come later. The file holds the first value that
 * is free, in decimal digits and a newline, and is replaced before a value of
 * a range is used. PATH.lock and PATH.new are beside it.
 */
typedef struct E2EECounterFile {
    const char *path;           ///< the caller's
    uint64_t    next;           ///< the range that is in use
    uint64_t    left;
    unsigned    process;        ///< a forked child takes a range of its own
} E2EECounterFile;

/**
 * Take a range for what comes; ff_e2ee_counter_file_next() does so when it
 * has to. A file that is not there begins at 0.
 *
 * @return E2EE_OK; E2EE_COUNTER_FILE with the cause in errno, EINVAL if what
 *         the file holds is no counter; E2EE_IV_SPENT near 2^64, with EINVAL
 */
enum E2EEReason ff_e2ee_counter_file_reserve(E2EECounterFile *file);

/** The next value. */
enum E2EEReason ff_e2ee_counter_file_next(E2EECounterFile *file,
                                          uint64_t *value);

#endif /* AVCODEC_BSF_E2EE_COUNTER_FILE_H */
