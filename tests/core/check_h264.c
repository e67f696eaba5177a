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
#include "e2ee_h264.h"

/* Written from the bits, not with the code under test. */
typedef struct BitWriter {
    uint8_t  data[256];
    unsigned bits;
} BitWriter;

static void put_bits(BitWriter *w, unsigned n, uint32_t value)
{
    while (n--) {
        check_that(w->bits < 8 * sizeof(w->data), "out of room");
        w->data[w->bits / 8] |= (value >> n & 1) << (7 - w->bits % 8);
        w->bits++;
    }
}

static void put_ue(BitWriter *w, uint32_t value)
{
    unsigned length = 0;

    while (((uint64_t)value + 1) >> (length + 1))
        length++;
    put_bits(w, length, 0);
    put_bits(w, 1, 1);
    put_bits(w, length, value + 1 - (UINT32_C(1) << length));
}

/* rbsp_trailing_bits() */
static size_t finish(BitWriter *w)
{
    put_bits(w, 1, 1);
    return (w->bits + 7) / 8;
}

/* From the header byte on, as encoders made them. */
static const struct {
    const char *name, *hex;
    unsigned first_mb, slice_type, pps_id;
    size_t bits;
} slices[] = {
    { "x264, IDR",            "6588843a0c6008", 0, 7, 0, 9 },
    { "x264, P",              "419a20cb084f0d", 0, 5, 0, 7 },
    { "x264, B, reference",   "419e4278853ffa", 0, 6, 0, 7 },
    { "x264, B",              "019e6174431ff3", 0, 6, 0, 7 },
    { "OpenH264, IDR",        "65b80004000005", 0, 2, 0, 5 },
    { "OpenH264, P",          "61e0004000be40", 0, 0, 0, 3 },
    { "worker's vector, IDR", "6588840a20272e", 0, 7, 0, 9 },
};

START_TEST(slices_of_encoders)
{
    for (size_t i = 0; i < sizeof(slices) / sizeof(*slices); i++) {
        const char *name = slices[i].name;
        Bytes slice = hex_bytes(slices[i].hex);
        E2EESliceStart start;

        ck_assert_msg(ff_e2ee_h264_slice_start(&start, slice.data + 1,
                                               slice.size - 1, 1), "%s",
                      name);
        ck_assert_msg(start.first_mb   == slices[i].first_mb &&
                      start.slice_type == slices[i].slice_type &&
                      start.pps_id     == slices[i].pps_id &&
                      start.bits       == slices[i].bits,
                      "%s: %u %u %u in %d bits", name, start.first_mb,
                      start.slice_type, start.pps_id, (int)start.bits);
        free_bytes(&slice);
    }
}
END_TEST

START_TEST(slices_of_any_numbers)
{
    static const uint32_t firsts[] = {
        0, 1, 2, 3, 119, 254, 255, 256, 8159, 36863, 139263, 0x7fffffff,
        0xfffffffe
    };

    for (size_t f = 0; f < sizeof(firsts) / sizeof(*firsts); f++)
        for (unsigned type = 0; type < 12; type++)
            for (unsigned pps = 0; pps < 260; pps += 1 + pps / 20) {
                BitWriter w = { .bits = 0 };
                E2EESliceStart start;
                int ok;

                put_ue(&w, firsts[f]);
                put_ue(&w, type);
                put_ue(&w, pps);
                ok = ff_e2ee_h264_slice_start(&start, w.data,
                                              (w.bits + 7) / 8, 0);
                check_that(ok == (type < 10 && pps < 256) &&
                           (!ok || (start.first_mb   == firsts[f] &&
                                    start.slice_type == type &&
                                    start.pps_id     == pps &&
                                    start.bits       == w.bits)),
                           "%u %u %u", firsts[f], type, pps);
            }
}
END_TEST

/* first_mb of 0x400000 has two zero bytes and a half: an escape falls in. */
START_TEST(emulation_prevention_is_skipped_if_asked)
{
    static const uint8_t escaped[] = {
        0x00, 0x00, 0x03, 0x02, 0x00, 0x00, 0x03, 0x02, 0x80, 0
    };
    static const uint8_t plain[] = {
        0x00, 0x00, 0x02, 0x00, 0x00, 0x02, 0x80, 0
    };
    E2EESliceStart a, b;

    ck_assert_int_eq(ff_e2ee_h264_slice_start(&a, escaped, sizeof(escaped),
                                              1),
                     ff_e2ee_h264_slice_start(&b, plain, sizeof(plain), 0));
    ck_assert_uint_eq(a.first_mb, b.first_mb);
    ck_assert_uint_eq(a.bits, b.bits);
    ck_assert_uint_eq(a.first_mb, 0x400000 - 1);
    ff_e2ee_h264_slice_start(&a, escaped, sizeof(escaped), 0);
    ck_assert_uint_ne(a.bits, b.bits);
}
END_TEST

/* Each in a buffer of just its size, for a sanitizer to watch. */
START_TEST(truncated_slices)
{
    for (size_t i = 0; i < sizeof(slices) / sizeof(*slices); i++) {
        Bytes slice = hex_bytes(slices[i].hex);

        for (size_t size = 0; size < slice.size; size++) {
            Bytes cut = copy_bytes(slice.data + 1, size);
            E2EESliceStart start;

            ck_assert_int_eq(ff_e2ee_h264_slice_start(&start, cut.data, size,
                                                      1),
                             size >= (slices[i].bits + 7) / 8);
            free_bytes(&cut);
        }
        free_bytes(&slice);
    }
}
END_TEST

START_TEST(zeros_are_no_slice)
{
    static const uint8_t zeros[64];
    E2EESliceStart start;

    for (size_t size = 0; size <= sizeof(zeros); size++)
        for (int escaped = 0; escaped < 2; escaped++)
            ck_assert_int_eq(ff_e2ee_h264_slice_start(&start, zeros, size,
                                                      escaped), 0);
}
END_TEST

static const struct {
    const char *name, *hex;
    int rewritten;
} sets[] = {
    { "x264, baseline, no delay",
      "6742c00ada11e840000003004000000ca3c489a8", 0 },
    { "x264, high, no delay",
      "6764000aacb208f420000003002000000651e244c9", 0 },
    { "x264, high, B-frames",
      "6764000aacd9447a1000000300100000030320f1", 1 },
    { "x264, HRD, all of the VUI, scaling lists by name",
      "67640014acb423dff80080007d280810152800000300080000030197020007a1"
      "2000f425239003c50aa8", 0 },
    { "x264, 4:4:4",
      "67f4000a9196411e84000003000400000300ca3c489920", 0 },
    { "OpenH264", "6742c01f8c8d405017fcb35060606078442350", 0 },
    { "the server's black frame",
      "6742c01f0fd91f888884000003000400000300c83c60c920", 0 },
};

START_TEST(sets_of_encoders)
{
    for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
        Bytes set = hex_bytes(sets[i].hex);

        ck_assert_msg(ff_e2ee_h264_sps_rewritten(set.data + 1,
                                                 set.size - 1) ==
                      sets[i].rewritten, "%s", sets[i].name);
        free_bytes(&set);
    }
}
END_TEST

START_TEST(truncated_sets_would_be_rewritten)
{
    for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
        Bytes set = hex_bytes(sets[i].hex);

        for (size_t size = 0; size + 2 < set.size; size++) {
            Bytes cut = copy_bytes(set.data + 1, size);

            ck_assert_msg(ff_e2ee_h264_sps_rewritten(cut.data, size),
                          "%s, %d bytes", sets[i].name, (int)size);
            free_bytes(&cut);
        }
        free_bytes(&set);
    }
}
END_TEST

typedef struct Sps {
    unsigned profile, chroma, poc_type, refs, reorder, buffering;
    int scaling, interlaced, cropping, vui, all_vui, nal_hrd, vcl_hrd;
    int restriction;
} Sps;

static void put_hrd(BitWriter *w, unsigned count)
{
    put_ue(w, count - 1);
    put_bits(w, 8, 0x42);
    while (count--) {
        put_ue(w, 12345);
        put_ue(w, 678);
        put_bits(w, 1, 1);
    }
    put_bits(w, 20, 0xbdef7);
}

static void put_vui(BitWriter *w, const Sps *s)
{
    put_bits(w, 1, s->all_vui);
    if (s->all_vui) {
        put_bits(w, 8, 255);
        put_bits(w, 16, 16);
        put_bits(w, 16, 15);
    }
    put_bits(w, 1, s->all_vui);
    if (s->all_vui)
        put_bits(w, 1, 0);                      // overscan_appropriate
    put_bits(w, 1, s->all_vui);
    if (s->all_vui) {
        put_bits(w, 4, 10);
        put_bits(w, 1, 1);
        put_bits(w, 24, 0x010106);
    }
    put_bits(w, 1, s->all_vui);
    if (s->all_vui) {
        put_ue(w, 1);
        put_ue(w, 5);
    }
    put_bits(w, 1, s->all_vui);
    if (s->all_vui) {
        put_bits(w, 32, 1001);
        put_bits(w, 32, 60000);
        put_bits(w, 1, 1);
    }
    put_bits(w, 1, s->nal_hrd);
    if (s->nal_hrd)
        put_hrd(w, 3);
    put_bits(w, 1, s->vcl_hrd);
    if (s->vcl_hrd)
        put_hrd(w, 1);
    if (s->nal_hrd || s->vcl_hrd)
        put_bits(w, 1, 0);
    put_bits(w, 1, 1);                          // pic_struct_present
    put_bits(w, 1, s->restriction);
    if (s->restriction) {
        put_bits(w, 1, 1);
        put_ue(w, 2);
        put_ue(w, 1);
        put_ue(w, 16);
        put_ue(w, 16);
        put_ue(w, s->reorder);
        put_ue(w, s->buffering);
    }
}

/* Some lists end early by a next scale of 0, some are whole. */
static void put_scaling(BitWriter *w, const Sps *s)
{
    for (int i = 0; i < (s->chroma == 3 ? 12 : 8); i++) {
        int present = i % 3 != 1;

        put_bits(w, 1, present);
        if (!present)
            continue;
        if (i % 2) {
            put_ue(w, 4);                       // -2: on to 6
            put_ue(w, 12);                      // -6: to 0, the end
        } else {
            for (int j = 0; j < (i < 6 ? 16 : 64); j++)
                put_ue(w, j % 2 ? 1 : 2);       // up and down by 1
        }
    }
}

static size_t put_sps(BitWriter *w, const Sps *s)
{
    put_bits(w, 8, s->profile);
    put_bits(w, 16, 0xc01f);
    put_ue(w, 0);
    if (s->profile >= 100) {
        put_ue(w, s->chroma);
        if (s->chroma == 3)
            put_bits(w, 1, 0);
        put_ue(w, 0);
        put_ue(w, 0);
        put_bits(w, 1, 0);
        put_bits(w, 1, s->scaling);
        if (s->scaling)
            put_scaling(w, s);
    }
    put_ue(w, 4);
    put_ue(w, s->poc_type);
    if (!s->poc_type) {
        put_ue(w, 6);
    } else if (s->poc_type == 1) {
        put_bits(w, 1, 1);
        put_ue(w, 3);
        put_ue(w, 4);
        put_ue(w, 3);
        for (int i = 0; i < 3; i++)
            put_ue(w, 7 + i);
    }
    put_ue(w, s->refs);
    put_bits(w, 1, 0);
    put_ue(w, 119);
    put_ue(w, 67);
    put_bits(w, 1, !s->interlaced);
    if (s->interlaced)
        put_bits(w, 1, 1);
    put_bits(w, 1, 1);
    put_bits(w, 1, s->cropping);
    if (s->cropping)
        for (int i = 0; i < 4; i++)
            put_ue(w, i);
    put_bits(w, 1, s->vui);
    if (s->vui)
        put_vui(w, s);
    return finish(w);
}

static size_t escape(uint8_t *dst, const uint8_t *src, size_t size)
{
    size_t n = 0, zeros = 0;

    for (size_t i = 0; i < size; i++) {
        if (zeros >= 2 && src[i] <= 3) {
            dst[n++] = 3;
            zeros    = 0;
        }
        dst[n++] = src[i];
        zeros    = src[i] ? 0 : zeros + 1;
    }
    return n;
}

START_TEST(sets_with_every_part)
{
    static const uint8_t profiles[] = { 66, 77, 88, 100, 110, 122, 244, 118 };

    for (unsigned n = 0; n < sizeof(profiles) << 15; n++) {
        Sps s = {
            .profile     = profiles[n >> 15],
            .chroma      = n & 1 ? 3 : 1,
            .scaling     = n >> 1 & 1,
            .poc_type    = (n >> 2 & 3) % 3,
            .interlaced  = n >> 4 & 1,
            .cropping    = n >> 5 & 1,
            .vui         = !!(n >> 6 & 7),
            .all_vui     = n >> 7 & 1,
            .nal_hrd     = n >> 8 & 1,
            .vcl_hrd     = n >> 9 & 1,
            .restriction = !!(n >> 10 & 3),
            .refs        = 1 + (n >> 12 & 1),
            .reorder     = n >> 13 & 1,
            .buffering   = 1 + (n >> 14 & 1),
        };
        BitWriter w = { .bits = 0 };
        uint8_t data[384];
        size_t size = escape(data, w.data, put_sps(&w, &s));
        int want = !s.vui || !s.restriction || s.reorder ||
                   s.buffering > s.refs;

        check_that(ff_e2ee_h264_sps_rewritten(data, size) == want,
                   "profile %u, case %x", s.profile, n);
    }
}
END_TEST

/* The largest codes that can be written, at each place of a list. */
START_TEST(scaling_lists_that_leave_all_bounds)
{
    for (int at = 0; at < 16; at++)
        for (uint32_t code = 0xfffffff0; code < 0xffffffff; code++) {
            BitWriter w = { .bits = 0 };

            put_bits(&w, 8, 100);
            put_bits(&w, 16, 0);
            for (int i = 0; i < 4; i++)
                put_ue(&w, i == 1);             // 4:2:0 of 8 bits
            put_bits(&w, 3, 3);                 // a matrix, its first list
            for (int i = 0; i < at; i++)
                put_ue(&w, 0);
            put_ue(&w, code);
            ck_assert_int_eq(ff_e2ee_h264_sps_rewritten(w.data,
                                                        (w.bits + 7) / 8), 1);
        }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("h264", &tests);

    tcase_add_test(tests, slices_of_encoders);
    tcase_add_test(tests, slices_of_any_numbers);
    tcase_add_test(tests, emulation_prevention_is_skipped_if_asked);
    tcase_add_test(tests, truncated_slices);
    tcase_add_test(tests, zeros_are_no_slice);
    tcase_add_test(tests, sets_of_encoders);
    tcase_add_test(tests, truncated_sets_would_be_rewritten);
    tcase_add_test(tests, sets_with_every_part);
    tcase_add_test(tests, scaling_lists_that_leave_all_bounds);
    return run_suite(suite);
}
