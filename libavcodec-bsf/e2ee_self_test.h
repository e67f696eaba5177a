/*
 * End-to-end encrypted media: known answers at the first use
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

#ifndef AVCODEC_BSF_E2EE_SELF_TEST_H
#define AVCODEC_BSF_E2EE_SELF_TEST_H

#include "e2ee_state.h"

/**
 * Have libgcrypt give answers that are known: of each cipher and derivation
 * that a scheme uses, by the functions that it uses. ff_e2ee_crypto_init()
 * does so once a process; takes some 0.2 ms.
 *
 * @param failed  the name of what gave another answer, if it is not E2EE_OK
 * @return E2EE_OK or E2EE_SELF_TEST
 */
enum E2EEReason ff_e2ee_self_test(const char **failed);

#endif /* AVCODEC_BSF_E2EE_SELF_TEST_H */
