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
 * One track at one receiver: out of RTP, opened, decoded, compared.
 */

#ifndef TOOLS_ROOM_RECEPTION_H
#define TOOLS_ROOM_RECEPTION_H

#include "net/rtp_unpack.h"
#include "participant.h"
#include "track.h"

typedef struct Reception {
    const Participant *receiver;
    Track             *track;
    RtpUnpacker       *unpacker;
    AVBSFContext      *opener;
    Decoder           *decoder;
    AVPacket          *packet;

    FrameState state;             ///< of the latest frame
    uint64_t   nb_packets;        ///< datagrams
    uint64_t   nb_frames;         ///< whole frames out of RTP
    uint64_t   nb_state[STATE_NB];///< of those, by what the filter said
    uint64_t   nb_decoded;
    uint64_t   nb_identical;      ///< to what the sender's decoder gave
} Reception;

/**
 * Set one receiver up for one track.
 *
 * @return 0 or a negative AVERROR; an error line has been printed
 */
int reception_open(Reception **reception, const Participant *receiver,
                   Track *track, const char *scheme);

/**
 * Take in one datagram. A DatagramSink.
 *
 * @param opaque a Reception
 */
int reception_push(void *opaque, const uint8_t *data, size_t size);

/**
 * Open, decode and compare every frame that has arrived.
 *
 * @return 0 or a negative AVERROR
 */
int reception_work(Reception *reception);

/**
 * The track has ended: let the decoder give what it still has.
 */
int reception_end(Reception *reception);

/** Frames that were opened. */
uint64_t reception_opened(const Reception *reception);

/** Frames that arrived and were not opened. */
uint64_t reception_failed(const Reception *reception);

void reception_free(Reception **reception);

#endif /* TOOLS_ROOM_RECEPTION_H */
