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

/* The command line of "run": what it makes of a scenario. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "capture_errors.h"
#include "cmd.h"
#include "common.h"
#include "run/meeting_options.h"

#define MAX_WORDS 32

static const char scenario[] =
    "{\"duration\": 10, \"seed\": 5, \"network\": {\"delay\": 0.1},"
    " \"participants\": [{\"name\": \"a\", \"network\": {\"delay\": 0.2},"
    " \"tracks\": [{\"kind\": \"video\"}]}, {\"name\": \"b\"}]}";

static char file[] = "meeting-options-XXXXXX";

static void write_scenario(void)
{
    FILE *f = fdopen(mkstemp(file), "w");

    ck_assert_ptr_nonnull(f);
    fputs(scenario, f);
    fclose(f);
}

static void remove_scenario(void)
{
    unlink(file);
}

/* Words of a line; "SCENARIO" stands for the file. */
static int parse(MeetingOptions *o, const char *text)
{
    static char line[512], name[] = "run";
    char *words[MAX_WORDS] = { name }, *saved = NULL;
    int nb = 1;

    snprintf(line, sizeof(line), "%s", text);
    for (char *word = strtok_r(line, " ", &saved); word;
         word = strtok_r(NULL, " ", &saved))
        words[nb++] = strcmp(word, "SCENARIO") ? word : file;
    return meeting_options_parse(o, nb, words);
}

START_TEST(defaults)
{
    MeetingOptions o;

    ck_assert_int_eq(parse(&o, "SCENARIO"), -1);
    ck_assert_int_eq(o.verify, VERIFY_DECODE);
    ck_assert_int_eq(o.frames, FRAMES_ALL);
    ck_assert_int_ge(o.threads, 1);
    ck_assert_ptr_null(o.report);
    ck_assert_int_eq(o.level, AV_LOG_INFO);
    ck_assert_uint_eq(o.scenario.seed, 5);
    ck_assert_int_eq(o.scenario.nb_participants, 2);
    ck_assert_str_eq(o.scenario.file, file);
    ck_assert_ptr_null(o.scenario.video_codec);
    meeting_options_free(&o);
}
END_TEST

START_TEST(options_win_over_the_scenario)
{
    MeetingOptions o;
    const Scenario *s = &o.scenario;

    ck_assert_int_eq(parse(&o, "--seed 9 --duration 3 SCENARIO --srtp "
                               "AEAD_AES_128_GCM --mtu 900 --sfu janus "
                               "--scheme livekit --codec vp9 --join c "
                               "--key c=none --key b=wrong --net loss=5%"),
                     -1);
    ck_assert_uint_eq(s->seed, 9);
    ck_assert_int_eq(s->duration, 3000000);
    ck_assert_int_eq(s->srtp, SRTP_AEAD_AES_128_GCM);
    ck_assert_uint_eq(s->mtu, 900);
    ck_assert_int_eq(s->sfu, SFU_JANUS);
    ck_assert_str_eq(s->scheme, "livekit");
    ck_assert_str_eq(s->video_codec, "vp9");
    ck_assert_int_eq(s->nb_participants, 3);
    ck_assert_int_eq(s->participants[1].key.kind, KEY_WRONG);
    ck_assert_int_eq(s->participants[2].key.kind, KEY_NONE);
    ck_assert_int_eq(s->nb_network, 1);
    ck_assert_double_eq(s->network[0].loss, 0.05);
    ck_assert_int_eq(s->network[0].delay, 0);
    ck_assert_int_eq(s->participants[0].nb_uplink, 0);
    meeting_options_free(&o);
}
END_TEST

START_TEST(sframe_by_the_packet)
{
    MeetingOptions o;

    ck_assert_int_eq(parse(&o, "SCENARIO --scheme sframe"), -1);
    ck_assert(!o.scenario.packets);
    meeting_options_free(&o);
    ck_assert_int_eq(parse(&o, "SCENARIO --scheme sframe --sframe-packets"),
                     -1);
    ck_assert(o.scenario.packets);
    meeting_options_free(&o);
}
END_TEST

START_TEST(the_network_of_somebody)
{
    MeetingOptions o;
    const Scenario *s = &o.scenario;

    ck_assert_int_eq(parse(&o, "SCENARIO --net b=from=1:to=2:loss=1% --net "
                               "b=from=3:gemodel=2%,30%,90%,0.1%"), -1);
    ck_assert_int_eq(s->nb_network, 1);
    ck_assert_int_eq(s->network[0].delay, 100000);
    ck_assert_int_eq(s->participants[0].nb_uplink, 1);
    ck_assert_int_eq(s->participants[1].nb_uplink, 2);
    ck_assert_int_eq(s->participants[1].nb_downlink, 2);
    ck_assert_int_eq(s->participants[1].downlink[0].to, 2000000);
    ck_assert_double_eq(s->participants[1].downlink[1].gilbert_p, 0.02);
    ck_assert_double_eq(s->participants[1].downlink[1].gilbert_r, 0.3);
    ck_assert_double_eq(s->participants[1].downlink[1].gilbert_bad, 0.9);
    ck_assert_double_eq(s->participants[1].downlink[1].gilbert_good, 0.001);
    meeting_options_free(&o);
}
END_TEST

START_TEST(outputs)
{
    MeetingOptions o;

    ck_assert_int_eq(parse(&o, "SCENARIO -o r.json --ndjson e --html h "
                               "--progress - --save . --save-sealed --pcap p "
                               "--rtpdump d --frames all --verify open "
                               "--threads 3 -v error"), -1);
    ck_assert_str_eq(o.report, "r.json");
    ck_assert_str_eq(o.ndjson, "e");
    ck_assert_str_eq(o.html, "h");
    ck_assert_str_eq(o.progress, "-");
    ck_assert_str_eq(o.save, ".");
    ck_assert(o.save_sealed);
    ck_assert_str_eq(o.pcap, "p");
    ck_assert_str_eq(o.rtpdump, "d");
    ck_assert_int_eq(o.frames, FRAMES_ALL);
    ck_assert_int_eq(o.verify, VERIFY_OPEN);
    ck_assert_int_eq(o.threads, 3);
    ck_assert_int_eq(o.level, AV_LOG_ERROR);
    meeting_options_free(&o);
}
END_TEST

static const struct {
    const char *line, *error;
} wrong[] = {
    { "", "two participants or more; use --join" },
    { "--join a", "two participants or more" },
    { "--join a --join b", "nobody sends anything; use --join NAME=FILE" },
    { "SCENARIO SCENARIO", "there is a scenario already" },
    { "none.json", "none.json: No such file" },
    { "SCENARIO --join c=none.mp4", "none.mp4: No such file" },
    { "SCENARIO --join c=", "an empty file name" },
    { "SCENARIO --join c/d", "is no name" },
    { "SCENARIO --share a", "what is shared" },
    { "SCENARIO --share c=x", "c does not join" },
    { "SCENARIO --key b", "say which" },
    { "SCENARIO --key c=none", "c does not join" },
    { "SCENARIO --key b=none.key", "none.key: No such file" },
    { "SCENARIO --key-file none.key", "none.key: No such file" },
    { "SCENARIO --key-env MEETING_NONE", "variable MEETING_NONE: there is no" },
    { "SCENARIO --key-env A --key-file b", "not both" },
    { "SCENARIO --sframe-packets", "only scheme sframe seals packets" },
    { "SCENARIO --codec theora", "choose copy, opus, vp8" },
    { "SCENARIO --codec opus", "video cannot be encoded to opus" },
    { "SCENARIO --srtp rot13", "choose none, AES_CM" },
    { "SCENARIO --sfu zoom", "choose mediasoup, livekit, janus or jitsi" },
    { "SCENARIO --verify maybe", "choose decode, open or none" },
    { "SCENARIO --frames some", "choose all, problems or none" },
    { "SCENARIO --mtu 20", "--mtu 20: give 200 to 65000" },
    { "SCENARIO --threads 0", "give 1 to 64" },
    { "SCENARIO --duration 0", "a number of seconds above 0" },
    { "SCENARIO --duration soon", "give a time" },
    { "SCENARIO --net jiter=5", "there is no 'jiter'; did you mean 'jitter'" },
    { "SCENARIO --net c=loss=5%", "c does not join" },
    { "SCENARIO --net loss=5", "5% is \"5%\" or 0.05" },
    { "SCENARIO --net loss", "'loss' is empty" },
    { "SCENARIO --net reorder=5%", "needs a 'delay'" },
    { "SCENARIO --net gemodel=5%", "gemodel=P,R" },
    { "SCENARIO --net gemodel=1%,1%,1%,1%,1%", "gemodel=P,R" },
    { "SCENARIO --save-sealed", "--save-sealed: say with --save" },
    { "SCENARIO -o none/r.json", "none/r.json: cannot be written" },
    { "SCENARIO -o .", "cannot be written" },
    { "SCENARIO --html x/", "x/: cannot be written" },
    { "SCENARIO --save none/x", "none/x: cannot be written" },
    { "SCENARIO --frobnicate", "unknown option --frobnicate" },
    { "SCENARIO --ned 5", "did you mean --net" },
};

START_TEST(what_is_wrong_is_one_line)
{
    MeetingOptions o;
    const char *said;
    int status;

    capture_errors_begin();
    status = parse(&o, wrong[_i].line);
    said   = capture_errors_end();
    ck_assert_msg(status == EXIT_BAD_INPUT, "%s: %d", wrong[_i].line, status);
    ck_assert_msg(strstr(said, wrong[_i].error), "%s: %s", wrong[_i].line,
                  said);
    ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s: %s",
                  wrong[_i].line, said);
    meeting_options_free(&o);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("meeting_options", &tests);
    int nb_wrong = sizeof(wrong) / sizeof(wrong[0]);

    tcase_add_unchecked_fixture(tests, write_scenario, remove_scenario);
    tcase_add_test(tests, defaults);
    tcase_add_test(tests, options_win_over_the_scenario);
    tcase_add_test(tests, sframe_by_the_packet);
    tcase_add_test(tests, the_network_of_somebody);
    tcase_add_test(tests, outputs);
    tcase_add_loop_test(tests, what_is_wrong_is_one_line, 0, nb_wrong);
    return run_suite(suite);
}
