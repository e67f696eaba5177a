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
 * What the rules check: of single frames (check_frame.c, check_seal.c), and
 * of tracks (finish_...).
 */

#ifndef TOOLS_LINT_CHECKS_H
#define TOOLS_LINT_CHECKS_H

#include "lint.h"

typedef bool LintCheck(const Lint *lint, const LintTrack *track,
                       const Facts *facts, LintText *text);
typedef bool LintFinish(const Lint *lint, const LintTrack *track,
                        LintFinding *finding);

/* check_media.c: the codec's part */
LintCheck check_long_clear, check_sei, check_delimiter, check_short_codes,
    check_sps, check_b_frames, check_sets_apart, check_sets_missing,
    check_slices, check_lengths, check_no_slice, check_unsafe, check_hidden,
    check_short;
LintFinish finish_av1, finish_av1_container, finish_scheme_refuses,
    finish_scheme_caveat;

/* check_seal.c: the sealing's part */
LintCheck check_zero_lost, check_zero_at_risk, check_nonce_reused,
    check_nonce_repeated, check_padding, check_lkts, check_injected,
    check_index;
LintFinish finish_sframe_reused, finish_clear_frames, finish_never_sealed,
    finish_iv_shared, finish_no_rotation;

/** The container that sealed frames go to; NULL: RTP, or not known. */
const char *lint_container(const Lint *lint, const LintTrack *track);

#endif /* TOOLS_LINT_CHECKS_H */
