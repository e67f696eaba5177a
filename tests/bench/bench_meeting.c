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
 *     bench_meeting [options] MEDIA [PEOPLE]
 *
 * With PEOPLE only the meetings of so many.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libavutil/avutil.h>
#include <libavutil/common.h>
#include <libavutil/mem.h>
#include <srtp2/srtp.h>

#include "bare.h"
#include "memory.h"
#include "report/log.h"
#include "room/room.h"
#include "room/stages.h"
#include "table.h"

#define USUAL_ROUNDS 3

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
    double   cpu;               ///< seconds
    double   stages[STAGE_NB];
    uint64_t nb_packets, nb_frames, nb_told, nb_opened;
    long     peak;              ///< KiB
} Held;

/** The bare work on its frames. */
typedef struct Bare {
    double   seal, pack, unpack, open;
    uint64_t nb_opened;
} Bare;

static BenchOptions options;
static json_t *meetings, *stages;

static void die(const char *what)
{
    bench_die(&options, what);
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
    double start;

    plan(&scenario, row, media);
    if (room_open(&room, &setup) < 0)
        die("the meeting does not open");
    start = bare_cpu();
    while (room_step(room) >= 0)
        ;
    h->cpu        = bare_cpu() - start;
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
static long in_child(Work work, const Row *row, void *result, size_t size)
{
    struct rusage usage;
    int ends[2], status;
    pid_t child = -1;

    fflush(NULL);
    if (pipe(ends) < 0 || (child = fork()) < 0)
        die("no process");
    if (!child)
        do_work(ends[1], work, row, options.arguments[0]);
    close(ends[1]);
    if (wait4(child, &status, 0, &usage) != child || status ||
        read(ends[0], result, size) != (ssize_t)size)
        die("a meeting failed");
    close(ends[0]);
    return usage.ru_maxrss;
}

static json_t *mebibytes(long kib)
{
    return json_real(kib / 1024.0);
}

static void add_meeting(const Row *row, const Held *h, double cpu,
                        const Spread *ratio)
{
    table_add(meetings, json_pack(
        "{s:i,s:i,s:f,s:s,s:s,s:f,s:f,s:f,s:o,s:s?,s:o}",
        "people", row->people, "send", row->senders, "media s", row->seconds,
        "verify", verify_names[row->verify], "SRTP",
        srtp_profile_name(row->srtp), "CPU s", cpu, "x real time",
        row->seconds / cpu, "packets/s", h->nb_packets / cpu,
        "to bare", ratio ? table_spread(*ratio) : json_null(),
        "target", !ratio ? NULL : row->people == 10 ? "1.5, 100 x" : "1.5",
        "MiB", mebibytes(h->peak)));
}

static void set_share(json_t *line, const char *name, double seconds,
                      const Held *h)
{
    json_object_set_new(line, name, json_real(seconds * 1e6 / h->nb_packets));
}

static void add_stages(const Row *row, const Held *h, const Bare *b)
{
    json_t *line = json_pack("{s:i,s:i,s:s}", "people", row->people,
                             "send", row->senders, "SRTP",
                             srtp_profile_name(row->srtp));

    for (int i = 0; i < STAGE_DECODE; i++)
        set_share(line, stage_name(i), h->stages[i], h);
    set_share(line, "bare seal", b->seal, h);
    set_share(line, "bare pack", b->pack, h);
    set_share(line, "bare unpack", b->unpack, h);
    set_share(line, "bare open", b->open, h);
    table_add(stages, line);
}

static void run_row(const Row *row)
{
    static double cpu[MEASURE_ROUNDS_MAX], ratio[MEASURE_ROUNDS_MAX];
    int nb    = row->once ? 1 : bench_rounds(&options, USUAL_ROUNDS);
    bool bare = !row->once && row->verify == VERIFY_OPEN;
    Held held = { 0 }, staged = { 0 };
    Bare alone = { 0 };
    Spread ratios;

    for (int i = 0; i < nb; i++) {
        long peak = in_child(WORK_HOLD, row, &held, sizeof(held));

        held.peak = peak;
        cpu[i]    = held.cpu;
        if (!bare)
            continue;
        in_child(WORK_BARE, row, &alone, sizeof(alone));
        ratio[i] = held.cpu / (alone.seal + alone.pack + alone.unpack +
                               alone.open);
    }
    if (held.nb_opened != held.nb_told ||
        (bare && held.nb_opened != alone.nb_opened))
        die("not every frame was opened");
    ratios = measure_spread(ratio, nb);
    add_meeting(row, &held, measure_spread(cpu, nb).median,
                bare ? &ratios : NULL);
    if (!bare)
        return;
    in_child(WORK_STAGES, row, &staged, sizeof(staged));
    add_stages(row, &staged, &alone);
}

int main(int argc, char **argv)
{
    static const char *const columns[] = {
        "people", "send", "media s", "verify", "SRTP", "CPU s", "x real time",
        "packets/s", "to bare", "target", "MiB", NULL
    };
    static const char *const shares[] = {
        "people", "send", "SRTP", "source", "seal", "pack", "hops", "server",
        "unpack", "open", "bare seal", "bare pack", "bare unpack",
        "bare open", NULL
    };
    int people;

    options = bench_options(argc, argv);
    if (!options.nb_arguments)
        die("usage: bench_meeting [options] MEDIA [PEOPLE]");
    people = options.nb_arguments > 1 ? atoi(options.arguments[1]) : 0;
    bench_version(&options, "FFmpeg", av_version_info());
    bench_version(&options, "libsrtp", srtp_get_version_string());
    log_init(AV_LOG_ERROR);
    memory_set_up(); /* as the program does */
    meetings = table_new("Meetings on virtual time, one thread; \"to bare\": "
                         "CPU to bare AES-GCM and RTP", columns);
    stages   = table_new("Their stages, microseconds of CPU a packet; asking "
                         "for the time is in them", shares);
    for (size_t i = 0; i < FF_ARRAY_ELEMS(rows); i++)
        if (!people || rows[i].people == people)
            run_row(&rows[i]);
    table_end(&options, "meetings", meetings);
    table_end(&options, "meeting-stages", stages);
    return 0;
}
