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
#include <string.h>

#include "e2ee_sif.h"
#include "session.h"

#define CODE  "00000001"
#define VP8   "1002009d012a08000800004708858588858488" \
              "0202000c0d6000feffab5080"
#define SPS   "6742c01f0fd91f888884000003000400000300c83c60c920"
#define PPS   "6887cb83cb20"
#define IDR   "6588840af2628000a7be"
#define ROOM  "526f6f6d2d747261696c6572"

static const struct {
    const char *name;
    enum E2EECodec codec;
    const char *payload, *end;
    int with_trailer, without; ///< what is told with and without the room's
} rows[] = {
    { "VP8",             E2EE_CODEC_VP8,  VP8, ROOM, 1, 1 },
    { "VP8, no trailer", E2EE_CODEC_VP8,  VP8, "", 1, 1 },
    { "H.264",           E2EE_CODEC_H264, CODE SPS CODE PPS CODE IDR, ROOM,
      1, 1 },
    { "H.264, bare",     E2EE_CODEC_H264, IDR, ROOM, 1, 1 },
    { "another VP8",     E2EE_CODEC_VP8,  "d103002027", ROOM, -1, 0 },
    { "another H.264",   E2EE_CODEC_H264, CODE "419a210420", ROOM, -1, 0 },
    { "H.264 and more",  E2EE_CODEC_H264, CODE IDR CODE "419a21", ROOM,
      -1, 0 },
    { "not the codec's", E2EE_CODEC_OPUS, VP8, ROOM, -1, 0 },
    { "not the end",     E2EE_CODEC_VP8,  "d103002027" ROOM, "00", 0, 0 },
};

START_TEST(payloads_and_trailers)
{
    Bytes room = hex_bytes(ROOM);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        Bytes payload = hex_bytes(rows[i].payload);
        char text[1024];
        Bytes all;
        E2EEFrame frame = { .codec = rows[i].codec };
        size_t size;
        int told;

        snprintf(text, sizeof(text), "%s%s", rows[i].payload, rows[i].end);
        all = hex_bytes(text);
        frame.data = all.data;
        frame.size = all.size;
        told = ff_e2ee_sif(&frame, room.data, room.size, &size);
        ck_assert_msg(told == rows[i].with_trailer, "%s: %d", rows[i].name,
                      told);
        if (told)
            ck_assert_uint_eq(size, payload.size);
        told = ff_e2ee_sif(&frame, NULL, 0, &size);
        ck_assert_msg(told == rows[i].without, "%s: %d", rows[i].name, told);
        free_bytes(&payload);
        free_bytes(&all);
    }
    free_bytes(&room);
}
END_TEST

/* LiveKit's receivers hand the payload on; of unknown ones nothing. */
START_TEST(what_a_receiver_hands_on)
{
    Bytes room = hex_bytes(ROOM), payload = hex_bytes(VP8);
    Bytes known = hex_bytes(VP8 ROOM), other = hex_bytes("d103002027" ROOM);
    E2EESession s = { 0 };
    Result r;

    session_init(&s, E2EE_PEER_WEB, E2EE_CODEC_VP8);
    s.scheme = ff_e2ee_scheme_find("livekit");
    session_set_key(&s, 0, 1);
    s.sif_trailer      = room.data;
    s.sif_trailer_size = room.size;
    r = open_frame(&s, known.data, known.size, 1);
    ck_assert_int_eq(r.reason, E2EE_INJECTED);
    check_that(r.out.size >= payload.size &&
               !memcmp(r.out.data, payload.data, payload.size), "payload");
    free_bytes(&r.out);
    r = open_frame(&s, other.data, other.size, 0);
    ck_assert_int_eq(r.reason, E2EE_INJECTED);
    free_bytes(&r.out);
    ff_e2ee_keyring_clear(&s.ring);
    free_bytes(&room);
    free_bytes(&payload);
    free_bytes(&known);
    free_bytes(&other);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("sif", &tests);

    tcase_add_test(tests, payloads_and_trailers);
    tcase_add_test(tests, what_a_receiver_hands_on);
    return run_suite(suite);
}
