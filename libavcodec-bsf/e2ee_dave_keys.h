/*
 * End-to-end encrypted media: DAVE, the keys of the generations
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

#ifndef AVCODEC_BSF_E2EE_DAVE_KEYS_H
#define AVCODEC_BSF_E2EE_DAVE_KEYS_H

#include "e2ee_keyring.h"

#define E2EE_DAVE_KEY_SIZE 16
#define E2EE_DAVE_TAG_SIZE 8

/**
 * From a sender's base secret of 16 bytes, the hash ratchet of RFC 9420,
 * section 9.1: E2EEKey.steps is the generation, and E2EEKey.salt an id of the
 * base secret, the same in every generation. E2EE_BAD_SECRET for another size
 * or derivation than E2EE_KDF_HKDF_EMPTY.
 */
extern const E2EEKeyOps ff_e2ee_dave_key_ops;

#endif /* AVCODEC_BSF_E2EE_DAVE_KEYS_H */
