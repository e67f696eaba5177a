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
 * Reads the objects of a JSON text into structs, by the tables of their
 * members, and tells what is wrong with its place.
 */

#ifndef TOOLS_ROOM_SCENARIO_JSON_H
#define TOOLS_ROOM_SCENARIO_JSON_H

#include <jansson.h>

#include "scenario.h"
#include "scenario_position.h"
#include "scenario_value.h"

typedef struct JsonReader {
    Scenario   *scenario;
    const char *file;
    char       *directory; ///< of the file; "": the current one
    const char *text;
    size_t      size;
    bool        sender_keys; ///< each sender seals with a key of its own
    int        *elements;    ///< of the list of participants, for each one:
                             ///< several may be told in one
    int         nb_elements;
} JsonReader;

/** A value and the way to it. */
typedef struct Node {
    JsonPath path;
    json_t  *json;         ///< NULL: there is none
} Node;

/** A member. Its name and up have to stay. */
Node node_member(const Node *up, const char *name);

/** The nth of an array. A value that is no array is its own only element. */
Node node_element(const Node *up, size_t index);

/** How many elements node_element() gives. */
size_t node_nb_elements(const Node *node);

/** @return the text, NULL if it is none */
const char *node_text(const Node *node);

Place node_place(const JsonReader *reader, const Node *node);

/** One error line. @return AVERROR(EINVAL) */
int node_error(const JsonReader *reader, const Node *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** The same at a member's name. */
int node_name_error(const JsonReader *reader, const Node *node, const char *fmt,
                    ...) __attribute__((format(printf, 3, 4)));

/**
 * Read an object: refuse members that are not in its table, then read what
 * is there in the table's order.
 *
 * @return 0 or a negative AVERROR, after an error line
 */
int read_object(JsonReader *reader, const Node *node, const ObjectType *type,
                void *target);

/** Read one value into the field of the target. */
int read_value(JsonReader *reader, const Node *node, const Member *member,
               void *target);

/** "the scenario's directory/name", to be freed; NULL: no memory. */
char *file_beside(const JsonReader *reader, const char *name);

/** AVERROR(ENOMEM), after an error line. */
int no_memory(void);

#endif /* TOOLS_ROOM_SCENARIO_JSON_H */
