/*
 * End-to-end encrypted media: Jitsi's JFrame, and Nextcloud Talk
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

#include "e2ee_trailer.h"

#define CAVEAT \
    "Jitsi's and Nextcloud's clients seal without regard to this codec: " \
    "their meetings use VP8 when encrypted, others break on the way"

/* No client looks at the codec: 10 bytes, 3, or 1 of audio, no escapes. */
static const E2EECodecRules rules[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_audio } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_vp8,
                            ff_e2ee_layout_frame_type } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
};

#define JFRAME(scheme, key_salt, step_salt)                             \
    .name              = scheme,                                        \
    .salt              = key_salt,                                      \
    .ratchet_salt      = step_salt,                                     \
    .key_size          = 16,                                            \
    .ring_size         = 16,                                            \
    .ratchet_window    = 8,                                             \
    .failure_tolerance = -1,                                            \
    .text_kdf          = E2EE_KDF_HKDF_EMPTY,                           \
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_HKDF_EMPTY,    \
                           [E2EE_PEER_NATIVE] = E2EE_KDF_HKDF_EMPTY },  \
    .rules             = { [E2EE_PEER_WEB]    = rules,                  \
                           [E2EE_PEER_NATIVE] = rules },                \
    .caveats           = { [E2EE_CODEC_VP9]   = CAVEAT,                 \
                           [E2EE_CODEC_AV1]   = CAVEAT,                 \
                           [E2EE_CODEC_H264]  = CAVEAT,                 \
                           [E2EE_CODEC_H265]  = CAVEAT },               \
    .overhead          = E2EE_TAG_SIZE + E2EE_TRAILER_SIZE,             \
    .seal              = ff_e2ee_trailer_seal,                          \
    .open              = ff_e2ee_trailer_open

const E2EEScheme ff_e2ee_scheme_jitsi = {
    JFRAME("jitsi", "JFrameEncryptionKey", "JFrameRatchetKey")
};

const E2EEScheme ff_e2ee_scheme_nextcloud = {
    JFRAME("nextcloud", "TalkFrameEncryptionKey", "TalkFrameRatchetKey")
};
