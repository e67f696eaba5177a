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
 * A program of somebody else's that seals and opens frames, behind lines of
 * JSON: see tests/peers/.
 */

#ifndef E2EE_TESTS_PEER_H
#define E2EE_TESTS_PEER_H

#include <sys/types.h>

#include <jansson.h>

#include <libavcodec/packet.h>

typedef struct Peer {
    pid_t pid;
    FILE *to, *from;
} Peer;

/**
 * Why LiveKit's worker cannot run here, NULL if it can.
 */
const char *peer_livekit_missing(void);

/** Start LiveKit's worker; fails the test on an error. */
void peer_start_livekit(Peer *peer);

/**
 * One line there and one back.
 *
 * @param line taken over
 * @return to be released
 */
json_t *peer_ask(Peer *peer, json_t *line);

/**
 * Let a packet be sealed or opened.
 *
 * @param command "encode" or "decode"
 * @param track   name of its track there
 * @param codec   as the SDK names it, NULL for audio, "" for video of which
 *                the worker is not told the codec
 * @param[out] error what the worker complained of, "" if nothing
 * @return the packet that came back, NULL if it was dropped
 */
AVPacket *peer_frame(Peer *peer, const char *command, const char *track,
                     const char *codec, const AVPacket *packet,
                     char error[128]);

void peer_stop(Peer *peer);

#endif /* E2EE_TESTS_PEER_H */
