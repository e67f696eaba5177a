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

#ifndef E2EE_TESTS_SESSION_H
#define E2EE_TESTS_SESSION_H

#include "common.h"
#include "e2ee_scheme.h"

/** A session as the scheme's defaults have it; no key yet. */
void session_init_scheme(E2EESession *session, const char *name,
                         enum E2EEPeer peer, enum E2EECodec codec);

/** The same of the first scheme there was, videosdk. */
void session_init(E2EESession *session, enum E2EEPeer peer,
                  enum E2EECodec codec);

/** The codec that a vector names; one that is not ours fails the test. */
enum E2EECodec codec_of(const json_t *vector);

/** A raw key of the ring's size, told from others by a number. */
void session_set_key(E2EESession *session, unsigned index, uint8_t number);

/** What came out, with a copy of all that was written. */
typedef struct Result {
    enum E2EEReason reason;
    Bytes    out;               ///< to be freed; the room, if it failed
    unsigned key_index;
    unsigned warnings;
} Result;

/** The room is as small as it may be, and nothing beyond it is written. */
Result seal_frame(E2EESession *session, const uint8_t *data, size_t size,
                  int key);

/** The same for the other way; the input must stay as it is. */
Result open_frame(E2EESession *session, const uint8_t *data, size_t size,
                  int key);

#endif /* E2EE_TESTS_SESSION_H */
