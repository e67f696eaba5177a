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
 * What payload types and SSRCs mean, as far as somebody says so: the user's
 * --map, an SDP, RFC 3551.
 */

#ifndef TOOLS_CAPTURE_PAYLOAD_MAP_H
#define TOOLS_CAPTURE_PAYLOAD_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/codec_id.h>

typedef enum PayloadRole {
    PAYLOAD_UNKNOWN,
    PAYLOAD_MEDIA,
    PAYLOAD_RTX,   ///< RFC 4588
    PAYLOAD_RED,   ///< RFC 2198
    PAYLOAD_FEC,   ///< ULPFEC, FlexFEC
    PAYLOAD_OTHER, ///< comfort noise, telephone events, codecs that the
                   ///< filters do not seal
} PayloadRole;

typedef struct PayloadType {
    int            number;
    PayloadRole    role;
    enum AVCodecID codec;
    int            clock_rate;
    int            apt;      ///< RTX: what it repeats; -1: not said
    int            section;  ///< m= line from 0; -1: of none
    const char    *kind;     ///< audio, video, share; NULL: not said
    const char    *from;     ///< for InputTrack's codec_from
} PayloadType;

typedef struct PayloadSource {
    uint32_t ssrc;
    int      section;
    bool     is_rtx;
    bool     is_fec;
    uint32_t repeats;        ///< RTX: SSRC of the media
} PayloadSource;

typedef struct PayloadMap {
    PayloadType   *types;
    PayloadSource *sources;
    int            nb_types, nb_sources, nb_sections;
} PayloadMap;

/**
 * @param text "96=vp8/90000", "97=rtx/96", "63=red", "117=ulpfec"
 * @return 0, AVERROR(EINVAL) after an error line, or AVERROR(ENOMEM)
 */
int payload_map_add(PayloadMap *map, const char *text);

/**
 * Read a session description: m=, a=rtpmap, fmtp (apt), ssrc, ssrc-group,
 * content, mid.
 *
 * @return 0, or a negative AVERROR after an error line
 */
int payload_map_read_sdp(PayloadMap *map, const char *file);

/** Fill a type from an encoding name of SDP; unknown names are OTHER. */
void payload_type_set(PayloadType *type, const char *name, int clock_rate);

/** Append a copy. @return 0 or AVERROR(ENOMEM) */
int payload_map_append(PayloadMap *map, const PayloadType *type);

/** The SSRC's entry, added if need be; NULL if there is no memory. */
PayloadSource *payload_map_source(PayloadMap *map, uint32_t ssrc);

/** The SSRC's entry; NULL if there is none. */
const PayloadSource *payload_map_find_source(const PayloadMap *map,
                                             uint32_t ssrc);

/**
 * What a payload type means for an SSRC; NULL if nobody says.
 */
const PayloadType *payload_map_find(const PayloadMap *map, int number,
                                    uint32_t ssrc);

void payload_map_free(PayloadMap *map);

#endif /* TOOLS_CAPTURE_PAYLOAD_MAP_H */
