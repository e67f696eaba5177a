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

#include "state.h"

static const char *const names[STATE_NB] = {
    [STATE_NONE]               = "None",
    [STATE_ENCRYPTION_SUCCESS] = "EncryptionSuccess",
    [STATE_DECRYPTION_SUCCESS] = "DecryptionSuccess",
    [STATE_ENCRYPTION_FAILED]  = "EncryptionFailed",
    [STATE_DECRYPTION_FAILED]  = "DecryptionFailed",
    [STATE_INTERNAL_ERROR]     = "InternalError",
    [STATE_MISSING_KEY]        = "MissingKey",
    [STATE_INVALID_KEY]        = "InvalidKey",
};

const char *state_name(FrameState state)
{
    return names[state];
}

FrameState state_from_name(const char *name)
{
    for (int i = STATE_NONE + 1; name && i < STATE_NB; i++)
        if (!strcmp(name, names[i]))
            return i;
    return STATE_NONE;
}
