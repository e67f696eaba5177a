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

#include <math.h>
#include <string.h>

#include <libavutil/common.h>

#include "e2ee_trailer.h"
#include "frame_view.h"
#include "survey.h"

#define ENTROPY_BYTES 32 /* of each frame */
#define CTR_STEP_MAX  1024

/* With fewer, structure can be too slight to be seen: sound has little. */
#define FRAMES_MIN 32

static void add_bytes(Survey *survey, const E2EEFrame *frame,
                      const WireFrame *wire)
{
    size_t begin = wire->format == WIRE_TRAILER ||
                   wire->format == WIRE_STREAM ||
                   wire->format == WIRE_PLAIN ? frame_view_clear(frame) : 0;
    size_t end   = wire->format == WIRE_TRAILER ? E2EE_TRAILER_SIZE : 0;
    size_t size  = FFMIN(frame->size - FFMIN(frame->size, begin + end),
                         ENTROPY_BYTES);
    const uint8_t *bytes = frame->data + begin;

    for (size_t i = 0; i < size; i++)
        survey->nb_bytes[bytes[i]]++;
    if (size >= BIAS_BYTES)
        bias_add(&survey->bias, bytes);
}

static void add_sframe(Survey *survey, const WireFrame *wire)
{
    if (!wire->has_sframe)
        return;
    if (survey->nb_sframe++ && wire->kid == survey->last_kid &&
        wire->ctr - survey->last_ctr < CTR_STEP_MAX) {
        survey->nb_sframe_next++;
        survey->nb_sframe_up += wire->ctr > survey->last_ctr;
    }
    survey->last_kid = wire->kid;
    survey->last_ctr = wire->ctr;
}

void survey_add(Survey *survey, const E2EEFrame *frame, const WireFrame *wire)
{
    survey->nb_frames++;
    survey->nb_key_frames += frame->key;
    survey->nb_format[wire->format]++;
    if (wire->format == WIRE_EMPTY || wire->format == WIRE_INJECTED)
        return;
    if (wire->key_index >= 0)
        survey->nb_index[wire->key_index]++;
    if (frame->size >= wire->lkts + 2)
        survey->nb_length[frame->data[frame->size - wire->lkts - 2]]++;
    survey->nb_lkts      += !!wire->lkts;
    survey->nb_zero_lost += wire->zero_lost;
    survey->nb_padding   += !!wire->padding;
    add_bytes(survey, frame, wire);
    add_sframe(survey, wire);
}

static uint64_t nb_told(const Survey *survey)
{
    return survey->nb_frames - survey->nb_format[WIRE_EMPTY] -
           survey->nb_format[WIRE_INJECTED];
}

WireFormat survey_format(const Survey *survey)
{
    static const WireFormat by_end[] = {
        WIRE_STREAM, WIRE_DAVE, WIRE_TRAILER
    };
    uint64_t nb = nb_told(survey);

    for (size_t i = 0; i < FF_ARRAY_ELEMS(by_end); i++)
        if (2 * survey->nb_format[by_end[i]] > nb)
            return by_end[i];
    if (survey->nb_sframe >= 3 &&
        10 * survey->nb_sframe_next >= 8 * (nb - 1) &&
        10 * survey->nb_sframe_up >= 4 * (nb - 1))
        return WIRE_SFRAME;
    return WIRE_PLAIN;
}

Sealed survey_sealed(const Survey *survey)
{
    if (survey_format(survey) != WIRE_PLAIN)
        return SEALED_YES;
    if (bias_verdict(&survey->bias) == BIAS_STRUCTURED)
        return SEALED_NO;
    return survey->bias.nb < FRAMES_MIN ? SEALED_UNKNOWN : SEALED_OTHER;
}

uint64_t survey_entropy_bytes(const Survey *survey)
{
    uint64_t all = 0;

    for (int i = 0; i < 256; i++)
        all += survey->nb_bytes[i];
    return all;
}

double survey_entropy(const Survey *survey)
{
    double all = survey_entropy_bytes(survey), bits = 0;

    for (int i = 0; i < 256; i++) {
        double p = all ? survey->nb_bytes[i] / all : 0;

        if (p > 0)
            bits -= p * log2(p);
    }
    return bits;
}

int survey_nb_indexes(const Survey *survey)
{
    int nb = 0;

    for (int i = 0; i < 256; i++)
        nb += !!survey->nb_index[i];
    return nb;
}

bool survey_indexes_random(const Survey *survey)
{
    uint64_t all = 0, most = 0;

    for (int i = 0; i < 256; i++) {
        all  += survey->nb_index[i];
        most  = FFMAX(most, survey->nb_index[i]);
    }
    return survey_nb_indexes(survey) >= 8 && 4 * most < all;
}

int survey_iv_size(const Survey *survey)
{
    uint64_t nb = nb_told(survey);

    for (int i = 8; i <= 32; i++)
        if (10 * survey->nb_length[i] >= 9 * nb && nb >= 3)
            return i;
    return 0;
}
