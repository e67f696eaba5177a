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
 * A selective forwarding unit. It sees packets and nothing else: no key, no
 * frame, and no word from the sender but the SSRC.
 */

#ifndef TOOLS_ROOM_SERVER_H
#define TOOLS_ROOM_SERVER_H

#include "net/rtp.h"

/* Other names than the SFU's for the linker, as long as there are both. */
#define server_subscribe relay_subscribe
#define server_receive   relay_receive
#define server_free      relay_free

typedef struct Server Server;

/** @return NULL if there is no memory */
Server *server_alloc(void);

/**
 * Forward what comes with one SSRC to one more receiver, as a stream of its
 * own: gaps in the sequence numbers stay, timestamps are not touched.
 *
 * @param published SSRC that the sender uses
 * @param ssrc      SSRC that the receiver sees
 * @param sequence  sequence number of the first packet that it sees
 * @return 0, or -1 if there is no memory
 */
int server_subscribe(Server *server, uint32_t published, uint32_t ssrc,
                     uint16_t sequence, DatagramSink sink, void *opaque);

/**
 * Take in one datagram of a sender. What is not RTP, too long, or of an SSRC
 * without receivers goes nowhere. A DatagramSink.
 *
 * @param opaque a Server
 * @return 0, or the first error of a receiver's sink
 */
int server_receive(void *opaque, const uint8_t *data, size_t size);

void server_free(Server **server);

#endif /* TOOLS_ROOM_SERVER_H */
