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

#include "cmd.h"
#include "interrupt.h"
#include "run/meeting_options.h"
#include "report/log.h"
#include "report/recorder.h"
#include "room/hop_files.h"
#include "room/room.h"
#include "room/save.h"

typedef struct Run {
    MeetingOptions options;
    Recorder      *recorder;
    Room          *room;
    Saver         *saver;    ///< NULL: nothing is saved
    HopFiles      *hops;     ///< the same
} Run;

static const char *const detail_names[FRAMES_NB] = {
    [FRAMES_ALL]      = "all",
    [FRAMES_PROBLEMS] = "problems",
    [FRAMES_NONE]     = "none",
};

static void introduce_tracks(const Room *room)
{
    for (int i = 0; i < room_nb_tracks(room); i++) {
        RoomTrack t;

        room_track(room, i, &t);
        log_out("%s %s: %s: %s\n", t.sender, t.kind, t.name, t.description);
    }
}

static int set_up(Run *run)
{
    const MeetingOptions *o = &run->options;
    const RecorderSetup recorder = {
        .json = o->report, .html = o->html, .ndjson = o->ndjson,
        .frames = detail_names[o->frames], .progress = o->progress,
    };
    RoomSetup room = {
        .scenario = &o->scenario, .verify = o->verify,
        .nb_threads = o->threads, .stages = o->level >= AV_LOG_VERBOSE,
        .events = { recorder_event, NULL }, .lives = { recorder_life, NULL },
    };
    int ret = recorder_open(&run->recorder, &recorder);

    if (ret >= 0 && o->save)
        ret = saver_open(&run->saver, o->save, o->save_sealed);
    if (ret >= 0 && (o->pcap || o->rtpdump))
        ret = hop_files_open(&run->hops, o->pcap, o->rtpdump);
    if (ret < 0)
        return ret;
    room.events.opaque = room.lives.opaque = run->recorder;
    if (run->saver)
        room.frames = (FrameTap){ saver_frame, run->saver };
    if (run->hops)
        room.tap = (HopTap){ hop_files_datagram, run->hops };
    if ((ret = room_open(&run->room, &room)) < 0)
        return ret;
    if (run->hops && (ret = hop_files_begin(run->hops, run->room)) < 0)
        return ret;
    introduce_tracks(run->room);
    return run->saver ? saver_begin(run->saver, run->room) : 0;
}

static void show_progress(Run *run)
{
    const ProgressNow now = {
        .time       = room_time(run->room),
        .nb_frames  = room_nb_frames(run->room),
        .nb_packets = room_nb_packets(run->room),
    };

    recorder_progress(run->recorder, &now);
}

static int hold_meeting(Run *run)
{
    int ret = 0;

    while (!interrupt_pending() && (ret = room_step(run->room)) >= 0)
        show_progress(run);
    if (interrupt_pending())
        return AVERROR_EXIT;
    return ret == AVERROR_EOF ? 0 : ret;
}

/* @return whether all expectations held, or a negative AVERROR */
static int write_report(Run *run)
{
    Report report;
    int ret = room_report(run->room, &report);

    if (ret >= 0 && run->saver)
        ret = saver_finish(run->saver);
    if (ret >= 0 && run->hops)
        ret = hop_files_finish(run->hops);
    if (ret >= 0)
        ret = recorder_finish(run->recorder, &report);
    return ret < 0 ? ret : report.held;
}

int cmd_run(int argc, char **argv)
{
    Run run = { .room = NULL };
    int status = meeting_options_parse(&run.options, argc, argv);
    int ret;

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(run.options.level);
    interrupt_install();

    ret = set_up(&run);
    if (ret >= 0)
        ret = hold_meeting(&run);
    if (ret >= 0)
        ret = write_report(&run);
    if (ret >= 0) {
        status = ret ? EXIT_HELD : EXIT_NOT_HELD;
    } else if (interrupt_pending()) {
        log_error("interrupted; no report is written");
        status = EXIT_INTERRUPTED;
    } else if (!log_error_told()) {
        log_error("the meeting could not be held: %s", av_err2str(ret));
    }

end:
    saver_free(&run.saver);
    hop_files_free(&run.hops);
    room_free(&run.room);
    recorder_free(&run.recorder);
    meeting_options_free(&run.options);
    return status;
}
