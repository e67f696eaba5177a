/*
 * End-to-end encrypted media: what senders of several schemes share
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

#ifndef AVCODEC_BSF_E2EE_SENDER_H
#define AVCODEC_BSF_E2EE_SENDER_H

#include "e2ee_scheme.h"

/** The clear part of a frame that is being sealed. */
typedef struct E2EEClear {
    size_t size;                ///< bytes written, from out->data on
    size_t consumed;            ///< bytes of the frame that these stand for
    int    escaped;             ///< the rest gets emulation prevention
    uint8_t last;               ///< the last byte written, if there is one
} E2EEClear;

/**
 * Write the clear part as the codec's first rule has it; H.264 and H.265 are
 * made safe for receivers on the way, see ff_e2ee_access_unit().
 */
enum E2EEReason ff_e2ee_write_clear(const E2EESession *session,
                                    const E2EEFrame *frame, E2EEOutput *out,
                                    E2EEClear *clear);

/** Whether an IV may stand in a scheme's trailer. */
typedef int E2EETrailerFits(const uint8_t iv[E2EE_IV_SIZE],
                            unsigned key_index);

/**
 * The IV for a frame. Where the session chooses, and the frame is one of
 * H.264 or H.265, those are passed over with which a receiver would misread
 * the sealed frame.
 *
 * @param plain         what will be encrypted
 * @param trailer_fits  NULL: any will do
 */
enum E2EEReason ff_e2ee_next_iv(E2EESession *session, E2EEKey *key,
                                const E2EEClear *clear,
                                const uint8_t *plain, size_t size,
                                E2EETrailerFits *trailer_fits,
                                uint8_t iv[E2EE_IV_SIZE], E2EEOutput *out);

#endif /* AVCODEC_BSF_E2EE_SENDER_H */
