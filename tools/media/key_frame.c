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

#include <libavutil/intreadwrite.h>

#include "e2ee_annexb.h"
#include "key_frame.h"
#include "vp8_descriptor.h"

#define TYPE(n) (UINT64_C(1) << (n))

typedef bool (*Rule)(const uint8_t *payload, size_t size);

/* The partition's first byte tells the frame type in bit 0 (RFC 6386, 9.1);
 * the start code of a key frame follows behind three bytes. */

static bool mediasoup_vp8(const uint8_t *payload, size_t size)
{
    Vp8Descriptor d;

    return vp8_descriptor_parse(&d, payload, size) && d.extended && d.start &&
           !d.partition && !(payload[d.size] & 1);
}

static bool livekit_vp8(const uint8_t *payload, size_t size)
{
    Vp8Descriptor d;

    return vp8_descriptor_parse(&d, payload, size) &&
           !(d.tl0 && d.layer < 0) && d.start && !(payload[d.size] & 1);
}

static bool janus_vp8(const uint8_t *payload, size_t size)
{
    static const uint8_t start_code[] = { 0x9d, 0x01, 0x2a };
    Vp8Descriptor d;

    return size >= 16 && vp8_descriptor_parse(&d, payload, size) && d.start &&
           !(payload[d.size] & 1) && size >= d.size + 6 &&
           !memcmp(payload + d.size + 3, start_code, sizeof(start_code));
}

static bool jitsi_vp8(const uint8_t *payload, size_t size)
{
    Vp8Descriptor d;

    return vp8_descriptor_parse(&d, payload, size) && d.start &&
           !d.partition && !(payload[d.size] & 1);
}

/* VP9's descriptor (RFC 9628, 4.2). */
typedef struct Vp9Descriptor {
    size_t   size;       ///< where the frame's bytes begin
    bool     predicted;  ///< P: from other pictures
    bool     start;      ///< B
    bool     layered;    ///< L
    unsigned spatial;    ///< SID
    bool     inter_layer;///< D
    bool     sized;      ///< it tells widths and heights, not all 0
} Vp9Descriptor;

/* @return where the scalability structure ends */
static size_t parse_vp9_structure(Vp9Descriptor *d, const uint8_t *p,
                                  size_t pos, size_t size)
{
    unsigned nb_layers = (p[pos] >> 5) + 1;
    bool has_sizes = p[pos] & 0x10, has_pictures = p[pos] & 8;

    pos++;
    for (unsigned i = 0; has_sizes && i < nb_layers && pos + 4 <= size; i++) {
        d->sized |= AV_RB32(p + pos) != 0;
        pos += 4;
    }
    if (has_pictures && pos < size)
        for (unsigned n = p[pos++]; n && pos < size; n--)
            pos += 1 + (p[pos] >> 2 & 3);
    return pos;
}

/* @return false if the payload ends before the frame's first byte */
static bool parse_vp9(Vp9Descriptor *d, const uint8_t *p, size_t size)
{
    size_t pos = 1;
    bool flexible, more;

    *d = (Vp9Descriptor){ 0 };
    if (size < 2)
        return false;
    d->predicted = p[0] & 0x40;
    d->layered   = p[0] & 0x20;
    flexible     = p[0] & 0x10;
    d->start     = p[0] & 8;
    if (p[0] & 0x80)
        pos += p[pos] & 0x80 ? 2 : 1;
    if (d->layered && pos < size) {
        d->spatial     = p[pos] >> 1 & 7;
        d->inter_layer = p[pos] & 1;
        pos += flexible ? 1 : 2;
    }
    more = flexible && d->predicted;
    for (int i = 0; more && i < 3 && pos < size; i++)
        more = p[pos++] & 1;
    if (p[0] & 2 && pos < size)
        pos = parse_vp9_structure(d, p, pos, size);
    d->size = pos;
    return pos < size;
}

static bool mediasoup_vp9(const uint8_t *payload, size_t size)
{
    Vp9Descriptor d;

    return parse_vp9(&d, payload, size) && !d.predicted && d.start &&
           !d.spatial;
}

/* Whether the uncompressed header's first byte is that of a key frame. */
static bool vp9_header_is_key(uint8_t byte)
{
    bool profile_3 = (byte & 0x30) == 0x30;

    return (byte & 0xc0) == 0x80 && !(byte & (profile_3 ? 6 : 12));
}

/* Looks into the frame: with no clear byte there the answer is chance. */
static bool livekit_vp9(const uint8_t *payload, size_t size)
{
    Vp9Descriptor d;

    return parse_vp9(&d, payload, size) && d.start &&
           vp9_header_is_key(payload[d.size]);
}

static bool janus_vp9(const uint8_t *payload, size_t size)
{
    Vp9Descriptor d;

    return size >= 16 && parse_vp9(&d, payload, size) && d.sized;
}

/* Its answer holds for all of a frame's packets: here for the first. */
static bool jitsi_vp9(const uint8_t *payload, size_t size)
{
    Vp9Descriptor d;

    return parse_vp9(&d, payload, size) && d.start && !d.predicted &&
           (!d.layered || !d.spatial || !d.inter_layer);
}

/* What an SFU looks for in NAL units, as sets of their types. */
typedef struct NalRule {
    size_t   min_size;
    unsigned header;     ///< bytes of a NAL unit's header
    uint64_t units;      ///< that make a key frame
    uint64_t lists;      ///< packets of several units that it looks into
    bool     first_only; ///< into the first unit of a list
    uint64_t parts;      ///< packets of a unit's fragment that it looks into
    uint64_t part_units; ///< that make a key frame when in fragments
    bool     any_part;   ///< also in a fragment that is not the first
} NalRule;

static unsigned nal_type(const NalRule *rule, const uint8_t *header)
{
    return rule->header == 1 ? header[0] & 31 : header[0] >> 1 & 63;
}

/* RFC 6184, 5.7 and RFC 7798, 4.4.2: STAP-B and MTAPs have decoding order
 * numbers before the units, MTAPs also offsets in front of each. */
static bool list_has_key(const NalRule *rule, unsigned type,
                         const uint8_t *payload, size_t size)
{
    size_t skip = type == 26 ? 3 : type == 27 ? 4 : 0;
    size_t pos = rule->header + (type >= 25 && type <= 27 ? 2 : 0);
    bool found = false, first = true;

    while (pos + 2 < size) {
        size_t length = AV_RB16(payload + pos);

        pos += 2;
        if (length <= skip || length > size - pos)
            return found && !rule->first_only;
        if (first || !rule->first_only)
            found |= rule->units >> nal_type(rule, payload + pos + skip) & 1;
        first = false;
        pos += length;
    }
    return found && (!rule->first_only || pos == size);
}

static bool nal_rule(const NalRule *rule, const uint8_t *payload, size_t size)
{
    unsigned type;

    if (size < rule->min_size)
        return false;
    type = nal_type(rule, payload);
    if (rule->lists >> type & 1)
        return list_has_key(rule, type, payload, size);
    if (rule->parts >> type & 1) {
        uint8_t part = size > rule->header ? payload[rule->header] : 0;

        return (rule->any_part || part & 0x80) &&
               rule->part_units >> (part & (rule->header == 1 ? 31 : 63)) & 1;
    }
    return rule->units >> type & 1;
}

#define STAP_A TYPE(24)
#define FU     (TYPE(28) | TYPE(29))
#define SPS    TYPE(7)

/* An SPS makes a key frame for all but Jitsi, which also takes any SEI, PPS
 * or fragment of an IDR for one. */
static const NalRule h264_rules[SFU_NB] = {
    [SFU_MEDIASOUP] = { 2, 1, SPS, STAP_A, false, FU, SPS, false },
    [SFU_LIVEKIT]   = { 1, 1, SPS, STAP_A | TYPE(25) | TYPE(26) | TYPE(27),
                        false, FU, SPS, false },
    [SFU_JANUS]     = { 6, 1, SPS, STAP_A, false, FU, SPS, false },
    [SFU_JITSI]     = { 1, 1, TYPE(5) | TYPE(6) | SPS | TYPE(8), STAP_A, true,
                        TYPE(28), TYPE(5), true },
};

#define SPS_PPS (TYPE(33) | TYPE(34))
#define IRAP    (TYPE(16) | TYPE(17) | TYPE(18) | TYPE(19) | TYPE(20) | \
                 TYPE(21))

static const NalRule h265_rules[SFU_NB] = {
    [SFU_LIVEKIT] = { 2, 2, SPS_PPS, TYPE(48), false, TYPE(49), SPS_PPS,
                      true },
    [SFU_JANUS]   = { 2, 2, TYPE(32) | SPS_PPS | IRAP, 0, false, 0, 0, false },
};

#define NAL_RULE(name, table, sfu)                           \
    static bool name(const uint8_t *payload, size_t size)    \
    {                                                        \
        return nal_rule(&table[sfu], payload, size);         \
    }

NAL_RULE(mediasoup_h264, h264_rules, SFU_MEDIASOUP)
NAL_RULE(livekit_h264,   h264_rules, SFU_LIVEKIT)
NAL_RULE(janus_h264,     h264_rules, SFU_JANUS)
NAL_RULE(jitsi_h264,     h264_rules, SFU_JITSI)
NAL_RULE(livekit_h265,   h265_rules, SFU_LIVEKIT)
NAL_RULE(janus_h265,     h265_rules, SFU_JANUS)

/* LEB128 of at most 4 bytes. @return bytes of it, 0 if it does not end */
static size_t read_leb128(const uint8_t *p, size_t size, size_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 4 && i < size; i++) {
        *value |= (size_t)(p[i] & 0x7f) << 7 * i;
        if (!(p[i] & 0x80))
            return i + 1;
    }
    return 0;
}

/* The aggregation header (AV1 RTP, 4.4): Z not set, N set. */
static bool starts_av1_sequence(const uint8_t *payload)
{
    return (payload[0] & 0x88) == 8;
}

/* show_existing_frame and frame_type of a frame header (AV1, 5.9.2). */
static bool av1_header_is_key(uint8_t byte)
{
    return !(byte & 0xe0);
}

/* A sequence header, and a frame in the same packet. An OBU extension is not
 * thought of, a count of 0 means that it gives up. */
static bool livekit_av1(const uint8_t *payload, size_t size)
{
    unsigned nb;
    size_t pos = 1;

    if (size < 2 || !starts_av1_sequence(payload))
        return false;
    nb = payload[0] >> 4 & 3;
    for (unsigned i = 0; i < nb && pos < size; i++) {
        size_t length = size - pos;
        unsigned type;

        if (i + 1 < nb) {
            size_t leb = read_leb128(payload + pos, size - pos, &length);

            pos += leb;
            if (!leb || !length || length > size - pos)
                return false;
        }
        type = payload[pos] >> 3 & 15;
        if (!i && type != 1)
            return false;
        if (i && (type == 3 || type == 6))
            return length >= 2 && av1_header_is_key(payload[pos + 1]);
        pos += length;
    }
    return false;
}

static bool janus_av1(const uint8_t *payload, size_t size)
{
    return size >= 3 && starts_av1_sequence(payload);
}

static bool vp8_frame_is_key(const uint8_t *frame, size_t size)
{
    return size && !(frame[0] & 1);
}

static bool vp9_frame_is_key(const uint8_t *frame, size_t size)
{
    return size && vp9_header_is_key(frame[0]);
}

static bool h264_frame_is_key(const uint8_t *frame, size_t size)
{
    E2EENal nal = { .end = frame };

    while (ff_e2ee_annexb_next(&nal, frame + size))
        if ((nal.data[0] & 31) == 5)
            return true;
    return false;
}

static bool h265_frame_is_key(const uint8_t *frame, size_t size)
{
    E2EENal nal = { .end = frame };

    while (ff_e2ee_annexb_next(&nal, frame + size))
        if (IRAP >> (nal.data[0] >> 1 & 63) & 1)
            return true;
    return false;
}

/* The first frame header of the temporal unit decides. */
static bool av1_frame_is_key(const uint8_t *frame, size_t size)
{
    size_t pos = 0;

    while (pos < size) {
        unsigned type = frame[pos] >> 3 & 15;
        bool extension = frame[pos] & 4, has_size = frame[pos] & 2;
        size_t length, leb = 0;

        pos += extension ? 2 : 1;
        if (pos >= size)
            return false;
        length = size - pos;
        if (has_size) {
            leb = read_leb128(frame + pos, size - pos, &length);
            pos += leb;
            if (!leb || length > size - pos)
                return false;
        }
        if (type == 3 || type == 6)
            return length && av1_header_is_key(frame[pos]);
        pos += length;
    }
    return false;
}

static const struct {
    enum AVCodecID codec;
    Rule           plain;         ///< for whole frames
    Rule           rules[SFU_NB]; ///< for payloads; NULL: it does not look
} codecs[] = {
    { AV_CODEC_ID_VP8,  vp8_frame_is_key,
      { mediasoup_vp8,  livekit_vp8,  janus_vp8,  jitsi_vp8 } },
    { AV_CODEC_ID_VP9,  vp9_frame_is_key,
      { mediasoup_vp9,  livekit_vp9,  janus_vp9,  jitsi_vp9 } },
    { AV_CODEC_ID_H264, h264_frame_is_key,
      { mediasoup_h264, livekit_h264, janus_h264, jitsi_h264 } },
    { AV_CODEC_ID_HEVC, h265_frame_is_key,
      { NULL,           livekit_h265, janus_h265, NULL } },
    { AV_CODEC_ID_AV1,  av1_frame_is_key,
      { NULL,           livekit_av1,  janus_av1,  NULL } },
};

#define NB_CODECS (sizeof(codecs) / sizeof(*codecs))

static const char *const names[SFU_NB] = {
    [SFU_MEDIASOUP] = "mediasoup",
    [SFU_LIVEKIT]   = "livekit",
    [SFU_JANUS]     = "janus",
    [SFU_JITSI]     = "jitsi",
};

const char *sfu_name(SfuRules rules)
{
    return names[rules];
}

SfuRules sfu_from_name(const char *name)
{
    int i;

    for (i = 0; i < SFU_NB && strcmp(names[i], name); i++)
        ;
    return i;
}

/* @return NB_CODECS if it is not there */
static size_t find_codec(enum AVCodecID codec)
{
    size_t i;

    for (i = 0; i < NB_CODECS && codecs[i].codec != codec; i++)
        ;
    return i;
}

bool sfu_looks(SfuRules rules, enum AVCodecID codec)
{
    size_t i = find_codec(codec);

    return i < NB_CODECS && codecs[i].rules[rules];
}

bool sfu_key_frame(SfuRules rules, enum AVCodecID codec,
                   const uint8_t *payload, size_t size)
{
    return sfu_looks(rules, codec) &&
           codecs[find_codec(codec)].rules[rules](payload, size);
}

bool frame_is_key(enum AVCodecID codec, const uint8_t *frame, size_t size)
{
    size_t i = find_codec(codec);

    return i == NB_CODECS || codecs[i].plain(frame, size);
}
