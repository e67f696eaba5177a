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


/* Recordings of real calls, by Chromium, a real SDK's worker and Janus: every
 * frame of a recording is one that the sender sealed, to the byte and in
 * order, and as many come out as the recording holds. Small ones are in
 * tests/vectors/captures; those in E2EE_CAPTURES or beside the sources are
 * read where they are there. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/base64.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/sha.h>

#include "capture/input.h"
#include "common.h"

#define MAX_TRACKS 3
#define MAX_FILES  3

typedef struct RealTrack {
    const char *name;      ///< in sent.jsonl
    const char *file;
    int         nb_frames; ///< in the recording
    bool        rewritten; ///< by the packetizer: not compared
} RealTrack;

typedef struct RealCapture {
    const char *directory;
    RealTrack   tracks[MAX_TRACKS];
} RealCapture;

#define MJR(name, nb)  { name, name ".mjr", nb, false }
#define WIRE(name, nb) { name, "wire.pcap", nb, false }
#define NO_TRACK       { NULL, NULL, 0, false }

static const RealCapture captures[] = {
    { "small-vp8", { MJR("audio", 60), MJR("video", 40), NO_TRACK } },
    { "small-vp9", { MJR("audio", 60), MJR("video", 42), NO_TRACK } },
    { "small-h264-escape", { MJR("audio", 60), MJR("video", 47), NO_TRACK } },
    { "small-wire-h264", { WIRE("audio", 87), WIRE("video", 35), NO_TRACK } },
    { "sfu-vp8-vs", { MJR("audio", 508), MJR("video", 199), NO_TRACK } },
    { "sfu-h264-vs", { MJR("audio", 509), MJR("video", 204), NO_TRACK } },
    { "sfu-h264-escape-lk", { MJR("audio", 510), MJR("video", 204),
                              NO_TRACK } },
    { "sfu-vp9-lk", { MJR("audio", 510), MJR("video", 204), NO_TRACK } },
    { "sfu-rotate-vp8", { MJR("audio", 506), MJR("video", 199), NO_TRACK } },
    { "sfu-vp8-plain", { MJR("audio", 256), MJR("video", 100), NO_TRACK } },
    { "sfu-mute-screen-vp8", { MJR("audio", 193), MJR("video", 199),
                               MJR("screen", 129) } },
    { "sfu-av1-vs", { MJR("audio", 506), { "video", "video.mjr", 0, true },
                      NO_TRACK } },
    { "p2p-vp8-rtpdump", { WIRE("audio", 502), WIRE("video", 200), NO_TRACK } },
    { "p2p-h264-rtpdump", { WIRE("audio", 501), WIRE("video", 201),
                            NO_TRACK } },
};

#define NB_CAPTURES (sizeof(captures) / sizeof(captures[0]))

/** What the sender sealed, in order. */
typedef struct Sent {
    int      size;
    uint8_t  sum[32];
    uint32_t ssrc;
} Sent;

typedef struct Seen {
    Sent *sent;
    int   nb_sent, next;
    int   nb_frames, nb_incomplete;
    int64_t time;
} Seen;

static void path_of(char *out, const char *directory, const char *file)
{
    const char *top  = getenv("top_srcdir");
    const char *here = getenv("E2EE_CAPTURES");

    snprintf(out, 1024, "%s/tests/vectors/captures/%s/%s", top ? top : ".",
             directory, file);
    if (access(out, R_OK) < 0 && here)
        snprintf(out, 1024, "%s/%s/%s", here, directory, file);
    if (access(out, R_OK) < 0)
        snprintf(out, 1024, "%s/../shared/captures/%s/%s", top ? top : ".",
                 directory, file);
}

static void sum(const uint8_t *data, size_t size, uint8_t out[32])
{
    struct AVSHA *sha = av_sha_alloc();

    av_sha_init(sha, 256);
    av_sha_update(sha, data, size);
    av_sha_final(sha, out);
    av_free(sha);
}

/* A frame that was not sealed was sent as it is. */
static void read_sent(const json_t *line, Sent *sent)
{
    json_t *size = json_object_get(line, "sealed_size");

    sent->ssrc = json_integer_value(json_object_get(line, "ssrc"));
    if (json_is_integer(size)) {
        Bytes bytes = bytes_of(line, "sealed_sha256");

        ck_assert_uint_eq(bytes.size, 32);
        memcpy(sent->sum, bytes.data, 32);
        free_bytes(&bytes);
        sent->size = json_integer_value(size);
    } else {
        const char *plain = text_of(line, "plain");
        uint8_t *data = malloc(strlen(plain));

        sent->size = av_base64_decode(data, plain, strlen(plain));
        ck_assert_int_ge(sent->size, 0);
        sum(data, sent->size, sent->sum);
        free(data);
    }
}

static void load_sent(const char *path, const char *track, Seen *seen)
{
    FILE *file = fopen(path, "r");
    char *text = malloc(1 << 20);

    ck_assert_ptr_nonnull(file);
    seen->sent = calloc(4096, sizeof(*seen->sent));
    while (fgets(text, 1 << 20, file)) {
        json_t *line = json_loads(text, 0, NULL);

        ck_assert_ptr_nonnull(line);
        if (!strcmp(text_of(line, "track"), track)) {
            ck_assert_int_lt(seen->nb_sent, 4096);
            read_sent(line, &seen->sent[seen->nb_sent++]);
        }
        json_decref(line);
    }
    fclose(file);
    free(text);
    ck_assert_int_gt(seen->nb_sent, 0);
}

/* Files give tracks their names, a capture of the wire their SSRC. */
static int find_track(const RealCapture *c, const Seen *seen,
                      const InputTrack *track)
{
    for (int i = 0; i < MAX_TRACKS && c->tracks[i].name; i++)
        if (strstr(c->tracks[i].file, ".mjr")
                ? !strcmp(track->label, c->tracks[i].name)
                : track->ssrc == seen[i].sent[0].ssrc)
            return i;
    ck_abort_msg("%s: nobody sent %s", c->directory, track->label);
    return -1;
}

static void check_frame(const RealCapture *c, int i, Seen *seen,
                        const AVPacket *packet, const InputFrame *frame)
{
    uint8_t got[32];

    check_that(frame->time >= seen->time, "%s %s: frame %d goes back in time",
               c->directory, c->tracks[i].name, seen->nb_frames);
    seen->time = frame->time;
    if (!frame->whole) {
        ck_assert_int_eq(packet->size, 0);
        seen->nb_incomplete++;
        return;
    }
    seen->nb_frames++;
    if (c->tracks[i].rewritten)
        return;
    sum(packet->data, packet->size, got);
    while (seen->next < seen->nb_sent &&
           (seen->sent[seen->next].size != packet->size ||
            memcmp(seen->sent[seen->next].sum, got, 32)))
        seen->next++;
    check_that(seen->next++ < seen->nb_sent,
               "%s %s: frame %d (of %d bytes) is not what was sent",
               c->directory, c->tracks[i].name, seen->nb_frames - 1,
               packet->size);
}

static void read_all(const RealCapture *c, Seen *seen)
{
    char paths[MAX_FILES][1024];
    const char *files[MAX_FILES];
    InputSetup  setup  = { 0 };
    AVPacket   *packet = av_packet_alloc();
    Input      *input  = NULL;
    InputFrame  frame;
    InputTrack *track;
    int nb_files = 0, ret, i;

    for (i = 0; i < MAX_TRACKS && c->tracks[i].name; i++) {
        if (i && !strcmp(c->tracks[i].file, c->tracks[i - 1].file))
            continue;
        path_of(paths[nb_files], c->directory, c->tracks[i].file);
        files[nb_files] = paths[nb_files];
        nb_files++;
    }
    ck_assert_int_eq(input_open(&input, files, nb_files, &setup), 0);
    while ((ret = input_read(input, packet, &frame, &track)) >= 0) {
        i = find_track(c, seen, track);
        check_frame(c, i, &seen[i], packet, &frame);
        av_packet_unref(packet);
    }
    ck_assert_int_eq(ret, AVERROR_EOF);
    input_free(&input);
    av_packet_free(&packet);
}

START_TEST(frames_are_those_that_were_sent)
{
    const RealCapture *c = &captures[_i];
    Seen seen[MAX_TRACKS] = { 0 };
    char path[1024];

    path_of(path, c->directory, "sent.jsonl");
    if (access(path, R_OK) < 0) {
        /* Only the small ones are always there. */
        ck_assert_int_ne(strncmp(c->directory, "small-", 6), 0);
        return;
    }
    for (int i = 0; i < MAX_TRACKS && c->tracks[i].name; i++)
        load_sent(path, c->tracks[i].name, &seen[i]);
    read_all(c, seen);
    for (int i = 0; i < MAX_TRACKS && c->tracks[i].name; i++) {
        /* FFmpeg reads AV1 from RTP since 8.0. */
        bool newer = c->tracks[i].rewritten && LIBAVCODEC_VERSION_MAJOR > 61;

        check_that(newer ? seen[i].nb_frames > 0
                         : seen[i].nb_frames == c->tracks[i].nb_frames,
                   "%s %s: %d frames instead of %d", c->directory,
                   c->tracks[i].name, seen[i].nb_frames,
                   c->tracks[i].nb_frames);
        free(seen[i].sent);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("capture_real", &tests);

    av_log_set_level(AV_LOG_QUIET);
    tcase_add_loop_test(tests, frames_are_those_that_were_sent, 0,
                        NB_CAPTURES);
    return run_suite(suite);
}
