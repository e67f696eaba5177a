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
 * The schemes of Jitsi and Nextcloud Talk. No vectors of theirs exist: keys
 * are computed again here from SHA-256 alone, frames are taken apart.
 */

#include <string.h>

#include <gcrypt.h>

#include "frames.h"

#define BLOCK_SIZE 64
#define HASH_SIZE  32
#define OVERHEAD   30

static const struct {
    const char *name, *salt, *ratchet_salt;
} schemes[] = {
    { "jitsi",     "JFrameEncryptionKey",    "JFrameRatchetKey" },
    { "nextcloud", "TalkFrameEncryptionKey", "TalkFrameRatchetKey" },
};

#define NB_SCHEMES ((int)(sizeof(schemes) / sizeof(*schemes)))

static const uint8_t material[32] = {
    0x4a, 0x46, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
};

/* Needs an escape wherever there are any. */
static const uint8_t zeros_iv[E2EE_IV_SIZE] = { 0, 0, 1, 0, 0, 3, 0, 0, 0, 1 };

static E2EESession sender, receiver;

static void setup(void)
{
    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
}

static void begin(int scheme, enum E2EECodec codec)
{
    session_init_scheme(&sender, schemes[scheme].name, E2EE_PEER_WEB, codec);
    session_init_scheme(&receiver, schemes[scheme].name, E2EE_PEER_WEB,
                        codec);
}

static void teardown(void)
{
    ff_e2ee_keyring_clear(&sender.ring);
    ff_e2ee_keyring_clear(&receiver.ring);
}

static void set_key(E2EESession *session, enum E2EEKdf kdf,
                    const uint8_t *secret, size_t size)
{
    kdf = ff_e2ee_scheme_kdf(session, kdf, 1);
    ck_assert_int_eq(ff_e2ee_keyring_set(&session->ring, 0, kdf, secret,
                                         size), E2EE_OK);
}

/* RFC 2104, for keys that are no longer than a block. */
static void hmac(uint8_t *out, const uint8_t *key, size_t key_size,
                 const uint8_t *data, size_t size)
{
    uint8_t inner[BLOCK_SIZE + 64], outer[BLOCK_SIZE + HASH_SIZE];

    ck_assert_uint_le(key_size, BLOCK_SIZE);
    ck_assert_uint_le(size, 64);
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        uint8_t byte = i < key_size ? key[i] : 0;

        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    memcpy(inner + BLOCK_SIZE, data, size);
    gcry_md_hash_buffer(GCRY_MD_SHA256, outer + BLOCK_SIZE, inner,
                        BLOCK_SIZE + size);
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, outer, sizeof(outer));
}

/* RFC 5869 with no info and at most one block of output. */
static void hkdf(uint8_t *out, const char *salt, const uint8_t *secret,
                 size_t size)
{
    static const uint8_t one = 1;
    uint8_t prk[HASH_SIZE];

    hmac(prk, (const uint8_t *)salt, strlen(salt), secret, size);
    hmac(out, prk, sizeof(prk), &one, 1);
}

static Bytes seal_at(E2EESession *session, const uint8_t *iv,
                     const uint8_t *data, size_t size, int key)
{
    E2EENonce nonce;
    Result sealed;

    ff_e2ee_nonce_init_fixed(&nonce, iv);
    session->test_nonce = &nonce;
    session->choose_iv = 0;
    sealed = seal_frame(session, data, size, key);
    session->test_nonce = NULL;
    ck_assert_msg(!sealed.reason, "%s", ff_e2ee_reason_name(sealed.reason));
    return sealed.out;
}

static Bytes seal_opus(E2EESession *session)
{
    static const uint8_t opus[] = "x some Opus";

    return seal_at(session, zeros_iv, opus, sizeof(opus), 0);
}

static enum E2EEReason try_open(const Bytes *sealed)
{
    Result opened = open_frame(&receiver, sealed->data, sealed->size, 1);

    free_bytes(&opened.out);
    return opened.reason;
}

static void ratchet(E2EEKeyRing *ring, int steps)
{
    while (steps--) {
        E2EEKey *ahead = ff_e2ee_keyring_ahead(ring, ring->slots[0]);

        ck_assert_ptr_nonnull(ahead);
        ff_e2ee_keyring_commit(ring, 0, ahead);
    }
}

START_TEST(defaults)
{
    for (int i = 0; i < NB_SCHEMES; i++) {
        const E2EEScheme *scheme = ff_e2ee_scheme_find(schemes[i].name);

        ck_assert_str_eq(scheme->salt, schemes[i].salt);
        ck_assert_str_eq(scheme->ratchet_salt, schemes[i].ratchet_salt);
        ck_assert_uint_eq(scheme->key_size, 16);
        ck_assert_uint_eq(scheme->ring_size, 16);
        ck_assert_uint_eq(scheme->ratchet_window, 8);
        ck_assert_int_eq(scheme->failure_tolerance, -1);
        ck_assert_uint_eq(scheme->overhead, OVERHEAD);
        for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
            ck_assert_int_eq(!scheme->caveats[codec],
                             codec == E2EE_CODEC_OPUS ||
                             codec == E2EE_CODEC_VP8);
    }
}
END_TEST

/* The key and those of the ratchet's steps, against keys computed here. */
START_TEST(keys)
{
    for (int i = 0; i < NB_SCHEMES; i++) {
        uint8_t secret[HASH_SIZE], key[HASH_SIZE];

        begin(i, E2EE_CODEC_OPUS);
        set_key(&sender, E2EE_KDF_AUTO, material, sizeof(material));
        memcpy(secret, material, sizeof(material));
        for (int step = 0; step < 4; step++) {
            Bytes got = seal_opus(&sender), want;

            hkdf(key, schemes[i].salt, secret, sizeof(secret));
            set_key(&receiver, E2EE_KDF_RAW, key, 16);
            want = seal_opus(&receiver);
            assert_bytes(schemes[i].name, got.data, got.size, want.data,
                         want.size);
            ck_assert_int_eq(try_open(&got), E2EE_OK);
            free_bytes(&got);
            free_bytes(&want);
            ratchet(&sender.ring, 1);
            hkdf(key, schemes[i].ratchet_salt, secret, sizeof(secret));
            memcpy(secret, key, sizeof(key));
        }
        teardown();
    }
}
END_TEST

START_TEST(a_passphrase_is_derived_alike)
{
    begin(0, E2EE_CODEC_OPUS);
    for (int peer = 0; peer < E2EE_PEER_NB; peer++)
        for (int is_raw = 0; is_raw < 2; is_raw++) {
            sender.peer = peer;
            ck_assert_int_eq(ff_e2ee_scheme_kdf(&sender, E2EE_KDF_AUTO,
                                                is_raw),
                             E2EE_KDF_HKDF_EMPTY);
        }
}
END_TEST

START_TEST(the_two_are_not_each_others)
{
    Bytes sealed;

    session_init_scheme(&sender, "jitsi", E2EE_PEER_WEB, E2EE_CODEC_OPUS);
    session_init_scheme(&receiver, "nextcloud", E2EE_PEER_WEB,
                        E2EE_CODEC_OPUS);
    set_key(&sender, E2EE_KDF_AUTO, material, sizeof(material));
    set_key(&receiver, E2EE_KDF_AUTO, material, sizeof(material));
    sealed = seal_opus(&sender);
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    free_bytes(&sealed);
    teardown();
}
END_TEST

static size_t clear_of(enum E2EECodec codec, int key)
{
    return codec == E2EE_CODEC_OPUS ? 1 : key ? 10 : 3;
}

/* Clear bytes, and behind them the ciphertext, tag and IV as they are. */
static void check_form(enum E2EECodec codec, const TestFrame *frame)
{
    size_t size = frame->data.size, clear = clear_of(codec, frame->key);
    Bytes sealed = seal_at(&sender, zeros_iv, frame->data.data, size,
                           frame->key);
    const uint8_t *iv = sealed.data + sealed.size - 2 - E2EE_IV_SIZE;
    Result opened;
    Bytes text;

    ck_assert_uint_eq(sealed.size, size + OVERHEAD);
    assert_bytes("clear", sealed.data, clear, frame->data.data, clear);
    assert_bytes("IV", iv, E2EE_IV_SIZE, zeros_iv, E2EE_IV_SIZE);
    ck_assert_uint_eq(iv[E2EE_IV_SIZE], E2EE_IV_SIZE);
    ck_assert_uint_eq(iv[E2EE_IV_SIZE + 1], 0);
    opened = open_frame(&receiver, sealed.data, sealed.size, frame->key);
    ck_assert_int_eq(opened.reason, E2EE_OK);
    assert_bytes("opened", opened.out.data, opened.out.size,
                 frame->data.data, size);
    free_bytes(&opened.out);

    /* A byte of the clear ones, or of the others, is not another. */
    for (size_t i = 0; i < sealed.size; i++) {
        sealed.data[i] ^= 0x10;
        ck_assert_int_ne(try_open(&sealed), E2EE_OK);
        sealed.data[i] ^= 0x10;
    }

    /* The key stream goes on from the first byte that is not clear. */
    text = copy_bytes(frame->data.data, size);
    text.data[size - 1] ^= 0x55;
    opened.out = seal_at(&sender, zeros_iv, text.data, size, frame->key);
    assert_bytes("key stream", opened.out.data, size - 1, sealed.data,
                 size - 1);
    ck_assert_uint_eq(opened.out.data[size - 1] ^ sealed.data[size - 1],
                      0x55);
    free_bytes(&opened.out);
    free_bytes(&text);
    free_bytes(&sealed);
}

/* Of H.264 and H.265 nothing is looked at: start codes of three bytes stay,
 * there need not be any, and nothing gets escaped. */
START_TEST(form)
{
    uint64_t seed = 6;

    for (int i = 0; i < NB_SCHEMES; i++)
        for (int codec = 1; codec < E2EE_CODEC_NB; codec++)
            for (int times = 0; times < 8; times++) {
                TestFrame frame = make_frame(&seed, codec, E2EE_PEER_WEB,
                                             12 + 8 * times, times & 1);

                begin(i, codec);
                set_key(&sender, E2EE_KDF_AUTO, material, sizeof(material));
                set_key(&receiver, E2EE_KDF_AUTO, material,
                        sizeof(material));
                check_form(codec, &frame);
                free_frame(&frame);
                teardown();
            }
}
END_TEST

START_TEST(nothing_is_escaped)
{
    static const uint8_t lengths[] = {
        0, 0, 0, 8, 0x65, 0x88, 0, 0, 1, 2, 3, 4, 0, 0, 0, 2, 0x41, 0x9a
    };
    uint8_t plain[200];
    Bytes first, second;

    begin(0, E2EE_CODEC_H264);
    set_key(&sender, E2EE_KDF_AUTO, material, sizeof(material));
    set_key(&receiver, E2EE_KDF_AUTO, material, sizeof(material));
    first = seal_at(&sender, zeros_iv, lengths, sizeof(lengths), 1);
    ck_assert_uint_eq(first.size, sizeof(lengths) + OVERHEAD);
    ck_assert_int_eq(try_open(&first), E2EE_OK);
    free_bytes(&first);

    /* The key stream itself, sealed, comes out as zeros. */
    memset(plain, 0, sizeof(plain));
    first = seal_at(&sender, zeros_iv, plain, sizeof(plain), 1);
    memcpy(plain + 10, first.data + 10, sizeof(plain) - 10);
    second = seal_at(&sender, zeros_iv, plain, sizeof(plain), 1);
    ck_assert_uint_eq(second.size, sizeof(plain) + OVERHEAD);
    for (size_t i = 10; i < sizeof(plain); i++)
        ck_assert_uint_eq(second.data[i], 0);
    ck_assert_int_eq(try_open(&second), E2EE_OK);
    free_bytes(&first);
    free_bytes(&second);
    teardown();
}
END_TEST

START_TEST(window)
{
    for (int i = 0; i < NB_SCHEMES; i++)
        for (int ahead = 0; ahead < 11; ahead++) {
            Bytes before, sealed;

            begin(i, E2EE_CODEC_OPUS);
            set_key(&sender, E2EE_KDF_AUTO, material, sizeof(material));
            set_key(&receiver, E2EE_KDF_AUTO, material, sizeof(material));
            before = seal_opus(&sender);
            ratchet(&sender.ring, ahead);
            sealed = seal_opus(&sender);
            ck_assert_int_eq(try_open(&before), E2EE_OK);
            ck_assert_int_eq(try_open(&sealed),
                             ahead <= 8 ? E2EE_OK : E2EE_DAMAGED);
            ck_assert_uint_eq(receiver.ring.slots[0]->steps,
                              ahead <= 8 ? ahead : 0);
            ck_assert_int_eq(try_open(&before), ahead && ahead <= 8 ?
                                                E2EE_DAMAGED : E2EE_OK);
            free_bytes(&before);
            free_bytes(&sealed);
            teardown();
        }
}
END_TEST

/* Who is handed the AES key itself has nothing to ratchet from. */
START_TEST(an_aes_key_never_ratchets)
{
    Bytes sealed;

    begin(0, E2EE_CODEC_OPUS);
    set_key(&sender, E2EE_KDF_RAW, material, 16);
    set_key(&receiver, E2EE_KDF_RAW, material + 1, 16);
    ck_assert_ptr_null(ff_e2ee_keyring_ahead(&sender.ring,
                                             sender.ring.slots[0]));
    sealed = seal_opus(&sender);
    ck_assert_int_eq(try_open(&sealed), E2EE_WRONG_KEY);
    free_bytes(&sealed);
    teardown();
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("jframe", &tests);

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, defaults);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, a_passphrase_is_derived_alike);
    tcase_add_test(tests, the_two_are_not_each_others);
    tcase_add_test(tests, form);
    tcase_add_test(tests, nothing_is_escaped);
    tcase_add_test(tests, window);
    tcase_add_test(tests, an_aes_key_never_ratchets);
    return run_suite(suite);
}
