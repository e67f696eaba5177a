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


#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include <libavutil/log.h>

#include "log.h"
#include "print.h"

static void say_state(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "%s", state_name(e->state));
}

static void say_enabled(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "E2EE is %s", e->value ? "on" : "off");
}

static void say_key(char *text, size_t size, const Event *e)
{
    if (e->key_index >= 0)
        snprintf(text, size, "key %d", e->key_index);
    else
        snprintf(text, size, "keys");
}

static void say_ratchet(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "ratchets");
    if (e->key_index >= 0)
        snprintf(text, size, "ratchets key %d", e->key_index);
}

static void say_layer(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "switched to layer %"PRId64, e->value);
}

static void say_frame(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "%s%"PRId64"%s%s",
             e->type == EVENT_KEY_FRAME ? "key frame " : "frame ", e->frame,
             e->type == EVENT_LOSS ? " lost" : "",
             e->type == EVENT_LOSS && e->hop == HOP_UPLINK ? " on the uplink"
             : e->type == EVENT_LOSS && e->hop == HOP_DOWNLINK
                 ? " on the downlink" : "");
}

static void say_freeze(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "frozen for %.3f s", e->value / 1e6);
}

static void say_gap(char *text, size_t size, const Event *e)
{
    snprintf(text, size, "%"PRId64" packet%s missing", e->value,
             e->value == 1 ? " is" : "s are");
}

static const struct {
    int         level;
    const char *words;
    void      (*say)(char *text, size_t size, const Event *event);
} rows[EVENT_NB] = {
    [EVENT_STATE]     = { AV_LOG_INFO,    NULL,                  say_state   },
    [EVENT_ENABLED]   = { AV_LOG_INFO,    NULL,                  say_enabled },
    [EVENT_JOIN]      = { AV_LOG_INFO,    "joins",               NULL        },
    [EVENT_LEAVE]     = { AV_LOG_INFO,    "leaves",              NULL        },
    [EVENT_PUBLISH]   = { AV_LOG_VERBOSE, "published",           NULL        },
    [EVENT_UNPUBLISH] = { AV_LOG_VERBOSE, "unpublished",         NULL        },
    [EVENT_MUTE]      = { AV_LOG_INFO,    "muted",               NULL        },
    [EVENT_UNMUTE]    = { AV_LOG_INFO,    "unmuted",             NULL        },
    [EVENT_KEY]       = { AV_LOG_INFO,    NULL,                  say_key     },
    [EVENT_RATCHET]   = { AV_LOG_INFO,    NULL,                  say_ratchet },
    [EVENT_LAYER]     = { AV_LOG_INFO,    NULL,                  say_layer   },
    [EVENT_PLI]       = { AV_LOG_VERBOSE, "asks for a key frame", NULL       },
    [EVENT_KEY_FRAME] = { AV_LOG_VERBOSE, NULL,                  say_frame   },
    [EVENT_LOSS]      = { AV_LOG_VERBOSE, NULL,                  say_frame   },
    [EVENT_FREEZE]    = { AV_LOG_INFO,    NULL,                  say_freeze  },
    [EVENT_SERVER]    = { AV_LOG_VERBOSE, NULL,                  say_frame   },
    [EVENT_GAP]       = { AV_LOG_INFO,    NULL,                  say_gap     },
};

static const char *colour_of(const Event *e)
{
    if (e->type != EVENT_STATE)
        return "";
    return log_colour(e->state == STATE_ENCRYPTION_SUCCESS ||
                      e->state == STATE_DECRYPTION_SUCCESS ? COLOUR_GREEN
                                                           : COLOUR_RED);
}

void print_event(const Event *e)
{
    const char *colour = colour_of(e);
    const char *sender = e->participant ? e->participant : "";
    bool reason = e->reason && *e->reason;
    char words[64];

    if (rows[e->type].say)
        rows[e->type].say(words, sizeof(words), e);
    else
        snprintf(words, sizeof(words), "%s", rows[e->type].words);
    log_out_at(rows[e->type].level,
               "%9.3f  %-9s %-2s %-9s %-11s %s%s%s%s%s%s\n", e->time / 1e6,
               e->receiver ? e->receiver : sender, e->receiver ? "<-" : "",
               e->receiver ? sender : "", e->kind ? e->kind : "", colour,
               words, *colour ? COLOUR_PLAIN : "", reason ? " (" : "",
               reason ? e->reason : "", reason ? ")" : "");
}
