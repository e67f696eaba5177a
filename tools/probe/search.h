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

/**
 * @file
 * Every key that the candidates give by every derivation and salt, tried on a
 * few frames.
 */

#ifndef TOOLS_PROBE_SEARCH_H
#define TOOLS_PROBE_SEARCH_H

#include "trial.h"
#include "sample.h"
#include "wire.h"

/** An AES key; the first 16 bytes are the one of 128 bits. */
typedef struct DerivedKey {
    const Secret *secret;
    enum E2EEKdf  kdf;
    const char   *salt;
    const char   *step_salt; ///< of the ratchet, where it has been stepped
    unsigned      steps;     ///< of the ratchet; the row before has one less
    uint8_t      *key;       ///< E2EE_KEY_SIZE_MAX bytes, secure memory
    uint8_t      *material;  ///< as many; what the next step begins with
    bool          derived;   ///< key is there; PBKDF2 takes its time
    bool          failed;
} DerivedKey;

typedef struct Search {
    const SecretList *secrets;
    DerivedKey *keys;
    int         nb_keys;     ///< of the secrets as they are
    int         nb_all;      ///< those and what ratchets make of them
    uint8_t    *memory;      ///< of the keys
    Trial      trial;
    unsigned    window;      ///< of the ratchet, 0: do not look ahead
    uint64_t    nb_tries;    ///< frames that a key was tried on
} Search;

/**
 * @param salts more than the schemes' own, texts that stay
 * @return 0 or a negative AVERROR
 */
int search_init(Search *search, const SecretList *secrets,
                const char *const *salts, int nb_salts, unsigned window);

/** The key's bytes, derived at the first call; NULL: it cannot be. */
const uint8_t *search_key(Search *search, int i);

/** Bytes that AES takes of it: the next of 16, 32 and 0 for those that
 *  derivation i can give. */
unsigned search_key_size(const Search *search, int i, unsigned last);

/**
 * Find what opens a frame among these.
 *
 * @param format  of all of them
 * @param index   key index of all of them, -1: they tell none
 * @return whether anything does
 */
bool search_frames(Search *search, Settings *found, enum E2EECodec codec,
                   WireFormat format, int index, const SampleList *frames);

/**
 * Try one frame with one derived key in every scheme that has such a trailer.
 *
 * @param[out] settings filled in if it opens, but for the window
 */
bool search_try(Search *search, Settings *settings, int key,
                unsigned key_size, WireFormat format, int index,
                const E2EEFrame *frame);

/**
 * Find a key that a ratchet makes of the one that these settings have.
 *
 * @param[out] found  the settings, with a window that reaches it
 */
bool search_ahead(Search *search, const Settings *settings, Settings *found,
                  const E2EEFrame *frame);

/** Wipes. */
void search_free(Search *search);

#endif /* TOOLS_PROBE_SEARCH_H */
