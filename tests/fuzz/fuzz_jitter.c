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
 * Hostile packets through the jitter buffer into frames. The first byte
 * chooses the payload format and how patient the buffer is; then come
 * packets: a byte of length, one of time passed, two of sequence number, one
 * of flags and timestamp, and the payload. What comes out has to be in order.
 */

#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>

#include "net/jitter_buffer.h"
#include "net/rtcp.h"
#include "net/rtp.h"
#include "net/rtp_frames.h"
#include "report/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum AVCodecID codecs[] = {
    AV_CODEC_ID_VP8,  AV_CODEC_ID_VP9,  AV_CODEC_ID_H264,
    AV_CODEC_ID_OPUS, AV_CODEC_ID_NONE, AV_CODEC_ID_HEVC,
};

static void check(int condition)
{
    if (!condition)
        abort();
}

static void pop(JitterBuffer *jitter, RtpFrames *frames, int64_t now,
                uint64_t *last, AVPacket *frame)
{
    uint16_t nacks[16];
    RtpFrameInfo info;
    uint64_t sequence;
    unsigned nb_lost;
    Datagram d;

    while (jitter_pop(jitter, now, &d, &sequence, &nb_lost) == 0) {
        check(sequence > *last);
        *last = sequence;
        check(rtp_frames_push(frames, &d, sequence, nb_lost) == 0);
        check(!d.buffer);
    }
    while (rtp_frames_read(frames, frame, &info) == 0)
        check(info.whole == (frame->size > 0) && info.last >= info.first &&
              info.last - info.first + 1 >= info.nb_packets);
    while (jitter_nacks(jitter, now, nacks, 16))
        ;
    check(jitter_due(jitter) > now);
}

static void push(JitterBuffer *jitter, const uint8_t *data, size_t size,
                 int64_t now)
{
    uint8_t packet[512] = { 0x80, 96 };
    JitterResult result;
    Datagram d;

    packet[0] |= data[2] & 0x20;
    packet[1] |= data[2] & 0x80;
    memcpy(packet + 2, data, 2);
    packet[7] = data[2] & 3;
    memcpy(packet + RTP_HEADER_SIZE, data + 3, size - 3);
    check(datagram_make(&d, NULL, packet, RTP_HEADER_SIZE + size - 3) == 0);
    check(jitter_push(jitter, &d, now, &result) == 0);
    check(!d.buffer == (result != JITTER_DUPLICATE && result != JITTER_LATE));
    datagram_unref(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const RtcpHandler nobody = { NULL };
    AVPacket *frame = av_packet_alloc();
    JitterBuffer *jitter;
    RtpFrames *frames = NULL;
    JitterSetup setup = { .capacity = 64, .nack_interval = 50 };
    uint64_t last = 0;
    int64_t now = 0;

    if (!size) {
        av_packet_free(&frame);
        return 0;
    }
    log_init(-8);
    rtcp_parse(data, size, &nobody, NULL);
    setup.deadline   = 20 * (*data >> 3 & 7);
    setup.start_hold = 20 * (*data >> 6);
    jitter = jitter_alloc(&setup);
    rtp_frames_open(&frames, codecs[(*data & 7) % FF_ARRAY_ELEMS(codecs)], 96,
                    90000);
    check(frame && jitter);
    data++;
    size--;
    while (frames && size >= 5) {
        const size_t length = FFMIN(data[0], size - 5);

        now += data[1];
        push(jitter, data + 2, 3 + length, now);
        pop(jitter, frames, now, &last, frame);
        data += 5 + length;
        size -= 5 + length;
    }
    jitter_flush(jitter);
    if (frames) {
        pop(jitter, frames, INT64_MAX / 2, &last, frame);
        check(rtp_frames_flush(frames) == 0);
    }
    rtp_frames_free(&frames);
    jitter_free(&jitter);
    av_packet_free(&frame);
    return 0;
}
