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
 * Which key opens which track: one for all, and others by name, since in
 * some rooms every sender has a key of their own.
 */

#ifndef TOOLS_OPEN_TRACK_KEYS_H
#define TOOLS_OPEN_TRACK_KEYS_H

#include "capture/input.h"
#include "media/key.h"
#include "options.h"

typedef struct TrackKeys {
    Key   common;
    bool  has_common;
    Key  *keys;           ///< one for each of names
    const TextList *texts; ///< "TRACK=FILE"
} TrackKeys;

/**
 * Read the key files.
 *
 * @param common file of the key for all that are not named; NULL: none
 * @param texts  "TRACK=FILE", TRACK a label, a kind or an input file; has to
 *               live as long as the keys
 * @return 0, or a negative AVERROR after an error line
 */
int track_keys_read(TrackKeys *keys, const char *common,
                    const TextList *texts);

/** For an opener: opaque is a TrackKeys. */
const Key *track_keys_find(void *opaque, const InputTrack *track);

/** The keys one after the other, to be tried; NULL: no more. */
const Key *track_keys_nth(const TrackKeys *keys, int n);

void track_keys_wipe(TrackKeys *keys);

#endif /* TOOLS_OPEN_TRACK_KEYS_H */
