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
 * What reaches the terminal: the tool's own lines, the progress line, and
 * what the libraries have to say, each at its level.
 */

#ifndef TOOLS_REPORT_LOG_H
#define TOOLS_REPORT_LOG_H

#include <stdbool.h>

/**
 * Set the level (AV_LOG_*) of everything and take over the libraries' log.
 */
void log_init(int level);

/**
 * Level from ffmpeg's name for it or from its number.
 *
 * @return 0, or -1 if the text is neither
 */
int log_parse_level(const char *text, int *level);

/**
 * Set up to which level the libraries may speak from here on. At verbose and
 * above they always may. Forgets the line of log_unshown().
 *
 * @return the limit up to now, to be put back later
 */
int log_limit(int level);

/**
 * The last error line of a library that the limit kept from the terminal, as
 * " (text)", ready to be put behind a message; "" if there was none.
 */
const char *log_unshown(void);

/**
 * Print one error line to standard error, after the program's name.
 */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * The same at level warning, for what does not end the work.
 */
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * Keep error lines and warnings of the program back, because they were told
 * before.
 *
 * @return whether they were up to now, to be put back later
 */
bool log_mute(bool mute);

/**
 * Whether an error line was printed, by log_error() or by a library.
 */
bool log_error_told(void);

/**
 * Print to standard output, at level info and above.
 */
void log_out(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** The same at another level. */
void log_out_at(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Print a sentence behind a label or "": at most 79 columns, broken between
 *  words, further lines below the first one's text. */
void log_out_words(const char *label, const char *text);

/** From here on log_out() prints to standard error: standard output is taken
 *  by a file. */
void log_out_to_stderr(void);

/** Code if log_out() may colour: on a terminal, and not if NO_COLOR has a
 *  value (no-color.org); else "". */
const char *log_colour(const char *code);

#define COLOUR_GREEN "\033[32m"
#define COLOUR_RED   "\033[31m"
#define COLOUR_BOLD  "\033[1m"
#define COLOUR_PLAIN "\033[0m"

/**
 * Replace the progress line. Only on a terminal (standard error), at level
 * info and above.
 */
void log_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void log_progress_clear(void);

bool log_progress_wanted(void);

#endif /* TOOLS_REPORT_LOG_H */
