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

/* Each defect is made from a good stream and told by its name; what is good
 * gets none of these names. */

#include <stdlib.h>
#include <string.h>

#include <libavutil/log.h>

#include "common.h"
#include "e2ee_annexb.h"
#include "e2ee_kdf.h"
#include "filters/filter_run.h"
#include "probe/probe.h"
#include "probe/repair.h"
#include "probe/report.h"

#define SECRET   "correct horse"
#define VARIABLE "CHECK_PROBE_KEY"
#define BYTES    "000102030405060708090a0b0c0d0e0f"

/* A frame on its way: bytes may be put in, taken out, changed. */
typedef struct Wire {
    const Media *media;
    int      i;
    AVPacket *pkt;
    uint8_t  tail[8];
    int      tail_size;
} Wire;

static void put(Wire *w, size_t at, const void *bytes, size_t size)
{
    AVPacket *pkt = av_packet_alloc();

    ck_assert_int_ge(av_new_packet(pkt, w->pkt->size + size), 0);
    av_packet_copy_props(pkt, w->pkt);
    memcpy(pkt->data, w->pkt->data, at);
    memcpy(pkt->data + at, bytes, size);
    memcpy(pkt->data + at + size, w->pkt->data + at, w->pkt->size - at);
    av_packet_free(&w->pkt);
    w->pkt = pkt;
}

static void cut(Wire *w, size_t at, size_t size)
{
    ck_assert_int_ge(av_packet_make_writable(w->pkt), 0);
    memmove(w->pkt->data + at, w->pkt->data + at + size,
            w->pkt->size - at - size);
    av_shrink_packet(w->pkt, w->pkt->size - size);
}

#define PUT(w, at, ...)                           \
    put(w, at, (const uint8_t[]){ __VA_ARGS__ },  \
        sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* Of the first NAL unit of H.264 of a type below 32, its code included. */
static bool find_unit(const Wire *w, int type, size_t *at, size_t *size)
{
    const uint8_t *end = w->pkt->data + w->pkt->size;
    E2EENal nal = { .end = w->pkt->data };

    while (ff_e2ee_annexb_next(&nal, end))
        if ((*nal.data & 31) == type) {
            *at   = nal.code - w->pkt->data;
            *size = nal.end - nal.code;
            return true;
        }
    return false;
}

static size_t slice_at(const Wire *w)
{
    size_t at, size;

    ck_assert(find_unit(w, 5, &at, &size) || find_unit(w, 1, &at, &size));
    return at;
}

static void pad(Wire *w)
{
    PUT(w, w->pkt->size, 0, 0, 3);
}

static void pad_one(Wire *w)
{
    PUT(w, w->pkt->size, 1);
}

static void take_tail(Wire *w)
{
    w->tail_size = 4;
    memcpy(w->tail, w->pkt->data + w->pkt->size - 4, 4);
    cut(w, w->pkt->size - 4, 4);
}

static void red(Wire *w)
{
    PUT(w, 0, 0x6f);
}

static void red_twice(Wire *w)
{
    PUT(w, 0, 0xef, 0, 0x3c, 5, 0x6f, 1, 2, 3, 4, 5);
}

static void descriptor(Wire *w)
{
    PUT(w, 0, 0x90, 0x80, 0x12);
}

static void lose_last(Wire *w)
{
    cut(w, w->pkt->size - 1, 1);
}

static void lkts(Wire *w)
{
    PUT(w, w->pkt->size, 0xfd, 0xfb, 0xff, 0xff, 0xff, 0xfe, 0xf4,
        'L', 'K', 'T', 'S');
}

static void put_delimiter(Wire *w)
{
    PUT(w, 0, 0, 0, 0, 1, 9, 0x10);
}

static void take_delimiter(Wire *w)
{
    cut(w, 0, 6);
}

static void put_sei(Wire *w)
{
    PUT(w, slice_at(w), 0, 0, 0, 1, 6, 5, 1, 0x42, 0x80);
}

static void take_sets(Wire *w)
{
    size_t at, size;

    for (int type = 7; type <= 8; type++)
        if (find_unit(w, type, &at, &size))
            cut(w, at, size);
}

static void take_later_sets(Wire *w)
{
    if (w->i)
        take_sets(w);
}

static void put_sets(Wire *w)
{
    if (w->pkt->flags & AV_PKT_FLAG_KEY)
        PUT(w, 0, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xd9, 0, 0, 0, 1, 0x68,
            0xcb, 0x83, 0xcb, 0x20);
}

static void change_sps(Wire *w)
{
    size_t at, size;

    if (find_unit(w, 7, &at, &size))
        w->pkt->data[at + 6] ^= 0x40;
}

static void change_header(Wire *w)
{
    w->pkt->data[slice_at(w) + 4] ^= 0x20; /* nal_ref_idc */
}

static void change_first(Wire *w)
{
    w->pkt->data[1] ^= 0x20;
}

static void change_payload(Wire *w)
{
    if (w->i % 2)
        w->pkt->data[w->pkt->size - 40] ^= 1;
}

static void clear_one(Wire *w)
{
    if (w->i != 7)
        return;
    av_packet_free(&w->pkt);
    w->pkt = av_packet_clone(w->media->packets[w->i]);
}

static void inject(Wire *w)
{
    static const uint8_t silence[80] = { 0xf8, 0xff, 0xfe };

    if (w->i == 7) {
        cut(w, 0, w->pkt->size);
        put(w, 0, silence, sizeof(silence));
    }
}

/* As a client does that does not rewrite its encoder's start codes. */
static void seal_short_codes(Wire *w)
{
    static const uint8_t iv[12] = { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 };
    const AVPacket *plain = w->media->packets[w->i];
    size_t clear, size = plain->size, extra;
    uint8_t key[16], header[4096], room[2 * 65536], own_iv[12];
    E2EEAead *aead = NULL;
    E2EENal nal = { .end = plain->data };
    uint8_t *p = header;
    E2EEFrame frame = { plain->data, size, E2EE_CODEC_H264, 0 };
    E2EELayout layout;

    ck_assert(!ff_e2ee_layout_slice(&frame, &layout));
    clear = layout.clear;
    ck_assert_uint_lt(clear, sizeof(header));
    ck_assert_uint_lt(size, 65536);
    while (ff_e2ee_annexb_next(&nal, plain->data + clear)) {
        memcpy(p, "\0\0\1", 3);
        memcpy(p + 3, nal.data, nal.end - nal.data);
        p += 3 + (nal.end - nal.data);
    }
    ck_assert(!ff_e2ee_kdf(E2EE_KDF_PBKDF2, (const uint8_t *)SECRET,
                           strlen(SECRET),
                           (const uint8_t *)"VideoSDKEncryptionRatchetSalt",
                           29, key, sizeof(key)));
    ck_assert(!ff_e2ee_aead_alloc(&aead, key, sizeof(key)));
    memcpy(own_iv, iv, 12);
    own_iv[11] = w->i + 4;
    size -= clear;
    ck_assert(!ff_e2ee_aead_seal(aead, own_iv, (E2EESegment[]){
        { header, header, p - header, 1 },
        { plain->data + clear, room, size, 0 } }, 2, room + size));
    memcpy(room + size + 16, own_iv, 12);
    memcpy(room + size + 28, "\x0c\0", 2);
    size += 30;
    extra = ff_e2ee_escape_extra(room, size);
    ff_e2ee_escape(room, size, extra);
    clear = ff_e2ee_annexb_normalize(header, plain->data, clear);
    cut(w, 0, w->pkt->size);
    put(w, 0, header, clear);
    put(w, clear, room, size + extra);
    ff_e2ee_aead_free(&aead);
}

typedef struct Case {
    const char *what;
    enum MediaKind media;
    const char *seal;          ///< options; NULL: it stays in the clear
    const char *key;           ///< that is probed with
    void      (*before)(Wire *w);
    void      (*after)(Wire *w);
    const char *finding;       ///< what has to be told
    int         opened;        ///< 1: all frames, 0: none, -1: some
    const char *filter;        ///< the option string, without key_file
    const char *not_finding;   ///< what must not be
} Case;

#define LIVEKIT "scheme=livekit:key=" SECRET
#define VIDEOSDK "key=" SECRET
#define RAW     "0:hex:" BYTES

static const Case cases[] = {
    /* what is as it should be */
    { "VideoSDK, VP8", MEDIA_VP8, VIDEOSDK, SECRET, NULL, NULL, "kdf", 1,
      "scheme=videosdk", "wrong-key" },
    { "VideoSDK, H.264", MEDIA_H264, VIDEOSDK, SECRET, NULL, NULL, "kdf", 1,
      "scheme=videosdk", "three-byte-codes" },
    { "VideoSDK, avcC", MEDIA_H264_LENGTHS, VIDEOSDK, SECRET, NULL, NULL,
      "kdf", 1, "scheme=videosdk", NULL },
    { "VideoSDK, H.265", MEDIA_H265, VIDEOSDK, SECRET, NULL, NULL, "kdf", 1,
      "scheme=videosdk", NULL },
    { "VideoSDK, VP9", MEDIA_VP9, VIDEOSDK, SECRET, NULL, NULL, "kdf", 1,
      "scheme=videosdk", NULL },
    { "LiveKit, Opus", MEDIA_OPUS, LIVEKIT, SECRET, NULL, NULL, "kdf", 1,
      "scheme=livekit", NULL },
    { "LiveKit, VP9", MEDIA_VP9, LIVEKIT, SECRET, NULL, NULL, "kdf", 1,
      "scheme=livekit", NULL },
    { "LiveKit, AV1 of native clients", MEDIA_AV1, LIVEKIT ":peer=native",
      SECRET, NULL, NULL, "kdf", 1, "scheme=livekit:peer=native", NULL },
    { "LiveKit, native H.265", MEDIA_H265, LIVEKIT ":peer=native", SECRET,
      NULL, NULL, "kdf", 1, "scheme=livekit", NULL },
    { "LiveKit, AES-256", MEDIA_VP8, LIVEKIT ":key_size=256", SECRET, NULL,
      NULL, "kdf", 1, "scheme=livekit:key_size=256", NULL },
    { "LiveKit, key bytes", MEDIA_VP8, "scheme=livekit:key_hex=" BYTES, RAW,
      NULL, NULL, "kdf", 1, "scheme=livekit", NULL },
    { "Element Call", MEDIA_OPUS, "scheme=livekit:kdf=hkdf:key_ring=256:"
      "key_index=201:key_hex=" BYTES, "201:hex:" BYTES, NULL, NULL, "kdf", 1,
      "scheme=livekit:key_ring=256", NULL },
    { "Jitsi", MEDIA_VP8, "scheme=jitsi:key_hex=" BYTES, RAW, NULL, NULL,
      "kdf", 1, "scheme=jitsi", NULL },
    { "Jitsi, shared key", MEDIA_VP8, "scheme=jitsi:kdf=raw:key_hex=" BYTES,
      RAW, NULL, NULL, "other-kdf", 1, "scheme=jitsi:kdf=raw", NULL },
    { "Nextcloud", MEDIA_OPUS, "scheme=nextcloud:key_hex=" BYTES, RAW, NULL,
      NULL, "kdf", 1, "scheme=nextcloud", NULL },
    { "Stream", MEDIA_H264, "scheme=stream:key_hex=" BYTES, RAW, NULL, NULL,
      NULL, 1, "scheme=stream", "wrong-key" },
    { "SFrame", MEDIA_VP8, "scheme=sframe:key_hex=" BYTES, RAW, NULL, NULL,
      NULL, 1, "scheme=sframe:suite=4", "wrong-key" },
    { "SFrame, another suite and key id", MEDIA_OPUS, "scheme=sframe:suite=7:"
      "sframe_first_kid=4711:key_hex=" BYTES, RAW, NULL, NULL, NULL, 1,
      "scheme=sframe:suite=7:sframe_first_kid=4711", NULL },
    { "DAVE", MEDIA_H264, "scheme=dave:key_hex=" BYTES, RAW, NULL, NULL,
      NULL, 1, "scheme=dave", "wrong-key" },
    { "LiveKit's packet trailers", MEDIA_VP8, LIVEKIT, SECRET, NULL, lkts,
      "packet-trailer", 1, "scheme=livekit", NULL },
    { "a frame of LiveKit's server", MEDIA_OPUS, LIVEKIT, SECRET, NULL,
      inject, "injected", 1, "scheme=livekit", NULL },

    /* keys */
    { "another passphrase", MEDIA_VP8, VIDEOSDK, "incorrect", NULL, NULL,
      "wrong-key", 0, NULL, "missing-index" },
    { "HKDF of a passphrase", MEDIA_OPUS, LIVEKIT ":kdf=hkdf", SECRET, NULL,
      NULL, "other-kdf", 1, "scheme=livekit:kdf=hkdf", NULL },
    { "PBKDF2 of key bytes", MEDIA_OPUS, "scheme=livekit:kdf=pbkdf2:key_hex="
      BYTES, RAW, NULL, NULL, "other-kdf", 1, "scheme=livekit:kdf=pbkdf2",
      NULL },
    { "a salt of the application's own", MEDIA_VP8, LIVEKIT ":salt=Pepper",
      SECRET, NULL, NULL, "other-salt", 1, "scheme=livekit:salt=Pepper",
      NULL },
    { "digits taken for a passphrase", MEDIA_VP8, "scheme=livekit:key=" BYTES,
      RAW, NULL, NULL, "other-form", 1, NULL, NULL },
    { "digits not taken for bytes", MEDIA_VP8, "scheme=livekit:key_hex="
      BYTES, BYTES, NULL, NULL, "other-form", 1, NULL, NULL },
    { "base64 not decoded", MEDIA_VP8, "scheme=livekit:key_hex=" BYTES,
      "AAECAwQFBgcICQoLDA0ODw==", NULL, NULL, "other-form", 1, NULL, NULL },
    { "a line feed in the passphrase", MEDIA_VP8, "scheme=livekit:kdf=pbkdf2:"
      "key_hex=636f727265637420686f7273650a", SECRET, NULL, NULL,
      "other-form", 1, NULL, NULL },
    { "a key at another index", MEDIA_VP8, VIDEOSDK ":key_index=3",
      "1:" SECRET, NULL, NULL, "other-index", 1, NULL, NULL },
    { "a key without an index", MEDIA_VP8, VIDEOSDK ":key_index=3", SECRET,
      NULL, NULL, "kdf", 1, "scheme=videosdk:key_index=3", "other-index" },
    { "an index that is missing", MEDIA_VP8, VIDEOSDK ":key_index=3",
      "incorrect", NULL, NULL, "missing-index", 0, NULL, "wrong-key" },
    { "a key that was ratcheted", MEDIA_VP8, LIVEKIT ":ratchet=3", SECRET,
      NULL, NULL, "ratcheted", 1, "scheme=livekit", NULL },
    { "no key", MEDIA_VP8, VIDEOSDK, NULL, NULL, NULL, "no-key", 0, NULL,
      NULL },
    { "DAVE without its key", MEDIA_VP8, "scheme=dave:key_hex=" BYTES, SECRET,
      NULL, NULL, "other-scheme", 0, NULL, NULL },
    { "Stream without its key", MEDIA_VP8, "scheme=stream:key_hex=" BYTES,
      SECRET, NULL, NULL, "other-scheme", 0, NULL, NULL },
    { "SFrame without its key", MEDIA_VP8, "scheme=sframe:key_hex=" BYTES,
      SECRET, NULL, NULL, "other-scheme", 0, NULL, NULL },

    /* not sealed */
    { "VP8 in the clear", MEDIA_VP8, NULL, SECRET, NULL, NULL, "not-sealed",
      0, NULL, "wrong-key" },
    { "H.264 in the clear", MEDIA_H264, NULL, SECRET, NULL, NULL,
      "not-sealed", 0, NULL, "wrong-key" },
    { "Opus in the clear", MEDIA_OPUS, NULL, SECRET, NULL, NULL,
      "not-sealed", 0, NULL, "wrong-key" },
    { "one frame in the clear", MEDIA_VP8, VIDEOSDK, SECRET, NULL, clear_one,
      "clear-frames", -1, "scheme=videosdk", NULL },

    /* on the way */
    { "padding at the end", MEDIA_VP8, VIDEOSDK, SECRET, NULL, pad,
      "rtp-padding", 0, NULL, "wrong-key" },
    { "one byte of padding", MEDIA_OPUS, VIDEOSDK, SECRET, NULL, pad_one,
      "rtp-padding", 0, NULL, NULL },
    { "the end taken for padding", MEDIA_VP8, VIDEOSDK, SECRET, NULL,
      take_tail, "end-taken-for-padding", 0, NULL, "wrong-key" },
    { "RED's header", MEDIA_OPUS, VIDEOSDK, SECRET, NULL, red, "red-header",
      0, NULL, "wrong-key" },
    { "RED with a block", MEDIA_OPUS, VIDEOSDK, SECRET, NULL, red_twice,
      "red-header", 0, NULL, "wrong-key" },
    { "a payload descriptor", MEDIA_VP8, VIDEOSDK, SECRET, NULL, descriptor,
      "bytes-in-front", 0, NULL, "wrong-key" },
    { "a last 00 that is gone", MEDIA_H264, VIDEOSDK ":iv="
      "555555555555555555555504", SECRET, NULL, lose_last, "zero-stripped", 1,
      "scheme=videosdk", NULL },
    { "the same of VP8", MEDIA_VP8, VIDEOSDK, SECRET, NULL, lose_last,
      "zero-stripped", 0, NULL, "wrong-key" },
    { "a packet trailer of another scheme", MEDIA_VP8, VIDEOSDK, SECRET,
      NULL, lkts, "packet-trailer", 1, "scheme=livekit:"
      "salt=VideoSDKEncryptionRatchetSalt", "wrong-key" },
    { "the same of Jitsi's frames", MEDIA_VP8, "scheme=jitsi:key_hex=" BYTES,
      RAW, NULL, lkts, "packet-trailer", 1, NULL, "wrong-key" },
    { "start codes of three bytes", MEDIA_H264, VIDEOSDK, SECRET, NULL,
      seal_short_codes, "three-byte-codes", 0, NULL, "wrong-key" },
    { "a delimiter put in", MEDIA_H264, VIDEOSDK, SECRET, NULL,
      put_delimiter, "delimiter-inserted", 1, "scheme=videosdk", NULL },
    { "a delimiter taken out", MEDIA_H264, VIDEOSDK ":drop_sei=never", SECRET,
      put_delimiter, take_delimiter, "delimiter-stripped", 0, NULL,
      "wrong-key" },
    { "SEI put in", MEDIA_H264, VIDEOSDK, SECRET, NULL, put_sei,
      "sei-inserted", 0, NULL, "wrong-key" },
    { "parameter sets put in", MEDIA_H264, VIDEOSDK, SECRET, take_sets,
      put_sets, "parameter-sets-inserted", -1, "scheme=videosdk", NULL },
    { "parameter sets taken out", MEDIA_H264, VIDEOSDK, SECRET, NULL,
      take_later_sets, "parameter-sets-stripped", -1, "scheme=videosdk", NULL },
    { "an SPS rewritten", MEDIA_H264, VIDEOSDK, SECRET, NULL, change_sps,
      "clear-changed", -1, "scheme=videosdk", "wrong-key" },
    { "each clear part changed", MEDIA_H264, VIDEOSDK, SECRET, NULL,
      change_header, "clear-changed", 0, NULL, "wrong-key" },
    { "the same of VP8", MEDIA_VP8, VIDEOSDK, SECRET, NULL, change_first,
      "clear-changed", 0, NULL, "wrong-key" },
    { "sealed bytes changed", MEDIA_VP8, VIDEOSDK, SECRET, NULL,
      change_payload, "clear-changed", -1, "scheme=videosdk", "wrong-key" },
};

#define NB_CASES (sizeof(cases) / sizeof(*cases))

static AVPacket *send_frame(const Case *c, AVBSFContext *seal, Wire *w)
{
    w->pkt = av_packet_clone(w->media->packets[w->i]);
    if (c->before) {
        ck_assert_int_ge(av_packet_make_writable(w->pkt), 0);
        c->before(w);
    }
    if (seal) {
        AVPacket *sealed = filter_must_pass(seal, w->pkt);

        av_packet_free(&w->pkt);
        w->pkt = sealed;
    }
    if (c->after) {
        ck_assert_int_ge(av_packet_make_writable(w->pkt), 0);
        c->after(w);
    }
    return w->pkt;
}

static void probe_media(Probe *probe, const Case *c, const Media *media,
                        const InputTrack *track)
{
    AVBSFContext *seal = NULL;
    char text[256];

    if (c->seal) {
        snprintf(text, sizeof(text), "e2ee_encrypt=%s", c->seal);
        seal = filter_must_open(text, media);
    }
    for (int i = 0; i < media->nb_packets; i++) {
        Wire w = { media, i, NULL, { 0 }, 0 };
        AVPacket *pkt = send_frame(c, seal, &w);
        const InputFrame info = {
            .time = i * INT64_C(20000), .number = i, .whole = true,
            .tail = w.tail_size ? w.tail : NULL, .tail_size = w.tail_size,
        };

        ck_assert_int_ge(probe_frame(probe, track, pkt, &info), 0);
        av_packet_free(&pkt);
    }
    ck_assert_int_ge(probe_finish(probe), 0);
    av_bsf_free(&seal);
}

static void check_track(const Case *c, const ProbeTrack *t)
{
    char found[1024] = "";

    for (int i = 0; i < t->findings.nb; i++)
        snprintf(found + strlen(found), sizeof(found) - strlen(found),
                 "\n  %s: %s", t->findings.findings[i].name,
                 t->findings.findings[i].text);
    ck_assert_msg(!c->finding || finding_has(&t->findings, c->finding),
                  "%s: no %s in:%s", c->what, c->finding, found);
    ck_assert_msg(!c->not_finding ||
                  !finding_has(&t->findings, c->not_finding),
                  "%s: %s in:%s", c->what, c->not_finding, found);
    ck_assert_msg(t->explained == (c->opened > 0) &&
                  (t->nb_opened > 0) == !!c->opened,
                  "%s: %d of %d open%s:%s", c->what, (int)t->nb_opened,
                  (int)t->nb_frames, t->explained ? " (explained)" : "",
                  found);
    if (c->filter) {
        char want[256];

        snprintf(want, sizeof(want), "e2ee_decrypt=%s:key_file=FILE",
                 c->filter);
        ck_assert_int_ge(t->nb_filters, 1);
        ck_assert_str_eq(t->filters[0].text, want);
    }
}

static Media *media[MEDIA_NB];
static SecretList usual_secrets;
static Search usual; ///< with SECRET, its keys derived once

static int init_search(Search *search, SecretList *secrets, const char *key)
{
    static const char *const salts[] = { "Pepper" };

    if (key) {
        ck_assert_int_eq(setenv(VARIABLE, key, 1), 0);
        ck_assert_int_ge(secrets_read_env(secrets, VARIABLE), 0);
    }
    ck_assert_int_ge(secrets_add_forms(secrets), 0);
    return search_init(search, secrets, salts, 1, 8);
}

static void set_up(void)
{
    for (int i = 0; i < MEDIA_NB; i++)
        media[i] = media_make(i);
    ck_assert_int_ge(init_search(&usual, &usual_secrets, SECRET), 0);
    for (int i = 0; i < usual.nb_all; i++)
        search_key(&usual, i);
}

static void tear_down(void)
{
    for (int i = 0; i < MEDIA_NB; i++)
        media_free(&media[i]);
    search_free(&usual);
    secrets_free(&usual_secrets);
}

START_TEST(case_of_table)
{
    const Case *c = &cases[_i];
    const Media *m = media[c->media];
    InputTrack track = { .file = "test", .label = "test", .kind = "video",
                         .time_base = m->time_base };
    SecretList secrets = { 0 };
    Search search = { 0 };
    bool own = !c->key || strcmp(c->key, SECRET);
    Probe probe = { .search = own ? &search : &usual };
    AVBSFContext *plain = NULL;

    track.par = avcodec_parameters_alloc();
    ck_assert_int_ge(avcodec_parameters_copy(track.par, m->par), 0);
    if (own)
        ck_assert_int_ge(init_search(&search, &secrets, c->key), 0);
    /* What goes out of the sealing filter has start codes. */
    if (c->seal && !filter_open(&plain, "e2ee_encrypt=require_key=0",
                                m->par, m->time_base))
        ck_assert_int_ge(avcodec_parameters_copy(track.par, plain->par_out),
                         0);
    av_bsf_free(&plain);
    probe_media(&probe, c, m, &track);
    ck_assert_int_eq(probe.nb_tracks, 1);
    check_track(c, probe.tracks[0]);
    probe_free(&probe);
    search_free(&search);
    secrets_free(&secrets);
    avcodec_parameters_free(&track.par);
}
END_TEST

/* A muted track has empty frames, and ones that the server makes. */
START_TEST(muted)
{
    static const uint8_t silence[80] = { 0xf8, 0xff, 0xfe };
    const InputTrack track = { .file = "test", .label = "test",
                               .par = media[MEDIA_OPUS]->par };
    const InputFrame info = { .whole = true };
    Probe probe = { .search = &usual };

    for (int i = 0; i < 10; i++) {
        AVPacket *pkt = make_packet(silence, i % 2 ? sizeof(silence) : 0, i,
                                    0);

        ck_assert_int_ge(probe_frame(&probe, &track, pkt, &info), 0);
        av_packet_free(&pkt);
    }
    ck_assert_int_ge(probe_finish(&probe), 0);
    ck_assert(probe.tracks[0]->explained);
    ck_assert_uint_eq(probe.tracks[0]->nb_opened, 0);
    ck_assert(finding_has(&probe.tracks[0]->findings, "injected"));
    ck_assert(!finding_has(&probe.tracks[0]->findings, "not-sealed"));
    probe_free(&probe);
}
END_TEST

/* Random bytes are not taken for structure, a codec's are. */
START_TEST(bias)
{
    uint64_t seed = 1;
    Bias even = { 0 }, low = { 0 };

    for (int i = 0; i < 1000; i++) {
        uint8_t bytes[BIAS_BYTES], small[BIAS_BYTES];

        for (int j = 0; j < BIAS_BYTES; j++) {
            bytes[j] = random_next(&seed) >> 32;
            small[j] = j < 2 ? bytes[j] & 0x0f : bytes[j];
        }
        bias_add(&even, bytes);
        bias_add(&low, small);
        ck_assert_int_ne(bias_verdict(&even), BIAS_STRUCTURED);
    }
    ck_assert_int_eq(bias_verdict(&even), BIAS_RANDOM);
    ck_assert_int_eq(bias_verdict(&low), BIAS_STRUCTURED);
    ck_assert_int_eq(bias_verdict(&(Bias){ 0 }), BIAS_UNKNOWN);
}
END_TEST

/* Every repair is bounded, and leaves the frame alone where it cannot be. */
START_TEST(repairs_end)
{
    uint8_t bytes[64] = { 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 0x88 };

    for (size_t size = 1; size <= sizeof(bytes); size++) {
        Sample sample = { .data = bytes, .size = size };
        Repairer r;
        int nb = 0;

        ck_assert_int_ge(repairer_init(&r, &sample, E2EE_CODEC_H264, bytes, 6,
                                       true), 0);
        while (repairer_next(&r)) {
            ck_assert_uint_gt(r.size, 0);
            ck_assert_uint_ne(r.repairs, 0);
            nb++;
        }
        ck_assert_int_lt(nb, 200);
        repairer_free(&r);
    }
}
END_TEST

/* Whatever the bytes are, they are only looked at: some end as a sealed frame
 * does, none opens. For sanitizers. */
START_TEST(any_bytes)
{
    static const uint8_t ends[][8] = {
        { 0, 0, 3, 0, 0x0c, 0 }, { 0, 0, 0, 0x20, 0xfa, 0xfa },
        { 0xff, 0xff, 1, 0xe2, 0xee, 0xfe, 0xed }, { 'L', 'K', 'T', 'S' },
        { 0, 0, 0, 1, 0x65, 0x88, 0x0c }, { 0x0c, 1, 0, 0, 3 },
    };
    AVCodecParameters *par = avcodec_parameters_alloc();
    InputTrack track = { .file = "test", .label = "test", .par = par };
    Probe probe = { .search = &usual };
    uint64_t seed = 7 + _i;
    uint8_t bytes[80];

    par->codec_id = media[_i]->par->codec_id;
    for (int i = 0; i < 600; i++) {
        const uint8_t *end = ends[random_below(&seed, 6)];
        int size = random_below(&seed, sizeof(bytes) + 1);
        int kept = random_below(&seed, 8);
        const InputFrame info = { .time = i, .number = i, .whole = true };
        AVPacket *pkt;

        for (size_t j = 0; j < sizeof(bytes); j++)
            bytes[j] = i % 2 ? random_below(&seed, 256) :
                               random_below(&seed, 4);
        for (int j = 0; j < kept && j < size; j++)
            bytes[size - 1 - j] = end[kept - 1 - j];
        pkt = make_packet(bytes, size, i, i % 7 ? 0 : AV_PKT_FLAG_KEY);
        ck_assert_int_ge(probe_frame(&probe, &track, pkt, &info), 0);
        av_packet_free(&pkt);
    }
    ck_assert_int_ge(probe_finish(&probe), 0);
    ck_assert_uint_eq(probe.tracks[0]->nb_opened, 0);
    probe_free(&probe);
    avcodec_parameters_free(&par);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("probe", &tests);

    av_log_set_level(AV_LOG_ERROR);
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, case_of_table, 0, NB_CASES);
    tcase_add_test(tests, muted);
    tcase_add_loop_test(tests, any_bytes, 0, MEDIA_NB);
    tcase_add_test(tests, bias);
    tcase_add_test(tests, repairs_end);
    return run_suite(suite);
}
