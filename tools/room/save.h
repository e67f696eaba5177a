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
 * What each receiver saw, one file a track: opened, and on request as it
 * came, still sealed.
 */

#ifndef TOOLS_ROOM_SAVE_H
#define TOOLS_ROOM_SAVE_H

#include "room.h"

typedef struct Saver Saver;

/**
 * @param directory made if it is not there; not copied
 * @param sealed    also save what came before it was opened
 * @return 0, or a negative AVERROR after an error line
 */
int saver_open(Saver **saver, const char *directory, bool sealed);

/** Learn of the tracks, once the room is open. The room must outlive it. */
int saver_begin(Saver *saver, const Room *room);

/** A FrameTap. Errors are told by saver_finish(). */
void saver_frame(void *saver, int receiver, int track, const AVPacket *packet,
                 bool opened);

/**
 * Complete the files.
 *
 * @return 0, or a negative AVERROR after an error line; nothing is left then
 */
int saver_finish(Saver *saver);

/** Without saver_finish() nothing is left. */
void saver_free(Saver **saver);

#endif /* TOOLS_ROOM_SAVE_H */
