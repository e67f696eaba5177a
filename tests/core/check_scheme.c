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

#include "session.h"

START_TEST(schemes_are_found_by_name)
{
    int count = 0;

    for (; ff_e2ee_schemes[count]; count++)
        ck_assert_ptr_eq(ff_e2ee_scheme_find(ff_e2ee_schemes[count]->name),
                         ff_e2ee_schemes[count]);
    ck_assert_int_ge(count, 1);
    ck_assert_ptr_nonnull(ff_e2ee_scheme_find("videosdk"));
    ck_assert_ptr_null(ff_e2ee_scheme_find("VideoSDK"));
    ck_assert_ptr_null(ff_e2ee_scheme_find("videosd"));
    ck_assert_ptr_null(ff_e2ee_scheme_find(""));
}
END_TEST

START_TEST(defaults_of_videosdk)
{
    const E2EEScheme *scheme = ff_e2ee_scheme_find("videosdk");

    ck_assert_str_eq(scheme->salt, "VideoSDKEncryptionRatchetSalt");
    ck_assert_uint_eq(scheme->key_size, 16);
    ck_assert_uint_eq(scheme->ring_size, 16);
    ck_assert_uint_eq(scheme->overhead, 30);
}
END_TEST

/* Each row has all that the core and the filters take from it. */
START_TEST(every_scheme_is_complete)
{
    for (int i = 0; ff_e2ee_schemes[i]; i++) {
        const E2EEScheme *scheme = ff_e2ee_schemes[i];
        const char *name = scheme->name;

        ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz"),
                          strlen(name));
        ck_assert_msg(!i || strcmp(ff_e2ee_schemes[i - 1]->name, name) < 0,
                      "%s is not sorted", name);
        ck_assert_msg(!!scheme->salt, "%s: salt", name);
        /* A scheme with keys of its own may leave the size to a suite. */
        ck_assert_msg(scheme->key_size == 16 || scheme->key_size == 32 ||
                      (scheme->key_ops && !scheme->key_size),
                      "%s: key size", name);
        ck_assert_msg(scheme->ring_size >= 1 &&
                      scheme->ring_size <= E2EE_RING_SIZE_MAX, "%s: ring",
                      name);
        ck_assert_msg(scheme->ratchet_window <= 255, "%s: window", name);
        ck_assert_msg(scheme->failure_tolerance >= -1, "%s: tolerance", name);
        ck_assert_msg(scheme->overhead > 0, "%s: overhead", name);
        ck_assert_msg(scheme->seal && scheme->open, "%s: functions", name);
        for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
            ck_assert_msg(scheme->key_ops || (scheme->text_kdf &&
                                              scheme->raw_kdf[peer]),
                          "%s: derivation", name);
            ck_assert_msg(!!scheme->rules[peer], "%s: rules", name);
            /* The one codec that all meetings have. */
            ck_assert_msg(!!scheme->rules[peer][E2EE_CODEC_OPUS].rules[0],
                          "%s: Opus", name);
            ck_assert_msg(!scheme->rules[peer][E2EE_CODEC_NONE].rules[0],
                          "%s: no codec", name);
            for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
                ck_assert_ptr_null(
                    scheme->rules[peer][codec].rules[E2EE_RULES_MAX]);
        }
    }
}
END_TEST

/* What option 0, -1 or -2 of a filter stands for. */
START_TEST(defaults)
{
    static const struct {
        const char *name;
        unsigned ring_size, window;
        int tolerance;
    } rows[] = {
        { "jitsi",     16,  8, -1 },
        { "livekit",   16,  8, 10 },
        { "nextcloud", 16,  8, -1 },
        { "stream",    256, 0, -1 },
        { "videosdk",  16,  0, -1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const E2EEScheme *scheme = ff_e2ee_scheme_find(rows[i].name);

        ck_assert_ptr_nonnull(scheme);
        ck_assert_uint_eq(scheme->key_size, 16);
        ck_assert_uint_eq(scheme->ring_size, rows[i].ring_size);
        ck_assert_uint_eq(scheme->ratchet_window, rows[i].window);
        ck_assert_int_eq(scheme->failure_tolerance, rows[i].tolerance);
    }
}
END_TEST

START_TEST(kdf_by_kind_of_key_and_peer)
{
    static const struct {
        enum E2EEPeer peer;
        int is_raw;
        enum E2EEKdf wanted, got;
    } rows[] = {
        { E2EE_PEER_WEB,    0, E2EE_KDF_AUTO,   E2EE_KDF_PBKDF2 },
        { E2EE_PEER_WEB,    1, E2EE_KDF_AUTO,   E2EE_KDF_HKDF },
        { E2EE_PEER_NATIVE, 0, E2EE_KDF_AUTO,   E2EE_KDF_PBKDF2 },
        { E2EE_PEER_NATIVE, 1, E2EE_KDF_AUTO,   E2EE_KDF_PBKDF2 },
        { E2EE_PEER_WEB,    0, E2EE_KDF_HKDF,   E2EE_KDF_HKDF },
        { E2EE_PEER_WEB,    1, E2EE_KDF_PBKDF2, E2EE_KDF_PBKDF2 },
        { E2EE_PEER_NATIVE, 1, E2EE_KDF_RAW,    E2EE_KDF_RAW },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        E2EESession session;

        session_init(&session, rows[i].peer, E2EE_CODEC_OPUS);
        ck_assert_msg(ff_e2ee_scheme_kdf(&session, rows[i].wanted,
                                         rows[i].is_raw) == rows[i].got,
                      "row %d", (int)i);
    }
}
END_TEST

/* The first rule seals, so it says which bytes are clear on the wire. */
START_TEST(clear_bytes_by_peer)
{
    static const uint8_t data[40] = { 1 };
    static const struct {
        enum E2EECodec codec;
        size_t key[E2EE_PEER_NB], delta[E2EE_PEER_NB];
    } rows[] = {
        { E2EE_CODEC_OPUS, { 1, 1 },  { 1, 1 } },
        { E2EE_CODEC_VP8,  { 3, 3 },  { 3, 3 } },
        { E2EE_CODEC_VP9,  { 10, 0 }, { 3, 0 } },
        { E2EE_CODEC_AV1,  { 10, 0 }, { 3, 0 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++)
            for (int key = 0; key < 2; key++) {
                const E2EEFrame frame = { data, sizeof(data), rows[i].codec,
                                          key };
                E2EESession session;
                E2EELayout layout;

                session_init(&session, peer, rows[i].codec);
                ck_assert_int_eq(ff_e2ee_scheme_rules(&session)->rules[0](
                                     &frame, &layout), E2EE_OK);
                ck_assert_msg(layout.clear == (key ? rows[i].key[peer] :
                                                     rows[i].delta[peer]),
                              "codec %d, peer %d, key %d: %d",
                              rows[i].codec, peer, key, (int)layout.clear);
            }
}
END_TEST

START_TEST(a_codec_without_rules_is_unsupported)
{
    static const uint8_t data[64] = { 1 };
    E2EESession session;
    Result result;

    session_init(&session, E2EE_PEER_WEB, E2EE_CODEC_NONE);
    session_set_key(&session, 0, 1);
    ck_assert_ptr_null(ff_e2ee_scheme_rules(&session));
    for (size_t size = 0; size <= sizeof(data); size += sizeof(data)) {
        result = seal_frame(&session, data, size, 1);
        ck_assert_int_eq(result.reason, E2EE_UNSUPPORTED);
        free_bytes(&result.out);
        result = open_frame(&session, data, size, 1);
        ck_assert_int_eq(result.reason, E2EE_UNSUPPORTED);
        free_bytes(&result.out);
    }
    ff_e2ee_keyring_clear(&session.ring);
}
END_TEST

/* What Opus sends while nobody speaks has nothing to hide, and no key. */
START_TEST(an_empty_frame_stays_empty)
{
    for (int codec = 1; codec < E2EE_CODEC_NB; codec++) {
        E2EESession session;
        Result result;

        session_init(&session, E2EE_PEER_WEB, codec);
        result = seal_frame(&session, NULL, 0, 0);
        ck_assert_int_eq(result.reason, E2EE_OK);
        ck_assert_uint_eq(result.out.size, 0);
        free_bytes(&result.out);
        result = open_frame(&session, NULL, 0, 0);
        ck_assert_int_eq(result.reason, E2EE_OK);
        ck_assert_uint_eq(result.out.size, 0);
        free_bytes(&result.out);
    }
}
END_TEST

START_TEST(every_codec_has_rules_for_every_peer)
{
    for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
            const E2EECodecRules *rules;
            E2EESession session;

            session_init(&session, peer, codec);
            rules = ff_e2ee_scheme_rules(&session);
            ck_assert_ptr_nonnull(rules);
            ck_assert_ptr_null(rules->rules[E2EE_RULES_MAX]);
        }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("scheme", &tests);

    tcase_add_test(tests, schemes_are_found_by_name);
    tcase_add_test(tests, defaults_of_videosdk);
    tcase_add_test(tests, every_scheme_is_complete);
    tcase_add_test(tests, defaults);
    tcase_add_test(tests, kdf_by_kind_of_key_and_peer);
    tcase_add_test(tests, clear_bytes_by_peer);
    tcase_add_test(tests, a_codec_without_rules_is_unsupported);
    tcase_add_test(tests, an_empty_frame_stays_empty);
    tcase_add_test(tests, every_codec_has_rules_for_every_peer);
    return run_suite(suite);
}
