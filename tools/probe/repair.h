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
 * What may have happened to a sealed frame on its way, undone: each way gives
 * other bytes to try, and what opens then is certain, since its tag fits.
 */

#ifndef TOOLS_PROBE_REPAIR_H
#define TOOLS_PROBE_REPAIR_H

#include "e2ee_nal.h"
#include "sample.h"

/** Bits: a frame can need several. */
enum Repair {
    REPAIR_PADDING    = 1 << 0, ///< RTP padding was left at the end
    REPAIR_TAIL       = 1 << 1, ///< the end was taken for RTP padding
    REPAIR_ZERO       = 1 << 2, ///< a final 00 was taken off
    REPAIR_LKTS       = 1 << 3, ///< a LiveKit packet trailer is behind it
    REPAIR_RED        = 1 << 4, ///< RED's headers are in front
    REPAIR_FRONT      = 1 << 5, ///< other bytes are in front
    REPAIR_CODES      = 1 << 6, ///< start codes had three bytes
    REPAIR_DELIMITER  = 1 << 7, ///< an access unit delimiter was taken off
    REPAIR_SEI        = 1 << 8, ///< SEI was put in
    REPAIR_SETS_ADDED = 1 << 9, ///< parameter sets were put in
    REPAIR_SETS_LOST  = 1 << 10, ///< parameter sets were taken off
    REPAIR_UNIT       = 1 << 11, ///< another NAL unit was put in
};

typedef struct RepairRow {
    unsigned    repair;
    const char *name;  ///< for machines
    const char *text;  ///< in words, behind "N frames open if ...: "
} RepairRow;

/** Ends with a row of repair 0. */
extern const RepairRow repair_rows[];

typedef struct Repairer {
    const Sample  *sample;
    enum E2EECodec codec;
    const uint8_t *sets;      ///< parameter sets as a byte stream, or NULL
    size_t         sets_size;
    bool           units;     ///< whether NAL units are changed, too
    int            at;        ///< the next form
    uint8_t       *room;      ///< the frame as the last one gave it
    size_t         size;
    unsigned       repairs;   ///< REPAIR_*: what was undone
} Repairer;

/** @return 0 or AVERROR(ENOMEM) */
int repairer_init(Repairer *repairer, const Sample *sample,
                  enum E2EECodec codec, const uint8_t *sets,
                  size_t sets_size, bool units);

/** The next form; false: there are no more. */
bool repairer_next(Repairer *repairer);

void repairer_free(Repairer *repairer);

#endif /* TOOLS_PROBE_REPAIR_H */
