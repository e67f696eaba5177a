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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "common.h"
#include "filter_run.h"

#define KEY_DIGITS "000102030405060708090a0b0c0d0e0f"
#define SECRET "correct horse battery staple"
#define FRAME "\x78-the-sound-of-a-voice"

static Media voice;
static AVPacket *frame;

static void set_up(void)
{
    av_log_set_level(AV_LOG_QUIET);
    voice.name      = "Opus";
    voice.time_base = (AVRational){ 1, 1000 };
    voice.par       = avcodec_parameters_alloc();
    ck_assert_ptr_nonnull(voice.par);
    voice.par->codec_type = AVMEDIA_TYPE_AUDIO;
    voice.par->codec_id   = AV_CODEC_ID_OPUS;
    frame = make_packet(FRAME, strlen(FRAME), 0, 0);
}

static void tear_down(void)
{
    avcodec_parameters_free(&voice.par);
    av_packet_free(&frame);
}

/* The state a packet's metadata has, or the error. */
static void assert_state(AVBSFContext *bsf, const AVPacket *in,
                         const char *state)
{
    int ret;
    AVPacket *out = filter_packet(bsf, in, &ret);

    ck_assert_msg(!!out, "%s: %s", state, av_err2str(ret));
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"), state);
    av_packet_free(&out);
}

static void assert_dropped(AVBSFContext *bsf, const AVPacket *in)
{
    int ret;

    ck_assert_ptr_null(filter_packet(bsf, in, &ret));
    ck_assert_int_eq(ret, AVERROR(EAGAIN));
}

static AVPacket *seal_with(const char *options)
{
    char text[512];
    AVBSFContext *bsf;
    AVPacket *pkt;

    snprintf(text, sizeof(text), "e2ee_encrypt=%s", options);
    bsf = filter_must_open(text, &voice);
    pkt = filter_must_pass(bsf, frame);
    av_bsf_free(&bsf);
    return pkt;
}

static AVBSFContext *keeper(const char *options)
{
    char text[512];

    snprintf(text, sizeof(text), "e2ee_decrypt=on_failure=keep:%s", options);
    return filter_must_open(text, &voice);
}

static void write_key_file(char *name, const char *text)
{
    int fd = mkstemp(name);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

START_TEST(states_of_a_receiver)
{
    AVPacket *good = seal_with(KEY), *index_1 = seal_with(KEY ":key_index=1");
    AVPacket *bad = av_packet_clone(good);
    AVBSFContext *bsf = keeper(KEY), *wrong = keeper(OTHER_KEY);
    AVPacket *out;

    ck_assert_int_ge(av_packet_make_writable(bad), 0);
    bad->data[5] ^= 1;
    assert_state(bsf, bad, "InvalidKey");
    assert_state(bsf, good, "DecryptionSuccess");
    assert_state(bsf, bad, "DecryptionFailed");
    assert_state(bsf, index_1, "MissingKey");
    assert_state(bsf, frame, "DecryptionFailed");
    assert_state(wrong, good, "InvalidKey");

    out = filter_must_pass(bsf, frame);
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), "not-sealed");
    ck_assert(out->flags & AV_PKT_FLAG_CORRUPT);
    assert_bytes("kept", out->data, out->size, frame->data, frame->size);
    av_packet_free(&out);
    out = filter_must_pass(bsf, good);
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), "");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.kind"), "audio");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.scheme"), "videosdk");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.key_index"), "0");
    ck_assert(!(out->flags & AV_PKT_FLAG_CORRUPT));
    av_packet_free(&out);

    ck_assert_int_eq(filter_count(bsf, "nb_success"), 2);
    ck_assert_int_eq(filter_count(bsf, "nb_failed"), 3);
    ck_assert_int_eq(filter_count(bsf, "nb_not_sealed"), 2);
    ck_assert_int_eq(filter_count(bsf, "nb_missing_key"), 1);
    ck_assert_int_eq(filter_count(bsf, "nb_invalid_key"), 1);
    ck_assert_int_eq(filter_count(bsf, "nb_internal_error"), 0);
    av_packet_free(&good);
    av_packet_free(&bad);
    av_packet_free(&index_1);
    av_bsf_free(&bsf);
    av_bsf_free(&wrong);
}
END_TEST

START_TEST(a_failed_frame_is_dropped_kept_or_an_error)
{
    AVPacket *good = seal_with(KEY);
    AVBSFContext *drop = filter_must_open("e2ee_decrypt=" OTHER_KEY, &voice);
    AVBSFContext *keep = keeper(OTHER_KEY);
    AVBSFContext *fail = filter_must_open("e2ee_decrypt=on_failure=fail:"
                                          OTHER_KEY, &voice);
    int ret;
    AVPacket *out;

    assert_dropped(drop, good);
    out = filter_must_pass(keep, good);
    ck_assert(out->flags & AV_PKT_FLAG_CORRUPT);
    assert_bytes("kept", out->data, out->size, good->data, good->size);
    av_packet_free(&out);
    ck_assert_ptr_null(filter_packet(fail, good, &ret));
    ck_assert_int_eq(ret, AVERROR_INVALIDDATA);
    filter_set(fail, "on_failure", "drop");
    assert_dropped(fail, good);
    av_packet_free(&good);
    av_bsf_free(&drop);
    av_bsf_free(&keep);
    av_bsf_free(&fail);
}
END_TEST

START_TEST(the_state_can_be_read)
{
    AVPacket *good = seal_with(KEY);
    AVBSFContext *bsf = keeper(OTHER_KEY);
    const AVOption *o = NULL;

    ck_assert_int_eq(filter_count(bsf, "state"), 0);
    assert_state(bsf, good, "InvalidKey");
    while ((o = av_opt_next(bsf->priv_data, o)))
        if (o->type == AV_OPT_TYPE_CONST && o->unit &&
            !strcmp(o->unit, "state") &&
            o->default_val.i64 == filter_count(bsf, "state"))
            break;
    ck_assert_ptr_nonnull(o);
    ck_assert_str_eq(o->name, "InvalidKey");
    ck_assert_int_lt(av_opt_set(bsf->priv_data, "state", "None", 0), 0);
    ck_assert_int_lt(av_opt_set(bsf->priv_data, "nb_success", "7", 0), 0);
    av_packet_free(&good);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(a_report_is_on_all_packets_some_or_none)
{
    static const struct {
        const char *report;
        int         expected[4];
    } rows[] = {
        { "none",    { 0, 0, 0, 0 } },
        { "changes", { 1, 0, 1, 1 } },
        { "all",     { 1, 1, 1, 1 } },
    };
    AVPacket *good = seal_with("report=none:" KEY);
    AVPacket *const packets[] = { good, good, frame, good };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AVBSFContext *bsf = keeper(KEY);

        filter_set(bsf, "report", rows[i].report);
        for (int n = 0; n < 4; n++) {
            AVPacket *out = filter_must_pass(bsf, packets[n]);

            ck_assert_msg(!!*filter_metadata(out, "lavc.e2ee.state") ==
                          rows[i].expected[n], "%s, %d", rows[i].report, n);
            av_packet_free(&out);
        }
        av_bsf_free(&bsf);
    }
    av_packet_free(&good);
}
END_TEST

START_TEST(metadata_of_others_stays)
{
    AVBSFContext *bsf = keeper(KEY);
    AVDictionary *dict = NULL;
    AVPacket *in = av_packet_clone(frame), *out, *good = seal_with(KEY);
    uint8_t *data;
    size_t size;

    av_dict_set(&dict, "lyrics", "la la", 0);
    av_dict_set(&dict, "lavc.e2ee.state", "old", 0);
    data = av_packet_pack_dictionary(dict, &size);
    ck_assert_int_ge(av_packet_add_side_data(in, AV_PKT_DATA_STRINGS_METADATA,
                                             data, size), 0);
    out = filter_must_pass(bsf, in);
    ck_assert_str_eq(filter_metadata(out, "lyrics"), "la la");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"),
                     "DecryptionFailed");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), "not-sealed");
    ck_assert_int_eq(out->side_data_elems, 1);

    /* A reason of a filter before, and none now. */
    av_packet_unref(in);
    ck_assert_int_ge(av_packet_ref(in, good), 0);
    data = av_memdup(out->side_data[0].data, out->side_data[0].size);
    size = out->side_data[0].size;
    av_packet_free_side_data(in);
    ck_assert_int_ge(av_packet_add_side_data(in, AV_PKT_DATA_STRINGS_METADATA,
                                             data, size), 0);
    av_packet_free(&out);
    out = filter_must_pass(bsf, in);
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"),
                     "DecryptionSuccess");
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), "");
    ck_assert_str_eq(filter_metadata(out, "lyrics"), "la la");
    av_dict_free(&dict);
    av_packet_free(&in);
    av_packet_free(&out);
    av_packet_free(&good);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(the_kind_is_what_was_said)
{
    static const char *const kinds[] = { "audio", "video", "share",
                                         "share_audio" };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char options[128];
        AVPacket *pkt;

        snprintf(options, sizeof(options), KEY ":kind=%s", kinds[i]);
        pkt = seal_with(options);
        ck_assert_str_eq(filter_metadata(pkt, "lavc.e2ee.kind"), kinds[i]);
        av_packet_free(&pkt);
    }
}
END_TEST

START_TEST(keys_change_while_frames_flow)
{
    AVBSFContext *sender = filter_must_open("e2ee_encrypt=" KEY, &voice);
    AVBSFContext *receiver = keeper(KEY);
    char name[] = "filters-key-XXXXXX";
    const struct {
        const char *option, *value;
    } changes[] = {
        { "key_hex", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" },
        { "key", SECRET },
        { "key", "" },
        { "key_file", name },
        { "key_index", "3" },
        { "key_index", "19" },
    };

    write_key_file(name, "one secret\n1:another\n3:hex:" KEY_DIGITS "\n");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        AVPacket *sealed;

        filter_set(sender, changes[i].option, changes[i].value);
        sealed = filter_must_pass(sender, frame);
        if (strcmp(changes[i].option, "key_index")) {
            assert_state(receiver, sealed, i ? "DecryptionFailed" :
                                               "InvalidKey");
            filter_set(receiver, changes[i].option, changes[i].value);
        }
        assert_state(receiver, sealed, "DecryptionSuccess");
        ck_assert_int_eq(sealed->data[sealed->size - 1], i < 4 ? 0 : 3);
        av_packet_free(&sealed);
    }
    unlink(name);
    av_bsf_free(&sender);
    av_bsf_free(&receiver);
}
END_TEST

START_TEST(secrets_do_not_stay_in_the_options)
{
    static const char *const options[] = { "key", "key_hex", "key_file" };
    char name[] = "filters-key-XXXXXX", text[256];

    write_key_file(name, SECRET "\n");
    snprintf(text, sizeof(text), "e2ee_encrypt=key=x:" KEY ":key_file=%s",
             name);
    for (int at_run_time = 0; at_run_time < 2; at_run_time++) {
        AVBSFContext *bsf = filter_must_open(text, &voice);

        if (at_run_time) {
            AVPacket *out;

            filter_set(bsf, "key", "x");
            filter_set(bsf, "key_hex", KEY_DIGITS);
            filter_set(bsf, "key_file", name);
            out = filter_must_pass(bsf, frame);
            av_packet_free(&out);
        }
        for (int i = 0; i < 3; i++) {
            uint8_t *value = NULL;

            ck_assert_int_ge(av_opt_get(bsf->priv_data, options[i], 0,
                                        &value), 0);
            ck_assert_str_eq((char *)value, "");
            av_free(value);
        }
        av_bsf_free(&bsf);
    }
    unlink(name);
}
END_TEST

/* Sealing on with the old key would betray who asked for the new one. */
START_TEST(a_key_that_cannot_be_set_leaves_none)
{
    static const struct {
        const char *option, *value;
    } rows[] = {
        { "key_hex",  "0g" },
        { "key_hex",  "abc" },
        { "key_hex",  "" },
        { "key_file", "/no/such/file" },
        { "key_file", "/" },
        { "key_file", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AVBSFContext *sender = filter_must_open("e2ee_encrypt=" KEY, &voice);
        AVBSFContext *receiver = keeper(KEY);
        AVPacket *sealed = filter_must_pass(sender, frame);
        int ret;

        assert_state(receiver, sealed, "DecryptionSuccess");
        filter_set(sender, rows[i].option, rows[i].value);
        filter_set(receiver, rows[i].option, rows[i].value);
        ck_assert_ptr_null(filter_packet(sender, frame, &ret));
        ck_assert_msg(ret < 0 && ret != AVERROR(EAGAIN), "row %zu", i);
        assert_dropped(sender, frame);
        ck_assert_int_eq(filter_count(sender, "nb_missing_key"), 1);
        ck_assert_ptr_null(filter_packet(receiver, sealed, &ret));
        ck_assert_msg(ret < 0 && ret != AVERROR(EAGAIN), "row %zu", i);
        assert_state(receiver, sealed, "MissingKey");

        filter_set(sender, "key_hex", KEY_DIGITS);
        filter_set(receiver, "key_hex", KEY_DIGITS);
        assert_state(sender, frame, "EncryptionSuccess");
        assert_state(receiver, sealed, "DecryptionSuccess");
        av_packet_free(&sealed);
        av_bsf_free(&sender);
        av_bsf_free(&receiver);
    }
}
END_TEST

/* The new keys of a file come all or not at all. */
START_TEST(a_bad_line_leaves_no_key_of_its_file)
{
    char name[] = "filters-key-XXXXXX", text[256];
    AVBSFContext *receiver;
    AVPacket *sealed[2];

    write_key_file(name, "0:first\n1:second\n999:third\n");
    snprintf(text, sizeof(text), "key_file=%s", name);
    sealed[0] = seal_with("key=first");
    sealed[1] = seal_with("key=second:key_index=1");
    receiver  = keeper("key=old");
    filter_set(receiver, "key_file", name);
    for (int i = 0; i < 2; i++) {
        int ret;
        AVPacket *out = filter_packet(receiver, sealed[i], &ret);

        ck_assert_int_eq(!!out, i);
        if (out)
            ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"),
                             "MissingKey");
        av_packet_free(&out);
    }
    assert_state(receiver, sealed[0], "MissingKey");
    unlink(name);
    av_packet_free(&sealed[0]);
    av_packet_free(&sealed[1]);
    av_bsf_free(&receiver);
}
END_TEST

START_TEST(an_index_without_a_key_drops)
{
    AVBSFContext *sender = filter_must_open("e2ee_encrypt=" KEY, &voice);

    filter_set(sender, "key_index", "1");
    assert_dropped(sender, frame);
    ck_assert_int_eq(filter_count(sender, "nb_missing_key"), 1);
    filter_set(sender, "key_index", "0");
    assert_state(sender, frame, "EncryptionSuccess");
    av_bsf_free(&sender);
}
END_TEST

START_TEST(a_key_is_required_unless_it_may_come_later)
{
    static const char *const refused[] = {
        "e2ee_encrypt", "e2ee_decrypt",
        "e2ee_encrypt=key_schedule=1@1:" KEY,
    };
    AVBSFContext *bsf;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        ck_assert_int_eq(filter_open(&bsf, refused[i], voice.par,
                                     voice.time_base), AVERROR(EINVAL));

    bsf = filter_must_open("e2ee_encrypt=require_key=0", &voice);
    assert_dropped(bsf, frame);
    ck_assert_int_eq(filter_count(bsf, "nb_missing_key"), 1);
    filter_set(bsf, "key", SECRET);
    assert_state(bsf, frame, "EncryptionSuccess");
    av_bsf_free(&bsf);

    bsf = keeper("require_key=0");
    {
        AVPacket *sealed = seal_with("key=" SECRET);

        assert_state(bsf, sealed, "MissingKey");
        filter_set(bsf, "key", SECRET);
        assert_state(bsf, sealed, "DecryptionSuccess");
        av_packet_free(&sealed);
    }
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    static const char *const rows[] = {
        "e2ee_encrypt=scheme=rot13:" KEY,
        "e2ee_encrypt=scheme=:" KEY,
        "e2ee_encrypt=key_size=192:" KEY,
        "e2ee_encrypt=key_ring=-1:" KEY,
        "e2ee_encrypt=key_size=1:" KEY,
        "e2ee_encrypt=failure_tolerance=-3:" KEY,
        "e2ee_encrypt=key_ring=257:" KEY,
        "e2ee_encrypt=key_index=256:" KEY,
        "e2ee_encrypt=key_index=-1:" KEY,
        "e2ee_encrypt=kdf=scrypt:" KEY,
        "e2ee_encrypt=kdf=raw:key_size=256:" KEY,
        "e2ee_encrypt=kdf=raw:key=short",
        "e2ee_encrypt=iv=00:" KEY,
        "e2ee_encrypt=iv=:" KEY,
        "e2ee_encrypt=iv=a0a1a2a3a4a5a6a70000000x:" KEY,
        "e2ee_encrypt=key_schedule=x:" KEY,
        "e2ee_encrypt=key_schedule=0:" KEY,
        "e2ee_encrypt=key_schedule=0@:" KEY,
        "e2ee_encrypt=key_schedule=ratchet:" KEY,
        "e2ee_encrypt=key_schedule=ratchets@1:" KEY,
        "e2ee_encrypt=key_schedule=ratchet@1/ratchet@1:" KEY,
        "e2ee_encrypt=key_schedule=@1:" KEY,
        "e2ee_encrypt=key_schedule=0@x:" KEY,
        "e2ee_encrypt=key_schedule=256@1:" KEY,
        "e2ee_encrypt=key_schedule=-1@1:" KEY,
        "e2ee_encrypt=key_schedule=0@2/0@1:" KEY,
        "e2ee_encrypt=key_schedule=0@1/:" KEY ":key_schedule=0@1//0@2",
        "e2ee_encrypt=on_failure=keep:" KEY,
        "e2ee_encrypt=ratchet_window=256:" KEY,
        "e2ee_decrypt=key_schedule=0@1:" KEY,
        "e2ee_decrypt=iv=a0a1a2a3a4a5a6a700000000:" KEY,
        "e2ee_decrypt=key_hex=0:" KEY ":key_hex=123",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AVBSFContext *bsf = NULL;

        ck_assert_msg(filter_open(&bsf, rows[i], voice.par,
                                  voice.time_base) < 0, "%s", rows[i]);
        av_bsf_free(&bsf);
    }
}
END_TEST

START_TEST(a_codec_without_a_rule_is_refused)
{
    AVBSFContext *bsf;

    voice.par->codec_id = AV_CODEC_ID_AAC;
    ck_assert_int_eq(filter_open(&bsf, "e2ee_encrypt=" KEY, voice.par,
                                 voice.time_base), AVERROR(EINVAL));
    ck_assert_int_eq(filter_open(&bsf, "e2ee_decrypt=" KEY, voice.par,
                                 voice.time_base), AVERROR(EINVAL));
}
END_TEST

static int sealed_index(AVBSFContext *bsf, int64_t pts, int64_t dts)
{
    AVPacket *in = av_packet_clone(frame), *out;
    int index;

    in->pts = pts;
    in->dts = dts;
    out   = filter_must_pass(bsf, in);
    index = out->data[out->size - 1];
    av_packet_free(&in);
    av_packet_free(&out);
    return index;
}

START_TEST(a_schedule_is_followed)
{
    char name[] = "filters-key-XXXXXX", text[256];
    AVBSFContext *bsf;

    write_key_file(name, "0:a\n1:b\n2:c\n");
    snprintf(text, sizeof(text), "e2ee_encrypt=key_file=%s:"
             "key_schedule=1@10/2@25.5/0@30", name);
    bsf = filter_must_open(text, &voice);
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(sealed_index(bsf, 0, 0), 0);
        ck_assert_int_eq(sealed_index(bsf, 9999, 9999), 0);
        ck_assert_int_eq(sealed_index(bsf, 10000, 10000), 1);
        ck_assert_int_eq(sealed_index(bsf, AV_NOPTS_VALUE, AV_NOPTS_VALUE),
                         1);
        ck_assert_int_eq(sealed_index(bsf, 25499, AV_NOPTS_VALUE), 1);
        ck_assert_int_eq(sealed_index(bsf, 25500, AV_NOPTS_VALUE), 2);
        ck_assert_int_eq(sealed_index(bsf, 26000, 26000), 2);
        ck_assert_int_eq(sealed_index(bsf, 60000, 60000), 0);
        /* One that comes late does not turn the time back. */
        ck_assert_int_eq(sealed_index(bsf, 12000, 12000), 0);
        av_bsf_flush(bsf);
    }
    ck_assert_int_eq(sealed_index(bsf, 26000, 26000), 2);
    av_bsf_flush(bsf);
    ck_assert_int_eq(sealed_index(bsf, 1000, 1000), 0);
    unlink(name);
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(what_is_not_enabled_is_dropped_or_passed)
{
    static const char *const filters[] = { "e2ee_encrypt=" KEY,
                                           "e2ee_decrypt=" KEY };
    AVPacket *empty = make_packet("", 0, 0, 0);

    for (int i = 0; i < 2; i++) {
        AVBSFContext *bsf = filter_must_open(filters[i], &voice);
        AVPacket *out;

        filter_set(bsf, "enabled", "0");
        assert_dropped(bsf, frame);
        assert_dropped(bsf, empty);
        filter_set(bsf, "discard_not_ready", "0");
        out = filter_must_pass(bsf, frame);
        assert_bytes("passed", out->data, out->size, frame->data,
                     frame->size);
        ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.state"), "");
        av_packet_free(&out);
        ck_assert_int_eq(filter_count(bsf, "nb_passed"), 1);
        filter_set(bsf, "enabled", "1");
        if (i)
            assert_dropped(bsf, frame);
        else
            assert_state(bsf, frame, "EncryptionSuccess");
        av_bsf_free(&bsf);
    }
    av_packet_free(&empty);
}
END_TEST

START_TEST(a_key_that_always_fails_is_given_up)
{
    AVPacket *good = seal_with(KEY), *bad = seal_with(OTHER_KEY);
    AVBSFContext *bsf = keeper("failure_tolerance=2:" KEY);
    AVPacket *out;

    assert_state(bsf, good, "DecryptionSuccess");
    for (int i = 0; i < 2; i++)
        assert_state(bsf, bad, "DecryptionFailed");
    assert_state(bsf, good, "DecryptionSuccess");
    for (int i = 0; i < 3; i++)
        assert_state(bsf, bad, "DecryptionFailed");
    assert_state(bsf, good, "InvalidKey");
    out = filter_must_pass(bsf, good);
    ck_assert_str_eq(filter_metadata(out, "lavc.e2ee.reason"), "key-barred");
    av_packet_free(&out);
    filter_set(bsf, "key_hex", KEY_DIGITS);
    assert_state(bsf, good, "DecryptionSuccess");
    av_packet_free(&good);
    av_packet_free(&bad);
    av_bsf_free(&bsf);
}
END_TEST

/* kdf.json has a chain of ratchet steps of a known secret. */
START_TEST(a_ratchet_is_looked_ahead)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *chain, *ratchet = NULL;
    size_t n;
    json_t *entry;
    AVPacket *steps[4];
    char text[256];
    AVBSFContext *none, *two;

    json_array_foreach(json_object_get(root, "ratchet"), n, entry)
        if (text_of(entry, "key") && text_of(entry, "salt") && !ratchet)
            ratchet = entry;
    ck_assert_msg(!!ratchet, "no chain of a passphrase");
    chain = json_object_get(ratchet, "chain");
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof(text), "kdf=raw:key_hex=%s",
                 text_of(json_array_get(chain, i + 1), "aesKey"));
        steps[i] = seal_with(text);
    }
    snprintf(text, sizeof(text), "salt=%s:key=%s", text_of(ratchet, "salt"),
             text_of(ratchet, "key"));
    none = keeper(text);
    snprintf(text, sizeof(text), "ratchet_window=2:salt=%s:key=%s",
             text_of(ratchet, "salt"), text_of(ratchet, "key"));
    two = keeper(text);
    assert_state(none, steps[0], "InvalidKey");
    assert_state(two, steps[2], "InvalidKey");
    assert_state(two, steps[1], "DecryptionSuccess");
    assert_state(two, steps[0], "DecryptionFailed");
    assert_state(two, steps[3], "DecryptionSuccess");
    for (int i = 0; i < 4; i++)
        av_packet_free(&steps[i]);
    av_bsf_free(&none);
    av_bsf_free(&two);
    json_decref(root);
}
END_TEST

/* Opened by keys that know nothing of ratchets, in the chain's order. */
START_TEST(a_sender_ratchets_when_told)
{
    json_t *root = load_vectors("kdf.json");
    const json_t *ratchet = NULL;
    AVBSFContext *sender, *receivers[3];
    size_t n;
    json_t *entry;
    char text[256];

    json_array_foreach(json_object_get(root, "ratchet"), n, entry)
        if (text_of(entry, "key") && text_of(entry, "salt") && !ratchet)
            ratchet = entry;
    ck_assert_msg(!!ratchet, "no chain of a passphrase");
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof(text), "kdf=raw:key_hex=%s",
                 text_of(json_array_get(json_object_get(ratchet, "chain"), i),
                         "aesKey"));
        receivers[i] = keeper(text);
    }
    snprintf(text, sizeof(text), "e2ee_encrypt=salt=%s:key=%s:"
             "key_schedule=ratchet@5", text_of(ratchet, "salt"),
             text_of(ratchet, "key"));
    sender = filter_must_open(text, &voice);
    for (int round = 0; round < 2; round++) {
        static const int64_t times[3] = { 0, 5000, 6000 };

        for (int i = 0; i < 3; i++) {
            AVPacket *sealed;

            if (i == 2 && !round)
                filter_set(sender, "ratchet", "1");
            frame->pts = frame->dts = times[i];
            sealed = filter_must_pass(sender, frame);
            assert_state(receivers[round ? 2 : i], sealed,
                         "DecryptionSuccess");
            av_packet_free(&sealed);
        }
        av_bsf_flush(sender); /* no step is done twice, none undone */
    }
    av_bsf_free(&sender);
    for (int i = 0; i < 3; i++)
        av_bsf_free(&receivers[i]);
    json_decref(root);
}
END_TEST

static void drops(AVBSFContext *bsf, int64_t nb_failed)
{
    int ret;

    ck_assert_ptr_null(filter_packet(bsf, frame, &ret));
    ck_assert_int_eq(ret, AVERROR(EAGAIN));
    ck_assert_int_eq(filter_count(bsf, "nb_failed"), nb_failed);
}

START_TEST(what_cannot_ratchet_is_not_sealed_on)
{
    AVBSFContext *bsf = filter_must_open("e2ee_encrypt=on_failure=drop:"
                                         "kdf=raw:" KEY, &voice);

    assert_state(bsf, frame, "EncryptionSuccess");
    filter_set(bsf, "ratchet", "1");
    for (int i = 0; i < 2; i++)
        drops(bsf, i + 1);
    filter_set(bsf, "ratchet", "0");
    assert_state(bsf, frame, "EncryptionSuccess");
    av_bsf_free(&bsf);
}
END_TEST

START_TEST(the_derivation_can_be_chosen)
{
    static const struct {
        const char *sender, *receiver;
        const char *state;
    } rows[] = {
        { KEY, "peer=native:" KEY, "InvalidKey" },
        { KEY, "kdf=hkdf:" KEY, "DecryptionSuccess" },
        { "peer=native:" KEY, "kdf=pbkdf2:" KEY, "DecryptionSuccess" },
        { "key=a", "peer=native:key=a", "DecryptionSuccess" },
        { "key=a", "kdf=pbkdf2:key_hex=61", "DecryptionSuccess" },
        { "key=a", "kdf=hkdf:key=a", "InvalidKey" },
        { "salt=x:" KEY, KEY, "InvalidKey" },
        { "salt=x:" KEY, "salt=x:" KEY, "DecryptionSuccess" },
        { "key_size=256:" KEY, KEY, "InvalidKey" },
        { "key_size=256:" KEY, "key_size=256:" KEY, "DecryptionSuccess" },
        { "kdf=raw:key=0123456789abcdef",
          "kdf=raw:key_hex=30313233343536373839616263646566",
          "DecryptionSuccess" },
        /* A sender counts modulo its ring, a receiver does not. */
        { "key_index=17:" KEY, "key_index=1:" KEY, "DecryptionSuccess" },
        { "key_ring=32:key_index=17:" KEY, "key_index=1:" KEY, "MissingKey" },
        { "key_ring=32:key_index=17:" KEY, "key_ring=256:key_index=17:" KEY,
          "DecryptionSuccess" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AVPacket *sealed = seal_with(rows[i].sender);
        AVBSFContext *bsf = keeper(rows[i].receiver);
        AVPacket *out = filter_must_pass(bsf, sealed);

        ck_assert_msg(!strcmp(filter_metadata(out, "lavc.e2ee.state"),
                              rows[i].state), "row %zu: %s", i,
                      filter_metadata(out, "lavc.e2ee.state"));
        av_packet_free(&out);
        av_packet_free(&sealed);
        av_bsf_free(&bsf);
    }
}
END_TEST

START_TEST(a_given_iv_counts_up_and_others_never_repeat)
{
    AVBSFContext *fixed = filter_must_open("e2ee_encrypt="
                                           "iv=a0a1a2a3a4a5a6a7ffffffff:" KEY,
                                           &voice);
    static const char *const ivs[] = { "a0a1a2a3a4a5a6a7ffffffff",
                                       "a0a1a2a3a4a5a6a700000000",
                                       "a0a1a2a3a4a5a6a700000001" };
    uint8_t seen[8][12];

    for (int i = 0; i < 3; i++) {
        AVPacket *sealed = filter_must_pass(fixed, frame);
        Bytes iv = hex_bytes(ivs[i]);

        assert_bytes("iv", sealed->data + sealed->size - 14, 12, iv.data,
                     iv.size);
        free_bytes(&iv);
        av_packet_free(&sealed);
    }
    av_bsf_free(&fixed);
    for (int i = 0; i < 8; i++) {
        AVPacket *sealed = seal_with(KEY);

        memcpy(seen[i], sealed->data + sealed->size - 14, 12);
        for (int n = 0; n < i; n++)
            ck_assert(memcmp(seen[i], seen[n], 8));
        av_packet_free(&sealed);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("filters_keys", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, states_of_a_receiver);
    tcase_add_test(tests, a_failed_frame_is_dropped_kept_or_an_error);
    tcase_add_test(tests, the_state_can_be_read);
    tcase_add_test(tests, a_report_is_on_all_packets_some_or_none);
    tcase_add_test(tests, metadata_of_others_stays);
    tcase_add_test(tests, the_kind_is_what_was_said);
    tcase_add_test(tests, keys_change_while_frames_flow);
    tcase_add_test(tests, secrets_do_not_stay_in_the_options);
    tcase_add_test(tests, a_key_that_cannot_be_set_leaves_none);
    tcase_add_test(tests, a_bad_line_leaves_no_key_of_its_file);
    tcase_add_test(tests, an_index_without_a_key_drops);
    tcase_add_test(tests, a_key_is_required_unless_it_may_come_later);
    tcase_add_test(tests, bad_options_are_refused);
    tcase_add_test(tests, a_codec_without_a_rule_is_refused);
    tcase_add_test(tests, a_schedule_is_followed);
    tcase_add_test(tests, what_is_not_enabled_is_dropped_or_passed);
    tcase_add_test(tests, a_key_that_always_fails_is_given_up);
    tcase_add_test(tests, a_ratchet_is_looked_ahead);
    tcase_add_test(tests, a_sender_ratchets_when_told);
    tcase_add_test(tests, what_cannot_ratchet_is_not_sealed_on);
    tcase_add_test(tests, the_derivation_can_be_chosen);
    tcase_add_test(tests, a_given_iv_counts_up_and_others_never_repeat);
    return run_suite(suite);
}
