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
 * e2ee-meeting open: sealed recordings into one file that plays.
 */

#include <string.h>

#include <libavutil/log.h>

#include "capture/input_options.h"
#include "cmd.h"
#include "interrupt.h"
#include "open/open_result.h"
#include "open/track_keys.h"
#include "report/log.h"
#include "report/recorder.h"

typedef struct OpenOptions {
    TextList      files, keys, maps;
    const char   *output, *output_format, *key_file, *scheme, *options;
    const char   *result;
    bool          keep_sealed, decode, resume;
    InputSetup    input;
    int           level;
    RecorderSetup reports;
} OpenOptions;

#define ROW(name, letter, type, member, argument, help)                       \
    { name, letter, type, offsetof(OpenOptions, member), argument, help, NULL }

static const Option options[] = {
    ROW("output", 'o', OPTION_TEXT, output, "FILE",
        "what is written: .mkv, .webm, .mp4, .nut, or - for\n"
        "standard output"),
    ROW("output-format", 'f', OPTION_TEXT, output_format, "FORMAT",
        "its format, if the name does not tell"),
    ROW("key-file", 0, OPTION_TEXT, key_file, "FILE", "the key of all tracks"),
    ROW("key", 0, OPTION_LIST, keys, "TRACK=FILE",
        "the key of one: a label, a kind or an input file"),
    ROW("scheme", 0, OPTION_TEXT, scheme, "NAME",
        "wire format (default videosdk)"),
    ROW("options", 0, OPTION_TEXT, options, "A=B:C=D",
        "more for the filter e2ee_decrypt: kdf=hkdf:salt=..."),
    ROW("keep-sealed", 0, OPTION_FLAG, keep_sealed, NULL,
        "keep tracks that do not open, as they came"),
    ROW("decode", 0, OPTION_FLAG, decode, NULL,
        "check that every frame decodes, too"),
    INPUT_OPTIONS(offsetof(OpenOptions, input), offsetof(OpenOptions, maps)),
    ROW("result", 0, OPTION_TEXT, result, "FILE",
        "write one line of JSON on what came of it"),
    ROW("resume", 0, OPTION_FLAG, resume, NULL,
        "do nothing if the result says that it is done"),
    RECORDER_OPTIONS(OpenOptions, reports),
    ROW("level", 'v', OPTION_LEVEL, level, "LEVEL",
        "quiet, error, warning, info (default), verbose, ..."),
    { NULL }
};

static const Usage usage = {
    .synopsis = "[options] --key-file FILE -o OUTPUT INPUT...",
    .options  = options,
    .notes    = "Inputs are recordings of one meeting: Janus .mjr, pcap, "
                "pcapng, rtpdump, and\ncontainers. - is standard input.\n"
                "Exit status: 0 all opened, 1 some, 3 nothing, 2 bad usage or "
                "input.",
    .operands = offsetof(OpenOptions, files),
};

static int check_options(const OpenOptions *o)
{
    if (!o->files.nb)
        log_error("open: name the recordings to open");
    else if (!o->output)
        log_error("open: say what to write: -o FILE");
    else if (o->result && !strcmp(o->output, "-") && !strcmp(o->result, "-"))
        log_error("open: the output and its result cannot both go to "
                  "standard output; give --result a file");
    else if (o->resume && (!o->result || !strcmp(o->result, "-")))
        log_error("open: --resume looks into the file that --result names");
    else
        return 0;
    return AVERROR(EINVAL);
}

static int check_keys(const OpenOptions *o, const TrackKeys *keys)
{
    FrameFilterSetup setup = {
        .name    = "e2ee_decrypt",
        .scheme  = o->scheme,
        .options = o->options,
        .kind    = "audio",
    };
    int ret = 0;

    for (int i = 0; ret >= 0 && (setup.key = track_keys_nth(keys, i)); i++)
        ret = frame_filter_try(&setup);
    return ret;
}

static int open_all(Opener *opener, Recorder *recorder)
{
    OpenerProgress p;
    int ret;

    while ((ret = opener_step(opener)) >= 0) {
        opener_progress(opener, &p);
        recorder_progress(recorder, &(ProgressNow){
            .time = p.time, .nb_frames = p.nb_frames,
            .nb_packets = p.nb_packets, .done = p.done, .all = p.all,
        });
    }
    return ret == AVERROR_EOF ? opener_finish(opener) : ret;
}

static int report(OpenResult *result, Recorder *recorder)
{
    Report r;
    int ret = open_report_make(&r, result);

    if (ret >= 0)
        ret = recorder_finish(recorder, &r);
    open_report_free(&r);
    if (ret >= 0)
        open_result_tell(result);
    return ret;
}

static int open_room(const OpenOptions *o, TrackKeys *keys, OpenResult *result)
{
    Recorder *recorder = NULL;
    Opener   *opener   = NULL;
    OpenerSetup setup = {
        .files       = o->files.texts,
        .nb_files    = o->files.nb,
        .input       = o->input,
        .scheme      = o->scheme,
        .options     = o->options,
        .key         = track_keys_find,
        .opaque      = keys,
        .output      = { o->output, o->output_format },
        .keep_sealed = o->keep_sealed,
        .decode      = o->decode,
    };
    int ret = recorder_open(&recorder, &o->reports);

    setup.events = (EventSink){ recorder_event, recorder };
    setup.lives  = (LifeSink){ recorder_life, recorder };
    if (ret < 0 || (ret = opener_open(&opener, &setup)) < 0 ||
        (ret = open_all(opener, recorder)) < 0)
        goto end;
    result->opener = opener;
    result->status = open_result_status(opener);
    if ((ret = report(result, recorder)) >= 0 && o->result)
        ret = open_result_write(result, o->result);

end:
    result->opener = NULL;
    opener_free(&opener);
    recorder_free(&recorder);
    return ret;
}

int cmd_open(int argc, char **argv)
{
    OpenOptions o    = { .level = AV_LOG_INFO };
    TrackKeys   keys = { 0 };
    OpenResult  result;
    int status = options_parse(&usage, &o, argc, argv), ret;

    if (status >= 0)
        goto end;
    status = EXIT_BAD_INPUT;
    log_init(o.level);
    interrupt_install();
    o.input.maps    = o.maps.texts;
    o.input.nb_maps = o.maps.nb;
    if (check_options(&o) < 0)
        goto end;
    if (!strcmp(o.output, "-") || (o.result && !strcmp(o.result, "-")))
        log_out_to_stderr();
    result = (OpenResult){ &o.files, o.output, o.scheme, o.options, NULL,
                           EXIT_BAD_INPUT };
    if (o.resume && open_result_is_done(&result, o.result)) {
        log_out("%s: done before\n", o.output);
        status = EXIT_HELD;
        goto end;
    }
    ret = track_keys_read(&keys, o.key_file, &o.keys);
    if (ret >= 0 && (ret = check_keys(&o, &keys)) >= 0)
        ret = open_room(&o, &keys, &result);
    if (ret < 0 && interrupt_pending()) {
        log_error("interrupted; nothing was written");
        result.status = EXIT_INTERRUPTED;
    } else if (ret < 0) {
        result.status = EXIT_BAD_INPUT;
        if (!log_error_told())
            log_error("%s: cannot be opened: %s", o.files.texts[0],
                      av_err2str(ret));
    }
    if (ret < 0 && o.result)
        open_result_write(&result, o.result);
    status = result.status;

end:
    track_keys_wipe(&keys);
    text_list_free(&o.files);
    text_list_free(&o.keys);
    text_list_free(&o.maps);
    return status;
}
