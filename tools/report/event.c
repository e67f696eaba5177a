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

static const struct {
    const char *name;
    const char *value;
} rows[EVENT_NB] = {
    [EVENT_STATE]     = { "state",     NULL       },
    [EVENT_ENABLED]   = { "enabled",   "enabled"  },
    [EVENT_JOIN]      = { "join",      NULL       },
    [EVENT_LEAVE]     = { "leave",     NULL       },
    [EVENT_PUBLISH]   = { "publish",   NULL       },
    [EVENT_UNPUBLISH] = { "unpublish", NULL       },
    [EVENT_MUTE]      = { "mute",      NULL       },
    [EVENT_UNMUTE]    = { "unmute",    NULL       },
    [EVENT_KEY]       = { "key",       NULL       },
    [EVENT_RATCHET]   = { "ratchet",   NULL       },
    [EVENT_LAYER]     = { "layer",     "layer"    },
    [EVENT_PLI]       = { "pli",       NULL       },
    [EVENT_KEY_FRAME] = { "key_frame", NULL       },
    [EVENT_LOSS]      = { "loss",      NULL       },
    [EVENT_FREEZE]    = { "freeze",    "duration" },
    [EVENT_SERVER]    = { "server",    NULL       },
    [EVENT_GAP]       = { "gap",       "packets"  },
};

static const char *const hops[HOP_NB] = {
    [HOP_NONE]     = "none",
    [HOP_UPLINK]   = "uplink",
    [HOP_SERVER]   = "server",
    [HOP_DOWNLINK] = "downlink",
};

const char *event_name(EventType type)
{
    return rows[type].name;
}

const char *event_value_name(EventType type)
{
    return rows[type].value;
}

const char *hop_name(Hop hop)
{
    return hops[hop];
}
