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
 * A participant's connection with the server: one link each way, each with
 * its own SRTP keys at both ends.
 */

#ifndef TOOLS_ROOM_CONNECTION_H
#define TOOLS_ROOM_CONNECTION_H

#include <stdbool.h>

#include "net/link.h"
#include "report/event.h"
#include "scenario.h"
#include "stages.h"

typedef struct Connection Connection;

typedef struct ConnectionSetup {
    const Scenario        *scenario;
    const ParticipantPlan *plan;
    Clock                 *clock;
    Stages                *stages;
    /** What arrives, opened; takes the datagram over. */
    int  (*arrive)(void *opaque, Hop hop, Datagram *datagram);
    /** What does not arrive, and why. */
    void (*lose)(void *opaque, Hop hop, const PacketTag *tag,
                 const char *what);
    void  *opaque;
} ConnectionSetup;

/** @return 0, or a negative AVERROR after an error line */
int connection_open(Connection **connection, const ConnectionSetup *setup);

/**
 * Send up to the server or down from it.
 *
 * @param datagram taken over
 */
int connection_send(Connection *connection, Hop hop, Datagram *datagram);

const LinkCounts *connection_counts(const Connection *connection, Hop hop);

void connection_free(Connection **connection);

#endif /* TOOLS_ROOM_CONNECTION_H */
