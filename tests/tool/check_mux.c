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


#define _DEFAULT_SOURCE /* mkdtemp */

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/log.h>

#include "common.h"
#include "filters/filter_media.h"
#include "media/mux.h"
#include "open/playable.h"
#include "open/waiting.h"
#include "report/log.h"

static char *folder;

static char *path_of(const char *name)
{
    return av_asprintf("%s/%s", folder, name);
}

/* Files of the name, temporary ones counted. */
static int nb_files(const char *name)
{
    char *pattern = av_asprintf("%s/%s*", folder, name);
    glob_t found;
    int nb = glob(pattern, 0, NULL, &found) ? 0 : (int)found.gl_pathc;

    globfree(&found);
    av_free(pattern);
    return nb;
}

/* What a recording tells of a track: the codec alone. */
static AVCodecParameters *bare_parameters(const Media *media)
{
    AVCodecParameters *par = avcodec_parameters_alloc();

    par->codec_type = media->par->codec_type;
    par->codec_id   = media->par->codec_id;
    return par;
}

static const struct {
    enum MediaKind kind;
    const char    *file;
} files[] = {
    { MEDIA_OPUS, "opus.mkv"  }, { MEDIA_OPUS, "opus.webm" },
    { MEDIA_OPUS, "opus.mp4"  }, { MEDIA_OPUS, "opus.nut"  },
    { MEDIA_VP8,  "vp8.mkv"   }, { MEDIA_VP8,  "vp8.webm"  },
    { MEDIA_VP8,  "vp8.nut"   }, { MEDIA_VP9,  "vp9.mkv"   },
    { MEDIA_VP9,  "vp9.webm"  }, { MEDIA_VP9,  "vp9.mp4"   },
    { MEDIA_VP9,  "vp9.nut"   }, { MEDIA_AV1,  "av1.mkv"   },
    { MEDIA_AV1,  "av1.webm"  }, { MEDIA_AV1,  "av1.mp4"   },
    { MEDIA_AV1,  "av1.nut"   }, { MEDIA_H264, "h264.mkv"  },
    { MEDIA_H264, "h264.mp4"  }, { MEDIA_H264, "h264.nut"  },
    { MEDIA_H265, "h265.mkv"  }, { MEDIA_H265, "h265.mp4"  },
    { MEDIA_H265, "h265.nut"  },
};

#define NB_FILES (int)(sizeof(files) / sizeof(files[0]))

static int add_stream(Muxer *muxer, const Media *media,
                      const AVCodecParameters *par)
{
    const MuxerStream stream = { par, media->time_base, "a title", "deu" };

    return muxer_add(muxer, &stream);
}

static void write_media(const char *name, const Media *media,
                        const AVCodecParameters *par)
{
    Muxer *muxer;
    AVPacket *packet = av_packet_alloc();

    ck_assert_int_eq(muxer_open(&muxer, &(MuxerSetup){ name, NULL }), 0);
    ck_assert(muxer_takes(muxer, par->codec_id));
    ck_assert_int_eq(add_stream(muxer, media, par), 0);
    ck_assert_int_eq(muxer_start(muxer), 0);
    for (int i = 0; i < media->nb_packets; i++) {
        ck_assert_int_eq(av_packet_ref(packet, media->packets[i]), 0);
        ck_assert_int_eq(muxer_write(muxer, 0, packet), 0);
    }
    ck_assert_uint_eq(muxer_nb_moved(muxer), 0);
    ck_assert_int_eq(muxer_finish(&muxer), 0);
    ck_assert_ptr_null(muxer);
    av_packet_free(&packet);
}

static void check_stream(const AVStream *stream, const Media *media,
                         const char *file)
{
    const AVDictionaryEntry *language = av_dict_get(stream->metadata,
                                                    "language", NULL, 0);

    check_that(stream->codecpar->codec_id == media->par->codec_id &&
               stream->codecpar->width == media->par->width &&
               stream->codecpar->height == media->par->height &&
               stream->codecpar->sample_rate == media->par->sample_rate,
               "%s: other parameters", file);
    check_that(language && !strcmp(language->value, "deu"), "%s: no language",
               file);
}

static void check_decoding(const char *name, const Media *media)
{
    uint64_t want[128], got[128];
    AVPacket *packets[128];
    AVFormatContext *in = NULL;
    int nb = 0, nb_want, nb_got;

    ck_assert_int_eq(avformat_open_input(&in, name, NULL, NULL), 0);
    ck_assert_int_ge(avformat_find_stream_info(in, NULL), 0);
    check_stream(in->streams[0], media, name);
    for (; nb < 128; nb++) {
        packets[nb] = av_packet_alloc();
        if (av_read_frame(in, packets[nb]) < 0)
            break;
    }
    nb_want = media_hashes(media->par, media->packets, media->nb_packets,
                           want, 128);
    nb_got  = media_hashes(in->streams[0]->codecpar, packets, nb, got, 128);
    check_that(nb == media->nb_packets, "%s: %d packets, not %d", name, nb,
               media->nb_packets);
    check_that(nb_got == nb_want && nb_want > 1 &&
               !memcmp(got, want, nb_want * sizeof(*want)),
               "%s: %d pictures, not the %d that went in", name, nb_got,
               nb_want);
    for (int i = 0; i <= nb && i < 128; i++)
        av_packet_free(&packets[i]);
    avformat_close_input(&in);
}

START_TEST(a_bare_stream_becomes_a_file_that_plays)
{
    Media *media = media_make(files[_i].kind);
    AVCodecParameters *par = bare_parameters(media);
    char *name = path_of(files[_i].file);

    ck_assert_int_eq(playable_parameters(par, media->packets[0]), 0);
    write_media(name, media, par);
    check_decoding(name, media);
    ck_assert_int_eq(nb_files(files[_i].file), 1);
    av_free(name);
    avcodec_parameters_free(&par);
    media_free(&media);
}
END_TEST

START_TEST(sealed_bytes_give_no_parameters)
{
    Media *media = media_make(MEDIA_VP8);
    AVCodecParameters *par = bare_parameters(media);
    AVPacket *packet = av_packet_clone(media->packets[0]);

    ck_assert_int_eq(av_packet_make_writable(packet), 0);
    memset(packet->data, 0xa5, packet->size);
    ck_assert_int_lt(playable_parameters(par, packet), 0);
    ck_assert_int_eq(par->width, 0);
    av_packet_free(&packet);
    avcodec_parameters_free(&par);
    media_free(&media);
}
END_TEST

START_TEST(errors_leave_nothing)
{
    Media *media = media_make(MEDIA_H264);
    Muxer *muxer;
    char *name  = path_of("left.webm");
    char *other = path_of("left.unknown");
    char *deep  = path_of("none/left.mkv");

    ck_assert_int_lt(muxer_open(&muxer, &(MuxerSetup){ other, NULL }), 0);
    ck_assert_ptr_null(muxer);
    ck_assert_int_lt(muxer_open(&muxer, &(MuxerSetup){ deep, NULL }), 0);
    ck_assert_int_lt(muxer_open(&muxer, &(MuxerSetup){ "-", NULL }), 0);
    ck_assert_int_lt(muxer_open(&muxer, &(MuxerSetup){ name, "xyz" }), 0);
    ck_assert_int_eq(muxer_open(&muxer, &(MuxerSetup){ name, NULL }), 0);
    ck_assert(!muxer_takes(muxer, AV_CODEC_ID_H264));
    ck_assert(muxer_takes(muxer, AV_CODEC_ID_VP8));
    ck_assert_int_eq(add_stream(muxer, media, media->par), 0);
    ck_assert_int_lt(muxer_start(muxer), 0);
    ck_assert(!muxer_started(muxer));
    ck_assert_int_eq(nb_files("left"), 1);
    muxer_free(&muxer);
    ck_assert_int_eq(nb_files("left"), 0);
    av_free(name);
    av_free(other);
    av_free(deep);
    media_free(&media);
}
END_TEST

START_TEST(time_that_stands_still_is_moved)
{
    Media *media = media_make(MEDIA_OPUS);
    AVCodecParameters *par = bare_parameters(media);
    AVPacket *packet = av_packet_alloc();
    char *name = path_of("moved.mkv");
    Muxer *muxer;

    ck_assert_int_eq(playable_parameters(par, media->packets[0]), 0);
    ck_assert_int_eq(muxer_open(&muxer, &(MuxerSetup){ name, NULL }), 0);
    ck_assert_int_eq(add_stream(muxer, media, par), 0);
    ck_assert_int_eq(muxer_start(muxer), 0);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(av_packet_ref(packet, media->packets[i]), 0);
        packet->pts = packet->dts = i == 3 ? 0 : 100000 * (i + 1);
        ck_assert_int_eq(muxer_write(muxer, 0, packet), 0);
    }
    ck_assert_uint_eq(muxer_nb_moved(muxer), 1);
    ck_assert_int_eq(muxer_finish(&muxer), 0);
    av_free(name);
    av_packet_free(&packet);
    avcodec_parameters_free(&par);
    media_free(&media);
}
END_TEST

START_TEST(the_check_counts_what_does_not_decode)
{
    Media *media = media_make(MEDIA_VP8);
    AVPacket *packet = av_packet_clone(media->packets[1]);
    PlayCheck *check;

    ck_assert_int_eq(play_check_open(&check, media->par), 0);
    for (int i = 0; i < media->nb_packets; i++)
        play_check_send(check, media->packets[i]);
    ck_assert_uint_eq(play_check_counts(check)->nb_errors, 0);
    ck_assert_uint_eq(play_check_counts(check)->nb_decoded,
                      media->nb_packets);
    av_shrink_packet(packet, 3);
    play_check_send(check, packet);
    play_check_send(check, NULL);
    ck_assert_uint_eq(play_check_counts(check)->nb_errors, 1);
    play_check_free(&check);
    av_packet_free(&packet);
    media_free(&media);
}
END_TEST

/* RFC 6716, 3.1: configuration, code, count; in samples at 48 kHz. */
static const struct {
    uint8_t bytes[2];
    int     size, duration;
} tocs[] = {
    { { 0x00 }, 1, 480 },        { { 0x18 }, 1, 2880 },
    { { 0x60 }, 1, 480 },        { { 0x68 }, 1, 960 },
    { { 0x80 }, 1, 120 },        { { 0x78, 0x07 }, 2, 960 },
    { { 0x98 }, 1, 960 },        { { 0xf8 }, 1, 960 },
    { { 0xf9 }, 1, 1920 },       { { 0xfa }, 1, 1920 },
    { { 0xfb, 0x03 }, 2, 2880 }, { { 0xfb, 0x06 }, 2, 5760 },
    { { 0xfb, 0x07 }, 2, 0 },    { { 0xfb }, 1, 0 },
    { { 0 }, 0, 0 },
};

START_TEST(opus_durations)
{
    for (size_t i = 0; i < sizeof(tocs) / sizeof(tocs[0]); i++)
        check_that(playable_opus_duration(tocs[i].bytes, tocs[i].size) ==
                   tocs[i].duration, "row %zu", i);
}
END_TEST

START_TEST(what_waits_comes_in_order)
{
    Waiting waiting = { 0 };
    AVPacket *packet = av_packet_alloc();
    int track;

    ck_assert_int_eq(waiting_take(&waiting, &track, packet), AVERROR(EAGAIN));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++) {
            ck_assert_int_eq(av_new_packet(packet, 100 + i), 0);
            packet->pts = i;
            ck_assert_int_eq(waiting_add(&waiting, i & 1, packet), 0);
            ck_assert_ptr_null(packet->data);
        }
        ck_assert_uint_eq(waiting.nb_bytes, 510);
        for (int i = 0; i < 5 - round; i++) {
            ck_assert_int_eq(waiting_take(&waiting, &track, packet), 0);
            ck_assert_int_eq(track, i & 1);
            ck_assert_int_eq(packet->pts, i);
            av_packet_unref(packet);
        }
    }
    ck_assert_uint_eq(waiting.nb_bytes, 104);
    waiting_free(&waiting);
    ck_assert_uint_eq(waiting.nb_bytes, 0);
    av_packet_free(&packet);
}
END_TEST

static void make_folder(void)
{
    char name[] = "/tmp/check_mux.XXXXXX";

    log_init(AV_LOG_QUIET);
    folder = av_strdup(mkdtemp(name));
    ck_assert_ptr_nonnull(folder);
}

static void remove_folder(void)
{
    char *pattern = path_of("*");
    glob_t found;

    if (!glob(pattern, 0, NULL, &found))
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
    rmdir(folder);
    av_free(pattern);
    av_freep(&folder);
}

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("mux", &tests);

    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_loop_test(tests, a_bare_stream_becomes_a_file_that_plays, 0,
                        NB_FILES);
    tcase_add_test(tests, sealed_bytes_give_no_parameters);
    tcase_add_test(tests, errors_leave_nothing);
    tcase_add_test(tests, time_that_stands_still_is_moved);
    tcase_add_test(tests, the_check_counts_what_does_not_decode);
    tcase_add_test(tests, opus_durations);
    tcase_add_test(tests, what_waits_comes_in_order);
    return run_suite(suite);
}
