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

#include <inttypes.h>
#include <stdio.h>

#include "expect.h"

bool expect_all(const Reception *r)
{
    return key_same(&r->receiver->key, &r->track->sender->key);
}

static bool complete(const Reception *r)
{
    const Track *t = r->track;

    return reception_opened(r) == t->nb_frames && !reception_failed(r) &&
           r->nb_decoded == t->reference.nb &&
           r->nb_identical == t->reference.nb && t->reference.nb;
}

bool expect_held(const Reception *r, char *why, size_t size)
{
    const char *receiver = r->receiver->name;
    const char *sender   = r->track->sender->name;
    const char *kind     = r->track->kind;

    if (!expect_all(r)) {
        snprintf(why, size, "%s must see nothing of %s's %s, but opened %"
                 PRIu64" frames", receiver, sender, kind, reception_opened(r));
        return !reception_opened(r) && !r->nb_decoded;
    }
    snprintf(why, size, "%s must see all of %s's %s, but opened %"PRIu64
             " of %"PRIu64" frames, %"PRIu64" of %"PRIu64" identical",
             receiver, sender, kind, reception_opened(r), r->track->nb_frames,
             r->nb_identical, r->track->reference.nb);
    return complete(r);
}
