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

#include <stdio.h>

#include <libavutil/common.h>
#include <libavutil/mem.h>

#include "parts.h"

static bool count_all(Room *room, Report *report)
{
    int nb_rows = 0;

    for (int i = 0; i < room->nb_tracks; i++)
        for (int j = 0; j < room->nb_participants; j++)
            nb_rows += !!room->tracks[i].receptions[j];

    av_freep(&room->report_participants);
    av_freep(&room->report_tracks);
    av_freep(&room->report_rows);
    av_freep(&room->report_expectations);
    av_freep(&room->report_stages);
    room->report_participants = av_calloc(room->nb_participants + 1,
                                          sizeof(ReportParticipant));
    room->report_tracks = av_calloc(room->nb_tracks + 1, sizeof(ReportTrack));
    room->report_rows   = av_calloc(nb_rows + 1, sizeof(ReportRow));
    room->report_expectations = av_calloc(
        (size_t)nb_rows * tally_count(room->scenario) + 1,
        sizeof(ReportExpectation));
    room->report_stages = av_calloc(STAGE_NB, sizeof(ReportStage));

    report->participants = room->report_participants;
    report->tracks       = room->report_tracks;
    report->rows         = room->report_rows;
    report->expectations = room->report_expectations;
    report->stages       = room->report_stages;
    return room->report_participants && room->report_tracks &&
           room->report_rows && room->report_expectations &&
           room->report_stages;
}

static void add_participant(Report *report, const Participant *p)
{
    report->participants[report->nb_participants++] = (ReportParticipant){
        .name = p->plan->name, .key = key_kind_name(p->plan->key.kind),
        .joined = p->joined, .left = p->left,
    };
}

static void add_track(Report *report, const Track *t)
{
    ReportTrack *out = &report->tracks[report->nb_tracks++];

    *out = (ReportTrack){
        .sender = t->sender->plan->name, .kind = t->kind, .codec = t->codec,
        .source       = source_name(t->chains[0].source),
        .encoded      = source_encoded(t->chains[0].source),
        .nb_layers    = t->nb_chains,
        .plain_bytes  = t->plain_bytes,
        .sealed_bytes = t->sealed_bytes,
        .wire_bytes   = t->wire_bytes,
        .sfu_frames   = t->verdicts.nb_frames,
        .sfu_disagree = t->verdicts.nb_disagree,
    };
    for (int i = 0; i < t->nb_chains; i++) {
        out->nb_frames  += t->chains[i].nb_frames;
        out->nb_sealed  += t->chains[i].nb_sealed;
        out->nb_packets += rtp_packer_count(t->chains[i].packer);
    }
}

static void add_row(Room *room, Report *report, Reception *r)
{
    ReportRow *out = &report->rows[report->nb_rows++];
    int64_t end = r->track->ended_at;

    if (r->receiver->left >= 0)
        end = FFMIN(end, r->receiver->left);
    *out = r->row;
    if (r->nb_psnr) {
        out->psnr = r->psnr / r->nb_psnr;
        out->ssim = r->ssim / r->nb_psnr;
    }
    for (int i = 0; i < tally_count(room->scenario); i++) {
        ReportExpectation *e = &report->expectations[report->nb_expectations];

        if (!tally_judge(&r->tallies[i], out, end, e))
            continue;
        report->nb_expectations++;
        report->held &= e->held;
    }
}

static void add_stages(Room *room, Report *report)
{
    if (!room->setup.stages)
        return;
    if (room->verifier)
        room->stages.nanoseconds[STAGE_DECODE] = verify_time(room->verifier);
    for (int i = 0; i < STAGE_NB; i++)
        report->stages[report->nb_stages++] = (ReportStage){
            .name = stage_name(i),
            .seconds = room->stages.nanoseconds[i] / 1e9,
        };
}

int room_nb_streams(const Room *room)
{
    int nb = 0;

    for (int i = 0; i < room->nb_tracks; i++) {
        const Track *t = &room->tracks[i];

        nb += t->nb_chains;
        for (int j = 0; j < t->nb_receptions; j++)
            nb += !!t->receptions[j];
    }
    return nb;
}

static void describe_stream(RoomStream *out, const Track *t,
                            const Reception *r, const Chain *c)
{
    *out = (RoomStream){
        .participant  = r ? r->receiver->number : t->sender->number,
        .hop          = r ? HOP_DOWNLINK : HOP_UPLINK,
        .ssrc         = r ? r->ssrc : c->ssrc,
        .payload_type = c->payload_type,
        .audio        = !track_is_video(t),
        .codec        = c->rtp_codec,
    };
    snprintf(out->label, sizeof(out->label), "%s%s%s %s",
             r ? r->receiver->plan->name : "", r ? " <- " : "",
             t->sender->plan->name, t->kind);
}

void room_stream(const Room *room, int stream, RoomStream *out)
{
    for (int i = 0; i < room->nb_tracks; i++) {
        const Track *t = &room->tracks[i];

        for (int j = 0; j < t->nb_chains; j++)
            if (!stream--)
                describe_stream(out, t, NULL, &t->chains[j]);
        for (int j = 0; j < t->nb_receptions; j++)
            if (t->receptions[j] && !stream--)
                describe_stream(out, t, t->receptions[j], &t->chains[0]);
    }
}

/* Without the time that the last packets took. */
static int64_t end_of_media(const Room *room)
{
    int64_t end = 0;

    for (int i = 0; i < room->nb_tracks; i++)
        end = FFMAX(end, room->tracks[i].ended_at);
    return room->nb_tracks ? end : clock_now(room->clock);
}

int room_report(Room *room, Report *report)
{
    const Scenario *s = room->scenario;

    *report = (Report){
        .command = "run", .scenario = s->name, .file = s->file,
        .seed = s->seed,
        .scheme = s->scheme ? s->scheme : "videosdk",
        .duration = end_of_media(room), .held = true,
    };
    if (!count_all(room, report))
        return AVERROR(ENOMEM);
    for (int i = 0; i < room->nb_participants; i++)
        add_participant(report, &room->participants[i]);
    for (int i = 0; i < room->nb_tracks; i++)
        add_track(report, &room->tracks[i]);
    for (int j = 0; j < room->nb_participants; j++)
        for (int i = 0; i < room->nb_tracks; i++)
            if (room->tracks[i].receptions[j])
                add_row(room, report, room->tracks[i].receptions[j]);
    add_stages(room, report);
    return 0;
}
