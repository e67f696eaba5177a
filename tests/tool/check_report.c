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


/* The reports of a meeting made up by hand: every count is known. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "common.h"
#include "hand_meeting.h"
#include "report/causes.h"
#include "report/json_event.h"
#include "report/json_out.h"
#include "report/log.h"
#include "report/names.h"

static char folder[] = "check-report-XXXXXX";

static void enter(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    log_init(AV_LOG_QUIET);
}

static void leave(void)
{
    static const char *const files[] = { "r.json", "s.json", "r.ndjson",
                                         "progress", "out" };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(files[i]);
    ck_assert_int_eq(chdir(".."), 0);
    ck_assert_msg(!rmdir(folder), "something was left behind");
}

static json_t *report(const char *file, const char *frames)
{
    RecorderSetup setup = { .json = file, .frames = frames };
    json_t *root;

    ck_assert_int_eq(hand_meeting(&setup, 3), 0);
    root = json_load_file(file, 0, NULL);
    ck_assert_ptr_nonnull(root);
    return root;
}

static json_t *row_of(json_t *root, const char *receiver, const char *sender,
                      const char *kind)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(root, "received"), i, row)
        if (!strcmp(text_of(row, "receiver"), receiver) &&
            !strcmp(text_of(row, "sender"), sender) &&
            !strcmp(text_of(row, "kind"), kind))
            return row;
    ck_abort_msg("no row %s %s %s", receiver, sender, kind);
}

static int number(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);

    ck_assert_msg(json_is_integer(value), "%s", name);
    return json_integer_value(value);
}

static int track_id(json_t *root, const char *sender, const char *kind)
{
    json_t *track;
    size_t i;

    json_array_foreach(json_object_get(root, "tracks"), i, track)
        if (!strcmp(text_of(track, "sender"), sender) &&
            !strcmp(text_of(track, "kind"), kind))
            return number(track, "id");
    ck_abort_msg("no track %s %s", sender, kind);
}

/* Frames of the list in which each line belongs to the row or the track. */
static int lines_of(json_t *root, const char *list, int id)
{
    json_t *line;
    size_t i;
    int nb = 0;

    json_array_foreach(json_object_get(root, list), i, line)
        nb += json_integer_value(json_array_get(line, 0)) == id;
    return nb;
}

START_TEST(json_has_every_count)
{
    json_t *root  = report("r.json", NULL);
    json_t *row   = row_of(root, "bob", "alice", "video");
    json_t *fates = json_object_get(row, "fates");
    json_t *shown = json_object_get(row, "shown");

    ck_assert_int_eq(number(root, "version"), REPORT_VERSION);
    ck_assert_str_eq(text_of(root, "seed"), "7");
    ck_assert(json_is_false(json_object_get(root, "held")));
    ck_assert_int_eq(json_array_size(json_object_get(root, "received")), 8);
    ck_assert_int_eq(number(row, "sent"), 450);
    ck_assert_int_eq(number(fates, "lost_uplink"), 3);
    ck_assert_int_eq(number(fates, "lost_downlink"), 1);
    ck_assert_int_eq(number(fates, "late"), 1);
    ck_assert_int_eq(number(fates, "refused"), 1);
    ck_assert_int_eq(number(fates, "opened"), 444);
    ck_assert_int_eq(number(shown, "waiting"), 62);
    ck_assert_int_eq(number(shown, "identical"), 382);
    ck_assert_int_eq(lines_of(root, "frames", number(row, "id")), 450);
    ck_assert_int_eq(lines_of(root, "sent", track_id(root, "alice", "video")),
                     450 + 209); /* in two layers from 8 s on */
    ck_assert_int_eq(json_array_size(json_object_get(root, "frames")),
                     4 * (450 + 750));
    json_decref(root);
}
END_TEST

START_TEST(a_frames_life_is_in_its_places)
{
    json_t *root   = report("r.json", "problems");
    json_t *frames = json_object_get(root, "frames"), *line;
    int id = number(row_of(root, "bob", "alice", "video"), "id"), nb = 0;
    json_t *want = json_loads("[0,0,374,12466542,3,0,21000,21400,41000,41800,"
                              "null,513458,null,null,\"random loss\",null,"
                              "null,null,[[21000,1,3,\"random loss\"],"
                              "[81000,1,3,\"sent again\"],"
                              "[81000,1,3,\"random loss\"]]]", 0, NULL);
    size_t i;

    json_array_set_new(want, 0, json_integer(id));
    json_array_set_new(want, 1, json_integer(1));
    json_array_foreach(frames, i, line) {
        if (json_integer_value(json_array_get(line, 0)) != id ||
            json_integer_value(json_array_get(line, 2)) != 374)
            continue;
        nb++;
        ck_assert_msg(json_equal(line, want), "%s", json_dumps(line, 0));
    }
    ck_assert_int_eq(nb, 1);
    json_decref(want);
    json_decref(root);
}
END_TEST

START_TEST(frames_are_kept_as_asked)
{
    json_t *problems = report("r.json", "problems");
    json_t *none     = report("s.json", "none");
    int id = number(row_of(problems, "bob", "alice", "video"), "id");

    ck_assert_int_eq(lines_of(problems, "frames", id), 6 + 62);
    ck_assert_int_eq(json_array_size(json_object_get(none, "frames")), 0);
    ck_assert_int_eq(json_array_size(json_object_get(none, "sent")), 0);
    ck_assert(json_equal(json_object_get(none, "received"),
                         json_object_get(problems, "received")));
    json_decref(problems);
    json_decref(none);
}
END_TEST

START_TEST(causes_are_counted)
{
    json_t *root = report("r.json", NULL);
    json_t *got  = json_object_get(row_of(root, "bob", "alice", "video"),
                                   "causes");
    json_t *want = json_loads(
        "[{\"fate\":\"lost_uplink\",\"cause\":\"burst loss\",\"frames\":3},"
        "{\"fate\":\"opened\",\"cause\":\"waited for a key frame\","
        "\"frames\":62},"
        "{\"fate\":\"lost_downlink\",\"cause\":\"random loss\",\"frames\":1},"
        "{\"fate\":\"late\",\"cause\":\"late\",\"frames\":1},"
        "{\"fate\":\"refused\",\"cause\":\"DecryptionFailed: the tag does not "
        "fit\",\"frames\":1}]", 0, NULL);

    ck_assert_msg(json_equal(got, want), "%s", json_dumps(got, 0));
    json_decref(want);
    json_decref(root);
}
END_TEST

START_TEST(too_many_causes_are_one)
{
    Causes causes = { 0 };
    FrameLife life = { .fate = FATE_REFUSED, .open_state = STATE_MISSING_KEY };
    uint64_t nb = 0;

    for (int i = 0; i < 100; i++) {
        snprintf(life.reason, sizeof(life.reason), "no key %d", i);
        ck_assert_int_eq(causes_add(&causes, 3, &life), 0);
    }
    ck_assert_ptr_null(causes_of(&causes, 2));
    ck_assert_ptr_null(causes_of(&causes, 4));
    ck_assert_int_eq(causes_of(&causes, 3)->nb, CAUSES_PER_ROW);
    for (int i = 0; i < CAUSES_PER_ROW; i++)
        nb += causes_of(&causes, 3)->list[i].nb;
    ck_assert_uint_eq(nb, 100);
    causes_free(&causes);
}
END_TEST

static Bytes slurp(const char *name)
{
    FILE *f = fopen(name, "rb");
    Bytes bytes = { malloc(1 << 24), 0 };

    ck_assert_ptr_nonnull(f);
    bytes.size = fread(bytes.data, 1, (1 << 24) - 1, f);
    bytes.data[bytes.size] = '\0';
    fclose(f);
    return bytes;
}

START_TEST(the_same_meeting_gives_the_same_bytes)
{
    Bytes a, b;

    json_decref(report("r.json", NULL));
    json_decref(report("s.json", NULL));
    a = slurp("r.json");
    b = slurp("s.json");
    assert_bytes("report", a.data, a.size, b.data, b.size);
    free(a.data);
    free(b.data);
}
END_TEST

START_TEST(ndjson_has_the_reports_events)
{
    RecorderSetup setup = { .json = "r.json", .ndjson = "r.ndjson" };
    json_t *root, *events, *event;
    char line[1024];
    FILE *f;
    size_t i;

    ck_assert_int_eq(hand_meeting(&setup, 4), 0);
    root   = json_load_file("r.json", 0, NULL);
    events = json_object_get(root, "events");
    ck_assert_ptr_nonnull(f = fopen("r.ndjson", "r"));
    json_array_foreach(events, i, event) {
        json_t *got;

        ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
        got = json_loads(line, 0, NULL);
        ck_assert(json_equal(got, event));
        json_decref(got);
    }
    ck_assert_ptr_null(fgets(line, sizeof(line), f));
    ck_assert_uint_gt(i, 20);
    fclose(f);
    json_decref(root);
}
END_TEST

START_TEST(events_have_what_belongs_to_them)
{
    static const struct {
        Event       event;
        const char *json;
    } rows[] = {
        { { .type = EVENT_STATE, .time = 1500000, .participant = "a",
            .receiver = "b", .kind = "video", .key_index = 3, .frame = -1,
            .state = STATE_MISSING_KEY, .reason = "no key" },
          "{\"time\":1.5,\"event\":\"state\",\"participant\":\"a\","
          "\"receiver\":\"b\",\"kind\":\"video\",\"state\":\"MissingKey\","
          "\"key_index\":3,\"reason\":\"no key\"}" },
        { { .type = EVENT_ENABLED, .participant = "a", .key_index = -1,
            .frame = -1, .reason = "", .value = 0 },
          "{\"time\":0.0,\"event\":\"enabled\",\"participant\":\"a\","
          "\"enabled\":false}" },
        { { .type = EVENT_LOSS, .time = 1, .participant = "a",
            .receiver = "b", .kind = "share", .key_index = -1, .frame = 0,
            .reason = "MTU", .hop = HOP_UPLINK },
          "{\"time\":0.000001,\"event\":\"loss\",\"participant\":\"a\","
          "\"receiver\":\"b\",\"kind\":\"share\",\"reason\":\"MTU\","
          "\"hop\":\"uplink\",\"frame\":0}" },
        { { .type = EVENT_FREEZE, .participant = "a", .receiver = "b",
            .kind = "video", .key_index = -1, .frame = -1, .value = 250000 },
          "{\"time\":0.0,\"event\":\"freeze\",\"participant\":\"a\","
          "\"receiver\":\"b\",\"kind\":\"video\",\"duration\":0.25}" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *got  = json_event(&rows[i].event);
        json_t *want = json_loads(rows[i].json, 0, NULL);

        ck_assert_msg(json_equal(got, want), "%s", json_dumps(got, 0));
        json_decref(got);
        json_decref(want);
    }
}
END_TEST

START_TEST(any_bytes_are_text)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        { "plain",            "plain"                         },
        { "\303\244",         "\303\244"                      },
        { "a\377b",           "a\357\277\275b"                },
        { "\303",             "\357\277\275"                  },
        { "\360\237\216\245\377", "\360\237\216\245\357\277\275" },
        { "",                 ""                              },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *text = json_text(rows[i].in);

        ck_assert_str_eq(json_string_value(text), rows[i].out);
        json_decref(text);
    }
}
END_TEST

START_TEST(numbers_of_names_stay)
{
    NameTable table = { 0 };

    ck_assert_int_eq(name_table_index(&table, "b", "x", NULL), 0);
    ck_assert_int_eq(name_table_index(&table, "a", "x", NULL), 1);
    ck_assert_int_eq(name_table_index(&table, NULL, "x", NULL), 2);
    ck_assert_int_eq(name_table_index(&table, "", "x", NULL), 3);
    ck_assert_int_eq(name_table_index(&table, "a", "x", "y"), 4);
    ck_assert_int_eq(name_table_index(&table, "b", "x", NULL), 0);
    ck_assert_int_eq(name_table_index(&table, NULL, "x", NULL), 2);
    ck_assert_int_eq(name_table_index(&table, "a", "x", NULL), 1);
    name_table_free(&table);
}
END_TEST

START_TEST(the_table_fits_80_columns)
{
    static const char *const lines[] = {
        "bob      alice    video       vp8     450     5       1    444"
        "     382       382",
        "bob lost 3 of alice's video frames on the uplink: 3 burst loss",
        "bob lost 2 of alice's video frames on the downlink: 1 random loss, "
        "1 late",
        "bob was not sent 50 of alice's audio frames by the server: 50 paused",
        "bob did not open 1 of alice's video frames: 1 DecryptionFailed: the "
        "tag does\nnot fit",
        "bob did not see 62 of alice's video frames: 62 waited for a key "
        "frame",
        "eve did not open 450 of alice's video frames: 450 MissingKey",
        "1 of 2 expectations held",
    };
    RecorderSetup setup = { 0 };
    Bytes out;

    ck_assert_ptr_nonnull(freopen("out", "w", stdout));
    log_init(AV_LOG_INFO);
    ck_assert_int_eq(hand_meeting(&setup, 3), 0);
    fclose(stdout);
    out = slurp("out");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ck_assert_msg(strstr((char *)out.data, lines[i]) != NULL, "%s\n%s",
                      lines[i], (char *)out.data);
    for (char *line = strstr((char *)out.data, "receiver"); *line != '\0';
         line = strchr(line, '\n') + 1)
        ck_assert_int_le(strcspn(line, "\n"), 80);
    ck_assert_ptr_null(strchr((char *)out.data, '\033'));
    free(out.data);
}
END_TEST

START_TEST(what_cannot_be_is_told_at_once)
{
    static const RecorderSetup rows[] = {
        { .json = "none/r.json" },
        { .html = "none/r.html", .json = "r.json" },
        { .ndjson = "none/r.ndjson", .json = "r.json" },
        { .progress = "none/progress", .json = "r.json" },
        { .json = "r.json", .frames = "some" },
        { .json = "-", .ndjson = "-" },
    };
    Recorder *recorder;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_lt(recorder_open(&recorder, &rows[i]), 0);
        ck_assert_ptr_null(recorder);
        ck_assert(log_error_told());
    }
}
END_TEST

START_TEST(nothing_is_left_of_a_report_that_does_not_end)
{
    RecorderSetup setup = { .json = "r.json" };
    Recorder *recorder;

    ck_assert_int_eq(recorder_open(&recorder, &setup), 0);
    recorder_free(&recorder);
    ck_assert_int_ne(access("r.json", F_OK), 0);
}
END_TEST

START_TEST(progress_is_written_as_ffmpeg_does)
{
    RecorderSetup setup = { .progress = "progress" };
    ProgressNow now = { 3723004005, 100, 250, 10, 20 };
    Recorder *recorder;
    Report report = { .command = "run" };
    char *text;

    ck_assert_int_eq(recorder_open(&recorder, &setup), 0);
    recorder_progress(recorder, &now);
    now.nb_frames = 200;
    recorder_progress(recorder, &now);
    ck_assert_int_eq(recorder_finish(recorder, &report), 0);
    recorder_free(&recorder);
    text = (char *)slurp("progress").data;
    ck_assert_ptr_nonnull(strstr(text, "frame=100\npackets=250\n"
                                       "done_size=10\ntotal_size=20\n"
                                       "out_time_us=3723004005\n"
                                       "out_time=01:02:03.004005\nspeed="));
    ck_assert_ptr_nonnull(strstr(text, "x\nprogress=continue\nframe=200\n"));
    ck_assert_str_eq(text + strlen(text) - 13, "progress=end\n");
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("report", &tests);

    tcase_add_checked_fixture(tests, enter, leave);
    tcase_add_test(tests, json_has_every_count);
    tcase_add_test(tests, a_frames_life_is_in_its_places);
    tcase_add_test(tests, frames_are_kept_as_asked);
    tcase_add_test(tests, causes_are_counted);
    tcase_add_test(tests, too_many_causes_are_one);
    tcase_add_test(tests, the_same_meeting_gives_the_same_bytes);
    tcase_add_test(tests, ndjson_has_the_reports_events);
    tcase_add_test(tests, events_have_what_belongs_to_them);
    tcase_add_test(tests, any_bytes_are_text);
    tcase_add_test(tests, numbers_of_names_stay);
    tcase_add_test(tests, the_table_fits_80_columns);
    tcase_add_test(tests, what_cannot_be_is_told_at_once);
    tcase_add_test(tests, nothing_is_left_of_a_report_that_does_not_end);
    tcase_add_test(tests, progress_is_written_as_ffmpeg_does);
    return run_suite(suite);
}
