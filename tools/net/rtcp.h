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
 * The RTCP that a meeting's media path needs (RFC 3550, 4585): sender
 * reports, NACK, PLI, BYE.
 */

#ifndef TOOLS_NET_RTCP_H
#define TOOLS_NET_RTCP_H

#include <stddef.h>
#include <stdint.h>

#define RTCP_MAX_SIZE 512 ///< largest that is made here, in bytes

typedef struct RtcpSenderReport {
    uint32_t ssrc;
    uint64_t ntp;       ///< NTP time, 32.32
    uint32_t timestamp; ///< RTP timestamp of that moment
    uint32_t nb_packets, nb_bytes;
} RtcpSenderReport;

/** What one RTCP datagram says; called for each part. NULL: not wanted. */
typedef struct RtcpHandler {
    void (*sender_report)(void *opaque, const RtcpSenderReport *report);
    /** For each packet of the stream that is asked for. */
    void (*nack)(void *opaque, uint32_t ssrc, uint16_t sequence);
    /** PLI, or FIR (RFC 5104), which asks for the same. */
    void (*pli)(void *opaque, uint32_t ssrc);
    void (*bye)(void *opaque, uint32_t ssrc);
    void (*cname)(void *opaque, uint32_t ssrc, const char *name, size_t size);
} RtcpHandler;

/**
 * Parts that are not known are passed over.
 *
 * @return 0, or AVERROR_INVALIDDATA if a length in it is impossible; what
 *         stands before has been told then
 */
int rtcp_parse(const uint8_t *data, size_t size, const RtcpHandler *handler,
               void *opaque);

/* Each writes one compound datagram to out, of RTCP_MAX_SIZE bytes, and gives
 * its size. All but sender reports begin with an empty receiver report, since
 * a compound datagram has to begin with a report. */

/** @param cname its first 255 bytes count */
size_t rtcp_write_sender_report(uint8_t *out, const RtcpSenderReport *report,
                                const char *cname);

/** @param sequences rising, as far as wraps let them; 120 are sure to fit,
 *                   those that do not are left out */
size_t rtcp_write_nack(uint8_t *out, uint32_t sender, uint32_t ssrc,
                       const uint16_t *sequences, size_t nb);

size_t rtcp_write_pli(uint8_t *out, uint32_t sender, uint32_t ssrc);

size_t rtcp_write_bye(uint8_t *out, uint32_t ssrc);

#endif /* TOOLS_NET_RTCP_H */
