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

#include "explain.h"

const char *group_name(const Group *group, char *buf, size_t size)
{
    switch (group->format) {
    case WIRE_TRAILER:
    case WIRE_STREAM:
        snprintf(buf, size, "key index %"PRIu64, group->id);
        break;
    case WIRE_SFRAME:
        snprintf(buf, size, "key id %"PRIu64, group->id);
        break;
    default:
        snprintf(buf, size, "%s", group->format == WIRE_DAVE ?
                 "DAVE, which names no key" : "no key named");
    }
    return buf;
}

static enum E2EEKdf usual_kdf(const Settings *s, enum E2EEPeer peer)
{
    return s->secret->is_raw ? s->scheme->raw_kdf[peer] : s->scheme->text_kdf;
}

static int explain_kdf(ProbeTrack *track, const Group *group)
{
    const Settings *s = &group->opener->settings;
    enum E2EEKdf usual = usual_kdf(s, E2EE_PEER_WEB);
    enum E2EEKdf other = s->kdf == E2EE_KDF_PBKDF2 ? E2EE_KDF_HKDF :
                                                     E2EE_KDF_PBKDF2;
    const char *what = s->secret->is_raw ? "key bytes" : "a passphrase";

    if (s->scheme->key_ops || s->scheme->count_from_one)
        return 0; /* there is one way only */
    if (s->kdf == usual)
        return finding_add(&track->findings, "kdf", true, group->nb_opened,
                           "opens with kdf=%s, as %s does with %s; a "
                           "receiver set to %s would say InvalidKey",
                           kdf_name(s->kdf), s->scheme->name, what,
                           kdf_name(other));
    return finding_add(&track->findings, "other-kdf", true, group->nb_opened,
                       "opens with kdf=%s; %s takes %s for %s%s, and a "
                       "receiver set to it would say InvalidKey",
                       kdf_name(s->kdf), s->scheme->name, kdf_name(usual),
                       what, s->kdf == usual_kdf(s, E2EE_PEER_NATIVE) ?
                       " unless peer=native is set" : "");
}

static int explain_salt(ProbeTrack *track, const Group *group)
{
    const Settings *s = &group->opener->settings;

    if (!*s->salt || !strcmp(s->salt, s->scheme->salt))
        return 0;
    return finding_add(&track->findings, "other-salt", true, group->nb_opened,
                       "opens with salt=%s; %s's own is %s, and a receiver "
                       "with it would say InvalidKey", s->salt,
                       s->scheme->name, s->scheme->salt);
}

static int explain_secret(ProbeTrack *track, const Group *group)
{
    const Settings *s = &group->opener->settings;
    int index = s->secret->index < 0 ? 0 : s->secret->index;
    int ret = 0;

    if (s->secret->form)
        ret = finding_add(&track->findings, "other-form", true,
                          group->nb_opened, "%s, line %d: the secret opens, "
                          "but %s", s->secret->file, s->secret->line,
                          secret_form_text(s->secret->form));
    if (ret >= 0 && s->secret->index >= 0 && index != (int)s->index &&
        (group->format == WIRE_TRAILER || group->format == WIRE_STREAM))
        ret = finding_add(&track->findings, "other-index", true,
                          group->nb_opened, "%s, line %d is for index %d, "
                          "and opens frames of index %u; a receiver would "
                          "say MissingKey", s->secret->file, s->secret->line,
                          index, s->index);
    return ret;
}

static int explain_ratchet(ProbeTrack *track, const Group *group)
{
    const Settings *s = &group->opener->settings;
    unsigned first = group->first_steps, last = group->last_steps;

    if (!last || !strcmp(s->scheme->name, "dave"))
        return 0;
    if (first != last)
        return finding_add(&track->findings, "ratcheted", true,
                           group->nb_opened, "the sender ratcheted its key "
                           "forward, from step %u to step %u; LiveKit's web "
                           "client follows one step at a time only", first,
                           last);
    return finding_add(&track->findings, "ratcheted", true, group->nb_opened,
                       "the sender's key is %u step%s of the ratchet ahead "
                       "of the one given; LiveKit's web client never looks "
                       "further than one", last, last == 1 ? "" : "s");
}

static int explain_way(ProbeTrack *track, const Group *group)
{
    int ret = 0;

    if (group->nb_zero_lost)
        ret = finding_add(&track->findings, "zero-stripped", true,
                          group->nb_zero_lost, "their last byte, the key "
                          "index 0, was stripped, as FFmpeg 9's MP4 and "
                          "Matroska muxers do; e2ee_decrypt puts it back, "
                          "other receivers say MissingKey");
    if (ret >= 0 && group->nb_delimiter)
        ret = finding_add(&track->findings, "delimiter-inserted", true,
                          group->nb_delimiter, "an access unit delimiter was "
                          "put in front after sealing, as FFmpeg's MPEG-TS "
                          "muxer does; e2ee_decrypt leaves it off, other "
                          "receivers say InvalidKey");
    if (ret >= 0 && group->nb_short_codes)
        ret = finding_add(&track->findings, "three-byte-codes", true,
                          group->nb_short_codes, "they were sealed with "
                          "start codes of three bytes in the clear part; "
                          "over RTP receivers see four and say InvalidKey");
    return ret;
}

int explain_settings(ProbeTrack *track, const Group *group)
{
    static int (*const parts[])(ProbeTrack *, const Group *) = {
        explain_kdf, explain_salt, explain_secret, explain_ratchet,
        explain_way,
    };
    int ret = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && ret >= 0; i++)
        ret = parts[i](track, group);
    return ret;
}
