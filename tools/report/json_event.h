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
 * One event as one line of JSON, the same in events.ndjson and report.json.
 */

#ifndef TOOLS_REPORT_JSON_EVENT_H
#define TOOLS_REPORT_JSON_EVENT_H

#include <jansson.h>

#include "event.h"

/**
 * What the event does not have is not in it. Events of type "state" are what
 * VideoSDK's onE2EEStateChanged reports, those of type "enabled" what
 * isE2EEEnabled would.
 *
 * @return NULL if there is no memory
 */
json_t *json_event(const Event *event);

#endif /* TOOLS_REPORT_JSON_EVENT_H */
