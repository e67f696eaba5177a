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
 * report.json: the meeting for machines. There is no key in it.
 */

#ifndef TOOLS_REPORT_JSON_H
#define TOOLS_REPORT_JSON_H

#include <stdbool.h>

#include "event.h"
#include "room/room.h"

typedef struct JsonReport JsonReport;

/** @return NULL if there is no memory */
JsonReport *json_report_alloc(void);

void json_report_event(JsonReport *report, const Event *event);

/**
 * Write the report: under another name first, under its own once it is whole.
 *
 * @param held whether all expectations held
 * @return 0, or -1 after an error line
 */
int json_report_write(JsonReport *report, const Room *room, bool held,
                      const char *file);

void json_report_free(JsonReport **report);

#endif /* TOOLS_REPORT_JSON_H */
