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


#include <libavutil/intreadwrite.h>
#include <libavutil/macros.h>

#include "classify.h"
#include "net/rtp.h"
#include "unwrap.h"

DatagramKind classify_datagram(const uint8_t *data, size_t size)
{
    if (!size)
        return DATAGRAM_OTHER;
    if (data[0] < 4 && size >= 20 && AV_RB32(data + 4) == 0x2112a442)
        return DATAGRAM_STUN;
    if (data[0] >= 20 && data[0] < 64 && size >= 13 && data[1] == 0xfe)
        return DATAGRAM_DTLS;
    if (data[0] >= 64 && data[0] < 80)
        return DATAGRAM_STUN;
    if (rtp_is_media(data, size))
        return DATAGRAM_RTP;
    if (data[0] >> 6 == 2 && size >= 8 && data[1] >= 192 && data[1] <= 223)
        return DATAGRAM_RTCP;
    return DATAGRAM_OTHER;
}

/* Each test says for one packet how well it fits: 2 is hard to have by
 * chance, 1 is possible, below 0 cannot be. begins and ends: of a frame, as
 * timestamps and marker have it. */
typedef int (*CodecTest)(const ClassifyPacket *p, bool begins, bool ends);

/* RFC 6184: the NAL header stays clear, FU-A says where a unit begins. */
static int test_h264(const ClassifyPacket *p, bool begins, bool ends)
{
    int type = p->payload[0] & 31;

    (void)ends;
    if (p->payload[0] & 0x80)
        return -8;
    if (type == 28)
        return p->size < 2 || p->payload[1] & 0x20 ||
               !(p->payload[1] & 31) || (p->payload[1] & 31) > 12 ? -8
               : begins && !(p->payload[1] & 0x80)                ? -2
                                                                  : 2;
    if (type == 24)
        return p->size >= 3 && AV_RB16(p->payload + 1) <= p->size - 3 ? 2 : -8;
    return type == 1 || (type >= 5 && type <= 9) ? 1 : -8;
}

/* RFC 7798. */
static int test_hevc(const ClassifyPacket *p, bool begins, bool ends)
{
    int type = p->payload[0] >> 1 & 63;

    (void)ends;
    if (p->size < 3 || p->payload[0] & 0x81 || p->payload[1] >> 3 ||
        !(p->payload[1] & 7))
        return -8;
    if (type == 49)
        return begins && !(p->payload[2] & 0x80) ? -2 : 2;
    return type <= 21 || (type >= 32 && type <= 40) || type == 48 ? 1 : -8;
}

/* RFC 7741: S and PID 0 where a frame begins; key frames have a start code. */
static int test_vp8(const ClassifyPacket *p, bool begins, bool ends)
{
    size_t size = unwrap_vp8_descriptor(p->payload, p->size);

    (void)ends;
    if (!size || size >= p->size || p->payload[0] & 0x40 ||
        begins != ((p->payload[0] & 0x17) == 0x10))
        return -4;
    if (begins && !(p->payload[size] & 1))
        return p->size >= size + 6 &&
               AV_RB24(p->payload + size + 3) == 0x9d012a ? 8 : -8;
    return 1;
}

/* RFC 9628: B and E stand where a frame or layer begins and ends. */
static int test_vp9(const ClassifyPacket *p, bool begins, bool ends)
{
    if (p->size < 2 || (begins && !(p->payload[0] & 8)) ||
        (ends && !(p->payload[0] & 4)) || p->payload[0] & 1)
        return -4;
    return (!begins && p->payload[0] & 8) || (!ends && p->payload[0] & 4) ? 0
                                                                         : 1;
}

/* AOM's payload format: Z not at a frame's start, Y not at its end. */
static int test_av1(const ClassifyPacket *p, bool begins, bool ends)
{
    if (p->size < 2 || p->payload[0] & 7 || (begins && p->payload[0] & 0x80) ||
        (ends && p->payload[0] & 0x40))
        return -4;
    return p->payload[0] & 8 ? begins ? 2 : -4 : 1;
}

static const struct {
    enum AVCodecID id;
    CodecTest      test;
} video_codecs[] = {
    { AV_CODEC_ID_H264, test_h264 },
    { AV_CODEC_ID_HEVC, test_hevc },
    { AV_CODEC_ID_VP8,  test_vp8 },
    { AV_CODEC_ID_VP9,  test_vp9 },
    { AV_CODEC_ID_AV1,  test_av1 },
};

/* Opus at 48 kHz: small packets, each its own frame of 2.5 to 120 ms. */
static bool is_opus(const ClassifyPacket *packets, int nb)
{
    for (int i = 0; i < nb; i++) {
        uint32_t step = i ? packets[i].timestamp - packets[i - 1].timestamp
                          : 960;
        uint16_t ahead = i ? packets[i].sequence - packets[i - 1].sequence
                           : 1;

        if (!ahead || packets[i].size > 1500 || step % 120 ||
            step < 120 * ahead)
            return false;
        if (ahead == 1 && step != 120 && step != 240 && step != 480 &&
            step % 960)
            return false;
    }
    return nb > 1;
}

/* Opus steps are of 48 kHz; a video frame at 90 kHz seldom has them, and
 * never with several packets of one timestamp. */
enum AVCodecID classify_codec(const ClassifyPacket *packets, int nb)
{
    enum AVCodecID best = AV_CODEC_ID_NONE;
    int best_score = 0;

    if (is_opus(packets, nb))
        return AV_CODEC_ID_OPUS;
    for (size_t c = 0; c < FF_ARRAY_ELEMS(video_codecs); c++) {
        int score = 0;

        for (int i = 0; i < nb; i++) {
            const ClassifyPacket *p = &packets[i];
            bool begins = i && p[-1].timestamp != p->timestamp &&
                          (uint16_t)(p[-1].sequence + 1) == p->sequence;
            bool inside = i && p[-1].timestamp == p->timestamp;

            if (!p->size || (!begins && !inside))
                continue;
            score += video_codecs[c].test(p, begins, p->marker);
        }
        if (score > best_score) {
            best       = video_codecs[c].id;
            best_score = score;
        }
    }
    return best_score >= nb / 2 ? best : AV_CODEC_ID_NONE;
}

int classify_red(const ClassifyPacket *packets, int nb)
{
    int inner = -1, with_blocks = 0;

    for (int i = 0; i < nb; i++) {
        RedBlock blocks[RED_MAX_BLOCKS];
        int n = unwrap_red(packets[i].payload, packets[i].size, blocks);

        if (n <= 0 || (inner >= 0 && blocks[n - 1].payload_type != inner))
            return -1;
        inner = blocks[n - 1].payload_type;
        with_blocks += n > 1;
    }
    /* Without redundancy one byte would have to prove it. */
    return 2 * with_blocks >= nb && with_blocks >= 2 ? inner : -1;
}
