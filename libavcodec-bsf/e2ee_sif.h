/*
 * End-to-end encrypted media: frames that LiveKit's server makes
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

#ifndef AVCODEC_BSF_E2EE_SIF_H
#define AVCODEC_BSF_E2EE_SIF_H

#include "e2ee_layout.h"

/**
 * LiveKit's server puts frames of its own into a track, at mute and at its
 * end: a black key frame, or silence. They are not sealed and end in the
 * room's trailer, which the server tells clients when they join.
 *
 * @param trailer       the room's, NULL where it is not known
 * @param payload_size  set to the bytes without what the server appended
 * @return 1 for a frame whose payload is one of the server's known ones;
 *         -1 for another that ends in the trailer; 0 for a frame of neither
 */
int ff_e2ee_sif(const E2EEFrame *frame, const uint8_t *trailer,
                size_t trailer_size, size_t *payload_size);

#endif /* AVCODEC_BSF_E2EE_SIF_H */
