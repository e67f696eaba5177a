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
 * The command line of `e2ee-meeting run`.
 */

#ifndef TOOLS_RUN_OPTIONS_H
#define TOOLS_RUN_OPTIONS_H

#include "media/key.h"
#include "media/source.h"

typedef struct Media {
    char *file;
    bool  share;
} Media;

/** Somebody who is to join. */
typedef struct Attendee {
    char   *name;
    bool    joins;    ///< --join was given, not only --share or --key
    KeyKind key;
    char   *key_file; ///< for KEY_OWN
    Media **media;
    int     nb_media;
} Attendee;

typedef struct RunOptions {
    const char  *scheme;   ///< NULL: the filters' default
    const char  *key_file; ///< NULL: a fresh key
    const char  *report;   ///< NULL: none
    int          level;    ///< AV_LOG_*
    SourceSetup  media;
    Attendee   **attendees;
    int          nb_attendees;
} RunOptions;

/**
 * Parse; print the usage if that was asked for, or an error line.
 *
 * @param options all zero; to be freed in any case
 * @return -1 to go on, else the ExitStatus to end with
 */
int run_options_parse(RunOptions *options, int argc, char **argv);

void run_options_free(RunOptions *options);

#endif /* TOOLS_RUN_OPTIONS_H */
