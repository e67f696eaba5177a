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

#ifndef E2EE_TESTS_NAIVE_ESCAPE_H
#define E2EE_TESTS_NAIVE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/**
 * Emulation prevention written straight from 7.4.1 of H.264, to compare the
 * fast one with. Zeros before the data do not count.
 *
 * @param dst room for 3 bytes for each 2 of the data, and one
 * @return what was written, in bytes
 */
size_t naive_escape(uint8_t *dst, const uint8_t *data, size_t size);

/** The other way; dst has room for as much as the data. */
size_t naive_unescape(uint8_t *dst, const uint8_t *data, size_t size);

#endif /* E2EE_TESTS_NAIVE_ESCAPE_H */
