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

#ifndef E2EE_TESTS_COMMON_H
#define E2EE_TESTS_COMMON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <check.h>
#include <jansson.h>

/** ck_assert_msg() for loops that run often: that one writes to a file. */
#define check_that(condition, ...)     \
    do {                               \
        if (!(condition))              \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

typedef struct Bytes {
    uint8_t *data;              ///< never NULL
    size_t   size;
} Bytes;

/** From hexadecimal digits; what is not one fails the test. */
Bytes hex_bytes(const char *hex);

/** A copy of exactly its size, so that a sanitizer sees each overread. */
Bytes copy_bytes(const uint8_t *data, size_t size);

void free_bytes(Bytes *bytes);

/** Fail with the vector's name and both byte strings unless they agree. */
void assert_bytes(const char *name, const uint8_t *got, size_t got_size,
                  const uint8_t *want, size_t want_size);

/** A file of tests/vectors; to be released by json_decref(). */
json_t *load_vectors(const char *file);

/**
 * A file of vectors that others made and that is not ours to hand on, from
 * the folder named by E2EE_VECTORS.
 *
 * @return NULL if it is not there
 */
json_t *load_third_party(const char *file);

/** The same, to be read by other means. */
FILE *open_third_party(const char *file);

/** A text member, NULL if it is not there or null. */
const char *text_of(const json_t *object, const char *member);

/** A member in hexadecimal digits. */
Bytes bytes_of(const json_t *object, const char *member);

/** The member as text, or, if it is not there, memberHex decoded. */
Bytes secret_of(const json_t *object, const char *member);

/** Pseudo-random numbers; the same seed gives the same ones everywhere. */
uint64_t random_next(uint64_t *seed);

/** A number below n. */
unsigned random_below(uint64_t *seed, unsigned n);

void random_fill(uint64_t *seed, uint8_t *data, size_t size);

/** Fill with few values that matter to start codes and escapes. */
void random_fill_zeros(uint64_t *seed, uint8_t *data, size_t size);

/** A suite of one test case, with time enough for valgrind. */
Suite *suite_with(const char *name, TCase **tests);

/** Run it; the exit status of the program. */
int run_suite(Suite *suite);

#endif /* E2EE_TESTS_COMMON_H */
