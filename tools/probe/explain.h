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
 * Findings: what the settings that open a track mean, and why the rest of it
 * does not open.
 */

#ifndef TOOLS_PROBE_EXPLAIN_H
#define TOOLS_PROBE_EXPLAIN_H

#include "probe.h"

/** Fill in the track's findings and option strings. @return 0 or a negative
 *  AVERROR */
int explain_track(Probe *probe, ProbeTrack *track);

/** explain_settings.c: how a group opens, against what is usual. */
int explain_settings(ProbeTrack *track, const Group *group);

/** explain_failed.c: why frames of a group do not open. */
int explain_failed(Probe *probe, ProbeTrack *track, Group *group);

/** The name of what a group has in common: "key index 3". */
const char *group_name(const Group *group, char *buf, size_t size);

/** filter_string.c: the option strings that open the track. */
int write_filters(ProbeTrack *track);

#endif /* TOOLS_PROBE_EXPLAIN_H */
