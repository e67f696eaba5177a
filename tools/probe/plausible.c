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

#include <string.h>

#include <libavutil/common.h>

#include "e2ee_aead.h"
#include "e2ee_annexb.h"
#include "frame_view.h"
#include "plausible.h"

/* The first bytes behind the clear ones, if the frame is long enough for them
 * and a tag and trailer. */
static bool peek(E2EEAead *aead, const E2EEFrame *frame, size_t clear,
                 uint8_t bytes[BIAS_BYTES])
{
    uint8_t sealed[4 * BIAS_BYTES];
    size_t size = FFMIN(frame->size - clear, sizeof(sealed) / 2);
    WireFrame wire;

    wire_read(&wire, frame);
    if (!wire.has_iv || frame->size - clear < 40)
        return false;
    if (frame->codec == E2EE_CODEC_H264 || frame->codec == E2EE_CODEC_H265) {
        if (ff_e2ee_unescape(sealed, frame->data + clear, size) < BIAS_BYTES)
            return false;
    } else {
        memcpy(sealed, frame->data + clear, BIAS_BYTES);
    }
    return !ff_e2ee_aead_peek(aead, wire.iv, sealed, bytes, BIAS_BYTES);
}

static BiasVerdict verdict(E2EEAead *aead, enum E2EECodec codec,
                           const SampleList *frames, bool none_clear)
{
    Bias bias = { 0 };

    for (int i = 0; i < frames->nb; i++) {
        E2EEFrame frame = sample_frame(&frames->samples[i], codec);
        uint8_t bytes[BIAS_BYTES];

        if (peek(aead, &frame, none_clear ? 0 : frame_view_clear(&frame),
                 bytes))
            bias_add(&bias, bytes);
    }
    return bias_verdict(&bias);
}

BiasVerdict plausible_key(const uint8_t *key, unsigned key_size,
                          enum E2EECodec codec, const SampleList *frames)
{
    E2EEAead *aead = NULL;
    BiasVerdict found;

    if (ff_e2ee_aead_alloc(&aead, key, key_size))
        return BIAS_UNKNOWN;
    found = verdict(aead, codec, frames, false);
    /* VP9 and AV1 of some clients have nothing clear. */
    if (found == BIAS_RANDOM &&
        (codec == E2EE_CODEC_VP9 || codec == E2EE_CODEC_AV1))
        found = verdict(aead, codec, frames, true);
    ff_e2ee_aead_free(&aead);
    return found;
}
