/*
 * End-to-end encrypted media: keys that took long to derive
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

#ifndef AVCODEC_BSF_E2EE_DERIVED_H
#define AVCODEC_BSF_E2EE_DERIVED_H

#include "e2ee_kdf.h"

/** Bytes that PBKDF2 gave, shared by all in the process that hold them. */
typedef struct E2EEDerived E2EEDerived;

/**
 * ff_e2ee_kdf(), but PBKDF2 runs once for as long as somebody holds its
 * result: of many filters with one passphrase one derives, the others wait
 * for it. The result and what it is known by are in secure memory and wiped
 * when the last one lets go of it.
 *
 * Safe in threads and over fork().
 *
 * @param held  what the caller has to release, also NULL: nothing
 */
enum E2EEReason ff_e2ee_derived_get(E2EEDerived **held, enum E2EEKdf kdf,
                                    const uint8_t *secret, size_t secret_size,
                                    const uint8_t *salt, size_t salt_size,
                                    uint8_t *out, size_t size);

/** Sets the pointer to NULL. */
void ff_e2ee_derived_release(E2EEDerived **held);

#endif /* AVCODEC_BSF_E2EE_DERIVED_H */
