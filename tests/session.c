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

#include <stdlib.h>
#include <string.h>

#include "session.h"

/* What a room holds before something is written to it. */
#define UNTOUCHED 0xa5

void session_init_scheme(E2EESession *session, const char *name,
                         enum E2EEPeer peer, enum E2EECodec codec)
{
    const E2EEScheme *scheme = ff_e2ee_scheme_find(name);
    const char *step = scheme ? scheme->ratchet_salt : NULL;

    check_that(!!scheme, "no scheme %s", name);
    *session = (E2EESession){
        .scheme = scheme,
        .peer   = peer,
        .codec  = codec,
        .ring   = {
            .size              = scheme->ring_size,
            .key_size          = scheme->key_size,
            .ratchet_window    = scheme->ratchet_window,
            .failure_tolerance = scheme->failure_tolerance,
            .salt              = (const uint8_t *)scheme->salt,
            .salt_size         = strlen(scheme->salt),
            .ratchet_salt      = (const uint8_t *)step,
            .ratchet_salt_size = step ? strlen(step) : 0,
            .count_from_one    = scheme->count_from_one,
            .ops               = scheme->key_ops,
        },
        .choose_iv = 1,
    };
}

void session_init(E2EESession *session, enum E2EEPeer peer,
                  enum E2EECodec codec)
{
    session_init_scheme(session, "videosdk", peer, codec);
}

enum E2EECodec codec_of(const json_t *vector)
{
    static const char *const names[E2EE_CODEC_NB] = {
        [E2EE_CODEC_OPUS] = "opus", [E2EE_CODEC_VP8]  = "vp8",
        [E2EE_CODEC_VP9]  = "vp9",  [E2EE_CODEC_AV1]  = "av1",
        [E2EE_CODEC_H264] = "h264", [E2EE_CODEC_H265] = "h265",
    };

    for (int i = 1; i < E2EE_CODEC_NB; i++)
        if (!strcmp(text_of(vector, "codec"), names[i]))
            return i;
    ck_abort_msg("codec %s", text_of(vector, "codec"));
}

void session_set_key(E2EESession *session, unsigned index, uint8_t number)
{
    uint8_t key[E2EE_KEY_SIZE_MAX];

    memset(key, number, sizeof(key));
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, index, E2EE_KDF_RAW,
                                         key, session->ring.key_size),
                     E2EE_OK);
}

typedef enum E2EEReason Run(E2EESession *session, const E2EEFrame *frame,
                            E2EEOutput *out);

static Result run(Run *function, E2EESession *session, const uint8_t *data,
                  size_t size, int key)
{
    size_t bound = ff_e2ee_bound(session, size);
    Bytes in = copy_bytes(data, size), out = { malloc(bound), bound };
    const E2EEFrame frame = { in.data, size, session->codec, key };
    E2EEOutput output = { .data = out.data };
    Result result;

    check_that(!!out.data, "out of memory");
    memset(out.data, UNTOUCHED, bound);
    result.reason    = function(session, &frame, &output);
    result.key_index = output.key_index;
    result.warnings  = output.warnings;
    check_that(output.size <= bound, "%d bytes of %d", (int)output.size,
               (int)bound);
    check_that(!result.reason || result.reason == E2EE_INJECTED ||
               !output.size, "a size with a failure");
    if (!result.reason)
        out.size = output.size;
    assert_bytes("input", in.data, size, data, size);
    result.out = out;
    free_bytes(&in);
    return result;
}

Result seal_frame(E2EESession *session, const uint8_t *data, size_t size,
                  int key)
{
    return run(ff_e2ee_seal, session, data, size, key);
}

Result open_frame(E2EESession *session, const uint8_t *data, size_t size,
                  int key)
{
    return run(ff_e2ee_open, session, data, size, key);
}
