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
 * The keys that one end of a track holds, as far as it takes to know who
 * should be able to open what: digests by index.
 */

#ifndef TOOLS_ROOM_HELD_KEYS_H
#define TOOLS_ROOM_HELD_KEYS_H

#include <stdbool.h>

#include "scenario.h"

typedef struct HeldKey {
    int     index;      ///< -1: any that no other entry has
    uint8_t digest[32];
} HeldKey;

typedef struct HeldKeys {
    HeldKey *keys;
    int      nb;
    int      used;      ///< index that is sealed with
    bool     enabled;   ///< E2EE is on
} HeldKeys;

/** @return 0 or AVERROR(ENOMEM) */
int held_keys_open(HeldKeys *held, const ParticipantPlan *plan);

/** @return 0 or AVERROR(ENOMEM) */
int held_keys_apply(HeldKeys *held, const KeyEvent *event);

/** Whether there is a key to seal with. */
bool held_keys_can_seal(const HeldKeys *held);

/** Whether what is sealed with the one's used key opens with the other's. */
bool held_keys_fit(const HeldKeys *sealer, const HeldKeys *opener);

void held_keys_close(HeldKeys *held);

#endif /* TOOLS_ROOM_HELD_KEYS_H */
