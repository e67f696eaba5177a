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

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "e2ee_annexb.h"
#include "e2ee_lkts.h"
#include "repair.h"

#define FRONT_MAX  12   /* bytes of a payload descriptor and more */
#define UNITS_MAX  5    /* before the slice; more are not taken apart */
#define DELIMITERS 8    /* of H.264: primary_pic_type 0 to 7 */
#define CODES_NB   4    /* see code_size() */

/* A delimiter each, one more for sets, and none. */
#define FRONTS_NB (DELIMITERS + 2)

const RepairRow repair_rows[] = {
    { REPAIR_PADDING, "rtp-padding",
      "RTP padding is taken off their end, which was left there" },
    { REPAIR_TAIL, "end-taken-for-padding",
      "the bytes that were taken for RTP padding are put back" },
    { REPAIR_ZERO, "zero-stripped",
      "a final 00 is put back, which somebody took off" },
    { REPAIR_LKTS, "packet-trailer",
      "the LiveKit packet trailer behind them is taken off" },
    { REPAIR_RED, "red-header",
      "RED's header in front is taken off: the frame is the last block" },
    { REPAIR_FRONT, "bytes-in-front",
      "bytes in front are taken off, such as a payload descriptor" },
    { REPAIR_CODES, "three-byte-codes",
      "start codes are made three bytes long again, as they were sealed: "
      "receivers of RTP always see four" },
    { REPAIR_DELIMITER, "delimiter-stripped",
      "the access unit delimiter is put back that was stripped on the way" },
    { REPAIR_SEI, "sei-inserted",
      "SEI is taken out that was inserted after sealing" },
    { REPAIR_SETS_ADDED, "parameter-sets-inserted",
      "parameter sets are taken out that were inserted after sealing" },
    { REPAIR_SETS_LOST, "parameter-sets-stripped",
      "the parameter sets are put back that were stripped on the way" },
    { REPAIR_UNIT, "unit-inserted",
      "a NAL unit is taken out that was inserted after sealing" },
    { 0, NULL, NULL }
};

typedef struct Unit {
    const uint8_t *data, *end;
    unsigned       dropping; ///< REPAIR_* that leaving it out is
    bool           set;
} Unit;

static size_t without_padding(Repairer *r, uint8_t *dst, int n)
{
    const Sample *s = r->sample;
    size_t size = s->size, count = size ? s->data[size - 1] : 0;

    if (!n)
        size -= count && count < size ? count : size;
    else
        while (size && !s->data[size - 1])
            size--;
    if (!size || size == s->size)
        return 0;
    memcpy(dst, s->data, size);
    return size;
}

static size_t with_tail(Repairer *r, uint8_t *dst, int n)
{
    const Sample *s = r->sample;

    if (n || !s->tail_size)
        return 0;
    memcpy(dst, s->data, s->size);
    memcpy(dst + s->size, s->tail, s->tail_size);
    return s->size + s->tail_size;
}

static size_t with_zeros(Repairer *r, uint8_t *dst, int n)
{
    const Sample *s = r->sample;

    memcpy(dst, s->data, s->size);
    memset(dst + s->size, 0, n + 1);
    return s->size + n + 1;
}

static size_t without_lkts(Repairer *r, uint8_t *dst, int n)
{
    const Sample *s = r->sample;
    E2EELkts lkts;
    size_t size = ff_e2ee_lkts_read(&lkts, s->data, s->size);

    if (n || !size)
        return 0;
    memcpy(dst, s->data, s->size - size);
    return s->size - size;
}

/* RFC 2198: blocks of four bytes of header, the last of one, then their data;
 * the frame itself is the last one's. */
static size_t without_red(Repairer *r, uint8_t *dst, int n)
{
    const uint8_t *p = r->sample->data;
    size_t left = r->sample->size, skip = 0;

    if (n)
        return 0;
    while (left > 4 && *p & 0x80) {
        skip += (p[2] & 3) << 8 | p[3];
        p    += 4;
        left -= 4;
    }
    if (left < 2 || skip >= left - 1)
        return 0;
    left -= 1 + skip;
    memcpy(dst, p + 1 + skip, left);
    return left;
}

static size_t without_front(Repairer *r, uint8_t *dst, int n)
{
    const Sample *s = r->sample;

    if (s->size <= (size_t)n + 1)
        return 0;
    memcpy(dst, s->data + n + 1, s->size - n - 1);
    return s->size - n - 1;
}

static const struct {
    unsigned repair;
    int      nb;
    size_t (*make)(Repairer *r, uint8_t *dst, int n);
} simple[] = {
    { REPAIR_PADDING, 2, without_padding },
    { REPAIR_TAIL, 1, with_tail },
    { REPAIR_ZERO, 2, with_zeros },
    { REPAIR_LKTS, 1, without_lkts },
    { REPAIR_RED, 1, without_red },
    { REPAIR_FRONT, FRONT_MAX, without_front },
};

static unsigned dropping(const E2EENalTypes *types, const uint8_t *header)
{
    return ff_e2ee_nal_is(types, header, types->parameter_sets) ?
               REPAIR_SETS_ADDED :
           ff_e2ee_nal_is(types, header, types->delimiters) ?
               REPAIR_UNIT :
           ff_e2ee_nal_is(types, header, types->droppable) ?
               REPAIR_SEI : REPAIR_UNIT;
}

/* The units up to and with the first slice, which has all of the rest. */
static int list_units(const Repairer *r, const E2EENalTypes *types,
                      Unit units[UNITS_MAX + 1])
{
    const uint8_t *end = r->sample->data + r->sample->size;
    E2EENal nal = { .end = r->sample->data };
    int nb = 0;

    while (nb <= UNITS_MAX && ff_e2ee_annexb_next(&nal, end)) {
        units[nb++] = (Unit){
            nal.data, nal.end, dropping(types, nal.data),
            ff_e2ee_nal_is(types, nal.data, types->parameter_sets)
        };
        if (ff_e2ee_nal_is(types, nal.data, types->slices)) {
            units[nb - 1].end = end;
            return nb;
        }
    }
    return 0;
}

static size_t code_size(int codes, bool first, bool set)
{
    switch (codes) {
    case 0:
        return 4;
    case 1:
        return first ? 4 : 3;
    case 2:
        return first || set ? 4 : 3; /* as x264 writes */
    default:
        return 3;
    }
}

static uint8_t *put_unit(uint8_t *dst, const Unit *unit, int codes,
                         bool first)
{
    static const uint8_t code[] = { 0, 0, 0, 1 };
    size_t size = code_size(codes, first, unit->set);

    memcpy(dst, code + 4 - size, size);
    memcpy(dst + size, unit->data, unit->end - unit->data);
    return dst + size + (unit->end - unit->data);
}

static uint8_t *put_delimiter(uint8_t *dst, enum E2EECodec codec, int type,
                              int codes)
{
    uint8_t h264[] = { 9, type << 5 | 0x10 };
    uint8_t h265[] = { 0x46, 1, type << 5 | 0x10 };
    Unit unit = { .data = codec == E2EE_CODEC_H265 ? h265 : h264 };

    unit.end = unit.data + (codec == E2EE_CODEC_H265 ? 3 : 2);
    return put_unit(dst, &unit, codes, true);
}

static uint8_t *put_sets(uint8_t *dst, const Repairer *r, int codes)
{
    const uint8_t *end = r->sets + r->sets_size;
    E2EENal nal = { .end = r->sets };
    bool first = true;

    while (ff_e2ee_annexb_next(&nal, end)) {
        const Unit unit = { nal.data, nal.end, 0, true };

        dst   = put_unit(dst, &unit, codes, first);
        first = false;
    }
    return dst;
}

/* Form n: which units are left out, how long start codes are, and what is
 * put in front, as three digits. */
static bool make_units(Repairer *r, int n)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(r->codec);
    Unit units[UNITS_MAX + 1];
    int nb = list_units(r, types, units);
    int front = n % FRONTS_NB, codes = n / FRONTS_NB % CODES_NB;
    int left_out = n / FRONTS_NB / CODES_NB;
    uint8_t *dst = r->room;

    if (!nb || left_out >> (nb - 1))
        return false;
    r->repairs = codes ? REPAIR_CODES : 0;
    r->size    = 0;
    if (front > DELIMITERS && !r->sets)
        return true;
    if (front > DELIMITERS) {
        dst = put_sets(dst, r, codes);
        r->repairs |= REPAIR_SETS_LOST;
    } else if (front) {
        dst = put_delimiter(dst, r->codec, front - 1, codes);
        r->repairs |= REPAIR_DELIMITER;
    }
    for (int i = 0; i < nb; i++) {
        if (left_out >> i & 1)
            r->repairs |= units[i].dropping;
        else
            dst = put_unit(dst, &units[i], codes, dst == r->room);
    }
    r->size = r->repairs ? dst - r->room : 0;
    return true;
}

int repairer_init(Repairer *r, const Sample *sample, enum E2EECodec codec,
                  const uint8_t *sets, size_t sets_size, bool units)
{
    /* A start code grows by one byte a unit, which has four at least. */
    size_t size = sample->size + sample->tail_size + 2 * sets_size + 64;

    *r = (Repairer){ .sample = sample, .codec = codec, .sets = sets,
                     .sets_size = sets_size, .units = units,
                     .room = av_malloc(size + size / 3) };
    return r->room ? 0 : AVERROR(ENOMEM);
}

bool repairer_next(Repairer *r)
{
    while (true) {
        int n = r->at++;

        for (size_t i = 0; i < FF_ARRAY_ELEMS(simple); i++) {
            if (n >= 0 && n < simple[i].nb) {
                r->repairs = simple[i].repair;
                r->size    = simple[i].make(r, r->room, n);
                if (r->size)
                    return true;
            }
            n -= simple[i].nb;
        }
        if (n < 0)
            continue;
        if (!r->units || !make_units(r, n))
            return false;
        if (r->size)
            return true;
    }
}

void repairer_free(Repairer *r)
{
    av_freep(&r->room);
}
