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
 * Every scheme's way of opening, with the key loaded. The first byte chooses
 * the scheme, the second codec, peer and key frame, the third what is done
 * with the rest:
 *
 *   0  opens it as it came
 *   1  the same with a cipher that takes any tag, and so shows what is behind
 *      the check of the tag to any input
 *   2  seals it, changes the sealed frame, opens that: it either does not
 *      open or gives what was sealed
 *
 * A change is a byte of kind, one of place and one of value; the fourth byte
 * counts them. Nothing may be written beyond the bound, nor to the input.
 *
 * All keys are derived before the first input. To pass over IVs, thousands of
 * them a frame, is left to an eighth of the inputs.
 */

#include <stdlib.h>
#include <string.h>

#include "e2ee_scheme.h"

#define CHANGES_MAX 8
#define CHANGE_SIZE 3
#define HEAD_SIZE   4
#define STEPS       2           /* of a ratchet, which may cost a PBKDF2 each */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

static enum E2EEReason copy(const E2EESegment *segments, int nb)
{
    for (int i = 0; i < nb; i++)
        if (segments[i].size)
            memmove(segments[i].dst, segments[i].src, segments[i].size);
    return E2EE_OK;
}

static enum E2EEReason credulous_seal(E2EEAead *aead, const uint8_t *iv,
                                      const E2EESegment *segments, int nb,
                                      uint8_t *tag)
{
    memset(tag, 0, 4);
    return copy(segments, nb);
}

static enum E2EEReason credulous_open(E2EEAead *aead, const uint8_t *iv,
                                      const E2EESegment *segments, int nb,
                                      const uint8_t *tag)
{
    return copy(segments, nb);
}

static enum E2EEReason credulous_peek(E2EEAead *aead, const uint8_t *iv,
                                      const uint8_t *src, uint8_t *dst,
                                      size_t size)
{
    memcpy(dst, src, size);
    return E2EE_OK;
}

static void credulous_free(E2EEAead *aead)
{
}

static const E2EEAeadOps credulous_ops = {
    credulous_seal, credulous_open, credulous_peek, credulous_free,
};

/* A session of each scheme and peer, and its keys with both ciphers. */
static struct Party {
    E2EESession session;
    E2EEAead   *real;
} parties[16][E2EE_PEER_NB];
static unsigned nb_schemes;
static E2EEAead credulous = { &credulous_ops };

static void start(struct Party *party, const E2EEScheme *scheme, int peer)
{
    static const uint8_t secret[16] = "sixteen bytes!!!";
    const char *step = scheme->ratchet_salt;
    E2EESession *s = &party->session;
    E2EEKey *key;

    *s = (E2EESession){
        .scheme    = scheme,
        .peer      = peer,
        .drop_sei  = E2EE_DROP_SEI_AUTO,
        .ring      = {
            .size              = scheme->ring_size,
            .key_size          = scheme->key_size,
            .ratchet_window    = scheme->ratchet_window ? STEPS : 0,
            .failure_tolerance = -1,
            .salt              = (const uint8_t *)scheme->salt,
            .salt_size         = strlen(scheme->salt),
            .ratchet_salt      = (const uint8_t *)step,
            .ratchet_salt_size = step ? strlen(step) : 0,
            .count_from_one    = scheme->count_from_one,
            .ops               = scheme->key_ops,
        },
    };
    expect(!ff_e2ee_keyring_set(&s->ring, 0,
                                ff_e2ee_scheme_kdf(s, E2EE_KDF_AUTO, 1),
                                secret, sizeof(secret)));
    key = ff_e2ee_keyring_get(&s->ring, 0);
    party->real = key->aead;
    for (unsigned i = 0; i < s->ring.ratchet_window && key; i++)
        key = ff_e2ee_keyring_ahead(&s->ring, key);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (; ff_e2ee_schemes[nb_schemes]; nb_schemes++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++)
            start(&parties[nb_schemes][peer], ff_e2ee_schemes[nb_schemes],
                  peer);
    return 0;
}

/* As if no frame had been seen. */
static E2EESession *session_of(unsigned scheme, unsigned peer, int any_tag)
{
    static const uint8_t iv[E2EE_IV_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    static E2EENonce nonce;
    struct Party *party = &parties[scheme % nb_schemes][peer];
    E2EEKey *key = ff_e2ee_keyring_get(&party->session.ring, 0);

    /* The same input seals to the same bytes. */
    ff_e2ee_nonce_init_fixed(&nonce, iv);

    key->aead     = any_tag ? &credulous : party->real;
    key->failures = 0;
    key->opened   = 0;
    party->session.test_nonce   = &nonce;
    party->session.last_attempt = 0;
    party->session.retry        = 0;
    party->session.replay       = (E2EEReplay){ 0 };
    party->session.lkts         = (E2EELkts){ 0 };
    return &party->session;
}

typedef enum E2EEReason Run(E2EESession *session, const E2EEFrame *frame,
                            E2EEOutput *out);

/* With as much room as there has to be, and none behind it. */
static enum E2EEReason run(Run *function, E2EESession *session,
                           const E2EEFrame *frame, E2EEOutput *out)
{
    const size_t bound = ff_e2ee_bound(session, frame->size);
    enum E2EEReason reason;

    *out = (E2EEOutput){ .data = malloc(bound) };
    expect(!!out->data);
    reason = function(session, frame, out);
    expect(out->size <= bound);
    expect(!reason || reason == E2EE_INJECTED || !out->size);
    return reason;
}

static void open_only(E2EESession *session, const E2EEFrame *frame)
{
    uint8_t *before = malloc(frame->size + 1);
    E2EEOutput out;

    expect(!!before);
    memcpy(before, frame->data, frame->size);
    run(ff_e2ee_open, session, frame, &out);
    expect(!memcmp(before, frame->data, frame->size));
    free(before);
    free(out.data);
}

/* A byte changed, put in, taken out, or the end cut off. */
static size_t change(uint8_t *sealed, size_t size, const uint8_t *how)
{
    const size_t place = how[1] & 0x80 ? size - 1 - (how[1] & 0x7f) : how[1];

    if (place >= size)
        return size;
    switch (how[0] & 3) {
    case 0:
        sealed[place] ^= how[2];
        return size;
    case 1:
        memmove(sealed + place + 1, sealed + place, size - place);
        sealed[place] = how[2];
        return size + 1;
    case 2:
        memmove(sealed + place, sealed + place + 1, size - place - 1);
        return size - 1;
    default:
        return place;
    }
}

static void open_changed(E2EESession *session, const E2EEFrame *sealed,
                         const uint8_t *changes, unsigned nb)
{
    uint8_t *bytes = malloc(sealed->size + CHANGES_MAX);
    E2EEFrame frame = *sealed;
    E2EEOutput want, got;
    enum E2EEReason reason;

    expect(!!bytes);
    expect(!run(ff_e2ee_open, session, sealed, &want));
    memcpy(bytes, sealed->data, sealed->size);
    frame.data = bytes;
    for (unsigned i = 0; i < nb; i++)
        frame.size = change(bytes, frame.size, changes + CHANGE_SIZE * i);
    session->last_attempt = 0;
    session->replay       = (E2EEReplay){ 0 };
    reason = run(ff_e2ee_open, session, &frame, &got);
    if (!reason && frame.size)
        expect(got.size == want.size &&
               !memcmp(got.data, want.data, got.size));
    free(want.data);
    free(got.data);
    free(bytes);
}

static void seal_and_change(E2EESession *session, const E2EEFrame *frame,
                            const uint8_t *changes, unsigned nb)
{
    E2EEOutput out;

    if (!run(ff_e2ee_seal, session, frame, &out) && out.size) {
        const E2EEFrame sealed = { out.data, out.size, frame->codec,
                                   frame->key };

        open_changed(session, &sealed, changes, nb);
    }
    free(out.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    E2EESession *session;
    unsigned mode, nb;
    E2EEFrame frame;

    if (size < HEAD_SIZE)
        return 0;
    mode    = data[2] % 3;
    nb      = mode == 2 ? data[3] % (CHANGES_MAX + 1) : 0;
    session = session_of(data[0], data[1] >> 3 & 1, mode == 1);
    if (size < HEAD_SIZE + CHANGE_SIZE * nb)
        return 0;
    session->codec     = 1 + (data[1] & 7) % (E2EE_CODEC_NB - 1);
    session->choose_iv = data[1] >> 5 == 7;
    frame = (E2EEFrame){
        data + HEAD_SIZE + CHANGE_SIZE * nb,
        size - HEAD_SIZE - CHANGE_SIZE * nb,
        session->codec, data[1] >> 4 & 1,
    };
    if (mode == 2)
        seal_and_change(session, &frame, data + HEAD_SIZE, nb);
    else
        open_only(session, &frame);
    return 0;
}
