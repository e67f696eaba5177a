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


#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>

#include "cmd.h"
#include "open_result.h"

static void fill_track(ReportTrack *track, const OpenTrack *t)
{
    *track = (ReportTrack){
        .sender     = t->in->label,
        .kind       = t->in->kind,
        .codec      = avcodec_get_name(t->in->par->codec_id),
        .source     = t->in->file,
        .nb_layers  = 1,
        .nb_frames  = t->nb_whole + t->nb_incomplete,
        .nb_sealed  = t->nb_whole - t->nb_injected,
        .nb_packets = t->in->nb_packets,
        .wire_bytes = t->in->nb_bytes,
    };
}

static void fill_row(ReportRow *row, const OpenTrack *t)
{
    *row = (ReportRow){
        .sender          = t->in->label,
        .kind            = t->in->kind,
        .codec           = avcodec_get_name(t->in->par->codec_id),
        .nb_sent         = t->nb_whole + t->nb_incomplete - t->nb_injected,
        .nb_injected     = t->nb_injected,
        .nb_packets      = t->in->nb_packets,
        .nb_late_packets = t->in->nb_late,
        .nb_bytes        = t->in->nb_bytes,
        .psnr            = -1,
        .ssim            = -1,
        .nb_gaps         = t->in->nb_gaps,
        .nb_padded       = t->in->nb_padded,
        .nb_rtx          = t->in->nb_rtx,
        .nb_red          = t->in->nb_red,
        .nb_fec          = t->in->nb_fec,
    };
    row->nb_fate[FATE_OPENED]      = t->nb_opened;
    row->nb_fate[FATE_REFUSED]     = t->nb_whole - t->nb_injected -
                                     t->nb_opened;
    row->nb_fate[FATE_LOST_UPLINK] = t->nb_incomplete;
    row->nb_lost_packets[HOP_UPLINK] = t->in->nb_lost;
    for (int i = STATE_NONE + 1; i < STATE_NB; i++)
        row->nb_state[i] = t->nb_state[i];
    if (t->decode) {
        const PlayCounts *c = play_check_counts(t->decode);

        row->nb_shown[SHOWN_FAILED] = c->nb_errors;
    }
}

int open_report_make(Report *report, const OpenResult *r)
{
    int nb = opener_nb_tracks(r->opener);

    *report = (Report){
        .command   = "open",
        .scheme    = r->scheme ? r->scheme : "videosdk",
        .duration  = opener_duration(r->opener),
        .held      = r->status == EXIT_HELD,
        .nb_tracks = nb,
        .nb_rows   = nb,
    };
    report->tracks = av_calloc(FFMAX(nb, 1), sizeof(*report->tracks));
    report->rows   = av_calloc(FFMAX(nb, 1), sizeof(*report->rows));
    if (!report->tracks || !report->rows)
        return AVERROR(ENOMEM);
    for (int i = 0; i < nb; i++) {
        fill_track(&report->tracks[i], opener_track(r->opener, i));
        fill_row(&report->rows[i], opener_track(r->opener, i));
    }
    return 0;
}

void open_report_free(Report *report)
{
    av_freep(&report->tracks);
    av_freep(&report->rows);
}
