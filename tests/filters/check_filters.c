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

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "common.h"
#include "filter_run.h"

#define HASHES_MAX 128
#define TAG_AND_TRAILER 30
#define DTX "\x78"

static Media *media[MEDIA_NB];

static void make_media(void)
{
    av_log_set_level(AV_LOG_QUIET);
    for (int i = 0; i < MEDIA_NB; i++)
        media[i] = media_make(i);
}

static void free_media(void)
{
    for (int i = 0; i < MEDIA_NB; i++)
        media_free(&media[i]);
}

static int has_nal_units(const Media *m)
{
    return m->par->codec_id == AV_CODEC_ID_H264 ||
           m->par->codec_id == AV_CODEC_ID_HEVC;
}

static void free_packets(AVPacket **packets, int nb)
{
    for (int i = 0; i < nb; i++)
        av_packet_free(&packets[i]);
    free(packets);
}

/* What the description's filters make of a stream. */
static AVPacket **filter_all(const char *description, const Media *m,
                             const AVCodecParameters *par,
                             AVPacket *const *packets,
                             AVCodecParameters *par_out)
{
    AVPacket **out = calloc(m->nb_packets, sizeof(*out));
    AVBSFContext *bsf = NULL;

    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(filter_open(&bsf, description, par, m->time_base), 0);
    for (int i = 0; i < m->nb_packets; i++)
        out[i] = filter_must_pass(bsf, packets[i]);
    if (par_out)
        ck_assert_int_ge(avcodec_parameters_copy(par_out, bsf->par_out), 0);
    av_bsf_free(&bsf);
    return out;
}

static void assert_same_stream(const Media *m, const AVCodecParameters *par,
                               AVPacket *const *opened)
{
    uint64_t got[HASHES_MAX], want[HASHES_MAX];
    int nb = media_hashes(m->par, m->packets, m->nb_packets, want,
                          HASHES_MAX);

    for (int i = 0; !has_nal_units(m) && i < m->nb_packets; i++)
        assert_bytes(m->name, opened[i]->data, opened[i]->size,
                     m->packets[i]->data, m->packets[i]->size);
    ck_assert_msg(nb > 0, "%s", m->name);
    ck_assert_int_eq(media_hashes(par, opened, m->nb_packets, got,
                                  HASHES_MAX), nb);
    ck_assert_msg(!memcmp(got, want, nb * sizeof(*got)), "%s", m->name);
}

START_TEST(what_was_sealed_opens)
{
    static const char *const indexes[] = { "0", "1", "15", "17", "255" };
    const Media *m = media[_i];

    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
        AVCodecParameters *par = avcodec_parameters_alloc();
        char seal[128], open[128];
        AVPacket **sealed, **opened;

        snprintf(seal, sizeof(seal), "e2ee_encrypt=" KEY ":key_index=%s",
                 indexes[i]);
        snprintf(open, sizeof(open), "e2ee_decrypt=" KEY ":key_index=%s",
                 indexes[i]);
        sealed = filter_all(seal, m, m->par, m->packets, par);
        for (int n = 0; n < m->nb_packets; n++) {
            const AVPacket *pkt = sealed[n];

            ck_assert_int_eq(pkt->data[pkt->size - 1], atoi(indexes[i]) % 16);
            ck_assert_int_eq(pkt->data[pkt->size - 2], 12);
        }
        opened = filter_all(open, m, par, sealed, NULL);
        assert_same_stream(m, par, opened);
        free_packets(sealed, m->nb_packets);
        free_packets(opened, m->nb_packets);
        avcodec_parameters_free(&par);
    }
}
END_TEST

START_TEST(both_can_be_chained)
{
    const Media *m = media[_i];
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket **opened = filter_all("e2ee_encrypt=" KEY ",e2ee_decrypt=" KEY,
                                   m, m->par, m->packets, par);

    assert_same_stream(m, par, opened);
    free_packets(opened, m->nb_packets);
    avcodec_parameters_free(&par);
}
END_TEST

/* Two layers, the inner one's trailer is the outer one's plaintext. */
START_TEST(sealed_twice_opens_twice)
{
    const Media *m = media[_i];
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket **opened = filter_all("e2ee_encrypt=" KEY ",e2ee_encrypt="
                                   OTHER_KEY ":key_index=3,e2ee_decrypt="
                                   OTHER_KEY ":key_index=3,e2ee_decrypt=" KEY,
                                   m, m->par, m->packets, par);

    assert_same_stream(m, par, opened);
    free_packets(opened, m->nb_packets);
    avcodec_parameters_free(&par);
}
END_TEST

START_TEST(only_the_header_stays_clear)
{
    const Media *m = media[_i];
    AVPacket **sealed = filter_all("e2ee_encrypt=" KEY, m, m->par, m->packets,
                                   NULL);

    for (int n = 0; n < m->nb_packets; n++) {
        const AVPacket *in = m->packets[n], *out = sealed[n];

        if (!has_nal_units(m))
            ck_assert_int_eq(out->size, in->size + TAG_AND_TRAILER);
        if (in->size < 64)
            continue;
        for (int i = 0; i + 16 <= out->size; i++)
            ck_assert_msg(memcmp(out->data + i, in->data + in->size - 16, 16),
                          "%s: packet %d holds its plaintext", m->name, n);
    }
    free_packets(sealed, m->nb_packets);
}
END_TEST

/* A hostile or merely damaged packet is never passed on as if it were good. */
START_TEST(a_changed_byte_is_refused)
{
    const Media *m = media[_i];
    AVBSFContext *seal = filter_must_open("e2ee_encrypt=" KEY, m);
    Media sealed_media = *m;
    AVBSFContext *bsf;
    uint64_t seed = 1;

    sealed_media.par = seal->par_out;
    bsf = filter_must_open("e2ee_decrypt=" KEY, &sealed_media);
    for (int n = 0; n < 3; n++) {
        AVPacket *sealed = filter_must_pass(seal, m->packets[n]);
        AVPacket *opened = filter_must_pass(bsf, sealed);

        for (int i = 0; i < 50; i++) {
            AVPacket *forged = make_packet(sealed->data, sealed->size, 0,
                                           sealed->flags);
            int ret;
            AVPacket *out;

            forged->data[random_below(&seed, forged->size)] ^=
                1 << random_below(&seed, 8);
            out = filter_packet(bsf, forged, &ret);
            /* A start code that grows by a zero still reads the same. */
            if (out)
                assert_bytes(m->name, out->data, out->size, opened->data,
                             opened->size);
            else
                ck_assert_int_eq(ret, AVERROR(EAGAIN));
            av_packet_free(&out);
            av_packet_free(&forged);
        }
        av_packet_free(&sealed);
        av_packet_free(&opened);
    }
    ck_assert_int_gt(filter_count(bsf, "nb_failed") +
                     filter_count(bsf, "nb_missing_key"), 140);
    av_bsf_free(&seal);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(properties_are_kept)
{
    const Media *m = media[_i];
    AVBSFContext *bsf = filter_must_open("e2ee_encrypt=" KEY ",e2ee_decrypt="
                                         KEY, m);
    AVPacket *in = av_packet_clone(m->packets[0]);
    AVPacket *out;
    uint8_t *data = av_packet_new_side_data(in, AV_PKT_DATA_SKIP_SAMPLES, 10);
    size_t size;

    memset(data, 7, 10);
    in->pts          = 1234;
    in->dts          = 1230;
    in->duration     = 99;
    in->pos          = 77;
    in->stream_index = 5;
    in->flags       |= AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_TRUSTED;
    in->opaque       = &size;
    in->time_base    = (AVRational){ 3, 7 };
    out = filter_must_pass(bsf, in);
    ck_assert_int_eq(out->pts, 1234);
    ck_assert_int_eq(out->dts, 1230);
    ck_assert_int_eq(out->duration, 99);
    ck_assert_int_eq(out->pos, 77);
    ck_assert_int_eq(out->stream_index, 5);
    ck_assert_int_eq(out->flags, in->flags);
    ck_assert_ptr_eq(out->opaque, &size);
    ck_assert_int_eq(out->time_base.num, 3);
    data = av_packet_get_side_data(out, AV_PKT_DATA_SKIP_SAMPLES, &size);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(size, 10);
    ck_assert_int_eq(data[9], 7);
    av_packet_free(&in);
    av_packet_free(&out);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(decoded_frames_know_their_state)
{
    const Media *m = media[_i];
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVPacket **opened = filter_all("e2ee_encrypt=" KEY ",e2ee_decrypt=" KEY
                                   ":kind=share", m, m->par, m->packets, par);
    AVCodecContext *c = avcodec_alloc_context3(
                            avcodec_find_decoder(par->codec_id));
    AVFrame *frame = av_frame_alloc();
    int nb = 0;

    ck_assert_int_ge(avcodec_parameters_to_context(c, par), 0);
    ck_assert_int_ge(avcodec_open2(c, NULL, NULL), 0);
    for (int i = 0; i <= m->nb_packets; i++) {
        avcodec_send_packet(c, i < m->nb_packets ? opened[i] : NULL);
        for (; avcodec_receive_frame(c, frame) >= 0; nb++) {
            const AVDictionaryEntry *state =
                av_dict_get(frame->metadata, "lavc.e2ee.state", NULL, 0);
            const AVDictionaryEntry *kind =
                av_dict_get(frame->metadata, "lavc.e2ee.kind", NULL, 0);

            ck_assert_msg(!!state && !!kind, "%s: frame %d", m->name, nb);
            ck_assert_str_eq(state->value, "DecryptionSuccess");
            ck_assert_str_eq(kind->value, "share");
        }
    }
    ck_assert_int_ge(nb, m->nb_packets - 1);
    av_frame_free(&frame);
    avcodec_free_context(&c);
    free_packets(opened, m->nb_packets);
    avcodec_parameters_free(&par);
}
END_TEST

START_TEST(lengths_become_start_codes)
{
    static const enum MediaKind lengths[] = { MEDIA_H264_LENGTHS,
                                              MEDIA_H265_LENGTHS };

    for (int i = 0; i < 2; i++) {
        const Media *m = media[lengths[i]];
        AVBSFContext *bsf = filter_must_open("e2ee_encrypt=" KEY, m);
        AVPacket *out = filter_must_pass(bsf, m->packets[0]);

        ck_assert_int_eq(m->par->extradata[0], 1);
        ck_assert_uint_eq(AV_RB32(bsf->par_out->extradata), 1);
        ck_assert_uint_eq(AV_RB32(out->data), 1);
        ck_assert_int_eq(bsf->par_out->width, m->par->width);
        ck_assert_int_eq(bsf->par_out->codec_id, m->par->codec_id);
        ck_assert_int_eq(bsf->time_base_out.den, m->time_base.den);
        av_packet_free(&out);
        av_bsf_free(&bsf);
    }
}
END_TEST

START_TEST(a_shared_input_is_left_alone)
{
    const Media *m = media[_i];
    AVBSFContext *a = filter_must_open("e2ee_encrypt=" KEY, m);
    AVBSFContext *b = filter_must_open("e2ee_encrypt=" KEY, m);
    const AVPacket *in = m->packets[0];
    Bytes before = copy_bytes(in->data, in->size);
    AVPacket *sealed_a = filter_must_pass(a, in);
    AVPacket *sealed_b = filter_must_pass(b, in);
    Media sealed_media = *m;

    assert_bytes(m->name, in->data, in->size, before.data, before.size);
    free_bytes(&before);
    ck_assert_msg(sealed_a->size != sealed_b->size ||
                  memcmp(sealed_a->data, sealed_b->data, sealed_a->size),
                  "%s: two senders made the same bytes", m->name);

    before = copy_bytes(sealed_a->data, sealed_a->size);
    sealed_media.par = a->par_out;
    for (int i = 0; i < 2; i++) {
        AVBSFContext *bsf = filter_must_open("e2ee_decrypt=" KEY,
                                             &sealed_media);
        AVPacket *opened = filter_must_pass(bsf, sealed_a);

        assert_bytes(m->name, sealed_a->data, sealed_a->size, before.data,
                     before.size);
        av_packet_free(&opened);
        av_bsf_free(&bsf);
    }
    free_bytes(&before);
    av_packet_free(&sealed_a);
    av_packet_free(&sealed_b);
    av_bsf_free(&a);
    av_bsf_free(&b);
}
END_TEST

START_TEST(a_packet_without_a_buffer_is_taken)
{
    const Media *m = media[_i];
    AVBSFContext *bsf = filter_must_open("e2ee_encrypt=" KEY, m);
    const AVPacket *in = m->packets[0];
    Bytes bytes = copy_bytes(in->data, in->size);
    AVPacket *pkt = av_packet_alloc();

    ck_assert_ptr_nonnull(pkt);
    pkt->data  = bytes.data;
    pkt->size  = bytes.size;
    pkt->flags = in->flags;
    ck_assert_int_ge(av_bsf_send_packet(bsf, pkt), 0);
    ck_assert_int_ge(av_bsf_receive_packet(bsf, pkt), 0);
    assert_bytes(m->name, bytes.data, bytes.size, in->data, in->size);
    ck_assert_ptr_nonnull(pkt->buf);
    av_packet_free(&pkt);
    free_bytes(&bytes);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(padding_is_zero)
{
    static const uint8_t zeros[AV_INPUT_BUFFER_PADDING_SIZE];
    const Media *m = media[_i];
    AVBSFContext *a = filter_must_open("e2ee_encrypt=" KEY, m);
    AVBSFContext *b = NULL;

    ck_assert_int_ge(filter_open(&b, "e2ee_decrypt=" KEY, a->par_out,
                                 m->time_base), 0);
    /* Large ones first, so that pooled buffers come back with old bytes. */
    for (int i = 0; i < m->nb_packets; i++) {
        AVPacket *sealed = filter_must_pass(a, m->packets[i]);
        AVPacket *opened = filter_must_pass(b, sealed);

        ck_assert(!memcmp(sealed->data + sealed->size, zeros, sizeof(zeros)));
        ck_assert(!memcmp(opened->data + opened->size, zeros, sizeof(zeros)));
        ck_assert_uint_ge(sealed->buf->size, sealed->size + sizeof(zeros));
        av_packet_free(&sealed);
        av_packet_free(&opened);
    }
    av_bsf_free(&a);
    av_bsf_free(&b);
}
END_TEST

START_TEST(empty_packets_pass)
{
    static const char *const filters[] = { "e2ee_encrypt=" KEY,
                                           "e2ee_decrypt=" KEY };
    const Media *m = media[_i];

    for (int i = 0; i < 2; i++) {
        AVBSFContext *bsf = filter_must_open(filters[i], m);
        AVPacket *in = av_packet_alloc();
        AVPacket *out;

        /* Neither data nor side data means the end to the API. */
        ck_assert_ptr_nonnull(av_packet_new_side_data(
                                  in, AV_PKT_DATA_SKIP_SAMPLES, 10));
        out = filter_must_pass(bsf, in);
        ck_assert_int_eq(out->size, 0);
        ck_assert_int_eq(out->side_data_elems, 1);
        av_packet_free(&in);
        av_packet_free(&out);

        in  = make_packet("", 0, 3, 0);
        out = filter_must_pass(bsf, in);
        ck_assert_int_eq(out->size, 0);
        ck_assert_int_eq(out->pts, 3);
        av_packet_free(&in);
        av_packet_free(&out);
        ck_assert_int_eq(filter_count(bsf, "nb_passed"), 2);
        ck_assert_int_eq(filter_count(bsf, "nb_success"), 0);
        av_bsf_free(&bsf);
    }
}
END_TEST

START_TEST(dtx_of_a_byte_is_sealed)
{
    const Media *m = media[MEDIA_OPUS];
    AVBSFContext *a = filter_must_open("e2ee_encrypt=" KEY, m);
    AVBSFContext *b = filter_must_open("e2ee_decrypt=" KEY, m);
    AVPacket *in = make_packet(DTX, 1, 0, 0);
    AVPacket *sealed = filter_must_pass(a, in);
    AVPacket *opened = filter_must_pass(b, sealed);

    ck_assert_int_eq(sealed->size, 1 + TAG_AND_TRAILER);
    assert_bytes("DTX", opened->data, opened->size, in->data, in->size);
    av_packet_free(&in);
    av_packet_free(&sealed);
    av_packet_free(&opened);
    av_bsf_free(&a);
    av_bsf_free(&b);
}
END_TEST

START_TEST(what_is_too_short_or_unreadable_is_an_error)
{
    static const struct {
        enum MediaKind kind;
        const char    *data;
        int            size;
    } rows[] = {
        { MEDIA_VP8,  "\x10\x02",             2 },
        { MEDIA_VP8,  "\x11",                 1 },
        { MEDIA_H264, "\x65\x88\x84",         3 },
        { MEDIA_H264, "\0\0\0\1\x09\x10",     6 },
        { MEDIA_H265, "\0\0\0\1\x46\1\x10",   7 },
        { MEDIA_H264_LENGTHS, "\0\0\1\0\x65", 5 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static const char *const choices[] = { "drop", "fail" };

        for (int fail = 0; fail < 2; fail++) {
            char text[128];
            AVBSFContext *bsf;
            AVPacket *in = make_packet(rows[i].data, rows[i].size, 0,
                                       AV_PKT_FLAG_KEY);
            int ret;

            snprintf(text, sizeof(text), "e2ee_encrypt=" KEY ":on_failure=%s",
                     choices[fail]);
            bsf = filter_must_open(text, media[rows[i].kind]);
            ck_assert_msg(!filter_packet(bsf, in, &ret), "row %zu", i);
            ck_assert_msg(ret == (fail ? AVERROR_INVALIDDATA :
                                         AVERROR(EAGAIN)),
                          "row %zu, %s: %s", i, choices[fail],
                          av_err2str(ret));
            av_packet_free(&in);
            av_bsf_free(&bsf);
        }
    }
}
END_TEST

/* Without extradata nothing tells that there are lengths. */
START_TEST(lengths_that_nothing_tells_of_are_an_error)
{
    const Media *m = media[_i];
    AVCodecParameters *par = avcodec_parameters_alloc();
    AVBSFContext *bsf = NULL;
    int ret;

    ck_assert_int_ge(avcodec_parameters_copy(par, m->par), 0);
    av_freep(&par->extradata);
    par->extradata_size = 0;
    ck_assert_int_ge(filter_open(&bsf, "e2ee_encrypt=" KEY, par,
                                 m->time_base), 0);
    for (int i = 0; i < m->nb_packets; i++) {
        ck_assert_ptr_null(filter_packet(bsf, m->packets[i], &ret));
        ck_assert_int_eq(ret, AVERROR_INVALIDDATA);
    }
    ck_assert_int_eq(filter_count(bsf, "nb_failed"), m->nb_packets);
    av_bsf_free(&bsf);
    avcodec_parameters_free(&par);
}
END_TEST

START_TEST(a_filter_goes_on_after_a_flush_and_ends)
{
    const Media *m = media[_i];
    AVBSFContext *bsf = filter_must_open("e2ee_encrypt=" KEY ",e2ee_decrypt="
                                         KEY, m);
    AVPacket *out = filter_must_pass(bsf, m->packets[0]);

    av_packet_free(&out);
    av_bsf_flush(bsf);
    out = filter_must_pass(bsf, m->packets[0]);
    ck_assert_int_ge(av_bsf_send_packet(bsf, NULL), 0);
    av_packet_unref(out);
    ck_assert_int_eq(av_bsf_receive_packet(bsf, out), AVERROR_EOF);
    ck_assert_int_eq(av_bsf_receive_packet(bsf, out), AVERROR_EOF);
    av_bsf_flush(bsf);
    av_packet_free(&out);
    out = filter_must_pass(bsf, m->packets[0]);
    av_packet_free(&out);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(nothing_waits_in_the_filter)
{
    const Media *m = media[_i];
    AVBSFContext *bsf = filter_must_open("e2ee_encrypt=" KEY, m);
    AVPacket *out = av_packet_alloc();

    for (int i = 0; i < m->nb_packets; i++) {
        AVPacket *sealed = filter_must_pass(bsf, m->packets[i]);

        ck_assert_int_eq(av_bsf_receive_packet(bsf, out), AVERROR(EAGAIN));
        av_packet_free(&sealed);
    }
    av_packet_free(&out);
    av_bsf_free(&bsf);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("filters", &tests);

    tcase_add_unchecked_fixture(tests, make_media, free_media);
    tcase_add_loop_test(tests, what_was_sealed_opens, 0, MEDIA_NB);
    tcase_add_loop_test(tests, both_can_be_chained, 0, MEDIA_NB);
    tcase_add_loop_test(tests, sealed_twice_opens_twice, 0, MEDIA_NB);
    tcase_add_loop_test(tests, only_the_header_stays_clear, 0, MEDIA_NB);
    tcase_add_loop_test(tests, a_changed_byte_is_refused, 0, MEDIA_NB);
    tcase_add_loop_test(tests, properties_are_kept, 0, MEDIA_NB);
    tcase_add_loop_test(tests, decoded_frames_know_their_state, 0, MEDIA_NB);
    tcase_add_test(tests, lengths_become_start_codes);
    tcase_add_loop_test(tests, a_shared_input_is_left_alone, 0, MEDIA_NB);
    tcase_add_loop_test(tests, a_packet_without_a_buffer_is_taken, 0,
                        MEDIA_NB);
    tcase_add_loop_test(tests, padding_is_zero, 0, MEDIA_NB);
    tcase_add_loop_test(tests, empty_packets_pass, 0, MEDIA_NB);
    tcase_add_test(tests, dtx_of_a_byte_is_sealed);
    tcase_add_test(tests, what_is_too_short_or_unreadable_is_an_error);
    tcase_add_loop_test(tests, lengths_that_nothing_tells_of_are_an_error,
                        MEDIA_H264_LENGTHS, MEDIA_H264_LENGTHS + 1);
    tcase_add_loop_test(tests, lengths_that_nothing_tells_of_are_an_error,
                        MEDIA_H265_LENGTHS, MEDIA_H265_LENGTHS + 1);
    tcase_add_loop_test(tests, a_filter_goes_on_after_a_flush_and_ends, 0,
                        MEDIA_NB);
    tcase_add_loop_test(tests, nothing_waits_in_the_filter, 0, MEDIA_NB);
    return run_suite(suite);
}
