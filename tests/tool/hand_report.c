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


/* hand_report JSON HTML [PARTICIPANTS [WHICH]]: writes reports of a meeting
 * made up by hand; an empty name is none. */

#include <stdio.h>
#include <stdlib.h>

#include <libavutil/log.h>

#include "hand_meeting.h"
#include "report/log.h"

static const char *argument(int argc, char **argv, int i)
{
    return i < argc && *argv[i] ? argv[i] : NULL;
}

int main(int argc, char **argv)
{
    RecorderSetup setup = { .json   = argument(argc, argv, 1),
                            .html   = argument(argc, argv, 2),
                            .frames = argument(argc, argv, 4) };

    log_init(AV_LOG_ERROR);
    return hand_meeting(&setup, argc > 3 ? atoi(argv[3]) : 3) < 0;
}
