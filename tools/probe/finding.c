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

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "finding.h"

int finding_add(FindingList *list, const char *name, bool certain,
                uint64_t nb_frames, const char *fmt, ...)
{
    Finding f = { .name = name, .certain = certain, .nb_frames = nb_frames };
    Finding *grown;
    va_list args;

    va_start(args, fmt);
    vsnprintf(f.text, sizeof(f.text), fmt, args);
    va_end(args);
    for (int i = 0; i < list->nb; i++)
        if (!strcmp(list->findings[i].text, f.text)) {
            list->findings[i].nb_frames += nb_frames;
            return 0;
        }
    grown = av_realloc_array(list->findings, list->nb + 1, sizeof(*grown));
    if (!grown)
        return AVERROR(ENOMEM);
    list->findings = grown;
    grown[list->nb++] = f;
    return 0;
}

bool finding_has(const FindingList *list, const char *name)
{
    for (int i = 0; i < list->nb; i++)
        if (!strcmp(list->findings[i].name, name))
            return true;
    return false;
}

void finding_list_free(FindingList *list)
{
    av_freep(&list->findings);
    list->nb = 0;
}
