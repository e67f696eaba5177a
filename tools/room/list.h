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
 * Lists that grow by one element at a time.
 */

#ifndef TOOLS_ROOM_LIST_H
#define TOOLS_ROOM_LIST_H

#include <stddef.h>

/**
 * Append an element, all zero. The list may move.
 *
 * @param list a pointer to the pointer to the first element
 * @param nb   elements so far; counts the new one
 * @param size of an element
 * @return the new element, NULL if there is no memory
 */
void *list_add(void *list, int *nb, size_t size);

#endif /* TOOLS_ROOM_LIST_H */
