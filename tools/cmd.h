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
 * The subcommands and the exit statuses that they share.
 */

#ifndef TOOLS_CMD_H
#define TOOLS_CMD_H

enum ExitStatus {
    EXIT_HELD        = 0,   ///< every expectation held
    EXIT_NOT_HELD    = 1,   ///< an expectation did not hold; not all opened
    EXIT_BAD_INPUT   = 2,   ///< bad usage or bad input
    EXIT_NOTHING     = 3,   ///< nothing could be opened
    EXIT_INTERRUPTED = 130, ///< stopped by SIGINT or SIGTERM
};

/**
 * A subcommand: gets its own name as argv[0], returns an ExitStatus.
 */
int cmd_lint(int argc, char **argv);
int cmd_open(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_streams(int argc, char **argv);
int cmd_summary(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_why(int argc, char **argv);

#endif /* TOOLS_CMD_H */
