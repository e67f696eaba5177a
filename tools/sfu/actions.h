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
 * What the scenario wants the server to do besides forwarding. Whether an
 * action takes a frame follows from the seed, the action, the receiver's
 * stream and the frame's timestamp alone: packets that come late and
 * retransmissions meet the same fate as the rest of their frame.
 */

#ifndef TOOLS_SFU_ACTIONS_H
#define TOOLS_SFU_ACTIONS_H

#include <stdbool.h>

#include "net/datagram.h"
#include "room/scenario.h"

struct Subscription;

typedef struct ActionState {
    const ServerAction *action;
    uint64_t key;      ///< its random stream
    bool     reported; ///< that it is at work
} ActionState;

/** Those of a scenario that concern one receiver of one track. */
typedef struct Actions {
    ActionState *states;
    int          nb;
} Actions;

/** @return 0 or AVERROR(ENOMEM) */
int actions_init(struct Subscription *subscription);

/**
 * The action of a type that takes a frame.
 *
 * @param time when the frame's first packet came to the server
 * @return NULL if there is none
 */
ActionState *actions_find(const Actions *actions, ServerActionType type,
                          int64_t time, uint32_t timestamp);

/** Whether an action of the type may take frames at a time. */
bool actions_in_span(const ServerAction *action, int64_t time);

/**
 * Tamper with a packet and strip it, if an action takes its frame.
 *
 * @param last  it is the frame's last one
 * @return 0 or AVERROR(ENOMEM)
 */
int actions_change(const struct Subscription *subscription,
                   int64_t frame_time, uint32_t timestamp, bool last,
                   Datagram *datagram);

void actions_free(Actions *actions);

#endif /* TOOLS_SFU_ACTIONS_H */
