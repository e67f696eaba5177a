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
 * e2ee-meeting streams: what is in recordings, as far as it shows without any
 * key.
 */

#include <libavutil/log.h>

#include "capture/input_options.h"
#include "capture/read_all.h"
#include "cmd.h"
#include "interrupt.h"
#include "options.h"
#include "report/log.h"
#include "streams/stream_stats.h"

typedef struct StreamsOptions {
    TextList    files, maps;
    InputSetup  input;
    const char *json;
    int         level;
} StreamsOptions;

#define ROW(name, letter, type, member, argument, help)                 \
    { name, letter, type, offsetof(StreamsOptions, member), argument, help, \
      NULL }

static const Option options[] = {
    INPUT_OPTIONS(offsetof(StreamsOptions, input),
                  offsetof(StreamsOptions, maps)),
    ROW("json", 0, OPTION_TEXT, json, "FILE",
        "write it for machines; - is standard output"),
    ROW("level", 'v', OPTION_LEVEL, level, "LEVEL",
        "quiet, error, warning, info (default), verbose, ..."),
    { NULL }
};

static const Usage usage = {
    .synopsis = "[options] INPUT...",
    .options  = options,
    .notes    = "Needs no key. Inputs are Janus .mjr, pcap, pcapng, rtpdump "
                "and containers.",
    .operands = offsetof(StreamsOptions, files),
};

typedef struct Listing {
    StreamList  *list;
    const Input *input;
} Listing;

static int look(void *opaque, const InputTrack *track, const AVPacket *packet,
                const InputFrame *info)
{
    const Listing *l = opaque;

    return stream_list_take(l->list, l->input, packet, info, track);
}

static int read_all(StreamList *list, Input *input)
{
    Listing listing = { list, input };
    int ret = input_read_all(input, look, &listing);

    /* What is damaged at its end is listed up to there. */
    if (ret == AVERROR_EXIT || ret == AVERROR(ENOMEM))
        return ret;
    return stream_list_complete(list, input);
}

static int list_streams(const StreamsOptions *o)
{
    StreamList list = { 0 };
    Input *input = NULL;
    int ret = input_open(&input, o->files.texts, o->files.nb, &o->input);

    if (ret >= 0)
        ret = read_all(&list, input);
    for (int i = 0; i < list.nb && ret >= 0 &&
                    (!o->json || strcmp(o->json, "-")); i++)
        stream_print(list.streams[i]);
    if (ret >= 0 && o->json)
        ret = stream_list_write(&list, o->json);
    stream_list_free(&list);
    input_free(&input);
    return ret;
}

int cmd_streams(int argc, char **argv)
{
    StreamsOptions o = { .level = AV_LOG_INFO };
    int status = options_parse(&usage, &o, argc, argv), ret;

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(o.level);
    interrupt_install();
    o.input.maps    = o.maps.texts;
    o.input.nb_maps = o.maps.nb;
    if (!o.files.nb) {
        log_error("streams: name the recordings to look into");
        goto end;
    }
    ret = list_streams(&o);
    if (interrupt_pending())
        status = EXIT_INTERRUPTED;
    else if (ret >= 0)
        status = log_error_told() ? EXIT_NOT_HELD : EXIT_HELD;
    else if (!log_error_told())
        log_error("%s: cannot be read: %s", o.files.texts[0],
                  av_err2str(ret));

end:
    text_list_free(&o.files);
    text_list_free(&o.maps);
    return status;
}
