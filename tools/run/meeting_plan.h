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
 * What the options of `e2ee-meeting run` say of the meeting itself, put into
 * a scenario.
 */

#ifndef TOOLS_RUN_MEETING_PLAN_H
#define TOOLS_RUN_MEETING_PLAN_H

#include "room/scenario.h"

/**
 * --join and --share: "NAME[=FILE[,FILE...]]", all audio and video streams of
 * each file. Who joins first, has to share second.
 *
 * @return 0 or a negative AVERROR after an error line, like all of these
 */
int plan_join(Scenario *scenario, const char *argument);
int plan_share(Scenario *scenario, const char *argument);

/** --key: "NAME=FILE|none|wrong|room". */
int plan_key(Scenario *scenario, const char *argument);

/** --key-file and --key-env: before anybody joins. */
int plan_room_key(Scenario *scenario, const char *file, const char *variable);

/**
 * --net: "[NAME=]delay=40ms:loss=5%". The first one for everybody or for
 * somebody replaces what the scenario has, more of them are spans.
 */
int plan_networks(Scenario *scenario, const char *const *arguments, int nb);

/** Set a text of the scenario, if there is one to set. */
int plan_text(char **field, const char *text);

#endif /* TOOLS_RUN_MEETING_PLAN_H */
