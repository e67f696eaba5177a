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


#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "payload_map.h"
#include "report/log.h"

static const struct {
    const char    *name; ///< IANA's encoding name, or ours
    PayloadRole    role;
    enum AVCodecID codec;
    int            clock_rate;
} encodings[] = {
    { "VP8",              PAYLOAD_MEDIA, AV_CODEC_ID_VP8,  90000 },
    { "VP9",              PAYLOAD_MEDIA, AV_CODEC_ID_VP9,  90000 },
    { "H264",             PAYLOAD_MEDIA, AV_CODEC_ID_H264, 90000 },
    { "H265",             PAYLOAD_MEDIA, AV_CODEC_ID_HEVC, 90000 },
    { "HEVC",             PAYLOAD_MEDIA, AV_CODEC_ID_HEVC, 90000 },
    { "AV1",              PAYLOAD_MEDIA, AV_CODEC_ID_AV1,  90000 },
    { "AV1X",             PAYLOAD_MEDIA, AV_CODEC_ID_AV1,  90000 },
    { "opus",             PAYLOAD_MEDIA, AV_CODEC_ID_OPUS, 48000 },
    { "rtx",              PAYLOAD_RTX,   AV_CODEC_ID_NONE, 0 },
    { "red",              PAYLOAD_RED,   AV_CODEC_ID_NONE, 0 },
    { "ulpfec",           PAYLOAD_FEC,   AV_CODEC_ID_NONE, 0 },
    { "flexfec",          PAYLOAD_FEC,   AV_CODEC_ID_NONE, 0 },
    { "flexfec-03",       PAYLOAD_FEC,   AV_CODEC_ID_NONE, 0 },
};

/* RFC 3551's fixed types, none of which the filters seal. */
static const PayloadType fixed = {
    .role = PAYLOAD_OTHER, .apt = -1, .section = -1, .from = "RFC 3551"
};

void payload_type_set(PayloadType *type, const char *name, int clock_rate)
{
    type->role = PAYLOAD_OTHER;
    for (size_t i = 0; i < FF_ARRAY_ELEMS(encodings); i++) {
        if (strcasecmp(encodings[i].name, name))
            continue;
        type->role       = encodings[i].role;
        type->codec      = encodings[i].codec;
        type->clock_rate = clock_rate > 0 ? clock_rate
                                          : encodings[i].clock_rate;
    }
}

int payload_map_append(PayloadMap *map, const PayloadType *type)
{
    PayloadType *grown = av_realloc_array(map->types, map->nb_types + 1,
                                          sizeof(*grown));

    if (!grown)
        return AVERROR(ENOMEM);
    map->types = grown;
    grown[map->nb_types++] = *type;
    return 0;
}

int payload_map_add(PayloadMap *map, const char *text)
{
    PayloadType type = { .apt = -1, .section = -1, .from = "--map" };
    const char *whole = text;
    char  name[16] = "";
    char *end;
    long  number = strtol(text, &end, 10), rate = 0;
    size_t length;

    if (end == text || *end != '=' || number < 0 || number > 127)
        goto fail;
    text   = end + 1;
    length = strcspn(text, "/");
    if (!length || length >= sizeof(name))
        goto fail;
    memcpy(name, text, length);
    if (text[length]) {
        rate = strtol(text + length + 1, &end, 10);
        if (end == text + length + 1 || (*end && *end != '/') || rate < 0 ||
            rate > 1000000)
            goto fail;
    }
    type.number = number;
    payload_type_set(&type, name, rate);
    if (type.role == PAYLOAD_RTX && text[length])
        type.apt = rate;
    if (type.role != PAYLOAD_OTHER)
        return payload_map_append(map, &type);

fail:
    log_error("--map: '%s' is not NUMBER=NAME[/RATE]; names are vp8, vp9, "
              "h264, h265, av1, opus, rtx (/ number that it repeats), red, "
              "ulpfec, flexfec", whole);
    return AVERROR(EINVAL);
}

PayloadSource *payload_map_source(PayloadMap *map, uint32_t ssrc)
{
    PayloadSource *grown;

    for (int i = 0; i < map->nb_sources; i++)
        if (map->sources[i].ssrc == ssrc)
            return &map->sources[i];
    grown = av_realloc_array(map->sources, map->nb_sources + 1,
                             sizeof(*grown));
    if (!grown)
        return NULL;
    map->sources = grown;
    grown += map->nb_sources++;
    *grown = (PayloadSource){ .ssrc = ssrc, .section = -1 };
    return grown;
}

const PayloadSource *payload_map_find_source(const PayloadMap *map,
                                             uint32_t ssrc)
{
    for (int i = 0; i < map->nb_sources; i++)
        if (map->sources[i].ssrc == ssrc)
            return &map->sources[i];
    return NULL;
}

const PayloadType *payload_map_find(const PayloadMap *map, int number,
                                    uint32_t ssrc)
{
    const PayloadSource *source = payload_map_find_source(map, ssrc);
    const PayloadType   *found  = NULL;

    /* --map comes first and goes for all; then the SSRC's own section. */
    for (int i = 0; i < map->nb_types; i++) {
        const PayloadType *type = &map->types[i];

        if (type->number != number)
            continue;
        if (type->section < 0 || (source && type->section == source->section))
            return type;
        if (!found)
            found = type;
    }
    return found || number >= 35 ? found : &fixed;
}

void payload_map_free(PayloadMap *map)
{
    av_freep(&map->types);
    av_freep(&map->sources);
    map->nb_types = map->nb_sources = 0;
}
