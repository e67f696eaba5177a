/*
 * End-to-end encrypted media: VideoSDK
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

#include "e2ee_trailer.h"

/*
 * VideoSDK's web client names no codec to its frame worker, which then finds
 * H.264 by its bytes and takes everything else for 10 / 3; the first rule of
 * each codec here gives the same bytes. Its other clients know the codec.
 */
#define H264_RULES {                    \
        ff_e2ee_layout_slice,           \
        ff_e2ee_layout_no_slice_escaped,\
        ff_e2ee_layout_no_slice,        \
        ff_e2ee_layout_no_slice_none,   \
    }

static const E2EECodecRules web[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_audio } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_vp8,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_slice } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_none,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_none,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_H264] = { H264_RULES },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_slice,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_none,
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
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_none,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
    [E2EE_CODEC_H264] = { H264_RULES },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_slice,
                            ff_e2ee_layout_none,
                            ff_e2ee_layout_frame_type,
                            ff_e2ee_layout_other_type } },
};

const E2EEScheme ff_e2ee_scheme_videosdk = {
    .name              = "videosdk",
    .salt              = "VideoSDKEncryptionRatchetSalt",
    .key_size          = 16,
    .ring_size         = 16,
    .failure_tolerance = -1,
    .text_kdf          = E2EE_KDF_PBKDF2,
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_HKDF,
                           [E2EE_PEER_NATIVE] = E2EE_KDF_PBKDF2 },
    .rules             = { [E2EE_PEER_WEB]    = web,
                           [E2EE_PEER_NATIVE] = native },
    .caveats           = { [E2EE_CODEC_AV1]   = E2EE_CAVEAT_AV1 },
    .overhead          = E2EE_TAG_SIZE + E2EE_TRAILER_SIZE,
    .seal              = ff_e2ee_trailer_seal,
    .open              = ff_e2ee_trailer_open,
};
