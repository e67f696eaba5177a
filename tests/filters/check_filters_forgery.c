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
 * Forged and replayed packets through the filters, on encoded media: what a
 * program sees of them. check_forgery has every bit and every cut.
 */

#include <string.h>

#include "common.h"
#include "filter_run.h"

#define PACKETS_MAX  64
#define FORGERIES    400
#define VOICE_SIZE   40

static const struct Row {
    const char *scheme;
    int replays;                ///< one that comes again is told
} rows[] = {
    { "dave",      1 },
    { "jitsi",     0 },
    { "livekit",   0 },
    { "nextcloud", 0 },
    { "sframe",    1 },
    { "stream",    1 },
    { "videosdk",  0 },
};

static const enum MediaKind kinds[] = { MEDIA_OPUS, MEDIA_VP8, MEDIA_H264 };

typedef struct Track {
    const struct Row *row;
    Media        *media;
    AVBSFContext *receiver;     ///< keeps what it cannot open
    AVPacket     *sealed[PACKETS_MAX];
    int           nb;
    uint64_t      seed;
} Track;

static AVBSFContext *start(const Track *t, const char *filter,
                           const char *more)
{
    char description[256];

    snprintf(description, sizeof(description), "%s=scheme=%s:" KEY "%s",
             filter, t->row->scheme, more);
    return filter_must_open(description, t->media);
}

static void start_track(Track *t, const struct Row *row, enum MediaKind kind)
{
    AVBSFContext *sender;

    *t = (Track){ .row = row, .media = media_make(kind), .seed = kind };
    t->nb = t->media->nb_packets;
    ck_assert_int_le(t->nb, PACKETS_MAX);
    sender = start(t, "e2ee_encrypt", "");
    for (int i = 0; i < t->nb; i++) {
        const AVPacket *media = t->media->packets[i];
        uint8_t voice[VOICE_SIZE];
        AVPacket *pkt;

        /* Of Opus there is only silence, which DAVE lets pass. */
        random_fill(&t->seed, voice, sizeof(voice));
        pkt = kind == MEDIA_OPUS ?
              make_packet(voice, sizeof(voice), i, AV_PKT_FLAG_KEY) :
              make_packet(media->data, media->size, media->pts, media->flags);
        t->sealed[i] = filter_must_pass(sender, pkt);
        av_packet_free(&pkt);
    }
    av_bsf_free(&sender);
    t->receiver = start(t, "e2ee_decrypt",
                        ":on_failure=keep:failure_tolerance=-1");
}

static void end_track(Track *t)
{
    for (int i = 0; i < t->nb; i++)
        av_packet_free(&t->sealed[i]);
    av_bsf_free(&t->receiver);
    media_free(&t->media);
}

/* What is kept is as it came, and marked. */
static void assert_refused(Track *t, const AVPacket *in, const char *reason)
{
    AVPacket *out = filter_must_pass(t->receiver, in);

    check_that(out->flags & AV_PKT_FLAG_CORRUPT, "%s: not marked",
               t->row->scheme);
    assert_bytes(t->row->scheme, out->data, out->size, in->data, in->size);
    ck_assert_str_ne(filter_metadata(out, "lavc.e2ee.state"),
                     "DecryptionSuccess");
    ck_assert_str_ne(filter_metadata(out, "lavc.e2ee.state"),
                     "InternalError");
    if (reason)
        ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), reason);
    av_packet_free(&out);
}

static void assert_opened(Track *t, int i)
{
    AVPacket *out = filter_must_pass(t->receiver, t->sealed[i]);

    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"),
                     "DecryptionSuccess");
    check_that(!(out->flags & AV_PKT_FLAG_CORRUPT), "%s: marked",
               t->row->scheme);
    av_packet_free(&out);
}

/* One bit of the sealed part, a cut, or the end of another packet. */
static AVPacket *forge(Track *t, int i, int how)
{
    const AVPacket *in = t->sealed[i], *other = t->sealed[(i + 1) % t->nb];
    int at = in->size - 1 - (int)random_below(&t->seed, in->size / 2);
    int tail = 1 + random_below(&t->seed, other->size - 1);
    AVPacket *pkt;

    if (how == 0) {
        pkt = make_packet(in->data, in->size, in->pts, in->flags);
        pkt->data[at] ^= 1 << random_below(&t->seed, 8);
    } else if (how == 1) {
        pkt = make_packet(in->data, at, in->pts, in->flags);
    } else {
        pkt = make_packet(in->data, in->size, in->pts, in->flags);
        ck_assert_int_ge(av_grow_packet(pkt, tail), 0);
        memcpy(pkt->data + in->size, other->data + other->size - tail, tail);
    }
    return pkt;
}

static void forge_and_replay(Track *t)
{
    assert_opened(t, 0);
    for (int i = 1; i < t->nb; i++) {
        for (int j = 0; j < FORGERIES / t->nb; j++) {
            AVPacket *forged = forge(t, i, j % 3);

            /* Stream says itself whether it is escaped. */
            if (strcmp(t->row->scheme, "stream") ||
                forged->size != t->sealed[i]->size ||
                forged->data[forged->size - 7] ==
                t->sealed[i]->data[forged->size - 7])
                assert_refused(t, forged, NULL);
            av_packet_free(&forged);
        }
        assert_opened(t, i);
    }
    for (int i = 0; i < t->nb; i++) {
        if (t->row->replays)
            assert_refused(t, t->sealed[i], "replayed");
        else
            assert_opened(t, i);
    }
    ck_assert_int_eq(filter_count(t->receiver, "nb_internal_error"), 0);
}

START_TEST(what_is_forged_is_refused)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        Track track;

        start_track(&track, &rows[_i], kinds[i]);
        forge_and_replay(&track);
        end_track(&track);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("filters_forgery", &tests);

    av_log_set_level(AV_LOG_QUIET);
    tcase_add_loop_test(tests, what_is_forged_is_refused, 0,
                        sizeof(rows) / sizeof(*rows));
    return run_suite(suite);
}
