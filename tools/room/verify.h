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
 * What receivers decoded, compared with what the sender's own decoder made of
 * the same frames. Nothing of it has any bearing on the meeting, so that it
 * waits until an epoch's worth is there and is done by many threads, with the
 * same result for any number of them.
 */

#ifndef TOOLS_ROOM_VERIFY_H
#define TOOLS_ROOM_VERIFY_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

#include "lives.h"

typedef struct Verifier Verifier;
typedef struct VerifyReference VerifyReference; ///< one encoding's decoder
typedef struct VerifyQueue VerifyQueue;         ///< one receiver's decoder

typedef struct VerifySetup {
    int   nb_threads;
    bool  quality;   ///< PSNR and SSIM of what is not identical
    bool  measure;   ///< CPU time
    /** A life is complete; in each queue in the order they were added. */
    void (*tell)(void *opaque, void *owner, const Life *life);
    void *opaque;
} VerifySetup;

Verifier *verifier_alloc(const VerifySetup *setup);

/**
 * The sender's own decoder of one encoding.
 *
 * @return NULL after an error line or if there is no memory; the verifier
 *         owns it
 */
VerifyReference *verify_reference(Verifier *verifier,
                                  const AVCodecParameters *par,
                                  AVRational time_base);

/** A frame before it is sealed. @return 0 or AVERROR(ENOMEM) */
int verify_sent(VerifyReference *reference, const AVPacket *packet);

/**
 * A receiver's decoder.
 *
 * @param par what signalling tells it
 * @param references one for each encoding; copied
 */
VerifyQueue *verify_queue(Verifier *verifier, const AVCodecParameters *par,
                          AVRational time_base,
                          VerifyReference *const *references, int nb,
                          void *owner);

/**
 * A life that is over, with the opened frame if it is to be decoded.
 *
 * @param life   NULL for frames that are nobody's: replayed, injected
 * @param packet NULL: nothing to decode; else its content is taken
 * @param pts    of the frame, as verify_sent() got it
 */
int verify_received(VerifyQueue *queue, const Life *life, AVPacket *packet,
                    int64_t pts);

/** Nothing more comes. */
void verify_sent_all(VerifyReference *reference);
void verify_received_all(VerifyQueue *queue);

/** Decode and compare everything up to now, and tell it. */
int verify_run(Verifier *verifier);

/** CPU time so far, if it is measured, in nanoseconds. */
int64_t verify_time(const Verifier *verifier);

void verifier_free(Verifier **verifier);

#endif /* TOOLS_ROOM_VERIFY_H */
