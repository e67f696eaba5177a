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

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "log.h"

#define WIDTH 79                /* columns */

static const struct {
    const char *name;
    int         level;
} levels[] = {
    { "quiet",   AV_LOG_QUIET   },
    { "panic",   AV_LOG_PANIC   },
    { "fatal",   AV_LOG_FATAL   },
    { "error",   AV_LOG_ERROR   },
    { "warning", AV_LOG_WARNING },
    { "info",    AV_LOG_INFO    },
    { "verbose", AV_LOG_VERBOSE },
    { "debug",   AV_LOG_DEBUG   },
    { "trace",   AV_LOG_TRACE   },
};

static int  tool_level = AV_LOG_INFO;
static bool progress_shown;
static bool error_told;
static bool muted;
static bool out_to_stderr;
/* Each thread has its own reasons to keep the libraries quiet. */
static _Thread_local int  library_limit = AV_LOG_ERROR;
static _Thread_local char unshown[256];

int log_parse_level(const char *text, int *level)
{
    char *end;
    long  number;

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (!strcmp(text, levels[i].name)) {
            *level = levels[i].level;
            return 0;
        }
    }
    number = strtol(text, &end, 10);
    if (end == text || *end || number < AV_LOG_QUIET || number > AV_LOG_TRACE)
        return -1;
    *level = number;
    return 0;
}

int log_limit(int level)
{
    int previous = library_limit;

    library_limit = level;
    unshown[0]    = '\0';
    return previous;
}

const char *log_unshown(void)
{
    return unshown;
}

void log_progress_clear(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = false;
}

static void print_library_line(void *avcl, int level, const char *line)
{
    const AVClass *class = avcl ? *(const AVClass **)avcl : NULL;
    const char    *name  = class ? class->item_name(avcl) : "FFmpeg";
    int            shown = tool_level < AV_LOG_VERBOSE &&
                           library_limit < tool_level ? library_limit
                                                      : tool_level;

    if (level <= shown) {
        log_progress_clear();
        error_told |= level <= AV_LOG_ERROR;
        fprintf(stderr, "e2ee-meeting: %s: %s\n", name, line);
    } else if (level <= AV_LOG_ERROR) {
        snprintf(unshown, sizeof(unshown), " (%.*s)",
                 (int)sizeof(unshown) - 4, line);
    }
}

static void library_log(void *avcl, int level, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
static void print_line(const char *fmt, va_list args)
    __attribute__((format(printf, 1, 0)));
static void print_out(int level, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* The libraries may build a line in pieces; it counts once it is whole. */
static void library_log(void *avcl, int level, const char *fmt, va_list args)
{
    static _Thread_local char line[1024];
    size_t length = strlen(line);

    level &= 0xff;
    if (level > tool_level && level > AV_LOG_ERROR)
        return;
    vsnprintf(line + length, sizeof(line) - length, fmt, args);
    length = strlen(line);
    if (length + 1 < sizeof(line) && (!length || line[length - 1] != '\n'))
        return;
    line[strcspn(line, "\n")] = '\0';
    print_library_line(avcl, level, line);
    line[0] = '\0';
}

void log_init(int level)
{
    tool_level = level;
    av_log_set_level(level);
    av_log_set_callback(library_log);
}

static void print_line(const char *fmt, va_list args)
{
    log_progress_clear();
    fflush(stdout);
    fputs("e2ee-meeting: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

bool log_mute(bool mute)
{
    bool before = muted;

    muted = mute;
    return before;
}

void log_error(const char *fmt, ...)
{
    va_list args;

    if (muted)
        return;
    error_told = true;
    if (tool_level < AV_LOG_ERROR)
        return;
    va_start(args, fmt);
    print_line(fmt, args);
    va_end(args);
}

void log_warning(const char *fmt, ...)
{
    va_list args;

    if (tool_level < AV_LOG_WARNING || muted)
        return;
    va_start(args, fmt);
    print_line(fmt, args);
    va_end(args);
}

static void print_out(int level, const char *fmt, va_list args)
{
    FILE *out = out_to_stderr ? stderr : stdout;

    if (tool_level < level)
        return;
    log_progress_clear();
    vfprintf(out, fmt, args);
    fflush(out);
}

void log_out(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_out(AV_LOG_INFO, fmt, args);
    va_end(args);
}

void log_out_at(int level, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_out(level, fmt, args);
    va_end(args);
}

void log_out_words(const char *label, const char *text)
{
    int indent = strlen(label), at = indent;

    log_out("%s", label);
    while (*text) {
        int length = strcspn(text, " ");

        if (at > indent && at + 1 + length > WIDTH) {
            log_out("\n%*s", indent, "");
            at = indent;
        }
        log_out("%s%.*s", at > indent ? " " : "", length, text);
        at   += length + (at > indent);
        text += length + strspn(text + length, " ");
    }
    log_out("\n");
}

void log_out_to_stderr(void)
{
    out_to_stderr = true;
}

const char *log_colour(const char *code)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(out_to_stderr ? STDERR_FILENO : STDOUT_FILENO) &&
           (!no_color || !*no_color) ? code : "";
}

bool log_error_told(void)
{
    return error_told;
}

bool log_progress_wanted(void)
{
    return tool_level >= AV_LOG_INFO && isatty(STDERR_FILENO);
}

void log_progress(const char *fmt, ...)
{
    va_list args;

    if (!log_progress_wanted())
        return;
    log_progress_clear();
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    progress_shown = true;
}
