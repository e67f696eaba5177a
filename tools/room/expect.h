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
 * What each receiver has to see: everything of those who hold the same key,
 * nothing of the others.
 */

#ifndef TOOLS_ROOM_EXPECT_H
#define TOOLS_ROOM_EXPECT_H

#include "reception.h"

/** Whether the receiver is to see the track, completely; else nothing. */
bool expect_all(const Reception *reception);

/**
 * Whether it came so.
 *
 * @param[out] why if not, a sentence that says what was expected and what
 *                 came instead
 */
bool expect_held(const Reception *reception, char *why, size_t size);

#endif /* TOOLS_ROOM_EXPECT_H */
