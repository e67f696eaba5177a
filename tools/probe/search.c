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

#include <gcrypt.h>
#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "search.h"

#define FRAMES_TRIED 4
#define SALTS_MAX    64
#define KEYS_SIZE    ((size_t)2 * E2EE_KEY_SIZE_MAX) // key and material

/* The cheap ones first. */
static const enum E2EEKdf kdfs[] = {
    E2EE_KDF_HKDF, E2EE_KDF_HKDF_EMPTY, E2EE_KDF_PBKDF2
};

static bool is_family(const E2EEScheme *scheme)
{
    return scheme->key_size && !scheme->key_ops;
}

/* Whether a scheme writes this format, by a trailer with a key index. */
static bool writes(const E2EEScheme *scheme, WireFormat format)
{
    return is_family(scheme) &&
           scheme->count_from_one == (format == WIRE_STREAM);
}

static enum E2EEKdf usual_kdf(const E2EEScheme *scheme, const Secret *secret,
                              enum E2EEPeer peer)
{
    return secret->is_raw ? scheme->raw_kdf[peer] : scheme->text_kdf;
}

static void add_key(Search *s, const DerivedKey *like)
{
    uint8_t *memory = s->memory + s->nb_all * KEYS_SIZE;
    DerivedKey *k = &s->keys[s->nb_all++];

    *k = *like;
    k->key      = memory;
    k->material = memory + E2EE_KEY_SIZE_MAX;
}

static void add_keys(Search *s, const Secret *secret,
                     const char *const *salts, int nb_salts)
{
    if (secret->size == 16 || secret->size == 32)
        add_key(s, &(DerivedKey){ .secret = secret, .kdf = E2EE_KDF_RAW,
                                  .salt = "" });
    for (size_t i = 0; i < FF_ARRAY_ELEMS(kdfs); i++)
        for (int j = 0; j < nb_salts; j++)
            add_key(s, &(DerivedKey){ .secret = secret, .kdf = kdfs[i],
                                      .salt = salts[j] });
}

/* Only as the schemes themselves derive: with PBKDF2 each step takes its
 * time. */
static void add_steps(Search *s, const Secret *secret)
{
    for (int i = 0; ff_e2ee_schemes[i]; i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
            const E2EEScheme *scheme = ff_e2ee_schemes[i];
            const char *step_salt = scheme->ratchet_salt;
            enum E2EEKdf kdf = usual_kdf(scheme, secret, peer);

            if (!writes(scheme, WIRE_TRAILER) ||
                (peer && kdf == usual_kdf(scheme, secret, E2EE_PEER_WEB)))
                continue;
            for (unsigned step = 1; step <= s->window; step++)
                add_key(s, &(DerivedKey){
                    .secret = secret, .kdf = kdf, .salt = scheme->salt,
                    .step_salt = step_salt ? step_salt : scheme->salt,
                    .steps = step });
        }
}

int search_init(Search *s, const SecretList *secrets,
                const char *const *more, int nb_more, unsigned window)
{
    const char *salts[SALTS_MAX];
    int nb_salts = 0, nb;

    for (int i = 0; ff_e2ee_schemes[i]; i++)
        if (*ff_e2ee_schemes[i]->salt)
            salts[nb_salts++] = ff_e2ee_schemes[i]->salt;
    nb = secrets->nb_given * 2 * nb_salts * (int)window;
    for (int i = 0; i < nb_more && nb_salts < SALTS_MAX; i++)
        salts[nb_salts++] = more[i];
    nb += secrets->nb * (1 + nb_salts * (int)FF_ARRAY_ELEMS(kdfs));
    *s = (Search){ .secrets = secrets, .window = window };
    if (ff_e2ee_crypto_init())
        return AVERROR_EXTERNAL;
    s->keys   = av_calloc(nb + 1, sizeof(*s->keys));
    s->memory = gcry_calloc_secure(nb + 1, KEYS_SIZE);
    if (!s->keys || !s->memory)
        return AVERROR(ENOMEM);
    for (int i = 0; i < secrets->nb; i++)
        add_keys(s, &secrets->secrets[i], salts, nb_salts);
    s->nb_keys = s->nb_all;
    for (int i = 0; i < secrets->nb_given; i++)
        add_steps(s, &secrets->secrets[i]);
    s->trial.session.ring.size              = E2EE_RING_SIZE_MAX;
    s->trial.session.ring.failure_tolerance = -1;
    return 0;
}

static bool derive(const DerivedKey *k, const uint8_t *secret, size_t size,
                   const char *salt, uint8_t *out, size_t out_size)
{
    return !ff_e2ee_kdf(k->kdf, secret, size, (const uint8_t *)salt,
                        strlen(salt), out, out_size);
}

static bool derive_key(const DerivedKey *k)
{
    const Secret *s = k->secret;

    return derive(k, s->data, s->size, k->salt, k->key,
                  k->kdf == E2EE_KDF_RAW ? s->size : E2EE_KEY_SIZE_MAX);
}

/* Where the salt is one for both, the key that a material gives is the next
 * material, but for its size. */
static bool derive_step(const DerivedKey *k)
{
    const DerivedKey *last = k->steps > 1 ? k - 1 : NULL;
    const uint8_t *from = last ? last->material : k->secret->data;
    size_t size = last ? E2EE_KEY_SIZE_MAX : k->secret->size;
    bool same = !strcmp(k->salt, k->step_salt), ok = true;

    if (same && last)
        memcpy(k->material, last->key, E2EE_KEY_SIZE_MAX);
    else
        ok = derive(k, from, size, k->step_salt, k->material,
                    E2EE_KEY_SIZE_MAX);
    return ok && derive(k, k->material, E2EE_KEY_SIZE_MAX, k->salt, k->key,
                        E2EE_KEY_SIZE_MAX);
}

const uint8_t *search_key(Search *s, int i)
{
    DerivedKey *k = &s->keys[i];

    if (k->derived || k->failed)
        return k->derived ? k->key : NULL;
    if (k->steps > 1 && !search_key(s, i - 1))
        k->failed = true;
    else
        k->failed = !(k->steps ? derive_step(k) : derive_key(k));
    k->derived = !k->failed;
    return k->derived ? k->key : NULL;
}

unsigned search_key_size(const Search *s, int i, unsigned last)
{
    const DerivedKey *k = &s->keys[i];

    if (k->kdf == E2EE_KDF_RAW)
        return last ? 0 : k->secret->size;
    return !last ? 16 : last == 16 ? 32 : 0;
}

static bool try_scheme(Search *s, const E2EEScheme *scheme,
                       enum E2EEPeer peer, const E2EEFrame *frame)
{
    E2EESession *session = &s->trial.session;
    E2EEOutput out;

    if (peer && scheme->rules[peer] == scheme->rules[0])
        return false;
    session->scheme       = scheme;
    session->peer         = peer;
    session->codec        = frame->codec;
    session->last_attempt = 0;
    trial_forget(&s->trial);
    return !trial_open(&s->trial, frame, &out);
}

/* Which schemes a key is most likely of: 0, whose salt it has; 1, who derive
 * as it was derived; 2, others. */
static int rank(const E2EEScheme *scheme, const DerivedKey *k)
{
    if (*k->salt && !strcmp(k->salt, scheme->salt))
        return 0;
    return k->kdf == usual_kdf(scheme, k->secret, E2EE_PEER_WEB) ||
           k->kdf == usual_kdf(scheme, k->secret, E2EE_PEER_NATIVE) ? 1 : 2;
}

static bool try_schemes(Search *s, const DerivedKey *k, WireFormat format,
                        const E2EEFrame *frame)
{
    for (int turn = 0; turn < 3; turn++)
        for (int i = 0; ff_e2ee_schemes[i]; i++) {
            const E2EEScheme *scheme = ff_e2ee_schemes[i];

            if (!writes(scheme, format) || rank(scheme, k) != turn)
                continue;
            for (int peer = 0; peer < E2EE_PEER_NB; peer++)
                if (try_scheme(s, scheme, peer, frame))
                    return true;
        }
    return false;
}

bool search_try(Search *s, Settings *settings, int key, unsigned key_size,
                WireFormat format, int index, const E2EEFrame *frame)
{
    const DerivedKey *k = &s->keys[key];
    const uint8_t *bytes = search_key(s, key);
    E2EEKeyRing *ring = &s->trial.session.ring;
    bool opened;

    ring->key_size = key_size;
    if (!bytes || ff_e2ee_keyring_set(ring, index, E2EE_KDF_RAW, bytes,
                                      key_size))
        return false;
    s->nb_tries++;
    opened = try_schemes(s, k, format, frame);
    ff_e2ee_keyring_unset(ring, index);
    if (opened)
        *settings = (Settings){
            .scheme = s->trial.session.scheme, .peer = s->trial.session.peer,
            .kdf = k->kdf, .salt = k->salt, .key_size = key_size,
            .index = index, .window = k->steps, .secret = k->secret,
        };
    return opened;
}

static bool search_derived(Search *s, Settings *found, enum E2EECodec codec,
                           WireFormat format, int index,
                           const SampleList *frames)
{
    int nb = format == WIRE_TRAILER ? s->nb_all : s->nb_keys;

    for (int i = 0; i < nb; i++)
        for (unsigned size = 0; (size = search_key_size(s, i, size));)
            for (int j = 0; j < FFMIN(frames->nb, FRAMES_TRIED); j++) {
                E2EEFrame frame = sample_frame(&frames->samples[j], codec);

                if (search_try(s, found, i, size, format, index, &frame))
                    return true;
            }
    return false;
}

static bool try_settings(Search *s, const Settings *settings,
                         enum E2EECodec codec, const SampleList *frames)
{
    Trial *o = trial_alloc(settings, codec);
    bool opened = false;

    for (int i = 0; o && !opened && i < FFMIN(frames->nb, FRAMES_TRIED); i++) {
        E2EEFrame frame = sample_frame(&frames->samples[i], codec);
        E2EEOutput out;

        s->nb_tries++;
        opened = !trial_open(o, &frame, &out);
    }
    trial_free(&o);
    return opened;
}

static bool search_dave(Search *s, Settings *found, enum E2EECodec codec,
                        const SampleList *frames)
{
    for (int i = 0; i < s->secrets->nb; i++) {
        *found = (Settings){
            .scheme = ff_e2ee_scheme_find("dave"), .salt = "",
            .kdf = E2EE_KDF_HKDF_EMPTY, .key_size = 16, .window = 255,
            .index = FFMAX(s->secrets->secrets[i].index, 0),
            .secret = &s->secrets->secrets[i],
        };
        if (try_settings(s, found, codec, frames))
            return true;
    }
    return false;
}

/* The key id of the frame, taken apart as `bits` say: the index of the secret
 * where that can be, else 0. */
static bool set_kid(Settings *settings, uint64_t kid, unsigned bits,
                    unsigned window)
{
    uint64_t step  = kid & ((1U << bits) - 1);
    uint64_t index = FFMAX(settings->secret->index, 0);

    if (index << bits > kid - step)
        index = 0;
    settings->ratchet_bits = bits;
    settings->index        = index;
    settings->first_kid    = kid - step - (index << bits);
    settings->window       = !bits ? 0 :
                             FFMAX(settings->scheme->ratchet_window, window);
    return !bits || (step && step <= settings->window);
}

static bool search_kid(Search *s, Settings *found, enum E2EECodec codec,
                       uint64_t kid, const SampleList *frames)
{
    static const unsigned suites[] = { 4, 5, 1, 2, 3, 6, 7, 8 };

    for (unsigned bits = 0; bits <= 8; bits++)
        for (int i = 0; i < s->secrets->nb; i++)
            for (size_t j = 0; j < FF_ARRAY_ELEMS(suites); j++) {
                *found = (Settings){
                    .scheme = ff_e2ee_scheme_find("sframe"), .salt = "",
                    .kdf = E2EE_KDF_HKDF_EMPTY, .suite = suites[j],
                    .secret = &s->secrets->secrets[i],
                };
                if (set_kid(found, kid, bits, s->window) &&
                    try_settings(s, found, codec, frames))
                    return true;
            }
    return false;
}

static bool search_sframe(Search *s, Settings *found, enum E2EECodec codec,
                          const SampleList *frames)
{
    for (int i = 0; i < FFMIN(frames->nb, FRAMES_TRIED); i++) {
        const SampleList one = { &frames->samples[i], 1 };
        E2EEFrame frame = sample_frame(&frames->samples[i], codec);
        WireFrame wire;

        wire_read(&wire, &frame);
        if (wire.has_sframe && search_kid(s, found, codec, wire.kid, &one))
            return true;
    }
    return false;
}

bool search_frames(Search *s, Settings *found, enum E2EECodec codec,
                   WireFormat format, int index, const SampleList *frames)
{
    switch (format) {
    case WIRE_TRAILER:
    case WIRE_STREAM:
        return search_derived(s, found, codec, format, index, frames);
    case WIRE_DAVE:
        return search_dave(s, found, codec, frames);
    case WIRE_SFRAME:
    case WIRE_PLAIN:
        return search_sframe(s, found, codec, frames);
    default:
        return false;
    }
}

bool search_ahead(Search *s, const Settings *settings, Settings *found,
                  const E2EEFrame *frame)
{
    for (int i = s->nb_keys; i < s->nb_all; i++) {
        const DerivedKey *k = &s->keys[i];

        if (k->secret == settings->secret && k->kdf == settings->kdf &&
            !strcmp(k->salt, settings->salt) &&
            search_try(s, found, i, settings->key_size, WIRE_TRAILER,
                       settings->index, frame))
            return true;
    }
    return false;
}

void search_free(Search *s)
{
    ff_e2ee_keyring_clear(&s->trial.session.ring);
    av_freep(&s->trial.room);
    av_freep(&s->keys);
    gcry_free(s->memory);
    s->memory = NULL;
}
