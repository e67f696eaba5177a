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


/* The few lines of an SDP that say what is in a capture. Both sides' in one
 * file are fine: what they have in common is read twice. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>

#include "payload_map.h"
#include "report/log.h"

#define MAX_LINE 4096

static PayloadType *find_type(PayloadMap *map, int number)
{
    for (int i = map->nb_types - 1; i >= 0; i--)
        if (map->types[i].number == number &&
            map->types[i].section == map->nb_sections - 1)
            return &map->types[i];
    return NULL;
}

/* "m=video 9 UDP/TLS/RTP/SAVPF 96 97" */
static int media_line(PayloadMap *map, const char *text)
{
    const char *kind = !strncmp(text, "audio ", 6)   ? "audio"
                       : !strncmp(text, "video ", 6) ? "video"
                                                     : NULL;
    int ret = 0;

    map->nb_sections++;
    for (int i = 0; i < 3; i++) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    while (kind && ret >= 0 && *text) {
        char *end;
        PayloadType type = {
            .number  = strtol(text, &end, 10),
            .apt     = -1,
            .section = map->nb_sections - 1,
            .kind    = kind,
            .from    = "SDP",
        };

        if (end == text)
            break;
        if (type.number >= 0 && type.number < 128)
            ret = payload_map_append(map, &type);
        text = end;
    }
    return ret;
}

/* "rtpmap:96 VP8/90000" */
static int rtpmap_line(PayloadMap *map, const char *text)
{
    char name[32];
    int  number, rate = 0;
    PayloadType *type;

    if (sscanf(text, "%d %31[^/ ]/%d", &number, name, &rate) >= 2 &&
        (type = find_type(map, number)))
        payload_type_set(type, name, rate);
    return 0;
}

/* "fmtp:97 apt=96" */
static int fmtp_line(PayloadMap *map, const char *text)
{
    int number, apt;
    const char  *found = strstr(text, "apt=");
    PayloadType *type;

    if (found && sscanf(text, "%d", &number) == 1 &&
        sscanf(found, "apt=%d", &apt) == 1 && (type = find_type(map, number)))
        type->apt = apt;
    return 0;
}

/* "ssrc:2153546694 cname:x" */
static int ssrc_line(PayloadMap *map, const char *text)
{
    PayloadSource *source = payload_map_source(map, strtoul(text, NULL, 10));

    if (!source)
        return AVERROR(ENOMEM);
    source->section = map->nb_sections - 1;
    return 0;
}

/* "ssrc-group:FID 2153546694 1062749739" */
static int group_line(PayloadMap *map, const char *text)
{
    unsigned long first, second;
    bool is_rtx = !strncmp(text, "FID ", 4);
    PayloadSource *source;

    if ((!is_rtx && strncmp(text, "FEC-FR ", 7)) ||
        sscanf(strchr(text, ' '), " %lu %lu", &first, &second) != 2)
        return 0;
    if (!(source = payload_map_source(map, second)))
        return AVERROR(ENOMEM);
    source->is_rtx  = is_rtx;
    source->is_fec  = !is_rtx;
    source->repeats = first;
    return 0;
}

/* "content:slides" */
static int content_line(PayloadMap *map, const char *text)
{
    for (int i = 0; i < map->nb_types && !strncmp(text, "slides", 6); i++)
        if (map->types[i].section == map->nb_sections - 1)
            map->types[i].kind = "share";
    return 0;
}

static const struct {
    const char *start;
    int       (*read)(PayloadMap *map, const char *text);
} lines[] = {
    { "m=",            media_line },
    { "a=rtpmap:",     rtpmap_line },
    { "a=fmtp:",       fmtp_line },
    { "a=ssrc:",       ssrc_line },
    { "a=ssrc-group:", group_line },
    { "a=content:",    content_line },
};

int payload_map_read_sdp(PayloadMap *map, const char *file)
{
    FILE *in = fopen(file, "r");
    char  line[MAX_LINE];
    const char *text;
    int   ret = in ? 0 : AVERROR(errno), sections = map->nb_sections;

    if (!in) {
        log_error("--sdp: %s: %s; give the session description of the "
                  "capture", file, av_err2str(ret));
        return ret;
    }
    while (ret >= 0 && fgets(line, sizeof(line), in)) {
        line[strcspn(line, "\r\n")] = '\0';
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
            if (ret >= 0 && av_strstart(line, lines[i].start, &text))
                ret = lines[i].read(map, text);
    }
    fclose(in);
    if (ret >= 0 && map->nb_sections == sections) {
        log_error("--sdp: %s: no line begins with m=; give the session "
                  "description of the capture", file);
        ret = AVERROR_INVALIDDATA;
    }
    return ret;
}
