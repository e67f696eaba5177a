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
 * Allocations in the steady state: how many a packet, with a filter and
 * without, and whether memory stays flat over very many packets.
 *
 *     bench_memory [OPTION...] FILE...
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavutil/common.h>
#include <libavutil/opt.h>

#include "packets.h"
#include "table.h"

#define WARMTH       2000
#define COUNTED      10000
#define MANY         10000000
#define MANY_QUICKLY 100000

/** Calls of the allocator, and bytes, since the start. */
static uint64_t nb_calls;

#ifdef __GLIBC__
/* In front of glibc's own, for the whole program. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nb, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    nb_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t nb, size_t size)
{
    nb_calls++;
    return __libc_calloc(nb, size);
}

void *realloc(void *old, size_t size)
{
    nb_calls++;
    return __libc_realloc(old, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    nb_calls++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}
#endif

static const struct {
    const char *name, *filter, *report;
} rows[] = {
    { "no filter",                    "null",         NULL      },
    { "e2ee_encrypt, report=none",    "e2ee_encrypt", "none"    },
    { "e2ee_encrypt, report=changes", "e2ee_encrypt", "changes" },
    { "e2ee_encrypt, report=all",     "e2ee_encrypt", "all"     },
    { "both, report=none",            "e2ee_decrypt", "none"    },
    { "both, report=all",             "e2ee_decrypt", "all"     },
};

static void must_do(int ret)
{
    if (ret < 0) {
        fprintf(stderr, "bench_memory: %s\n", av_err2str(ret));
        exit(2);
    }
}

static AVBSFContext *open_filter(const char *name, const char *report,
                                 const Packets *p)
{
    AVBSFContext *bsf;

    must_do(av_bsf_alloc(av_bsf_get_by_name(name), &bsf));
    must_do(avcodec_parameters_copy(bsf->par_in, p->par));
    bsf->time_base_in = p->time_base;
    if (report) {
        must_do(av_opt_set(bsf->priv_data, "report", report, 0));
        must_do(av_opt_set(bsf->priv_data, "key_hex",
                           "000102030405060708090a0b0c0d0e0f", 0));
    }
    must_do(av_bsf_init(bsf));
    return bsf;
}

/* A packet through one filter, or two. */
static void pass(AVBSFContext *const bsf[2], AVPacket *work,
                 const AVPacket *packet)
{
    packets_copy(work, packet);
    for (int i = 0; i < 2 && bsf[i]; i++) {
        must_do(av_bsf_send_packet(bsf[i], work));
        must_do(av_bsf_receive_packet(bsf[i], work));
    }
    av_packet_unref(work);
}

static void pass_many(AVBSFContext *const bsf[2], const Packets *p, int nb)
{
    AVPacket *work = av_packet_alloc();

    for (int i = 0; i < nb; i++)
        pass(bsf, work, p->packets[i % p->nb]);
    av_packet_free(&work);
}

/* KiB in use, 0: not known. */
static long resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (file && fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void report_calls(json_t *table, const Packets *p)
{
    double base = 0;

    for (size_t i = 0; i < FF_ARRAY_ELEMS(rows); i++) {
        int both = !strcmp(rows[i].filter, "e2ee_decrypt");
        AVBSFContext *bsf[2] = {
            open_filter(both ? "e2ee_encrypt" : rows[i].filter,
                        both ? "none" : rows[i].report, p),
            both ? open_filter(rows[i].filter, rows[i].report, p) : NULL,
        };
        uint64_t before;
        double calls;

        pass_many(bsf, p, WARMTH);
        before = nb_calls;
        pass_many(bsf, p, COUNTED);
        calls = (double)(nb_calls - before) / COUNTED;
        if (!i)
            base = calls;
        table_add(table, json_pack("{s:s,s:s,s:f,s:f}", "packets",
                  packets_name(p), "filter", rows[i].name,
                  "allocations a packet", calls, "of the filters",
                  calls - base));
        av_bsf_free(&bsf[0]);
        av_bsf_free(&bsf[1]);
    }
}

static void report_growth(const BenchOptions *o, json_t *table,
                          const Packets *p)
{
    int nb = o->quick ? MANY_QUICKLY : MANY;
    AVBSFContext *bsf[2] = { open_filter("e2ee_encrypt", "all", p),
                             open_filter("e2ee_decrypt", "all", p) };
    long before;

    pass_many(bsf, p, nb / 100);
    before = resident();
    pass_many(bsf, p, nb - nb / 100);
    table_add(table, json_pack("{s:s,s:i,s:i,s:i,s:i}", "packets",
              packets_name(p), "after packets", nb / 100, "KiB", (int)before,
              "after all packets", nb, "KiB then", (int)resident()));
    av_bsf_free(&bsf[0]);
    av_bsf_free(&bsf[1]);
}

int main(int argc, char **argv)
{
    static const char *const calls[] = { "packets", "filter",
                                         "allocations a packet",
                                         "of the filters", NULL };
    static const char *const growth[] = { "packets", "after packets", "KiB",
                                          "after all packets", "KiB then",
                                          NULL };
    BenchOptions o = bench_options(argc, argv);
    json_t *counted = table_new("Allocations in the steady state", calls);
    json_t *grown   = table_new("Memory, sealing and opening with report=all",
                                growth);

    av_log_set_level(AV_LOG_ERROR);
    for (int i = 0; i < o.nb_arguments; i++) {
        Packets tracks[PACKETS_TRACKS_MAX];
        int nb = packets_read(tracks, o.arguments[i]);

        if (nb < 0)
            bench_die(&o, "a file does not open");
        for (int j = 0; j < nb; j++) {
            report_calls(counted, &tracks[j]);
            if (tracks[j].par->codec_id == AV_CODEC_ID_OPUS)
                report_growth(&o, grown, &tracks[j]);
            packets_free(&tracks[j]);
        }
    }
    table_end(&o, "allocations", counted);
    table_end(&o, "memory", grown);
    return 0;
}
