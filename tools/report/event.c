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

#include <stddef.h>

#include "event.h"

static const char *const names[EVENT_NB] = {
    [EVENT_STATE]     = "state",
    [EVENT_ENABLED]   = "enabled",
    [EVENT_JOIN]      = "join",
    [EVENT_LEAVE]     = "leave",
    [EVENT_PUBLISH]   = "publish",
    [EVENT_UNPUBLISH] = "unpublish",
    [EVENT_MUTE]      = "mute",
    [EVENT_UNMUTE]    = "unmute",
    [EVENT_KEY]       = "key",
    [EVENT_RATCHET]   = "ratchet",
    [EVENT_LAYER]     = "layer",
    [EVENT_PLI]       = "pli",
    [EVENT_KEY_FRAME] = "key_frame",
    [EVENT_LOSS]      = "loss",
    [EVENT_FREEZE]    = "freeze",
    [EVENT_SERVER]    = "server",
    [EVENT_GAP]       = "gap",
};

static const char *const hops[HOP_NB] = {
    [HOP_UPLINK]   = "uplink",
    [HOP_SERVER]   = "server",
    [HOP_DOWNLINK] = "downlink",
};

const char *event_name(EventType type)
{
    return names[type];
}

const char *hop_name(Hop hop)
{
    return hops[hop];
}
