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
 * Recordings of real encrypted calls, opened: every frame has to be one that
 * the sender's encoder gave, in its order and at its time.
 */

#define _DEFAULT_SOURCE /* mkdtemp */

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/base64.h>
#include <libavutil/log.h>
#include <libavutil/sha.h>

#include "common.h"
#include "open/opener.h"
#include "report/log.h"

#define HASH_SIZE  32
#define MAX_FRAMES 1000

typedef struct Sent {
    char    track[16];
    uint8_t hash[HASH_SIZE];  ///< of the frame before it was sealed
    int64_t rtp_time;
} Sent;

typedef struct Capture {
    const char *name;
    const char *files[4];
    int         nb_all;       ///< tracks that open wholly
    unsigned    least;        ///< percent of what the encoders gave
    OpenVerdict video;        ///< what is said of the camera
} Capture;

static const Capture captures[] = {
    { "sfu-vp8-vs", { "audio.mjr", "video.mjr" }, 2, 95, OPEN_ALL },
    { "sfu-h264-vs", { "audio.mjr", "video.mjr" }, 2, 95, OPEN_ALL },
    { "sfu-vp9-lk", { "video.mjr", "audio.mjr" }, 2, 95, OPEN_ALL },
    { "sfu-rotate-vp8", { "audio.mjr", "video.mjr" }, 2, 95, OPEN_ALL },
    { "sfu-mute-screen-vp8", { "audio.mjr", "video.mjr", "screen.mjr" }, 3,
      37, OPEN_ALL }, /* muted for a while */
    { "sfu-h264-escape-lk", { "audio.mjr", "video.mjr" }, 2, 95, OPEN_ALL },
    { "p2p-vp8-rtpdump", { "wire.pcap" }, 2, 95, OPEN_ALL },
    { "p2p-h264-rtpdump", { "wire.pcap" }, 2, 95, OPEN_ALL },
    { "sfu-av1-vs", { "audio.mjr", "video.mjr" }, 1, 95, OPEN_NONE },
    { "sfu-vp8-plain", { "audio.mjr", "video.mjr" }, 0, 95, OPEN_CLEAR },
};

#define NB_CAPTURES (int)(sizeof(captures) / sizeof(captures[0]))

static char *folder;

static char *shared_path(const Capture *c, const char *file)
{
    const char *top = getenv("top_srcdir"), *other = getenv("E2EE_CAPTURES");

    if (other)
        return av_asprintf("%s/%s/%s", other, c->name, file);
    return av_asprintf("%s/../shared/captures/%s/%s", top ? top : ".",
                       c->name, file);
}

static void hash(uint8_t *digest, const uint8_t *data, size_t size)
{
    struct AVSHA *sha = av_sha_alloc();

    av_sha_init(sha, 256);
    av_sha_update(sha, data, size);
    av_sha_final(sha, digest);
    av_free(sha);
}

static bool read_sent(Sent *sent, const char *line)
{
    json_t *o = json_loads(line, 0, NULL);
    const char *plain = text_of(o, "plain");
    size_t   size  = AV_BASE64_DECODE_SIZE(strlen(plain));
    uint8_t *bytes = malloc(size + 1);

    snprintf(sent->track, sizeof(sent->track), "%s", text_of(o, "track"));
    sent->rtp_time = json_integer_value(json_object_get(o, "rtpTimestamp"));
    hash(sent->hash, bytes, av_base64_decode(bytes, plain, size));
    free(bytes);
    json_decref(o);
    return true;
}

static int read_all_sent(Sent *sent, const Capture *c)
{
    char *path = shared_path(c, "sent.jsonl"), *line = NULL;
    FILE *file = fopen(path, "r");
    size_t size = 0;
    int nb = 0;

    ck_assert_ptr_nonnull(file);
    while (nb < MAX_FRAMES && getline(&line, &size, file) > 0)
        nb += read_sent(&sent[nb], line);
    free(line);
    fclose(file);
    av_free(path);
    return nb;
}

static char *write_key(const Capture *c)
{
    char *path = shared_path(c, "meta.json");
    char *name = av_asprintf("%s/key", folder);
    json_t *meta = json_load_file(path, 0, NULL), *secret;
    FILE *file = fopen(name, "w");
    const char *index;

    json_object_foreach(json_object_get(meta, "keys"), index, secret)
        fprintf(file, "%s:%s\n", index, json_string_value(secret));
    fclose(file);
    json_decref(meta);
    av_free(path);
    return name;
}

static const Key *the_key(void *opaque, const InputTrack *track)
{
    (void)track;
    return opaque;
}

static Opener *open_capture(const Capture *c, Key *key, const char *output)
{
    char *paths[4] = { NULL };
    OpenerSetup setup = {
        .files  = (const char *const *)paths,
        .key    = the_key,
        .opaque = key,
        .output = { output, NULL },
        .decode = true,
    };
    Opener *opener;
    int ret;

    for (; c->files[setup.nb_files]; setup.nb_files++)
        paths[setup.nb_files] = shared_path(c, c->files[setup.nb_files]);
    ck_assert_int_eq(opener_open(&opener, &setup), 0);
    while ((ret = opener_step(opener)) >= 0)
        ;
    ck_assert_int_eq(ret, AVERROR_EOF);
    ck_assert_int_eq(opener_finish(opener), 0);
    ck_assert(!opener_cut_short(opener));
    for (int i = 0; i < setup.nb_files; i++)
        av_free(paths[i]);
    return opener;
}

/* Where a stream's frames are among those that were sent. */
typedef struct Cursor {
    const char *track;     ///< NULL: no frame was found yet
    int         next;
    int64_t     time, rtp_time; ///< of the last one
    double      clock;
    uint64_t    nb;
} Cursor;

static int find_sent(const Sent *sent, int nb, const Cursor *c,
                     const uint8_t *digest)
{
    int i = c->next;

    while (i < nb && ((c->track && strcmp(c->track, sent[i].track)) ||
                      memcmp(sent[i].hash, digest, HASH_SIZE)))
        i++;
    return i;
}

/* In the sender's order, and as far apart as the sender's clock says. */
static void check_frame(const char *name, const Sent *sent, int nb, Cursor *c,
                        const AVPacket *packet, const AVStream *stream)
{
    int64_t time = av_rescale_q(packet->pts, stream->time_base,
                                AV_TIME_BASE_Q);
    uint8_t digest[HASH_SIZE];
    double step;
    int i;

    hash(digest, packet->data, packet->size);
    i = find_sent(sent, nb, c, digest);
    check_that(i < nb, "%s, stream %d, packet %d: was not sent", name,
               packet->stream_index, (int)c->nb);
    step = (uint32_t)(sent[i].rtp_time - c->rtp_time) / c->clock * 1e6;
    check_that(!c->track || fabs(time - c->time - step) < 50,
               "%s, stream %d, packet %d: %lld us after the last one, not "
               "%.0f", name, packet->stream_index, (int)c->nb,
               (long long)(time - c->time), step);
    c->track    = sent[i].track;
    c->rtp_time = sent[i].rtp_time;
    c->time     = time;
    c->next     = i + 1;
    c->nb++;
}

static void check_output(const char *name, const char *output,
                         const Sent *sent, int nb, Cursor *cursors)
{
    AVFormatContext *in = NULL;
    AVPacket *packet = av_packet_alloc();

    ck_assert_int_eq(avformat_open_input(&in, output, NULL, NULL), 0);
    in->flags |= AVFMT_FLAG_NOPARSE; /* packets as they were written */
    for (unsigned i = 0; i < in->nb_streams; i++)
        cursors[i].clock = in->streams[i]->codecpar->codec_type ==
                           AVMEDIA_TYPE_AUDIO ? 48000 : 90000;
    while (av_read_frame(in, packet) >= 0) {
        check_frame(name, sent, nb, &cursors[packet->stream_index], packet,
                    in->streams[packet->stream_index]);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    avformat_close_input(&in);
}

static int nb_sent_of(const Sent *sent, int nb, const char *track)
{
    int found = 0;

    for (int i = 0; i < nb; i++)
        found += !strcmp(sent[i].track, track);
    return found;
}

static int check_tracks(const Capture *c, const Opener *opener,
                        const Cursor *cursors, const Sent *sent, int nb)
{
    int nb_all = 0;

    for (int i = 0; i < opener_nb_tracks(opener); i++) {
        const OpenTrack *t = opener_track(opener, i);
        OpenVerdict verdict = open_track_verdict(t);
        int nb_sent;

        if (!strcmp(t->in->kind, "video"))
            check_that(verdict == c->video, "%s, %s: %s", c->name,
                       t->in->label, open_verdict_name(verdict));
        if (verdict != OPEN_ALL)
            continue;
        nb_all++;
        nb_sent = nb_sent_of(sent, nb, cursors[t->stream].track);
        /* A recorder begins late, and an encoder's frames are not all sent. */
        check_that(cursors[t->stream].nb == t->nb_written &&
                   t->nb_written >= t->nb_opened - t->nb_early &&
                   t->nb_written * 100 >= c->least * nb_sent,
                   "%s, %s: %d frames of %d", c->name, t->in->label,
                   (int)t->nb_written, nb_sent);
        check_that(!play_check_counts(t->decode)->nb_errors,
                   "%s, %s does not decode", c->name, t->in->label);
    }
    return nb_all;
}

START_TEST(frames_are_those_that_were_sent)
{
    const Capture *c = &captures[_i];
    Sent *sent = calloc(MAX_FRAMES, sizeof(*sent));
    Cursor cursors[8] = { { NULL } };
    char *output   = av_asprintf("%s/out.nut", folder);
    char *key_file = write_key(c);
    int nb = read_all_sent(sent, c);
    Opener *opener;
    Key key = { 0 };

    ck_assert_int_eq(key_from_file(&key, KEY_ROOM, key_file), 0);
    opener = open_capture(c, &key, output);
    if (c->nb_all)
        check_output(c->name, output, sent, nb, cursors);
    else
        ck_assert_int_lt(access(output, F_OK), 0);
    ck_assert_int_eq(check_tracks(c, opener, cursors, sent, nb), c->nb_all);
    opener_free(&opener);
    unlink(key_file);
    unlink(output);
    av_free(key_file);
    av_free(output);
    free(sent);
}
END_TEST

static void make_folder(void)
{
    char name[] = "/tmp/check_open.XXXXXX";

    log_init(AV_LOG_ERROR);
    folder = av_strdup(mkdtemp(name));
    ck_assert_ptr_nonnull(folder);
}

static void remove_folder(void)
{
    rmdir(folder);
    av_freep(&folder);
}

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("open", &tests);
    char *meta   = shared_path(&captures[0], "meta.json");

    if (access(meta, R_OK)) {
        printf("1..0 # SKIP there is no %s\n", meta);
        return 0;
    }
    av_free(meta);
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, frames_are_those_that_were_sent, 0,
                        NB_CAPTURES);
    return run_suite(suite);
}
