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

/* Fingerprints of decoded frames, and whose frame a frame is. */

#include <stdlib.h>
#include <string.h>

#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>

#include "common.h"
#include "media/compare.h"

static AVFrame *make_picture(int width, int height)
{
    AVFrame *frame = av_frame_alloc();

    frame->format = AV_PIX_FMT_YUV420P;
    frame->width  = width;
    frame->height = height;
    ck_assert_int_eq(av_frame_get_buffer(frame, 64), 0);
    for (int plane = 0; plane < 3; plane++) {
        int rows = plane ? (height + 1) / 2 : height;

        for (int i = 0; i < rows * frame->linesize[plane]; i++)
            frame->data[plane][i] = i * 31 + plane;
    }
    return frame;
}

static AVFrame *make_sound(enum AVSampleFormat format)
{
    AVFrame *frame = av_frame_alloc();

    frame->format      = format;
    frame->nb_samples  = 480;
    frame->sample_rate = 48000;
    av_channel_layout_default(&frame->ch_layout, 2);
    ck_assert_int_eq(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 2 && frame->extended_data[i]; i++)
        memset(frame->extended_data[i], i + 1, 480);
    return frame;
}

static Fingerprint fingerprint(const AVFrame *frame)
{
    Fingerprint fp;

    ck_assert_int_eq(fingerprint_frame(&fp, frame), 0);
    return fp;
}

static int equal(Fingerprint a, Fingerprint b)
{
    return !memcmp(&a, &b, sizeof(a));
}

START_TEST(picture_bytes_count_padding_does_not)
{
    AVFrame *frame = make_picture(33, 17);
    Fingerprint before = fingerprint(frame);
    uint8_t *last[3] = {
        frame->data[0] + 16 * frame->linesize[0] + 32,
        frame->data[1] +  8 * frame->linesize[1] + 16,
        frame->data[2] +  8 * frame->linesize[2] + 16,
    };

    for (int plane = 0; plane < 3; plane++) {
        last[plane][1] ^= 1;
        ck_assert(equal(before, fingerprint(frame)));
        last[plane][0] ^= 1;
        ck_assert(!equal(before, fingerprint(frame)));
        last[plane][0] ^= 1;
    }
    av_frame_free(&frame);
}
END_TEST

START_TEST(sample_bytes_of_every_channel_count)
{
    static const enum AVSampleFormat formats[] = {
        AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16,
    };
    AVFrame *frame = make_sound(formats[_i]);
    Fingerprint before = fingerprint(frame);
    uint8_t *last = _i ? frame->extended_data[0] + 480 * 2 * 2 - 1
                       : frame->extended_data[1] + 480 * 4 - 1;

    *last ^= 1;
    ck_assert(!equal(before, fingerprint(frame)));
    *last ^= 1;
    ck_assert(equal(before, fingerprint(frame)));
    frame->sample_rate = 44100;
    ck_assert(!equal(before, fingerprint(frame)));
    av_frame_free(&frame);
}
END_TEST

START_TEST(matches_by_time_and_content)
{
    Reference *ref = calloc(1, sizeof(*ref));
    Fingerprint a = { { 1 } }, b = { { 2 } };

    ck_assert(!reference_match(ref, 0, &(Fingerprint){ { 0 } }));
    reference_add(ref, 0, &a);
    reference_add(ref, 3000, &b);
    ck_assert(reference_match(ref, 0, &a));
    ck_assert(reference_match(ref, 3000, &b));
    ck_assert(!reference_match(ref, 3000, &a));
    ck_assert(!reference_match(ref, 6000, &b));

    for (int i = 2; i < REFERENCE_FRAMES; i++)
        reference_add(ref, i * 3000, &b);
    ck_assert(reference_match(ref, 0, &a));
    reference_add(ref, REFERENCE_FRAMES * 3000, &b);
    ck_assert(!reference_match(ref, 0, &a));
    ck_assert(reference_match(ref, 3000, &b));
    free(ref);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("tool_compare", &tests);

    tcase_add_test(tests, picture_bytes_count_padding_does_not);
    tcase_add_loop_test(tests, sample_bytes_of_every_channel_count, 0, 2);
    tcase_add_test(tests, matches_by_time_and_content);
    return run_suite(suite);
}
