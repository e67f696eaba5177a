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
 * The golden vectors again, this time through the filters as a program uses
 * them; check_videosdk.c has the reasons for what differs.
 */

#include <stdlib.h>
#include <string.h>

#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "common.h"
#include "filter_run.h"

#define SEALS_AS "livekit-client@2.23.0"

/* Vectors that we do not seal as the worker does. */
static const struct {
    const char *name;
    int         refused;
} differs[] = {
    { "vp8-delta-looks-like-h264-codec-given", 0 },
    { "h264-sps-pps-only",                     1 },
    { "h264-avcc-length-prefixed",             1 },
};

static const struct {
    const char    *name;
    enum AVCodecID id;
} codecs[] = {
    { "opus", AV_CODEC_ID_OPUS }, { "vp8",  AV_CODEC_ID_VP8 },
    { "vp9",  AV_CODEC_ID_VP9 },  { "av1",  AV_CODEC_ID_AV1 },
    { "h264", AV_CODEC_ID_H264 }, { "h265", AV_CODEC_ID_HEVC },
};

static int difference(const json_t *vector)
{
    for (size_t i = 0; i < sizeof(differs) / sizeof(differs[0]); i++)
        if (!strcmp(text_of(vector, "name"), differs[i].name))
            return i;
    return -1;
}

static AVPacket *packet_of(const json_t *vector, const char *hex)
{
    Bytes bytes = hex_bytes(hex);
    int key = !strcmp(text_of(vector, "type"), "key");
    AVPacket *pkt = make_packet(bytes.data, bytes.size, 0,
                                key ? AV_PKT_FLAG_KEY : 0);

    free_bytes(&bytes);
    return pkt;
}

/*
 * A secret may hold what is special on a command line, so options are set
 * one by one, and the codec's parameters are nothing but its name.
 */
static AVBSFContext *open_filter(const char *name, const json_t *vector)
{
    int known = json_is_true(json_object_get(vector, "codecKnown"));
    const struct {
        const char *option, *value;
    } texts[] = {
        { "salt",    text_of(vector, "salt") },
        { "key",     text_of(vector, "key") },
        { "key_hex", text_of(vector, "keyHex") },
        { "kdf",     text_of(vector, "keyHex") ? "hkdf" : "pbkdf2" },
        { "peer",    known ? "native" : "web" },
    };
    const struct {
        const char *option, *member;
    } numbers[] = {
        { "key_index", "keyIndex" }, { "key_size", "keyBits" },
    };
    AVBSFContext *bsf = NULL;

    ck_assert_int_ge(av_bsf_alloc(av_bsf_get_by_name(name), &bsf), 0);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].value)
            filter_set(bsf, texts[i].option, texts[i].value);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        ck_assert_int_ge(av_opt_set_int(bsf->priv_data, numbers[i].option,
                                        json_integer_value(json_object_get(
                                            vector, numbers[i].member)), 0),
                         0);
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (!strcmp(codecs[i].name, text_of(vector, "codec")))
            bsf->par_in->codec_id = codecs[i].id;
    return bsf;
}

static void check_sealed(const json_t *vector, const json_t *result)
{
    const char *name = text_of(vector, "name"), *iv = text_of(result, "iv");
    AVBSFContext *bsf = open_filter("e2ee_encrypt", vector);
    AVPacket *in = packet_of(vector, text_of(vector, "input")), *out;
    Bytes sealed = bytes_of(result, "sealed");
    int differs_at = difference(vector), ret;

    if (iv)
        filter_set(bsf, "iv", iv);
    filter_set(bsf, "drop_sei", "never");
    ck_assert_int_ge(av_bsf_init(bsf), 0);
    out = filter_packet(bsf, in, &ret);
    if (differs_at < 0)
        assert_bytes(name, out ? out->data : NULL, out ? out->size : 0,
                     sealed.data, sealed.size);
    else
        ck_assert_msg(!!out != differs[differs_at].refused, "%s", name);
    av_packet_free(&in);
    av_packet_free(&out);
    free_bytes(&sealed);
    av_bsf_free(&bsf);
}

/* Every worker's frames open, with start codes rewritten or as they were. */
static void check_opened(const json_t *vector, const json_t *result)
{
    const char *name = text_of(vector, "name");
    AVBSFContext *bsf = open_filter("e2ee_decrypt", vector);
    AVPacket *sealed = packet_of(vector, text_of(result, "sealed")), *out;
    AVPacket *input = packet_of(vector, text_of(vector, "input"));

    ck_assert_int_ge(av_bsf_init(bsf), 0);
    out = filter_must_pass(bsf, sealed);
    if (out->size == input->size)
        assert_bytes(name, out->data, out->size, input->data, input->size);
    else
        ck_assert_str_eq(name, "h264-key-3byte");
    if (input->size)
        ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"),
                         "DecryptionSuccess");
    av_packet_free(&sealed);
    av_packet_free(&input);
    av_packet_free(&out);
    av_bsf_free(&bsf);
}

static int made_by(const json_t *result, const char *worker)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(result, "workers"), i, entry)
        if (!strcmp(json_string_value(entry), worker))
            return 1;
    return 0;
}

START_TEST(filters_give_the_workers_bytes)
{
    json_t *root = load_vectors("videosdk-livekit.json");
    const json_t *vector, *result;
    int nb_sealed = 0, nb_opened = 0;
    size_t i, n;

    json_array_foreach(json_object_get(root, "vectors"), i, vector)
        json_array_foreach(json_object_get(vector, "results"), n, result) {
            if (!text_of(result, "sealed"))
                continue;
            if (made_by(result, SEALS_AS)) {
                check_sealed(vector, result);
                nb_sealed++;
            }
            check_opened(vector, result);
            nb_opened++;
        }
    json_decref(root);
    ck_assert_int_ge(nb_sealed, 29);
    ck_assert_int_ge(nb_opened, 34);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("filters_vectors", &tests);

    av_log_set_level(AV_LOG_QUIET);
    tcase_add_test(tests, filters_give_the_workers_bytes);
    return run_suite(suite);
}
