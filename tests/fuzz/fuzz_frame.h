/*
 * This file is part of ffmpeg-e2ee.
 *
 * ffmpeg-e2ee is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ffmpeg-e2ee is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ffmpeg-e2ee; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#ifndef E2EE_TESTS_FUZZ_FRAME_H
#define E2EE_TESTS_FUZZ_FRAME_H

#include "e2ee_scheme.h"

/**
 * Seal or open a frame into memory of just the bound, and abort if more than
 * that is written.
 *
 * @param out its data is to be freed, whatever is returned
 */
enum E2EEReason fuzz_frame(E2EESession *session, const E2EEFrame *frame,
                           E2EEOutput *out, int sealing);

#endif /* E2EE_TESTS_FUZZ_FRAME_H */
