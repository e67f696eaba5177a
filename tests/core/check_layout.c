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
#include "e2ee_layout.h"
#include "e2ee_nal.h"

#define CODE4 "00000001"
#define CODE3 "000001"
#define SPS   "6742c01fd9005005bb016a02020280"
#define PPS   "68cb83cb20"

typedef struct Row {
    const char *name;
    E2EELayoutRule *rule;
    enum E2EECodec codec;
    int key;
    const char *hex;
    enum E2EEReason reason;
    size_t clear;
    int annexb, escaped;
} Row;

static const Row counted[] = {
    { "Opus", ff_e2ee_layout_audio, E2EE_CODEC_OPUS, 0, "7820", E2EE_OK,
      .clear = 1 },
    { "Opus, one byte", ff_e2ee_layout_audio, E2EE_CODEC_OPUS, 0, "78",
      E2EE_OK, .clear = 1 },
    { "Opus, none", ff_e2ee_layout_audio, E2EE_CODEC_OPUS, 0, "",
      .reason = E2EE_TOO_SHORT },
    { "VP8 key", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 1,
      "1002009d012a0800080020", E2EE_OK, .clear = 10 },
    { "VP8 key by its bytes, whatever the flag says", ff_e2ee_layout_vp8,
      E2EE_CODEC_VP8, 0, "1002009d012a0800080020", E2EE_OK, .clear = 10 },
    { "VP8 key of 10", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 1,
      "1002009d012a08000800", E2EE_OK, .clear = 10 },
    { "VP8 key of 9", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 1,
      "1002009d012a080008", .reason = E2EE_TOO_SHORT },
    { "VP8 delta", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 0, "d1030020",
      E2EE_OK, .clear = 3 },
    { "VP8 delta flagged key", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 1,
      "d1030020", E2EE_OK, .clear = 3 },
    { "VP8 delta of 2", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 0, "d103",
      .reason = E2EE_TOO_SHORT },
    { "VP8, none", ff_e2ee_layout_vp8, E2EE_CODEC_VP8, 0, "",
      .reason = E2EE_TOO_SHORT },
    { "VP9 key", ff_e2ee_layout_frame_type, E2EE_CODEC_VP9, 1,
      "824983420013f0002027", E2EE_OK, .clear = 10 },
    { "VP9 key of 9", ff_e2ee_layout_frame_type, E2EE_CODEC_VP9, 1,
      "824983420013f00020", .reason = E2EE_TOO_SHORT },
    { "VP9 delta", ff_e2ee_layout_frame_type, E2EE_CODEC_VP9, 0, "860040",
      E2EE_OK, .clear = 3 },
    { "AV1 delta of 2", ff_e2ee_layout_frame_type, E2EE_CODEC_AV1, 0, "1200",
      .reason = E2EE_TOO_SHORT },
    { "the other way, key", ff_e2ee_layout_other_type, E2EE_CODEC_VP9, 1,
      "824983420013f0002027", E2EE_OK, .clear = 3 },
    { "the other way, delta", ff_e2ee_layout_other_type, E2EE_CODEC_VP9, 0,
      "824983420013f0002027", E2EE_OK, .clear = 10 },
    { "nothing clear", ff_e2ee_layout_none, E2EE_CODEC_VP9, 1, "82", E2EE_OK,
      .clear = 0 },
};

static const Row slices[] = {
    { "IDR", ff_e2ee_layout_slice, E2EE_CODEC_H264, 1,
      CODE4 SPS CODE4 PPS CODE4 "6588843a", E2EE_OK, 34, 1, 1 },
    { "IDR, short start codes", ff_e2ee_layout_slice, E2EE_CODEC_H264, 1,
      CODE3 SPS CODE3 PPS CODE3 "6588843a", E2EE_OK, 31, 1, 1 },
    { "zeros in front", ff_e2ee_layout_slice, E2EE_CODEC_H264, 1,
      "0000" CODE4 "6588843a", E2EE_OK, 8, 1, 1 },
    { "P", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0, CODE4 "419a20cb",
      E2EE_OK, 6, 1, 1 },
    { "the first of two slices", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0,
      CODE4 "419a20cb" CODE4 "41ea20cb", E2EE_OK, 6, 1, 1 },
    { "a slice of two bytes", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0,
      CODE4 "419a", E2EE_OK, 6, 1, 1 },
    { "a slice of one byte", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0,
      CODE4 "41", .reason = E2EE_TOO_SHORT },
    { "data partition A is no slice here", ff_e2ee_layout_slice,
      E2EE_CODEC_H264, 0, CODE4 "429a20cb", .reason = E2EE_NO_SLICE },
    { "SPS and PPS alone", ff_e2ee_layout_slice, E2EE_CODEC_H264, 1,
      CODE4 SPS CODE4 PPS, .reason = E2EE_NO_SLICE },
    { "length-prefixed", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0,
      "00000022419a210420", .reason = E2EE_NOT_ANNEXB },
    { "length of 256, then something like a start code",
      ff_e2ee_layout_slice, E2EE_CODEC_H264, 0, "41" CODE4 "419a20cb",
      .reason = E2EE_NOT_ANNEXB },
    { "a start code and nothing", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0,
      CODE4, .reason = E2EE_NO_SLICE },
    { "none", ff_e2ee_layout_slice, E2EE_CODEC_H264, 0, "",
      .reason = E2EE_NOT_ANNEXB },
    { "H.265 IDR after its sets", ff_e2ee_layout_slice, E2EE_CODEC_H265, 1,
      CODE4 "40010c01" CODE4 "42010101" CODE4 "4401c172" CODE4 "2601af15",
      E2EE_OK, 30, 1, 1 },
    { "H.265 P", ff_e2ee_layout_slice, E2EE_CODEC_H265, 0, CODE4 "0201d020",
      E2EE_OK, 6, 1, 1 },
    { "H.265 delimiter and SEI alone", ff_e2ee_layout_slice, E2EE_CODEC_H265,
      0, CODE4 "460150" CODE4 "4e0105", .reason = E2EE_NO_SLICE },
    { "what is a slice of H.264 is none of H.265", ff_e2ee_layout_slice,
      E2EE_CODEC_H265, 1, CODE4 "6588843a", .reason = E2EE_NO_SLICE },
};

static const Row without[] = {
    { "no slice, escaped", ff_e2ee_layout_no_slice_escaped, E2EE_CODEC_H264,
      1, CODE4 SPS, E2EE_OK, 10, 0, 1 },
    { "no slice, delta", ff_e2ee_layout_no_slice, E2EE_CODEC_H264, 0,
      CODE4 SPS, E2EE_OK, 3, 0, 0 },
    { "no slice, nothing clear", ff_e2ee_layout_no_slice_none,
      E2EE_CODEC_H264, 1, CODE4 SPS, E2EE_OK, 0, 0, 0 },
    { "a slice", ff_e2ee_layout_no_slice_escaped, E2EE_CODEC_H264, 1,
      CODE4 "6588843a", .reason = E2EE_UNSUPPORTED },
    { "a slice", ff_e2ee_layout_no_slice, E2EE_CODEC_H264, 1,
      CODE4 "6588843a", .reason = E2EE_UNSUPPORTED },
    { "a slice", ff_e2ee_layout_no_slice_none, E2EE_CODEC_H264, 1,
      CODE4 "6588843a", .reason = E2EE_UNSUPPORTED },
    { "too short", ff_e2ee_layout_no_slice_escaped, E2EE_CODEC_H264, 1,
      CODE4, .reason = E2EE_TOO_SHORT },
};

static void check_rows(const Row *rows, size_t nb)
{
    for (size_t i = 0; i < nb; i++) {
        const Row *row = &rows[i];
        Bytes data = hex_bytes(row->hex);
        Bytes exact = copy_bytes(data.data, data.size);
        const E2EEFrame frame = { exact.data, exact.size, row->codec,
                                  row->key };
        E2EELayout layout = { 0 };
        enum E2EEReason reason = row->rule(&frame, &layout);

        ck_assert_msg(reason == row->reason, "%s: %s", row->name,
                      ff_e2ee_reason_name(reason));
        ck_assert_msg(reason || (layout.clear   == row->clear &&
                                 layout.annexb  == row->annexb &&
                                 layout.escaped == row->escaped),
                      "%s: %d clear, annexb %d, escaped %d", row->name,
                      (int)layout.clear, layout.annexb, layout.escaped);
        free_bytes(&data);
        free_bytes(&exact);
    }
}

START_TEST(counted_bytes)
{
    check_rows(counted, sizeof(counted) / sizeof(*counted));
}
END_TEST

START_TEST(slices_of_access_units)
{
    check_rows(slices, sizeof(slices) / sizeof(*slices));
}
END_TEST

START_TEST(access_units_without_slice)
{
    check_rows(without, sizeof(without) / sizeof(*without));
}
END_TEST

/* Table 7-1 of either standard, type by type. */
START_TEST(types_of_nal_units)
{
    for (int type = 0; type < 64; type++) {
        const E2EENalTypes *h264 = ff_e2ee_nal_types(E2EE_CODEC_H264);
        const E2EENalTypes *h265 = ff_e2ee_nal_types(E2EE_CODEC_H265);
        uint8_t h264_header[] = { 0x60 | (type & 31) };
        uint8_t h265_header[] = { type << 1 | 1 };
        int n = type & 31;

        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header, h264->slices),
                         n == 1 || n == 5);
        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header, h264->key_slices),
                         n == 5);
        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header,
                                        h264->parameter_sets),
                         n == 7 || n == 8);
        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header, h264->sps),
                         n == 7);
        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header, h264->delimiters),
                         n == 9);
        ck_assert_int_eq(ff_e2ee_nal_is(h264, h264_header, h264->droppable),
                         n == 6 || n == 9);

        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header, h265->slices),
                         type <= 9 || (type >= 16 && type <= 21));
        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header, h265->key_slices),
                         type >= 16 && type <= 21);
        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header,
                                        h265->parameter_sets),
                         type >= 32 && type <= 34);
        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header, h265->sps),
                         type == 33);
        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header, h265->delimiters),
                         type == 35);
        ck_assert_int_eq(ff_e2ee_nal_is(h265, h265_header, h265->droppable),
                         type == 35 || type == 39);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("layout", &tests);

    tcase_add_test(tests, counted_bytes);
    tcase_add_test(tests, slices_of_access_units);
    tcase_add_test(tests, access_units_without_slice);
    tcase_add_test(tests, types_of_nal_units);
    return run_suite(suite);
}
