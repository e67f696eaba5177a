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
 * The states of a sealed frame, by the names that the filters give.
 */

#ifndef TOOLS_MEDIA_STATE_H
#define TOOLS_MEDIA_STATE_H

typedef enum FrameState {
    STATE_NONE,               ///< nothing told: not a frame of the filters
    STATE_ENCRYPTION_SUCCESS,
    STATE_DECRYPTION_SUCCESS,
    STATE_ENCRYPTION_FAILED,
    STATE_DECRYPTION_FAILED,
    STATE_INTERNAL_ERROR,
    STATE_MISSING_KEY,
    STATE_INVALID_KEY,
    STATE_NB
} FrameState;

/**
 * The state's name, as `lavc.e2ee.state` has it.
 */
const char *state_name(FrameState state);

/**
 * The state of that name; STATE_NONE for NULL and for an unknown name.
 */
FrameState state_from_name(const char *name);

#endif /* TOOLS_MEDIA_STATE_H */
