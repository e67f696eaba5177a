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

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "held_keys.h"

static const HeldKey *find(const HeldKeys *held, int index)
{
    const HeldKey *any = NULL;

    for (int i = 0; i < held->nb; i++) {
        if (held->keys[i].index == index)
            return &held->keys[i];
        if (held->keys[i].index < 0)
            any = &held->keys[i];
    }
    return any;
}

static int put(HeldKeys *held, int index, const Key *key)
{
    HeldKey *grown;
    int i = 0;

    while (i < held->nb && held->keys[i].index != index)
        i++;
    if (i == held->nb) {
        grown = av_realloc_array(held->keys, held->nb + 1, sizeof(*grown));
        if (!grown)
            return AVERROR(ENOMEM);
        held->keys = grown;
        held->nb++;
    }
    held->keys[i].index = index;
    memcpy(held->keys[i].digest, key->digest, sizeof(key->digest));
    return 0;
}

int held_keys_open(HeldKeys *held, const ParticipantPlan *plan)
{
    *held = (HeldKeys){ .enabled = plan->e2ee };
    if (!plan->key.held)
        return 0;
    /* A file may have keys at other indexes, too. */
    return put(held, plan->key.file ? -1 : 0, &plan->key);
}

int held_keys_apply(HeldKeys *held, const KeyEvent *event)
{
    switch (event->type) {
    case KEY_EVENT_SET:
        held->used = event->index;
        return put(held, event->index, &event->key);
    case KEY_EVENT_ADD:
        return put(held, event->index, &event->key);
    case KEY_EVENT_USE:
        held->used = event->index;
        return 0;
    case KEY_EVENT_REMOVE:
        held->nb = 0;
        return 0;
    case KEY_EVENT_DISABLE:
    case KEY_EVENT_ENABLE:
        held->enabled = event->type == KEY_EVENT_ENABLE;
        return 0;
    default:
        return 0;
    }
}

bool held_keys_can_seal(const HeldKeys *held)
{
    return held->enabled && find(held, held->used);
}

bool held_keys_fit(const HeldKeys *sealer, const HeldKeys *opener)
{
    const HeldKey *a = find(sealer, sealer->used);
    const HeldKey *b = find(opener, sealer->used);

    return sealer->enabled && opener->enabled && a && b &&
           !memcmp(a->digest, b->digest, sizeof(a->digest));
}

void held_keys_close(HeldKeys *held)
{
    av_freep(&held->keys);
    held->nb = 0;
}
