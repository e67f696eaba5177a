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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

/* Seconds a test; PBKDF2 under valgrind takes its time. */
#define TIMEOUT 300

/* Where the third party's vectors lie if nobody says. */
#define VECTORS_NEARBY "%s/../shared/vectors/%s"

Bytes copy_bytes(const uint8_t *data, size_t size)
{
    Bytes bytes = { malloc(size + !size), size };

    check_that(!!bytes.data, "out of memory");
    if (size)
        memcpy(bytes.data, data, size);
    return bytes;
}

Bytes hex_bytes(const char *hex)
{
    size_t size = strlen(hex) / 2;
    Bytes bytes = { malloc(size + 1), size };

    check_that(!!bytes.data, "out of memory");
    for (size_t i = 0; i < size; i++) {
        unsigned byte;

        check_that(sscanf(hex + 2 * i, "%2x", &byte) == 1, "%s", hex);
        bytes.data[i] = byte;
    }
    return bytes;
}

void free_bytes(Bytes *bytes)
{
    free(bytes->data);
    *bytes = (Bytes){ NULL, 0 };
}

static char *hex_text(const uint8_t *data, size_t size)
{
    char *text = malloc(2 * size + 1);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    text[2 * size] = 0;
    return text;
}

void assert_bytes(const char *name, const uint8_t *got, size_t got_size,
                  const uint8_t *want, size_t want_size)
{
    char *got_text, *want_text;

    if (got_size == want_size && (!got_size || !memcmp(got, want, got_size)))
        return;
    got_text  = hex_text(got, got_size);
    want_text = hex_text(want, want_size);
    ck_abort_msg("%s: got %s, not %s", name, got_text, want_text);
}

json_t *load_vectors(const char *file)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    json_error_t error;
    json_t *json;

    snprintf(path, sizeof(path), "%s/tests/vectors/%s", top ? top : ".",
             file);
    json = json_load_file(path, 0, &error);
    ck_assert_msg(!!json, "%s: line %d: %s", path, error.line, error.text);
    return json;
}

FILE *open_third_party(const char *file)
{
    const char *folder = getenv("E2EE_VECTORS");
    const char *top = getenv("top_srcdir");
    char path[4096];

    if (folder)
        snprintf(path, sizeof(path), "%s/%s", folder, file);
    else
        snprintf(path, sizeof(path), VECTORS_NEARBY, top ? top : ".", file);
    return fopen(path, "r");
}

json_t *load_third_party(const char *file)
{
    FILE *f = open_third_party(file);
    json_t *json;

    if (!f)
        return NULL;
    json = json_loadf(f, 0, NULL);
    fclose(f);
    return json;
}

const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

Bytes bytes_of(const json_t *object, const char *member)
{
    const char *hex = text_of(object, member);

    ck_assert_msg(!!hex, "no %s", member);
    return hex_bytes(hex);
}

Bytes secret_of(const json_t *object, const char *member)
{
    const char *text = text_of(object, member);
    char name[32];

    if (text)
        return copy_bytes((const uint8_t *)text, strlen(text));
    snprintf(name, sizeof(name), "%sHex", member);
    return bytes_of(object, name);
}

/* SplitMix64. */
uint64_t random_next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

unsigned random_below(uint64_t *seed, unsigned n)
{
    return random_next(seed) % n;
}

void random_fill(uint64_t *seed, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = random_next(seed);
}

void random_fill_zeros(uint64_t *seed, uint8_t *data, size_t size)
{
    static const uint8_t bytes[] = { 0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 0x65, 255 };

    for (size_t i = 0; i < size; i++)
        data[i] = bytes[random_below(seed, sizeof(bytes))];
}

Suite *suite_with(const char *name, TCase **tests)
{
    Suite *suite = suite_create(name);

    *tests = tcase_create(name);
    tcase_set_timeout(*tests, TIMEOUT);
    suite_add_tcase(suite, *tests);
    return suite;
}

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
