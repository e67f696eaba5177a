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

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "list.h"
#include "report/log.h"
#include "scenario_json.h"

Node node_member(const Node *up, const char *name)
{
    return (Node){ { &up->path, name, 0 }, json_object_get(up->json, name) };
}

Node node_element(const Node *up, size_t index)
{
    if (!json_is_array(up->json))
        return *up;
    return (Node){ { &up->path, NULL, index },
                   json_array_get(up->json, index) };
}

size_t node_nb_elements(const Node *node)
{
    return json_is_array(node->json) ? json_array_size(node->json) : 1;
}

const char *node_text(const Node *node)
{
    return json_string_value(node->json);
}

Place node_place(const JsonReader *r, const Node *node)
{
    Place place;

    json_position(r->text, r->size, &node->path, false, &place.line,
                  &place.column);
    return place;
}

static void complain(const JsonReader *r, const Node *node, bool of_name,
                     const char *fmt, va_list args)
    __attribute__((format(printf, 4, 0)));

static void complain(const JsonReader *r, const Node *node, bool of_name,
                     const char *fmt, va_list args)
{
    char text[512];
    int line, column;

    json_position(r->text, r->size, &node->path, of_name, &line, &column);
    vsnprintf(text, sizeof(text), fmt, args);
    for (char *c = text; *c; c++)
        if ((uint8_t)*c < ' ' || *c == 0x7f)
            *c = '?'; /* one line, whatever the file's texts are */
    log_error("%s:%d:%d: %s", r->file, line, column, text);
}

int node_error(const JsonReader *r, const Node *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    complain(r, node, false, fmt, args);
    va_end(args);
    return AVERROR(EINVAL);
}

int node_name_error(const JsonReader *r, const Node *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    complain(r, node, true, fmt, args);
    va_end(args);
    return AVERROR(EINVAL);
}

int no_memory(void)
{
    log_error("not enough memory");
    return AVERROR(ENOMEM);
}

char *file_beside(const JsonReader *r, const char *name)
{
    return *name == '/' ? av_strdup(name)
                        : av_asprintf("%s%s", r->directory, name);
}

static int read_list(JsonReader *r, const Node *node, const Member *m,
                     void *target)
{
    char *list = (char *)target + m->offset;
    int  *nb   = (int *)((char *)target + m->nb);
    int ret = 0;

    for (size_t i = 0; i < node_nb_elements(node) && ret >= 0; i++) {
        Node element = node_element(node, i);
        void *added  = list_add(list, nb, m->object->size);

        ret = added ? read_object(r, &element, m->object, added)
                    : no_memory();
    }
    return ret;
}

static int read_file_name(JsonReader *r, const Node *node, const Member *m,
                          void *target)
{
    char **field = (char **)((char *)target + m->offset);

    if (!node_text(node) || !*node_text(node))
        return node_error(r, node, "'%s' is to be %s", m->name,
                          value_form(m->type));
    *field = file_beside(r, node_text(node));
    if (!*field)
        return no_memory();
    if (access(*field, R_OK))
        return node_error(r, node, "%s: %s; name a file that you may read, "
                          "from the scenario's directory on", *field,
                          strerror(errno));
    return 0;
}

int read_value(JsonReader *r, const Node *node, const Member *m, void *target)
{
    const char *text = node_text(node);
    char error[512];
    int ret;

    if (m->type == VALUE_CALL)
        return m->read(r, node, target);
    if (m->type == VALUE_LIST)
        return read_list(r, node, m, target);
    if (m->type == VALUE_FILE)
        return read_file_name(r, node, m, target);
    if (m->type == VALUE_FLAG && json_is_boolean(node->json)) {
        *(bool *)((char *)target + m->offset) = json_is_true(node->json);
        return 0;
    }
    if (json_is_number(node->json) && value_takes_numbers(m->type))
        ret = value_from_number(m, json_number_value(node->json), target,
                                error, sizeof(error));
    else if (text && m->type != VALUE_FLAG && m->type != VALUE_INTEGER &&
             m->type != VALUE_NUMBER)
        ret = value_from_text(m, text, target, error, sizeof(error));
    else
        return node_error(r, node, "'%s' is to be %s", m->name,
                          value_form(m->type));
    if (ret == AVERROR(ENOMEM))
        return no_memory();
    return ret < 0 ? node_error(r, node, "%s", error) : 0;
}

static int check_names(JsonReader *r, const Node *node, const ObjectType *type)
{
    const char *name, *near;
    json_t *value;

    json_object_foreach(node->json, name, value)
    {
        Node member = node_member(node, name);

        if (member_find(type->members, name))
            continue;
        near = member_nearest(type->members, name);
        if (near)
            return node_name_error(r, &member, "%s has no member '%s'; did "
                                   "you mean '%s'?", type->what, name, near);
        return node_name_error(r, &member, "%s has no member '%s'",
                               type->what, name);
    }
    return 0;
}

int read_object(JsonReader *r, const Node *node, const ObjectType *type,
                void *target)
{
    int ret;

    if (!json_is_object(node->json))
        return node_error(r, node, "%s is to be an object in braces",
                          type->what);
    if ((ret = check_names(r, node, type)) < 0 ||
        (type->begin && (ret = type->begin(r, node, target)) < 0))
        return ret;
    for (const Member *m = type->members; m->name && ret >= 0; m++) {
        Node member = node_member(node, m->name);

        if (member.json)
            ret = read_value(r, &member, m, target);
    }
    return ret >= 0 && type->end ? type->end(r, node, target) : ret;
}
