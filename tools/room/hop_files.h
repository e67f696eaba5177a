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
 * The RTP of each hop, as it arrived and without SRTP, as files: pcap with an
 * SDP beside it, rtpdump.
 */

#ifndef TOOLS_ROOM_HOP_FILES_H
#define TOOLS_ROOM_HOP_FILES_H

#include "room.h"

typedef struct HopFiles HopFiles;

/**
 * Make the directories; the files begin with hop_files_begin().
 *
 * @param pcap    one file, or a directory (there, or its name ends in '/') for
 *                one file a hop; NULL: none
 * @param rtpdump directory; NULL: none
 * @return 0, or a negative AVERROR after an error line
 */
int hop_files_open(HopFiles **files, const char *pcap, const char *rtpdump);

/** Learn who is there. The room must outlive it. */
int hop_files_begin(HopFiles *files, const Room *room);

/** A HopTap's function. */
void hop_files_datagram(void *files, int participant, Hop hop, int64_t time,
                        const Datagram *datagram);

/**
 * Complete the files.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int hop_files_finish(HopFiles *files);

/** Without hop_files_finish() nothing is left. */
void hop_files_free(HopFiles **files);

#endif /* TOOLS_ROOM_HOP_FILES_H */
