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

/**
 * @file
 * A hop's RTP as a capture: pcap with Ethernet, IPv4 and UDP headers made up
 * around it, and an SDP that says what is in it.
 */

#ifndef TOOLS_NET_PCAP_OUT_H
#define TOOLS_NET_PCAP_OUT_H

#include <stdbool.h>

#include "datagram.h"

typedef struct PcapOut PcapOut;

/** From where to where; IPv4 addresses and ports as numbers. */
typedef struct PcapFlow {
    uint32_t source, destination;
    uint16_t source_port, destination_port;
} PcapFlow;

/**
 * @param name the file gets it when it is whole; "-": standard output
 * @return 0, or a negative AVERROR after an error line
 */
int pcap_out_open(PcapOut **out, const char *name);

/**
 * @param time     microseconds of the meeting, which begins with 1970 there
 * @param datagram RTP or RTCP; what UDP cannot carry is left out
 */
void pcap_out_write(PcapOut *out, int64_t time, const PcapFlow *flow,
                    const Datagram *datagram);

/** @return 0, or a negative AVERROR after an error line; freed either way */
int pcap_out_commit(PcapOut **out);

/** Give up: nothing is left. */
void pcap_out_discard(PcapOut **out);

/** A stream in the capture, for the SDP. */
typedef struct PcapStream {
    const char *label;         ///< "alice video"
    PcapFlow    flow;
    uint32_t    ssrc;
    int         payload_type;
    bool        audio;
    const char *encoding;      ///< of a=rtpmap: "VP8/90000"
    const char *fmtp;          ///< of a=fmtp; NULL: none
} PcapStream;

/**
 * Write the SDP of a capture: an m= line a stream, and in i= the tshark command
 * that takes its ports for RTP.
 *
 * @param pcap the capture's name
 * @return 0, or a negative AVERROR after an error line
 */
int pcap_out_describe(const char *name, const char *pcap,
                      const PcapStream *streams, int nb);

#endif /* TOOLS_NET_PCAP_OUT_H */
