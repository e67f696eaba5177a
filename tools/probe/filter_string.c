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
#include <stdio.h>
#include <string.h>

#include <libavcodec/bsf.h>
#include <libavutil/avstring.h>
#include <libavutil/bprint.h>
#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "explain.h"

/* A value passes two parsers: one that splits filters at commas, one that
 * splits options at colons. */
static int put_value(AVBPrint *text, const char *name, const char *value)
{
    char *once = NULL, *twice = NULL;
    int ret = av_escape(&once, value, ":=\\'", AV_ESCAPE_MODE_BACKSLASH, 0);

    if (ret >= 0)
        ret = av_escape(&twice, once, ",\\'", AV_ESCAPE_MODE_BACKSLASH, 0);
    if (ret >= 0)
        av_bprintf(text, ":%s=%s", name, twice);
    av_free(once);
    av_free(twice);
    return FFMIN(ret, 0);
}

static enum E2EEKdf default_kdf(const Settings *s)
{
    return s->secret->is_raw ? s->scheme->raw_kdf[s->peer] :
                               s->scheme->text_kdf;
}

static unsigned ring_size(const Settings *s)
{
    return s->index < s->scheme->ring_size ? 0 : E2EE_RING_SIZE_MAX;
}

static void put_sframe(AVBPrint *text, const Settings *s)
{
    av_bprintf(text, ":suite=%u", s->suite);
    if (s->first_kid)
        av_bprintf(text, ":sframe_first_kid=%"PRIu64, s->first_kid);
    if (s->ratchet_bits)
        av_bprintf(text, ":sframe_ratchet_bits=%u", s->ratchet_bits);
}

static int put_settings(AVBPrint *text, const Group *group)
{
    const Settings *s = &group->opener->settings;
    int ret = 0;

    av_bprintf(text, "e2ee_decrypt=scheme=%s", s->scheme->name);
    if (s->peer)
        av_bprintf(text, ":peer=native");
    if (s->kdf != default_kdf(s))
        av_bprintf(text, ":kdf=%s", kdf_name(s->kdf));
    if (*s->salt && strcmp(s->salt, s->scheme->salt))
        ret = put_value(text, "salt", s->salt);
    if (s->suite)
        put_sframe(text, s);
    else if (s->key_size != s->scheme->key_size)
        av_bprintf(text, ":key_size=%u", 8 * s->key_size);
    if (ring_size(s))
        av_bprintf(text, ":key_ring=%u", ring_size(s));
    if (group->last_steps > s->scheme->ratchet_window)
        av_bprintf(text, ":ratchet_window=%u", FFMIN(group->last_steps, 255));
    if (s->secret->index < 0 && s->index)
        av_bprintf(text, ":key_index=%u", s->index);
    return ret < 0 ? ret : put_value(text, "key_file", s->secret->from_env ?
                                     "FILE" : s->secret->file);
}

/* One that is there already serves several key indexes. */
static int add_filter(ProbeTrack *track, char *text)
{
    char **grown;

    for (int i = 0; i < track->nb_filters; i++)
        if (!strcmp(track->filters[i], text)) {
            av_free(text);
            return 0;
        }
    grown = av_realloc_array(track->filters, track->nb_filters + 1,
                             sizeof(*grown));
    if (!grown) {
        av_free(text);
        return AVERROR(ENOMEM);
    }
    track->filters = grown;
    grown[track->nb_filters++] = text;
    return 0;
}

int write_filters(ProbeTrack *track)
{
    int ret = 0;

    for (int i = 0; i < track->nb_groups && ret >= 0; i++) {
        AVBPrint text;
        char *string;

        if (!track->groups[i]->opener)
            continue;
        av_bprint_init(&text, 0, AV_BPRINT_SIZE_UNLIMITED);
        ret = put_settings(&text, track->groups[i]);
        if (ret < 0)
            av_bprint_finalize(&text, NULL);
        else if ((ret = av_bprint_finalize(&text, &string)) >= 0)
            ret = add_filter(track, string);
    }
    return ret;
}
