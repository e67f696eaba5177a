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
 * Command lines as tables: each subcommand has rows, and most share some.
 */

#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stddef.h>

#include "media/key.h"

typedef enum OptionType {
    OPTION_FLAG,     ///< bool
    OPTION_TEXT,     ///< const char *, not copied
    OPTION_LIST,     ///< TextList: may be given several times
    OPTION_INTEGER,  ///< int64_t, not negative
    OPTION_TIME,     ///< int64_t, microseconds, as av_parse_time() takes it
    OPTION_LEVEL,    ///< int: AV_LOG_*
    OPTION_CALL,     ///< call()
} OptionType;

typedef struct TextList {
    const char **texts;
    int          nb;
} TextList;

typedef struct Option {
    const char *name;      ///< long name
    int         letter;    ///< short name, 0: none
    OptionType  type;
    size_t      offset;    ///< of the value in the command's struct
    const char *argument;  ///< what it is called in the help; NULL for a FLAG
    const char *help;      ///< "\n" breaks the line
    int       (*call)(void *target, const char *argument); ///< < 0: told why
} Option;

typedef struct Usage {
    const char   *synopsis; ///< behind the name: "[options] FILE..."
    const Option *options;  ///< ends with a row whose name is NULL
    const char   *notes;    ///< below the options; NULL: none
    ptrdiff_t     operands; ///< offset of a TextList in the command's struct
                            ///< for what is no option; -1: none are taken
} Usage;

/**
 * Parse a subcommand's line; --help prints the usage. A wrong line gets one
 * error line that names the nearest option there is.
 *
 * @param target the command's struct, its defaults set
 * @return -1 to go on, else the ExitStatus to end with
 */
int options_parse(const Usage *usage, void *target, int argc, char **argv);

void text_list_free(TextList *list);

/** The name among names that is nearest to text, NULL if none is near: for
 *  "did you mean". */
const char *nearest_name(const char *text, const char *const *names,
                         size_t nb);

#endif /* TOOLS_OPTIONS_H */
