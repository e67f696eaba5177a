/*
 * End-to-end encrypted media: LiveKit, and Element Call with it
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <string.h>

#include "e2ee_sif.h"
#include "e2ee_trailer.h"

/*
 * The first rules are those of client-sdk-js 2.23, which refuses AV1, and of
 * webrtc-sdk, whose H.265 leaves nothing clear. The others open what older
 * versions and the other side's clients send.
 */
static const E2EECodecRules web[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_audio } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_vp8,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_slice } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_none,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_slice,
                            ff_e2ee_layout_no_slice_escaped,
                            ff_e2ee_layout_no_slice,
                            ff_e2ee_layout_no_slice_none } },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_slice,
                            ff_e2ee_layout_none,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
};

static const E2EECodecRules native[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_audio } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_vp8,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_slice } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_none,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_slice,
                            ff_e2ee_layout_no_slice_escaped,
                            ff_e2ee_layout_no_slice,
                            ff_e2ee_layout_no_slice_none } },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_none,
                            ff_e2ee_layout_slice,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
};

/* What the server and the client's library put around a sealed frame. */
static enum E2EEReason livekit_open(E2EESession *session,
                                    const E2EEFrame *frame, E2EEOutput *out)
{
    E2EEFrame inner = *frame;
    size_t payload;
    int injected;

    if (session->codec != E2EE_CODEC_OPUS)
        inner.size -= ff_e2ee_lkts_read(&session->lkts, frame->data,
                                        frame->size);
    if (!inner.size)
        return E2EE_OK;
    injected = ff_e2ee_sif(&inner, session->sif_trailer,
                           session->sif_trailer_size, &payload);
    if (!injected)
        return ff_e2ee_trailer_open(session, &inner, out);
    /* Of unknown ones nothing is passed on: anybody could have made them. */
    if (injected > 0) {
        memcpy(out->data, inner.data, payload);
        out->size = payload;
    }
    return E2EE_INJECTED;
}

const E2EEScheme ff_e2ee_scheme_livekit = {
    .name              = "livekit",
    .salt              = "LKFrameEncryptionKey",
    .key_size          = 16,
    .ring_size         = 16,
    .ratchet_window    = 8,
    .failure_tolerance = 10,
    .text_kdf          = E2EE_KDF_PBKDF2,
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_HKDF,
                           [E2EE_PEER_NATIVE] = E2EE_KDF_PBKDF2 },
    .rules             = { [E2EE_PEER_WEB]    = web,
                           [E2EE_PEER_NATIVE] = native },
    .caveats           = { [E2EE_CODEC_AV1]   = E2EE_CAVEAT_AV1 },
    .overhead          = E2EE_TAG_SIZE + E2EE_TRAILER_SIZE,
    .seal              = ff_e2ee_trailer_seal,
    .open              = livekit_open,
};
