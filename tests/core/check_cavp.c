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
 * The AES-GCM vectors of NIST's validation program (CAVP): 47250, of which
 * those that our interface takes are sealed and opened, and the others
 * refused. The files are not ours to hand on, so the test is skipped where
 * they are missing.
 */

#include <stdlib.h>
#include <string.h>

#include "cavp.h"
#include "e2ee_aead.h"
#include "session.h"

/** What became of the cases of a file. */
typedef struct Counts {
    int cases;
    int key_refused;            ///< AES-192
    int tag_refused;            ///< 4 bytes
    int iv_refused;             ///< other than 12 bytes
    int sealed, opened, rejected;
    int frames_opened, frames_rejected;
} Counts;

/* Of each key size 3 IV sizes, 7 tag sizes, 5 of AAD, 5 of plaintext, 15
 * cases; which of the decryptions are forged is chance. */
#define CASES  7875
#define KNOWN  2250             /* 12 bytes of IV, 8 to 16 of tag */
#define SHORT  375              /* 12 and 4 */
#define OTHERS 5250             /* 1 and 128 */

static const struct {
    const char *file;
    int decrypts;
    Counts want;
} files[] = {
    { "gcmEncryptExtIV128.rsp", 0,
      { CASES, 0, SHORT, OTHERS, KNOWN, 0, 0, 0, 0 } },
    { "gcmEncryptExtIV192.rsp", 0, { CASES, CASES, 0, 0, 0, 0, 0, 0, 0 } },
    { "gcmEncryptExtIV256.rsp", 0,
      { CASES, 0, SHORT, OTHERS, KNOWN, 0, 0, 0, 0 } },
    { "gcmDecrypt128.rsp", 1,
      { CASES, 0, SHORT, OTHERS, 0, 1082, 1168, 179, 2071 } },
    { "gcmDecrypt192.rsp", 1, { CASES, CASES, 0, 0, 0, 0, 0, 0, 0 } },
    { "gcmDecrypt256.rsp", 1,
      { CASES, 0, SHORT, OTHERS, 0, 1126, 1124, 184, 2066 } },
};

static void seal_case(E2EEAead *aead, const CavpCase *c)
{
    uint8_t out[256], tag[E2EE_TAG_SIZE];
    const E2EESegment s[] = {
        { c->aad.data, c->aad.data, c->aad.size, 1 },
        { c->plain.data, out, c->plain.size, 0 },
    };

    check_that(c->plain.size <= sizeof(out), "case %u is long", c->count);
    check_that(!ff_e2ee_aead_seal(aead, c->iv.data, s, 2, tag),
               "case %u is not sealed", c->count);
    assert_bytes("ciphertext", out, c->plain.size, c->cipher.data,
                 c->cipher.size);
    assert_bytes("tag", tag, c->tag.size, c->tag.data, c->tag.size);
}

static int open_case(E2EEAead *aead, const CavpCase *c)
{
    uint8_t out[256];
    static const uint8_t zeros[sizeof(out)];
    const E2EESegment s[] = {
        { c->aad.data, c->aad.data, c->aad.size, 1 },
        { c->cipher.data, out, c->cipher.size, 0 },
    };
    enum E2EEReason reason;

    check_that(c->cipher.size <= sizeof(out), "case %u is long", c->count);
    memset(out, 1, sizeof(out));
    reason = ff_e2ee_aead_open(aead, c->iv.data, s, 2, c->tag.data);
    check_that(reason == (c->fails ? E2EE_DAMAGED : E2EE_OK),
               "case %u, key %d, tag %d: %s", c->count, (int)c->key.size,
               (int)c->tag.size, ff_e2ee_reason_name(reason));
    assert_bytes("plaintext", out, c->cipher.size,
                 c->fails ? zeros : c->plain.data, c->cipher.size);
    return !reason;
}

/*
 * The case as a sealed frame: Stream's trailer says how much is clear, so the
 * whole of the AAD can be it.
 */
static Bytes stream_frame(const CavpCase *c)
{
    const size_t size = c->aad.size + c->cipher.size + c->tag.size + 20;
    const uint8_t end[] = { 7, c->aad.size >> 8, c->aad.size, 1,
                            0xe2, 0xee, 0xfe, 0xed };
    Bytes frame = { malloc(size), size };
    uint8_t *p = frame.data;

    check_that(!!p, "out of memory");
    memcpy(p, c->aad.data, c->aad.size);
    p += c->aad.size;
    memcpy(p, c->cipher.data, c->cipher.size);
    p += c->cipher.size;
    memcpy(p, c->tag.data, c->tag.size);
    p += c->tag.size;
    memcpy(p, c->iv.data + 8, 4);
    memcpy(p + 4, c->iv.data, 8);
    memcpy(p + 12, end, sizeof(end));
    return frame;
}

/* Frames have tags of 16 bytes, whatever the cipher could do. */
static int open_as_frame(const CavpCase *c)
{
    Bytes sealed = stream_frame(c), plain = { NULL, 0 };
    int valid = !c->fails && c->tag.size == E2EE_TAG_SIZE;
    E2EESession session;
    Result opened;

    session_init_scheme(&session, "stream", E2EE_PEER_WEB, E2EE_CODEC_OPUS);
    session.ring.key_size = c->key.size;
    check_that(!ff_e2ee_keyring_set(&session.ring, 7, E2EE_KDF_RAW,
                                    c->key.data, c->key.size), "no key");
    opened = open_frame(&session, sealed.data, sealed.size, 0);
    check_that((opened.reason == E2EE_OK) == valid,
               "case %u, tag %d as a frame: %s", c->count, (int)c->tag.size,
               ff_e2ee_reason_name(opened.reason));
    if (valid) {
        plain = copy_bytes(opened.out.data + c->aad.size, c->plain.size);
        assert_bytes("clear part", opened.out.data, c->aad.size,
                     c->aad.data, c->aad.size);
        assert_bytes("frame", plain.data, opened.out.size - c->aad.size,
                     c->plain.data, c->plain.size);
        free_bytes(&plain);
    }
    free_bytes(&opened.out);
    free_bytes(&sealed);
    ff_e2ee_keyring_clear(&session.ring);
    return valid;
}

/* An IV of another length cannot be handed to the cipher, only be in a
 * trailer that says so. */
static int other_iv_refused(const CavpCase *c)
{
    const uint8_t end[] = { c->iv.size, 7 };
    const Bytes parts[] = { c->aad, c->cipher, c->tag, c->iv,
                            { (uint8_t *)end, sizeof(end) } };
    uint8_t frame[1024];
    size_t size = 0;
    E2EESession session;
    Result opened;
    int refused;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        check_that(size + parts[i].size <= sizeof(frame), "case %u is long",
                   c->count);
        memcpy(frame + size, parts[i].data, parts[i].size);
        size += parts[i].size;
    }
    session_init_scheme(&session, "livekit", E2EE_PEER_WEB, E2EE_CODEC_VP9);
    session.ring.key_size = c->key.size;
    check_that(!ff_e2ee_keyring_set(&session.ring, 7, E2EE_KDF_RAW,
                                    c->key.data, c->key.size), "no key");
    opened  = open_frame(&session, frame, size, 0);
    refused = opened.reason == E2EE_NOT_SEALED;
    free_bytes(&opened.out);
    ff_e2ee_keyring_clear(&session.ring);
    return refused;
}

static void count_case(const CavpCase *c, int decrypts, Counts *counts)
{
    enum E2EEReason reason;
    E2EEAead *aead;

    counts->cases++;
    reason = ff_e2ee_aead_alloc_tag(&aead, c->key.data, c->key.size,
                                    c->tag.size);
    if (reason) {
        check_that(reason == E2EE_CRYPTO_ERROR && !aead, "refused by halves");
        if (c->key.size == 24)
            counts->key_refused++;
        else if (c->iv.size != E2EE_IV_SIZE)
            counts->iv_refused += other_iv_refused(c);
        else
            counts->tag_refused++;
        return;
    }
    if (c->iv.size != E2EE_IV_SIZE) {
        counts->iv_refused += other_iv_refused(c);
    } else if (!decrypts) {
        seal_case(aead, c);
        counts->sealed++;
    } else {
        int opened = open_case(aead, c), as_frame = open_as_frame(c);

        counts->opened          += opened;
        counts->rejected        += !opened;
        counts->frames_opened   += as_frame;
        counts->frames_rejected += !as_frame;
    }
    ff_e2ee_aead_free(&aead);
}

static Counts count_file(const char *file, int decrypts)
{
    FILE *f = cavp_open(file);
    Counts counts = { 0 };
    CavpCase c;

    ck_assert_msg(!!f, "no %s", file);
    while (cavp_next(f, &c)) {
        count_case(&c, decrypts, &counts);
        cavp_free(&c);
    }
    fclose(f);
    return counts;
}

START_TEST(every_vector)
{
    const Counts *want = &files[_i].want;
    Counts got;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    got = count_file(files[_i].file, files[_i].decrypts);
    ck_assert_int_eq(got.cases,           want->cases);
    ck_assert_int_eq(got.key_refused,     want->key_refused);
    ck_assert_int_eq(got.tag_refused,     want->tag_refused);
    ck_assert_int_eq(got.iv_refused,      want->iv_refused);
    ck_assert_int_eq(got.sealed,          want->sealed);
    ck_assert_int_eq(got.opened,          want->opened);
    ck_assert_int_eq(got.rejected,        want->rejected);
    ck_assert_int_eq(got.frames_opened,   want->frames_opened);
    ck_assert_int_eq(got.frames_rejected, want->frames_rejected);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite;

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        FILE *f = cavp_open(files[i].file);

        if (!f) {
            printf("1..0 # SKIP no %s (E2EE_CAVP names its folder)\n",
                   files[i].file);
            return EXIT_SUCCESS;
        }
        fclose(f);
    }
    suite = suite_with("cavp", &tests);
    tcase_add_loop_test(tests, every_vector, 0,
                        sizeof(files) / sizeof(*files));
    return run_suite(suite);
}
