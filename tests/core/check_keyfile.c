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

#include <string.h>

#include "common.h"
#include "e2ee_keyfile.h"

typedef struct Line {
    int         index;
    int         is_raw;
    const char *secret;         ///< in hexadecimal digits; NULL: refused
} Line;

static const struct {
    const char *text;
    Line line;
} single[] = {
    { "secret",             { -1, 0, "736563726574" } },
    { " two words ",        { -1, 0, "2074776f20776f72647320" } },
    { "\xc3\xa4\xe2\x82\xac", { -1, 0, "c3a4e282ac" } },
    { "\xef\xbb\xbfs",      { -1, 0, "efbbbf73" } },
    { "#no comment",        { -1, 0, "236e6f20636f6d6d656e74" } },
    { "0:a",                { 0, 0, "61" } },
    { "255:a",              { 255, 0, "61" } },
    { "007:a",              { 7, 0, "61" } },
    { "1:2:a",              { 1, 0, "323a61" } },
    { "1::",                { 1, 0, "3a" } },
    { "1: a",               { 1, 0, "2061" } },
    { "5:text:a",           { 5, 0, "61" } },
    { "5:text:",            { 5, 0, "" } },
    { "5:text:hex:00",      { 5, 0, "6865783a3030" } },
    { "5:text:7:a",         { 5, 0, "373a61" } },
    { "5:text",             { 5, 0, "74657874" } },
    { "5:Text:a",           { 5, 0, "546578743a61" } },
    { "5:hex:00ff",         { 5, 1, "00ff" } },
    { "5:hex:aBcDeF",       { 5, 1, "abcdef" } },
    { "5:hexagon",          { 5, 0, "68657861676f6e" } },
    { "hex:00ff",           { -1, 0, "6865783a30306666" } },
    { "text:a",             { -1, 0, "746578743a61" } },
    { ":a",                 { -1, 0, "3a61" } },
    { "-1:a",               { -1, 0, "2d313a61" } },
    { "1a:b",               { -1, 0, "31613a62" } },
    { "1 :b",               { -1, 0, "31203a62" } },
    { "12345",              { -1, 0, "3132333435" } },
    { "99999999999999999999", { -1, 0, "3939393939393939393939393939393939393"
                                       "939" } },

    { "256:a",              { 256, 0, NULL } },
    { "999:a",              { 999, 0, NULL } },
    { "99999999999999999999:a", { 0, 0, NULL } },
    { "4294967296:a",       { 0, 0, NULL } },
    { "3:",                 { 3, 0, NULL } },
    { "5:hex:",             { 5, 1, NULL } },
    { "5:hex:0",            { 5, 1, NULL } },
    { "5:hex:00f",          { 5, 1, NULL } },
    { "5:hex:0g",           { 5, 1, NULL } },
    { "5:hex:g0",           { 5, 1, NULL } },
    { "5:hex:00 ff",        { 5, 1, NULL } },
    { "5:hex: 00",          { 5, 1, NULL } },
    { "5:hex:0x00",         { 5, 1, NULL } },
    { "5:hex:@@",           { 5, 1, NULL } },
};

static void assert_line(const char *name, const E2EEKeyLine *line, int number,
                        const Line *want)
{
    Bytes secret = hex_bytes(want->secret);

    ck_assert_msg(line->number == number, "%s: line %d", name, line->number);
    ck_assert_msg(line->index == want->index, "%s: index %d", name,
                  line->index);
    ck_assert_msg(line->is_raw == want->is_raw, "%s: raw %d", name,
                  line->is_raw);
    assert_bytes(name, line->secret, line->size, secret.data, secret.size);
    free_bytes(&secret);
}

/* Alone, with either line end, and after another line. */
START_TEST(every_form)
{
    static const char *const ends[] = { "", "\n", "\r\n" };
    static const char before[] = "first\n";

    for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
        for (int form = 0; form < 6; form++) {
            const char *name = single[i].text, *error = NULL;
            const Line *want = &single[i].line;
            char text[100] = "";
            Bytes bytes;
            E2EEKeyText reader;
            E2EEKeyLine line;

            if (form & 1)
                strcat(text, before);
            strcat(text, name);
            strcat(text, ends[form / 2]);
            bytes  = copy_bytes((uint8_t *)text, strlen(text));
            reader = (E2EEKeyText){ bytes.data, bytes.data + bytes.size, 0 };

            if (form & 1)
                ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 1);
            if (want->secret) {
                ck_assert_msg(ff_e2ee_key_line(&reader, &line, &error) == 1,
                              "%s: %s", name, error);
                assert_line(name, &line, 1 + (form & 1), want);
                ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 0);
                ck_assert_ptr_null(error);
            } else {
                ck_assert_msg(ff_e2ee_key_line(&reader, &line, &error) == -1,
                              "%s", name);
                ck_assert_int_eq(line.number, 1 + (form & 1));
                ck_assert_msg(error && *error && !strchr(error, '\n'), "%s",
                              name);
            }
            free_bytes(&bytes);
        }
}
END_TEST

START_TEST(empty_lines_are_refused)
{
    static const char *const texts[] = { "\n", "\r\n", "a\n\nb", "a\n\r\n" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        Bytes bytes = copy_bytes((const uint8_t *)texts[i],
                                 strlen(texts[i]));
        E2EEKeyText reader = { bytes.data, bytes.data + bytes.size, 0 };
        E2EEKeyLine line;
        const char *error;
        int ret;

        while ((ret = ff_e2ee_key_line(&reader, &line, &error)) > 0)
            ;
        ck_assert_int_eq(ret, -1);
        ck_assert_int_eq(line.number, 1 + (texts[i][0] == 'a'));
        free_bytes(&bytes);
    }
}
END_TEST

START_TEST(an_empty_text_has_no_line)
{
    uint8_t text[1] = { 'a' };
    E2EEKeyText reader = { text, text, 0 };
    E2EEKeyLine line;
    const char *error;

    ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 0);
}
END_TEST

/* Only the line end goes; what looks like half of one is the secret's. */
START_TEST(bytes_that_stay)
{
    uint8_t text[] = "a\rb\n\0c\n1:d\r\r\ne\r";
    static const Line want[] = {
        { -1, 0, "610d62" }, { -1, 0, "0063" }, { 1, 0, "640d" },
        { -1, 0, "650d" },
    };
    E2EEKeyText reader = { text, text + sizeof(text) - 1, 0 };
    E2EEKeyLine line;
    const char *error;

    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 1);
        assert_line("line", &line, i + 1, &want[i]);
    }
    ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 0);
}
END_TEST

START_TEST(a_file_with_a_line_of_each_form)
{
    uint8_t text[] = "plain\r\n3:three\n4:hex:0001\n5:text:hex:x\n";
    static const Line want[] = {
        { -1, 0, "706c61696e" }, { 3, 0, "7468726565" }, { 4, 1, "0001" },
        { 5, 0, "6865783a78" },
    };
    E2EEKeyText reader = { text, text + sizeof(text) - 1, 0 };
    E2EEKeyLine line;
    const char *error;

    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 1);
        assert_line("line", &line, i + 1, &want[i]);
    }
    ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), 0);
    ck_assert_int_eq(reader.number, 4);
}
END_TEST

/* No message has room for a secret: each is a constant. */
START_TEST(errors_do_not_hold_the_secret)
{
    static const char *const texts[] = { "300:hunter2", "5:hex:hunter2",
                                         "5:hex:abc" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        Bytes bytes = copy_bytes((const uint8_t *)texts[i],
                                 strlen(texts[i]));
        E2EEKeyText reader = { bytes.data, bytes.data + bytes.size, 0 };
        E2EEKeyLine line;
        const char *error;

        ck_assert_int_eq(ff_e2ee_key_line(&reader, &line, &error), -1);
        ck_assert_ptr_null(strstr(error, "hunter2"));
        ck_assert_ptr_null(strstr(error, "abc"));
        ck_assert(error < (char *)bytes.data ||
                  error >= (char *)bytes.data + bytes.size);
        free_bytes(&bytes);
    }
}
END_TEST

START_TEST(hexadecimal_digits)
{
    uint8_t dst[8];

    for (int c = 0; c < 256; c++) {
        uint8_t src[2] = { '1', c }, value;
        int digit = c && strchr("0123456789abcdefABCDEF", c);

        ck_assert_uint_eq(ff_e2ee_hex(dst, src, 2), digit);
        src[0] = c;
        src[1] = '2';
        ck_assert_uint_eq(ff_e2ee_hex(dst, src, 2), digit);
        if (digit) {
            value = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
            ck_assert_uint_eq(dst[0], value << 4 | 2);
        }
    }
    ck_assert_uint_eq(ff_e2ee_hex(dst, (const uint8_t *)"", 0), 0);
    ck_assert_uint_eq(ff_e2ee_hex(dst, (const uint8_t *)"000", 3), 0);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("keyfile", &tests);

    tcase_add_test(tests, every_form);
    tcase_add_test(tests, empty_lines_are_refused);
    tcase_add_test(tests, an_empty_text_has_no_line);
    tcase_add_test(tests, bytes_that_stay);
    tcase_add_test(tests, a_file_with_a_line_of_each_form);
    tcase_add_test(tests, errors_do_not_hold_the_secret);
    tcase_add_test(tests, hexadecimal_digits);
    return run_suite(suite);
}
