/*
 * End-to-end encrypted media: H.264 and H.265 made safe to seal
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

#include "e2ee_access_unit.h"
#include "e2ee_annexb.h"
#include "e2ee_h264.h"
#include "e2ee_nal.h"

typedef struct Survey {
    uint64_t found;             ///< types of NAL units before the slice
    size_t   clear;             ///< with four-byte start codes
    int      key;               ///< the frame is a key frame
    unsigned warnings;
} Survey;

static uint64_t type_bit(const E2EENalTypes *types, const uint8_t *header)
{
    return UINT64_C(1) << (*header >> types->shift & types->mask);
}

static int lacks_parameters(const E2EENalTypes *types, const Survey *survey)
{
    return survey->key &&
           (survey->found & types->parameter_sets) != types->parameter_sets;
}

/* Bytes of a NAL unit once its start code has four. */
static size_t normal_size(const E2EENal *nal)
{
    return nal->end - nal->code + (nal->data - nal->code == 3);
}

static void survey_slice(Survey *survey, const E2EEFrame *frame,
                         const uint8_t *header)
{
    const uint8_t *end = frame->data + frame->size;
    E2EESliceStart start;

    if (frame->codec == E2EE_CODEC_H264 &&
        ff_e2ee_h264_slice_start(&start, header + 1, end - header - 1, 1) &&
        start.slice_type % 5 == 1)
        survey->warnings |= E2EE_WARN_B_FRAMES;
}

static void survey_unit(Survey *survey, const E2EEFrame *frame,
                        const E2EELayout *layout, const E2EENalTypes *types)
{
    const uint8_t *end = frame->data + layout->clear;
    E2EENal nal = { .end = frame->data };

    while (ff_e2ee_annexb_next(&nal, end)) {
        if (ff_e2ee_nal_is(types, nal.data, types->slices)) {
            survey->key    = frame->key ||
                             ff_e2ee_nal_is(types, nal.data,
                                            types->key_slices);
            survey_slice(survey, frame, nal.data);
        }
        survey->found |= type_bit(types, nal.data);
        survey->clear += normal_size(&nal);
        if (frame->codec == E2EE_CODEC_H264 &&
            ff_e2ee_nal_is(types, nal.data, types->sps) &&
            ff_e2ee_h264_sps_rewritten(nal.data + 1, nal.end - nal.data - 1))
            survey->warnings |= E2EE_WARN_SPS_REWRITTEN;
    }
}

/* Only the sets of a byte stream: extradata may hold SEI, too. Writes nothing
 * where dst is NULL. */
static size_t put_sets(uint8_t *dst, const uint8_t *sets, size_t size,
                       const E2EENalTypes *types, uint64_t *found)
{
    const uint8_t *end = sets ? sets + size : NULL;
    E2EENal nal = { .end = sets };
    size_t written = 0;

    while (sets && ff_e2ee_annexb_next(&nal, end)) {
        if (!ff_e2ee_nal_is(types, nal.data, types->parameter_sets))
            continue;
        *found |= type_bit(types, nal.data);
        if (dst)
            ff_e2ee_annexb_normalize(dst + written, nal.code,
                                     nal.end - nal.code);
        written += normal_size(&nal);
    }
    return written;
}

enum E2EEReason ff_e2ee_access_unit(E2EEAccessUnit *unit, uint8_t *dst,
                                    const E2EEFrame *frame,
                                    const E2EELayout *layout,
                                    enum E2EEDropSei drop_sei,
                                    const uint8_t *parameter_sets,
                                    size_t parameter_sets_size)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(frame->codec);
    const uint8_t *end = frame->data + layout->clear;
    Survey survey = { 0 };
    E2EENal nal = { .end = frame->data };
    uint8_t *out = dst;
    uint64_t dropped = 0;
    int lacks;

    survey_unit(&survey, frame, layout, types);
    lacks = lacks_parameters(types, &survey);
    if (lacks) {
        survey.clear += put_sets(NULL, parameter_sets, parameter_sets_size,
                                 types, &survey.found);
        if (lacks_parameters(types, &survey))
            survey.warnings |= E2EE_WARN_NO_PARAMETERS;
    }
    if (drop_sei == E2EE_DROP_SEI_ALWAYS ||
        (drop_sei == E2EE_DROP_SEI_AUTO && survey.clear > E2EE_CLEAR_MAX))
        dropped = types->droppable;

    while (ff_e2ee_annexb_next(&nal, end)) {
        if (ff_e2ee_nal_is(types, nal.data, dropped))
            continue;
        if (lacks && !ff_e2ee_nal_is(types, nal.data, types->delimiters)) {
            out += put_sets(out, parameter_sets, parameter_sets_size, types,
                            &survey.found);
            lacks = 0;
        }
        out += ff_e2ee_annexb_normalize(out, nal.code, nal.end - nal.code);
    }
    unit->clear    = out - dst;
    unit->consumed = layout->clear;
    unit->warnings = survey.warnings;
    if (unit->clear > E2EE_CLEAR_MAX)
        unit->warnings |= E2EE_WARN_LONG_PREFIX;
    return out > dst && out[-1] ? E2EE_OK : E2EE_UNSAFE_PREFIX;
}
