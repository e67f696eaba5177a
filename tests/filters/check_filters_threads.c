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

/* Ten filters in ten threads of one process, which share libgcrypt and nothing
 * else: each gives what it gives alone. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/crc.h>
#include <libavutil/log.h>

#include "common.h"
#include "filter_run.h"

#define ROUNDS 8
#define KEY_32 \
    "key_hex=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const struct {
    enum MediaKind kind;
    const char    *options;
} rows[] = {
    { MEDIA_VP8,          "scheme=videosdk:" KEY },
    { MEDIA_H264,         "scheme=videosdk:key=passphrase" },
    { MEDIA_H265_LENGTHS, "scheme=livekit:peer=native:" KEY },
    { MEDIA_VP8,          "scheme=jitsi:" KEY_32 },
    { MEDIA_OPUS,         "scheme=nextcloud:" KEY_32 },
    { MEDIA_H264,         "scheme=stream:" KEY },
    { MEDIA_OPUS,         "scheme=sframe:suite=4:" KEY },
    { MEDIA_VP9,          "scheme=sframe:suite=1:" KEY },
    { MEDIA_VP8,          "scheme=dave:" KEY },
    { MEDIA_VP9,          "scheme=dave:" KEY },
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

typedef struct Worker {
    const Media *media;
    const char  *options;
    pthread_barrier_t *start;  ///< NULL: alone
    unsigned     nb_opened, nb_sealed_alike;
    uint32_t     sum;          ///< of all that was opened
} Worker;

static Media *media[MEDIA_NB];

/* Nothing of libcheck: it is for one thread. */
static int put(AVBSFContext *bsf, AVPacket *pkt)
{
    int ret = av_bsf_send_packet(bsf, pkt);

    return ret < 0 ? ret : av_bsf_receive_packet(bsf, pkt);
}

static void pass(Worker *w, AVBSFContext *sealer, AVBSFContext *opener,
                 const AVPacket *in)
{
    AVPacket *pkt = av_packet_clone(in);

    if (pkt && put(sealer, pkt) >= 0) {
        w->nb_sealed_alike += pkt->size == in->size &&
                              !memcmp(pkt->data, in->data, in->size);
        if (put(opener, pkt) >= 0) {
            w->nb_opened++;
            w->sum = av_crc(av_crc_get_table(AV_CRC_32_IEEE), w->sum,
                            pkt->data, pkt->size);
        }
    }
    av_packet_free(&pkt);
}

/* Filters come and go while those of others work. */
static void *work(void *opaque)
{
    Worker *w = opaque;

    if (w->start)
        pthread_barrier_wait(w->start);
    for (int round = 0; round < ROUNDS; round++) {
        AVBSFContext *sealer = NULL, *opener = NULL;
        char text[256];

        snprintf(text, sizeof(text), "e2ee_encrypt=%s", w->options);
        if (filter_open(&sealer, text, w->media->par,
                        w->media->time_base) < 0)
            break;
        snprintf(text, sizeof(text), "e2ee_decrypt=%s", w->options);
        if (filter_open(&opener, text, sealer->par_out,
                        w->media->time_base) >= 0)
            for (int i = 0; i < w->media->nb_packets; i++)
                pass(w, sealer, opener, w->media->packets[i]);
        av_bsf_free(&sealer);
        av_bsf_free(&opener);
    }
    return NULL;
}

START_TEST(ten_threads)
{
    pthread_t threads[NB_ROWS];
    pthread_barrier_t start;
    Worker alone[NB_ROWS], together[NB_ROWS];

    ck_assert_int_eq(pthread_barrier_init(&start, NULL, NB_ROWS), 0);
    for (size_t i = 0; i < NB_ROWS; i++) {
        if (!media[rows[i].kind])
            media[rows[i].kind] = media_make(rows[i].kind);
        alone[i] = together[i] = (Worker){
            .media = media[rows[i].kind], .options = rows[i].options,
        };
        together[i].start = &start;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work,
                                        &together[i]), 0);
    }
    for (size_t i = 0; i < NB_ROWS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < NB_ROWS; i++) {
        unsigned wanted = ROUNDS * alone[i].media->nb_packets;

        work(&alone[i]);
        check_that(together[i].nb_opened == wanted, "%s: %u of %u opened",
                   rows[i].options, together[i].nb_opened, wanted);
        check_that(!together[i].nb_sealed_alike, "%s: sent in the clear",
                   rows[i].options);
        check_that(together[i].sum == alone[i].sum,
                   "%s: not what it gives alone", rows[i].options);
    }
    pthread_barrier_destroy(&start);
    for (int i = 0; i < MEDIA_NB; i++)
        if (media[i])
            media_free(&media[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filters_threads");
    TCase *tests = tcase_create("threads");

    av_log_set_level(AV_LOG_ERROR);
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, ten_threads);
    return run_suite(suite);
}
