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

#include <libavutil/error.h>
#include <libavutil/time.h>

#include "cmd.h"
#include "interrupt.h"
#include "report/json.h"
#include "report/log.h"
#include "report/text.h"
#include "room/room.h"
#include "run_options.h"

typedef struct Run {
    RunOptions  options;
    Room       *room;
    JsonReport *report; ///< NULL: none wanted
    int64_t     started, shown; ///< wall clock, for the progress line only
} Run;

static void take_event(void *opaque, const Event *event)
{
    Run *run = opaque;

    text_event(event);
    if (run->report)
        json_report_event(run->report, event);
}

static int choose_key(Key *key, const Attendee *a, const Key *room_key)
{
    switch (a->key) {
    case KEY_ROOM:
        *key = *room_key;
        return 0;
    case KEY_OWN:
        return key_from_file(key, KEY_OWN, a->key_file);
    default:
        return key_make(key, a->key);
    }
}

/* Everybody's key is tried before any media is opened: a bad key file shows
 * at once, and its warnings show once. */
static int join_all(Run *run, const Key *room_key)
{
    const RunOptions *o = &run->options;
    int ret = frame_filter_check(o->scheme, room_key);

    for (int i = 0; i < o->nb_attendees && ret >= 0; i++) {
        const Attendee *a = o->attendees[i];
        Key key = { 0 };

        ret = choose_key(&key, a, room_key);
        if (ret >= 0 && a->key == KEY_OWN)
            ret = frame_filter_check(o->scheme, &key);
        if (ret >= 0 && !room_join(run->room, a->name, &key))
            ret = AVERROR(ENOMEM);
        key_wipe(&key);
    }
    return ret;
}

static int publish_all(Run *run)
{
    const RunOptions *o = &run->options;
    int ret = 0;

    for (int i = 0; i < o->nb_attendees; i++) {
        const Attendee *a = o->attendees[i];

        for (int j = 0; j < a->nb_media && ret >= 0; j++)
            ret = room_publish(run->room, run->room->participants[i],
                               a->media[j]->file, a->media[j]->share);
    }
    return ret;
}

static int set_up(Run *run)
{
    const RunOptions *o = &run->options;
    const EventSink events  = { take_event, run };
    Key room_key = { 0 };
    int ret;

    if (o->report && !(run->report = json_report_alloc()))
        return AVERROR(ENOMEM);
    if ((ret = room_open(&run->room, o->scheme, &o->media, events)) < 0)
        return ret;
    ret = o->key_file ? key_from_file(&room_key, KEY_ROOM, o->key_file)
                      : key_make(&room_key, KEY_ROOM);
    if (ret >= 0)
        ret = join_all(run, &room_key);
    key_wipe(&room_key);
    if (ret < 0 || (ret = publish_all(run)) < 0)
        return ret;
    return room_connect(run->room);
}

static void show_progress(Run *run)
{
    int64_t now = log_progress_wanted() ? av_gettime_relative() : 0;
    uint64_t nb_packets = 0;

    if (now - run->shown < 100000)
        return;
    run->shown = now;
    for (int i = 0; i < run->room->nb_tracks; i++)
        nb_packets += rtp_packer_count(run->room->tracks[i]->packer);
    log_progress("%.1f s of the meeting, %.1f times real time, %llu packets",
                 run->room->time / 1e6,
                 (double)run->room->time / FFMAX(now - run->started, 1),
                 (unsigned long long)nb_packets);
}

static int hold_meeting(Run *run)
{
    int ret = 0;

    run->started = run->shown = log_progress_wanted() ? av_gettime_relative()
                                                      : 0;
    log_out("\n%9s  %-22s %-11s %s\n", "time", "who", "kind", "state");
    while (!interrupt_pending() && (ret = room_step(run->room)) >= 0)
        show_progress(run);
    log_progress_clear();
    if (interrupt_pending())
        return AVERROR_EXIT;
    return ret == AVERROR_EOF ? 0 : ret;
}

int cmd_run(int argc, char **argv)
{
    Run  run    = { 0 };
    int  status = run_options_parse(&run.options, argc, argv);
    bool held;
    int  ret = 0;

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(run.options.level);
    interrupt_install();

    ret = set_up(&run);
    if (ret >= 0)
        ret = hold_meeting(&run);
    if (interrupt_pending()) {
        log_error("interrupted; no report is written");
        status = EXIT_INTERRUPTED;
    } else if (ret < 0) {
        if (!log_error_told())
            log_error("the meeting could not be held: %s", av_err2str(ret));
    } else {
        held   = text_summary(run.room);
        status = held ? EXIT_HELD : EXIT_NOT_HELD;
        if (run.report && json_report_write(run.report, run.room, held,
                                            run.options.report) < 0)
            status = EXIT_BAD_INPUT;
    }

end:
    room_free(&run.room);
    json_report_free(&run.report);
    run_options_free(&run.options);
    return status;
}
