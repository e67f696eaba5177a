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
 * What the filters cost through libavcodec's interface, on packets of real
 * files, beside bare AES-GCM of libgcrypt on the same packets. Each packet has
 * a buffer of its own, as from a demuxer, and is freed when it was filtered:
 * all of that but the reading is counted, and shows alone with the null filter.
 *
 *     bench_filters [OPTION...] FILE...
 */

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavutil/avutil.h>
#include <libavutil/common.h>
#include <libavutil/opt.h>

#include "bare_gcm.h"
#include "packets.h"
#include "table.h"

#define ROUNDS 1001

/** A filter at work on a track. */
typedef struct Run {
    const char   *filter, *report;
    AVBSFContext *bsf;
    Packets      *in;
    const Packets *plain;       ///< whose windows are worked on
    AVPacket    **work;         ///< a copy of each of a window
    AVPacket     *out;
    Packets      *keep;         ///< where what comes out goes, or NULL
} Run;

static const Run runs[] = {
    { .filter = "null" },
    { .filter = "e2ee_encrypt", .report = "none" },
    { .filter = "e2ee_encrypt", .report = "changes" },
    { .filter = "e2ee_encrypt", .report = "all" },
    { .filter = "e2ee_decrypt", .report = "none" },
    { .filter = "e2ee_decrypt", .report = "changes" },
    { .filter = "e2ee_decrypt", .report = "all" },
};

/** Ratios to bare GCM, by codec; of Opus by report. */
static const struct {
    enum AVCodecID codec;
    const char    *report;      ///< NULL: any
    double         ratio;
} targets[] = {
    { AV_CODEC_ID_VP8,  NULL,      1.12 },
    { AV_CODEC_ID_H264, NULL,      1.25 },
    { AV_CODEC_ID_OPUS, "changes", 2.0  },
    { AV_CODEC_ID_OPUS, "all",     2.8  },
};

static void *must(void *pointer)
{
    if (!pointer)
        abort();
    return pointer;
}

static void must_do(int ret)
{
    if (ret < 0) {
        fprintf(stderr, "bench_filters: %s\n", av_err2str(ret));
        exit(2);
    }
}

static void prepare(void *opaque, int round)
{
    Run *r = opaque;
    PacketWindow w = packets_window(r->plain, round);

    for (int i = w.first; i < w.first + w.nb; i++)
        packets_copy(r->work[i], r->in->packets[i]);
}

static int filter(void *opaque, int round)
{
    Run *r = opaque;
    PacketWindow w = packets_window(r->plain, round);

    for (int i = w.first; i < w.first + w.nb; i++) {
        must_do(av_bsf_send_packet(r->bsf, r->work[i]));
        must_do(av_bsf_receive_packet(r->bsf, r->out));
        if (r->keep)
            packets_add(r->keep, r->out);
        av_packet_unref(r->out);
    }
    return w.nb;
}

static void open_run(Run *r, const Run *kind, Packets *in,
                     const Packets *plain)
{
    const AVBitStreamFilter *f = av_bsf_get_by_name(kind->filter);

    *r      = *kind;
    r->in   = in;
    r->plain = plain;
    r->out  = must(av_packet_alloc());
    r->work = must(av_calloc(in->nb, sizeof(*r->work)));
    for (int i = 0; i < in->nb; i++)
        r->work[i] = must(av_packet_alloc());
    must_do(av_bsf_alloc(f, &r->bsf));
    must_do(avcodec_parameters_copy(r->bsf->par_in, in->par));
    r->bsf->time_base_in = in->time_base;
    if (kind->report) {
        must_do(av_opt_set(r->bsf->priv_data, "report", kind->report, 0));
        must_do(av_opt_set(r->bsf->priv_data, "key_hex",
                           "000102030405060708090a0b0c0d0e0f", 0));
    }
    must_do(av_bsf_init(r->bsf));
}

static void close_run(Run *r)
{
    for (int i = 0; i < r->in->nb; i++)
        av_packet_free(&r->work[i]);
    av_free(r->work);
    av_packet_free(&r->out);
    av_bsf_free(&r->bsf);
}

/* The same packets as a receiver gets them. */
static void seal_packets(Packets *sealed, Packets *plain)
{
    Run r;

    open_run(&r, &(Run){ .filter = "e2ee_encrypt", .report = "none" }, plain,
             plain);
    packets_init(sealed, r.bsf->par_out, plain->time_base);
    r.keep = sealed;
    for (int i = 0; i < plain->nb_windows; i++) {
        prepare(&r, i);
        filter(&r, i);
    }
    close_run(&r);
}

static json_t *target(enum AVCodecID codec, const char *report)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(targets); i++)
        if (report && targets[i].codec == codec &&
            (!targets[i].report || !strcmp(targets[i].report, report)))
            return json_real(targets[i].ratio);
    return json_null();
}

/* @param null  what passing packets on costs by itself, as a ratio */
static void report(json_t *table, const Packets *p, const Run *r,
                   const Cost *cost, double null)
{
    Spread own = { cost->ratio.low - null, cost->ratio.median - null,
                   cost->ratio.high - null };

    table_add(table, json_pack("{s:s,s:s,s:s,s:f,s:o,s:o,s:o}",
              "packets", packets_name(p), "filter", r->filter, "report",
              r->report ? r->report : "", "ns a packet",
              cost->seconds.median * 1e9, "to bare GCM",
              table_spread(cost->ratio), "less the null filter",
              null > 0 ? table_spread(own) : json_null(), "target",
              target(p->par->codec_id, r->bsf ? r->report : NULL)));
}

static void run_track(const BenchOptions *o, json_t *table, Packets *plain)
{
    enum { NB = FF_ARRAY_ELEMS(runs), BARE_SEAL = NB, BARE_OPEN, TOTAL };
    Run r[NB];
    Subject subjects[TOTAL];
    Cost costs[TOTAL];
    Packets sealed;
    BareGcm *bare = bare_gcm_alloc(plain);
    int rounds = bench_rounds(o, ROUNDS);

    seal_packets(&sealed, plain);
    for (int i = 0; i < NB; i++) {
        int opens = !strcmp(runs[i].filter, "e2ee_decrypt");

        open_run(&r[i], &runs[i], opens ? &sealed : plain, plain);
        subjects[i] = (Subject){ r[i].filter, prepare, filter, &r[i],
                                 NULL, opens ? BARE_OPEN : BARE_SEAL };
    }
    subjects[BARE_SEAL] = (Subject){ "seal", bare_gcm_touch, bare_gcm_seal,
                                     bare, NULL, BARE_SEAL };
    subjects[BARE_OPEN] = (Subject){ "open", bare_gcm_touch_sealed,
                                     bare_gcm_open, bare, NULL, BARE_OPEN };
    measure(subjects, TOTAL, rounds, costs);
    report(table, plain, &(Run){ .filter = "bare GCM", .report = "seal" },
           &costs[BARE_SEAL], 0);
    report(table, plain, &(Run){ .filter = "bare GCM", .report = "open" },
           &costs[BARE_OPEN], 0);
    for (int i = 0; i < NB; i++) {
        report(table, plain, &r[i], &costs[i],
               r[i].report ? costs[0].ratio.median : 0);
        close_run(&r[i]);
    }
    bare_gcm_free(&bare);
    packets_free(&sealed);
}

int main(int argc, char **argv)
{
    static const char *const columns[] = { "packets", "filter", "report",
                                           "ns a packet", "to bare GCM",
                                           "less the null filter", "target",
                                           NULL };
    BenchOptions o = bench_options(argc, argv);
    json_t *table  = table_new("The filters, through libavcodec's interface",
                               columns);

    av_log_set_level(AV_LOG_ERROR);
    bench_version(&o, "FFmpeg", av_version_info());
    if (!o.nb_arguments)
        bench_die(&o, "no files");
    for (int i = 0; i < o.nb_arguments; i++) {
        Packets tracks[PACKETS_TRACKS_MAX];
        int nb = packets_read(tracks, o.arguments[i]);

        if (nb < 0)
            bench_die(&o, "a file does not open");
        for (int j = 0; j < nb; j++) {
            run_track(&o, table, &tracks[j]);
            packets_free(&tracks[j]);
        }
    }
    table_end(&o, "filters", table);
    return 0;
}
