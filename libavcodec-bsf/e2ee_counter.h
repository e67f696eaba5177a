/*
 * End-to-end encrypted media: counters that a process shares
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

#ifndef AVCODEC_BSF_E2EE_COUNTER_H
#define AVCODEC_BSF_E2EE_COUNTER_H

#include <stdint.h>

#include "e2ee_state.h"

/** Tells secrets apart without giving them away. */
#define E2EE_COUNTER_ID_SIZE 12

/**
 * The next value of a secret's counter, from 1 on. Where a scheme has nothing
 * but a counter in its IVs, all that seal with one secret have to share it:
 * this one is shared by a process, and kept until its end, so that whoever
 * comes later goes on where others stopped. Safe with threads.
 *
 * @param id  the same for the same secret, PRF(secret) will do
 * @return E2EE_OK; E2EE_IV_SPENT after 2^32 - 1, or in a forked child if the
 *         counter is from before, since the parent counts on; E2EE_NO_MEMORY
 */
enum E2EEReason ff_e2ee_counter_next(const uint8_t id[E2EE_COUNTER_ID_SIZE],
                                     uint32_t *value);

/**
 * Leave out the values up to this one, as if they had been given out. What is
 * behind a counter stays there: it is never set back.
 */
enum E2EEReason ff_e2ee_counter_raise(const uint8_t id[E2EE_COUNTER_ID_SIZE],
                                      uint32_t last);

#endif /* AVCODEC_BSF_E2EE_COUNTER_H */
