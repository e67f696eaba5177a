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
 * Opens hostile frames. The first byte chooses codec, peer, frame type, which
 * key seals and, for a quarter of the inputs, to pass over IVs; what is made
 * of the rest by sealing it has to open again.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void start(E2EESession *session)
{
    static const uint8_t key[16] = { 1 };

    session->scheme = ff_e2ee_scheme_find("videosdk");
    session->ring   = (E2EEKeyRing){
        .size = 16, .key_size = 16, .failure_tolerance = -1,
    };
    session->drop_sei  = E2EE_DROP_SEI_AUTO;
    for (unsigned index = 0; index < 13; index += 12)
        if (ff_e2ee_keyring_set(&session->ring, index, E2EE_KDF_RAW, key, 16))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t iv[E2EE_IV_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    static E2EESession session;
    static E2EENonce nonce;
    E2EEOutput out = { NULL, 0, 0, 0 }, opened = { NULL, 0, 0, 0 };
    E2EEFrame frame;

    if (!size)
        return 0;
    if (!session.scheme)
        start(&session);
    session.codec = 1 + (data[0] & 7) % (E2EE_CODEC_NB - 1);
    session.peer  = data[0] >> 3 & 1;
    session.choose_iv    = data[0] >> 6 == 3;
    /* The same input gives the same, whatever came before it. */
    ff_e2ee_nonce_init_fixed(&nonce, iv);
    session.test_nonce   = &nonce;
    session.last_attempt = 0;
    session.retry        = 0;
    for (unsigned index = 0; index < 13; index += 12)
        ff_e2ee_keyring_get(&session.ring, index)->failures = 0;
    frame = (E2EEFrame){ data + 1, size - 1, session.codec,
                         data[0] >> 4 & 1 };
    fuzz_frame(&session, &frame, &out, 0);
    free(out.data);

    session.key_index = data[0] >> 5 & 1 ? 12 : 0;
    if (!fuzz_frame(&session, &frame, &out, 1)) {
        const E2EEFrame sealed = { out.data, out.size, session.codec,
                                   frame.key };

        if (fuzz_frame(&session, &sealed, &opened, 0))
            abort();
        free(opened.data);
    }
    free(out.data);
    return 0;
}
