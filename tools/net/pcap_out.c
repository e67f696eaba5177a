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

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "pcap_out.h"
#include "report/log.h"
#include "report/whole_file.h"

#define ETHERNET_SIZE 14
#define IP_SIZE       20
#define UDP_SIZE      8
#define HEADERS_SIZE  (ETHERNET_SIZE + IP_SIZE + UDP_SIZE)
#define MAX_DATAGRAM  (65535 - IP_SIZE - UDP_SIZE)
#define PROTOCOL_UDP  17

struct PcapOut {
    WholeFile     *file;
    pcap_t        *pcap;
    pcap_dumper_t *dumper;
    uint8_t        packet[HEADERS_SIZE + MAX_DATAGRAM + 1];
};

static int open_dumper(PcapOut *o)
{
    int   fd     = dup(fileno(whole_file_stream(o->file)));
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "wb");

    if (!stream) {
        if (fd >= 0)
            close(fd);
        return AVERROR(errno);
    }
    o->pcap = pcap_open_dead(DLT_EN10MB, HEADERS_SIZE + MAX_DATAGRAM);
    if (o->pcap && (o->dumper = pcap_dump_fopen(o->pcap, stream)))
        return 0;
    fclose(stream);
    return AVERROR(ENOMEM);
}

int pcap_out_open(PcapOut **out, const char *name)
{
    PcapOut *o = *out = av_mallocz(sizeof(*o));
    int ret;

    if (!o)
        return AVERROR(ENOMEM);
    if ((ret = whole_file_open(&o->file, name)) >= 0 &&
        (ret = open_dumper(o)) < 0)
        log_error("%s: %s", name, av_err2str(ret));
    if (ret < 0)
        pcap_out_discard(out);
    return ret;
}

/* RFC 1071, of an even number of bytes or with a zero behind. */
static uint32_t add_words(uint32_t sum, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i += 2)
        sum += AV_RB16(data + i);
    return sum;
}

static uint16_t checksum(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

/* A local address that shows the IPv4 address. */
static void put_station(uint8_t *out, uint32_t address)
{
    AV_WB16(out, 0x0200);
    AV_WB32(out + 2, address);
}

static void put_ethernet(uint8_t *out, const PcapFlow *flow)
{
    put_station(out, flow->destination);
    put_station(out + 6, flow->source);
    AV_WB16(out + 12, 0x0800);
}

static void put_ip(uint8_t *out, const PcapFlow *flow, size_t size)
{
    AV_WB32(out, 0x45000000 | (uint32_t)(IP_SIZE + UDP_SIZE + size));
    AV_WB32(out + 4, 0x4000);               /* not to be fragmented */
    AV_WB32(out + 8, 64 << 24 | PROTOCOL_UDP << 16);
    AV_WB32(out + 12, flow->source);
    AV_WB32(out + 16, flow->destination);
    AV_WB16(out + 10, checksum(add_words(0, out, IP_SIZE)));
}

/* The payload stands behind it already. */
static void put_udp(uint8_t *out, const PcapFlow *flow, size_t size)
{
    const size_t length = UDP_SIZE + size;
    uint8_t pseudo[12];
    uint16_t sum;

    AV_WB16(out, flow->source_port);
    AV_WB16(out + 2, flow->destination_port);
    AV_WB32(out + 4, (uint32_t)length << 16);
    AV_WB32(pseudo, flow->source);
    AV_WB32(pseudo + 4, flow->destination);
    AV_WB32(pseudo + 8, PROTOCOL_UDP << 16 | (uint32_t)length);
    out[length] = 0;
    sum = checksum(add_words(add_words(0, pseudo, sizeof(pseudo)), out,
                             length));
    AV_WB16(out + 6, sum ? sum : 0xffff);   /* 0 says that there is none */
}

void pcap_out_write(PcapOut *o, int64_t time, const PcapFlow *flow,
                    const Datagram *datagram)
{
    const size_t size = datagram_size(datagram);
    const struct pcap_pkthdr header = {
        .ts.tv_sec  = time / 1000000,
        .ts.tv_usec = time % 1000000,
        .caplen     = HEADERS_SIZE + size,
        .len        = HEADERS_SIZE + size,
    };

    if (size > MAX_DATAGRAM)
        return;
    datagram_write(datagram, o->packet + HEADERS_SIZE);
    put_ethernet(o->packet, flow);
    put_ip(o->packet + ETHERNET_SIZE, flow, size);
    put_udp(o->packet + ETHERNET_SIZE + IP_SIZE, flow, size);
    pcap_dump((u_char *)o->dumper, &header, o->packet);
}

static void close_dumper(PcapOut *o)
{
    if (o->dumper)
        pcap_dump_close(o->dumper);
    if (o->pcap)
        pcap_close(o->pcap);
    o->dumper = NULL;
    o->pcap   = NULL;
}

int pcap_out_commit(PcapOut **out)
{
    PcapOut *o = *out;
    int ret = pcap_dump_flush(o->dumper) < 0 ? AVERROR(errno) : 0;

    if (ret < 0) {
        log_error("%s: %s", whole_file_temporary(o->file), av_err2str(ret));
        pcap_out_discard(out);
        return ret;
    }
    close_dumper(o);
    ret = whole_file_commit(&o->file);
    av_freep(out);
    return ret;
}

void pcap_out_discard(PcapOut **out)
{
    PcapOut *o = *out;

    if (!o)
        return;
    close_dumper(o);
    whole_file_discard(&o->file);
    av_freep(out);
}

static void describe_stream(FILE *f, const PcapStream *stream)
{
    const uint32_t address = stream->flow.destination;

    fprintf(f, "m=%s %u RTP/AVP %d\r\n", stream->audio ? "audio" : "video",
            stream->flow.destination_port, stream->payload_type);
    fprintf(f, "i=%s\r\n", stream->label);
    fprintf(f, "c=IN IP4 %u.%u.%u.%u\r\n", address >> 24,
            address >> 16 & 255, address >> 8 & 255, address & 255);
    fprintf(f, "a=rtpmap:%d %s\r\n", stream->payload_type, stream->encoding);
    if (stream->fmtp)
        fprintf(f, "a=fmtp:%d %s\r\n", stream->payload_type, stream->fmtp);
    fprintf(f, "a=ssrc:%u cname:%s\r\n", stream->ssrc, stream->label);
}

/* One -d option a port. */
static void describe_ports(FILE *f, const PcapStream *streams, int nb)
{
    for (int i = 0; i < nb; i++) {
        const uint16_t port = streams[i].flow.destination_port;
        int k = 0;

        while (streams[k].flow.destination_port != port)
            k++;
        if (k == i)
            fprintf(f, " -d udp.port==%u,rtp", port);
    }
}

int pcap_out_describe(const char *name, const char *pcap,
                      const PcapStream *streams, int nb)
{
    WholeFile *file;
    FILE *f;
    int ret = whole_file_open(&file, name);

    if (ret < 0)
        return ret;
    f = whole_file_stream(file);
    fprintf(f, "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=%s\r\n", pcap);
    fprintf(f, "i=tshark -r %s", pcap);
    describe_ports(f, streams, nb);
    fprintf(f, "\r\nt=0 0\r\n");
    for (int i = 0; i < nb; i++)
        describe_stream(f, &streams[i]);
    return whole_file_commit(&file);
}
