/*
 * End-to-end encrypted media: AES-CTR with HMAC
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

#ifndef AVCODEC_BSF_E2EE_CTR_HMAC_H
#define AVCODEC_BSF_E2EE_CTR_HMAC_H

#include "e2ee_aead.h"
#include "e2ee_kdf.h"

/**
 * Key the AEAD of RFC 9605, section 4.5.1: AES-CTR, and over that an HMAC of
 * which the tag is the beginning.
 *
 * @param cipher_size  bytes of the key that are AES's, 16 or 32; the rest is
 *                     the HMAC's
 * @param tag_size     4 to 16 bytes; sealing and opening then take as many
 */
enum E2EEReason ff_e2ee_ctr_hmac_alloc(E2EEAead **aead, enum E2EEHash hash,
                                       const uint8_t *key, size_t key_size,
                                       size_t cipher_size, size_t tag_size);

#endif /* AVCODEC_BSF_E2EE_CTR_HMAC_H */
