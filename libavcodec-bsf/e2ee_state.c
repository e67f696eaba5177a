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

#include <stddef.h>

#include "e2ee_state.h"

static const E2EEStateInfo states[E2EE_STATE_NB] = {
    [E2EE_STATE_NONE] = {
        "None", "no frame yet", 0 },
    [E2EE_STATE_ENCRYPTION_SUCCESS] = {
        "EncryptionSuccess", "the frame was sealed", 0 },
    [E2EE_STATE_DECRYPTION_SUCCESS] = {
        "DecryptionSuccess", "the frame was opened", 0 },
    [E2EE_STATE_ENCRYPTION_FAILED] = {
        "EncryptionFailed", "the frame could not be sealed", 1 },
    [E2EE_STATE_DECRYPTION_FAILED] = {
        "DecryptionFailed", "the frame is malformed, damaged or forged", 1 },
    [E2EE_STATE_INTERNAL_ERROR] = {
        "InternalError", "the cryptographic library or memory failed", 1 },
    [E2EE_STATE_MISSING_KEY] = {
        "MissingKey", "no key is set at the frame's key index", 1 },
    [E2EE_STATE_INVALID_KEY] = {
        "InvalidKey", "the key has never opened a frame", 1 },
};

static const struct {
    const char *name;
    const char *text;
    enum E2EEState sealing;
    enum E2EEState opening;
} reasons[E2EE_REASON_NB] = {
    [E2EE_OK] = {
        "ok", "as it should be",
        E2EE_STATE_ENCRYPTION_SUCCESS, E2EE_STATE_DECRYPTION_SUCCESS },
    [E2EE_NO_KEY] = {
        "no-key", "no key is set at this index",
        E2EE_STATE_MISSING_KEY, E2EE_STATE_MISSING_KEY },
    [E2EE_WRONG_KEY] = {
        "wrong-key", "the key does not fit (another key, KDF or salt?)",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INVALID_KEY },
    [E2EE_DAMAGED] = {
        "damaged", "damaged or forged on the way",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_NOT_SEALED] = {
        "not-sealed", "the frame was never sealed, or by another scheme",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_INJECTED] = {
        "server-injected", "the server made this frame",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_NONE },
    [E2EE_REPLAYED] = {
        "replayed", "the frame came before, or is too old to tell",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_KEY_BARRED] = {
        "key-barred", "failure tolerance passed, a new key is needed",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INVALID_KEY },
    [E2EE_TOO_SHORT] = {
        "too-short", "the frame is shorter than its clear header",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_NOT_ANNEXB] = {
        "not-annexb", "the frame does not begin with a start code "
        "(put h264_mp4toannexb or hevc_mp4toannexb in front)",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_NO_SLICE] = {
        "no-slice", "the access unit has no slice",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_UNSAFE_PREFIX] = {
        "unsafe-prefix", "the clear part ends in 00, "
        "sealed bytes could form a start code with it",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_LONG_CLEAR] = {
        "long-clear", "more stays clear than the trailer can say",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_UNKNOWN_VERSION] = {
        "unknown-version", "sealed by a later version of the scheme",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_IV_SPENT] = {
        "iv-spent", "every IV of this key is used, set a new key",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_COUNTER_FILE] = {
        "counter-file", "the counter file could not be read or replaced",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_START_CODE] = {
        "start-code", "every IV that was tried gave a start code in the "
        "sealed bytes",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_BAD_SECRET] = {
        "bad-secret", "the secret is not of the size and kind that the "
        "scheme takes",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_NO_RATCHET] = {
        "no-ratchet", "this key does not ratchet (by its scheme, kdf=raw, or "
        "sframe_ratchet_bits=0)",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_UNSUPPORTED] = {
        "unsupported-codec", "the scheme has no rule for this codec",
        E2EE_STATE_ENCRYPTION_FAILED, E2EE_STATE_DECRYPTION_FAILED },
    [E2EE_SELF_TEST] = {
        "self-test", "the cryptographic library failed its self-test",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_CRYPTO_ERROR] = {
        "crypto-error", "the cryptographic library failed",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INTERNAL_ERROR },
    [E2EE_NO_MEMORY] = {
        "no-memory", "out of memory",
        E2EE_STATE_INTERNAL_ERROR, E2EE_STATE_INTERNAL_ERROR },
};

const E2EEStateInfo *ff_e2ee_state_info(enum E2EEState state)
{
    if ((unsigned)state >= E2EE_STATE_NB)
        state = E2EE_STATE_NONE;
    return &states[state];
}

enum E2EEState ff_e2ee_state(enum E2EEReason reason, int sealing)
{
    return sealing ? reasons[reason].sealing : reasons[reason].opening;
}

const char *ff_e2ee_reason_name(enum E2EEReason reason)
{
    return reasons[reason].name;
}

const char *ff_e2ee_reason_text(enum E2EEReason reason)
{
    return reasons[reason].text;
}
