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

#include <string.h>

#include "e2ee_replay.h"

static int find(const E2EEReplay *replay, uint64_t prefix)
{
    for (int i = 0; i < E2EE_REPLAY_SENDERS; i++)
        if (replay->senders[i].used && replay->senders[i].prefix == prefix)
            return i;
    return -1;
}

int ff_e2ee_replayed(const E2EEReplay *replay, uint64_t prefix,
                     uint32_t counter)
{
    int n = find(replay, prefix);
    uint32_t bit = counter % E2EE_REPLAY_WINDOW;

    if (n < 0 || counter > replay->senders[n].highest)
        return 0;
    return replay->senders[n].highest - counter >= E2EE_REPLAY_WINDOW ||
           replay->senders[n].seen[bit / 8] >> bit % 8 & 1;
}

void ff_e2ee_replay_commit(E2EEReplay *replay, uint64_t prefix,
                           uint32_t counter)
{
    int n = find(replay, prefix);
    uint32_t bit = counter % E2EE_REPLAY_WINDOW;
    uint8_t *seen;

    if (n < 0) {
        n = replay->oldest;
        replay->oldest = (n + 1) % E2EE_REPLAY_SENDERS;
        memset(&replay->senders[n], 0, sizeof(replay->senders[n]));
        replay->senders[n].prefix  = prefix;
        replay->senders[n].highest = counter;
        replay->senders[n].used    = 1;
    }
    seen = replay->senders[n].seen;
    /* Places that the window moves over were those of older counters. */
    if (counter > replay->senders[n].highest) {
        uint32_t moved = counter - replay->senders[n].highest;

        if (moved >= E2EE_REPLAY_WINDOW)
            memset(seen, 0, E2EE_REPLAY_WINDOW / 8);
        for (uint32_t i = 1; i <= moved && moved < E2EE_REPLAY_WINDOW; i++) {
            uint32_t old = (replay->senders[n].highest + i) %
                           E2EE_REPLAY_WINDOW;

            seen[old / 8] &= ~(1 << old % 8);
        }
        replay->senders[n].highest = counter;
    }
    seen[bit / 8] |= 1 << bit % 8;
}
