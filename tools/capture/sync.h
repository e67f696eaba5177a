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


/**
 * @file
 * One time for all: RTP timestamps of a track onto the recorder's clock, by
 * RTCP sender reports where there are any, else by when packets came.
 */

#ifndef TOOLS_CAPTURE_SYNC_H
#define TOOLS_CAPTURE_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/rational.h>

/** Timestamps, made continuous, on a straight line onto time. */
typedef struct Sync {
    AVRational time_base;
    bool     started, locked;
    bool     fresh;         ///< another clock of timestamps begins
    uint32_t last;          ///< RTP timestamp
    int64_t  unwrapped;     ///< the same, continuous
    int64_t  anchor;        ///< continuous timestamp...
    int64_t  anchor_time;   ///< ...of this time, us
    int64_t  least;         ///< of arrival behind the line, in the window
    int64_t  window_end;
    bool     reported;
    int64_t  report;        ///< continuous timestamp of the last report
    int64_t  report_ntp;    ///< its NTP time, us
} Sync;

void sync_open(Sync *sync, AVRational time_base);

/**
 * The next frame.
 *
 * @param timestamp RTP's
 * @param arrival   of its first packet, us
 * @return its continuous timestamp; it only moves ahead between runs
 */
int64_t sync_frame(Sync *sync, uint32_t timestamp, int64_t arrival);

/**
 * A sender report.
 *
 * @param ntp    its NTP time, us
 * @param offset from NTP time to the recorder's, us
 */
void sync_report(Sync *sync, uint32_t timestamp, int64_t ntp, int64_t offset);

/**
 * The look-ahead is over: the line stays; later corrections move timestamps.
 *
 * @param offset from NTP time to the recorder's, us; used if there were
 *               reports
 */
void sync_lock(Sync *sync, int64_t offset);

/** Time of a continuous timestamp, us. */
int64_t sync_time(const Sync *sync, int64_t timestamp);

#endif /* TOOLS_CAPTURE_SYNC_H */
