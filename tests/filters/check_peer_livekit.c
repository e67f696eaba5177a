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
 * The filters and LiveKit's own worker: what either seals the other opens,
 * for each codec that the worker takes, both forms of keys, rotation and
 * ratchet; and both say the same of what does not open.
 */

#include <string.h>

#include <libavutil/opt.h>

#include "common.h"
#include "filter_run.h"
#include "peer.h"

#define SECRET "correct horse battery staple"
#define DIGITS "000102030405060708090a0b0c0d0e0f" \
               "101112131415161718191a1b1c1d1e1f"

static const struct {
    enum MediaKind kind;
    const char    *codec; ///< as the SDK names it, NULL for audio
} codecs[] = {
    { MEDIA_OPUS, NULL   },
    { MEDIA_VP8,  "vp8"  },
    { MEDIA_VP9,  "vp9"  },
    { MEDIA_H264, "h264" },
    { MEDIA_H265, "h265" },
};

/* A room as the SDK is told of it, and as the filters are. */
static const struct {
    const char *salt;
    int         key_bits, ring, window;
    const char *text, *hex;
    const char *filter;
    int         untold; ///< the worker is not told the codec
} rooms[] = {
    { "LKFrameEncryptionKey", 128, 16, 8, SECRET, NULL,
      "scheme=livekit:key=" SECRET, 0 },
    { "LKFrameEncryptionKey", 128, 16, 8, NULL, DIGITS,
      "scheme=livekit:key_hex=" DIGITS, 0 },
    { "LKFrameEncryptionKey", 256, 16, 8, SECRET, NULL,
      "scheme=livekit:key_size=256:key=" SECRET, 0 },
    /* Element Call's settings */
    { "LKFrameEncryptionKey", 128, 256, 10, NULL, DIGITS,
      "scheme=livekit:kdf=hkdf:key_ring=256:ratchet_window=10:key_hex="
      DIGITS, 0 },
    { "VideoSDKEncryptionRatchetSalt", 128, 16, 0, SECRET, NULL,
      "scheme=videosdk:key=" SECRET, 1 },
    { "VideoSDKEncryptionRatchetSalt", 128, 16, 0, NULL, DIGITS,
      "scheme=videosdk:key_hex=" DIGITS, 1 },
};

#define NB_CODECS (int)(sizeof(codecs) / sizeof(*codecs))
#define NB_ROOMS  (int)(sizeof(rooms) / sizeof(*rooms))

static Peer peer;

static void tell(json_t *line)
{
    json_decref(peer_ask(&peer, line));
}

static void set_key(const char *text, const char *hex, int index)
{
    tell(json_pack("{s:{s:s*, s:s*, s:i, s:b}}", "setKey", "text", text,
                   "hex", hex, "keyIndex", index,
                   "updateCurrentKeyIndex", 1));
}

static void enter(int room)
{
    peer_start_livekit(&peer);
    tell(json_pack("{s:{s:s, s:{s:s, s:{s:b, s:s, s:i, s:i, s:i, s:i}}}}",
                   "post", "kind", "init", "data", "loglevel", "silent",
                   "keyProviderOptions", "sharedKey", 1,
                   "ratchetSalt", rooms[room].salt,
                   "ratchetWindowSize", rooms[room].window,
                   "failureTolerance", -1,
                   "keyringSize", rooms[room].ring,
                   "keySize", rooms[room].key_bits));
    tell(json_pack("{s:{s:s, s:{s:b, s:s}}}", "post", "kind", "enable",
                   "data", "enabled", 1, "participantIdentity", "someone"));
    set_key(rooms[room].text, rooms[room].hex, 0);
}

static AVBSFContext *open_filter(const char *name, const char *options,
                                 const Media *media)
{
    char text[512];

    snprintf(text, sizeof(text), "%s=%s%s", name,
             strcmp(name, "e2ee_decrypt") ? "" : "on_failure=keep:", options);
    return filter_must_open(text, media);
}

static void same_packet(const AVPacket *got, const AVPacket *want)
{
    assert_bytes("frame", got->data, got->size, want->data, want->size);
}

/* Ours to theirs: what comes out is what our own receiver makes of it. */
static void check_sealed_by_filter(AVBSFContext *seal, AVBSFContext *open,
                                   const char *codec, const AVPacket *plain)
{
    AVPacket *sealed = filter_must_pass(seal, plain), *ours, *theirs;
    char error[128];

    theirs = peer_frame(&peer, "decode", "ours", codec, sealed, error);
    ck_assert_msg(!!theirs, "the worker dropped a frame of %s: %s",
                  codec ? codec : "opus", error);
    ours = filter_must_pass(open, sealed);
    same_packet(theirs, ours);
    av_packet_free(&ours);
    av_packet_free(&theirs);
    av_packet_free(&sealed);
}

/* Theirs to ours. */
static void check_sealed_by_worker(AVBSFContext *open, const char *codec,
                                   const AVPacket *plain)
{
    char error[128];
    AVPacket *sealed = peer_frame(&peer, "encode", "theirs", codec, plain,
                                  error);
    AVPacket *opened, *again;

    ck_assert_msg(!!sealed, "the worker sealed no frame of %s: %s",
                  codec ? codec : "opus", error);
    opened = filter_must_pass(open, sealed);
    ck_assert_str_eq(filter_metadata(opened, "lavc.e2ee.state"),
                     "DecryptionSuccess");
    again = peer_frame(&peer, "decode", "again", codec, sealed, error);
    ck_assert_msg(!!again, "the worker does not open its own: %s", error);
    same_packet(opened, again);
    av_packet_free(&again);
    av_packet_free(&opened);
    av_packet_free(&sealed);
}

START_TEST(each_opens_what_the_other_sealed)
{
    const char *options = rooms[_i].filter;

    enter(_i);
    for (int i = 0; i < NB_CODECS; i++) {
        const char *codec = codecs[i].codec && rooms[_i].untold ?
                            "" : codecs[i].codec;
        Media *media = media_make(codecs[i].kind);
        AVBSFContext *seal = open_filter("e2ee_encrypt", options, media);
        AVBSFContext *open = open_filter("e2ee_decrypt", options, media);

        /* A worker's track has one codec. */
        peer_stop(&peer);
        enter(_i);
        for (int n = 0; n < media->nb_packets; n++) {
            check_sealed_by_filter(seal, open, codec, media->packets[n]);
            check_sealed_by_worker(open, codec, media->packets[n]);
        }
        av_bsf_free(&seal);
        av_bsf_free(&open);
        media_free(&media);
    }
    peer_stop(&peer);
}
END_TEST

START_TEST(a_rotation_is_followed_both_ways)
{
    Media *media = media_make(MEDIA_OPUS);
    AVBSFContext *seal = open_filter("e2ee_encrypt", rooms[0].filter, media);
    AVBSFContext *open = open_filter("e2ee_decrypt", rooms[0].filter, media);

    enter(0);
    check_sealed_by_filter(seal, open, NULL, media->packets[0]);
    for (int index = 1; index < 16; index += 7) {
        char secret[16], number[4];

        snprintf(secret, sizeof(secret), "secret %d", index);
        snprintf(number, sizeof(number), "%d", index);
        set_key(secret, NULL, index);
        filter_set(seal, "key_index", number);
        filter_set(seal, "key", secret);
        filter_set(open, "key_index", number);
        filter_set(open, "key", secret);
        check_sealed_by_filter(seal, open, NULL, media->packets[index]);
        check_sealed_by_worker(open, NULL, media->packets[index]);
        ck_assert_int_eq(filter_count(open, "nb_missing_key"), 0);
    }
    peer_stop(&peer);
    av_bsf_free(&seal);
    av_bsf_free(&open);
    media_free(&media);
}
END_TEST

/* What the worker says of a frame and which state the filter gives it. */
static void check_refused(AVBSFContext *open, const char *codec,
                          const AVPacket *sealed, const char *theirs,
                          const char *ours)
{
    char error[128];
    AVPacket *kept = filter_must_pass(open, sealed);

    ck_assert_ptr_null(peer_frame(&peer, "decode", "ours", codec, sealed,
                                  error));
    ck_assert_msg(!strncmp(error, theirs, strlen(theirs)),
                  "the worker says '%s', not %s", error, theirs);
    ck_assert_str_eq(filter_metadata(kept, "lavc.e2ee.state"), ours);
    av_packet_free(&kept);
}

/* The worker's sender steps on, and the filter's; each receiver finds it. */
START_TEST(a_ratchet_is_followed_both_ways)
{
    Media *media = media_make(MEDIA_VP8);
    AVBSFContext *seal = open_filter("e2ee_encrypt", rooms[_i].filter, media);
    AVBSFContext *open = open_filter("e2ee_decrypt", rooms[_i].filter, media);
    AVPacket *last;
    char error[128];

    enter(_i);
    last = peer_frame(&peer, "encode", "theirs", "vp8", media->packets[0],
                      error);
    check_sealed_by_worker(open, "vp8", media->packets[0]);
    tell(json_pack("{s:{s:s, s:{s:i}}}", "post", "kind", "ratchetRequest",
                   "data", "keyIndex", 0));
    check_sealed_by_worker(open, "vp8", media->packets[1]);
    check_refused(open, "vp8", last, "InvalidKey", "DecryptionFailed");
    peer_stop(&peer);

    enter(_i);
    av_packet_free(&last);
    av_bsf_free(&open);
    open = open_filter("e2ee_decrypt", rooms[_i].filter, media);
    check_sealed_by_filter(seal, open, "vp8", media->packets[0]);
    filter_set(seal, "ratchet", "1");
    for (int n = 1; n < 4; n++)
        check_sealed_by_filter(seal, open, "vp8", media->packets[n]);
    peer_stop(&peer);
    av_bsf_free(&seal);
    av_bsf_free(&open);
    media_free(&media);
}
END_TEST

START_TEST(both_say_why_a_frame_does_not_open)
{
    static const struct {
        const char *sender, *state;
    } cases[] = {
        { "scheme=livekit:key=another secret", "InvalidKey" },
        { "scheme=livekit:key_index=3:key=" SECRET, "MissingKey" },
    };

    for (int i = 0; i < NB_CODECS; i++) {
        Media *media = media_make(codecs[i].kind);
        AVBSFContext *seal = open_filter("e2ee_encrypt", cases[_i].sender,
                                         media);
        AVBSFContext *open = open_filter("e2ee_decrypt",
                                         "scheme=livekit:ratchet_window=0:"
                                         "key=" SECRET, media);
        AVPacket *sealed = filter_must_pass(seal, media->packets[0]);

        enter(0);
        check_refused(open, codecs[i].codec, sealed, cases[_i].state,
                      cases[_i].state);
        peer_stop(&peer);
        av_packet_free(&sealed);
        av_bsf_free(&seal);
        av_bsf_free(&open);
        media_free(&media);
    }
}
END_TEST

START_TEST(a_sender_without_a_key_sends_nothing)
{
    Media *media = media_make(MEDIA_VP8);
    AVBSFContext *seal = open_filter("e2ee_encrypt", "scheme=livekit:"
                                     "require_key=0", media);
    char error[128];
    int ret;

    enter(0);
    tell(json_pack("{s:{s:s, s:i, s:b}}", "setKey", "text", SECRET,
                   "keyIndex", 5, "updateCurrentKeyIndex", 0));
    peer_stop(&peer);
    peer_start_livekit(&peer);
    tell(json_pack("{s:{s:s, s:{s:s, s:{s:b, s:s, s:i}}}}", "post",
                   "kind", "init", "data", "loglevel", "silent",
                   "keyProviderOptions", "sharedKey", 1, "ratchetSalt",
                   "LKFrameEncryptionKey", "keyringSize", 16));
    tell(json_pack("{s:{s:s, s:{s:b, s:s}}}", "post", "kind", "enable",
                   "data", "enabled", 1, "participantIdentity", "someone"));
    ck_assert_ptr_null(peer_frame(&peer, "encode", "theirs", "vp8",
                                  media->packets[0], error));
    ck_assert_msg(!strncmp(error, "MissingKey", 10), "%s", error);
    ck_assert_ptr_null(filter_packet(seal, media->packets[0], &ret));
    ck_assert_int_eq(filter_count(seal, "nb_missing_key"), 1);
    peer_stop(&peer);
    av_bsf_free(&seal);
    media_free(&media);
}
END_TEST

START_TEST(neither_seals_av1)
{
    Media *media = media_make(MEDIA_AV1);
    AVBSFContext *seal;
    char error[128];

    ck_assert_int_lt(filter_open(&seal, "e2ee_encrypt=scheme=livekit:key="
                                 SECRET, media->par, media->time_base), 0);
    enter(0);
    ck_assert_ptr_null(peer_frame(&peer, "encode", "theirs", "av1",
                                  media->packets[0], error));
    peer_stop(&peer);
    media_free(&media);
}
END_TEST

int main(void)
{
    const char *missing = peer_livekit_missing();
    TCase *tests;
    Suite *suite = suite_with("peer_livekit", &tests);

    if (missing) {
        printf("1..0 # SKIP %s\n", missing);
        return 0;
    }
    tcase_add_loop_test(tests, each_opens_what_the_other_sealed, 0, NB_ROOMS);
    tcase_add_test(tests, a_rotation_is_followed_both_ways);
    tcase_add_loop_test(tests, a_ratchet_is_followed_both_ways, 0, 2);
    tcase_add_loop_test(tests, both_say_why_a_frame_does_not_open, 0, 2);
    tcase_add_test(tests, a_sender_without_a_key_sends_nothing);
    tcase_add_test(tests, neither_seals_av1);
    return run_suite(suite);
}
