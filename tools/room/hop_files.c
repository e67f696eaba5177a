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
#include <string.h>
#include <sys/stat.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "hop_files.h"
#include "net/pcap_out.h"
#include "net/rtpdump_out.h"
#include "report/log.h"

/* Participants are 10.0.0.1 and on, the server is 10.255.0.1. */
#define FIRST_ADDRESS  0x0a000001
#define SERVER_ADDRESS 0x0aff0001
#define CLIENT_PORT    50000
#define SERVER_PORT    7882

/** One hop of one participant. */
typedef struct HopFile {
    char       *name;    ///< of the pcap
    PcapOut    *pcap;    ///< NULL: all hops are in one
    RtpdumpOut *rtpdump;
} HopFile;

struct HopFiles {
    const char *pcap, *rtpdump;
    bool        each;    ///< a pcap for each hop
    const Room *room;
    PcapOut    *all;
    HopFile    *hops;    ///< two for each participant
    int         nb_hops;
};

static int make_directory(const char *name)
{
    int ret;

    if (!mkdir(name, 0777) || errno == EEXIST)
        return 0;
    ret = AVERROR(errno);
    log_error("%s: %s; name a directory that can be made", name,
              av_err2str(ret));
    return ret;
}

static bool is_directory(const char *name)
{
    struct stat st;

    return name[strlen(name) - 1] == '/' ||
           (!stat(name, &st) && S_ISDIR(st.st_mode));
}

int hop_files_open(HopFiles **files, const char *pcap, const char *rtpdump)
{
    HopFiles *f = *files = av_mallocz(sizeof(*f));
    int ret = 0;

    if (!f)
        return AVERROR(ENOMEM);
    f->pcap    = pcap;
    f->rtpdump = rtpdump;
    f->each    = pcap && *pcap && is_directory(pcap);
    if (f->each)
        ret = make_directory(pcap);
    if (ret >= 0 && rtpdump)
        ret = make_directory(rtpdump);
    if (ret < 0)
        hop_files_free(files);
    return ret;
}

static PcapFlow flow_of(int participant, bool up)
{
    const uint32_t client = FIRST_ADDRESS + participant;

    return up ? (PcapFlow){ client, SERVER_ADDRESS, CLIENT_PORT, SERVER_PORT }
              : (PcapFlow){ SERVER_ADDRESS, client, SERVER_PORT, CLIENT_PORT };
}

static int begin_hop(HopFiles *f, int i)
{
    const char *who  = room_participant(f->room, i / 2);
    const char *way  = i % 2 ? "down" : "up";
    const PcapFlow flow = flow_of(i / 2, !(i % 2));
    HopFile *hop = &f->hops[i];
    char *name;
    int ret = 0;

    if (f->each) {
        hop->name = av_asprintf("%s/%s-%s.pcap", f->pcap, who, way);
        if (!hop->name)
            return AVERROR(ENOMEM);
        ret = pcap_out_open(&hop->pcap, hop->name);
    }
    if (ret < 0 || !f->rtpdump)
        return ret;
    name = av_asprintf("%s/%s-%s.rtpdump", f->rtpdump, who, way);
    if (!name)
        return AVERROR(ENOMEM);
    ret = rtpdump_out_open(&hop->rtpdump, name, flow.destination,
                           flow.destination_port);
    av_free(name);
    return ret;
}

int hop_files_begin(HopFiles *f, const Room *room)
{
    int ret = 0;

    f->room    = room;
    f->nb_hops = 2 * room_nb_participants(room);
    if (!(f->hops = av_calloc(f->nb_hops + 1, sizeof(*f->hops))))
        return AVERROR(ENOMEM);
    if (f->pcap && !f->each)
        ret = pcap_out_open(&f->all, f->pcap);
    for (int i = 0; i < f->nb_hops && ret >= 0; i++)
        ret = begin_hop(f, i);
    return ret;
}

void hop_files_datagram(void *files, int participant, Hop hop, int64_t time,
                        const Datagram *datagram)
{
    HopFiles *f = files;
    bool up = hop == HOP_UPLINK;
    const PcapFlow flow = flow_of(participant, up);
    const HopFile *file = &f->hops[2 * participant + !up];

    if (f->all)
        pcap_out_write(f->all, time, &flow, datagram);
    if (file->pcap)
        pcap_out_write(file->pcap, time, &flow, datagram);
    if (file->rtpdump)
        rtpdump_out_write(file->rtpdump, time, datagram);
}

static const char *rtp_encoding(enum AVCodecID codec)
{
    switch (codec) {
    case AV_CODEC_ID_VP8:
        return "VP8/90000";
    case AV_CODEC_ID_VP9:
        return "VP9/90000";
    case AV_CODEC_ID_H264:
        return "H264/90000";
    case AV_CODEC_ID_HEVC:
        return "H265/90000";
    case AV_CODEC_ID_AV1:
        return "AV1/90000";
    case AV_CODEC_ID_OPUS:
        return "opus/48000/2";
    default:
        return "sframe/90000";
    }
}

/* An SDP of all hops, or of one. */
static int describe(HopFiles *f, const char *pcap, int hop)
{
    int nb = room_nb_streams(f->room), used = 0, ret = AVERROR(ENOMEM);
    PcapStream *streams = av_calloc(nb + 1, sizeof(*streams));
    RoomStream *rooms   = av_calloc(nb + 1, sizeof(*rooms));
    char *name = av_asprintf("%s.sdp", pcap);

    for (int i = 0; streams && rooms && name && i < nb; i++) {
        const RoomStream *s = &rooms[i];

        room_stream(f->room, i, &rooms[i]);
        if (hop >= 0 && hop != 2 * s->participant + (s->hop == HOP_DOWNLINK))
            continue;
        streams[used++] = (PcapStream){
            .label = s->label, .ssrc = s->ssrc,
            .payload_type = s->payload_type,
            .flow = flow_of(s->participant, s->hop == HOP_UPLINK),
            .audio = s->audio, .encoding = rtp_encoding(s->codec),
            .fmtp = s->codec == AV_CODEC_ID_H264 ? "packetization-mode=1"
                                                : NULL,
        };
    }
    if (streams && rooms && name)
        ret = used ? pcap_out_describe(name, pcap, streams, used) : 0;
    av_free(streams);
    av_free(rooms);
    av_free(name);
    return ret;
}

static int finish_hop(HopFiles *f, int i)
{
    HopFile *hop = &f->hops[i];
    int ret = 0;

    if (hop->pcap && (ret = pcap_out_commit(&hop->pcap)) >= 0)
        ret = describe(f, hop->name, i);
    if (ret >= 0 && hop->rtpdump)
        ret = rtpdump_out_commit(&hop->rtpdump);
    return ret;
}

int hop_files_finish(HopFiles *f)
{
    int ret = 0;

    if (f->all && (ret = pcap_out_commit(&f->all)) >= 0 &&
        strcmp(f->pcap, "-"))
        ret = describe(f, f->pcap, -1);
    for (int i = 0; i < f->nb_hops && ret >= 0; i++)
        ret = finish_hop(f, i);
    return ret;
}

void hop_files_free(HopFiles **files)
{
    HopFiles *f = *files;

    if (!f)
        return;
    pcap_out_discard(&f->all);
    for (int i = 0; f->hops && i < f->nb_hops; i++) {
        pcap_out_discard(&f->hops[i].pcap);
        rtpdump_out_discard(&f->hops[i].rtpdump);
        av_free(f->hops[i].name);
    }
    av_free(f->hops);
    av_freep(files);
}
