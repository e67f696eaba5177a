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

/* Frames that other implementations sealed: each alone is enough to find the
 * scheme, the derivation and the key. */

#include <stdlib.h>
#include <string.h>

#include <libavutil/log.h>

#include "session.h"
#include "probe/search.h"

#define VARIABLE "CHECK_PROBE_KEY"

/* The keys that one secret gives take time to derive: vectors share them. */
static Search     search;
static SecretList secrets;
static char       last[1024];

static void set_key(const char *line)
{
    if (!strcmp(line, last))
        return;
    search_free(&search);
    secrets_free(&secrets);
    ck_assert_int_eq(setenv(VARIABLE, line, 1), 0);
    ck_assert_int_ge(secrets_read_env(&secrets, VARIABLE), 0);
    ck_assert_int_ge(search_init(&search, &secrets, NULL, 0, 0), 0);
    snprintf(last, sizeof(last), "%s", line);
}

static Settings find_way(const json_t *vector, const Bytes *sealed,
                         WireFormat format)
{
    const char *name = text_of(vector, "name");
    Sample sample = { .data = sealed->data, .size = sealed->size,
                      .key = !strcmp(text_of(vector, "type"), "key") };
    const SampleList list = { &sample, 1 };
    E2EEFrame frame = sample_frame(&sample, codec_of(vector));
    Settings found;
    WireFrame wire;

    wire_read(&wire, &frame);
    ck_assert_msg(wire.format == format, "%s: %s", name,
                  wire_format_name(wire.format));
    ck_assert_msg(search_frames(&search, &found, frame.codec, format,
                                wire.key_index, &list), "%s: nothing opens",
                  name);
    return found;
}

static void check_livekit(const json_t *vector, const json_t *result)
{
    const char *key = text_of(vector, "key");
    Bytes sealed;
    Settings found;
    char line[1024];

    /* Dropped, or empty as it was. */
    if (!text_of(result, "sealed") || !*text_of(result, "sealed"))
        return;
    snprintf(line, sizeof(line), "0:%s:%s", key ? "text" : "hex",
             key ? key : text_of(vector, "keyHex"));
    set_key(line);
    sealed = bytes_of(result, "sealed");
    found  = find_way(vector, &sealed, WIRE_TRAILER);
    ck_assert_str_eq(found.salt, text_of(vector, "salt"));
    ck_assert_str_eq(found.scheme->salt, found.salt);
    ck_assert_int_eq(found.kdf, key ? E2EE_KDF_PBKDF2 : E2EE_KDF_HKDF);
    ck_assert_int_eq(8 * found.key_size, json_integer_value(
        json_object_get(vector, "keyBits")));
    ck_assert_int_eq(found.index, json_integer_value(
        json_object_get(vector, "keyIndex")) % 16);
    free_bytes(&sealed);
}

START_TEST(livekit)
{
    json_t *file = load_vectors("videosdk-livekit.json");
    json_t *vector, *result;
    size_t i, j;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
        json_array_foreach(json_object_get(vector, "results"), j, result)
            check_livekit(vector, result);
    }
    json_decref(file);
}
END_TEST

START_TEST(stream)
{
    json_t *file = load_vectors("stream-v1.json");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) {
        Bytes sealed = bytes_of(vector, "sealed");
        Settings found;
        char line[128];

        snprintf(line, sizeof(line), "0:hex:%s", text_of(vector, "key_hex"));
        set_key(line);
        found = find_way(vector, &sealed, WIRE_STREAM);
        ck_assert_str_eq(found.scheme->name, "stream");
        ck_assert_int_eq(found.index, json_integer_value(
            json_object_get(vector, "key_index")));
        free_bytes(&sealed);
    }
    json_decref(file);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("probe_vectors", &tests);

    av_log_set_level(AV_LOG_ERROR);
    tcase_add_test(tests, livekit);
    tcase_add_test(tests, stream);
    return run_suite(suite);
}
