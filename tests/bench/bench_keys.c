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
 * Key set-up: from nothing to the first sealed packet beside the bare
 * derivation, in a new process each time, and what the twenty filters of a
 * meeting with one passphrase cost together.
 *
 *     bench_keys [OPTION...]
 */

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gcrypt.h>
#include <libavcodec/bsf.h>
#include <libavutil/common.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "table.h"

#define ROUNDS     21
#define MANY       20
#define NB         4
#define PASSPHRASE "correct horse battery staple"
#define SALT       "VideoSDKEncryptionRatchetSalt"
#define ITERATIONS 100000

static void must_do(int ret)
{
    if (ret < 0) {
        fprintf(stderr, "bench_keys: %s\n", av_err2str(ret));
        exit(2);
    }
}

static void bare(int secure)
{
    size_t size = strlen(PASSPHRASE);
    uint8_t out[16];
    char *secret;

    gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
    gcry_control(GCRYCTL_INIT_SECMEM, 1 << 18, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    secret = secure ? gcry_malloc_secure(size) : gcry_malloc(size);
    if (!secret)
        abort();
    memcpy(secret, PASSPHRASE, size);
    if (gcry_kdf_derive(secret, size, GCRY_KDF_PBKDF2,
                        GCRY_MD_SHA256, SALT, strlen(SALT), ITERATIONS,
                        sizeof(out), out))
        abort();
}

/* Each of them from its allocation to its first packet. */
static void filters(int nb)
{
    static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };
    AVBSFContext *bsf[MANY];

    for (int i = 0; i < nb; i++) {
        AVPacket *packet = av_packet_alloc();

        must_do(av_bsf_alloc(av_bsf_get_by_name("e2ee_encrypt"), &bsf[i]));
        bsf[i]->par_in->codec_type = AVMEDIA_TYPE_AUDIO;
        bsf[i]->par_in->codec_id   = AV_CODEC_ID_OPUS;
        must_do(av_opt_set(bsf[i]->priv_data, "key", PASSPHRASE, 0));
        must_do(av_bsf_init(bsf[i]));
        must_do(av_new_packet(packet, sizeof(silence)));
        memcpy(packet->data, silence, sizeof(silence));
        must_do(av_bsf_send_packet(bsf[i], packet));
        must_do(av_bsf_receive_packet(bsf[i], packet));
        av_packet_free(&packet);
    }
}

/* In a process that has done nothing yet. */
static double in_child(void (*work)(int nb), int nb)
{
    int ends[2], status;
    double seconds;
    pid_t child;

    fflush(NULL);
    if (pipe(ends) < 0 || (child = fork()) < 0)
        abort();
    if (!child) {
        double start = measure_cpu();

        work(nb);
        seconds = measure_cpu() - start;
        _exit(write(ends[1], &seconds, sizeof(seconds)) !=
              sizeof(seconds));
    }
    close(ends[1]);
    if (waitpid(child, &status, 0) != child || status ||
        read(ends[0], &seconds, sizeof(seconds)) != sizeof(seconds))
        abort();
    close(ends[0]);
    return seconds;
}

int main(int argc, char **argv)
{
    static const char *const columns[] = { "what", "ms", "to the derivation",
                                           "target", NULL };
    static const struct {
        const char *what;
        void (*work)(int nb);
        int nb;
    } rows[NB] = {
        { "bare PBKDF2, the passphrase in secure memory", bare, 1 },
        { "bare PBKDF2, the passphrase in ordinary memory", bare, 0 },
        { "a filter, to its first packet", filters, 1 },
        { "20 filters with one passphrase, to the first packet of each",
          filters, MANY },
    };
    static double seconds[NB][MEASURE_ROUNDS_MAX],
                  ratios[NB][MEASURE_ROUNDS_MAX];
    BenchOptions o = bench_parse(argc, argv);
    int nb = bench_rounds(&o, ROUNDS);
    json_t *table;

    av_log_set_level(AV_LOG_ERROR);
    for (int i = 0; i < nb; i++)
        for (int j = 0; j < NB; j++) {
            seconds[j][i] = in_child(rows[j].work, rows[j].nb);
            ratios[j][i]  = seconds[j][i] / seconds[0][i];
        }
    table = table_new("From nothing to the first packet with a passphrase, "
                      "each in a new process", columns);
    for (int j = 0; j < NB; j++)
        table_add(table, json_pack("{s:s,s:f,s:o,s:o}", "what", rows[j].what,
                  "ms", measure_spread(seconds[j], nb).median * 1e3,
                  "to the derivation",
                  table_spread(measure_spread(ratios[j], nb)), "target",
                  rows[j].work == filters && rows[j].nb == 1 ?
                  json_real(1.05) : json_null()));
    table_end(&o, "key-set-up", table);
    return 0;
}
