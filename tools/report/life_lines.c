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
#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "life_lines.h"

/* Frames of a track whose line is remembered to be written. Receivers are
 * never further apart; if they were, a line would come twice, no more. */
#define WINDOW 1024

typedef struct SentFrames {
    uint64_t next[WINDOW];   ///< one more than the frame's number
    uint8_t  layers[WINDOW]; ///< of it, a bit each
} SentFrames;

static const char *const sent_places[] = {
    [SENT_TRACK]       = "track",
    [SENT_LAYER]       = "layer",
    [SENT_FRAME]       = "frame",
    [SENT_CAPTURED]    = "captured",
    [SENT_KEY_FRAME]   = "key_frame",
    [SENT_STATE]       = "state",
    [SENT_KEY_INDEX]   = "key_index",
    [SENT_PLAIN_SIZE]  = "plain_size",
    [SENT_SEALED_SIZE] = "sealed_size",
    [SENT_SENT]        = "sent",
    [SENT_SEQUENCE]    = "sequence",
    [SENT_PACKETS]     = "packets",
    [SENT_NB]          = NULL
};

static const char *const frame_places[] = {
    [FRAME_ROW]           = "row",
    [FRAME_LAYER]         = "layer",
    [FRAME_FRAME]         = "frame",
    [FRAME_CAPTURED]      = "captured",
    [FRAME_FATE]          = "fate",
    [FRAME_SHOWN]         = "shown",
    [FRAME_SERVER_FIRST]  = "server_first",
    [FRAME_SERVER_LAST]   = "server_last",
    [FRAME_ARRIVED_FIRST] = "arrived_first",
    [FRAME_ARRIVED_LAST]  = "arrived_last",
    [FRAME_OPENED]        = "opened",
    [FRAME_GAVE_UP]       = "gave_up",
    [FRAME_STATE]         = "state",
    [FRAME_KEY_INDEX]     = "key_index",
    [FRAME_WHY]           = "why",
    [FRAME_REASON]        = "reason",
    [FRAME_PSNR]          = "psnr",
    [FRAME_SSIM]          = "ssim",
    [FRAME_MISHAPS]       = "mishaps",
    [FRAME_NB_MISHAPS]    = "nb_mishaps",
    [FRAME_NB]            = NULL
};

static const char *const mishap_places[] = {
    "time", "packet", "hop", "what", NULL
};

int life_lines_track(LifeLines *lines, const char *sender, const char *kind)
{
    return name_table_index(&lines->tracks, sender, kind, NULL);
}

int life_lines_row(LifeLines *lines, const char *receiver, const char *sender,
                   const char *kind)
{
    return name_table_index(&lines->rows, receiver, sender, kind);
}

/* Whether the line of what was sent is still to be written. */
static int first_receiver(LifeLines *lines, int track, const FrameLife *l)
{
    SentFrames *done;
    int at = l->frame % WINDOW, layer = 1 << FFMIN(l->layer, 7);

    if (track >= lines->nb_done) {
        done = av_realloc_array(lines->done, track + 1, sizeof(*done));
        if (!done)
            return AVERROR(ENOMEM);
        lines->done = done;
        memset(done + lines->nb_done, 0,
               (track + 1 - lines->nb_done) * sizeof(*done));
        lines->nb_done = track + 1;
    }
    done = &lines->done[track];
    if (done->next[at] != l->frame + 1) {
        done->next[at]   = l->frame + 1;
        done->layers[at] = 0;
    }
    if (done->layers[at] & layer)
        return 0;
    done->layers[at] |= layer;
    return 1;
}

static void start_line(JsonOut *out, uint64_t *nb)
{
    json_out_format(out, (*nb)++ ? ",\n[" : "\n[");
}

/* Nothing is null, and it is left out at the end of a line. */
static void put_nothing(JsonOut *out, int *nb)
{
    while (*nb > 0) {
        json_out_format(out, ",null");
        --*nb;
    }
    *nb = 0;
}

static void put_number(JsonOut *out, int *skipped, bool there, int64_t value)
{
    if (!there) {
        ++*skipped;
        return;
    }
    put_nothing(out, skipped);
    json_out_format(out, ",%"PRId64, value);
}

static void put_time(JsonOut *out, int *skipped, int64_t time, int64_t from)
{
    put_number(out, skipped, time >= 0, time - from);
}

static void put_text(JsonOut *out, int *skipped, const char *text)
{
    if (!text || !*text) {
        ++*skipped;
        return;
    }
    put_nothing(out, skipped);
    json_out_format(out, ",");
    json_out_string(out, text);
}

static void put_quality(JsonOut *out, int *skipped, double value)
{
    if (value < 0) {
        ++*skipped;
        return;
    }
    put_nothing(out, skipped);
    json_out_format(out, ",%.4f", value);
}

static void write_sent(LifeLines *lines, int track, const FrameLife *l)
{
    JsonOut *out = &lines->sent;
    int skipped = 0;

    start_line(out, &lines->nb_sent);
    json_out_format(out, "%d,%d,%"PRIu64",%"PRId64",%d,%d", track, l->layer,
                    l->frame, l->captured, l->key_frame, l->seal_state);
    put_number(out, &skipped, l->seal_key_index >= 0, l->seal_key_index);
    put_number(out, &skipped, true, l->plain_size);
    put_number(out, &skipped, l->sealed_size, l->sealed_size);
    put_time(out, &skipped, l->sent, l->captured);
    put_number(out, &skipped, l->nb_packets, l->first_sequence);
    put_number(out, &skipped, l->nb_packets, l->nb_packets);
    json_out_format(out, "]");
}

static void put_mishaps(JsonOut *out, int *skipped, const FrameLife *l)
{
    unsigned nb = FFMIN(l->nb_mishaps, LIFE_MISHAPS);

    if (!nb)
        return;
    put_nothing(out, skipped);
    for (unsigned i = 0; i < nb; i++) {
        const PacketMishap *m = &l->mishaps[i];

        json_out_format(out, "%s[%"PRId64",%d,%d,", i ? "," : ",[",
                        m->time - l->captured, m->index, m->hop);
        json_out_string(out, m->what);
        json_out_format(out, "]");
    }
    json_out_format(out, "]");
    put_number(out, skipped, l->nb_mishaps > nb, l->nb_mishaps);
}

static void write_frame(LifeLines *lines, int row, const FrameLife *l)
{
    JsonOut *out = &lines->frames;
    int skipped = 0;

    start_line(out, &lines->nb_frames);
    json_out_format(out, "%d,%d,%"PRIu64",%"PRId64",%d,%d", row, l->layer,
                    l->frame, l->captured, l->fate, l->shown);
    put_time(out, &skipped, l->server_first, l->captured);
    put_time(out, &skipped, l->server_last, l->captured);
    put_time(out, &skipped, l->arrived_first, l->captured);
    put_time(out, &skipped, l->arrived_last, l->captured);
    put_time(out, &skipped, l->opened, l->captured);
    put_time(out, &skipped, l->gave_up, l->captured);
    put_number(out, &skipped, l->fate == FATE_REFUSED, l->open_state);
    put_number(out, &skipped, l->open_key_index >= 0 &&
               (l->fate == FATE_REFUSED ||
                l->open_key_index != l->seal_key_index), l->open_key_index);
    put_text(out, &skipped, l->why);
    put_text(out, &skipped, l->reason);
    put_quality(out, &skipped, l->psnr);
    put_quality(out, &skipped, l->ssim);
    put_mishaps(out, &skipped, l);
    json_out_format(out, "]");
}

int life_lines_add(LifeLines *lines, const FrameLife *l)
{
    int track = life_lines_track(lines, l->sender, l->kind);
    int row   = life_lines_row(lines, l->receiver, l->sender, l->kind);
    int first = track < 0 ? track : first_receiver(lines, track, l);

    if (row < 0 || first < 0)
        return AVERROR(ENOMEM);
    if (first)
        write_sent(lines, track, l);
    write_frame(lines, row, l);
    return FFMIN(lines->sent.error, lines->frames.error);
}

static json_t *pack_places(const char *const *places)
{
    json_t *list = json_array();

    for (; *places; places++)
        json_array_append_new(list, json_string(*places));
    return list;
}

json_t *life_legend(void)
{
    json_t *fates = json_array(), *showns = json_array();
    json_t *states = json_array(), *hops = json_array();

    for (int i = 0; i < FATE_NB; i++)
        json_array_append_new(fates, json_string(fate_key(i)));
    for (int i = 0; i < SHOWN_NB; i++)
        json_array_append_new(showns, json_string(shown_name(i)));
    for (int i = 0; i < STATE_NB; i++)
        json_array_append_new(states, json_string(state_name(i)));
    for (int i = 0; i < HOP_NB; i++)
        json_array_append_new(hops, json_string(hop_name(i)));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "sent", pack_places(sent_places),
                     "frames", pack_places(frame_places),
                     "mishaps", pack_places(mishap_places),
                     "fate", fates, "shown", showns, "state", states,
                     "hop", hops);
}

void life_lines_free(LifeLines *lines)
{
    name_table_free(&lines->tracks);
    name_table_free(&lines->rows);
    av_freep(&lines->done);
    lines->nb_done = 0;
}
