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

/*
 * Opens hostile frames, and seals them: what that makes of them has to open
 * again. The first byte chooses the codec and which of the two comes first.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void start(E2EESession *session)
{
    static const uint8_t secret[16] = { 1 };

    session->scheme = ff_e2ee_scheme_find("dave");
    session->ring   = (E2EEKeyRing){
        .size              = session->scheme->ring_size,
        .key_size          = session->scheme->key_size,
        .ratchet_window    = session->scheme->ratchet_window,
        .failure_tolerance = -1,
        .ops               = session->scheme->key_ops,
    };
    if (ff_e2ee_keyring_set(&session->ring, 0, E2EE_KDF_HKDF_EMPTY, secret,
                            sizeof(secret)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static E2EESession session;
    E2EEOutput out = { NULL, 0, 0, 0 }, opened = { NULL, 0, 0, 0 };
    E2EEFrame frame;

    if (!size)
        return 0;
    if (!session.scheme)
        start(&session);
    session.codec = 1 + (data[0] & 7) % (E2EE_CODEC_NB - 1);
    frame = (E2EEFrame){ data + 1, size - 1, session.codec,
                         data[0] >> 4 & 1 };
    if (!fuzz_frame(&session, &frame, &out, 0) && frame.size)
        abort();
    free(out.data);
    if (!fuzz_frame(&session, &frame, &out, 1) && out.size) {
        E2EEFrame sealed = { out.data, out.size, session.codec, frame.key };
        enum E2EEReason reason = fuzz_frame(&session, &sealed, &opened, 0);

        if (reason && reason != E2EE_INJECTED)
            abort();
        free(opened.data);
    }
    free(out.data);
    return 0;
}
