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
 * What a command line says of its inputs: rows that commands share.
 */

#ifndef TOOLS_CAPTURE_INPUT_OPTIONS_H
#define TOOLS_CAPTURE_INPUT_OPTIONS_H

#include "input.h"
#include "options.h"

/**
 * @param setup offset of an InputSetup in the command's struct
 * @param maps  and of a TextList for its maps
 */
#define INPUT_OPTIONS(setup, maps)                                           \
    { "format", 0, OPTION_TEXT, (setup) + offsetof(InputSetup, format),      \
      "NAME", "format of the files (default: found by content)", NULL },     \
    { "sdp", 0, OPTION_TEXT, (setup) + offsetof(InputSetup, sdp), "FILE",    \
      "describes the RTP of a capture", NULL },                              \
    { "map", 0, OPTION_LIST, maps, "PT=CODEC/RATE",                          \
      "what a payload type is", NULL },                                      \
    { "srtp-keys", 0, OPTION_TEXT,                                           \
      (setup) + offsetof(InputSetup, srtp_keys), "FILE",                     \
      "keys of the hop: SDES lines or a key log", NULL },                    \
    { "sframe", 0, OPTION_FLAG, (setup) + offsetof(InputSetup, sframe),      \
      NULL, "the payload is SFrame's RTP payload format", NULL }

#endif /* TOOLS_CAPTURE_INPUT_OPTIONS_H */
