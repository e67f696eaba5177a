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

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "report/whole_file.h"
#include "rtpdump_out.h"

#define RECORD_HEADER 8
#define MAX_RECORD    65535

struct RtpdumpOut {
    WholeFile *file;
    uint8_t    record[MAX_RECORD];
};

int rtpdump_out_open(RtpdumpOut **out, const char *name, uint32_t address,
                     uint16_t port)
{
    RtpdumpOut *o = *out = av_mallocz(sizeof(*o));
    uint8_t header[16] = { 0 };     /* started in 1970 */
    FILE *f;
    int ret;

    if (!o)
        return AVERROR(ENOMEM);
    if ((ret = whole_file_open(&o->file, name)) < 0) {
        av_freep(out);
        return ret;
    }
    f = whole_file_stream(o->file);
    fprintf(f, "#!rtpplay1.0 %u.%u.%u.%u/%u\n", address >> 24,
            address >> 16 & 255, address >> 8 & 255, address & 255, port);
    AV_WB32(header + 8, address);
    AV_WB16(header + 12, port);
    fwrite(header, 1, sizeof(header), f);
    return 0;
}

void rtpdump_out_write(RtpdumpOut *o, int64_t time, const Datagram *datagram)
{
    const size_t size = datagram_size(datagram);

    if (size > MAX_RECORD - RECORD_HEADER)
        return;
    AV_WB16(o->record, RECORD_HEADER + size);
    AV_WB16(o->record + 2, datagram->header_size ? size : 0); /* RTCP: 0 */
    AV_WB32(o->record + 4, (uint32_t)(time / 1000));
    datagram_write(datagram, o->record + RECORD_HEADER);
    fwrite(o->record, 1, RECORD_HEADER + size, whole_file_stream(o->file));
}

int rtpdump_out_commit(RtpdumpOut **out)
{
    int ret = whole_file_commit(&(*out)->file);

    av_freep(out);
    return ret;
}

void rtpdump_out_discard(RtpdumpOut **out)
{
    if (*out)
        whole_file_discard(&(*out)->file);
    av_freep(out);
}
