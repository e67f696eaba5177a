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

/*
 * The golden vectors: frames sealed by the workers of two versions of
 * livekit-client with VideoSDK's salt, byte for byte in both directions.
 */

#include <stdlib.h>
#include <string.h>

#include "session.h"

/* The version whose rules we seal by; the other's frames are opened only. */
#define SEALS_AS "livekit-client@2.23.0"

/* Where we differ from it on purpose. */
static const struct {
    const char *name;
    enum E2EEReason reason;     ///< with which sealing is refused, if it is
} differs[] = {
    /* Said to be a delta frame, but its own bit says key frame, and this is
     * what we go by: 10 bytes stay clear, not 3. */
    { "vp8-delta-looks-like-h264-codec-given", E2EE_OK },
    /* A receiver that searches the ciphertext for a slice may find one, and
     * then cannot open the frame. */
    { "h264-sps-pps-only",         E2EE_NO_SLICE },
    /* No receiver that rebuilds start codes could open it; the filter
     * converts before it seals. */
    { "h264-avcc-length-prefixed", E2EE_NOT_ANNEXB },
};

/* What 2.11.4 alone makes, and why we do not. */
static const char *const opened_only[] = {
    /* Takes a VP8 frame for H.264 by bytes that look like a slice. */
    "vp8-delta-looks-like-h264-codec-given",
    /* Authenticates short start codes, which no depacketizer gives back. */
    "h264-key-3byte",
    /* Escapes a frame that has no slice. */
    "h264-sps-pps-only",
    /* Knows no H.265: 10 or 3 bytes are clear, which cuts NAL units. */
    "h265-key",
    "h265-delta-nocodec",
};

static int is_key(const json_t *vector)
{
    return !strcmp(text_of(vector, "type"), "key");
}

static int has_text(const json_t *list, const char *text)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(list, i, entry)
        if (!strcmp(json_string_value(entry), text))
            return 1;
    return 0;
}

static void set_key(E2EESession *session, const json_t *entry)
{
    int raw = !text_of(entry, "key");
    Bytes secret = secret_of(entry, "key");
    json_t *index = json_object_get(entry, "keyIndex");

    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring,
                                         json_integer_value(index),
                                         ff_e2ee_scheme_kdf(session,
                                                            E2EE_KDF_AUTO,
                                                            raw),
                                         secret.data, secret.size), E2EE_OK);
    session->key_index = json_integer_value(index);
    free_bytes(&secret);
}

/* A worker that was told no codec is the web's. */
static enum E2EEPeer peer_of(const json_t *vector)
{
    return json_is_true(json_object_get(vector, "codecKnown")) ?
           E2EE_PEER_NATIVE : E2EE_PEER_WEB;
}

static void start_session(E2EESession *session, const json_t *vector)
{
    json_t *bits = json_object_get(vector, "keyBits");

    session_init(session, peer_of(vector), codec_of(vector));
    ck_assert_str_eq(session->scheme->salt, text_of(vector, "salt"));
    if (bits)
        session->ring.key_size = json_integer_value(bits) / 8;
}

static void check_sealing(const json_t *vector, const json_t *result,
                          E2EESession *session)
{
    const char *name = text_of(vector, "name");
    Bytes input = bytes_of(vector, "input"), iv, want;
    E2EENonce nonce;
    Result sealed;

    iv   = text_of(result, "iv") ? bytes_of(result, "iv") :
                                   copy_bytes(NULL, 0);
    want = bytes_of(result, "sealed");
    if (iv.size) {
        ck_assert_uint_eq(iv.size, E2EE_IV_SIZE);
        ff_e2ee_nonce_init_fixed(&nonce, iv.data);
        session->test_nonce = &nonce;
        session->choose_iv = 0;
    }
    sealed = seal_frame(session, input.data, input.size, is_key(vector));
    session->test_nonce = NULL;

    for (size_t i = 0; i < sizeof(differs) / sizeof(*differs); i++)
        if (!strcmp(name, differs[i].name)) {
            ck_assert_msg(sealed.reason == differs[i].reason, "%s: %s", name,
                          ff_e2ee_reason_name(sealed.reason));
            goto end;
        }
    ck_assert_msg(!sealed.reason, "%s: %s", name,
                  ff_e2ee_reason_name(sealed.reason));
    assert_bytes(name, sealed.out.data, sealed.out.size, want.data,
                 want.size);
end:
    free_bytes(&input);
    free_bytes(&iv);
    free_bytes(&want);
    free_bytes(&sealed.out);
}

static void check_opening(const json_t *vector, const json_t *result,
                          E2EESession *session)
{
    const char *name = text_of(vector, "name");
    int same = !strcmp(text_of(result, "opened"), "same");
    Bytes sealed = bytes_of(result, "sealed");
    Bytes want = same ? bytes_of(vector, "input") :
                        bytes_of(result, "opened");
    Result opened = open_frame(session, sealed.data, sealed.size,
                               is_key(vector));

    ck_assert_msg(!opened.reason, "%s: %s", name,
                  ff_e2ee_reason_name(opened.reason));
    assert_bytes(name, opened.out.data, opened.out.size, want.data,
                 want.size);
    free_bytes(&sealed);
    free_bytes(&want);
    free_bytes(&opened.out);
}

/* What is sealed alike by all is not in the table of exceptions. */
static void check_agreement(const json_t *vector, const json_t *result)
{
    const char *name = text_of(vector, "name");

    if (has_text(json_object_get(result, "workers"), SEALS_AS))
        return;
    for (size_t i = 0; i < sizeof(opened_only) / sizeof(*opened_only); i++)
        if (!strcmp(name, opened_only[i]))
            return;
    ck_abort_msg("%s is not in the table", name);
}

START_TEST(every_vector)
{
    json_t *root = load_vectors("videosdk-livekit.json");
    const json_t *list = json_object_get(root, "vectors"), *vector, *result;
    size_t i, j;

    ck_assert_uint_ge(json_array_size(list), 31);
    json_array_foreach(list, i, vector) {
        E2EESession session;

        start_session(&session, vector);
        set_key(&session, vector);
        json_array_foreach(json_object_get(vector, "results"), j, result) {
            if (!text_of(result, "sealed"))
                continue;
            check_agreement(vector, result);
            if (has_text(json_object_get(result, "workers"), SEALS_AS))
                check_sealing(vector, result, &session);
            /* Whoever is said to be on the other side. */
            for (int peer = 0; peer < E2EE_PEER_NB; peer++) {
                session.peer         = peer;
                session.last_attempt = 0;
                check_opening(vector, result, &session);
                check_opening(vector, result, &session);
            }
            session.peer = peer_of(vector);
        }
        ff_e2ee_keyring_clear(&session.ring);
    }
    json_decref(root);
}
END_TEST

START_TEST(av1_is_sealed_although_the_worker_cannot)
{
    json_t *root = load_vectors("videosdk-livekit.json");
    const json_t *list = json_object_get(root, "vectors"), *vector;
    size_t i, count = 0;

    json_array_foreach(list, i, vector) {
        const json_t *result = json_array_get(json_object_get(vector,
                                                              "results"), 0);
        Bytes input = bytes_of(vector, "input");
        E2EESession session;
        Result sealed, opened;

        if (!text_of(result, "sealed")) {
            /* The worker has no rule for AV1; native clients have one. */
            ck_assert_str_eq(text_of(vector, "name"), "av1-key");
            start_session(&session, vector);
            session_set_key(&session, 0, 1);
            sealed = seal_frame(&session, input.data, input.size, 1);
            ck_assert_int_eq(sealed.reason, E2EE_OK);
            opened = open_frame(&session, sealed.out.data, sealed.out.size,
                                1);
            ck_assert_int_eq(opened.reason, E2EE_OK);
            assert_bytes("av1-key", opened.out.data, opened.out.size,
                         input.data, input.size);
            free_bytes(&sealed.out);
            free_bytes(&opened.out);
            ff_e2ee_keyring_clear(&session.ring);
            count++;
        }
        free_bytes(&input);
    }
    ck_assert_uint_eq(count, 1);
    json_decref(root);
}
END_TEST

/* The worker's cases of what a receiver meets, and what we say to them. */
static const struct {
    const char *name;
    enum E2EEReason reason;
    const char *state;
} received[] = {
    { "good",                  E2EE_OK,        "DecryptionSuccess" },
    { "wrong-key",             E2EE_WRONG_KEY, "InvalidKey" },
    { "no-key-set",            E2EE_NO_KEY,    "MissingKey" },
    { "bad-tag",               E2EE_WRONG_KEY, "InvalidKey" },
    { "key-index-out-of-ring", E2EE_NO_KEY,    "MissingKey" },
    /* The worker reads the last byte for a key index and says MissingKey. */
    { "plaintext-frame",       E2EE_NOT_SEALED, "DecryptionFailed" },
    { "sif-trailer-not-set",   E2EE_NOT_SEALED, "DecryptionFailed" },
};

START_TEST(receiver_cases)
{
    json_t *root = load_vectors("videosdk-livekit.json");
    const json_t *list = json_object_get(root, "receiver"), *vector, *key;
    size_t i, j, found = 0;

    json_array_foreach(list, i, vector) {
        const char *name = text_of(vector, "name");
        const json_t *result = json_array_get(json_object_get(vector,
                                                              "results"), 0);
        Bytes input = bytes_of(vector, "input");
        E2EESession session;
        Result opened;

        start_session(&session, vector);
        json_array_foreach(json_object_get(vector, "keys"), j, key)
            set_key(&session, key);
        opened = open_frame(&session, input.data, input.size, is_key(vector));
        for (j = 0; j < sizeof(received) / sizeof(*received); j++) {
            enum E2EEState state = ff_e2ee_state(opened.reason, 0);

            if (strcmp(name, received[j].name))
                continue;
            found++;
            ck_assert_msg(opened.reason == received[j].reason, "%s: %s",
                          name, ff_e2ee_reason_name(opened.reason));
            ck_assert_msg(!strcmp(ff_e2ee_state_info(state)->name,
                                  received[j].state), "%s", name);
            ck_assert_msg(!opened.reason == !!text_of(result, "output"),
                          "%s", name);
            if (!opened.reason) {
                Bytes want = bytes_of(result, "output");

                assert_bytes(name, opened.out.data, opened.out.size,
                             want.data, want.size);
                free_bytes(&want);
            }
            break;
        }
        /* A disabled worker never asks the core. */
        ck_assert_msg(j < sizeof(received) / sizeof(*received) ||
                      json_is_true(json_object_get(vector, "disabled")),
                      "%s has no row", name);
        free_bytes(&input);
        free_bytes(&opened.out);
        ff_e2ee_keyring_clear(&session.ring);
    }
    ck_assert_uint_eq(found, sizeof(received) / sizeof(*received));
    json_decref(root);
}
END_TEST

/* LiveKit's own frame, with its salt in place of VideoSDK's. */
START_TEST(opens_livekits_frame_with_its_salt)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *list = json_object_get(root, "frame"), *vector;
    size_t i;

    ck_assert_uint_ge(json_array_size(list), 1);
    json_array_foreach(list, i, vector) {
        Bytes salt = secret_of(vector, "salt");
        Bytes sealed = bytes_of(vector, "sealed");
        Bytes input = bytes_of(vector, "input");
        E2EESession session;
        Result opened;

        session_init(&session, E2EE_PEER_WEB, codec_of(vector));
        session.ring.salt      = salt.data;
        session.ring.salt_size = salt.size;
        set_key(&session, vector);
        opened = open_frame(&session, sealed.data, sealed.size,
                            is_key(vector));
        ck_assert_int_eq(opened.reason, E2EE_OK);
        ck_assert_uint_eq(opened.key_index, session.key_index);
        assert_bytes(text_of(vector, "name"), opened.out.data,
                     opened.out.size, input.data, input.size);
        free_bytes(&salt);
        free_bytes(&sealed);
        free_bytes(&input);
        free_bytes(&opened.out);
        ff_e2ee_keyring_clear(&session.ring);
    }
    json_decref(root);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("videosdk", &tests);

    tcase_add_test(tests, every_vector);
    tcase_add_test(tests, av1_is_sealed_although_the_worker_cannot);
    tcase_add_test(tests, receiver_cases);
    tcase_add_test(tests, opens_livekits_frame_with_its_salt);
    return run_suite(suite);
}
