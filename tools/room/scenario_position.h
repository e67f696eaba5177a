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
 * Where in a JSON text a value stands: jansson forgets once it has read.
 */

#ifndef TOOLS_ROOM_SCENARIO_POSITION_H
#define TOOLS_ROOM_SCENARIO_POSITION_H

#include <stdbool.h>
#include <stddef.h>

/** A step from a value to one of those in it, and all steps before it. */
typedef struct JsonPath {
    const struct JsonPath *up;   ///< NULL: the text's one value
    const char            *name; ///< of a member, decoded; NULL: see index
    size_t                 index; ///< in an array
} JsonPath;

/**
 * Find a value.
 *
 * @param text    what jansson has taken as JSON
 * @param of_name the member's name instead of its value
 * @param[out] line   from 1
 * @param[out] column from 1, in characters of UTF-8
 */
void json_position(const char *text, size_t size, const JsonPath *path,
                   bool of_name, int *line, int *column);

#endif /* TOOLS_ROOM_SCENARIO_POSITION_H */
