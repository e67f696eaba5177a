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


#include "json_event.h"
#include "json_out.h"

static json_t *pack_value(const Event *e)
{
    switch (e->type) {
    case EVENT_ENABLED:
        return json_boolean(e->value);
    case EVENT_FREEZE:
        return json_time(e->value);
    default:
        return json_integer(e->value);
    }
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text && *text)
        json_object_set_new(object, name, json_text(text));
}

json_t *json_event(const Event *e)
{
    json_t *object = json_pack("{s:o, s:s}", "time", json_time(e->time),
                               "event", event_name(e->type));

    if (!object)
        return NULL;
    set_text(object, "participant", e->participant);
    set_text(object, "receiver", e->receiver);
    set_text(object, "kind", e->kind);
    if (e->state != STATE_NONE)
        set_text(object, "state", state_name(e->state));
    if (e->key_index >= 0)
        json_object_set_new(object, "key_index", json_integer(e->key_index));
    set_text(object, "reason", e->reason);
    if (e->hop != HOP_NONE)
        set_text(object, "hop", hop_name(e->hop));
    if (e->frame >= 0)
        json_object_set_new(object, "frame", json_integer(e->frame));
    if (event_value_name(e->type))
        json_object_set_new(object, event_value_name(e->type), pack_value(e));
    return object;
}
