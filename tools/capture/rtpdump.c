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


/* rtptools' dump format:
 *
 *     "#!rtpplay1.0 ADDRESS/PORT\n"
 *     BE32 seconds, BE32 microseconds, BE32 address, BE16 port, BE16 padding
 *     BE16 size with these eight bytes, BE16 size of the RTP packet as it was
 *     (0: RTCP), BE32 milliseconds since the start          (each datagram)
 */

#include <string.h>

#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "record.h"
#include "report/log.h"

#define MAGIC         "#!rtpplay1.0 "
#define HEADER_SIZE   16
#define PREFIX_SIZE   8
#define MAX_FIRST_LINE 256

typedef struct Rtpdump {
    int64_t  start; ///< us from 1970
    uint64_t place;
} Rtpdump;

static bool rtpdump_detect(const uint8_t *head, size_t size)
{
    return size >= strlen(MAGIC) && !memcmp(head, MAGIC, strlen(MAGIC));
}

static int rtpdump_open(Capture *c)
{
    FILE    *file = c->file->stream;
    Rtpdump *d = c->priv = av_mallocz(sizeof(*d));
    uint8_t  header[HEADER_SIZE];
    int      byte = 0;

    if (!d)
        return AVERROR(ENOMEM);
    while (d->place < MAX_FIRST_LINE && (byte = getc(file)) != EOF) {
        d->place++;
        if (byte == '\n')
            break;
    }
    if (byte != '\n' || fread(header, 1, HEADER_SIZE, file) < HEADER_SIZE) {
        log_error("%s: byte %llu: the rtpdump header is cut off; the file is "
                  "damaged", c->file->name, (unsigned long long)d->place);
        return AVERROR_INVALIDDATA;
    }
    d->place += HEADER_SIZE;
    d->start  = AV_RB32(header) * INT64_C(1000000) + AV_RB32(header + 4);
    c->absolute = d->start > 0;
    return 0;
}

static int rtpdump_read(Capture *c, Record *record)
{
    Rtpdump *d = c->priv;
    uint8_t  prefix[PREFIX_SIZE];
    size_t   size, got;

    for (;;) {
        got = fread(prefix, 1, PREFIX_SIZE, c->file->stream);
        if (!got)
            return AVERROR_EOF;
        if (got < PREFIX_SIZE)
            return capture_damaged(c, d->place, "a packet is cut off");
        if (AV_RB16(prefix) < PREFIX_SIZE)
            return capture_damaged(c, d->place,
                                   "a packet shorter than its header");
        size = AV_RB16(prefix) - PREFIX_SIZE;
        if (fread(c->data, 1, size, c->file->stream) < size)
            return capture_damaged(c, d->place, "a packet is cut off");
        record->place = d->place;
        d->place += PREFIX_SIZE + size;
        if (size >= AV_RB16(prefix + 2))
            break;
        c->info.nb_cut++;
    }
    record->time = d->start + AV_RB32(prefix + 4) * INT64_C(1000);
    record->data = c->data;
    record->size = size;
    return 0;
}

static void rtpdump_close(Capture *c)
{
    av_freep(&c->priv);
}

const RecordFormat capture_rtpdump = {
    .name   = "rtpdump",
    .detect = rtpdump_detect,
    .open   = rtpdump_open,
    .read   = rtpdump_read,
    .close  = rtpdump_close,
};
