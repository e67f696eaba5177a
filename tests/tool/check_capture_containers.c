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


/* Sealed streams in every container that keeps them, as
 * tests/filters/containers.sh measures it: read without a parser or a decoder,
 * each frame opens. */

#define _DEFAULT_SOURCE /* mkdtemp */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/log.h>

#include "capture/input.h"
#include "common.h"
#include "filters/filter_run.h"

static const struct {
    enum MediaKind kind;
    const char    *file;
    bool           late;  ///< FFmpeg 5.1's parser moves bytes in it
} files[] = {
    { MEDIA_OPUS,         "opus.ogg", false },
    { MEDIA_OPUS,         "opus.webm", false },
    { MEDIA_OPUS,         "opus.mkv", false },
    { MEDIA_OPUS,         "opus.mp4", false },
    { MEDIA_OPUS,         "opus.nut", false },
    { MEDIA_OPUS,         "opus.ts", false },
    { MEDIA_VP8,          "vp8.ivf", false },
    { MEDIA_VP8,          "vp8.webm", false },
    { MEDIA_VP8,          "vp8.mkv", false },
    { MEDIA_VP8,          "vp8.nut", false },
    { MEDIA_VP8,          "vp8.ogg", false },
    { MEDIA_VP9,          "vp9.ivf", false },
    { MEDIA_VP9,          "vp9.webm", false },
    { MEDIA_VP9,          "vp9.mkv", false },
    { MEDIA_VP9,          "vp9.mp4", false },
    { MEDIA_VP9,          "vp9.nut", false },
    { MEDIA_AV1,          "av1.nut", false },
    { MEDIA_H264_LENGTHS, "h264.mkv", false },
    { MEDIA_H264,         "h264.mp4", false },
    { MEDIA_H264,         "h264.mov", false },
    { MEDIA_H264,         "h264.nut", false },
    { MEDIA_H264,         "h264.h264", false },
    { MEDIA_H264,         "h264.ts", false },
    { MEDIA_H265_LENGTHS, "h265.mkv", false },
    { MEDIA_H265,         "h265.mp4", false },
    { MEDIA_H265,         "h265.nut", false },
    { MEDIA_H265,         "h265.hevc", true },
    { MEDIA_H265,         "h265.ts", true },
};

#define NB_FILES (sizeof(files) / sizeof(files[0]))

static char folder[] = "/tmp/check-capture-XXXXXX";

static void write_sealed(const char *path, const Media *media)
{
    AVBSFContext    *seal = filter_must_open("e2ee_encrypt=" KEY ":key_index=1",
                                             media);
    AVFormatContext *out  = NULL;
    AVStream *stream;

    ck_assert_int_ge(avformat_alloc_output_context2(&out, NULL, NULL, path),
                     0);
    out->strict_std_compliance = -2;
    stream = avformat_new_stream(out, NULL);
    avcodec_parameters_copy(stream->codecpar, seal->par_out);
    stream->codecpar->codec_tag = 0;
    stream->time_base = media->time_base;
    ck_assert_int_ge(avio_open(&out->pb, path, AVIO_FLAG_WRITE), 0);
    ck_assert_int_ge(avformat_write_header(out, NULL), 0);
    for (int i = 0; i < media->nb_packets; i++) {
        AVPacket *packet = filter_must_pass(seal, media->packets[i]);

        packet->stream_index = 0;
        av_packet_rescale_ts(packet, media->time_base, stream->time_base);
        ck_assert_int_ge(av_interleaved_write_frame(out, packet), 0);
        av_packet_free(&packet);
    }
    av_write_trailer(out);
    avio_closep(&out->pb);
    avformat_free_context(out);
    av_bsf_free(&seal);
}

static void check_opens(const char *path, const Media *media)
{
    const char *paths[]  = { path };
    const InputSetup setup = { 0 };
    AVPacket     *packet = av_packet_alloc();
    AVBSFContext *open   = NULL;
    Input        *input  = NULL;
    InputFrame    frame;
    InputTrack   *track;
    int64_t       last   = 0;
    int nb = 0, ret;

    ck_assert_int_eq(input_open(&input, paths, 1, &setup), 0);
    while ((ret = input_read(input, packet, &frame, &track)) >= 0) {
        AVPacket *opened;

        if (!open)
            ck_assert_int_eq(filter_open(&open, "e2ee_decrypt=" KEY
                                         ":key_index=1", track->par,
                                         track->time_base), 0);
        check_that(frame.time >= last, "%s: frame %d goes back", path, nb);
        last   = frame.time;
        opened = filter_packet(open, packet, &ret);
        check_that(opened && !strcmp(filter_metadata(opened,
                                                     "lavc.e2ee.state"),
                                     "DecryptionSuccess"),
                   "%s: frame %d of %d bytes: %s", path, nb, packet->size,
                   opened ? filter_metadata(opened, "lavc.e2ee.state")
                          : av_err2str(ret));
        av_packet_free(&opened);
        av_packet_unref(packet);
        nb++;
    }
    ck_assert_int_eq(ret, AVERROR_EOF);
    check_that(nb == media->nb_packets, "%s: %d frames of %d", path, nb,
               media->nb_packets);
    ck_assert_uint_eq(input_track(input, 0)->nb_frames, nb);
    ck_assert_int_eq(input_track(input, 0)->par->codec_id,
                     media->par->codec_id);
    av_bsf_free(&open);
    input_free(&input);
    av_packet_free(&packet);
}

START_TEST(every_frame_opens)
{
    Media *media = media_make(files[_i].kind);
    char  *path  = av_asprintf("%s/%s", folder, files[_i].file);

    if (!files[_i].late || LIBAVFORMAT_VERSION_MAJOR >= 60) {
        write_sealed(path, media);
        check_opens(path, media);
        unlink(path);
    }
    av_free(path);
    media_free(&media);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("capture_containers", &tests);
    int status;

    av_log_set_level(AV_LOG_QUIET);
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    tcase_add_loop_test(tests, every_frame_opens, 0, NB_FILES);
    status = run_suite(suite);
    rmdir(folder);
    return status;
}
