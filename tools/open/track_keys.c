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

#include "report/log.h"
#include "track_keys.h"

static const Key no_key = { .kind = KEY_NONE };

/* File names may have a "=" in them, key files are seldom named so. */
static const char *find_file(const char *text)
{
    const char *equals = strrchr(text, '=');

    return equals && equals > text && equals[1] ? equals + 1 : NULL;
}

static bool is_named(const char *text, const char *name)
{
    size_t length = find_file(text) - 1 - text;

    return strlen(name) == length && !memcmp(name, text, length);
}

int track_keys_read(TrackKeys *keys, const char *common, const TextList *texts)
{
    int ret = 0;

    *keys = (TrackKeys){ .texts = texts };
    if (!common && !texts->nb) {
        log_error("nothing opens without a key; give --key-file FILE");
        return AVERROR(EINVAL);
    }
    keys->keys = av_calloc(texts->nb + 1, sizeof(*keys->keys));
    if (!keys->keys)
        return AVERROR(ENOMEM);
    if (common)
        ret = key_from_file(&keys->common, KEY_ROOM, common);
    keys->has_common = common;
    for (int i = 0; i < texts->nb && ret >= 0; i++) {
        const char *file = find_file(texts->texts[i]);

        if (file) {
            ret = key_from_file(&keys->keys[i], KEY_OWN, file);
        } else {
            log_error("--key %s: say whose: --key TRACK=FILE",
                      texts->texts[i]);
            ret = AVERROR(EINVAL);
        }
    }
    return ret;
}

const Key *track_keys_find(void *opaque, const InputTrack *track)
{
    const TrackKeys *keys = opaque;
    const char *names[] = { track->label, track->file, track->kind };

    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
        for (int i = 0; i < keys->texts->nb; i++)
            if (names[n] && is_named(keys->texts->texts[i], names[n]))
                return &keys->keys[i];
    return keys->has_common ? &keys->common : &no_key;
}

const Key *track_keys_nth(const TrackKeys *keys, int n)
{
    if (keys->has_common)
        n--;
    return n < 0                 ? &keys->common
           : n < keys->texts->nb ? &keys->keys[n]
                                 : NULL;
}

void track_keys_wipe(TrackKeys *keys)
{
    key_wipe(&keys->common);
    for (int i = 0; keys->keys && i < keys->texts->nb; i++)
        key_wipe(&keys->keys[i]);
    av_freep(&keys->keys);
}
