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

#include <libavutil/common.h>
#include <libavutil/error.h>

#include "life_lines.h"

/* Microseconds; more are in no report. */
#define MAX_TIME INT64_C(1000000000000000)

static int64_t number_at(const json_t *line, int place, int64_t absent)
{
    const json_t *value = json_array_get(line, place);

    return json_is_integer(value) ? json_integer_value(value) : absent;
}

static int64_t duration_at(const json_t *line, int place)
{
    return av_clip64(number_at(line, place, 0), 0, MAX_TIME);
}

static int64_t time_at(const json_t *line, int place, int64_t from)
{
    if (!json_is_integer(json_array_get(line, place)))
        return -1;
    return from + duration_at(line, place);
}

static double quality_at(const json_t *line, int place)
{
    const json_t *value = json_array_get(line, place);

    return json_is_number(value) ? json_number_value(value) : -1;
}

static const char *text_at(const json_t *line, int place)
{
    const char *text = json_string_value(json_array_get(line, place));

    return text ? text : "";
}

/* A number that is one of a table's, or the first of them. */
static int choice_at(const json_t *line, int place, int nb)
{
    int64_t value = number_at(line, place, 0);

    return value >= 0 && value < nb ? value : 0;
}

int life_read_sent(FrameLife *l, const json_t *line)
{
    int64_t track = number_at(line, SENT_TRACK, -1);

    if (track < 0 || track > INT32_MAX)
        return AVERROR_INVALIDDATA;
    l->layer          = number_at(line, SENT_LAYER, 0);
    l->frame          = number_at(line, SENT_FRAME, 0);
    l->captured       = duration_at(line, SENT_CAPTURED);
    l->key_frame      = number_at(line, SENT_KEY_FRAME, 0);
    l->seal_state     = choice_at(line, SENT_STATE, STATE_NB);
    l->seal_key_index = number_at(line, SENT_KEY_INDEX, -1);
    l->plain_size     = number_at(line, SENT_PLAIN_SIZE, 0);
    l->sealed_size    = number_at(line, SENT_SEALED_SIZE, 0);
    l->sent           = time_at(line, SENT_SENT, l->captured);
    l->first_sequence = number_at(line, SENT_SEQUENCE, 0);
    l->nb_packets     = number_at(line, SENT_PACKETS, 0);
    return track;
}

static void read_mishaps(FrameLife *l, const json_t *line)
{
    const json_t *list = json_array_get(line, FRAME_MISHAPS);
    unsigned nb = FFMIN(json_array_size(list), LIFE_MISHAPS);

    for (unsigned i = 0; i < nb; i++) {
        const json_t *m = json_array_get(list, i);

        l->mishaps[i] = (PacketMishap){
            .time  = l->captured + duration_at(m, 0),
            .index = number_at(m, 1, 0),
            .hop   = choice_at(m, 2, HOP_NB),
            .what  = text_at(m, 3),
        };
    }
    /* More than are kept, if those are all there. */
    l->nb_mishaps = nb;
    if (nb == LIFE_MISHAPS)
        l->nb_mishaps = FFMAX(nb, number_at(line, FRAME_NB_MISHAPS, nb));
}

int life_read_frame(FrameLife *l, const json_t *line)
{
    int64_t row = number_at(line, FRAME_ROW, -1);
    bool refused;

    if (row < 0 || row > INT32_MAX)
        return AVERROR_INVALIDDATA;
    l->layer         = number_at(line, FRAME_LAYER, 0);
    l->frame         = number_at(line, FRAME_FRAME, 0);
    l->captured      = duration_at(line, FRAME_CAPTURED);
    l->fate          = choice_at(line, FRAME_FATE, FATE_NB);
    l->shown         = choice_at(line, FRAME_SHOWN, SHOWN_NB);
    l->server_first  = time_at(line, FRAME_SERVER_FIRST, l->captured);
    l->server_last   = time_at(line, FRAME_SERVER_LAST, l->captured);
    l->arrived_first = time_at(line, FRAME_ARRIVED_FIRST, l->captured);
    l->arrived_last  = time_at(line, FRAME_ARRIVED_LAST, l->captured);
    l->opened        = time_at(line, FRAME_OPENED, l->captured);
    l->gave_up       = time_at(line, FRAME_GAVE_UP, l->captured);
    refused          = l->fate == FATE_REFUSED;
    l->open_state    = refused ? choice_at(line, FRAME_STATE, STATE_NB)
                               : l->fate == FATE_OPENED
                                     ? STATE_DECRYPTION_SUCCESS : STATE_NONE;
    l->open_key_index = number_at(line, FRAME_KEY_INDEX, -1);
    l->why            = text_at(line, FRAME_WHY);
    snprintf(l->reason, sizeof(l->reason), "%s", text_at(line, FRAME_REASON));
    l->psnr = quality_at(line, FRAME_PSNR);
    l->ssim = quality_at(line, FRAME_SSIM);
    read_mishaps(l, line);
    return row;
}
