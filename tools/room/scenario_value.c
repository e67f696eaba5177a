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

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "options.h"
#include "scenario_value.h"

#define MAX_NAMES 64

typedef struct Unit {
    const char *name;
    double      factor, divisor;
} Unit;

static const Unit time_units[] = {
    { "h", 3600e6, 1 }, { "m", 60e6, 1 }, { "min", 60e6, 1 }, { "s", 1e6, 1 },
    { "ms", 1e3, 1 },   { "us", 1, 1 },   { "", 1e6, 1 },     { 0 },
};

/* tc's and ffmpeg's words; tc's "bps" are bytes a second, so it is none. */
static const Unit rate_units[] = {
    { "bit", 1, 1 },    { "kbit", 1e3, 1 },   { "mbit", 1e6, 1 },
    { "gbit", 1e9, 1 }, { "kibit", 1024, 1 }, { "mibit", 1048576, 1 },
    { "k", 1e3, 1 },    { "M", 1e6, 1 },      { "", 1, 1 },
    { 0 },
};

static const Unit share_units[] = { { "%", 1, 100 }, { "", 1, 1 }, { 0 } };
static const Unit plain_units[] = { { "", 1, 1 }, { 0 } };

/** How the values of a type are written. */
static const struct {
    const char *form;
    const Unit *units;  ///< NULL: no number
    bool        several; ///< units may follow each other: "1m30s"
    double      number; ///< what a bare number counts in
    const char *shown;  ///< for limits, in that unit
} types[VALUE_NB] = {
    [VALUE_TEXT]    = { .form = "a text in quotes" },
    [VALUE_FILE]    = { .form = "a file name" },
    [VALUE_FLAG]    = { .form = "true or false" },
    [VALUE_INTEGER] = { "a whole number", plain_units, false, 1, "" },
    [VALUE_NUMBER]  = { "a number", plain_units, false, 1, "" },
    [VALUE_TIME]    = { "a time such as 1.5 for seconds, \"250ms\" or "
                        "\"1m30s\"", time_units, true, 1e6, " s" },
    [VALUE_RATE]    = { "a rate such as 500000 for bits a second, \"500kbit\" "
                        "or \"2Mbit\"", rate_units, false, 1, " bit/s" },
    [VALUE_SHARE]   = { "a share such as 0.05 or \"5%\"", share_units, false,
                        1, "" },
    [VALUE_SIZE]    = { .form = "a size such as \"1280x720\"" },
    [VALUE_CHOICE]  = { .form = "one of the names" },
    [VALUE_LIST]    = { .form = "a list" },
};

const char *value_form(ValueType type)
{
    return types[type].form;
}

int value_takes_numbers(ValueType type)
{
    return types[type].units != NULL;
}

const Member *member_find(const Member *members, const char *name)
{
    for (; members->name; members++)
        if (!strcmp(members->name, name))
            return members;
    return NULL;
}

const char *member_nearest(const Member *members, const char *name)
{
    const char *names[MAX_NAMES];
    size_t nb = 0;

    for (; members->name && nb < MAX_NAMES; members++)
        names[nb++] = members->name;
    return nearest_name(name, names, nb);
}

int choice_find(const Member *m, const char *name)
{
    for (int i = m->min; i <= m->max; i++)
        if (!strcmp(m->name_of(i), name))
            return i;
    return -1;
}

void choice_list(const Member *m, char *text, size_t size)
{
    int last = m->max;

    *text = '\0';
    for (int i = m->min; i <= last; i++)
        av_strlcatf(text, size, "%s%s", m->name_of(i),
                    i == last ? "" : i == last - 1 ? " or " : ", ");
}

static const Unit *find_unit(const Unit *units, const char *name, size_t length)
{
    for (; units->name; units++)
        if (strlen(units->name) == length &&
            (!strncmp(units->name, name, length) ||
             (length > 1 && !strncasecmp(units->name, name, length))))
            return units;
    return NULL;
}

/* Plain decimal digits only: no exponent, no "inf", no hexadecimal. */
static bool parse_units(const Unit *units, bool several, const char *text,
                        double *value)
{
    bool minus = *text == '-';

    *value = 0;
    text += minus;
    do {
        size_t digits = strspn(text, "0123456789."), length;
        const Unit *unit;
        char number[32], *end;

        if (!digits || digits >= sizeof(number))
            return false;
        av_strlcpy(number, text, digits + 1);
        text += digits;
        length = strcspn(text, "-.0123456789");
        unit   = find_unit(units, text, length);
        if (!unit || !strcmp(number, "."))
            return false;
        *value += strtod(number, &end) * unit->factor / unit->divisor;
        if (*end)
            return false;
        text += length;
    } while (*text && several);
    if (minus)
        *value = -*value;
    return !*text;
}

static void store(const Member *m, void *target, double value)
{
    void *field = (char *)target + m->offset;

    if (m->type == VALUE_NUMBER || m->type == VALUE_SHARE)
        *(double *)field = value;
    else if (m->size == sizeof(int64_t))
        *(int64_t *)field = llrint(value);
    else
        *(int *)field = (int)llrint(value);
}

int value_from_number(const Member *m, double number, void *target,
                      char *error, size_t size)
{
    double unit = types[m->type].number, value = number * unit;

    if (m->type == VALUE_INTEGER && number != floor(number)) {
        snprintf(error, size, "'%s' is to be a whole number, not %g", m->name,
                 number);
        return AVERROR(EINVAL);
    }
    if (!(value >= m->min && value <= m->max)) {
        snprintf(error, size,
                 "'%s' is to be from %.10g to %.10g%s, not %.10g%s", m->name,
                 m->min / unit, m->max / unit, types[m->type].shown, number,
                 m->type == VALUE_SHARE && number > 1 ?
                 "; 5% is \"5%\" or 0.05" : "");
        return AVERROR(EINVAL);
    }
    store(m, target, value);
    return 0;
}

static int set_text(const Member *m, const char *text, void *target)
{
    char **field = (char **)((char *)target + m->offset);

    av_freep(field);
    *field = av_strdup(text);
    return *field ? 0 : AVERROR(ENOMEM);
}

/* Encoders of 4:2:0 want even numbers. */
static bool set_size(const Member *m, const char *text, void *target)
{
    int *field = (int *)((char *)target + m->offset);
    int width, height, end = 0;

    if (sscanf(text, "%5dx%5d%n", &width, &height, &end) != 2 || text[end] ||
        strspn(text, "0123456789x") != strlen(text) || width % 2 ||
        height % 2 || FFMIN(width, height) < m->min ||
        FFMAX(width, height) > m->max)
        return false;
    field[0] = width;
    field[1] = height;
    return true;
}

static int set_choice(const Member *m, const char *text, void *target,
                      char *error, size_t size)
{
    const char *names[MAX_NAMES], *near;
    char list[512];
    int value = choice_find(m, text);
    size_t nb = 0;

    if (value >= 0) {
        store(m, target, value);
        return 0;
    }
    for (int i = m->min; i <= m->max; i++)
        names[nb++] = m->name_of(i);
    near = nearest_name(text, names, nb);
    choice_list(m, list, sizeof(list));
    if (near)
        snprintf(error, size, "'%s' cannot be '%s'; did you mean '%s'?",
                 m->name, text, near);
    else
        snprintf(error, size, "'%s' cannot be '%s'; choose %s", m->name, text,
                 list);
    return AVERROR(EINVAL);
}

int value_from_text(const Member *m, const char *text, void *target,
                    char *error, size_t size)
{
    const Unit *units = types[m->type].units;
    double value;

    if (m->type == VALUE_CHOICE)
        return set_choice(m, text, target, error, size);
    if ((m->type == VALUE_TEXT || m->type == VALUE_FILE) && *text)
        return set_text(m, text, target);
    if (m->type == VALUE_SIZE && set_size(m, text, target))
        return 0;
    if (units && parse_units(units, types[m->type].several, text, &value))
        return value_from_number(m, value / types[m->type].number, target,
                                 error, size);
    if (m->type == VALUE_SIZE)
        snprintf(error, size, "'%s' is to be a size such as \"1280x720\", "
                 "even, from %g to %g, not '%s'", m->name, m->min, m->max,
                 text);
    else if (!*text)
        snprintf(error, size, "'%s' is empty", m->name);
    else
        snprintf(error, size, "'%s' is to be %s, not '%s'", m->name,
                 types[m->type].form, text);
    return AVERROR(EINVAL);
}
