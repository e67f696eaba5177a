/*
 * End-to-end encrypted media: the states and why a frame was lost
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

#ifndef AVCODEC_BSF_E2EE_STATE_H
#define AVCODEC_BSF_E2EE_STATE_H

/**
 * What became of a frame, in the words of the meeting SDKs' state events
 * (VideoSDK's onE2EEStateChanged).
 */
enum E2EEState {
    E2EE_STATE_NONE,            ///< no frame was handled yet
    E2EE_STATE_ENCRYPTION_SUCCESS,
    E2EE_STATE_DECRYPTION_SUCCESS,
    E2EE_STATE_ENCRYPTION_FAILED,
    E2EE_STATE_DECRYPTION_FAILED,
    E2EE_STATE_INTERNAL_ERROR,
    E2EE_STATE_MISSING_KEY,
    E2EE_STATE_INVALID_KEY,
    E2EE_STATE_NB
};

/** Why; the core's functions return one of these, 0 for success. */
enum E2EEReason {
    E2EE_OK,
    E2EE_NO_KEY,                ///< the ring holds no key at the index
    E2EE_WRONG_KEY,             ///< not authentic, the key never opened a frame
    E2EE_DAMAGED,               ///< not authentic, the key opened others
    E2EE_NOT_SEALED,            ///< no trailer of this scheme
    E2EE_INJECTED,              ///< the server's own frame, never sealed
    E2EE_REPLAYED,              ///< came before, or is too old to tell
    E2EE_KEY_BARRED,            ///< failure tolerance passed at this index
    E2EE_TOO_SHORT,             ///< shorter than what has to stay clear
    E2EE_NOT_ANNEXB,            ///< H.264/H.265 without start codes
    E2EE_NO_SLICE,              ///< H.264/H.265 without a slice
    E2EE_UNSAFE_PREFIX,         ///< clear bytes would run into a start code
    E2EE_LONG_CLEAR,            ///< more stays clear than the trailer can say
    E2EE_UNKNOWN_VERSION,       ///< of the scheme's format
    E2EE_IV_SPENT,              ///< no unused IV is left for this key
    E2EE_COUNTER_FILE,          ///< the next counters could not be reserved
    E2EE_START_CODE,            ///< every IV tried put one into ciphertext
    E2EE_BAD_SECRET,            ///< of a size or kind that the scheme has not
    E2EE_NO_RATCHET,            ///< the key cannot be stepped on
    E2EE_UNSUPPORTED,           ///< the scheme has no rule for the codec
    E2EE_SELF_TEST,             ///< it gave wrong answers at its first use
    E2EE_CRYPTO_ERROR,          ///< the cryptographic library failed
    E2EE_NO_MEMORY,
    E2EE_REASON_NB
};

typedef struct E2EEStateInfo {
    const char *name;           ///< as the SDKs spell it
    const char *meaning;        ///< one line for people
    int         frame_lost;     ///< 1: no frame comes out of it
} E2EEStateInfo;

/** The row of a state; never NULL, E2EE_STATE_NONE for what is not a state. */
const E2EEStateInfo *ff_e2ee_state_info(enum E2EEState state);

/** The state that a reason means to a sender (sealing) or a receiver. */
enum E2EEState ff_e2ee_state(enum E2EEReason reason, int sealing);

/** A reason as one lower-case word with hyphens, for metadata and reports. */
const char *ff_e2ee_reason_name(enum E2EEReason reason);

/** A reason as a half-sentence, for logs. */
const char *ff_e2ee_reason_text(enum E2EEReason reason);

#endif /* AVCODEC_BSF_E2EE_STATE_H */
