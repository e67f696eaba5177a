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

/* Participants' keys: which are the same, and that a wiped one is gone. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/bsf.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "common.h"
#include "media/key.h"
#include "report/log.h"

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(fresh_keys_differ)
{
    Key a, b;

    ck_assert_int_eq(key_make(&a, KEY_ROOM), 0);
    ck_assert_int_eq(key_make(&b, KEY_WRONG), 0);
    ck_assert_uint_eq(strlen(a.secret), 32);
    ck_assert_str_ne(a.secret, b.secret);
    ck_assert(!key_same(&a, &b));
    b = a;
    ck_assert(key_same(&a, &b));
    key_wipe(&a);
    ck_assert_mem_eq(&a, &(Key){ 0 }, sizeof(a));
}
END_TEST

START_TEST(no_key_is_like_no_other)
{
    Key a, b;

    ck_assert_int_eq(key_make(&a, KEY_NONE), 0);
    ck_assert_int_eq(key_make(&b, KEY_NONE), 0);
    ck_assert(!key_same(&a, &b));
    ck_assert(!key_same(&a, &a));
    ck_assert_int_eq(key_make(&b, KEY_ROOM), 0);
    ck_assert(!key_same(&a, &b));
    ck_assert(!key_same(&b, &a));
}
END_TEST

START_TEST(files_are_the_same_by_the_key_at_index_0)
{
    static const struct {
        const char *text;
        bool        same;
    } rows[] = {
        { "room secret\n",           true  },
        { "room secret",             true  },
        { "room secret\r\n",         true  },
        { "0:room secret\n",         true  },
        { "1:x\n0:text:room secret", true  },
        { "x\nroom secret\n",        true  },
        { "room secret\nx\n",        false },
        { "room secret \n",          false },
        { "room secre\n",            false },
        { "1:room secret\n",         false },
        { "0:hex:726f6f6d20736563726574\n", false },
        { "",                        false },
    };
    char name[] = "tool-key-XXXXXX", other[] = "tool-key-XXXXXX";
    Key a, b;

    close(mkstemp(name));
    close(mkstemp(other));
    write_file(name, "room secret\n");
    ck_assert_int_eq(key_from_file(&a, KEY_ROOM, name), 0);
    ck_assert_str_eq(a.secret, "");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_file(other, rows[i].text);
        ck_assert_int_eq(key_from_file(&b, KEY_OWN, other), 0);
        ck_assert_msg(key_same(&a, &b) == rows[i].same, "%s", rows[i].text);
    }
    unlink(name);
    unlink(other);
}
END_TEST

START_TEST(a_seed_and_a_name_make_one_key)
{
    /* sha256sum of the label, a zero byte, the seed big-endian, the name */
    static const char room_1[] = "c8a1379c44bbbefc44c18f5f7b4957cb";
    Key a, b;

    ck_assert_int_eq(key_from_seed(&a, KEY_ROOM, 1, ""), 0);
    ck_assert_str_eq(a.secret, room_1);
    ck_assert_int_eq(key_from_seed(&b, KEY_WRONG, 1, ""), 0);
    ck_assert(key_same(&a, &b));
    ck_assert_int_eq(key_from_seed(&b, KEY_ROOM, 2, ""), 0);
    ck_assert(!key_same(&a, &b));
    ck_assert_int_eq(key_from_seed(&b, KEY_ROOM, 1, "wrong eve"), 0);
    ck_assert(!key_same(&a, &b));
}
END_TEST

START_TEST(a_variable_is_a_line_of_a_key_file)
{
    static const struct {
        const char *value;
        bool        same, bad;
    } rows[] = {
        { "room secret",                .same = true },
        { "room secret\n",              .same = true },
        { "0:room secret",              .same = true },
        { "0:text:room secret",         .same = true },
        { "1:room secret",              .same = false },
        { "room secret ",               .same = false },
        { "0:hex:726f6f6d20736563726574", .same = false },
        { "",                           .bad = true },
        { "\n",                         .bad = true },
        { "a\nb",                       .bad = true },
        { "0:hex:7",                    .bad = true },
        { "256:x",                      .bad = true },
    };
    char name[] = "tool-key-XXXXXX";
    Key a, b;

    log_init(AV_LOG_QUIET);
    close(mkstemp(name));
    write_file(name, "room secret\n");
    ck_assert_int_eq(key_from_file(&a, KEY_ROOM, name), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        setenv("TOOL_KEY", rows[i].value, 1);
        ck_assert_msg((key_from_environment(&b, KEY_OWN, "TOOL_KEY") < 0) ==
                      rows[i].bad, "%s", rows[i].value);
        ck_assert_msg(key_same(&a, &b) == rows[i].same, "%s", rows[i].value);
        ck_assert_str_eq(getenv("TOOL_KEY"), rows[i].value);
    }
    unsetenv("TOOL_KEY");
    ck_assert_int_lt(key_from_environment(&b, KEY_OWN, "TOOL_KEY"), 0);
    unlink(name);
}
END_TEST

START_TEST(filters_take_a_variable)
{
    static const char *const values[] = {
        "0:hex:000102030405060708090a0b0c0d0e0f",
        "5:hex:000102030405060708090a0b0c0d0e0f",
        "pass phrase", "7:text:", "hex:00",
    };
    AVBSFContext *bsf = NULL;

    log_init(AV_LOG_QUIET);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        const AVBitStreamFilter *f = av_bsf_get_by_name("e2ee_decrypt");
        int64_t index = -1;
        Key key;

        setenv("TOOL_KEY", values[i], 1);
        ck_assert_int_eq(key_from_environment(&key, KEY_OWN, "TOOL_KEY"), 0);
        ck_assert_int_eq(av_bsf_alloc(f, &bsf), 0);
        bsf->par_in->codec_type = AVMEDIA_TYPE_AUDIO;
        bsf->par_in->codec_id   = AV_CODEC_ID_OPUS;
        ck_assert_int_eq(key_apply(&key, bsf->priv_data), 0);
        ck_assert_int_eq(av_bsf_init(bsf), 0);
        av_opt_get_int(bsf->priv_data, "key_index", 0, &index);
        ck_assert_int_eq(index, values[i][1] == ':' ? values[i][0] - '0' : 0);
        av_bsf_free(&bsf);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error)
{
    Key a;

    log_init(AV_LOG_QUIET);
    ck_assert_int_lt(key_from_file(&a, KEY_ROOM, "/no/such/file"), 0);
    ck_assert_int_lt(key_from_file(&a, KEY_ROOM, "/"), 0);
    ck_assert_int_lt(key_from_file(&a, KEY_ROOM, "/dev/zero"), 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("tool_key", &tests);

    tcase_add_test(tests, fresh_keys_differ);
    tcase_add_test(tests, no_key_is_like_no_other);
    tcase_add_test(tests, files_are_the_same_by_the_key_at_index_0);
    tcase_add_test(tests, a_seed_and_a_name_make_one_key);
    tcase_add_test(tests, a_variable_is_a_line_of_a_key_file);
    tcase_add_test(tests, filters_take_a_variable);
    tcase_add_test(tests, a_file_that_cannot_be_read_is_an_error);
    return run_suite(suite);
}
