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
 * What somebody without the key can do to sealed frames, for every scheme,
 * suite, peer and codec: no bit, cut, splice, replay or other key's frame
 * opens as anything but a frame that was sealed. Where bytes are outside of
 * what is authenticated, which ones is told here exactly.
 */

#include <stdlib.h>
#include <string.h>

#include "e2ee_annexb.h"
#include "e2ee_dave_ranges.h"
#include "frames.h"

#define KEY_INDEX  5
#define NB_FRAMES  3

/* The schemes, and a row for each suite of SFrame. */
static const struct Subject {
    const char *scheme;
    unsigned suite;
    int replays;                ///< a frame that comes again is told
    int looks_ahead;            ///< each failure is tried with later keys
    int any_codec;              ///< all are the same to it
} subjects[] = {
    { "dave",      0, 1, 0, 0 },
    { "jitsi",     0, 0, 1, 0 },
    { "livekit",   0, 0, 1, 0 },
    { "nextcloud", 0, 0, 1, 0 },
    { "sframe",    1, 1, 0, 1 },
    { "sframe",    2, 1, 0, 1 },
    { "sframe",    3, 1, 0, 1 },
    { "sframe",    4, 1, 0, 0 },
    { "sframe",    5, 1, 0, 1 },
    { "sframe",    6, 1, 0, 1 },
    { "sframe",    7, 1, 0, 1 },
    { "sframe",    8, 1, 0, 1 },
    { "stream",    0, 1, 0, 0 },
    { "videosdk",  0, 0, 0, 0 },
};

#define NB_SUBJECTS (int)(sizeof(subjects) / sizeof(*subjects))

/** A sender, its frames, and receivers: one that opened a frame before, one
 * that never did. */
typedef struct Scene {
    const struct Subject *subject;
    E2EESession sender, warm, fresh;
    TestFrame   frames[NB_FRAMES];
    Bytes       sealed[NB_FRAMES];
    Bytes       plain[NB_FRAMES]; ///< what they open as
    E2EEReplay  replay;         ///< of the one that opened a frame
    uint64_t    seed;
} Scene;

static void set_key(E2EESession *session, unsigned index, uint8_t number)
{
    uint8_t secret[16];
    enum E2EEKdf kdf = ff_e2ee_scheme_kdf(session, E2EE_KDF_AUTO, 1);

    /* PBKDF2 takes its time and is not what this is about. */
    if (kdf == E2EE_KDF_PBKDF2)
        kdf = E2EE_KDF_HKDF;
    memset(secret, number, sizeof(secret));
    check_that(!ff_e2ee_keyring_set(&session->ring, index, kdf, secret,
                                    sizeof(secret)), "no key");
}

static void init_session(E2EESession *session, const struct Subject *subject,
                         int peer, int codec)
{
    session_init_scheme(session, subject->scheme, peer, codec);
    session->ring.suite = subject->suite;
    session->ring.failure_tolerance = -1;
    /* Each step that a receiver looks ahead costs as much again. */
    if (session->ring.ratchet_window && subject->looks_ahead)
        session->ring.ratchet_window = 1;
    session->key_index = KEY_INDEX % session->ring.size;
    set_key(session, session->key_index, 1);
}

/* DAVE rewrites AV1 OBUs that have a size. */
#define OBU_FRAME 0x30

static void seal_frames(Scene *scene)
{
    static const size_t sizes[NB_FRAMES] = { 21, 34, 16 };

    for (int i = 0; i < NB_FRAMES; i++) {
        TestFrame *frame = &scene->frames[i];
        Result sealed;

        *frame = make_frame(&scene->seed, scene->sender.codec, E2EE_PEER_WEB,
                            sizes[i], i == 1);
        if (frame->codec == E2EE_CODEC_AV1)
            frame->data.data[0] = frame->normal.data[0] = OBU_FRAME;
        sealed = seal_frame(&scene->sender, frame->data.data,
                            frame->data.size, frame->key);
        check_that(!sealed.reason, "%s, codec %d: %s",
                   scene->subject->scheme, frame->codec,
                   ff_e2ee_reason_name(sealed.reason));
        scene->sealed[i] = sealed.out;
    }
}

/* Schemes that know NAL units give back four-byte start codes; DAVE makes
 * OBUs as short as can be. */
static void open_frames(Scene *scene)
{
    E2EESession receiver;

    init_session(&receiver, scene->subject, scene->sender.peer,
                 scene->sender.codec);
    for (int i = 0; i < NB_FRAMES; i++) {
        const TestFrame *frame = &scene->frames[i];
        Result opened = open_frame(&receiver, scene->sealed[i].data,
                                   scene->sealed[i].size, frame->key);

        check_that(!opened.reason, "%s, codec %d does not open: %s",
                   scene->subject->scheme, frame->codec,
                   ff_e2ee_reason_name(opened.reason));
        scene->plain[i] = opened.out;
    }
    ff_e2ee_keyring_clear(&receiver.ring);
}

/* Returns 0 if the scheme does not take the codec. */
static int start_scene(Scene *scene, const struct Subject *subject, int peer,
                       int codec)
{
    Result opened;

    *scene = (Scene){ .subject = subject, .seed = 10 * codec + peer };
    init_session(&scene->sender, subject, peer, codec);
    init_session(&scene->warm, subject, peer, codec);
    init_session(&scene->fresh, subject, peer, codec);
    if (!ff_e2ee_scheme_rules(&scene->sender)) {
        ff_e2ee_keyring_clear(&scene->sender.ring);
        ff_e2ee_keyring_clear(&scene->warm.ring);
        ff_e2ee_keyring_clear(&scene->fresh.ring);
        return 0;
    }
    seal_frames(scene);
    open_frames(scene);
    opened = open_frame(&scene->warm, scene->sealed[2].data,
                        scene->sealed[2].size, scene->frames[2].key);
    check_that(!opened.reason, "%s, codec %d does not open: %s",
               subject->scheme, codec, ff_e2ee_reason_name(opened.reason));
    free_bytes(&opened.out);
    scene->replay = scene->warm.replay;
    return 1;
}

static void end_scene(Scene *scene)
{
    for (int i = 0; i < NB_FRAMES; i++) {
        free_bytes(&scene->sealed[i]);
        free_bytes(&scene->plain[i]);
        free_frame(&scene->frames[i]);
    }
    ff_e2ee_keyring_clear(&scene->sender.ring);
    ff_e2ee_keyring_clear(&scene->warm.ring);
    ff_e2ee_keyring_clear(&scene->fresh.ring);
}

static int same(const Bytes *a, const Bytes *b)
{
    return a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/* Which frame this is, -1 for none that was ever sealed. */
static int frame_of(const Scene *scene, const Bytes *plain)
{
    for (int i = 0; i < NB_FRAMES; i++)
        if (same(plain, &scene->plain[i]))
            return i;
    return -1;
}

/*
 * What a receiver may say of a frame that is not as it was sealed. A key that
 * opened a frame is not called a wrong one, one that never did always is.
 */
static void assert_state(const Scene *scene, enum E2EEReason reason, int warm,
                         const char *what, size_t at)
{
    enum E2EEState state = ff_e2ee_state(reason, 0);
    int fits = state == E2EE_STATE_MISSING_KEY ||
               state == E2EE_STATE_DECRYPTION_FAILED ||
               state == E2EE_STATE_INVALID_KEY;

    if (reason == (warm ? E2EE_WRONG_KEY : E2EE_DAMAGED) ||
        reason == E2EE_KEY_BARRED)
        fits = 0;
    check_that(fits, "%s, suite %u, codec %d, %s %zu, %s receiver: %s",
               scene->subject->scheme, scene->subject->suite,
               scene->sender.codec, what, at, warm ? "warm" : "fresh",
               ff_e2ee_reason_name(reason));
}

static unsigned long offered;

/*
 * Give a forged frame to both receivers.
 *
 * @return the frame it opens as, -1 if it is refused
 */
static int offer(Scene *scene, const Bytes *forged, int key, const char *what,
                 size_t at)
{
    int found[2];

    offered++;
    for (int warm = 0; warm < 2; warm++) {
        E2EESession *receiver = warm ? &scene->warm : &scene->fresh;
        E2EEKey *slot = receiver->ring.slots[receiver->key_index];
        Result opened;

        receiver->replay = warm ? scene->replay : (E2EEReplay){ 0 };
        opened = open_frame(receiver, forged->data, forged->size, key);
        found[warm] = opened.reason ? -1 : frame_of(scene, &opened.out);
        if (opened.reason)
            assert_state(scene, opened.reason, warm, what, at);
        else
            check_that(found[warm] >= 0,
                       "%s, suite %u, codec %d, %s %zu: a frame opens that "
                       "was never sealed", scene->subject->scheme,
                       scene->subject->suite, scene->sender.codec, what, at);
        if (!warm)
            slot->opened = 0;
        free_bytes(&opened.out);
    }
    return found[1] > found[0] ? found[1] : found[0];
}

typedef void Attack(Scene *scene);

static void for_all(Attack *attack)
{
    for (int i = 0; i < NB_SUBJECTS; i++)
        for (int peer = 0; peer < E2EE_PEER_NB; peer++)
            for (int codec = 1; codec < E2EE_CODEC_NB; codec++) {
                Scene scene;

                if (subjects[i].any_codec && (peer || codec > 1))
                    continue;
                if (!start_scene(&scene, &subjects[i], peer, codec))
                    continue;
                attack(&scene);
                end_scene(&scene);
            }
}

static int has_units(const Scene *scene)
{
    return scene->sender.codec == E2EE_CODEC_H264 ||
           scene->sender.codec == E2EE_CODEC_H265;
}

static int is_delimiter(enum E2EECodec codec, uint8_t byte)
{
    return codec == E2EE_CODEC_H264 ? (byte & 31) == 9 :
                                      (byte >> 1 & 63) == 35;
}

/*
 * H.264 and H.265 of any scheme that reads NAL units, without what is changed
 * on their way: the length of start codes, a delimiter in front, emulation
 * prevention bytes. Two frames that are the same then say the same.
 */
static Bytes without_form(enum E2EECodec codec, const Bytes *frame)
{
    Bytes out = { malloc(2 * frame->size + 4), 0 };
    int leading = 1, skip = 0;
    size_t zeros = 0;

    check_that(!!out.data, "out of memory");
    for (size_t i = 0; i < frame->size; i++) {
        uint8_t byte = frame->data[i];
        int prevents = zeros >= 2 && byte == 3;

        if (!byte) {
            zeros++;
            continue;
        }
        if (zeros >= 2 && byte == 1) {
            leading &= i + 1 < frame->size &&
                       is_delimiter(codec, frame->data[i + 1]);
            skip  = leading;
            zeros = 3;
        }
        for (; zeros; zeros--)
            if (!skip)
                out.data[out.size++] = 0;
        if (!skip && !prevents)
            out.data[out.size++] = byte;
    }
    for (; zeros; zeros--)
        out.data[out.size++] = 0;
    return out;
}

/* A forged frame that opens has to say what the frame said that it is. */
static void assert_same_but_form(Scene *scene, const Bytes *forged, int found,
                                 const char *what, size_t at)
{
    Bytes a = without_form(scene->sender.codec, forged);
    Bytes b = without_form(scene->sender.codec, &scene->sealed[found]);

    check_that(has_units(scene) && same(&a, &b),
               "%s, suite %u, codec %d, %s %zu: another frame opens as %d",
               scene->subject->scheme, scene->subject->suite,
               scene->sender.codec, what, at, found);
    check_that(strcmp(scene->subject->scheme, "sframe") &&
               strcmp(scene->subject->scheme, "jitsi") &&
               strcmp(scene->subject->scheme, "nextcloud"),
               "%s opens what is not byte for byte the same",
               scene->subject->scheme);
    free_bytes(&a);
    free_bytes(&b);
}

static void offer_all_but(Scene *scene, const Bytes *forged, int key,
                          const char *what, size_t at)
{
    int found;

    for (int i = 0; i < NB_FRAMES; i++)
        if (same(forged, &scene->sealed[i]))
            return;
    found = offer(scene, forged, key, what, at);
    if (found >= 0)
        assert_same_but_form(scene, forged, found, what, at);
}

/* Stream's trailer says whether the frame was escaped, and is not
 * authenticated. It makes no difference where there is nothing to undo. */
static int is_idle_flag(const Scene *scene, const Bytes *sealed, size_t bit)
{
    return !strcmp(scene->subject->scheme, "stream") &&
           bit == 8 * (sealed->size - 7) + 7 &&
           !ff_e2ee_escaped(sealed->data, sealed->size);
}

static void flip_each_bit(Scene *scene)
{
    for (int i = 0; i < NB_FRAMES - 1; i++) {
        Bytes *sealed = &scene->sealed[i];

        for (size_t bit = 0; bit < 8 * sealed->size; bit++) {
            int idle = is_idle_flag(scene, sealed, bit), found;

            sealed->data[bit / 8] ^= 1 << bit % 8;
            found = offer(scene, sealed, scene->frames[i].key, "bit", bit);
            sealed->data[bit / 8] ^= 1 << bit % 8;
            check_that(found == (idle ? i : -1),
                       "%s, suite %u, codec %d, bit %zu of %zu: opens as %d",
                       scene->subject->scheme, scene->subject->suite,
                       scene->sender.codec, bit, 8 * sealed->size, found);
        }
    }
}

/* The start of one frame with the end of another or of the same: every cut
 * at either end and in between, trailers and clear parts exchanged, whole
 * frames joined. */
static void splice(Scene *scene)
{
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            const Bytes *start = &scene->sealed[a], *end = &scene->sealed[b];
            Bytes forged = { malloc(start->size + end->size), 0 };

            check_that(!!forged.data, "out of memory");
            memcpy(forged.data, start->data, start->size);
            for (size_t i = 0; i <= start->size; i++) {
                memcpy(forged.data, start->data, i);
                for (size_t j = 0; j <= end->size; j++) {
                    forged.size = i + end->size - j;
                    memcpy(forged.data + i, end->data + j, end->size - j);
                    if (forged.size)
                        offer_all_but(scene, &forged, scene->frames[b].key,
                                      "splice", 1000 * i + j);
                }
            }
            free_bytes(&forged);
        }
}

static void insert_a_byte(Scene *scene)
{
    static const uint8_t bytes[] = { 0, 1, 3, 0xff };

    for (int i = 0; i < NB_FRAMES - 1; i++) {
        const Bytes *sealed = &scene->sealed[i];
        Bytes forged = { malloc(sealed->size + 1), sealed->size + 1 };

        check_that(!!forged.data, "out of memory");
        for (size_t at = 0; at <= sealed->size; at++)
            for (size_t j = 0; j < sizeof(bytes); j++) {
                memcpy(forged.data, sealed->data, at);
                forged.data[at] = bytes[j];
                memcpy(forged.data + at + 1, sealed->data + at,
                       sealed->size - at);
                offer_all_but(scene, &forged, scene->frames[i].key, "insert",
                              at);
            }
        free_bytes(&forged);
    }
}

static enum E2EEReason reason_of(E2EESession *receiver, const Bytes *sealed,
                                 int key)
{
    Result opened = open_frame(receiver, sealed->data, sealed->size, key);

    free_bytes(&opened.out);
    return opened.reason;
}

/* Told where the scheme has a memory for it, in any order and again. */
static void replay(Scene *scene)
{
    enum E2EEReason again = scene->subject->replays ? E2EE_REPLAYED : E2EE_OK;

    scene->warm.replay = scene->replay;
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < NB_FRAMES; i++) {
            enum E2EEReason reason = reason_of(&scene->warm,
                                               &scene->sealed[i],
                                               scene->frames[i].key);
            int first = !round && i < 2;

            check_that(reason == (first ? E2EE_OK : again),
                       "%s, suite %u, codec %d, frame %d, time %d: %s",
                       scene->subject->scheme, scene->subject->suite,
                       scene->sender.codec, i, round,
                       ff_e2ee_reason_name(reason));
            /* A forged one leaves the memory as it is. */
            scene->sealed[i].data[scene->sealed[i].size / 2] ^= 1;
            check_that(!!reason_of(&scene->warm, &scene->sealed[i],
                                   scene->frames[i].key), "it opens");
            scene->sealed[i].data[scene->sealed[i].size / 2] ^= 1;
        }
}

/* Of another key, at this index and at one that the receiver has none at. */
static void other_keys(Scene *scene)
{
    int named = !!strcmp(scene->subject->scheme, "dave");

    for (int i = 0; i < 2; i++) {
        unsigned index = scene->sender.key_index;
        int key = scene->frames[0].key;
        Result sealed;

        scene->warm.replay = scene->replay;
        if (i)
            scene->sender.key_index = index ? index - 1 : 1;
        set_key(&scene->sender, scene->sender.key_index, 2);
        sealed = seal_frame(&scene->sender, scene->frames[0].data.data,
                            scene->frames[0].data.size, key);
        check_that(!sealed.reason, "not sealed");
        ck_assert_int_eq(reason_of(&scene->warm, &sealed.out, key),
                         i && named ? E2EE_NO_KEY : E2EE_DAMAGED);
        ck_assert_int_eq(reason_of(&scene->fresh, &sealed.out, key),
                         i && named ? E2EE_NO_KEY : E2EE_WRONG_KEY);
        free_bytes(&sealed.out);
        scene->sender.key_index = index;
    }
}

/* What was never sealed, and what is not even a frame. */
static void never_sealed(Scene *scene)
{
    for (int i = 0; i < NB_FRAMES; i++)
        ck_assert_int_eq(offer(scene, &scene->frames[i].data,
                               scene->frames[i].key, "plain", i), -1);
    for (int i = 0; i < 2000; i++) {
        uint8_t data[64];
        Bytes noise = { data, 1 + random_below(&scene->seed, 64) };

        random_fill(&scene->seed, data, sizeof(data));
        /* Half of them end like those of the scheme. */
        for (size_t j = 1; i % 2 && j <= noise.size && j <= 14; j++)
            data[noise.size - j] =
                scene->sealed[0].data[scene->sealed[0].size - j];
        ck_assert_int_eq(offer(scene, &noise, i & 2, "noise", i), -1);
    }
}

static Attack *const attacks[] = {
    flip_each_bit, splice, insert_a_byte, replay, other_keys, never_sealed
};

START_TEST(nothing_false_opens)
{
    for_all(attacks[_i]);
    printf("# attack %d: %lu forgeries\n", _i, offered);
}
END_TEST

/* A muxer may take off a final 00, the key index; a frame of index 0 opens
 * without it, and no other does. */
START_TEST(a_lost_index_is_that_of_key_0)
{
    for (unsigned index = 0; index < 3; index++) {
        E2EESession sender, receiver;
        Result sealed;

        init_session(&sender, &subjects[NB_SUBJECTS - 1], 0, E2EE_CODEC_H264);
        init_session(&receiver, &subjects[NB_SUBJECTS - 1], 0,
                     E2EE_CODEC_H264);
        sender.key_index = index;
        set_key(&sender, index, 1);
        set_key(&receiver, index, 1);
        sealed = seal_frame(&sender, x264_idr, X264_IDR_SIZE, 1);
        ck_assert_int_eq(sealed.reason, E2EE_OK);
        sealed.out.size--;
        ck_assert_int_eq(!reason_of(&receiver, &sealed.out, 1), !index);
        free_bytes(&sealed.out);
        ff_e2ee_keyring_clear(&sender.ring);
        ff_e2ee_keyring_clear(&receiver.ring);
    }
}
END_TEST

/* LiveKit's packet trailer is anybody's to write: it may come, change and go,
 * and the frame is the same. What it says is not to be trusted. */
START_TEST(a_packet_trailer_is_not_authenticated)
{
    static const uint8_t lkts[] = {
        0xfd, 0xfb, 0xff, 0xff, 0xff, 0xfe, 0xf4, 'L', 'K', 'T', 'S'
    };
    Scene scene;
    Bytes with;
    int frame_ids = 0;

    ck_assert(start_scene(&scene, &subjects[2], 0, E2EE_CODEC_VP8));
    with = (Bytes){ malloc(scene.sealed[0].size + sizeof(lkts)),
                    scene.sealed[0].size + sizeof(lkts) };
    memcpy(with.data, scene.sealed[0].data, scene.sealed[0].size);
    memcpy(with.data + scene.sealed[0].size, lkts, sizeof(lkts));
    ck_assert_int_eq(offer(&scene, &with, 1, "trailer", 0), 0);
    ck_assert_uint_eq(scene.warm.lkts.frame_id, 1);
    for (size_t bit = 8 * scene.sealed[0].size; bit < 8 * with.size; bit++) {
        size_t at = bit / 8 - scene.sealed[0].size;
        int found;

        with.data[bit / 8] ^= 1 << bit % 8;
        found = offer(&scene, &with, 1, "trailer bit", bit);
        with.data[bit / 8] ^= 1 << bit % 8;
        /* Its type and value; a length that does not fit is none. */
        check_that(found == (at == 0 || (at > 1 && at < 6) ? 0 : -1),
                   "trailer byte %zu: %d", at, found);
        frame_ids += found == 0 && scene.warm.lkts.has_frame_id &&
                     scene.warm.lkts.frame_id != 1;
    }
    ck_assert_int_eq(frame_ids, 32);
    free_bytes(&with);
    end_scene(&scene);
}
END_TEST

/*
 * The same clear and the same encrypted bytes of a DAVE frame in other places:
 * its first clear range alone stays where it is, behind it comes all that is
 * encrypted, then what else was clear; of one range its last byte.
 */
static Bytes exchange_parts(const Bytes *sealed, size_t media)
{
    const uint8_t *tag = sealed->data + media;
    const uint8_t *end = sealed->data + sealed->size - 3, *p = tag + 8;
    uint64_t nonce, ranges[4][2];
    uint8_t clear[64], cipher[64], *q;
    size_t nb_clear = 0, nb_cipher = 0, first, at = 0;
    Bytes out = { malloc(sealed->size + 8), 0 };
    int nb = 0;

    check_that(!!out.data, "out of memory");
    check_that(ff_e2ee_leb128_read(&p, end, &nonce), "no nonce");
    while (p < end) {
        check_that(nb < 4 && ff_e2ee_leb128_read(&p, end, &ranges[nb][0]) &&
                   ff_e2ee_leb128_read(&p, end, &ranges[nb][1]), "a range");
        nb++;
    }
    for (int i = 0; at < media; at++) {
        while (i < nb && at >= ranges[i][0] + ranges[i][1])
            i++;
        if (i < nb && at >= ranges[i][0])
            clear[nb_clear++] = sealed->data[at];
        else
            cipher[nb_cipher++] = sealed->data[at];
    }
    first = nb > 1 ? ranges[0][1] : nb_clear - 1;
    q = out.data;
    memcpy(q, clear, first);
    memcpy(q + first, cipher, nb_cipher);
    memcpy(q + first + nb_cipher, clear + first, nb_clear - first);
    q += media;
    memcpy(q, tag, 8);
    q += 8;
    q += ff_e2ee_leb128_write(q, nonce);
    q += ff_e2ee_leb128_write(q, 0);
    q += ff_e2ee_leb128_write(q, first);
    q += ff_e2ee_leb128_write(q, first + nb_cipher);
    q += ff_e2ee_leb128_write(q, nb_clear - first);
    *q = q - out.data - media + 3;
    memset(q + 1, 0xfa, 2);
    out.size = q + 3 - out.data;
    return out;
}

/*
 * DAVE does not authenticate where among the encrypted bytes its clear ones
 * were. With one clear part at the front there is one place; of a frame with
 * several NAL units or OBUs the parts can be exchanged, by the protocol.
 */
START_TEST(daves_ranges_are_not_authenticated)
{
    static const uint8_t units[] = {
        0, 0, 0, 1, 0x41, 0x9a, 0x20, 11, 12, 13, 14, 15, 16, 17, 18,
        0, 0, 0, 1, 0x41, 0x9a, 0x20, 21, 22, 23, 24, 25, 26, 27, 28,
    };
    static const uint8_t vp8[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

    for (int several = 0; several < 2; several++) {
        const uint8_t *data = several ? units : vp8;
        size_t size = several ? sizeof(units) : sizeof(vp8);
        enum E2EECodec codec = several ? E2EE_CODEC_H264 : E2EE_CODEC_VP8;
        E2EESession sender, receiver;
        Bytes forged;
        Result sealed, opened;

        init_session(&sender, &subjects[0], 0, codec);
        init_session(&receiver, &subjects[0], 0, codec);
        sealed = seal_frame(&sender, data, size, 0);
        ck_assert_int_eq(sealed.reason, E2EE_OK);
        forged = exchange_parts(&sealed.out, size);
        opened = open_frame(&receiver, forged.data, forged.size, 0);
        if (several) {
            ck_assert_int_eq(opened.reason, E2EE_OK);
            ck_assert_mem_ne(opened.out.data, data, size);
        } else {
            ck_assert_int_ne(opened.reason, E2EE_OK);
        }
        free_bytes(&opened.out);
        free_bytes(&forged);
        free_bytes(&sealed.out);
        ff_e2ee_keyring_clear(&sender.ring);
        ff_e2ee_keyring_clear(&receiver.ring);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("forgery", &tests);

    tcase_add_loop_test(tests, nothing_false_opens, 0,
                        sizeof(attacks) / sizeof(*attacks));
    tcase_add_test(tests, a_lost_index_is_that_of_key_0);
    tcase_add_test(tests, a_packet_trailer_is_not_authenticated);
    tcase_add_test(tests, daves_ranges_are_not_authenticated);
    return run_suite(suite);
}
