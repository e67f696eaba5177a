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
 * The members that objects of a scenario may have, as tables, and how their
 * values are written: in a file and on the command line alike.
 */

#ifndef TOOLS_ROOM_SCENARIO_VALUE_H
#define TOOLS_ROOM_SCENARIO_VALUE_H

#include <stddef.h>

struct JsonReader;
struct Node;
struct ObjectType;

typedef enum ValueType {
    VALUE_TEXT,    ///< char *, not empty
    VALUE_FILE,    ///< char *, relative to the scenario's directory
    VALUE_FLAG,    ///< bool
    VALUE_INTEGER, ///< any integer type
    VALUE_NUMBER,  ///< double
    VALUE_TIME,    ///< int64_t, microseconds; numbers are seconds
    VALUE_RATE,    ///< int64_t, bits a second
    VALUE_SHARE,   ///< double, 0 to 1; "5%"
    VALUE_SIZE,    ///< int[2], "1280x720"
    VALUE_CHOICE,  ///< int or an enum, by name_of()
    VALUE_LIST,    ///< pointer to objects, and behind it or at nb their number
    VALUE_CALL,    ///< read()
    VALUE_NB
} ValueType;

/** One member of an object. Limits are in the unit of the field. */
typedef struct Member {
    const char *name;
    ValueType   type;
    size_t      offset, size; ///< of the field
    double      min, max;
    const char *(*name_of)(int value); ///< of a choice from min to max
    const struct ObjectType *object;   ///< what is in the list, or in what
                                       ///< is read by read()
    size_t      nb;           ///< offset of a list's length
    int       (*read)(struct JsonReader *reader, const struct Node *node,
                      void *target);
} Member;

/** A kind of object. */
typedef struct ObjectType {
    const char   *what;       ///< "a track"
    const Member *members;    ///< ends with a row whose name is NULL
    size_t        size;       ///< of the struct
    int         (*begin)(struct JsonReader *reader, const struct Node *node,
                         void *target); ///< sets the defaults; NULL: zeroes
    int         (*end)(struct JsonReader *reader, const struct Node *node,
                       void *target);   ///< what no single member shows
} ObjectType;

/* Rows of such a table. */
#define MEMBER(text, value_type, Struct, field) \
    { .name = text, .type = value_type, .offset = offsetof(Struct, field), \
      .size = sizeof(((Struct *)0)->field) }
#define RANGE(text, value_type, Struct, field, least, most) \
    { .name = text, .type = value_type, .offset = offsetof(Struct, field), \
      .size = sizeof(((Struct *)0)->field), .min = least, .max = most }
#define CHOICE(text, Struct, field, first, last, names) \
    { .name = text, .type = VALUE_CHOICE, .offset = offsetof(Struct, field), \
      .size = sizeof(((Struct *)0)->field), .min = first, .max = last, \
      .name_of = names }
#define LIST(text, Struct, field, nb_field, of) \
    { .name = text, .type = VALUE_LIST, .offset = offsetof(Struct, field), \
      .nb = offsetof(Struct, nb_field), .object = &of }
#define CALL(text, function, of) \
    { .name = text, .type = VALUE_CALL, .read = function, .object = of }

/** The longest time that makes sense: a week. */
#define TIME_LIMIT 604800e6

/**
 * Set a field from a text or a number.
 *
 * @param[out] error what is wrong, in words that follow a place
 * @return 0, AVERROR(EINVAL), AVERROR(ENOMEM)
 */
int value_from_text(const Member *member, const char *text, void *target,
                    char *error, size_t size);
int value_from_number(const Member *member, double number, void *target,
                      char *error, size_t size);

/** Whether a number of the file is right for the type, not only a text. */
int value_takes_numbers(ValueType type);

/** What values of the type look like: "a time such as 1.5, \"250ms\"". */
const char *value_form(ValueType type);

/** The member of that name, NULL if there is none. */
const Member *member_find(const Member *members, const char *name);

/** The nearest name among the members, NULL if none is near. */
const char *member_nearest(const Member *members, const char *name);

/** The value that a choice's name stands for, -1 if it is none of them. */
int choice_find(const Member *member, const char *name);

/**
 * List the names of a choice: "vp8, vp9 or h264".
 */
void choice_list(const Member *member, char *text, size_t size);

#endif /* TOOLS_ROOM_SCENARIO_VALUE_H */
