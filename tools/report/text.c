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

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "room/expect.h"
#include "text.h"

#define GREEN "\033[32m"
#define RED   "\033[31m"
#define PLAIN "\033[0m"

/* no-color.org: any value but an empty one says no. */
static const char *colour(const char *code)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (!no_color || !*no_color) ? code : "";
}

void text_event(const Event *e)
{
    bool good = e->state == STATE_ENCRYPTION_SUCCESS ||
                e->state == STATE_DECRYPTION_SUCCESS;

    log_out("%9.3f  %-9.9s %-2s %-9.9s %-11s %s%s%s%s%s%s\n", e->time / 1e6,
            e->receiver ? e->receiver : e->participant,
            e->receiver ? "<-" : "", e->receiver ? e->participant : "",
            e->kind, colour(good ? GREEN : RED), state_name(e->state),
            colour(PLAIN), *e->reason ? " (" : "", e->reason,
            *e->reason ? ")" : "");
}

static void print_row(const Reception *r)
{
    char why[256];
    bool held = expect_held(r, why, sizeof(why));

    log_out("%s%-9.9s %-9.9s %-11s %-5.5s%7"PRIu64" %6"PRIu64" %6"PRIu64
            " %7"PRIu64" %9"PRIu64" %s%s\n", held ? "" : colour(RED),
            r->receiver->name, r->track->sender->name, r->track->kind,
            track_codec(r->track), r->track->nb_frames, reception_opened(r),
            reception_failed(r), r->nb_decoded, r->nb_identical,
            held ? "ok" : "NO", held ? "" : colour(PLAIN));
}

bool text_summary(const Room *room)
{
    char why[256];
    unsigned nb = 0, nb_held = 0;

    log_out("\n%-9s %-9s %-11s %-5s%7s %6s %6s %7s %9s\n", "receiver",
            "sender", "kind", "codec", "sent", "opened", "failed", "decoded",
            "identical");
    for (int i = 0; i < room->nb_participants; i++) {
        for (int j = 0; j < room->nb_tracks; j++) {
            const Reception *r = room_reception(room->participants[i],
                                                room->tracks[j]);
            if (!r)
                continue;
            print_row(r);
            nb++;
            nb_held += expect_held(r, why, sizeof(why));
        }
    }

    log_out("\n%u of %u expectations held\n", nb_held, nb);
    for (int j = 0; j < room->nb_tracks; j++)
        for (int i = 0; i < room->tracks[j]->nb_receptions; i++)
            if (!expect_held(room->tracks[j]->receptions[i], why, sizeof(why)))
                log_error("expectation failed: %s", why);
    return nb_held == nb;
}
