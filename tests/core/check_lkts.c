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

#include "e2ee_lkts.h"
#include "session.h"

/* A trailer by hand: fields as text of the bytes before they are inverted. */
static Bytes with_trailer(const char *frame_hex, const char *fields_hex)
{
    Bytes frame = hex_bytes(frame_hex), fields = hex_bytes(fields_hex), all;

    all.size = frame.size + fields.size + 5;
    all.data = malloc(all.size);
    memcpy(all.data, frame.data, frame.size);
    for (size_t i = 0; i < fields.size; i++)
        all.data[frame.size + i] = fields.data[i] ^ 0xff;
    all.data[all.size - 5] = (fields.size + 5) ^ 0xff;
    memcpy(all.data + all.size - 4, "LKTS", 4);
    free_bytes(&frame);
    free_bytes(&fields);
    return all;
}

START_TEST(fields_are_read)
{
    Bytes b = with_trailer("d10300aabb", "0108" "0102030405060708"
                           "0204" "a0b0c0d0" "0303" "616263" "0901" "00");
    E2EELkts lkts;

    ck_assert_uint_eq(ff_e2ee_lkts_read(&lkts, b.data, b.size), b.size - 5);
    ck_assert_int_eq(lkts.has_timestamp, 1);
    ck_assert(lkts.timestamp == UINT64_C(0x0102030405060708));
    ck_assert_int_eq(lkts.has_frame_id, 1);
    ck_assert_uint_eq(lkts.frame_id, 0xa0b0c0d0);
    assert_bytes("user", lkts.user, lkts.user_size, (const uint8_t *)"abc", 3);
    free_bytes(&b);
}
END_TEST

START_TEST(what_is_not_whole_is_no_trailer)
{
    static const char *const broken[] = {
        "01", "0108", "010801", "0204a0b0c0", "03ff",
    };
    E2EELkts lkts;

    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        Bytes b = with_trailer("d10300", broken[i]);

        ck_assert_uint_eq(ff_e2ee_lkts_read(&lkts, b.data, b.size), 0);
        free_bytes(&b);
    }
}
END_TEST

START_TEST(every_truncation_is_survived)
{
    Bytes b = with_trailer("", "0108" "0102030405060708" "0302" "6162");
    E2EELkts lkts;

    for (size_t n = 0; n < b.size; n++) {
        Bytes head = copy_bytes(b.data, n);
        Bytes tail = copy_bytes(b.data + n, b.size - n);

        ck_assert_uint_eq(ff_e2ee_lkts_read(&lkts, head.data, head.size), 0);
        ck_assert_uint_eq(ff_e2ee_lkts_read(&lkts, tail.data, tail.size),
                          n ? 0 : b.size);
        free_bytes(&head);
        free_bytes(&tail);
    }
    free_bytes(&b);
}
END_TEST

/* It is outside of the encryption, and Opus has none. */
START_TEST(a_sealed_frame_opens_without_it)
{
    static const uint8_t plain[] = { 0xd1, 3, 0, 0x20, 0x27, 0x2e };
    E2EESession s = { 0 };
    Result sealed, opened;
    Bytes fields = with_trailer("", "0204" "00000007"), both;

    session_init(&s, E2EE_PEER_WEB, E2EE_CODEC_VP8);
    s.scheme = ff_e2ee_scheme_find("livekit");
    session_set_key(&s, 0, 1);
    sealed = seal_frame(&s, plain, sizeof(plain), 0);
    ck_assert_int_eq(sealed.reason, E2EE_OK);
    both.size = sealed.out.size + fields.size;
    both.data = malloc(both.size);
    memcpy(both.data, sealed.out.data, sealed.out.size);
    memcpy(both.data + sealed.out.size, fields.data, fields.size);
    opened = open_frame(&s, both.data, both.size, 0);
    ck_assert_int_eq(opened.reason, E2EE_OK);
    assert_bytes("opened", opened.out.data, opened.out.size, plain,
                 sizeof(plain));
    ck_assert_uint_eq(s.lkts.frame_id, 7);
    free_bytes(&both);
    free_bytes(&fields);
    free_bytes(&sealed.out);
    free_bytes(&opened.out);
    ff_e2ee_keyring_clear(&s.ring);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("lkts", &tests);

    tcase_add_test(tests, fields_are_read);
    tcase_add_test(tests, what_is_not_whole_is_no_trailer);
    tcase_add_test(tests, every_truncation_is_survived);
    tcase_add_test(tests, a_sealed_frame_opens_without_it);
    return run_suite(suite);
}
