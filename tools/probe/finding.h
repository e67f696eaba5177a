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
 * What was found out about a stream, each a name, words, and how sure it is.
 */

#ifndef TOOLS_PROBE_FINDING_H
#define TOOLS_PROBE_FINDING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Finding {
    const char *name;      ///< for machines, with hyphens
    bool        certain;   ///< a tag or the bytes themselves say so
    uint64_t    nb_frames; ///< that it is about, 0: the stream
    char        text[400]; ///< one or two sentences
} Finding;

/** Zeroed to begin with. */
typedef struct FindingList {
    Finding *findings;
    int      nb;
} FindingList;

/** The same words again only add to the frames.
 *  @return 0 or AVERROR(ENOMEM) */
int finding_add(FindingList *list, const char *name, bool certain,
                uint64_t nb_frames, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

bool finding_has(const FindingList *list, const char *name);

void finding_list_free(FindingList *list);

#endif /* TOOLS_PROBE_FINDING_H */
