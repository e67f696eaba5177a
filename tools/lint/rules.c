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

#include <libavutil/common.h>

#include "checks.h"

#define SPEC(section) "doc/wire-formats.md, " section
#define SECURITY(section) "doc/security.md, " section

#define LIKE_LIVEKIT "clients of VideoSDK and LiveKit"
#define BROWSERS     "browsers"
#define EVERYBODY    "everybody"
#define SEAL_AGAIN   "it can only be sealed again, by e2ee_encrypt"

#define X264 "-c:v libx264 -tune zerolatency -bf 0"

/* Where a rule is NONE for plain streams, the filter that seals cannot make
 * such a stream, or nobody can know. */
const LintRule lint_rules[] = {
    { "nonce-reuse", LINT_NONE, LINT_ERROR,
      "two different frames have one IV under one key index: who has both "
      "learns the XOR of the two and can forge more",
      EVERYBODY, SECURITY("3"),
      "change the key at once; never use e2ee_encrypt's option iv, nor "
      "resume copies of a sender", check_nonce_reused, NULL },
    { "counter-reuse", LINT_NONE, LINT_ERROR,
      "two different SFrame frames have one key id and counter: who has both "
      "learns the XOR of the two",
      EVERYBODY, SPEC("6.4"),
      "change the key at once; give e2ee_encrypt a counter_file",
      NULL, finish_sframe_reused },
    { "never-sealed", LINT_ERROR, LINT_NONE,
      "the track was never sealed; a browser sends it so without any error "
      "if the transform is set too late",
      EVERYBODY, SECURITY("5"),
      "-bsf e2ee_encrypt=key_file=FILE; in a browser set the transform in the "
      "task that adds the transceiver", NULL, finish_never_sealed },
    { "clear-frames", LINT_NONE, LINT_ERROR,
      "there are clear frames among sealed ones",
      EVERYBODY, SECURITY("5"),
      "-bsf e2ee_encrypt=key_file=FILE for all of the track; do not set "
      "discard_not_ready=0", NULL, finish_clear_frames },
    { "padding", LINT_ERROR, LINT_ERROR,
      "RTP padding stands behind the trailer, where a receiver looks for the "
      "key index", EVERYBODY, SPEC("2.3"),
      "take the padding off before frames are put together",
      check_padding, NULL },
    { "sps-rewritten", LINT_WARNING, LINT_ERROR,
      "browsers rewrite this SPS (no VUI with bitstream restriction, "
      "reordering, or more buffering than references), and then no key frame "
      "opens", BROWSERS, SPEC("2.5"),
      "encode anew: " X264, check_sps, NULL },
    { "three-byte-codes", LINT_INFO, LINT_ERROR,
      "a start code in the clear part has three bytes; it comes back with "
      "four, and the frame does not open",
      "all receivers of RTP", SPEC("2.5"),
      "seal with e2ee_encrypt, which writes four", check_short_codes, NULL },
    { "sets-missing", LINT_ERROR, LINT_ERROR,
      "a key frame has no parameter sets, nor has the stream's header",
      EVERYBODY, SPEC("2.5"),
      "encode anew with them in each key frame: " X264 " -x264-params "
      "repeat-headers=1", check_sets_missing, NULL },
    { "sets-apart", LINT_INFO, LINT_ERROR,
      "parameter sets are in the stream's header only: what puts them into "
      "key frames later keeps these from opening",
      "all receivers of RTP, readers of MP4", SPEC("2.5"),
      "before sealing: -bsf:v dump_extra=freq=keyframe (MP4, Matroska: "
      "h264_mp4toannexb or hevc_mp4toannexb); e2ee_encrypt does it by itself",
      check_sets_apart, NULL },
    { "no-slice", LINT_ERROR, LINT_ERROR,
      "an H.264 or H.265 packet has no slice: a receiver may find one in the "
      "ciphertext, and e2ee_encrypt refuses it",
      LIKE_LIVEKIT, SPEC("2.5"),
      "hand whole access units to the filter: -bsf:v h264_mp4toannexb or "
      "hevc_mp4toannexb for packets with lengths", check_no_slice, NULL },
    { "unsafe-prefix", LINT_ERROR, LINT_NONE,
      "the clear part ends in 00, with which sealed bytes could make a start "
      "code; e2ee_encrypt refuses it", LIKE_LIVEKIT, SPEC("2.5"),
      "encode anew: " X264, check_unsafe, NULL },
    { "long-clear", LINT_WARNING, LINT_ERROR,
      "the clear part passes 255 bytes, and native clients count modulo 256",
      "native clients (webrtc-sdk)", SPEC("2.5"),
      "-bsf:v 'filter_units=remove_types=%s'", check_long_clear, NULL },
    { "zero-stripped", LINT_NONE, LINT_ERROR,
      "the last byte, the key index 0, is gone: receivers read the one "
      "before it, and say MissingKey", "all but e2ee_decrypt", SPEC("2.6"),
      "seal again with another index: -bsf:v e2ee_encrypt=key_index=1:"
      "key_file=FILE, or into NUT", check_zero_lost, NULL },
    { "short-frame", LINT_ERROR, LINT_NONE,
      "a frame is shorter than what stays clear of it: clients stop with an "
      "error, and e2ee_encrypt refuses it", LIKE_LIVEKIT, SPEC("2.7"),
      "encode anew", check_short, NULL },
    { "scheme-refuses", LINT_ERROR, LINT_ERROR,
      "the scheme has no rule for the codec", "the scheme's clients",
      SPEC("2.4, 3.4, 5.4"), "encode to VP8: -c:v libvpx -deadline realtime "
      "-lag-in-frames 0 -auto-alt-ref 0", NULL, finish_scheme_refuses },
    { "av1-container", LINT_WARNING, LINT_ERROR,
      "sealed AV1 survives neither RTP nor any container but NUT",
      EVERYBODY, "README, 7", "seal into NUT: -f nut; or encode to VP8: "
      "-c:v libvpx -deadline realtime -lag-in-frames 0 -auto-alt-ref 0",
      NULL, finish_av1_container },
    { "av1", LINT_WARNING, LINT_WARNING,
      "LiveKit's web clients stop with an error at AV1, and Stream has no "
      "rule for it", "web clients of LiveKit, Stream", SPEC("2.4, 3.4, 5.4"),
      "encode to VP8: -c:v libvpx -deadline realtime -lag-in-frames 0 "
      "-auto-alt-ref 0", NULL, finish_av1 },
    { "b-frames", LINT_WARNING, LINT_WARNING,
      "frames are shown in another order than they are sent; meeting clients "
      "do not reorder", BROWSERS, "README, 7", "encode anew: " X264,
      check_b_frames, NULL },
    { "vp9-hidden", LINT_WARNING, LINT_NONE,
      "VP9 has frames that are not shown; the muxer merges them with others, "
      "and sealed ones do not survive it", "readers of this container",
      "README, 7", "seal into NUT: -f nut; or encode anew: -c:v libvpx-vp9 "
      "-lag-in-frames 0 -auto-alt-ref 0", check_hidden, NULL },
    { "scheme-caveat", LINT_WARNING, LINT_WARNING,
      "the scheme's clients do not use this codec",
      "the scheme's clients", SPEC("4.3, 6.3"),
      "encode to VP8: -c:v libvpx -deadline realtime -lag-in-frames 0 "
      "-auto-alt-ref 0", NULL, finish_scheme_caveat },
    { "zero-at-risk", LINT_NONE, LINT_WARNING,
      "frames end in 00, the key index 0, which FFmpeg 9's MP4 and Matroska "
      "muxers take off", "all but e2ee_decrypt", SPEC("2.6"),
      "seal with another index: -bsf:v e2ee_encrypt=key_index=1:"
      "key_file=FILE, or into NUT", check_zero_at_risk, NULL },
    { "iv-shared", LINT_NONE, LINT_WARNING,
      "the IVs of two tracks begin alike: as soon as they meet, frames give "
      "each other away", EVERYBODY, SECURITY("3"),
      "give each sender its own SSRC or key; " SEAL_AGAIN,
      NULL, finish_iv_shared },
    { "no-rotation", LINT_NONE, LINT_WARNING,
      "one key is used for longer than the limit; RTP timestamps, of which "
      "clients make IVs, come round after 13 hours",
      EVERYBODY, SECURITY("3"),
      "change keys on the way: -bsf e2ee_encrypt=key_schedule=1@3600:"
      "key_file=FILE", NULL, finish_no_rotation },
    { "index-beyond-ring", LINT_NONE, LINT_INFO,
      "the key index is beyond a ring of 16, the default of receivers",
      LIKE_LIVEKIT, SPEC("3.2"),
      "set key_ring=256 in e2ee_decrypt, keyringSize in clients",
      check_index, NULL },
    { "sei", LINT_INFO, LINT_INFO,
      "SEI stands before the slice and is authenticated: who strips it on the "
      "way keeps the frame from opening", "receivers behind a remuxer",
      SPEC("2.5"), "-bsf:v 'filter_units=remove_types=%s'", check_sei, NULL },
    { "delimiter", LINT_INFO, LINT_INFO,
      "an access unit delimiter stands before the slice and is authenticated",
      "receivers behind a remuxer", SPEC("2.5"),
      "-bsf:v 'filter_units=remove_types=%s'", check_delimiter, NULL },
    { "slices", LINT_INFO, LINT_NONE,
      "there are several slices: one region is sealed from the first on, and "
      "servers and depacketizers see one slice",
      "clients of Jitsi and Nextcloud, who do not escape", SPEC("2.4, 4.3"),
      "encode anew: " X264 " -threads 1", check_slices, NULL },
    { "lengths", LINT_INFO, LINT_NONE,
      "NAL units have lengths for start codes, which no client knows; "
      "e2ee_encrypt converts them", LIKE_LIVEKIT, SPEC("2.5"),
      "-bsf:v h264_mp4toannexb or hevc_mp4toannexb", check_lengths, NULL },
    { "nonce-repeat", LINT_NONE, LINT_INFO,
      "the same sealed frame came twice: a repeat on the way, no reuse",
      "receivers that do not look for repeats", SECURITY("3"),
      "nothing has to be done", check_nonce_repeated, NULL },
    { "packet-trailer", LINT_NONE, LINT_INFO,
      "a LiveKit packet trailer stands behind the sealed frame; only "
      "LiveKit's newer clients take it off", "older clients", SPEC("3.5"),
      "open with scheme=livekit", check_lkts, NULL },
    { "injected", LINT_INFO, LINT_INFO,
      "the server's own frames are in the track, never sealed",
      "receivers that do not know its trailer", SPEC("3.5"),
      "open with scheme=livekit", check_injected, NULL },
};

const int lint_nb_rules = FF_ARRAY_ELEMS(lint_rules);
