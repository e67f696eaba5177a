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

/**
 * @file
 * IVs of a meeting that can be held again. A sealer's first IV is a function
 * of everything that makes what it seals, so that one key's IVs repeat only
 * when all of it does: the key, the seed, the scenario, the media files and
 * the libraries that read and encode them.
 */

#ifndef TOOLS_ROOM_REPEATABLE_IV_H
#define TOOLS_ROOM_REPEATABLE_IV_H

#include <stdint.h>

#include "scenario.h"

#define FINGERPRINT_SIZE 32
#define IV_DIGITS        24

/**
 * Fingerprint of all of it but the key.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int scenario_fingerprint(const Scenario *scenario,
                         uint8_t out[FINGERPRINT_SIZE]);

/**
 * The first IV of one sealer, as the filters' option takes it.
 *
 * @param digest of the key that it begins with; NULL: none
 * @param name   tells it apart from all others in the meeting
 * @return 0 or AVERROR(ENOMEM)
 */
int repeatable_iv(const uint8_t fingerprint[FINGERPRINT_SIZE],
                  const uint8_t *digest, const char *name,
                  char out[IV_DIGITS + 1]);

#endif /* TOOLS_ROOM_REPEATABLE_IV_H */
