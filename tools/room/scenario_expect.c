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

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "list.h"
#include "scenario_tables.h"

/** Where structs have what they are about. */
typedef struct About {
    size_t receiver, sender, kind; ///< offsets
    size_t size;
} About;

static const char *kind_choice(int value)
{
    return track_kind_name(value);
}

/* The nth name of a list as a copy; NULL inside for everybody. */
static int copy_name(JsonReader *r, const Node *list, size_t n, void *target,
                     size_t offset)
{
    Node name = list->json ? node_element(list, n) : *list;
    char *copy = name.json ? av_strdup(node_text(&name)) : NULL;

    (void)r;
    if (name.json && !copy)
        return no_memory();
    memcpy((char *)target + offset, &copy, sizeof(copy));
    return 0;
}

static int copy_kind(JsonReader *r, const Node *list, size_t n, void *target,
                     size_t offset)
{
    const Member choice = {
        .name = "track", .type = VALUE_CHOICE, .offset = offset,
        .size = sizeof(int), .max = KIND_NB - 1, .name_of = kind_choice,
    };
    Node name = list->json ? node_element(list, n) : *list;

    *(int *)((char *)target + offset) = -1;
    return name.json ? read_value(r, &name, &choice, target) : 0;
}

static size_t count(const Node *list)
{
    return list->json ? node_nb_elements(list) : 1;
}

/* One struct for each receiver, sender and kind; the given one is a model
 * without any, and a struct's names are its own. */
static int spread(JsonReader *r, const Node *node, const void *model,
                  const About *about, void *list, int *nb)
{
    Node receivers = node_member(node, "receiver");
    Node senders   = node_member(node, "sender");
    Node kinds     = node_member(node, "track");
    size_t nb_senders = count(&senders), nb_kinds = count(&kinds);
    int ret = 0;

    if ((receivers.json && (ret = check_participants(r, &receivers)) < 0) ||
        (senders.json && (ret = check_participants(r, &senders)) < 0))
        return ret;
    for (size_t i = 0;
         i < count(&receivers) * nb_senders * nb_kinds && ret >= 0; i++) {
        char *added = list_add(list, nb, about->size);

        if (!added)
            return no_memory();
        memcpy(added, model, about->size);
        if ((ret = copy_name(r, &receivers, i / nb_kinds / nb_senders, added,
                             about->receiver)) >= 0 &&
            (ret = copy_name(r, &senders, i / nb_kinds % nb_senders, added,
                             about->sender)) >= 0)
            ret = copy_kind(r, &kinds, i % nb_kinds, added, about->kind);
    }
    return ret;
}

/* Read by spread(). */
static int read_about(JsonReader *r, const Node *node, void *target)
{
    (void)r;
    (void)node;
    (void)target;
    return 0;
}

#define ABOUT \
    CALL("receiver", read_about, NULL), \
    CALL("sender", read_about, NULL), \
    CALL("track", read_about, NULL)

static const char *action_choice(int value)
{
    return server_action_name(value);
}

static const Member action_members[] = {
    CHOICE("do", ServerAction, type, 0, SERVER_ACTION_NB - 1, action_choice),
    RANGE("from", VALUE_TIME, ServerAction, span.from, 0, TIME_LIMIT),
    RANGE("to", VALUE_TIME, ServerAction, span.to, 0, TIME_LIMIT),
    ABOUT,
    RANGE("share", VALUE_SHARE, ServerAction, share, 0, 1),
    RANGE("layer", VALUE_INTEGER, ServerAction, layer, 0, 2),
    RANGE("delay", VALUE_TIME, ServerAction, delay, 1000, 60e6),
    RANGE("bytes", VALUE_INTEGER, ServerAction, nb_bytes, 1, 1000),
    { 0 },
};

/** The members that say more of an action, and which actions have them. */
static const struct {
    const char *name;
    unsigned    types; ///< bits
    bool        needed;
} more[] = {
    { "share", 1 << SERVER_DROP | 1 << SERVER_TAMPER | 1 << SERVER_REPLAY |
               1 << SERVER_STRIP, false },
    { "layer", 1 << SERVER_LAYER, true },
    { "delay", 1 << SERVER_HOLD, true },
    { "bytes", 1 << SERVER_STRIP, false },
};

static int begin_action(JsonReader *r, const Node *node, void *target)
{
    ServerAction *action = target;

    if (!json_object_get(node->json, "do"))
        return node_error(r, node, "an action of the server needs 'do': what "
                          "it does");
    action->share = 1;
    action->place = node_place(r, node);
    return 0;
}

static int end_action(JsonReader *r, const Node *node, void *target)
{
    const ServerAction *action = target;
    const char *name = server_action_name(action->type);

    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        Node member = node_member(node, more[i].name);
        bool fits   = more[i].types & 1 << action->type;

        if (member.json && !fits)
            return node_name_error(r, &member, "'%s' does not go with '%s'",
                                   more[i].name, name);
        if (!member.json && fits && more[i].needed)
            return node_error(r, node, "'%s' needs '%s'", name, more[i].name);
    }
    return check_span(r, node, action->span.from, action->span.to);
}

const ObjectType action_type = {
    "an action of the server", action_members, sizeof(ServerAction),
    begin_action, end_action,
};

int read_actions(JsonReader *r, const Node *node, void *target)
{
    static const About about = {
        offsetof(ServerAction, receiver), offsetof(ServerAction, sender),
        offsetof(ServerAction, kind), sizeof(ServerAction)
    };
    Scenario *s = target;
    int ret = 0;

    for (size_t i = 0; i < node_nb_elements(node) && ret >= 0; i++) {
        ServerAction action = { 0 };
        Node element = node_element(node, i);

        if ((ret = read_object(r, &element, &action_type, &action)) >= 0)
            ret = spread(r, &element, &action, &about, &s->actions,
                         &s->nb_actions);
    }
    return ret;
}

static const char *state_choice(int value)
{
    return state_name(value);
}

#define STATE(text, field) \
    CHOICE(text, Expectation, field, STATE_NONE + 1, STATE_NB - 1, state_choice)
#define SHARE(text, field) \
    RANGE(text, VALUE_SHARE, Expectation, field, 0, 1)

static const Member expectation_members[] = {
    ABOUT,
    RANGE("from", VALUE_TIME, Expectation, span.from, 0, TIME_LIMIT),
    RANGE("to", VALUE_TIME, Expectation, span.to, 0, TIME_LIMIT),
    MEMBER("never_opens", VALUE_FLAG, Expectation, never_opens),
    STATE("state", state),
    STATE("seen", seen),
    STATE("never", never),
    SHARE("opened", opened),
    SHARE("decoded", decoded),
    SHARE("identical", identical),
    RANGE("psnr", VALUE_NUMBER, Expectation, psnr, 0, 100),
    SHARE("ssim", ssim),
    RANGE("freeze", VALUE_TIME, Expectation, freeze, 0, TIME_LIMIT),
    { 0 },
};

static int begin_expectation(JsonReader *r, const Node *node, void *target)
{
    *(Expectation *)target = (Expectation){
        .kind = -1, .opened = -1, .decoded = -1, .identical = -1, .psnr = -1,
        .ssim = -1, .freeze = -1, .place = node_place(r, node),
    };
    return 0;
}

static int end_expectation(JsonReader *r, const Node *node, void *target)
{
    const Expectation *e = target;
    bool some = e->opened >= 0 || e->decoded >= 0 || e->identical >= 0 ||
                e->psnr >= 0 || e->ssim >= 0 || e->freeze >= 0;

    if (e->never_opens && some)
        return node_error(r, node, "what 'never_opens' has nothing else to "
                          "measure");
    if (!some && !e->never_opens && !e->state && !e->seen && !e->never)
        return node_error(r, node, "nothing is expected: add 'opened', "
                          "'state', 'never_opens', ...");
    return check_span(r, node, e->span.from, e->span.to);
}

const ObjectType expectation_type = {
    "an expectation", expectation_members, sizeof(Expectation),
    begin_expectation, end_expectation,
};

int read_expectations(JsonReader *r, const Node *node, void *target)
{
    static const About about = {
        offsetof(Expectation, receiver), offsetof(Expectation, sender),
        offsetof(Expectation, kind), sizeof(Expectation)
    };
    Scenario *s = target;
    int ret = 0;

    for (size_t i = 0; i < node_nb_elements(node) && ret >= 0; i++) {
        Expectation e = { 0 };
        Node element = node_element(node, i);

        if ((ret = read_object(r, &element, &expectation_type, &e)) >= 0)
            ret = spread(r, &element, &e, &about, &s->expectations,
                         &s->nb_expectations);
    }
    return ret;
}
