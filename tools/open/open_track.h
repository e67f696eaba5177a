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
 * One sealed track while it is opened: its filter, what came of its frames,
 * and what its stream in the output needs.
 */

#ifndef TOOLS_OPEN_OPEN_TRACK_H
#define TOOLS_OPEN_OPEN_TRACK_H

#include "capture/input.h"
#include "e2ee_state.h"
#include "media/frame_filter.h"
#include "playable.h"
#include "probe/frame_view.h"
#include "probe/survey.h"

/** What can be said of a track when all of it was read. */
typedef enum OpenVerdict {
    OPEN_EMPTY,      ///< there is nothing in it
    OPEN_ALL,        ///< every whole frame opened
    OPEN_SOME,
    OPEN_NONE,       ///< sealed, and nothing opened
    OPEN_CLEAR,      ///< never sealed: it plays as it is
    OPEN_NB
} OpenVerdict;

/** "all", "some", "nothing", ...; the names in results. */
const char *open_verdict_name(OpenVerdict verdict);

typedef struct OpenTrack {
    const InputTrack *in;
    FrameFilter        filter;   ///< none: it does not take the codec
    char               refusal[256]; ///< why not
    AVCodecParameters *par;      ///< complete; NULL: no key frame opened yet
    AVCodecParameters *kept_par; ///< of the track as it came; NULL as above
    FrameView          view;
    Survey             survey;   ///< of what did not open; once something
                                 ///< did, of what seems never sealed
    PlayCheck         *decode;   ///< decodes what opened; NULL: not wanted
    int                stream;   ///< in the output, -1: none
    bool               keep;     ///< goes out as it came
    bool               begun;    ///< the stream's first key frame was there
    FrameReport        last;     ///< told last, to see changes
    uint64_t           lost_told; ///< of the input's nb_lost
    uint64_t nb_whole, nb_incomplete, nb_opened, nb_injected;
    uint64_t nb_written, nb_early, nb_late; ///< early: before the key frame;
                                 ///< late: after the header was written
    uint64_t nb_state[STATE_NB], nb_reason[E2EE_REASON_NB];
    uint64_t nb_key_index[256];  ///< of frames that opened
    int64_t  placed;             ///< time of the frame that went out last
    int64_t  first_opened, last_opened; ///< microseconds; -1: none
} OpenTrack;

/**
 * @return 0 or a negative AVERROR; a codec that the filter does not take is
 *         no error
 */
int open_track_alloc(OpenTrack **track, const InputTrack *in,
                     const FrameFilterSetup *filter);

/**
 * Put one whole frame through the filter and take note of what came of it.
 *
 * @param packet opened in place; as it came if it did not open
 * @param time   microseconds
 * @return 1 if it opened, 0 if not, or a negative AVERROR
 */
int open_track_frame(OpenTrack *track, AVPacket *packet, int64_t time,
                     FrameReport *report);

/** Whether there were frames that were never sealed amid those that opened. */
bool open_track_turned_clear(const OpenTrack *track);

OpenVerdict open_track_verdict(const OpenTrack *track);

/**
 * Say of a track that did not open wholly why, in words.
 *
 * @return text, or "" if there is nothing to say
 */
void open_track_words(const OpenTrack *track, char *text, size_t size);

void open_track_free(OpenTrack **track);

#endif /* TOOLS_OPEN_OPEN_TRACK_H */
