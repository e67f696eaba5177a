/*
 * End-to-end encrypted media: DAVE, what stays clear of each codec
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <string.h>

#include "e2ee_annexb.h"
#include "e2ee_dave_ranges.h"
#include "e2ee_h264.h"
#include "e2ee_nal.h"

#define OBU_TEMPORAL_DELIMITER 2
#define OBU_TILE_LIST          8
#define OBU_PADDING            15
#define OBU_HAS_EXTENSION      4
#define OBU_HAS_SIZE           2

#define H265_TYPES_VCL 32

size_t ff_e2ee_leb128_size(uint64_t value)
{
    size_t size = 1;

    while (value >>= 7)
        size++;
    return size;
}

size_t ff_e2ee_leb128_write(uint8_t *dst, uint64_t value)
{
    size_t size = 0;

    for (; value > 127; value >>= 7)
        dst[size++] = 0x80 | value;
    dst[size++] = value;
    return size;
}

int ff_e2ee_leb128_read(const uint8_t **p, const uint8_t *end,
                        uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
        uint64_t bits = **p & 127;

        if (bits << shift >> shift != bits)
            return 0;
        *value |= bits << shift;
        if (*(*p)++ < 128)
            return 1;
    }
    return 0;
}

/* The source may be behind, in the same room. */
static enum E2EEReason put(E2EEDaveMedia *media, const uint8_t *src,
                           size_t size, int clear)
{
    E2EEDaveRange *last = media->nb_clear ?
                          &media->clear[media->nb_clear - 1] : NULL;

    if (!size)
        return E2EE_OK;
    memmove(media->data + media->size, src, size);
    if (clear && last && last->offset + last->size == media->size) {
        last->size += size;
    } else if (clear) {
        if (media->nb_clear == E2EE_DAVE_RANGES_MAX)
            return E2EE_LONG_CLEAR;
        media->clear[media->nb_clear++] = (E2EEDaveRange){ media->size,
                                                           size };
    }
    media->size += size;
    return E2EE_OK;
}

static enum E2EEReason put_whole(const E2EESession *session,
                                 const E2EEFrame *frame, E2EEDaveMedia *media)
{
    return put(media, frame->data, frame->size, 0);
}

/* What depacketizers read of a VP8 frame, section 4.3 of RFC 7741. */
static enum E2EEReason put_vp8(const E2EESession *session,
                               const E2EEFrame *frame, E2EEDaveMedia *media)
{
    size_t clear = frame->data[0] & 1 ? 1 : 10;
    enum E2EEReason reason;

    if (frame->size < clear)
        return E2EE_TOO_SHORT;
    reason = put(media, frame->data, clear, 1);
    return reason ? reason : put(media, frame->data + clear,
                                 frame->size - clear, 0);
}

/* All start codes four bytes or longer, parameter sets in front. */
static enum E2EEReason complete_units(const E2EESession *session,
                                      const E2EEFrame *frame,
                                      E2EEDaveMedia *media, size_t *size)
{
    E2EEAccessUnit unit = { 0 };
    E2EELayout layout;
    enum E2EEReason reason = ff_e2ee_layout_slice(frame, &layout);

    if (!reason) {
        reason = ff_e2ee_access_unit(&unit, media->data, frame, &layout,
                                     session->drop_sei ==
                                     E2EE_DROP_SEI_ALWAYS ?
                                     E2EE_DROP_SEI_ALWAYS :
                                     E2EE_DROP_SEI_NEVER,
                                     session->parameter_sets,
                                     session->parameter_sets_size);
        media->warnings = unit.warnings & ~E2EE_WARN_LONG_PREFIX;
    }
    /* Neither is harmful here: start codes in the result are looked for. */
    if (reason && reason != E2EE_NO_SLICE && reason != E2EE_UNSAFE_PREFIX)
        return reason;
    *size = unit.clear +
            ff_e2ee_annexb_normalize(media->data + unit.clear,
                                     frame->data + unit.consumed,
                                     frame->size - unit.consumed);
    return E2EE_OK;
}

/*
 * Bytes from a slice's header byte to its pps_id, which depacketizers read.
 * Three Exp-Golomb codes are an odd number of bits, so never whole bytes.
 */
static size_t slice_clear(const uint8_t *data, size_t size)
{
    E2EESliceStart start;
    size_t left, i = 1;
    int zeros = 0;

    if (!ff_e2ee_h264_slice_start(&start, data + 1, size - 1, 1))
        return 1;
    for (left = start.bits / 8 + 1; left && i < size; i++) {
        int escape = zeros >= 2 && data[i] == 3;

        zeros = data[i] ? 0 : zeros + 1;
        left -= !escape;
    }
    return i;
}

static size_t unit_clear(enum E2EECodec codec, const E2EENal *nal)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(codec);
    size_t size = nal->end - nal->data;

    if (codec == E2EE_CODEC_H265)
        return (*nal->data >> types->shift & types->mask) < H265_TYPES_VCL &&
               size > 2 ? 2 : size;
    return ff_e2ee_nal_is(types, nal->data, types->slices) ?
           slice_clear(nal->data, size) : size;
}

static enum E2EEReason put_units(const E2EESession *session,
                                 const E2EEFrame *frame, E2EEDaveMedia *media)
{
    static const uint8_t code[4] = { 0, 0, 0, 1 };
    E2EENal nal = { .end = media->data };
    size_t size = 0;
    enum E2EEReason reason;

    if (!ff_e2ee_annexb_check(frame->data, frame->size))
        return E2EE_NOT_ANNEXB;
    reason = complete_units(session, frame, media, &size);
    while (!reason && ff_e2ee_annexb_next(&nal, media->data + size)) {
        size_t clear;

        if (nal.end == nal.data)
            continue;
        clear  = unit_clear(frame->codec, &nal);
        reason = put(media, code, sizeof(code), 1);
        if (!reason)
            reason = put(media, nal.data, clear, 1);
        if (!reason)
            reason = put(media, nal.data + clear,
                         nal.end - nal.data - clear, 0);
        media->nb_units++;
    }
    return reason || media->nb_units ? reason : E2EE_NOT_ANNEXB;
}

/** An OBU, section 5.3 of the AV1 specification. */
typedef struct Obu {
    const uint8_t *header;
    size_t         header_size; ///< bytes, with the extension
    const uint8_t *payload;
    size_t         size;        ///< of the payload
    int            kept;        ///< packetizers do not drop it
} Obu;

static int next_obu(const uint8_t **p, const uint8_t *end, Obu *obu)
{
    uint64_t size;
    unsigned type;

    obu->header      = *p;
    obu->header_size = 1 + !!(**p & OBU_HAS_EXTENSION);
    if ((size_t)(end - *p) <= obu->header_size)
        return 0;
    type = **p >> 3 & 15;
    obu->kept = type != OBU_TEMPORAL_DELIMITER && type != OBU_TILE_LIST &&
                type != OBU_PADDING;
    *p += obu->header_size;
    if (!(*obu->header & OBU_HAS_SIZE))
        size = end - *p;
    else if (!ff_e2ee_leb128_read(p, end, &size) ||
             size > (uint64_t)(end - *p))
        return 0;
    obu->payload = *p;
    obu->size    = size;
    *p += size;
    return 1;
}

static enum E2EEReason put_obu(E2EEDaveMedia *media, const Obu *obu, int last)
{
    uint8_t head[2 + 10];
    size_t size = obu->header_size;
    enum E2EEReason reason;

    memcpy(head, obu->header, size);
    if (last)
        head[0] &= ~OBU_HAS_SIZE;
    else
        size += ff_e2ee_leb128_write(head + size, obu->size);
    reason = put(media, head, size, 1);
    return reason ? reason : put(media, obu->payload, obu->size, 0);
}

/* What cannot be read, or is nothing but what gets dropped, is sealed whole. */
static enum E2EEReason put_av1(const E2EESession *session,
                               const E2EEFrame *frame, E2EEDaveMedia *media)
{
    const uint8_t *p = frame->data, *end = frame->data + frame->size;
    enum E2EEReason reason = E2EE_OK;
    int kept = 0;
    Obu obu;

    while (p < end) {
        if (!next_obu(&p, end, &obu))
            return put_whole(session, frame, media);
        kept += obu.kept;
    }
    if (!kept)
        return put_whole(session, frame, media);
    for (p = frame->data; p < end && !reason;) {
        next_obu(&p, end, &obu);
        if (obu.kept)
            reason = put_obu(media, &obu, !--kept);
    }
    return reason;
}

static enum E2EEReason (*const put_codec[E2EE_CODEC_NB])(
    const E2EESession *, const E2EEFrame *, E2EEDaveMedia *) = {
    [E2EE_CODEC_OPUS] = put_whole,
    [E2EE_CODEC_VP8]  = put_vp8,
    [E2EE_CODEC_VP9]  = put_whole,
    [E2EE_CODEC_AV1]  = put_av1,
    [E2EE_CODEC_H264] = put_units,
    [E2EE_CODEC_H265] = put_units,
};

enum E2EEReason ff_e2ee_dave_media(const E2EESession *session,
                                   const E2EEFrame *frame, uint8_t *dst,
                                   E2EEDaveMedia *media)
{
    media->data     = dst;
    media->size     = 0;
    media->nb_clear = 0;
    media->nb_units = 0;
    media->warnings = 0;
    return put_codec[frame->codec](session, frame, media);
}
