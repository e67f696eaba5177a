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
 * Whether a key is the right one although no tag fits: GCM's keystream does
 * not depend on what is authenticated, so the right key gives the codec's
 * bytes, which have structure, and a wrong one random bytes. The bytes are
 * only counted, in memory; nothing of them goes out.
 */

#ifndef TOOLS_PROBE_PLAUSIBLE_H
#define TOOLS_PROBE_PLAUSIBLE_H

#include "bias.h"
#include "sample.h"
#include "wire.h"

/**
 * @param key      16 or 32 bytes
 * @param frames   that end in a trailer or in Stream's; others do not count
 */
BiasVerdict plausible_key(const uint8_t *key, unsigned key_size,
                          enum E2EECodec codec, const SampleList *frames);

#endif /* TOOLS_PROBE_PLAUSIBLE_H */
