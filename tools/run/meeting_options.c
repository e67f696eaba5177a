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

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/common.h>
#include <libavutil/cpu.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "cmd.h"
#include "meeting_options.h"
#include "meeting_plan.h"
#include "options.h"
#include "report/log.h"
#include "room/scenario_tables.h"

#define MAX_THREADS 64

/** The command line as it was given. */
typedef struct Line {
    MeetingOptions out;
    TextList    files, joins, shares, keys, networks;
    const char *key_file, *key_variable;
    const char *scheme, *codec, *srtp, *sfu, *verify, *frames;
    int64_t     seed, duration, mtu, threads; ///< -1: not given
    bool        packets;
} Line;

#define ROW(name, letter, type, field, argument, help) \
    { name, letter, type, offsetof(Line, field), argument, help, NULL }

static const Option rows[] = {
    ROW("join", 0, OPTION_LIST, joins, "NAME[=FILE[,FILE...]]",
        "let somebody join, who sends what is in the files"),
    ROW("share", 0, OPTION_LIST, shares, "NAME=FILE[,FILE...]",
        "let somebody share the files as a screen"),
    ROW("key-file", 0, OPTION_TEXT, key_file, "FILE",
        "the room's key (default: made from the seed)"),
    ROW("key-env", 0, OPTION_TEXT, key_variable, "VARIABLE",
        "the room's key, from the environment"),
    ROW("key", 0, OPTION_LIST, keys, "NAME=FILE|none|wrong",
        "let somebody have another key, none or a wrong one"),
    ROW("scheme", 0, OPTION_TEXT, scheme, "NAME",
        "wire format (default: videosdk)"),
    ROW("sframe-packets", 0, OPTION_FLAG, packets, NULL,
        "scheme sframe: seal each packet, not each frame"),
    ROW("codec", 0, OPTION_TEXT, codec, "NAME",
        "for video that has to be encoded: vp8, vp9, h264,\n"
        "hevc, av1 (default: h264, with a scenario vp8)"),
    ROW("duration", 0, OPTION_TIME, duration, "SECONDS",
        "end the meeting there (default: when all files end)"),
    ROW("seed", 0, OPTION_INTEGER, seed, "N",
        "of all that is random (default: 1); the same seed\n"
        "gives the same meeting"),
    ROW("net", 0, OPTION_LIST, networks, "[NAME=]WORD=VALUE[:...]",
        "the network of everybody or of somebody, in\n"
        "tc-netem's words: delay=40ms:jitter=10ms:loss=5%"),
    ROW("srtp", 0, OPTION_TEXT, srtp, "PROFILE",
        "AES_CM_128_HMAC_SHA1_80 (default),\n"
        "AES_CM_128_HMAC_SHA1_32, AEAD_AES_128_GCM,\n"
        "AEAD_AES_256_GCM or none"),
    ROW("mtu", 0, OPTION_INTEGER, mtu, "BYTES",
        "largest packet before SRTP (default: 1200)"),
    ROW("sfu", 0, OPTION_TEXT, sfu, "NAME",
        "whose rules the server goes by: mediasoup, livekit,\n"
        "janus or jitsi (default: livekit, and compare all)"),
    ROW("verify", 0, OPTION_TEXT, verify, "HOW",
        "decode and compare (default), open, or none"),
    ROW("threads", 0, OPTION_INTEGER, threads, "N",
        "for the receivers (default: one a CPU); the result\n"
        "is the same for any number"),
    ROW("report", 'o', OPTION_TEXT, out.report, "FILE",
        "write the report as JSON"),
    ROW("output", 0, OPTION_TEXT, out.report, "FILE", "the same"),
    ROW("json", 0, OPTION_TEXT, out.report, "FILE", "the same"),
    ROW("frames", 0, OPTION_TEXT, frames, "WHICH",
        "frames that the report has one by one: all\n"
        "(default), problems or none"),
    ROW("ndjson", 0, OPTION_TEXT, out.ndjson, "FILE",
        "write the events, one a line, as they happen"),
    ROW("html", 0, OPTION_TEXT, out.html, "FILE",
        "write the report as a page"),
    ROW("progress", 0, OPTION_TEXT, out.progress, "FILE",
        "write the progress as key=value, as ffmpeg does"),
    ROW("save", 0, OPTION_TEXT, out.save, "DIRECTORY",
        "save what each receiver saw"),
    ROW("save-sealed", 0, OPTION_FLAG, out.save_sealed, NULL,
        "save it as it came, still sealed, too"),
    ROW("pcap", 0, OPTION_TEXT, out.pcap, "FILE|DIRECTORY",
        "save the RTP of the hops"),
    ROW("rtpdump", 0, OPTION_TEXT, out.rtpdump, "DIRECTORY",
        "save it as rtpdump"),
    ROW("level", 'v', OPTION_LEVEL, out.level, "LEVEL",
        "quiet, error, warning, info (default), verbose, debug"),
    { 0 },
};

static const Usage usage = {
    "[SCENARIO] [--join NAME[=FILE]]... [options]", rows,
    "What is in the scenario file, the options replace or add to.",
    offsetof(Line, files),
};

static const char *verify_name(int value)
{
    static const char *const names[VERIFY_NB] = {
        [VERIFY_DECODE] = "decode",
        [VERIFY_OPEN]   = "open",
        [VERIFY_NONE]   = "none",
    };

    return names[value];
}

static const char *frames_name(int value)
{
    static const char *const names[FRAMES_NB] = {
        [FRAMES_ALL]      = "all",
        [FRAMES_PROBLEMS] = "problems",
        [FRAMES_NONE]     = "none",
    };

    return names[value];
}

/* By a choice's name, if it is given. */
static int choose(int *value, const char *option, const char *text, int nb,
                  const char *(*name_of)(int))
{
    const Member choice = {
        .name = option, .type = VALUE_CHOICE, .size = sizeof(int),
        .max = nb - 1, .name_of = name_of,
    };
    char error[512];

    if (text && value_from_text(&choice, text, value, error,
                                sizeof(error)) < 0) {
        choice_list(&choice, error, sizeof(error));
        log_error("--%s %s: choose %s", option, text, error);
        return AVERROR(EINVAL);
    }
    return 0;
}

static int set_codec(Scenario *s, const char *text)
{
    int codec = 0, ret = choose(&codec, "codec", text, nb_codecs,
                                codec_choice);

    if (ret < 0 || text)
        return ret < 0 ? ret : plan_text(&s->video_codec, text);
    return s->file || s->video_codec ? 0 : plan_text(&s->video_codec, "h264");
}

static int check_numbers(const Line *line)
{
    if (!line->duration) {
        log_error("--duration 0: give a number of seconds above 0");
        return AVERROR(EINVAL);
    }
    if (line->mtu != -1 && (line->mtu < 200 || line->mtu > 65000)) {
        log_error("--mtu %lld: give 200 to 65000", (long long)line->mtu);
        return AVERROR(EINVAL);
    }
    if (!line->threads || line->threads > MAX_THREADS) {
        log_error("--threads %lld: give 1 to %d", (long long)line->threads,
                  MAX_THREADS);
        return AVERROR(EINVAL);
    }
    return 0;
}

static int set_all(Scenario *s, const Line *line)
{
    int srtp = s->srtp, ret;

    if ((ret = check_numbers(line)) < 0 ||
        (ret = plan_text(&s->scheme, line->scheme)) < 0 ||
        (ret = set_codec(s, line->codec)) < 0 ||
        (ret = choose(&srtp, "srtp", line->srtp, SRTP_PROFILE_NB,
                      srtp_choice)) < 0 ||
        (ret = choose(&s->sfu, "sfu", line->sfu, SFU_NB, sfu_choice)) < 0)
        return ret;
    s->srtp     = srtp;
    s->packets |= line->packets;
    if (line->duration > 0)
        s->duration = line->duration;
    if (line->mtu > 0)
        s->mtu = line->mtu;
    return plan_networks(s, line->networks.texts, line->networks.nb);
}

static int for_each(Scenario *s, const TextList *list,
                    int (*plan)(Scenario *s, const char *argument))
{
    int ret = 0;

    for (int i = 0; i < list->nb && ret >= 0; i++)
        ret = plan(s, list->texts[i]);
    return ret;
}

/* In the order in which things build on each other, not of the options. */
static int make_scenario(Scenario *s, const Line *line)
{
    int ret;

    if (line->seed != -1) {
        s->seed       = line->seed;
        s->seed_given = true;
    }
    if (line->files.nb > 1) {
        log_error("'%s': there is a scenario already; media files are given "
                  "as --join NAME=FILE", line->files.texts[1]);
        return AVERROR(EINVAL);
    }
    if ((ret = plan_room_key(s, line->key_file, line->key_variable)) < 0 ||
        (line->files.nb && (ret = scenario_read(s, line->files.texts[0])) < 0))
        return ret;
    if (scenario_room_key(s) < 0)
        return AVERROR(ENOMEM);
    if ((ret = for_each(s, &line->joins, plan_join)) < 0 ||
        (ret = for_each(s, &line->shares, plan_share)) < 0 ||
        (ret = for_each(s, &line->keys, plan_key)) < 0 ||
        (ret = set_all(s, line)) < 0)
        return ret;
    return scenario_check(s);
}

static bool is_directory(const char *name)
{
    struct stat st;

    return !stat(name, &st) && S_ISDIR(st.st_mode);
}

/* Before the meeting, not after it: can it be written at all? */
static int check_output(const char *option, const char *name, bool directory)
{
    const char *slash = name ? strrchr(name, '/') : NULL;
    char *parent;
    bool good;

    if (!name || !strcmp(name, "-"))
        return 0;
    /* The one that ends a directory's name is not in front of a name. */
    if (directory && slash && slash > name && !slash[1])
        do
            slash--;
        while (slash >= name && *slash != '/');
    if (slash && slash < name)
        slash = NULL;
    parent = slash ? av_strndup(name, FFMAX(slash - name, 1)) : av_strdup(".");
    if (!parent)
        return AVERROR(ENOMEM);
    if (is_directory(name))
        good = directory && !access(name, W_OK);
    else
        good = *name && !access(parent, W_OK) && (!slash || slash[1] ||
                                                  directory);
    av_free(parent);
    if (!good)
        log_error("%s: cannot be written; give --%s a %s in a directory that "
                  "you may write to", name, option,
                  directory ? "name" : "file");
    return good ? 0 : AVERROR(EINVAL);
}

static int check_outputs(const MeetingOptions *o)
{
    const struct {
        const char *option, *name;
        bool        directory;
    } outputs[] = {
        { "report",   o->report,   false },
        { "ndjson",   o->ndjson,   false },
        { "html",     o->html,     false },
        { "progress", o->progress, false },
        { "save",     o->save,     true  },
        { "pcap",     o->pcap,     true  },
        { "rtpdump",  o->rtpdump,  true  },
    };
    int ret = 0;

    for (size_t i = 0; i < FF_ARRAY_ELEMS(outputs) && ret >= 0; i++)
        ret = check_output(outputs[i].option, outputs[i].name,
                           outputs[i].directory);
    return ret;
}

static int take(MeetingOptions *o, const Line *line)
{
    int verify = o->verify, frames = o->frames, ret;

    if ((ret = choose(&verify, "verify", line->verify, VERIFY_NB,
                      verify_name)) < 0 ||
        (ret = choose(&frames, "frames", line->frames, FRAMES_NB,
                      frames_name)) < 0)
        return ret;
    o->verify  = verify;
    o->frames  = frames;
    o->threads = line->threads > 0 ? line->threads
                                   : av_clip(av_cpu_count(), 1, MAX_THREADS);
    if (o->save_sealed && !o->save) {
        log_error("--save-sealed: say with --save where to");
        return AVERROR(EINVAL);
    }
    return 0;
}

int meeting_options_parse(MeetingOptions *options, int argc, char **argv)
{
    Line line = { .out = { .level = AV_LOG_INFO }, .seed = -1,
                  .duration = -1, .mtu = -1, .threads = -1 };
    int status = options_parse(&usage, &line, argc, argv);

    *options = line.out;
    scenario_init(&options->scenario);
    if (status >= 0)
        goto end;
    log_init(options->level);
    if (make_scenario(&options->scenario, &line) < 0 ||
        take(options, &line) < 0 || check_outputs(options) < 0)
        status = EXIT_BAD_INPUT;

end:
    text_list_free(&line.files);
    text_list_free(&line.joins);
    text_list_free(&line.shares);
    text_list_free(&line.keys);
    text_list_free(&line.networks);
    return status;
}

void meeting_options_free(MeetingOptions *options)
{
    scenario_free(&options->scenario);
}
