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
 * One way to open frames: a scheme, a secret and how a key comes of it.
 */

#ifndef TOOLS_PROBE_TRIAL_H
#define TOOLS_PROBE_TRIAL_H

#include "e2ee_scheme.h"
#include "secrets.h"

typedef struct Settings {
    const E2EEScheme *scheme;
    enum E2EEPeer     peer;
    enum E2EEKdf      kdf;
    const char       *salt;       ///< text, "" where none is used
    unsigned          key_size;   ///< bytes, 0: the suite's
    unsigned          index;      ///< at which the key is set
    unsigned          window;     ///< of the ratchet
    unsigned          suite;      ///< SFrame
    unsigned          ratchet_bits;
    uint64_t          first_kid;
    const Secret     *secret;
} Settings;

/** A receiver of one track with one key. */
typedef struct Trial {
    Settings    settings;
    E2EESession session;
    uint8_t    *room;             ///< of the frame opened last
    size_t      room_size;
    uint64_t    nb_opened;
} Trial;

/**
 * @return NULL if there is no memory, or no key comes of the secret: it is of
 *         a wrong size, or derivation fails
 */
Trial *trial_alloc(const Settings *settings, enum E2EECodec codec);

/**
 * Try a frame. What was opened is in out->data until the next call.
 */
enum E2EEReason trial_open(Trial *opener, const E2EEFrame *frame,
                            E2EEOutput *out);

/** Forget which counters came, so that the same frames can come again. */
void trial_forget(Trial *opener);

/** Steps of the ratchet from the secret to the key that opened last. */
unsigned trial_steps(const Trial *opener);

/** How long the tag is that every opened frame has passed, in bits. */
unsigned trial_tag_bits(const Trial *opener);

/** What of the last opened frame stays clear, in words. */
const char *trial_rule_text(const Trial *opener);

/** How its start codes were sealed, in words; NULL: as it has them. */
const char *trial_form_text(const Trial *opener);

/** "pbkdf2", ...: the name of the filter's option. */
const char *kdf_name(enum E2EEKdf kdf);

/** Wipes the key; sets the pointer to NULL. */
void trial_free(Trial **opener);

#endif /* TOOLS_PROBE_TRIAL_H */
