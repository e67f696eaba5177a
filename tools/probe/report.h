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
 * What a probe found, for people and for machines. There is no key in either.
 */

#ifndef TOOLS_PROBE_REPORT_H
#define TOOLS_PROBE_REPORT_H

#include "probe.h"

/** How many tracks open completely, and in part. */
void probe_count(const Probe *probe, int *nb_explained, int *nb_some);

/** To standard output. */
void probe_print(const Probe *probe);

/** @return 0 or a negative AVERROR after an error line */
int probe_write_json(const Probe *probe, const char *file);

/** A field of codec, sealing and so on, as both writers have it. */
const char *sealed_name(Sealed sealed);

/** Whether enough bits of tag fitted to be sure. */
bool group_certain(const Group *group);

#endif /* TOOLS_PROBE_REPORT_H */
