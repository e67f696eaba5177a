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

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mem.h>

#include "packets.h"

/* Limits of a window. Several fit a core's own cache, and no more packets are
 * held at a time than in a call. */
#define WINDOW_SIZE    (64 << 10)
#define WINDOW_PACKETS 32

static void *must(void *pointer)
{
    if (!pointer)
        abort();
    return pointer;
}

void packets_init(Packets *p, const AVCodecParameters *par,
                  AVRational time_base)
{
    memset(p, 0, sizeof(*p));
    p->par       = must(avcodec_parameters_alloc());
    p->time_base = time_base;
    if (avcodec_parameters_copy(p->par, par) < 0)
        abort();
}

void packets_copy(AVPacket *copy, const AVPacket *packet)
{
    if (av_new_packet(copy, packet->size) < 0 ||
        av_packet_copy_props(copy, packet) < 0)
        abort();
    memcpy(copy->data, packet->data, packet->size);
}

void packets_add(Packets *p, const AVPacket *packet)
{
    AVPacket *copy = must(av_packet_alloc());

    packets_copy(copy, packet);
    p->packets = must(av_realloc_array(p->packets, p->nb + 1,
                                       sizeof(*p->packets)));
    p->packets[p->nb++] = copy;
    p->nb_bytes        += copy->size;
}

static void set_windows(Packets *p)
{
    int64_t size = 0;
    int nb = WINDOW_PACKETS;

    for (int i = 0; i < p->nb; i++) {
        size += p->packets[i]->size;
        if (nb++ < WINDOW_PACKETS && size < WINDOW_SIZE)
            continue;
        p->windows = must(av_realloc_array(p->windows, p->nb_windows + 1,
                                           sizeof(*p->windows)));
        p->windows[p->nb_windows++] = i;
        size = p->packets[i]->size;
        nb   = 1;
    }
}

PacketWindow packets_window(const Packets *p, int round)
{
    int n    = round % p->nb_windows;
    int next = n + 1 < p->nb_windows ? p->windows[n + 1] : p->nb;

    return (PacketWindow){ p->windows[n], next - p->windows[n] };
}

void packets_touch(const Packets *p, PacketWindow window)
{
    static volatile unsigned sink;

    for (int i = window.first; i < window.first + window.nb; i++)
        for (int j = 0; j < p->packets[i]->size; j += 64)
            sink += p->packets[i]->data[j];
}

const char *packets_name(const Packets *p)
{
    return p->name;
}

static void set_name(Packets *p)
{
    const AVCodecParameters *par = p->par;
    const char *codec = avcodec_get_name(par->codec_id);
    int lengths = par->extradata_size && *par->extradata == 1 &&
                  par->codec_id == AV_CODEC_ID_H264;
    char size[32] = "";

    if (par->height)
        snprintf(size, sizeof(size), " %dp%s", par->height,
                 lengths ? " (lengths)" : "");
    snprintf(p->name, sizeof(p->name), "%s%s, mean %d B", codec, size,
             (int)(p->nb_bytes / (p->nb + !p->nb)));
}

int packets_read(Packets tracks[PACKETS_TRACKS_MAX], const char *file)
{
    AVFormatContext *in = NULL;
    AVPacket *packet = must(av_packet_alloc());
    int ret = avformat_open_input(&in, file, NULL, NULL), nb;

    if (ret >= 0)
        ret = avformat_find_stream_info(in, NULL);
    if (ret < 0 || in->nb_streams > PACKETS_TRACKS_MAX) {
        avformat_close_input(&in);
        av_packet_free(&packet);
        return ret < 0 ? ret : AVERROR(EINVAL);
    }
    nb = in->nb_streams;
    for (int i = 0; i < nb; i++)
        packets_init(&tracks[i], in->streams[i]->codecpar,
                     in->streams[i]->time_base);
    while (av_read_frame(in, packet) >= 0) {
        packets_add(&tracks[packet->stream_index], packet);
        av_packet_unref(packet);
    }
    for (int i = 0; i < nb; i++) {
        set_name(&tracks[i]);
        set_windows(&tracks[i]);
    }
    av_packet_free(&packet);
    avformat_close_input(&in);
    return nb;
}

void packets_free(Packets *p)
{
    for (int i = 0; i < p->nb; i++)
        av_packet_free(&p->packets[i]);
    av_freep(&p->packets);
    av_freep(&p->windows);
    avcodec_parameters_free(&p->par);
}
