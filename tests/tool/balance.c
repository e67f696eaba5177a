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


/* balance REPORT: adds up a report of `run` with one layer a track, and prints
 * the sums. Exits with 1 if anything does not come out even, by one frame:
 *
 *     sent = opened + refused with a state + lost, late or withheld
 *            + the receiver was gone, at each receiver and in all
 *
 * and, if the report has the frames one by one, the same counted again from
 * what befell each of them. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/log.h>
#include <libavutil/macros.h>

#include "report/life.h"
#include "report/life_lines.h"
#include "report/log.h"
#include "report/reader.h"

#define MAX_ROWS 4096

typedef struct Row {
    char     name[160];
    uint64_t sent, fates[FATE_NB];
    uint64_t nb_frames, next;      ///< of the frames one by one, next number
    uint64_t counted[FATE_NB];
} Row;

static Row rows[MAX_ROWS];
static int nb_rows, nb_wrong;
static json_t *tracks, *participants;
static uint64_t nb_sealed;         ///< lines of frames that were

static void expect(const char *name, const char *what, uint64_t got,
                   uint64_t wanted)
{
    if (got == wanted)
        return;
    nb_wrong++;
    printf("%s: %s: %"PRIu64", not %"PRIu64"\n", name, what, got, wanted);
}

static uint64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static uint64_t sum(json_t *object)
{
    uint64_t total = 0;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
        total += json_integer_value(value);
    return total;
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value ? value : "";
}

static const json_t *find(const json_t *list, const char *member,
                          const char *name, const char *kind)
{
    const json_t *element = NULL;

    for (size_t i = 0; (element = json_array_get(list, i)); i++)
        if (!strcmp(text(element, member), name) &&
            (!kind || !strcmp(text(element, "kind"), kind)))
            break;
    return element;
}

/* All that was sealed was sent to who was there all the time. */
static void check_sent(const Row *row, const json_t *json)
{
    const json_t *track = find(tracks, "sender", text(json, "sender"),
                               text(json, "kind"));
    const json_t *receiver = find(participants, "name",
                                  text(json, "receiver"), NULL);
    bool stayed = !json_number_value(json_object_get(receiver, "joined")) &&
                  json_is_null(json_object_get(receiver, "left"));

    expect(row->name, "frames sent were not sealed", row->fates[FATE_UNSEALED],
           number(track, "frames") - number(track, "sealed"));
    if (stayed)
        expect(row->name, "frames sent, of the track's", row->sent,
               number(track, "frames"));
}

static void check_causes(const Row *row, const json_t *list)
{
    uint64_t named[FATE_NB] = { 0 };
    const json_t *cause;

    for (size_t i = 0; (cause = json_array_get(list, i)); i++)
        for (int fate = 0; fate < FATE_NB; fate++)
            if (!strcmp(text(cause, "fate"), fate_key(fate)) &&
                *text(cause, "cause"))
                named[fate] += number(cause, "frames");
    for (int fate = FATE_WITHHELD; fate <= FATE_REFUSED; fate++)
        expect(row->name, "frames with a named cause", named[fate],
               row->fates[fate]);
}

static void read_row(Row *row, const json_t *json)
{
    json_t *fates = json_object_get(json, "fates");
    json_t *states = json_object_get(json, "states");
    uint64_t opened = number(states, state_name(STATE_DECRYPTION_SUCCESS));

    snprintf(row->name, sizeof(row->name), "%s <- %s %s",
             text(json, "receiver"), text(json, "sender"),
             text(json, "kind"));
    row->sent = number(json, "sent");
    for (int i = 0; i < FATE_NB; i++)
        row->fates[i] = number(fates, fate_key(i));
    expect(row->name, "fates of frames sent", sum(fates), row->sent);
    expect(row->name, "frames opened", row->fates[FATE_OPENED], opened);
    expect(row->name, "states of frames refused", sum(states) - opened,
           row->fates[FATE_REFUSED]);
    expect(row->name, "frames shown or not",
           sum(json_object_get(json, "shown")), row->sent);
    check_causes(row, json_object_get(json, "causes"));
    check_sent(row, json);
}

static void read_rows(const json_t *list)
{
    const json_t *row;

    for (nb_rows = 0; (row = json_array_get(list, nb_rows)); nb_rows++)
        if (number(row, "id") < MAX_ROWS)
            read_row(&rows[number(row, "id")], row);
        else
            expect("received", "rows with great ids", 1, 0);
}

static int64_t place(const json_t *line, int i)
{
    const json_t *value = json_array_get(line, i);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}

static bool was_lost_on(const json_t *line, Hop hop)
{
    const json_t *list = json_array_get(line, FRAME_MISHAPS), *mishap;

    for (size_t i = 0; (mishap = json_array_get(list, i)); i++) {
        PacketMishap m = {
            .hop = place(mishap, 2),
            .what = json_string_value(json_array_get(mishap, 3)),
        };

        if (m.hop == hop && mishap_is_loss(&m))
            return true;
    }
    return place(line, FRAME_NB_MISHAPS) > 0; /* not all are told */
}

/* What befell it explains its fate. */
static bool is_explained(const json_t *line, Fate fate)
{
    switch (fate) {
    case FATE_LOST_UPLINK:
        return was_lost_on(line, HOP_UPLINK);
    case FATE_LOST_DOWNLINK:
        return was_lost_on(line, HOP_DOWNLINK);
    case FATE_REFUSED:
        return place(line, FRAME_STATE) > STATE_NONE &&
               place(line, FRAME_STATE) != STATE_DECRYPTION_SUCCESS;
    case FATE_OPENED:
        return place(line, FRAME_OPENED) >= 0 &&
               place(line, FRAME_ARRIVED_FIRST) >= 0;
    case FATE_WITHHELD:
        return json_is_string(json_array_get(line, FRAME_WHY));
    default:
        return true;
    }
}

static void read_frame(const json_t *line)
{
    int64_t id = place(line, FRAME_ROW), fate = place(line, FRAME_FATE);
    Row *row = &rows[id];

    if (id < 0 || id >= MAX_ROWS || fate < 0 || fate >= FATE_NB) {
        expect("frames", "frames of no row", 1, 0);
        return;
    }
    if (!row->nb_frames++)
        row->next = place(line, FRAME_FRAME);
    expect(row->name, "next frame", place(line, FRAME_FRAME), row->next);
    row->next++;
    row->counted[fate]++;
    if (!is_explained(line, fate))
        expect(row->name, "frames whose fate nothing explains", 1, 0);
}

static void check_frames(void)
{
    uint64_t sealed = 0;
    const json_t *track;

    for (int i = 0; i < MAX_ROWS; i++)
        for (int fate = 0; fate < FATE_NB; fate++)
            expect(rows[i].name, fate_name(fate), rows[i].counted[fate],
                   rows[i].fates[fate]);
    for (size_t i = 0; (track = json_array_get(tracks, i)); i++)
        sealed += number(track, "sealed");
    expect("sent", "frames sealed", nb_sealed, sealed);
}

static void print_sums(void)
{
    uint64_t sent = 0, fates[FATE_NB] = { 0 };

    for (int i = 0; i < MAX_ROWS; i++) {
        sent += rows[i].sent;
        for (int fate = 0; fate < FATE_NB; fate++)
            fates[fate] += rows[i].fates[fate];
    }
    printf("%d rows, %"PRIu64" frames sent:\n", nb_rows, sent);
    for (int fate = 0; fate < FATE_NB; fate++)
        printf("%12"PRIu64" %s\n", fates[fate], fate_name(fate));
}

static void take(const char *name, json_t *value, bool *has_frames)
{
    if (!strcmp(name, "participants"))
        participants = json_incref(value);
    else if (!strcmp(name, "tracks"))
        tracks = json_incref(value);
    else if (!strcmp(name, "received"))
        read_rows(value);
    else if (!strcmp(name, "kept"))
        *has_frames = !strcmp(json_string_value(value), "all");
    else if (!strcmp(name, "sent"))
        nb_sealed += place(value, SENT_STATE) == STATE_ENCRYPTION_SUCCESS;
    else if (!strcmp(name, "frames"))
        read_frame(value);
}

int main(int argc, char **argv)
{
    ReportReader *reader;
    bool has_frames = false;
    const char *name;
    json_t *value;
    int ret;

    log_init(AV_LOG_ERROR);
    if (argc != 2 || report_reader_open(&reader, argv[1]) < 0)
        return 2;
    while ((ret = report_reader_next(reader, &name, &value)) > 0) {
        take(name, value, &has_frames);
        json_decref(value);
    }
    report_reader_free(&reader);
    if (has_frames)
        check_frames();
    print_sums();
    expect("report", "rows that are empty or missing", !nb_rows, 0);
    json_decref(tracks);
    json_decref(participants);
    return ret < 0 ? 2 : nb_wrong > 0;
}
