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

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/log.h>
#include <libavutil/mem.h>

#include "cmd.h"
#include "report/log.h"
#include "run_options.h"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
                        "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define MAX_NAME 32

typedef struct OptionRow {
    const char *name;
    int         letter;   ///< short option, 0: none
    const char *argument; ///< NULL: takes none
    int       (*parse)(RunOptions *options, const char *argument);
    const char *help;
} OptionRow;

static Attendee *find_attendee(const RunOptions *o, const char *name,
                               size_t length)
{
    for (int i = 0; i < o->nb_attendees; i++)
        if (strlen(o->attendees[i]->name) == length &&
            !memcmp(o->attendees[i]->name, name, length))
            return o->attendees[i];
    return NULL;
}

/* The attendee of that name, new if need be: options come in any order. */
static Attendee *get_attendee(RunOptions *o, const char *name, size_t length)
{
    Attendee *a = find_attendee(o, name, length);

    if (a)
        return a;
    if (!length || length > MAX_NAME ||
        strspn(name, NAME_CHARACTERS) < length) {
        log_error("'%.*s' is no name; use 1 to %d letters, digits, . _ -",
                  (int)length, name, MAX_NAME);
        return NULL;
    }
    if (!(a = av_mallocz(sizeof(*a))) ||
        !(a->name = av_strndup(name, length)) ||
        av_dynarray_add_nofree(&o->attendees, &o->nb_attendees, a) < 0) {
        if (a)
            av_free(a->name);
        av_freep(&a);
    }
    return a;
}

static int add_media(Attendee *a, const char *file, size_t length, bool share)
{
    Media *m;

    if (!length) {
        log_error("%s: an empty file name", a->name);
        return -1;
    }
    if (!(m = av_mallocz(sizeof(*m))) ||
        !(m->file = av_strndup(file, length)) ||
        av_dynarray_add_nofree(&a->media, &a->nb_media, m) < 0) {
        if (m)
            av_free(m->file);
        av_free(m);
        return -1;
    }
    m->share = share;
    return 0;
}

static int parse_media(RunOptions *o, const char *argument, bool share)
{
    size_t      length = strcspn(argument, "=");
    const char *files  = argument + length;
    Attendee   *a      = get_attendee(o, argument, length);

    if (!a)
        return -1;
    a->joins |= !share;
    if (!*files)
        return 0;
    do {
        files++;
        length = strcspn(files, ",");
        if (add_media(a, files, length, share) < 0)
            return -1;
        files += length;
    } while (*files);
    return 0;
}

static int parse_join(RunOptions *o, const char *argument)
{
    return parse_media(o, argument, false);
}

static int parse_share(RunOptions *o, const char *argument)
{
    if (!strchr(argument, '=')) {
        log_error("--share %s: say what is shared: --share NAME=FILE",
                  argument);
        return -1;
    }
    return parse_media(o, argument, true);
}

static int parse_key(RunOptions *o, const char *argument)
{
    size_t      length = strcspn(argument, "=");
    const char *value  = argument + length + 1;
    Attendee   *a;

    if (!argument[length] || !*value) {
        log_error("--key %.*s: say which: --key NAME=FILE, NAME=none or "
                  "NAME=wrong", (int)length, argument);
        return -1;
    }
    if (!(a = get_attendee(o, argument, length)))
        return -1;
    a->key = !strcmp(value, "none")  ? KEY_NONE  :
             !strcmp(value, "wrong") ? KEY_WRONG : KEY_OWN;
    av_freep(&a->key_file);
    if (a->key == KEY_OWN && !(a->key_file = av_strdup(value)))
        return -1;
    return 0;
}

static int parse_key_file(RunOptions *o, const char *argument)
{
    o->key_file = argument;
    return 0;
}

static int parse_scheme(RunOptions *o, const char *argument)
{
    o->scheme = argument;
    return 0;
}

static int parse_codec(RunOptions *o, const char *argument)
{
    if (strcmp(argument, "vp8") && strcmp(argument, "h264")) {
        log_error("--codec %s: choose vp8 or h264", argument);
        return -1;
    }
    o->media.video_codec = !strcmp(argument, "vp8") ? AV_CODEC_ID_VP8
                                                    : AV_CODEC_ID_H264;
    return 0;
}

static int parse_report(RunOptions *o, const char *argument)
{
    o->report = argument;
    return 0;
}

static int parse_level(RunOptions *o, const char *argument)
{
    int ret = log_parse_level(argument, &o->level);

    if (ret < 0)
        log_error("-v %s: choose quiet, error, warning, info, verbose, debug "
                  "or trace", argument);
    return ret;
}

static int parse_duration(RunOptions *o, const char *argument)
{
    char  *end;
    double seconds = strtod(argument, &end);

    if (end == argument || *end || !(seconds > 0) || seconds > 1e9) {
        log_error("--duration %s: give a number of seconds above 0", argument);
        return -1;
    }
    o->media.duration = FFMAX(llrint(seconds * 1e6), 1);
    return 0;
}

static int print_help(RunOptions *o, const char *argument);

static const OptionRow rows[] = {
    { "join",     0,   "NAME[=FILE[,FILE...]]", parse_join,
      "let somebody join, who sends what is in the files" },
    { "share",    0,   "NAME=FILE[,FILE...]",   parse_share,
      "let somebody share the files as a screen" },
    { "key-file", 0,   "FILE",                  parse_key_file,
      "the room's key (default: a fresh one, never shown)" },
    { "key",      0,   "NAME=FILE|none|wrong",  parse_key,
      "let somebody have another key, none or a wrong one" },
    { "scheme",   0,   "NAME",                  parse_scheme,
      "wire format (default: videosdk)" },
    { "codec",    0,   "vp8|h264",              parse_codec,
      "for video that has to be encoded (default: h264)" },
    { "duration", 0,   "SECONDS",               parse_duration,
      "end the meeting there (default: when all files end)" },
    { "output",   'o', "FILE",                  parse_report,
      "write the report as JSON" },
    { "level",    'v', "LEVEL",                 parse_level,
      "quiet, error, warning, info (default), verbose, debug" },
    { "help",     'h', NULL,                    print_help,
      "print this text" },
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

static int print_help(RunOptions *o, const char *argument)
{
    char left[64];

    (void)o;
    (void)argument;
    printf("usage: e2ee-meeting run --join NAME[=FILE] --join NAME[=FILE] "
           "[options]\n\n");
    for (size_t i = 0; i < NB_ROWS; i++) {
        snprintf(left, sizeof(left), "%s%c%s --%s %s",
                 rows[i].letter ? "-" : "  ",
                 rows[i].letter ? rows[i].letter : ' ',
                 rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].argument ? rows[i].argument : "");
        printf("%s\n%24s%s\n", left, "", rows[i].help);
    }
    return 1;
}

static int check(const RunOptions *o)
{
    int nb_media = 0;

    for (int i = 0; i < o->nb_attendees; i++) {
        nb_media += o->attendees[i]->nb_media;
        if (!o->attendees[i]->joins) {
            log_error("%s does not join; add --join %s",
                      o->attendees[i]->name, o->attendees[i]->name);
            return -1;
        }
    }
    if (o->nb_attendees < 2) {
        log_error("a meeting needs two participants or more; use --join");
        return -1;
    }
    if (!nb_media) {
        log_error("nobody sends anything; use --join NAME=FILE");
        return -1;
    }
    return 0;
}

/* Before the meeting, not after it: can the report be written at all? */
static int check_report(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *directory = slash ? av_strndup(file, FFMAX(slash - file, 1))
                            : av_strdup(".");
    int ret = directory && !access(directory, W_OK) && slash != file +
              strlen(file) - 1 ? 0 : -1;

    if (ret < 0)
        log_error("%s: cannot be written; give -o a file in a directory that "
                  "you may write to", file);
    av_free(directory);
    return ret;
}

static int parse_all(RunOptions *o, int argc, char **argv)
{
    struct option long_options[NB_ROWS + 1] = { { 0 } };
    char short_options[2 * NB_ROWS + 1] = "", *s = short_options;
    int c, ret;

    for (size_t i = 0; i < NB_ROWS; i++) {
        long_options[i].name    = rows[i].name;
        long_options[i].has_arg = !!rows[i].argument;
        long_options[i].val     = CHAR_MAX + 1 + i;
        if (rows[i].letter) {
            *s++ = rows[i].letter;
            if (rows[i].argument)
                *s++ = ':';
        }
    }
    *s = '\0';

    while ((c = getopt_long(argc, argv, short_options, long_options,
                            NULL)) != -1) {
        const OptionRow *row = NULL;

        for (size_t i = 0; i < NB_ROWS; i++)
            if (c == rows[i].letter || c == CHAR_MAX + 1 + (int)i)
                row = &rows[i];
        ret = row ? row->parse(o, optarg) : -1;
        if (ret)
            return ret;
    }
    if (optind < argc) {
        log_error("'%s' is not an option; files are given as --join NAME=FILE",
                  argv[optind]);
        return -1;
    }
    return check(o) < 0 || (o->report && check_report(o->report) < 0) ? -1 : 0;
}

int run_options_parse(RunOptions *options, int argc, char **argv)
{
    static char name[] = "e2ee-meeting"; /* that getopt prints */
    int ret;

    options->level             = AV_LOG_INFO;
    options->media.video_codec = AV_CODEC_ID_H264;
    argv[0] = name;
    ret = parse_all(options, argc, argv);
    return ret < 0 ? EXIT_BAD_INPUT : ret > 0 ? EXIT_HELD : -1;
}

void run_options_free(RunOptions *o)
{
    for (int i = 0; i < o->nb_attendees; i++) {
        Attendee *a = o->attendees[i];

        for (int j = 0; j < a->nb_media; j++) {
            av_free(a->media[j]->file);
            av_free(a->media[j]);
        }
        av_free(a->media);
        av_free(a->key_file);
        av_free(a->name);
        av_free(a);
    }
    av_freep(&o->attendees);
    o->nb_attendees = 0;
}
