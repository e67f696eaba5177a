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

/* A scenario file of any bytes: it is refused with a place in it, or what is
 * made of it is sound and can be checked. */

#include <stdlib.h>
#include <string.h>

#include <libavutil/log.h>

#include "report/log.h"
#include "room/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(const Place *place, size_t size)
{
    if (place->line < 1 || place->column < 1 ||
        (size_t)place->line > size + 1 || (size_t)place->column > size + 1)
        abort();
}

static void check_participant(const ParticipantPlan *p, size_t size)
{
    check_place(&p->place, size);
    if (!strlen(p->name) || strlen(p->name) > 32)
        abort();
    for (int i = 0; i < p->nb_tracks; i++) {
        check_place(&p->tracks[i].place, size);
        if (p->tracks[i].kind >= KIND_NB || p->tracks[i].nb_encodings < 1 ||
            !p->tracks[i].source.file == !p->tracks[i].source.generate)
            abort();
    }
    for (int i = 1; i < p->nb_key_events; i++)
        if (p->key_events[i].time < p->key_events[i - 1].time)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    Scenario scenario;

    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    log_init(AV_LOG_QUIET);
    scenario_init(&scenario);
    if (scenario_read_text(&scenario, "fuzz.json", text, size) >= 0) {
        for (int i = 0; i < scenario.nb_participants; i++)
            check_participant(&scenario.participants[i], size);
        for (int i = 0; i < scenario.nb_expectations; i++)
            check_place(&scenario.expectations[i].place, size);
        scenario_check(&scenario);
    }
    scenario_free(&scenario);
    free(text);
    return 0;
}
