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
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "causes.h"

static void put_state(char *text, size_t size, FrameState state,
                      const char *reason)
{
    snprintf(text, size, "%s%s%s", state_name(state), *reason ? ": " : "",
             reason);
}

static void describe(char *text, size_t size, const FrameLife *l)
{
    const char *why = life_loss(l);

    switch (l->fate) {
    case FATE_UNSEALED:
        if (l->seal_state == STATE_ENCRYPTION_SUCCESS)
            av_strlcpy(text, "sealed, and nothing in it for RTP", size);
        else
            put_state(text, size, l->seal_state, l->reason);
        break;
    case FATE_REFUSED:
        put_state(text, size, l->open_state, l->reason);
        break;
    case FATE_OPENED:
        av_strlcpy(text, l->shown == SHOWN_WAITING ? "waited for a key frame"
                                                   : "the decoder failed",
                   size);
        break;
    case FATE_LATE:
        av_strlcpy(text, "late", size);
        break;
    default:
        av_strlcpy(text, *why ? why : "cause not known", size);
    }
}

static int grow(Causes *causes, int row)
{
    RowCauses **rows;

    if (row >= causes->nb_rows) {
        rows = av_realloc_array(causes->rows, row + 1, sizeof(*rows));
        if (!rows)
            return AVERROR(ENOMEM);
        causes->rows = rows;
        memset(rows + causes->nb_rows, 0,
               (row + 1 - causes->nb_rows) * sizeof(*rows));
        causes->nb_rows = row + 1;
    }
    if (!causes->rows[row])
        causes->rows[row] = av_mallocz(sizeof(**rows));
    return causes->rows[row] ? 0 : AVERROR(ENOMEM);
}

int causes_add(Causes *causes, int row, const FrameLife *l)
{
    char text[sizeof(causes->rows[0]->list[0].text)];
    RowCauses *list;
    int i, ret;

    if (!life_is_problem(l) || l->shown == SHOWN_DIFFERENT)
        return 0;
    if ((ret = grow(causes, row)) < 0)
        return ret;
    list = causes->rows[row];
    describe(text, sizeof(text), l);
    for (i = 0; i < list->nb; i++)
        if (list->list[i].fate == l->fate && !strcmp(list->list[i].text, text))
            break;
    if (i == CAUSES_PER_ROW)
        i--;
    if (i == list->nb) {
        list->nb++;
        list->list[i].fate = l->fate;
        av_strlcpy(list->list[i].text,
                   i < CAUSES_PER_ROW - 1 ? text : "other causes",
                   sizeof(text));
    }
    list->list[i].nb++;
    return 0;
}

const RowCauses *causes_of(const Causes *causes, int row)
{
    return row >= 0 && row < causes->nb_rows ? causes->rows[row] : NULL;
}

void causes_free(Causes *causes)
{
    for (int i = 0; i < causes->nb_rows; i++)
        av_free(causes->rows[i]);
    av_freep(&causes->rows);
    causes->nb_rows = 0;
}
