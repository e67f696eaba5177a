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
 * One e2ee filter on one track, through libavcodec's public API.
 */

#ifndef TOOLS_MEDIA_FRAME_FILTER_H
#define TOOLS_MEDIA_FRAME_FILTER_H

#include <stdbool.h>

#include <libavcodec/bsf.h>

#include "key.h"
#include "state.h"

typedef struct FrameFilterSetup {
    const char *name;    ///< "e2ee_encrypt" or "e2ee_decrypt"
    const char *scheme;  ///< NULL: the filter's default
    const char *kind;    ///< audio, video, share or share_audio
    const char *options; ///< more of them, "kdf=hkdf:salt=..."; NULL: none
    const Key  *key;
} FrameFilterSetup;

/** An open filter, or none (bsf NULL). */
typedef struct FrameFilter {
    AVBSFContext  *bsf;
    const int64_t *nb_injected; ///< its count; NULL: it has none
} FrameFilter;

/** What the filter told about one frame. */
typedef struct FrameReport {
    FrameState state;
    int        key_index;  ///< -1: not told
    char       reason[32]; ///< "" if there is none
    bool       injected;   ///< the server's own frame, never sealed
} FrameReport;

/**
 * Open a filter for packets of these parameters.
 *
 * @param[out] filter closed by frame_filter_close()
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int frame_filter_open(FrameFilter *filter, const FrameFilterSetup *setup,
                      const AVCodecParameters *par, AVRational time_base);

void frame_filter_close(FrameFilter *filter);

/**
 * Whether a filter would open for Opus with this setup; if not, says so.
 * Also the one time that the filter's warnings about a key file are shown.
 *
 * @return 0 or a negative AVERROR
 */
int frame_filter_try(const FrameFilterSetup *setup);

/** Whether the filters know a wire format by that name. */
bool frame_filter_has_scheme(const char *name);

/** frame_filter_try() to open with this scheme and this key. */
int frame_filter_check(const char *scheme, const Key *key);

/**
 * Put one packet through. A packet that did not open comes back as it was,
 * with its state in the report.
 *
 * @return 0, AVERROR(EAGAIN) if the filter dropped the packet (it is empty
 *         then), or another negative AVERROR
 */
int frame_filter_run(FrameFilter *filter, AVPacket *packet,
                     FrameReport *report);

#endif /* TOOLS_MEDIA_FRAME_FILTER_H */
