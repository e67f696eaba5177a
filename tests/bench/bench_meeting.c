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
 * What a meeting on virtual time costs: against real time, against bare
 * AES-GCM and bare libavformat RTP on the same frames, by stage, and in
 * memory. Meeting and bare work take turns, each in a process of its own, so
 * that a machine whose speed drifts does so for both and each peak of memory
 * is one meeting's. It reports and fails on nothing that it measures.
 *
 *     bench_meeting [--json FILE] [--people N] [--rounds N] MEDIA
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gcrypt.h>
#include <jansson.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/common.h>
#include <libavutil/mem.h>
#include <srtp2/srtp.h>

#include "bare.h"
#include "e2ee_aead.h"
#include "report/log.h"
#include "room/room.h"
#include "room/stages.h"

#define MAX_ROUNDS 25

/** The first of its people send a camera and a microphone each, all
 *  receive. */
typedef struct Row {
    int         people, senders;
    double      seconds;
    Verify      verify;
    SrtpProfile srtp;
    bool        once;      ///< for its memory, not for its time
} Row;

static const Row rows[] = {
    { 2,    2, 10,  VERIFY_OPEN,   SRTP_NONE, true },
    { 2,    2, 600, VERIFY_OPEN,   SRTP_NONE, true },
    { 10,  10, 10,  VERIFY_OPEN,   SRTP_NONE, true },
    { 10,  10, 120, VERIFY_OPEN,   SRTP_NONE, true },
    { 2,    2, 30,  VERIFY_OPEN,   SRTP_NONE, false },
    { 2,    2, 30,  VERIFY_OPEN,   SRTP_AES_CM_128_HMAC_SHA1_80, false },
    { 2,    2, 30,  VERIFY_OPEN,   SRTP_AEAD_AES_128_GCM, false },
    { 10,  10, 5,   VERIFY_OPEN,   SRTP_NONE, false },
    { 10,  10, 5,   VERIFY_OPEN,   SRTP_AES_CM_128_HMAC_SHA1_80, false },
    { 10,  10, 5,   VERIFY_OPEN,   SRTP_AEAD_AES_128_GCM, false },
    { 50,   4, 2,   VERIFY_OPEN,   SRTP_NONE, false },
    { 50,   4, 2,   VERIFY_OPEN,   SRTP_AES_CM_128_HMAC_SHA1_80, false },
    { 200,  4, 1,   VERIFY_OPEN,   SRTP_NONE, false },
    { 200,  4, 1,   VERIFY_OPEN,   SRTP_AES_CM_128_HMAC_SHA1_80, false },
    { 2,    2, 5,   VERIFY_DECODE, SRTP_NONE, false },
    { 10,  10, 0.5, VERIFY_DECODE, SRTP_NONE, false },
};

static const char *const verify_names[VERIFY_NB] = { "decode", "open",
                                                     "none" };

/** One run of a meeting. */
typedef struct Held {
    double   set_up, cpu, wall; ///< seconds, CPU for the first two
    double   stages[STAGE_NB];
    uint64_t nb_packets, nb_frames, nb_told, nb_opened;
    long     peak;              ///< KiB
} Held;

/** The bare work on its frames. */
typedef struct Bare {
    double   seal, pack, unpack, open;
    uint64_t nb_opened;
} Bare;

typedef struct Bench {
    const char *media;
    int         nb_rounds, people; ///< 0: all rows
    json_t     *json;
} Bench;

typedef struct Spread {
    double low, median, high;
} Spread;

static void die(const char *what)
{
    fprintf(stderr, "bench_meeting: %s\n", what);
    exit(2);
}

static void count_life(void *opaque, const FrameLife *life)
{
    Held *h = opaque;

    h->nb_told++;
    h->nb_opened += life->fate == FATE_OPENED;
}

static void add_track(ParticipantPlan *p, TrackKind kind, const char *media)
{
    TrackPlan *t = &p->tracks[p->nb_tracks++];

    t->kind         = kind;
    t->source.file  = av_strdup(media);
    t->source.loop  = true;
    t->encodings    = av_calloc(1, sizeof(*t->encodings));
    t->nb_encodings = 1;
}

static void plan(Scenario *s, const Row *row, const char *media)
{
    scenario_init(s);
    s->duration = row->seconds * 1000000;
    s->srtp     = row->srtp;
    if (scenario_room_key(s) < 0)
        die("no key");
    for (int i = 0; i < row->people; i++) {
        char name[16];
        ParticipantPlan *p;

        snprintf(name, sizeof(name), "p%d", i);
        if (scenario_add_participant(s, name) != i)
            die("no memory");
        p      = &s->participants[i];
        p->key = s->key;
        if (i >= row->senders)
            continue;
        p->tracks = av_calloc(2, sizeof(*p->tracks));
        add_track(p, KIND_VIDEO, media);
        add_track(p, KIND_AUDIO, media);
    }
}

static double wall_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void read_stages(Held *h, const Report *report)
{
    for (int i = 0; i < report->nb_stages; i++)
        for (int j = 0; j < STAGE_NB; j++)
            if (!strcmp(report->stages[i].name, stage_name(j)))
                h->stages[j] = report->stages[i].seconds;
}

static void hold(Held *h, const Row *row, const char *media, bool stages)
{
    Scenario scenario;
    RoomSetup setup = {
        .scenario = &scenario, .verify = row->verify, .nb_threads = 1,
        .stages = stages, .lives = { count_life, h },
    };
    Room *room;
    Report report;
    double start = bare_cpu(), wall;

    plan(&scenario, row, media);
    if (room_open(&room, &setup) < 0)
        die("the meeting does not open");
    h->set_up = bare_cpu() - start;
    start     = bare_cpu();
    wall      = wall_clock();
    while (room_step(room) >= 0)
        ;
    h->cpu        = bare_cpu() - start;
    h->wall       = wall_clock() - wall;
    h->nb_packets = room_nb_packets(room);
    h->nb_frames  = room_nb_frames(room);
    if (room_report(room, &report) < 0)
        die("no report");
    read_stages(h, &report);
    room_free(&room);
    scenario_free(&scenario);
}

static void work_bare(Bare *b, const Row *row, const char *media)
{
    static const TrackKind kinds[] = { KIND_VIDEO, KIND_AUDIO };

    for (int k = 0; k < 2; k++) {
        BareTrack *t;

        if (bare_track_open(&t, media, NULL, kinds[k],
                            row->seconds * 1000000) < 0)
            die("the media does not open");
        for (int i = 0; i < row->senders; i++) {
            b->seal += bare_seal(t);
            b->pack += bare_pack(t);
        }
        for (int i = 0; i < row->senders * (row->people - 1); i++) {
            b->unpack    += bare_unpack(t);
            b->open      += bare_open(t);
            b->nb_opened += bare_nb_frames(t);
        }
        bare_track_free(&t);
    }
}

typedef enum Work { WORK_HOLD, WORK_STAGES, WORK_BARE } Work;

static void do_work(int out, Work work, const Row *row, const char *media)
{
    union {
        Held held;
        Bare bare;
    } result = { 0 };
    size_t size = work == WORK_BARE ? sizeof(Bare) : sizeof(Held);

    if (work == WORK_BARE)
        work_bare(&result.bare, row, media);
    else
        hold(&result.held, row, media, work == WORK_STAGES);
    _exit(write(out, &result, size) != (ssize_t)size);
}

/* @return the peak of memory in KiB */
static long in_child(const Bench *b, Work work, const Row *row, void *result,
                     size_t size)
{
    struct rusage usage;
    int ends[2], status;
    pid_t child;

    fflush(NULL);
    if (pipe(ends) < 0 || (child = fork()) < 0)
        die("no process");
    if (!child)
        do_work(ends[1], work, row, b->media);
    close(ends[1]);
    if (wait4(child, &status, 0, &usage) != child || status ||
        read(ends[0], result, size) != (ssize_t)size)
        die("a meeting failed");
    close(ends[0]);
    return usage.ru_maxrss;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static Spread spread(double *values, int nb)
{
    qsort(values, nb, sizeof(*values), compare);
    return (Spread){ values[0], values[nb / 2], values[nb - 1] };
}

static json_t *json_spread(Spread s)
{
    return json_pack("{s:f,s:f,s:f}", "low", s.low, "median", s.median,
                     "high", s.high);
}

static json_t *json_stages(const Held *h)
{
    json_t *stages = json_object();

    for (int i = 0; i < STAGE_NB; i++)
        json_object_set_new(stages, stage_name(i), json_real(h->stages[i]));
    return stages;
}

static void print_head(void)
{
    printf("people send  media verify srtp                     CPU "
           "real time  packets/s  bare (range)          MiB\n");
}

static void print_row(const Row *row, const Held *h, Spread cpu, Spread ratio)
{
    printf("%6d %4d %4g s %-6s %-23s %5.2f %6.1f x %10.0f ", row->people,
           row->senders, row->seconds, verify_names[row->verify],
           srtp_profile_name(row->srtp), cpu.median,
           row->seconds / cpu.median, h->nb_packets / cpu.median);
    if (ratio.median > 0)
        printf("%6.2f (%5.2f .. %5.2f)", ratio.median, ratio.low, ratio.high);
    else
        printf("%6s %16s", "-", "");
    printf(" %6.1f\n", h->peak / 1024.0);
}

static void print_stages(const Held *h, const Bare *b)
{
    printf("       us a packet:");
    for (int i = 0; i < STAGE_NB; i++)
        printf(" %s %.2f", stage_name(i),
               h->stages[i] * 1e6 / h->nb_packets);
    printf("\n");
    if (b->seal > 0)
        printf("       bare:        seal %.2f pack %.2f unpack %.2f "
               "open %.2f\n", b->seal * 1e6 / h->nb_packets,
               b->pack * 1e6 / h->nb_packets,
               b->unpack * 1e6 / h->nb_packets,
               b->open * 1e6 / h->nb_packets);
}

static void run_row(Bench *b, const Row *row)
{
    double cpu[MAX_ROUNDS], ratio[MAX_ROUNDS] = { 0 };
    int nb    = row->once ? 1 : b->nb_rounds;
    bool bare = !row->once && row->verify == VERIFY_OPEN;
    Held held = { 0 }, staged = { 0 };
    Bare alone = { 0 };
    Spread cpus, ratios;

    for (int i = 0; i < nb; i++) {
        long peak = in_child(b, WORK_HOLD, row, &held, sizeof(held));

        held.peak = peak;
        cpu[i]    = held.cpu;
        if (!bare)
            continue;
        in_child(b, WORK_BARE, row, &alone, sizeof(alone));
        ratio[i] = held.cpu / (alone.seal + alone.pack + alone.unpack +
                               alone.open);
    }
    if (!row->once)
        in_child(b, WORK_STAGES, row, &staged, sizeof(staged));
    cpus   = spread(cpu, nb);
    ratios = spread(ratio, nb);
    print_row(row, &held, cpus, ratios);
    if (!row->once)
        print_stages(&staged, &alone);
    if (held.nb_opened != held.nb_told ||
        (bare && held.nb_opened != alone.nb_opened))
        printf("       %llu of %llu frames opened, bare %llu\n",
               (unsigned long long)held.nb_opened,
               (unsigned long long)held.nb_told,
               (unsigned long long)alone.nb_opened);
    json_array_append_new(b->json, json_pack(
        "{s:i,s:i,s:f,s:s,s:s,s:o,s:o,s:f,s:f,s:I,s:I,s:I,s:I,s:o,"
        "s:{s:f,s:f,s:f,s:f}}",
        "participants", row->people, "senders", row->senders,
        "seconds", row->seconds, "verify", verify_names[row->verify],
        "srtp", srtp_profile_name(row->srtp), "cpu", json_spread(cpus),
        "ratio_to_bare", bare ? json_spread(ratios) : json_null(),
        "set_up_cpu", held.set_up, "wall", held.wall,
        "packets", (json_int_t)held.nb_packets,
        "frames", (json_int_t)held.nb_frames,
        "opened", (json_int_t)held.nb_opened,
        "peak_kib", (json_int_t)held.peak, "stages", json_stages(&staged),
        "bare", "seal", alone.seal, "pack", alone.pack, "unpack",
        alone.unpack, "open", alone.open));
}

static void machine(char *out, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256], *name;

    snprintf(out, size, "unknown");
    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, "model name", 10) && (name = strchr(line, ':'))) {
            snprintf(out, size, "%s", name + 2);
            out[strcspn(out, "\n")] = 0;
            break;
        }
    if (file)
        fclose(file);
}

static json_t *introduce(const Bench *b)
{
    long nb_cpus = sysconf(_SC_NPROCESSORS_ONLN);
    char cpu[256];

    machine(cpu, sizeof(cpu));
    printf("Meetings on virtual time, one thread: CPU seconds, speed against "
           "real time and\npackets by them, CPU as a ratio to bare AES-GCM "
           "and RTP on the same frames,\npeak of memory. Medians of %d "
           "rounds.\n", b->nb_rounds);
    printf("%s, %ld CPUs; libgcrypt %s, FFmpeg %s, %s\n\n", cpu, nb_cpus,
           gcry_check_version(NULL), av_version_info(),
           srtp_get_version_string());
    return json_pack("{s:s,s:i,s:s,s:s,s:s,s:i}", "cpu", cpu, "cpus",
                     (int)nb_cpus, "libgcrypt", gcry_check_version(NULL),
                     "ffmpeg", av_version_info(), "libsrtp",
                     srtp_get_version_string(), "rounds", b->nb_rounds);
}

int main(int argc, char **argv)
{
    Bench b = { .nb_rounds = 3, .json = json_array() };
    const char *json_file = NULL;
    json_t *all;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--json") && i + 1 < argc)
            json_file = argv[++i];
        else if (!strcmp(argv[i], "--rounds") && i + 1 < argc)
            b.nb_rounds = av_clip(atoi(argv[++i]), 1, MAX_ROUNDS);
        else if (!strcmp(argv[i], "--people") && i + 1 < argc)
            b.people = atoi(argv[++i]);
        else
            b.media = argv[i];
    if (!b.media)
        die("usage: bench_meeting [--json FILE] [--people N] [--rounds N] "
            "MEDIA");
    log_init(AV_LOG_ERROR);
    if (ff_e2ee_crypto_init())
        die("libgcrypt does not start");
    all = introduce(&b);
    print_head();
    for (size_t i = 0; i < FF_ARRAY_ELEMS(rows); i++)
        if (!b.people || rows[i].people == b.people)
            run_row(&b, &rows[i]);
    json_object_set_new(all, "meetings", b.json);
    if (json_file && json_dump_file(all, json_file, JSON_INDENT(2)) < 0)
        die("the JSON file cannot be written");
    json_decref(all);
    return 0;
}
