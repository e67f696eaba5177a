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
 * Every allocation and every call of libgcrypt fails in turn while filters are
 * made, seal, open, get new keys and close: an error comes back, no frame goes
 * out in the clear or opens to something else, nothing is left allocated.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "common.h"
#include "faults/interpose.h"
#include "filter_run.h"

#define VOICE "\x78-the-sound-of-a-voice-in-the-clear"
#define KEY_FILE "faults.key"
#define KEY_HEX "000102030405060708090a0b0c0d0e0f"
#define NB_PACKETS 4

static const struct Row {
    const char    *scheme;      ///< NULL: by default
    const char    *option, *value, *more;
    enum MediaKind media;       ///< MEDIA_NB: a packet of Opus made by hand
    int            ratchets;
    int            step;        ///< PBKDF2 takes its time
} rows[] = {
    { "videosdk",  "key",      "a passphrase", "", MEDIA_NB, 0, 11 },
    { NULL,        "key_file", KEY_FILE, "", MEDIA_NB, 0, 1 },
    { "videosdk",  "key_hex",  KEY_HEX, "", MEDIA_H264_LENGTHS, 0, 1 },
    { "livekit",   "key_hex",  KEY_HEX, "report=changes", MEDIA_NB, 1, 1 },
    { "jitsi",     "key_file", KEY_FILE, "", MEDIA_NB, 1, 1 },
    { "nextcloud", "key_hex",  KEY_HEX, "", MEDIA_NB, 1, 1 },
    { "stream",    "key_hex",  KEY_HEX, "", MEDIA_H264_LENGTHS, 0, 1 },
    { "sframe",    "key_hex",  KEY_HEX, "sframe_ratchet_bits=4", MEDIA_NB,
      1, 1 },
    { "sframe",    "key_file", KEY_FILE, "suite=1", MEDIA_NB, 0, 1 },
    { "sframe",    "key_hex",  KEY_HEX, "suite=7", MEDIA_NB, 0, 1 },
    { "dave",      "key_hex",  KEY_HEX, "", MEDIA_H264_LENGTHS, 0, 1 },
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

static AVPacket *packets[NB_PACKETS];
static AVCodecParameters *parameters;
static AVRational time_base;

/* What must not happen, in words, since nothing may allocate meanwhile. */
typedef struct Outcome {
    const char *wrong;
    int         errors, sealed, opened;
} Outcome;

static void set_packets(const struct Row *row)
{
    Media *media;
    FILE *f = fopen(KEY_FILE, "w");

    fprintf(f, "0:hex:" KEY_HEX "\n1:hex:" KEY_HEX "\n");
    fclose(f);
    chmod(KEY_FILE, 0600);
    parameters = avcodec_parameters_alloc();
    if (row->media == MEDIA_NB) {
        parameters->codec_type = AVMEDIA_TYPE_AUDIO;
        parameters->codec_id   = AV_CODEC_ID_OPUS;
        time_base = (AVRational){ 1, 1000 };
        for (int i = 0; i < NB_PACKETS; i++)
            packets[i] = make_packet(VOICE, strlen(VOICE), i, 0);
        return;
    }
    media = media_make(row->media);
    avcodec_parameters_copy(parameters, media->par);
    time_base = media->time_base;
    for (int i = 0; i < NB_PACKETS; i++)
        packets[i] = av_packet_clone(media->packets[i]);
    media_free(&media);
}

static void free_packets(void)
{
    for (int i = 0; i < NB_PACKETS; i++)
        av_packet_free(&packets[i]);
    avcodec_parameters_free(&parameters);
    unlink(KEY_FILE);
}

static int open_filter(AVBSFContext **bsf, const char *name,
                       const struct Row *row)
{
    int ret = av_bsf_alloc(av_bsf_get_by_name(name), bsf);

    if (ret < 0)
        return ret;
    ret = avcodec_parameters_copy((*bsf)->par_in, parameters);
    (*bsf)->time_base_in = time_base;
    if (ret >= 0 && row->scheme)
        ret = av_opt_set((*bsf)->priv_data, "scheme", row->scheme, 0);
    if (ret >= 0)
        ret = av_set_options_string((*bsf)->priv_data, row->more, "=", ":");
    if (ret >= 0)
        ret = av_opt_set((*bsf)->priv_data, row->option, row->value, 0);
    return ret < 0 ? ret : av_bsf_init(*bsf);
}

static int has_end_of(const AVPacket *pkt, const AVPacket *clear)
{
    const uint8_t *end = clear->data + clear->size - 16;

    for (int i = 0; i + 16 <= pkt->size; i++)
        if (!memcmp(pkt->data + i, end, 16))
            return 1;
    return 0;
}

static int pass(AVBSFContext *bsf, AVPacket *pkt)
{
    int ret = av_bsf_send_packet(bsf, pkt);

    if (ret >= 0)
        ret = av_bsf_receive_packet(bsf, pkt);
    if (ret < 0)
        av_packet_unref(pkt);
    return ret;
}

static void seal_and_open(AVBSFContext *const *filters, const AVPacket *in,
                          Outcome *outcome)
{
    AVPacket *pkt = av_packet_clone(in);
    int ret;

    if (!pkt) {
        outcome->errors++;
        return;
    }
    ret = pass(filters[0], pkt);
    if (ret >= 0) {
        outcome->sealed++;
        if (has_end_of(pkt, in))
            outcome->wrong = "a frame came out in the clear";
        ret = pass(filters[1], pkt);
        if (ret >= 0) {
            outcome->opened++;
            if (!has_end_of(pkt, in))
                outcome->wrong = "a frame opened to something else";
        }
    }
    outcome->errors += ret < 0;
    av_packet_free(&pkt);
}

/* All that a program does with filters. */
static void use_filters(const struct Row *row, Outcome *outcome)
{
    AVBSFContext *filters[2] = { NULL, NULL };
    int ret = open_filter(&filters[0], "e2ee_encrypt", row);

    if (ret >= 0)
        ret = open_filter(&filters[1], "e2ee_decrypt", row);
    for (int i = 0; ret >= 0 && i < NB_PACKETS; i++) {
        if (i == 2)
            for (int n = 0; n < 2; n++)
                if (av_opt_set(filters[n]->priv_data, row->option, row->value,
                               0) < 0)
                    outcome->errors++;
        if (i == 3 && row->ratchets)
            av_opt_set_int(filters[0]->priv_data, "ratchet", 1, 0);
        seal_and_open(filters, packets[i], outcome);
    }
    outcome->errors += ret < 0;
    for (int i = 0; i < 2; i++)
        av_bsf_free(&filters[i]);
}

static int nb_lines;

static void count_lines(void *opaque, int level, const char *format,
                        va_list arguments)
{
    nb_lines += level <= AV_LOG_ERROR;
}

/* @return whether there was an nth call */
static int try_without(const struct Row *row, enum FaultKind kind, long n,
                       const Outcome *usual)
{
    Outcome outcome = { NULL };
    long before = fault_outstanding(), left;
    int fired;

    nb_lines = 0;
    fault_arm(kind, n);
    use_filters(row, &outcome);
    fired = fault_fired();
    left  = fault_outstanding() - before;
    fault_arm(kind, 0);
    check_that(!outcome.wrong, "call %ld: %s", n, outcome.wrong);
    check_that(!left, "call %ld: %ld allocations are left", n, left);
    check_that(fired || outcome.opened == usual->opened,
               "call %ld: %d of %d opened", n, outcome.opened, usual->opened);
    /* What fails unnoticed must not have mattered. */
    check_that(!fired || outcome.errors || outcome.opened == usual->opened,
               "call %ld: no error, but %d of %d opened", n, outcome.opened,
               usual->opened);
    return fired;
}

static void try_all(const struct Row *row, enum FaultKind kind)
{
    const char *scheme = row->scheme ? row->scheme : "by default";
    Outcome usual = { NULL };
    long n = 1;

    av_log_set_callback(count_lines);
    set_packets(row);
    use_filters(row, &usual); /* what is made once a process is there now */
    usual = (Outcome){ NULL };
    use_filters(row, &usual);
    check_that(!usual.wrong && usual.opened == NB_PACKETS,
               "%s: %d sealed, %d opened, %s", scheme, usual.sealed,
               usual.opened, usual.wrong);
    while (try_without(row, kind, n, &usual))
        n += row->step;
    check_that(n > 10, "%s: only %ld calls", scheme, n - 1);
    printf("# %s, %s: %ld calls failed in turn\n", scheme,
           kind == FAULT_ALLOC ? "allocations" : "libgcrypt",
           (n - 1) / row->step);
    fflush(stdout);
    free_packets();
}

START_TEST(every_allocation_may_fail)
{
    try_all(&rows[_i], FAULT_ALLOC);
}
END_TEST

START_TEST(every_call_of_libgcrypt_may_fail)
{
    try_all(&rows[_i], FAULT_GCRYPT);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("faults", &tests);

    if (!FAULT_SANITIZED)
        tcase_add_loop_test(tests, every_allocation_may_fail, 0, NB_ROWS);
    tcase_add_loop_test(tests, every_call_of_libgcrypt_may_fail, 0, NB_ROWS);
    return run_suite(suite);
}
