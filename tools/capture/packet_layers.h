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
 * The UDP datagram inside a captured packet.
 */

#ifndef TOOLS_CAPTURE_PACKET_LAYERS_H
#define TOOLS_CAPTURE_PACKET_LAYERS_H

#include "record.h"

typedef enum LayersResult {
    LAYERS_UDP,       ///< record has the payload and the flow
    LAYERS_OTHER,     ///< another protocol
    LAYERS_FRAGMENT,  ///< part of an IP datagram
    LAYERS_CUT,       ///< shorter than its headers say
    LAYERS_MALFORMED, ///< lengths that cannot be
} LayersResult;

/** Whether layers_parse() knows the link type (DLT_*). */
bool layers_known(int link_type);

/**
 * Go through link layer, IP and UDP.
 *
 * @param[out] record its flow, data and size, which point into data
 */
LayersResult layers_parse(int link_type, const uint8_t *data, size_t size,
                          Record *record);

#endif /* TOOLS_CAPTURE_PACKET_LAYERS_H */
