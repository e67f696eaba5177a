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

#include "e2ee_annexb.h"
#include "e2ee_lkts.h"
#include "e2ee_sframe_header.h"
#include "e2ee_sif.h"
#include "e2ee_trailer.h"
#include "wire.h"

/* Below this a frame cannot hold a tag and a trailer. */
#define SEALED_MIN (E2EE_TAG_SIZE + E2EE_TRAILER_SIZE)

static const struct {
    const char *name;
    const char *text;
} formats[WIRE_NB] = {
    [WIRE_PLAIN]    = { "none", "nothing that tells of sealing" },
    [WIRE_TRAILER]  = { "trailer", "a trailer of a 12-byte IV and a key index "
                        "(videosdk, livekit, jitsi, nextcloud)" },
    [WIRE_STREAM]   = { "stream", "Stream Video's trailer (ends in "
                        "E2EEFEED)" },
    [WIRE_DAVE]     = { "dave", "DAVE's trailer (ends in FAFA)" },
    [WIRE_SFRAME]   = { "sframe", "SFrame's header in front (RFC 9605)" },
    [WIRE_INJECTED] = { "injected", "LiveKit's server's own frame" },
    [WIRE_EMPTY]    = { "empty", "empty" },
};

const char *wire_format_name(WireFormat format)
{
    return formats[format].name;
}

const char *wire_format_text(WireFormat format)
{
    return formats[format].text;
}

/* The last bytes of a frame as they were before emulation prevention. Reads
 * back to where a count of zeros begins. */
static size_t tail(uint8_t *dst, size_t size, const uint8_t *begin,
                   const uint8_t *end, bool escaped)
{
    uint8_t bytes[256];
    const uint8_t *p = end - begin > 64 ? end - 64 : begin;
    size_t n;

    while (escaped && p > begin && !p[-1] && end - p < (int)sizeof(bytes))
        p--;
    n = end - p;
    memcpy(bytes, p, n);
    if (escaped) {
        uint8_t plain[sizeof(bytes)];

        n = ff_e2ee_unescape(plain, bytes, n);
        memcpy(bytes, plain, n);
    }
    if (n < size)
        return 0;
    memcpy(dst, bytes + n - size, size);
    return size;
}

/* lost is 1 where the last byte is not there. */
static void read_trailer(WireFrame *wire, const E2EEFrame *frame,
                         const uint8_t *end, int lost)
{
    uint8_t bytes[E2EE_TRAILER_SIZE];
    size_t size = sizeof(bytes) - lost;
    E2EELayout layout;
    bool escaped = (frame->codec == E2EE_CODEC_H264 ||
                    frame->codec == E2EE_CODEC_H265) &&
                   !ff_e2ee_layout_slice(frame, &layout);

    wire->format    = WIRE_TRAILER;
    wire->zero_lost = lost;
    wire->key_index = lost ? 0 : end[-1];
    wire->has_iv    = tail(bytes, size,
                           frame->data + (escaped ? layout.clear : 0), end,
                           escaped) == size;
    memcpy(wire->iv, bytes, E2EE_IV_SIZE);
}

static bool read_stream(WireFrame *wire, const E2EEFrame *frame,
                        const uint8_t *end)
{
    static const uint8_t magic[] = { 0xe2, 0xee, 0xfe, 0xed };
    uint8_t bytes[20];
    bool escaped;

    if (end - frame->data < 20 || memcmp(end - 4, magic, sizeof(magic)))
        return false;
    escaped = end[-7] & 0x80;
    wire->format    = WIRE_STREAM;
    wire->key_index = end[-8];
    wire->has_iv    = tail(bytes, sizeof(bytes), frame->data, end,
                           escaped) == sizeof(bytes);
    memcpy(wire->iv, bytes + 4, 8);
    memcpy(wire->iv + 8, bytes, 4);
    if (wire->has_iv)
        wire->key_index = bytes[12];
    return true;
}

/* The nonce follows the tag; that the rest fits is the scheme's to say. */
static bool read_dave(WireFrame *wire, const E2EEFrame *frame,
                      const uint8_t *end)
{
    const uint8_t *p;
    uint32_t nonce = 0;

    if (end - frame->data < 12 || end[-1] != 0xfa || end[-2] != 0xfa ||
        end[-3] < 12 || end[-3] > end - frame->data)
        return false;
    wire->format = WIRE_DAVE;
    p = end - end[-3] + 8;
    for (int shift = 0; p < end - 3 && shift < 35; shift += 7) {
        nonce |= (uint32_t)(*p & 0x7f) << shift;
        if (!(*p++ & 0x80))
            break;
    }
    for (int i = 0; i < 4; i++)
        wire->iv[8 + i] = nonce >> 8 * i;
    wire->has_iv = true;
    return true;
}

/* A count of itself and zeros before it, as RTP pads, and a trailer there. */
static size_t padding(const E2EEFrame *frame)
{
    const uint8_t *end = frame->data + frame->size;
    size_t n = end[-1];

    if (!n || frame->size < n + SEALED_MIN)
        return 0;
    for (size_t i = 2; i <= n; i++)
        if (end[-(ptrdiff_t)i])
            return 0;
    end -= n;
    return end[-2] == E2EE_IV_SIZE ? n : 0;
}

static void read_sframe(WireFrame *wire, const E2EEFrame *frame)
{
    E2EESFrameHeader header;

    if (ff_e2ee_sframe_header_read(&header, frame->data, frame->size,
                                   &wire->sframe_header))
        return;
    wire->has_sframe = true;
    wire->kid        = header.kid;
    wire->ctr        = header.ctr;
}

void wire_read(WireFrame *wire, const E2EEFrame *frame)
{
    const uint8_t *end;
    E2EEFrame inner = *frame;
    E2EELkts lkts;
    size_t payload;

    *wire = (WireFrame){ .format = WIRE_PLAIN, .key_index = -1 };
    if (!frame->size) {
        wire->format = WIRE_EMPTY;
        return;
    }
    wire->lkts  = ff_e2ee_lkts_read(&lkts, frame->data, frame->size);
    inner.size -= wire->lkts;
    end = frame->data + inner.size;
    read_sframe(wire, &inner);
    if (inner.size && ff_e2ee_sif(&inner, NULL, 0, &payload)) {
        wire->format = WIRE_INJECTED;
    } else if (inner.size && (read_stream(wire, &inner, end) ||
                              read_dave(wire, &inner, end))) {
        return;
    } else if (inner.size >= SEALED_MIN && end[-2] == E2EE_IV_SIZE) {
        read_trailer(wire, &inner, end, 0);
    } else if (inner.size >= SEALED_MIN - 1 && end[-1] == E2EE_IV_SIZE &&
               (frame->codec == E2EE_CODEC_H264 ||
                frame->codec == E2EE_CODEC_H265)) {
        read_trailer(wire, &inner, end, 1);
    } else if (inner.size) {
        wire->padding = padding(&inner);
    }
}
