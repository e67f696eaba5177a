/*
 * End-to-end encrypted media: the trailer format of LiveKit's family
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

#ifndef AVCODEC_BSF_E2EE_TRAILER_H
#define AVCODEC_BSF_E2EE_TRAILER_H

#include "e2ee_scheme.h"

/**
 * frame = clear || E(ciphertext || tag(16) || IV(12) || 0C || key index)
 * with the clear bytes as AAD, and E emulation prevention where the layout
 * says so. doc/wire-formats.md has the rest.
 */
#define E2EE_TRAILER_SIZE (E2EE_IV_SIZE + 2)

#define E2EE_CAVEAT_AV1 \
    "sealed AV1 survives neither RTP nor any container but NUT"

enum E2EEReason ff_e2ee_trailer_seal(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out);

/**
 * Open whatever a client of the family may have sent: each rule of the codec,
 * start codes as four bytes and as carried, without an access unit delimiter
 * that a muxer put in front, with a final 00 that a muxer took off, and keys
 * within the ratchet window. What worked is tried first next time.
 */
enum E2EEReason ff_e2ee_trailer_open(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out);

#endif /* AVCODEC_BSF_E2EE_TRAILER_H */
