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

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "e2ee_access_unit.h"

#define SPS      "6742c00ada11e840000003004000000ca3c489a8"
#define SPS_REORDERED "6764000aacd9447a1000000300100000030320f1"
#define PPS      "68ce0fc8"
#define SEI      "0605ffff80"
#define AUD      "0910"
#define IDR      "6588"
#define P        "419a"
#define B        "019e"
#define REST     "843a0c60"
#define C4       "00000001"
#define C3       "000001"
#define SETS     C4 SPS C4 PPS

#define VPS265   "40010c01ffff"
#define SPS265   "4201010160a0"
#define PPS265   "4401c172b462"
#define AUD265   "460150"
#define SEI265   "4e01050a80"
#define IDR265   "2601"
#define P265     "0201"
#define SETS265  C4 VPS265 C4 SPS265 C4 PPS265

typedef struct Row {
    const char *name;
    enum E2EECodec codec;
    enum E2EEDropSei drop_sei;
    const char *frame;          ///< REST follows
    const char *sets;
    const char *clear;
    unsigned warnings;
    int      key;               ///< flagged so by the encoder
} Row;

static const Row rows[] = {
    { "whole", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 SPS C4 PPS C4 SEI C4 IDR, NULL, C4 SPS C4 PPS C4 SEI C4 IDR, 0, 0 },
    { "short start codes", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C3 SPS C3 PPS C3 SEI C3 IDR, NULL, C4 SPS C4 PPS C4 SEI C4 IDR, 0, 0 },
    { "long start codes stay", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      "00" C4 SPS C3 PPS "0000" C4 IDR, NULL,
      "00" C4 SPS C4 PPS "0000" C4 IDR, 0, 0 },
    { "sets in front of a key frame", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 IDR, SETS, SETS C4 IDR, 0, 0 },
    { "with short start codes", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, C3 IDR,
      C3 SPS C3 PPS, SETS C4 IDR, 0, 0 },
    { "and nothing but the sets", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 IDR, C4 SEI C4 SPS C4 SEI C4 PPS C4 SEI, SETS C4 IDR, 0, 0 },
    { "after the delimiter", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 AUD C4 SEI C4 IDR, SETS, C4 AUD SETS C4 SEI C4 IDR, 0, 0 },
    { "without the delimiter", E2EE_CODEC_H264, E2EE_DROP_SEI_ALWAYS,
      C4 AUD C4 SEI C4 IDR, SETS, SETS C4 IDR, 0, 0 },
    { "not a second time", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      SETS C4 IDR, SETS, SETS C4 IDR, 0, 0 },
    { "the PPS is missing", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 SPS C4 IDR, SETS, SETS C4 SPS C4 IDR, 0, 0 },
    { "not to a delta frame", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, C4 P,
      SETS, C4 P, 0, 0 },
    { "to what the encoder calls a key frame", E2EE_CODEC_H264,
      E2EE_DROP_SEI_AUTO, C4 P, SETS, SETS C4 P, 0, 1 },
    { "none to be had", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, C4 IDR, NULL,
      C4 IDR, E2EE_WARN_NO_PARAMETERS, 0 },
    { "half to be had", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, C4 IDR, C4 SPS,
      C4 SPS C4 IDR, E2EE_WARN_NO_PARAMETERS, 0 },
    { "either has a half", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 SPS C4 IDR, C4 PPS, C4 PPS C4 SPS C4 IDR, 0, 0 },
    { "SEI kept", E2EE_CODEC_H264, E2EE_DROP_SEI_NEVER,
      C4 AUD C4 SEI C4 P, NULL, C4 AUD C4 SEI C4 P, 0, 0 },
    { "SEI dropped", E2EE_CODEC_H264, E2EE_DROP_SEI_ALWAYS,
      C4 AUD C3 SEI C3 P, NULL, C4 P, 0, 0 },
    { "B", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, C4 B, NULL, C4 B,
      E2EE_WARN_B_FRAMES, 0 },
    { "reordering SPS", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO,
      C4 SPS_REORDERED C4 PPS C4 IDR, NULL,
      C4 SPS_REORDERED C4 PPS C4 IDR, E2EE_WARN_SPS_REWRITTEN, 0 },

    { "H.265, whole", E2EE_CODEC_H265, E2EE_DROP_SEI_AUTO,
      C3 VPS265 C3 SPS265 C3 PPS265 C3 IDR265, NULL, SETS265 C4 IDR265, 0, 0 },
    { "H.265, sets", E2EE_CODEC_H265, E2EE_DROP_SEI_AUTO, C4 AUD265 C4 IDR265,
      SETS265, C4 AUD265 SETS265 C4 IDR265, 0, 0 },
    { "H.265, the VPS is missing", E2EE_CODEC_H265, E2EE_DROP_SEI_AUTO,
      C4 SPS265 C4 PPS265 C4 IDR265, NULL, C4 SPS265 C4 PPS265 C4 IDR265,
      E2EE_WARN_NO_PARAMETERS, 0 },
    { "H.265, P", E2EE_CODEC_H265, E2EE_DROP_SEI_ALWAYS,
      C4 AUD265 C4 SEI265 C4 P265, SETS265, C4 P265, 0, 0 },
};

static E2EEAccessUnit prepare(const char *name, enum E2EECodec codec,
                              enum E2EEDropSei drop_sei, int key,
                              Bytes data, Bytes sets, uint8_t *dst,
                              enum E2EEReason want)
{
    const E2EEFrame frame = { data.data, data.size, codec, key };
    E2EEAccessUnit unit;
    E2EELayout layout;
    enum E2EEReason reason = ff_e2ee_layout_slice(&frame, &layout);

    ck_assert_msg(!reason, "%s: %s", name, ff_e2ee_reason_name(reason));
    reason = ff_e2ee_access_unit(&unit, dst, &frame, &layout, drop_sei,
                                 sets.data, sets.size);
    ck_assert_msg(reason == want, "%s: %s", name,
                  ff_e2ee_reason_name(reason));
    ck_assert_msg(unit.consumed == layout.clear, "%s: consumed %d", name,
                  (int)unit.consumed);
    return unit;
}

START_TEST(every_row)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const Row *row = &rows[i];
        char hex[1000];
        Bytes frame, sets = { NULL, 0 }, want = hex_bytes(row->clear), dst;
        E2EEAccessUnit unit;

        strcpy(hex, row->frame);
        strcat(hex, REST);
        frame = hex_bytes(hex);
        if (row->sets)
            sets = hex_bytes(row->sets);
        dst = copy_bytes(want.data, want.size);
        memset(dst.data, 0xa5, dst.size);
        unit = prepare(row->name, row->codec, row->drop_sei, row->key,
                       frame, sets, dst.data, E2EE_OK);
        assert_bytes(row->name, dst.data, unit.clear, want.data, want.size);
        ck_assert_msg(unit.warnings == row->warnings, "%s: warnings %u",
                      row->name, unit.warnings);
        free_bytes(&frame);
        free_bytes(&sets);
        free_bytes(&want);
        free_bytes(&dst);
    }
}
END_TEST

/* A delta frame whose SEI makes its clear part just so long. */
static Bytes with_clear_size(size_t size)
{
    Bytes bytes = { malloc(size + 4), size + 4 };

    ck_assert_ptr_nonnull(bytes.data);
    memset(bytes.data, 0x80, bytes.size);
    memcpy(bytes.data, "\0\0\0\1\6", 5);
    memcpy(bytes.data + size - 6, "\0\0\0\1\x41\x9a", 6);
    return bytes;
}

START_TEST(sei_goes_when_the_clear_part_would_pass_255)
{
    const Bytes no_sets = { NULL, 0 };
    uint8_t dst[600];

    for (size_t size = 250; size < 300; size++)
        for (int drop = E2EE_DROP_SEI_NEVER; drop <= E2EE_DROP_SEI_ALWAYS;
             drop++) {
            Bytes frame = with_clear_size(size);
            E2EEAccessUnit unit = prepare("long SEI", E2EE_CODEC_H264, drop, 0,
                                          frame, no_sets, dst, E2EE_OK);
            int dropped = drop == E2EE_DROP_SEI_ALWAYS ||
                          (drop == E2EE_DROP_SEI_AUTO && size > 255);

            ck_assert_uint_eq(unit.clear, dropped ? 6 : size);
            ck_assert_uint_eq(unit.warnings,
                              size > 255 && !dropped ?
                              E2EE_WARN_LONG_PREFIX : 0);
            free_bytes(&frame);
        }
}
END_TEST

/* What start codes and parameter sets add counts, too. */
START_TEST(what_is_added_counts)
{
    Bytes sets = hex_bytes(SETS), frame;
    size_t added = sets.size;
    uint8_t dst[600];

    for (size_t size = 255 - added; size <= 257 - added; size++) {
        E2EEAccessUnit unit;

        frame = with_clear_size(size);
        frame.data[size - 2] = 0x65;
        frame.data[size - 1] = 0x88;
        unit = prepare("sets", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, 0, frame,
                       sets, dst, E2EE_OK);
        ck_assert_uint_eq(unit.clear, size + added > 255 ? 6 + added :
                                                           size + added);
        free_bytes(&frame);
    }
    free_bytes(&sets);

    for (size_t size = 253; size <= 257; size++) {
        E2EEAccessUnit unit;

        frame = with_clear_size(size);
        unit = prepare("short start code", E2EE_CODEC_H264,
                       E2EE_DROP_SEI_AUTO, 0,
                       (Bytes){ frame.data + 1, frame.size - 1 }, sets, dst,
                       E2EE_OK);
        ck_assert_uint_eq(unit.clear, size > 255 ? 6 : size);
        free_bytes(&frame);
    }
}
END_TEST

START_TEST(a_long_prefix_that_cannot_shrink_warns)
{
    const Bytes no_sets = { NULL, 0 };
    Bytes frame = with_clear_size(300);
    E2EEAccessUnit unit;
    uint8_t dst[600];

    frame.data[4] = 0x0c;                       // filler data
    unit = prepare("filler", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, 0, frame,
                   no_sets, dst, E2EE_OK);
    ck_assert_uint_eq(unit.clear, 300);
    ck_assert_uint_eq(unit.warnings, E2EE_WARN_LONG_PREFIX);
    free_bytes(&frame);
}
END_TEST

/* first_mb of 127 begins with a zero byte. */
START_TEST(a_prefix_that_ends_in_zero_is_refused)
{
    const Bytes no_sets = { NULL, 0 };
    Bytes frame = hex_bytes(C4 "4100809a20cb");
    uint8_t dst[64];

    prepare("00", E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, 0, frame, no_sets, dst,
            E2EE_UNSAFE_PREFIX);
    free_bytes(&frame);
}
END_TEST

START_TEST(slice_types_by_number)
{
    static const char *const headers[] = {
        "41e0", "419f", "41b0", "4190", "4194", "4198", "419c", "4188",
        "4189", "418a",
    };
    static const unsigned types[] = { 0, 6, 2, 3, 4, 5, 6, 7, 8, 9 };
    const Bytes no_sets = { NULL, 0 };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        char hex[32];
        Bytes frame;
        E2EEAccessUnit unit;
        uint8_t dst[64];

        strcpy(hex, C4);
        strcat(hex, headers[i]);
        strcat(hex, REST);
        frame = hex_bytes(hex);
        unit = prepare(headers[i], E2EE_CODEC_H264, E2EE_DROP_SEI_AUTO, 0,
                       frame, no_sets, dst, E2EE_OK);
        ck_assert_msg(unit.warnings ==
                      (types[i] % 5 == 1 ? E2EE_WARN_B_FRAMES : 0),
                      "%s: %u", headers[i], unit.warnings);
        free_bytes(&frame);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("access_unit", &tests);

    tcase_add_test(tests, every_row);
    tcase_add_test(tests, sei_goes_when_the_clear_part_would_pass_255);
    tcase_add_test(tests, what_is_added_counts);
    tcase_add_test(tests, a_long_prefix_that_cannot_shrink_warns);
    tcase_add_test(tests, a_prefix_that_ends_in_zero_is_refused);
    tcase_add_test(tests, slice_types_by_number);
    return run_suite(suite);
}
