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
 * What a capture is made of, whatever its format: records of datagrams, or
 * of frames for containers; and the table of formats.
 */

#ifndef TOOLS_CAPTURE_RECORD_H
#define TOOLS_CAPTURE_RECORD_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "file.h"
#include "input.h"

/** Largest datagram; what claims to be larger is damage. */
#define RECORD_MAX_SIZE 65535

/** Where a datagram came from and went; all zero in files that do not say. */
typedef struct Flow {
    uint8_t  source[16], target[16]; ///< IPv4 in the first four bytes
    uint16_t source_port, target_port;
} Flow;

typedef struct Record {
    int64_t        time;  ///< the recorder's, microseconds
    uint64_t       place; ///< byte offset in the file, or the packet's number
    int            stream;///< index of the capture's streams, -1: not known
    Flow           flow;
    const uint8_t *data;  ///< datagram, until the next one is read
    size_t         size;
    AVPacket      *packet;///< of a container, instead of a datagram
} Record;

/** What a file itself says of a stream. */
typedef struct CaptureStream {
    AVCodecParameters *par;
    AVRational  time_base;
    const char *kind;      ///< NULL: by the codec
    char        name[48];  ///< "" if it has none
    char        language[16]; ///< "" if it has none
    int         red;       ///< payload type of RED, -1: not known
} CaptureStream;

typedef struct RecordFormat RecordFormat;

/** One open file. */
typedef struct Capture {
    const RecordFormat *format;
    CaptureFile    *file;
    void           *priv;       ///< the format's own
    CaptureStream  *streams;
    int             nb_streams;
    bool            absolute;   ///< times count from 1970
    const char     *codec_from; ///< for InputTrack
    const char     *container;  ///< for InputTrack
    InputFileInfo   info;
    AVPacket       *packet;     ///< to read into, for containers
    uint8_t         data[RECORD_MAX_SIZE]; ///< to read into, for the others
} Capture;

struct RecordFormat {
    const char *name;
    bool (*detect)(const uint8_t *head, size_t size);
    /** @return 0 or a negative AVERROR after an error line */
    int  (*open)(Capture *c);
    /** @return 0, AVERROR_EOF (also after capture_damaged()), or another
     *          negative AVERROR after an error line */
    int  (*read)(Capture *c, Record *record);
    void (*close)(Capture *c);
};

extern const RecordFormat capture_container, capture_mjr, capture_pcap,
    capture_rtpdump;

/**
 * Open a file as what its content is.
 *
 * @param format name of it; NULL: found by content
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int capture_open(Capture **capture, const char *name, const char *format);

int capture_read(Capture *capture, Record *record);

/** One more stream. @return NULL if there is no memory */
CaptureStream *capture_add_stream(Capture *capture, enum AVCodecID codec);

/**
 * Say that the file cannot be read further, and that what was read counts.
 *
 * @return AVERROR_EOF
 */
int capture_damaged(Capture *capture, uint64_t place, const char *what);

void capture_close(Capture **capture);

#endif /* TOOLS_CAPTURE_RECORD_H */
