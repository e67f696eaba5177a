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
#include <unistd.h>

#include <libavutil/avstring.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "capture_bytes.h"
#include "net/rtcp.h"

void put(Made *m, const void *data, size_t size)
{
    ck_assert_uint_le(m->size + size, sizeof(m->data));
    if (size)
        memcpy(m->data + m->size, data, size);
    m->size += size;
}

void put_be(Made *m, uint64_t value, int nb)
{
    while (nb--) {
        uint8_t byte = nb < 8 ? value >> 8 * nb : 0;

        put(m, &byte, 1);
    }
}

void put_le(Made *m, uint64_t value, int nb)
{
    for (int i = 0; i < nb; i++) {
        uint8_t byte = i < 8 ? value >> 8 * i : 0;

        put(m, &byte, 1);
    }
}

size_t make_rtp(uint8_t *out, const Rtp *rtp)
{
    size_t at = 12 + 4 * rtp->nb_csrc;

    memset(out, 0xcc, at);
    out[0] = 0x80 | (rtp->padding > 0) << 5 | (rtp->extension > 0) << 4 |
             rtp->nb_csrc;
    out[1] = rtp->marker << 7 | rtp->payload_type;
    AV_WB16(out + 2, rtp->sequence);
    AV_WB32(out + 4, rtp->timestamp);
    AV_WB32(out + 8, rtp->ssrc);
    if (rtp->extension) {
        AV_WB32(out + at, 0xbede0000 | rtp->extension);
        memset(out + at + 4, 0x10, 4 * rtp->extension);
        at += 4 + 4 * rtp->extension;
    }
    if (rtp->size)
        memcpy(out + at, rtp->payload, rtp->size);
    at += rtp->size;
    memset(out + at, 0, rtp->padding);
    at += rtp->padding;
    if (rtp->padding)
        out[at - 1] = rtp->padding;
    return at;
}

size_t make_report(uint8_t *out, uint32_t ssrc, int64_t ntp_us,
                   uint32_t timestamp)
{
    const RtcpSenderReport report = {
        .ssrc      = ssrc,
        .ntp       = (uint64_t)(ntp_us / 1000000) << 32 |
                     ((uint64_t)(ntp_us % 1000000) << 32) / 1000000,
        .timestamp = timestamp,
    };

    return rtcp_write_sender_report(out, &report, "test");
}

void fill_payload(uint8_t *out, size_t size, int n)
{
    uint64_t seed = n + 1;

    random_fill(&seed, out, size);
    out[0] = 0x78;
    if (size >= 3)
        AV_WB16(out + 1, n);
}

void begin_pcap(Made *m, int link_type)
{
    m->size = 0;
    put_le(m, 0xa1b2c3d4, 4);
    put_le(m, 2, 2);
    put_le(m, 4, 2);
    put_le(m, 0, 8);
    put_le(m, 65535, 4);
    put_le(m, link_type, 4);
}

void put_pcap(Made *m, int64_t time, const uint8_t *packet, size_t size)
{
    put_le(m, time / 1000000, 4);
    put_le(m, time % 1000000, 4);
    put_le(m, size, 4);
    put_le(m, size, 4);
    put(m, packet, size);
}

void put_pcap_udp(Made *m, int64_t time, int port, const uint8_t *data,
                  size_t size)
{
    uint8_t packet[2048] = { [12] = 8, [14] = 0x45, [22] = 64, [23] = 17,
                             [26] = 10, 0, 0, 1, 10, 0, 0, 2 };

    AV_WB16(packet + 16, 28 + size);
    AV_WB16(packet + 34, port);
    AV_WB16(packet + 36, port + 1000);
    AV_WB16(packet + 38, 8 + size);
    memcpy(packet + 42, data, size);
    put_pcap(m, time, packet, 42 + size);
}

void begin_rtpdump(Made *m)
{
    m->size = 0;
    put(m, "#!rtpplay1.0 10.0.0.1/5004\n", 27);
    put_be(m, 1700000000, 4);
    put_be(m, 0, 4);
    put_be(m, 0x0a000001, 4);
    put_be(m, 5004, 2);
    put_be(m, 0, 2);
}

void put_rtpdump(Made *m, int64_t time, const uint8_t *data, size_t size)
{
    bool rtcp = size > 1 && data[1] >= 192 && data[1] <= 223;

    put_be(m, 8 + size, 2);
    put_be(m, rtcp ? 0 : size, 2);
    put_be(m, time / 1000, 4);
    put(m, data, size);
}

void begin_mjr(Made *m, const char *json)
{
    m->size = 0;
    put(m, "MJR00002", 8);
    put_be(m, strlen(json), 2);
    put(m, json, strlen(json));
}

void put_mjr(Made *m, int64_t time, const uint8_t *data, size_t size)
{
    put(m, "MEET", 4);
    put_be(m, time / 1000, 4);
    put_be(m, size, 2);
    put(m, data, size);
}

const char *write_file(const uint8_t *data, size_t size)
{
    static char paths[8][64];
    static int  next;
    char *path = paths[next++ % 8];
    FILE *file;
    int   fd;

    strcpy(path, "/tmp/check-capture-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "wb");
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    fclose(file);
    return path;
}

static void take_frame(Outcome *o, const AVPacket *packet,
                       const InputFrame *frame, const InputTrack *track)
{
    Got *got = &o->frames[o->nb_frames];

    ck_assert_int_lt(o->nb_frames++, MAX_GOT);
    av_strlcpy(got->label, track->label, sizeof(got->label));
    got->data  = packet->size ? av_memdup(packet->data, packet->size) : NULL;
    got->size  = packet->size;
    got->pts   = packet->pts;
    got->frame = *frame;
    ck_assert_uint_le(frame->tail_size, sizeof(got->tail));
    if (frame->tail_size)
        memcpy(got->tail, frame->tail, frame->tail_size);
    got->frame.tail = got->tail;
}

Outcome *read_files(const char *const *paths, int nb_paths,
                    const InputSetup *setup)
{
    static Outcome o;
    const InputSetup none = { 0 };
    AVPacket   *packet = av_packet_alloc();
    Input      *input  = NULL;
    InputFrame  frame;
    InputTrack *track;

    for (int i = 0; i < o.nb_frames; i++)
        av_free(o.frames[i].data);
    memset(&o, 0, sizeof(o));
    o.opened = input_open(&input, paths, nb_paths, setup ? setup : &none);
    while (o.opened >= 0 &&
           (o.ended = input_read(input, packet, &frame, &track)) >= 0) {
        take_frame(&o, packet, &frame, track);
        av_packet_unref(packet);
    }
    if (o.opened >= 0) {
        o.nb_tracks = input_nb_tracks(input);
        ck_assert_int_le(o.nb_tracks, 16);
        for (int i = 0; i < o.nb_tracks; i++) {
            o.tracks[i] = *input_track(input, i);
            o.codecs[i] = o.tracks[i].par->codec_id;
        }
        o.info = *input_file(input, 0);
    }
    input_free(&input);
    av_packet_free(&packet);
    return &o;
}

Outcome *read_made(const Made *made, const InputSetup *setup)
{
    const char *path = write_file(made->data, made->size);
    Outcome    *o    = read_files(&path, 1, setup);

    unlink(path);
    return o;
}

void check_numbers(const Outcome *o, const char *label, int first, int nb,
                   size_t size)
{
    uint8_t want[2048];
    int n = first;

    for (int i = 0; i < o->nb_frames; i++) {
        const Got *got = &o->frames[i];

        if (!got->frame.whole || (label && strcmp(got->label, label)))
            continue;
        fill_payload(want, size, n);
        check_that((size_t)got->size == size && !memcmp(got->data, want, size),
                   "%s: frame %d of %d bytes is not number %d",
                   label ? label : "", i, got->size, n);
        n++;
    }
    ck_assert_int_eq(n - first, nb);
}
