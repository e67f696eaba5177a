/*
 * End-to-end encrypted media: frames that come twice
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

#ifndef AVCODEC_BSF_E2EE_REPLAY_H
#define AVCODEC_BSF_E2EE_REPLAY_H

#include <stdint.h>

#define E2EE_REPLAY_WINDOW  1024
#define E2EE_REPLAY_SENDERS 3

/**
 * The last counters that a receiver has seen of a track's sender, under each
 * of the last few prefixes (a sender takes a new one with each key).
 */
typedef struct E2EEReplay {
    struct {
        uint64_t prefix;
        uint32_t highest;       ///< counter seen
        int      used;
        uint8_t  seen[E2EE_REPLAY_WINDOW / 8]; ///< by counter, as a ring
    } senders[E2EE_REPLAY_SENDERS];
    int oldest;                 ///< the place that is taken next
} E2EEReplay;

/** Whether the counter was there before, or is older than the window. */
int ff_e2ee_replayed(const E2EEReplay *replay, uint64_t prefix,
                     uint32_t counter);

/** Note the counter of an authentic frame. */
void ff_e2ee_replay_commit(E2EEReplay *replay, uint64_t prefix,
                           uint32_t counter);

#endif /* AVCODEC_BSF_E2EE_REPLAY_H */
