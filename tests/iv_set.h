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

#ifndef E2EE_TESTS_IV_SET_H
#define E2EE_TESTS_IV_SET_H

#include "common.h"

/** A key's name, 4 bytes, and an IV. */
#define IV_ROW_SIZE 16

/** What was used with what; begins as zeros. */
typedef struct IvSet {
    uint8_t (*rows)[IV_ROW_SIZE];
    size_t nb, room;
} IvSet;

void iv_set_add(IvSet *set, const uint8_t row[IV_ROW_SIZE]);

/** Move all of another set here. */
void iv_set_join(IvSet *set, IvSet *other);

/** Fail the test, by the name, if a pair is there twice. Sorts. */
void iv_set_assert_unique(IvSet *set, const char *name);

void iv_set_free(IvSet *set);

/**
 * The pair that a sealed Opus frame was sealed with. Keys are told apart as
 * far as the scheme makes them of one secret: by SFrame's key id.
 */
void sealed_pair(const char *scheme, const uint8_t *data, size_t size,
                 uint8_t row[IV_ROW_SIZE]);

#endif /* E2EE_TESTS_IV_SET_H */
