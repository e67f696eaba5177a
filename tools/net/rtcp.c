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

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/macros.h>

#include "rtcp.h"

#define HEADER_SIZE 4

enum {
    TYPE_SR    = 200,
    TYPE_RR    = 201,
    TYPE_SDES  = 202,
    TYPE_BYE   = 203,
    TYPE_RTPFB = 205,
    TYPE_PSFB  = 206,
};

enum { SDES_CNAME = 1, FEEDBACK_NACK = 1, FEEDBACK_PLI = 1, FEEDBACK_FIR = 4 };

typedef struct Part {
    const uint8_t *body;   ///< behind the header
    size_t         size;
    int            count;  ///< or the format of a feedback message
} Part;

static int parse_sender_report(const Part *part, const RtcpHandler *handler,
                               void *opaque)
{
    const RtcpSenderReport report = {
        .ssrc       = AV_RB32(part->body),
        .ntp        = AV_RB64(part->body + 4),
        .timestamp  = AV_RB32(part->body + 12),
        .nb_packets = AV_RB32(part->body + 16),
        .nb_bytes   = AV_RB32(part->body + 20),
    };

    if (handler->sender_report)
        handler->sender_report(opaque, &report);
    return 0;
}

/* One chunk: an SSRC, items, zeros up to a word's end. */
static const uint8_t *parse_chunk(const uint8_t *p, const uint8_t *end,
                                  const RtcpHandler *handler, void *opaque)
{
    const uint8_t *start = p;
    uint32_t ssrc;

    if (end - p < 4)
        return NULL;
    ssrc = AV_RB32(p);
    for (p += 4; p < end && *p; p += 2 + p[1]) {
        if (end - p < 2 || end - p - 2 < p[1])
            return NULL;
        if (*p == SDES_CNAME && handler->cname)
            handler->cname(opaque, ssrc, (const char *)p + 2, p[1]);
    }
    return start + FFMIN(FFALIGN(p + 1 - start, 4), end - start);
}

static int parse_description(const Part *part, const RtcpHandler *handler,
                             void *opaque)
{
    const uint8_t *p = part->body, *end = p + part->size;

    for (int i = 0; i < part->count; i++)
        if (!(p = parse_chunk(p, end, handler, opaque)))
            return AVERROR_INVALIDDATA;
    return 0;
}

static int parse_bye(const Part *part, const RtcpHandler *handler,
                     void *opaque)
{
    if (part->size < 4 * (size_t)part->count)
        return AVERROR_INVALIDDATA;
    for (size_t i = 0; i < (size_t)part->count && handler->bye; i++)
        handler->bye(opaque, AV_RB32(part->body + 4 * i));
    return 0;
}

/* A sequence number and a bit for each of the 16 behind it. */
static int parse_transport(const Part *part, const RtcpHandler *handler,
                           void *opaque)
{
    const uint32_t ssrc = AV_RB32(part->body + 4);

    if (part->count != FEEDBACK_NACK || !handler->nack)
        return 0;
    for (size_t i = 8; i + 4 <= part->size; i += 4) {
        const uint16_t first = AV_RB16(part->body + i);
        const unsigned bits  = AV_RB16(part->body + i + 2) << 1 | 1;

        for (int bit = 0; bit <= 16; bit++)
            if (bits >> bit & 1)
                handler->nack(opaque, ssrc, first + bit);
    }
    return 0;
}

static int parse_payload(const Part *part, const RtcpHandler *handler,
                         void *opaque)
{
    if (!handler->pli)
        return 0;
    if (part->count == FEEDBACK_PLI)
        handler->pli(opaque, AV_RB32(part->body + 4));
    for (size_t i = 8; part->count == FEEDBACK_FIR && i + 8 <= part->size;
         i += 8)
        handler->pli(opaque, AV_RB32(part->body + i));
    return 0;
}

static const struct {
    int    type;
    size_t min_size;
    int  (*parse)(const Part *, const RtcpHandler *, void *);
} parsers[] = {
    { TYPE_SR,    24, parse_sender_report },
    { TYPE_SDES,  0,  parse_description   },
    { TYPE_BYE,   0,  parse_bye           },
    { TYPE_RTPFB, 8,  parse_transport     },
    { TYPE_PSFB,  8,  parse_payload       },
};

static int parse_part(int type, const Part *part, const RtcpHandler *handler,
                      void *opaque)
{
    for (size_t i = 0; i < FF_ARRAY_ELEMS(parsers); i++)
        if (parsers[i].type == type)
            return part->size < parsers[i].min_size
                       ? AVERROR_INVALIDDATA
                       : parsers[i].parse(part, handler, opaque);
    return 0;
}

/* Padding may stand at the end of the last part. */
static size_t padding_size(const uint8_t *data, size_t size)
{
    return data[0] & 0x20 ? data[size - 1] : 0;
}

int rtcp_parse(const uint8_t *data, size_t size, const RtcpHandler *handler,
               void *opaque)
{
    int ret;

    while (size) {
        Part   part;
        size_t length, padding;

        if (size < HEADER_SIZE || data[0] >> 6 != 2)
            return AVERROR_INVALIDDATA;
        length = 4 * ((size_t)AV_RB16(data + 2) + 1);
        if (length > size ||
            (padding = padding_size(data, length)) > length - HEADER_SIZE)
            return AVERROR_INVALIDDATA;
        part = (Part){ data + HEADER_SIZE, length - HEADER_SIZE - padding,
                       data[0] & 31 };
        if ((ret = parse_part(data[1], &part, handler, opaque)) < 0)
            return ret;
        data += length;
        size -= length;
    }
    return 0;
}

/* A part's header; the size has to be that of whole words. */
static uint8_t *put_header(uint8_t *out, int type, int count, size_t size)
{
    out[0] = 0x80 | count;
    out[1] = type;
    AV_WB16(out + 2, size / 4 - 1);
    return out + HEADER_SIZE;
}

static uint8_t *put_receiver_report(uint8_t *out, uint32_t sender)
{
    out = put_header(out, TYPE_RR, 0, 8);
    AV_WB32(out, sender);
    return out + 4;
}

static uint8_t *put_feedback(uint8_t *out, int type, int format, size_t size,
                             uint32_t sender, uint32_t ssrc)
{
    out = put_header(out, type, format, size);
    AV_WB32(out, sender);
    AV_WB32(out + 4, ssrc);
    return out + 8;
}

size_t rtcp_write_sender_report(uint8_t *out, const RtcpSenderReport *report,
                                const char *cname)
{
    const size_t length = FFMIN(strlen(cname), 255);
    /* The item, and at least one zero behind it. */
    const size_t size   = FFALIGN(HEADER_SIZE + 4 + 2 + length + 1, 4);
    uint8_t *p = put_header(out, TYPE_SR, 0, 28);

    AV_WB32(p, report->ssrc);
    AV_WB64(p + 4, report->ntp);
    AV_WB32(p + 12, report->timestamp);
    AV_WB32(p + 16, report->nb_packets);
    AV_WB32(p + 20, report->nb_bytes);
    p = put_header(p + 24, TYPE_SDES, 1, size);
    memset(p, 0, size - HEADER_SIZE);
    AV_WB32(p, report->ssrc);
    p[4] = SDES_CNAME;
    p[5] = length;
    memcpy(p + 6, cname, length);
    return 28 + size;
}

size_t rtcp_write_nack(uint8_t *out, uint32_t sender, uint32_t ssrc,
                       const uint16_t *sequences, size_t nb)
{
    uint8_t *start = put_receiver_report(out, sender);
    uint8_t *p     = start + HEADER_SIZE + 8;
    size_t i = 0;

    while (i < nb && p + 4 <= out + RTCP_MAX_SIZE) {
        const uint16_t first = sequences[i++];
        unsigned bits = 0, ahead;

        while (i < nb && (ahead = (uint16_t)(sequences[i] - first)) <= 16) {
            bits |= ahead ? 1u << (ahead - 1) : 0;
            i++;
        }
        AV_WB16(p, first);
        AV_WB16(p + 2, bits);
        p += 4;
    }
    put_feedback(start, TYPE_RTPFB, FEEDBACK_NACK, p - start, sender, ssrc);
    return p - out;
}

size_t rtcp_write_pli(uint8_t *out, uint32_t sender, uint32_t ssrc)
{
    uint8_t *p = put_receiver_report(out, sender);

    return put_feedback(p, TYPE_PSFB, FEEDBACK_PLI, 12, sender, ssrc) - out;
}

size_t rtcp_write_bye(uint8_t *out, uint32_t ssrc)
{
    uint8_t *p = put_header(put_receiver_report(out, ssrc), TYPE_BYE, 1, 8);

    AV_WB32(p, ssrc);
    return p + 4 - out;
}
