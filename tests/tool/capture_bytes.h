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


#ifndef E2EE_TESTS_CAPTURE_BYTES_H
#define E2EE_TESTS_CAPTURE_BYTES_H

#include <stdbool.h>

#include "capture/input.h"
#include "common.h"

/** Bytes that are put together. */
typedef struct Made {
    uint8_t data[1 << 18];
    size_t  size;
} Made;

void put(Made *made, const void *data, size_t size);
void put_be(Made *made, uint64_t value, int nb_bytes);
void put_le(Made *made, uint64_t value, int nb_bytes);

/** An RTP packet; what is zero or NULL is left out. */
typedef struct Rtp {
    int            payload_type;
    uint16_t       sequence;
    uint32_t       timestamp, ssrc;
    bool           marker;
    const uint8_t *payload;
    size_t         size;
    int            nb_csrc;
    int            extension; ///< words, 0: none
    int            padding;   ///< bytes, the count in the last
} Rtp;

/** @return the size */
size_t make_rtp(uint8_t *out, const Rtp *rtp);

/** An RTCP sender report. */
size_t make_report(uint8_t *out, uint32_t ssrc, int64_t ntp_us,
                   uint32_t timestamp);

/** Opus of a kind: byte i of frame n, the same for all tests. */
void fill_payload(uint8_t *out, size_t size, int n);

/* Files. Times in microseconds. */
void begin_pcap(Made *made, int link_type);
void put_pcap(Made *made, int64_t time, const uint8_t *packet, size_t size);
/** A datagram from port to port + 1000 in Ethernet, IPv4 and UDP. */
void put_pcap_udp(Made *made, int64_t time, int port, const uint8_t *data,
                  size_t size);
void begin_rtpdump(Made *made);
void put_rtpdump(Made *made, int64_t time, const uint8_t *data, size_t size);
void begin_mjr(Made *made, const char *json);
void put_mjr(Made *made, int64_t time, const uint8_t *data, size_t size);

/** A frame that came out. */
typedef struct Got {
    char       label[64];
    uint8_t   *data;
    int        size;
    int64_t    pts;
    InputFrame frame;
    uint8_t    tail[256];
} Got;

#define MAX_GOT 4096

/** What became of files. */
typedef struct Outcome {
    int           opened;   ///< input_open()'s result
    int           ended;    ///< the last input_read()'s
    Got           frames[MAX_GOT];
    int           nb_frames;
    InputTrack    tracks[16];
    enum AVCodecID codecs[16];
    int           nb_tracks;
    InputFileInfo info;     ///< of the first file
} Outcome;

/** Write bytes to a file of its own, whose path is static. */
const char *write_file(const uint8_t *data, size_t size);

/** Read files to their end. @return static, until the next call */
Outcome *read_files(const char *const *paths, int nb_paths,
                    const InputSetup *setup);

/** Read bytes as a file. */
Outcome *read_made(const Made *made, const InputSetup *setup);

/** Whole frames only: the numbers that fill_payload() made them of have to
 *  be these, with everything in it. */
void check_numbers(const Outcome *outcome, const char *label, int first,
                   int nb, size_t size);

#endif /* E2EE_TESTS_CAPTURE_BYTES_H */
