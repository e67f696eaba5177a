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
#include <libavutil/mem.h>

#include "sample.h"

static void free_sample(Sample *sample)
{
    av_freep(&sample->data);
    av_freep(&sample->tail);
}

int sample_add(SampleList *list, const E2EEFrame *frame, int64_t time,
               uint64_t number, const uint8_t *tail, size_t tail_size)
{
    Sample sample = { .size = frame->size, .key = frame->key, .time = time,
                      .number = number, .tail_size = tail_size };
    Sample *grown = av_realloc_array(list->samples, list->nb + 1,
                                     sizeof(*grown));

    if (!grown)
        return AVERROR(ENOMEM);
    list->samples = grown;
    sample.data = av_memdup(frame->data, frame->size);
    if (tail_size)
        sample.tail = av_memdup(tail, tail_size);
    if (!sample.data || (tail_size && !sample.tail)) {
        free_sample(&sample);
        return AVERROR(ENOMEM);
    }
    grown[list->nb++] = sample;
    return 0;
}

void sample_drop(SampleList *list)
{
    free_sample(&list->samples[0]);
    memmove(list->samples, list->samples + 1,
            --list->nb * sizeof(*list->samples));
}

E2EEFrame sample_frame(const Sample *sample, enum E2EECodec codec)
{
    return (E2EEFrame){ sample->data, sample->size, codec, sample->key };
}

void sample_list_free(SampleList *list)
{
    for (int i = 0; i < list->nb; i++)
        free_sample(&list->samples[i]);
    av_freep(&list->samples);
    list->nb = 0;
}
