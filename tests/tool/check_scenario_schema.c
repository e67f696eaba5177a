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

/* The parser's tables, the JSON Schema and the man page know the same
 * members and the same names of choices. */

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "room/scenario_tables.h"

#define MAX_PAGE 131072

static const struct {
    const char       *name; ///< in the schema's $defs; "": the schema itself
    const ObjectType *type;
    const char       *section; ///< of the man page
} objects[] = {
    { "",            &scenario_type,    ".SH THE MEETING"    },
    { "participant", &participant_type, ".SH PARTICIPANTS"   },
    { "track",       &track_type,       ".SH TRACKS"         },
    { "encoding",    &encoding_type,    ".SH TRACKS"         },
    { "network",     &netem_type,       ".SH NETWORK"        },
    { "gemodel",     &gemodel_type,     ".SS gemodel"        },
    { "key",         &key_type,         ".SH KEYS"           },
    { "key_change",  &key_event_type,   ".SS Changes of keys" },
    { "action",      &action_type,      ".SH SERVER"         },
    { "expectation", &expectation_type, ".SH EXPECTATIONS"   },
};

#define NB_OBJECTS (int)(sizeof(objects) / sizeof(objects[0]))

static FILE *open_source(const char *name)
{
    const char *top = getenv("top_srcdir");
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
    return fopen(path, "r");
}

static json_t *load_schema(void)
{
    FILE *f = open_source("tools/schemas/scenario.schema.json");
    json_error_t error;
    json_t *schema;

    ck_assert_ptr_nonnull(f);
    schema = json_loadf(f, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(schema != NULL, "%s", error.text);
    fclose(f);
    return schema;
}

static const json_t *properties(const json_t *schema, int object)
{
    const json_t *type = *objects[object].name ?
        json_object_get(json_object_get(schema, "$defs"),
                        objects[object].name) : schema;

    ck_assert_msg(json_is_false(json_object_get(type, "additionalProperties")),
                  "%s", objects[object].name);
    return json_object_get(type, "properties");
}

START_TEST(the_schema_has_the_members)
{
    json_t *schema = load_schema(), *value;
    const json_t *known = properties(schema, _i);
    const char *name;

    for (const Member *m = objects[_i].type->members; m->name; m++)
        ck_assert_msg(json_object_get(known, m->name), "%s: %s is not there",
                      objects[_i].name, m->name);
    json_object_foreach((json_t *)known, name, value)
    {
        ck_assert_msg(member_find(objects[_i].type->members, name),
                      "%s: %s is unknown", objects[_i].name, name);
        ck_assert_msg(json_string_value(json_object_get(value, "description")),
                      "%s: nothing is said of %s", objects[_i].name, name);
    }
    json_decref(schema);
}
END_TEST

static bool is_in(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!strcmp(json_string_value(json_array_get(list, i)), name))
            return true;
    return false;
}

START_TEST(the_schema_has_the_choices_and_limits)
{
    json_t *schema = load_schema();
    const json_t *known = properties(schema, _i);

    for (const Member *m = objects[_i].type->members; m->name; m++) {
        const json_t *own  = json_object_get(known, m->name);
        const json_t *list = json_object_get(own, "enum");
        const json_t *most = json_object_get(own, "maximum");

        if (m->name_of && list) {
            ck_assert_int_eq((int)json_array_size(list), m->max - m->min + 1);
            for (int i = m->min; i <= m->max; i++)
                ck_assert_msg(is_in(list, m->name_of(i)), "%s",
                              m->name_of(i));
        }
        if (m->type == VALUE_INTEGER || m->type == VALUE_NUMBER) {
            ck_assert_msg(json_number_value(most) == m->max, "%s", m->name);
            ck_assert_msg(json_number_value(json_object_get(own, "minimum")) ==
                          m->min, "%s", m->name);
        }
    }
    json_decref(schema);
}
END_TEST

START_TEST(the_man_page_has_the_members)
{
    static char page[MAX_PAGE];
    FILE *f = open_source("doc/e2ee-meeting-scenario.5");
    const char *section;

    ck_assert_ptr_nonnull(f);
    page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
    fclose(f);
    section = strstr(page, objects[_i].section);
    ck_assert_msg(section, "%s", objects[_i].section);
    for (const Member *m = objects[_i].type->members; m->name; m++) {
        const char *end = strstr(section + 1, "\n.SH"), *found;
        char row[64] = ".BR ";

        for (const char *c = m->name; *c; c++)
            snprintf(row + strlen(row), sizeof(row) - strlen(row), "%s%c",
                     *c == '-' ? "\\" : "", *c);
        snprintf(row + strlen(row), sizeof(row) - strlen(row), " ");
        found = strstr(section, row);
        ck_assert_msg(found && found < end, "%s: %s", objects[_i].section,
                      row);
    }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("scenario_schema", &tests);

    tcase_add_loop_test(tests, the_schema_has_the_members, 0, NB_OBJECTS);
    tcase_add_loop_test(tests, the_schema_has_the_choices_and_limits, 0,
                        NB_OBJECTS);
    tcase_add_loop_test(tests, the_man_page_has_the_members, 0, NB_OBJECTS);
    return run_suite(suite);
}
