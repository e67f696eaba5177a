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
#include <string.h>

#include <libavutil/macros.h>

#include "life.h"

static const struct {
    const char *name;
    const char *key;
} fates[FATE_NB] = {
    [FATE_UNSEALED]      = { "unsealed",             "unsealed"      },
    [FATE_WITHHELD]      = { "withheld",             "withheld"      },
    [FATE_LOST_UPLINK]   = { "lost on the uplink",   "lost_uplink"   },
    [FATE_LOST_DOWNLINK] = { "lost on the downlink", "lost_downlink" },
    [FATE_LATE]          = { "late",                 "late"          },
    [FATE_REFUSED]       = { "refused",              "refused"       },
    [FATE_OPENED]        = { "opened",               "opened"        },
    [FATE_ABSENT]        = { "not there",            "absent"        },
};

static const char *const showns[SHOWN_NB] = {
    [SHOWN_NOT]       = "not",
    [SHOWN_WAITING]   = "waiting",
    [SHOWN_FAILED]    = "failed",
    [SHOWN_DIFFERENT] = "different",
    [SHOWN_IDENTICAL] = "identical",
};

const char *fate_name(Fate fate)
{
    return fates[fate].name;
}

const char *fate_key(Fate fate)
{
    return fates[fate].key;
}

const char *shown_name(Shown shown)
{
    return showns[shown];
}

bool life_is_problem(const FrameLife *l)
{
    if (l->fate == FATE_OPENED)
        return l->shown == SHOWN_WAITING || l->shown == SHOWN_FAILED ||
               l->shown == SHOWN_DIFFERENT;
    return l->fate != FATE_ABSENT;
}

bool mishap_is_loss(const PacketMishap *m)
{
    return strstr(m->what, "loss") || !strcmp(m->what, "full queue") ||
           !strcmp(m->what, "MTU") || !strcmp(m->what, MISHAP_CORRUPTED);
}

const char *life_loss(const FrameLife *l)
{
    Hop hop = l->fate == FATE_LOST_UPLINK ? HOP_UPLINK : HOP_DOWNLINK;

    for (int i = FFMIN(l->nb_mishaps, LIFE_MISHAPS) - 1; i >= 0; i--)
        if (l->mishaps[i].hop == hop && mishap_is_loss(&l->mishaps[i]))
            return l->mishaps[i].what;
    return l->why ? l->why : "";
}
