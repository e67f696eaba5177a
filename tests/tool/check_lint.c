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

/* Each rule finds what it is for, made from a good stream, and is silent of
 * the good one. */

#include <string.h>

#include <libavutil/log.h>

#include "common.h"
#include "e2ee_annexb.h"
#include "filters/filter_run.h"
#include "lint/lint.h"

#define SEAL "e2ee_encrypt=key=secret"

/* One frame before it is looked at. */
typedef struct Place {
    const Media *media;
    int       i;
    AVPacket *pkt;
} Place;

static void put(Place *p, size_t at, const void *bytes, size_t size)
{
    AVPacket *pkt = av_packet_alloc();

    ck_assert_int_ge(av_new_packet(pkt, p->pkt->size + size), 0);
    av_packet_copy_props(pkt, p->pkt);
    memcpy(pkt->data, p->pkt->data, at);
    memcpy(pkt->data + at, bytes, size);
    memcpy(pkt->data + at + size, p->pkt->data + at, p->pkt->size - at);
    av_packet_free(&p->pkt);
    p->pkt = pkt;
}

#define PUT(p, at, ...)                           \
    put(p, at, (const uint8_t[]){ __VA_ARGS__ },  \
        sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void cut(Place *p, size_t at, size_t size)
{
    memmove(p->pkt->data + at, p->pkt->data + at + size,
            p->pkt->size - at - size);
    av_shrink_packet(p->pkt, p->pkt->size - size);
}

/* The first NAL unit of H.264 of a type. */
static bool find_unit(const Place *p, int type, E2EENal *nal)
{
    const uint8_t *end = p->pkt->data + p->pkt->size;

    nal->end = p->pkt->data;
    while (ff_e2ee_annexb_next(nal, end))
        if ((*nal->data & 31) == type)
            return true;
    return false;
}

static void drop_units(Place *p, int type)
{
    E2EENal nal;

    while (find_unit(p, type, &nal))
        cut(p, nal.code - p->pkt->data, nal.end - nal.code);
}

/* A meeting's stream: no SEI, start codes of four bytes, one slice. */
static void make_good(Place *p)
{
    uint8_t room[65536];
    size_t size;
    E2EENal nal;

    drop_units(p, 6);
    ck_assert_int_lt(p->pkt->size, 32768);
    size = ff_e2ee_annexb_normalize(room, p->pkt->data, p->pkt->size);
    cut(p, 0, p->pkt->size);
    put(p, 0, room, size);
    if (find_unit(p, 1, &nal) || find_unit(p, 5, &nal))
        av_shrink_packet(p->pkt, nal.end - p->pkt->data);
}

static size_t slice_at(const Place *p)
{
    E2EENal nal;

    ck_assert(find_unit(p, 5, &nal) || find_unit(p, 1, &nal));
    return nal.code - p->pkt->data;
}

static void put_long_sei(Place *p)
{
    uint8_t sei[300] = { 0, 0, 0, 1, 6, 5, 0xff, 36 };

    memset(sei + 8, 0x55, sizeof(sei) - 8);
    put(p, slice_at(p), sei, sizeof(sei));
}

static void put_sei(Place *p)
{
    PUT(p, slice_at(p), 0, 0, 0, 1, 6, 5, 1, 0x42, 0x80);
}

static void put_delimiter(Place *p)
{
    PUT(p, 0, 0, 0, 0, 1, 9, 0x10);
}

static void cut_codes(Place *p)
{
    cut(p, slice_at(p), 1);
}

static void cut_sets(Place *p)
{
    drop_units(p, 7);
    drop_units(p, 8);
}

/* Baseline, level 1.0, without VUI. */
static void plain_sps(Place *p)
{
    E2EENal nal;

    if (!find_unit(p, 7, &nal))
        return;
    drop_units(p, 7);
    PUT(p, 0, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xda, 0x0b, 0x13, 0x90);
}

static void make_b_slice(Place *p)
{
    p->pkt->data[slice_at(p) + 5] = 0x9c + 0x02; /* first_mb 0, type 6 */
}

static void put_slice(Place *p)
{
    PUT(p, p->pkt->size, 0, 0, 0, 1, 0x41, 0x9a, 0x42, 0x42);
}

static void cut_slice(Place *p)
{
    av_shrink_packet(p->pkt, slice_at(p) + (slice_at(p) == 0 ? 4 : 0));
    if (p->pkt->size == 4)
        PUT(p, 4, 9, 0x10);
}

static void unsafe(Place *p)
{
    p->pkt->data[slice_at(p) + 5] = 0;
}

static void shorten(Place *p)
{
    av_shrink_packet(p->pkt, 2);
}

static void hide(Place *p)
{
    if (p->i % 4 == 3)
        p->pkt->data[0] &= ~2;
}

static void reorder(Place *p)
{
    p->pkt->dts = p->pkt->pts + (p->i % 3 == 2);
}

static void lose_last(Place *p)
{
    av_shrink_packet(p->pkt, p->pkt->size - 1);
}

static void pad(Place *p)
{
    PUT(p, p->pkt->size, 0, 0, 3);
}

static void lkts(Place *p)
{
    PUT(p, p->pkt->size, 0xfd, 0xfb, 0xff, 0xff, 0xff, 0xfe, 0xf4,
        'L', 'K', 'T', 'S');
}

static void clear_one(Place *p)
{
    if (p->i != 7)
        return;
    av_packet_free(&p->pkt);
    p->pkt = av_packet_clone(p->media->packets[p->i]);
}

static void inject(Place *p)
{
    static const uint8_t silence[80] = { 0xf8, 0xff, 0xfe };

    if (p->i != 7)
        return;
    put(p, 0, silence, sizeof(silence));
    av_shrink_packet(p->pkt, sizeof(silence));
}

/* One that was sealed under this frame's IV, as a sender started twice. */
static void change_payload(Place *p)
{
    p->pkt->data[p->pkt->size - 40] ^= 1;
}

static Lint lint;
static Media *media[MEDIA_NB];

static void set_up(void)
{
    for (int i = 0; i < MEDIA_NB; i++)
        media[i] = media_make(i);
}

static void tear_down(void)
{
    for (int i = 0; i < MEDIA_NB; i++)
        media_free(&media[i]);
}

typedef struct Case {
    const char *rule;
    enum MediaKind media;
    const char *seal;          ///< filter and options; NULL: in the clear
    void      (*before)(Place *p);
    void      (*after)(Place *p);
    const char *container;
    LintLevel   level;
    const char *scheme;
    int         again;         ///< 1: sent twice, 2: and changed
} Case;

static const Case cases[] = {
    { "long-clear", MEDIA_H264, NULL, put_long_sei, NULL, NULL,
      LINT_WARNING, NULL, 0 },
    { "long-clear", MEDIA_H264, SEAL ":drop_sei=never", put_long_sei, NULL,
      NULL, LINT_ERROR, NULL, 0 },
    { "sei", MEDIA_H264, NULL, put_sei, NULL, NULL, LINT_INFO, NULL, 0 },
    { "sei", MEDIA_H264, SEAL, put_sei, NULL, NULL, LINT_INFO, NULL, 0 },
    { "delimiter", MEDIA_H264, NULL, put_delimiter, NULL, NULL, LINT_INFO,
      NULL, 0 },
    { "three-byte-codes", MEDIA_H264, NULL, cut_codes, NULL, NULL,
      LINT_INFO, NULL, 0 },
    { "three-byte-codes", MEDIA_H264, SEAL, NULL, cut_codes, NULL,
      LINT_ERROR, NULL, 0 },
    { "sps-rewritten", MEDIA_H264, NULL, plain_sps, NULL, NULL,
      LINT_WARNING, NULL, 0 },
    { "sps-rewritten", MEDIA_H264, SEAL, plain_sps, NULL, NULL, LINT_ERROR,
      NULL, 0 },
    { "sets-missing", MEDIA_H264, NULL, cut_sets, NULL, NULL, LINT_ERROR,
      NULL, 0 },
    { "sets-missing", MEDIA_H264, SEAL, cut_sets, NULL, NULL, LINT_ERROR,
      NULL, 0 },
    { "sets-apart", MEDIA_H264_LENGTHS, NULL, NULL, NULL, "mov", LINT_INFO,
      NULL, 0 },
    { "lengths", MEDIA_H264_LENGTHS, NULL, NULL, NULL, "mov", LINT_INFO,
      NULL, 0 },
    { "b-frames", MEDIA_H264, NULL, make_b_slice, NULL, NULL, LINT_WARNING,
      NULL, 0 },
    { "b-frames", MEDIA_H264, SEAL, NULL, reorder, NULL, LINT_WARNING, NULL,
      0 },
    { "slices", MEDIA_H264, NULL, put_slice, NULL, NULL, LINT_INFO, NULL, 0 },
    { "no-slice", MEDIA_H264, NULL, cut_slice, NULL, NULL, LINT_ERROR, NULL,
      0 },
    { "unsafe-prefix", MEDIA_H264, NULL, unsafe, NULL, NULL, LINT_ERROR,
      NULL, 0 },
    { "short-frame", MEDIA_VP8, NULL, shorten, NULL, NULL, LINT_ERROR, NULL,
      0 },
    { "vp9-hidden", MEDIA_VP9, NULL, hide, NULL, "matroska,webm",
      LINT_WARNING, NULL, 0 },
    { "av1-container", MEDIA_AV1, NULL, NULL, NULL, "matroska,webm",
      LINT_WARNING, NULL, 0 },
    { "av1-container", MEDIA_AV1, SEAL, NULL, NULL, "ivf", LINT_ERROR, NULL,
      0 },
    { "av1", MEDIA_AV1, SEAL, NULL, NULL, "nut", LINT_WARNING, NULL, 0 },
    { "scheme-refuses", MEDIA_AV1, NULL, NULL, NULL, "nut", LINT_ERROR,
      "stream", 0 },
    { "scheme-caveat", MEDIA_H264, NULL, NULL, NULL, "nut", LINT_WARNING,
      "jitsi", 0 },
    { "zero-stripped", MEDIA_H264, SEAL, NULL, lose_last, "mov", LINT_ERROR,
      NULL, 0 },
    { "zero-at-risk", MEDIA_H264, SEAL, NULL, NULL, "matroska,webm",
      LINT_WARNING, NULL, 0 },
    { "padding", MEDIA_VP8, SEAL, NULL, pad, NULL, LINT_ERROR, NULL, 0 },
    { "packet-trailer", MEDIA_VP8, SEAL, NULL, lkts, NULL, LINT_INFO, NULL,
      0 },
    { "clear-frames", MEDIA_VP8, SEAL, NULL, clear_one, NULL, LINT_ERROR,
      NULL, 0 },
    { "injected", MEDIA_OPUS, SEAL, NULL, inject, NULL, LINT_INFO, NULL, 0 },
    { "nonce-repeat", MEDIA_VP8, SEAL, NULL, NULL, NULL, LINT_INFO, NULL, 1 },
    { "nonce-reuse", MEDIA_VP8, SEAL, NULL, change_payload, NULL, LINT_ERROR,
      NULL, 2 },
    { "counter-reuse", MEDIA_VP8, "e2ee_encrypt=scheme=sframe:"
      "key_hex=000102030405060708090a0b0c0d0e0f", NULL, change_payload, NULL,
      LINT_ERROR, NULL, 2 },
    { "index-beyond-ring", MEDIA_VP8, SEAL ":key_ring=256:key_index=77", NULL,
      NULL, NULL, LINT_INFO, NULL, 0 },
};

#define NB_CASES (sizeof(cases) / sizeof(*cases))

static void look(const InputTrack *track, const Place *p)
{
    const InputFrame info = { .time = p->i * INT64_C(20000), .number = p->i,
                              .whole = true };

    ck_assert_int_ge(lint_frame(&lint, track, p->pkt, &info), 0);
}

/* The same stream with and without the case's defect. */
static void send_all(const Case *c, bool defect, const InputTrack *track)
{
    const Media *m = media[c->media];
    AVBSFContext *seal = c->seal ? filter_must_open(c->seal, m) : NULL;

    for (int i = 0; i < m->nb_packets; i++) {
        Place p = { m, i, av_packet_clone(m->packets[i]) };

        ck_assert_int_ge(av_packet_make_writable(p.pkt), 0);
        if (c->media == MEDIA_H264)
            make_good(&p);
        if (defect && c->before)
            c->before(&p);
        if (seal) {
            AVPacket *sealed = filter_must_pass(seal, p.pkt);

            av_packet_free(&p.pkt);
            p.pkt = sealed;
            ck_assert_int_ge(av_packet_make_writable(p.pkt), 0);
        }
        if (defect && c->again)
            look(track, &p);
        if (defect && c->after)
            c->after(&p);
        look(track, &p);
        av_packet_free(&p.pkt);
    }
    av_bsf_free(&seal);
}

static const LintFinding *find(const LintTrack *t, const char *rule)
{
    for (int i = 0; i < t->nb_findings; i++)
        if (!strcmp(t->findings[i].rule->name, rule))
            return &t->findings[i];
    return NULL;
}

static void run(const Case *c, bool defect)
{
    const Media *m = media[c->media];
    InputTrack track = { .file = "test", .label = "test", .kind = "video",
                         .time_base = m->time_base };
    const LintFinding *found;

    track.container = defect ? c->container : "nut";
    lint = (Lint){ .setup = { .max_frames = 1000000,
                              .max_time = 1000000000 } };
    if (defect && c->scheme)
        lint.setup.scheme = ff_e2ee_scheme_find(c->scheme);
    track.par = avcodec_parameters_alloc();
    ck_assert_int_ge(avcodec_parameters_copy(track.par, m->par), 0);
    send_all(c, defect, &track);
    ck_assert_int_ge(lint_finish(&lint), 0);
    found = find(lint.tracks[0], c->rule);
    if (defect) {
        ck_assert_msg(!!found, "%s: not found (%s)", c->rule,
                      c->seal ? c->seal : "plain");
        ck_assert_msg(found->level == c->level, "%s: %s", c->rule,
                      lint_level_name(found->level));
        ck_assert_msg(found->evidence.text[0], "%s: no evidence", c->rule);
    } else if (c->media == MEDIA_H264 || c->media == MEDIA_VP8 ||
               c->media == MEDIA_OPUS) {
        ck_assert_msg(lint_worst(&lint) <= LINT_INFO, "%s: %s", c->rule,
                      lint.tracks[0]->findings[0].rule->name);
        ck_assert_msg(!found || c->level == LINT_INFO, "%s: found in what "
                      "is good", c->rule);
    }
    lint_free(&lint);
    avcodec_parameters_free(&track.par);
}

START_TEST(rule)
{
    run(&cases[_i], true);
    run(&cases[_i], false);
}
END_TEST

/* Rules of several tracks: who is not sealed, and whose IVs are alike. */
static void two_tracks(const char *first, const char *second,
                       const LintSetup *setup)
{
    static InputTrack tracks[2];
    const Case c[2] = {
        { "", MEDIA_VP8, first, NULL, NULL, NULL, LINT_NONE, NULL, 0 },
        { "", MEDIA_OPUS, second, NULL, NULL, NULL, LINT_NONE, NULL, 0 },
    };

    lint = (Lint){ .setup = *setup };
    for (int i = 0; i < 2; i++) {
        tracks[i] = (InputTrack){ .file = "test", .label = "test" };
        tracks[i].par = media[c[i].media]->par;
        send_all(&c[i], false, &tracks[i]);
    }
    ck_assert_int_ge(lint_finish(&lint), 0);
}

static const LintSetup usual = { .max_frames = 1000000,
                                 .max_time = INT64_C(1000000000) };

START_TEST(never_sealed)
{
    LintSetup setup = usual;

    two_tracks(SEAL, NULL, &usual);
    ck_assert_ptr_nonnull(find(lint.tracks[1], "never-sealed"));
    ck_assert_ptr_null(find(lint.tracks[0], "never-sealed"));
    lint_free(&lint);
    two_tracks(NULL, NULL, &usual);
    ck_assert_int_le(lint_worst(&lint), LINT_INFO);
    lint_free(&lint);
    setup.sealed = true;
    two_tracks(NULL, NULL, &setup);
    ck_assert_ptr_nonnull(find(lint.tracks[0], "never-sealed"));
    lint_free(&lint);
}
END_TEST

START_TEST(shared_ivs)
{
    two_tracks(SEAL, SEAL, &usual);
    ck_assert_int_le(lint_worst(&lint), LINT_INFO);
    lint_free(&lint);
    two_tracks(SEAL ":iv=111111111111111111111100",
               SEAL ":iv=111111112222222222222200", &usual);
    ck_assert_ptr_nonnull(find(lint.tracks[0], "iv-shared"));
    ck_assert_ptr_nonnull(find(lint.tracks[1], "iv-shared"));
    ck_assert_ptr_null(find(lint.tracks[1], "nonce-reuse"));
    lint_free(&lint);
    two_tracks(SEAL ":iv=111111111111111111111100",
               SEAL ":iv=111111111111111111111100", &usual);
    ck_assert_ptr_nonnull(find(lint.tracks[1], "nonce-reuse"));
    lint_free(&lint);
}
END_TEST

START_TEST(no_rotation)
{
    LintSetup setup = usual;

    setup.max_frames = 3;
    two_tracks(SEAL, SEAL, &setup);
    ck_assert_ptr_nonnull(find(lint.tracks[0], "no-rotation"));
    lint_free(&lint);
    setup = usual;
    setup.max_time = 100000;
    two_tracks(SEAL, SEAL, &setup);
    ck_assert_ptr_nonnull(find(lint.tracks[1], "no-rotation"));
    lint_free(&lint);
}
END_TEST

/* Every rule has a case here or a test above, and all of its columns. */
START_TEST(table)
{
    static const char *const others[] = {
        "never-sealed", "iv-shared", "no-rotation"
    };

    for (int i = 0; i < lint_nb_rules; i++) {
        const LintRule *r = &lint_rules[i];
        bool tested = false;

        for (size_t j = 0; j < NB_CASES; j++)
            tested |= !strcmp(cases[j].rule, r->name);
        for (size_t j = 0; j < sizeof(others) / sizeof(*others); j++)
            tested |= !strcmp(others[j], r->name);
        ck_assert_msg(tested, "%s: no case", r->name);
        ck_assert_msg(r->plain || r->sealed, "%s: no level", r->name);
        ck_assert_msg(!r->check == !!r->finish, "%s: no check", r->name);
        ck_assert(*r->what && *r->receivers && *r->spec && *r->fix);
    }
}
END_TEST

START_TEST(nonces)
{
    Nonces n = { 0 };
    NonceUse first;

    for (uint32_t i = 0; i < 100000; i++)
        ck_assert_int_eq(nonces_add(&n, &i, sizeof(i), "a", 1, 0, i, &first),
                         NONCE_NEW);
    for (uint32_t i = 0; i < 100000; i += 999) {
        ck_assert_int_eq(nonces_add(&n, &i, sizeof(i), "a", 1, 1, 0, &first),
                         NONCE_REPEATED);
        ck_assert_uint_eq(first.number, i);
        ck_assert_int_eq(nonces_add(&n, &i, sizeof(i), "b", 1, 1, 0, &first),
                         NONCE_REUSED);
    }
    nonces_free(&n);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("lint", &tests);

    av_log_set_level(AV_LOG_ERROR);
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, rule, 0, NB_CASES);
    tcase_add_test(tests, never_sealed);
    tcase_add_test(tests, shared_ivs);
    tcase_add_test(tests, no_rotation);
    tcase_add_test(tests, table);
    tcase_add_test(tests, nonces);
    return run_suite(suite);
}
