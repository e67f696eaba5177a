/*
 * End-to-end encrypted media: from a secret to an AES key
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

#ifndef AVCODEC_BSF_E2EE_KDF_H
#define AVCODEC_BSF_E2EE_KDF_H

#include <stddef.h>
#include <stdint.h>

#include "e2ee_state.h"

/** What one step of a ratchet leaves as the next secret, in bytes. */
#define E2EE_MATERIAL_SIZE 32

enum E2EEKdf {
    E2EE_KDF_AUTO,              ///< as the scheme does with this kind of key
    E2EE_KDF_PBKDF2,            ///< PBKDF2-HMAC-SHA256, 100000 rounds
    E2EE_KDF_HKDF,              ///< HKDF-SHA256, info of 128 zero bytes
    E2EE_KDF_HKDF_EMPTY,        ///< HKDF-SHA256, info empty
    E2EE_KDF_RAW                ///< the secret is the AES key
};

/**
 * Derive key bytes. PBKDF2 takes some 20 ms, the others next to nothing.
 *
 * @param kdf      any but E2EE_KDF_AUTO
 * @param secret   secret_size bytes, may be empty but for E2EE_KDF_RAW, where
 *                 it has to be of size bytes
 * @param out      size bytes, best in secure memory
 * @return E2EE_OK or E2EE_CRYPTO_ERROR
 */
enum E2EEReason ff_e2ee_kdf(enum E2EEKdf kdf,
                            const uint8_t *secret, size_t secret_size,
                            const uint8_t *salt, size_t salt_size,
                            uint8_t *out, size_t size);

/**
 * PBKDF2-HMAC-SHA256, RFC 8018, with as many rounds as are asked for.
 *
 * @param salt  may not be empty: libgcrypt refuses that
 */
enum E2EEReason ff_e2ee_pbkdf2(const uint8_t *secret, size_t secret_size,
                               const uint8_t *salt, size_t salt_size,
                               unsigned long rounds,
                               uint8_t *out, size_t size);

enum E2EEHash {
    E2EE_SHA256,                ///< 32 bytes
    E2EE_SHA512                 ///< 64 bytes
};

/**
 * HKDF, RFC 5869: extract with the salt, expand with the info.
 *
 * @param size  of out, at most 255 times the hash's, or E2EE_CRYPTO_ERROR
 */
enum E2EEReason ff_e2ee_hkdf(enum E2EEHash hash,
                             const uint8_t *secret, size_t secret_size,
                             const uint8_t *salt, size_t salt_size,
                             const uint8_t *info, size_t info_size,
                             uint8_t *out, size_t size);

#endif /* AVCODEC_BSF_E2EE_KDF_H */
