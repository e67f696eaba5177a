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
 * Which payloads each SFU takes for the start of a key frame, and which
 * frames are. Each rule's source is in key_frame.c's header; the payloads are
 * made by hand from RFC 7741, 9628, 6184, 7798 and the AV1 RTP specification.
 */

#include <string.h>

#include "common.h"
#include "media/key_frame.h"

/* Bytes that are not looked at. */
#define REST "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"

static const struct {
    const char    *name;
    enum AVCodecID codec;
    const char    *payload;
    const char    *verdict; ///< mediasoup, LiveKit, Janus, Jitsi
} payloads[] = {
    { "VP8 key, 15 bit picture id", AV_CODEC_ID_VP8,
      "90 80 8001 5042009d012a4001f000" REST, "kkkk" },
    { "VP8 key, no extension", AV_CODEC_ID_VP8,
      "10 5042009d012a4001f000" REST, ".kkk" },
    { "VP8 key, all fields", AV_CODEC_ID_VP8,
      "90 f0 7f 21 40 5042009d012a4001f000" REST, "kkkk" },
    { "VP8 key, TL0PICIDX without a layer", AV_CODEC_ID_VP8,
      "90 c0 7f 21 5042009d012a4001f000" REST, "k.kk" },
    { "VP8 key, start code sealed", AV_CODEC_ID_VP8,
      "90 80 8001 504200cccccc4001f000" REST, "kk.k" },
    { "VP8 key, short", AV_CODEC_ID_VP8,
      "90 80 8001 5042009d012a4001f000", "kk.k" },
    { "VP8 key, not its start", AV_CODEC_ID_VP8,
      "80 80 8001 5042009d012a4001f000" REST, "...." },
    { "VP8 second partition", AV_CODEC_ID_VP8,
      "91 80 8001 5042009d012a4001f000" REST, ".kk." },
    { "VP8 delta", AV_CODEC_ID_VP8,
      "90 80 8001 510200" REST, "...." },
    { "VP8 that ends in its descriptor", AV_CODEC_ID_VP8,
      "90 80 80", "...." },

    /* As libavformat writes it: B and E alone. Never predicted, it says. */
    { "VP9 key, descriptor of one byte", AV_CODEC_ID_VP9,
      "0c 82498342" REST, "kk.k" },
    { "VP9 delta, descriptor of one byte", AV_CODEC_ID_VP9,
      "0c 86004092" REST, "k..k" },
    { "VP9 sealed whole, descriptor of one byte", AV_CODEC_ID_VP9,
      "0c 3549" REST, "k..k" },
    { "VP9 delta sealed whole, a key frame by chance", AV_CODEC_ID_VP9,
      "cc 8001 a2f3" REST, ".k.." },
    /* As libwebrtc does: picture id, layers, the structure on key frames. */
    { "VP9 key with its structure", AV_CODEC_ID_VP9,
      "aa 8001 00 05 18 0140 00f0 01 00 82498342" REST, "kkkk" },
    { "VP9 key, structure without sizes", AV_CODEC_ID_VP9,
      "aa 8001 00 05 00 82498342" REST, "kk.k" },
    { "VP9 delta", AV_CODEC_ID_VP9,
      "e8 8002 00 05 86004092" REST, "...." },
    { "VP9 delta, flexible mode", AV_CODEC_ID_VP9,
      "f8 8002 00 03 02 86004092" REST, "...." },
    { "VP9 upper layer of a key picture", AV_CODEC_ID_VP9,
      "a8 8001 03 05 86004092" REST, "...." },
    { "VP9 upper layer that needs no other", AV_CODEC_ID_VP9,
      "a8 8001 02 05 86004092" REST, "...k" },
    { "VP9 key, not its start", AV_CODEC_ID_VP9,
      "04 82498342" REST, "...." },
    { "VP9 shows an existing frame", AV_CODEC_ID_VP9,
      "4c 88" REST, "...." },
    { "VP9 profile 3 key", AV_CODEC_ID_VP9, "4c b0" REST, ".k.." },
    { "VP9 profile 3 delta", AV_CODEC_ID_VP9, "4c b2" REST, "...." },

    { "H.264 SPS", AV_CODEC_ID_H264, "67 42c01f" REST, "kkkk" },
    { "H.264 short SPS", AV_CODEC_ID_H264, "67 42c01f", "kk.k" },
    { "H.264 PPS", AV_CODEC_ID_H264, "68 ce3c80" REST, "...k" },
    { "H.264 SEI", AV_CODEC_ID_H264, "06 0504" REST, "...k" },
    { "H.264 IDR", AV_CODEC_ID_H264, "65 8884" REST, "...k" },
    { "H.264 slice", AV_CODEC_ID_H264, "41 9a02" REST, "...." },
    { "H.264 list with an SPS first", AV_CODEC_ID_H264,
      "78 0004 6742c01f 0004 68ce3c80", "kkkk" },
    { "H.264 list with an AUD first", AV_CODEC_ID_H264,
      "78 0002 09f0 0004 6742c01f 0004 68ce3c80", "kkk." },
    { "H.264 list with a SEI and a slice", AV_CODEC_ID_H264,
      "78 0003 060504 0003 419a02", "...k" },
    { "H.264 list, second length wrong", AV_CODEC_ID_H264,
      "78 0004 6742c01f 0009 68ce3c80", "kkk." },
    { "H.264 STAP-B with an SPS", AV_CODEC_ID_H264,
      "79 0001 0004 6742c01f", ".k.." },
    { "H.264 MTAP16 with an SPS", AV_CODEC_ID_H264,
      "7a 0001 0007 000001 6742c01f", ".k.." },
    { "H.264 MTAP24 with an SPS", AV_CODEC_ID_H264,
      "7b 0001 0008 00000001 6742c01f", ".k.." },
    { "H.264 IDR, first fragment", AV_CODEC_ID_H264,
      "7c 85 8884" REST, "...k" },
    { "H.264 IDR, other fragment", AV_CODEC_ID_H264,
      "7c 05 8884" REST, "...k" },
    { "H.264 SPS, first fragment", AV_CODEC_ID_H264,
      "7c 87 42c0" REST, "kkk." },
    { "H.264 SPS, other fragment", AV_CODEC_ID_H264,
      "7c 07 42c0" REST, "...." },
    { "H.264 empty", AV_CODEC_ID_H264, "", "...." },

    { "H.265 VPS", AV_CODEC_ID_HEVC, "4001 0c01" REST, "..k." },
    { "H.265 SPS", AV_CODEC_ID_HEVC, "4201 0101" REST, ".kk." },
    { "H.265 PPS", AV_CODEC_ID_HEVC, "4401 c172" REST, ".kk." },
    { "H.265 IDR", AV_CODEC_ID_HEVC, "2601 af06" REST, "..k." },
    { "H.265 CRA", AV_CODEC_ID_HEVC, "2a01 af06" REST, "..k." },
    { "H.265 slice", AV_CODEC_ID_HEVC, "0201 d001" REST, "...." },
    /* As libavformat begins a key frame. */
    { "H.265 list of VPS, SPS, PPS", AV_CODEC_ID_HEVC,
      "6001 0003 40010c 0003 420101 0003 4401c1", ".k.." },
    { "H.265 list of slices", AV_CODEC_ID_HEVC,
      "6001 0003 0201d0 0003 0201d1", "...." },
    { "H.265 IDR, first fragment", AV_CODEC_ID_HEVC,
      "6201 93 af06" REST, "...." },
    { "H.265 SPS, other fragment", AV_CODEC_ID_HEVC,
      "6201 21 af06" REST, ".k.." },

    { "AV1 sequence header and key frame", AV_CODEC_ID_AV1,
      "28 03 080000 30 10", ".kk." },
    { "AV1 sequence header and inter frame", AV_CODEC_ID_AV1,
      "28 03 080000 30 30", "..k." },
    { "AV1 sequence header and existing frame", AV_CODEC_ID_AV1,
      "28 03 080000 30 80", "..k." },
    { "AV1 metadata between", AV_CODEC_ID_AV1,
      "38 03 080000 02 2801 30 10", ".kk." },
    { "AV1 key frame, N not set", AV_CODEC_ID_AV1,
      "20 03 080000 30 10", "...." },
    { "AV1 key frame continued", AV_CODEC_ID_AV1,
      "a8 03 080000 30 10", "...." },
    { "AV1 without a count", AV_CODEC_ID_AV1,
      "08 03 080000 02 3010", "..k." },
    { "AV1 frame in the next packet", AV_CODEC_ID_AV1,
      "18 080000", "..k." },
    { "AV1 no sequence header", AV_CODEC_ID_AV1,
      "28 02 3010 30 10", "..k." },
    { "AV1 length beyond the end", AV_CODEC_ID_AV1,
      "28 7f 080000 30 10", "..k." },

    { "Opus", AV_CODEC_ID_OPUS, "f8fffe", "...." },
    { "unknown", AV_CODEC_ID_NONE, "0001020304", "...." },
};

static Bytes spaced_hex(const char *hex)
{
    char digits[256];
    size_t n = 0;

    for (; *hex; hex++)
        if (*hex != ' ')
            digits[n++] = *hex;
    ck_assert_uint_lt(n, sizeof(digits));
    digits[n] = 0;
    return hex_bytes(digits);
}

START_TEST(rules_hold)
{
    Bytes payload = spaced_hex(payloads[_i].payload);

    for (int sfu = 0; sfu < SFU_NB; sfu++)
        ck_assert_msg(sfu_key_frame(sfu, payloads[_i].codec, payload.data,
                                    payload.size) ==
                      (payloads[_i].verdict[sfu] == 'k'),
                      "%s: %s is wrong", payloads[_i].name, sfu_name(sfu));
    free_bytes(&payload);
}
END_TEST

/* No rule reads beyond the payload: each payload is cut everywhere. */
START_TEST(short_payloads)
{
    Bytes payload = spaced_hex(payloads[_i].payload);

    for (size_t n = 0; n < payload.size; n++) {
        Bytes part = copy_bytes(payload.data, n);

        for (int sfu = 0; sfu < SFU_NB; sfu++)
            sfu_key_frame(sfu, payloads[_i].codec, part.data, part.size);
        frame_is_key(payloads[_i].codec, part.data, part.size);
        free_bytes(&part);
    }
    free_bytes(&payload);
}
END_TEST

START_TEST(random_payloads)
{
    static const enum AVCodecID codecs[] = {
        AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,
        AV_CODEC_ID_AV1,
    };
    uint64_t seed = 7;
    uint8_t data[40];

    for (int i = 0; i < 20000; i++) {
        size_t size = random_below(&seed, sizeof(data));
        Bytes part;

        random_fill_zeros(&seed, data, sizeof(data));
        part = copy_bytes(data, size);
        for (size_t c = 0; c < sizeof(codecs) / sizeof(*codecs); c++) {
            for (int sfu = 0; sfu < SFU_NB; sfu++)
                sfu_key_frame(sfu, codecs[c], part.data, part.size);
            frame_is_key(codecs[c], part.data, part.size);
        }
        free_bytes(&part);
    }
}
END_TEST

START_TEST(who_looks)
{
    static const struct {
        enum AVCodecID codec;
        const char    *looks;
    } rows[] = {
        { AV_CODEC_ID_VP8,  "kkkk" }, { AV_CODEC_ID_VP9,  "kkkk" },
        { AV_CODEC_ID_H264, "kkkk" }, { AV_CODEC_ID_HEVC, ".kk." },
        { AV_CODEC_ID_AV1,  ".kk." }, { AV_CODEC_ID_OPUS, "...." },
        { AV_CODEC_ID_NONE, "...." },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int sfu = 0; sfu < SFU_NB; sfu++)
            ck_assert_int_eq(sfu_looks(sfu, rows[i].codec),
                             rows[i].looks[sfu] == 'k');
}
END_TEST

START_TEST(names)
{
    for (int sfu = 0; sfu < SFU_NB; sfu++)
        ck_assert_int_eq(sfu_from_name(sfu_name(sfu)), sfu);
    ck_assert_int_eq(sfu_from_name("jvb"), SFU_NB);
    ck_assert_int_eq(sfu_from_name(""), SFU_NB);
}
END_TEST

static const struct {
    const char    *name;
    enum AVCodecID codec;
    const char    *frame;
    bool           key;
} frames[] = {
    { "VP8 key", AV_CODEC_ID_VP8, "5042009d012a4001f000", true },
    { "VP8 delta", AV_CODEC_ID_VP8, "510200", false },
    { "VP8 empty", AV_CODEC_ID_VP8, "", false },
    { "VP9 key", AV_CODEC_ID_VP9, "82498342", true },
    { "VP9 delta", AV_CODEC_ID_VP9, "86004092", false },
    { "VP9 existing", AV_CODEC_ID_VP9, "88", false },
    { "H.264 IDR", AV_CODEC_ID_H264,
      "00000001 6742c01f 00000001 68ce3c80 000001 658884", true },
    { "H.264 delta behind an SPS", AV_CODEC_ID_H264,
      "00000001 6742c01f 000001 419a02", false },
    { "H.265 IDR", AV_CODEC_ID_HEVC,
      "00000001 40010c 00000001 420101 00000001 2601af", true },
    { "H.265 CRA", AV_CODEC_ID_HEVC, "00000001 2a01af", true },
    { "H.265 delta", AV_CODEC_ID_HEVC, "00000001 0201d0", false },
    { "AV1 key", AV_CODEC_ID_AV1, "1200 0a03000000 320210a5", true },
    { "AV1 key with extension", AV_CODEC_ID_AV1, "1200 36000210a5", true },
    { "AV1 inter", AV_CODEC_ID_AV1, "1200 320230a5", false },
    { "AV1 last OBU without size", AV_CODEC_ID_AV1, "1200 3010", true },
    { "AV1 cut", AV_CODEC_ID_AV1, "1200 3209 10", false },
    { "Opus", AV_CODEC_ID_OPUS, "f8fffe", true },
};

START_TEST(plain_frames)
{
    Bytes frame = spaced_hex(frames[_i].frame);

    ck_assert_msg(frame_is_key(frames[_i].codec, frame.data, frame.size) ==
                  frames[_i].key, "%s is wrong", frames[_i].name);
    free_bytes(&frame);
}
END_TEST

#define NB(table) (sizeof(table) / sizeof(*(table)))

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("sfu_key_frame", &tests);

    tcase_add_loop_test(tests, rules_hold, 0, NB(payloads));
    tcase_add_loop_test(tests, short_payloads, 0, NB(payloads));
    tcase_add_test(tests, random_payloads);
    tcase_add_test(tests, who_looks);
    tcase_add_test(tests, names);
    tcase_add_loop_test(tests, plain_frames, 0, NB(frames));
    return run_suite(suite);
}
