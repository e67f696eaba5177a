/*
 * End-to-end encrypted media: wire formats
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <string.h>

#include "e2ee_scheme.h"

extern const E2EEScheme ff_e2ee_scheme_dave;
extern const E2EEScheme ff_e2ee_scheme_jitsi;
extern const E2EEScheme ff_e2ee_scheme_livekit;
extern const E2EEScheme ff_e2ee_scheme_nextcloud;
extern const E2EEScheme ff_e2ee_scheme_sframe;
extern const E2EEScheme ff_e2ee_scheme_stream;
extern const E2EEScheme ff_e2ee_scheme_videosdk;

const E2EEScheme *const ff_e2ee_schemes[] = {
    &ff_e2ee_scheme_dave,
    &ff_e2ee_scheme_jitsi,
    &ff_e2ee_scheme_livekit,
    &ff_e2ee_scheme_nextcloud,
    &ff_e2ee_scheme_sframe,
    &ff_e2ee_scheme_stream,
    &ff_e2ee_scheme_videosdk,
    NULL
};

const E2EEScheme *ff_e2ee_scheme_find(const char *name)
{
    for (int i = 0; ff_e2ee_schemes[i]; i++)
        if (!strcmp(ff_e2ee_schemes[i]->name, name))
            return ff_e2ee_schemes[i];
    return NULL;
}

enum E2EEKdf ff_e2ee_scheme_kdf(const E2EESession *session,
                                enum E2EEKdf wanted, int is_raw)
{
    if (wanted != E2EE_KDF_AUTO)
        return wanted;
    return is_raw ? session->scheme->raw_kdf[session->peer] :
                    session->scheme->text_kdf;
}

const E2EECodecRules *ff_e2ee_scheme_rules(const E2EESession *session)
{
    const E2EECodecRules *rules =
        &session->scheme->rules[session->peer][session->codec];

    return rules->rules[0] ? rules : NULL;
}

size_t ff_e2ee_bound(const E2EESession *session, size_t size)
{
    size_t bound = size + session->parameter_sets_size +
                   session->parameter_sets_size / 4 +
                   session->scheme->overhead;

    /* An escape a two bytes; start codes grow less. */
    return bound + bound / 2 + 1;
}

static enum E2EEReason check(const E2EESession *session, E2EEOutput *out)
{
    out->size     = 0;
    out->warnings = 0;
    return ff_e2ee_scheme_rules(session) ? E2EE_OK : E2EE_UNSUPPORTED;
}

enum E2EEReason ff_e2ee_seal(E2EESession *session, const E2EEFrame *frame,
                             E2EEOutput *out)
{
    enum E2EEReason reason = check(session, out);

    out->key_index = session->key_index % session->ring.size;
    if (reason || !frame->size)
        return reason;
    return session->scheme->seal(session, frame, out);
}

enum E2EEReason ff_e2ee_open(E2EESession *session, const E2EEFrame *frame,
                             E2EEOutput *out)
{
    enum E2EEReason reason = check(session, out);

    out->key_index = 0;
    if (reason || !frame->size)
        return reason;
    return session->scheme->open(session, frame, out);
}
