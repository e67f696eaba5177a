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
 * A participant's key: where it comes from, and whether two are the same.
 */

#ifndef TOOLS_MEDIA_KEY_H
#define TOOLS_MEDIA_KEY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum KeyKind {
    KEY_ROOM,  ///< the room's shared key
    KEY_OWN,   ///< one of the participant's own, or of some
    KEY_NONE,  ///< never gets one
    KEY_WRONG, ///< one that nobody else has
    KEY_NB
} KeyKind;

/**
 * To be wiped with key_wipe(). May be copied; each copy is wiped on its own.
 */
typedef struct Key {
    KeyKind     kind;
    const char *file;       ///< key file, not owned
    const char *variable;   ///< of the environment, not owned
    char        secret[33]; ///< made for this run, as hex digits, if neither
    bool        held;       ///< there is one to seal with, at index 0
    uint8_t     digest[32]; ///< of that one, to compare
} Key;

/**
 * The kind's name, as the report has it.
 */
const char *key_kind_name(KeyKind kind);

/**
 * Make a fresh random key (for KEY_NONE: none).
 *
 * @return 0 or a negative AVERROR
 */
int key_make(Key *key, KeyKind kind);

/**
 * Make a key that the same seed and name make again. Whoever knows the seed
 * has the key: it is no secret, and the seed is in the report.
 *
 * @param name tells the keys of one seed apart; "" is the room's first
 * @return 0 or a negative AVERROR
 */
int key_from_seed(Key *key, KeyKind kind, uint64_t seed, const char *name);

/**
 * Take the key from a variable of the environment, which is only read: a
 * passphrase, or what a line of a key file may be ("1:hex:00ff...").
 *
 * @return 0 or a negative AVERROR (after an error line)
 */
int key_from_environment(Key *key, KeyKind kind, const char *variable);

/**
 * Take the key from a file, which each filter reads for itself.
 *
 * @return 0 or a negative AVERROR (after an error line)
 */
int key_from_file(Key *key, KeyKind kind, const char *file);

/**
 * Give the key to a filter, before it is initialized or between two packets.
 * A key without an index of its own goes to the filter's key_index.
 *
 * @param priv the filter's priv_data
 */
int key_apply(const Key *key, void *priv);

/**
 * Whether both hold a key and it is the same one, however their files spell
 * it. What counts is the key at index 0, with which everybody begins.
 */
bool key_same(const Key *a, const Key *b);

void key_wipe(Key *key);

#endif /* TOOLS_MEDIA_KEY_H */
