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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "list.h"
#include "scenario_tables.h"

/** Where a key comes from; one of them. Owned. */
typedef struct KeyOrigin {
    char *file;
    char *environment;
    char *seed;        ///< made from the meeting's seed, by this name
} KeyOrigin;

static const Member origin_members[] = {
    MEMBER("file", VALUE_FILE, KeyOrigin, file),
    MEMBER("environment", VALUE_TEXT, KeyOrigin, environment),
    MEMBER("seed", VALUE_TEXT, KeyOrigin, seed),
    { 0 },
};

static int end_origin(JsonReader *r, const Node *node, void *target)
{
    const KeyOrigin *origin = target;

    if (json_object_size(node->json) != 1)
        return node_error(r, node, "a key is of one 'file', 'environment' or "
                          "'seed'");
    if (origin->environment && !getenv(origin->environment))
        return node_error(r, node, "there is no environment variable %s; put "
                          "a passphrase or a key file's line into it",
                          origin->environment);
    return 0;
}

const ObjectType key_type = {
    .what = "a key", .members = origin_members, .size = sizeof(KeyOrigin),
    .end = end_origin,
};

/* Keys refer to names; the scenario keeps these. */
static const char *keep_name(Scenario *s, char **name)
{
    char **kept = list_add(&s->key_names, &s->nb_key_names, sizeof(*kept));

    if (kept) {
        *kept = *name;
        *name = NULL;
    }
    return kept ? *kept : NULL;
}

static int make_key(JsonReader *r, Key *key, KeyKind kind, const char *what,
                    const char *of)
{
    char name[128];

    snprintf(name, sizeof(name), "%s %s", what, of);
    return key_from_seed(key, kind, r->scenario->seed, name) < 0 ? no_memory()
                                                                 : 0;
}

static int read_origin(JsonReader *r, const Node *node, KeyKind kind, Key *key)
{
    KeyOrigin origin = { 0 };
    const char *name = NULL;
    int ret = read_object(r, node, &key_type, &origin);

    if (ret < 0)
        goto end;
    if (origin.seed) {
        ret = make_key(r, key, kind, "seed", origin.seed);
    } else {
        bool is_file = origin.file;

        name = keep_name(r->scenario, is_file ? &origin.file
                                              : &origin.environment);
        ret = !name     ? no_memory()
              : is_file ? key_from_file(key, kind, name)
                        : key_from_environment(key, kind, name);
    }

end:
    av_free(origin.file);
    av_free(origin.environment);
    av_free(origin.seed);
    return ret;
}

int read_room_key(JsonReader *r, const Node *node, void *target)
{
    Scenario *s = target;

    if (s->key.kind != KEY_NONE)
        return 0; /* the command line's */
    return read_origin(r, node, KEY_ROOM, &s->key);
}

/* A key in one word, or where it comes from. */
static int read_key(JsonReader *r, const Node *node, const char *wrong,
                    const char *of, Key *key)
{
    const char *text = node_text(node);

    if (!text && json_is_object(node->json))
        return read_origin(r, node, KEY_OWN, key);
    if (text && !strcmp(text, "room"))
        *key = r->scenario->key;
    else if (text && !strcmp(text, "none"))
        *key = (Key){ .kind = KEY_NONE };
    else if (text && !strcmp(text, "wrong"))
        return make_key(r, key, KEY_WRONG, wrong, of);
    else
        return node_error(r, node, "a key is \"room\", \"none\", \"wrong\" or "
                          "an object with 'file', 'environment' or 'seed'");
    return 0;
}

/* Behind those of the same time. */
static int add_event(ParticipantPlan *p, const KeyEvent *event,
                     const char *sender)
{
    KeyEvent *added = list_add(&p->key_events, &p->nb_key_events,
                               sizeof(*added));
    char *copy = sender ? av_strdup(sender) : NULL;

    if (!added || (sender && !copy)) {
        av_free(copy);
        return no_memory();
    }
    for (; added > p->key_events && added[-1].time > event->time; added--)
        *added = added[-1];
    *added        = *event;
    added->sender = copy;
    return 0;
}

int read_participant_key(JsonReader *r, const Node *participant,
                         ParticipantPlan *p)
{
    Node key  = node_member(participant, "key");
    Node at   = node_member(participant, "key_at");
    Node own  = node_member(participant, "sender_key");
    const Member time = RANGE("key_at", VALUE_TIME, KeyEvent, time, 0,
                              TIME_LIMIT);
    KeyEvent event = { .type = KEY_EVENT_SET };
    int ret = key.json ? read_key(r, &key, "wrong", p->name, &p->key) : 0;

    if (ret < 0)
        return ret;
    if (own.json && !r->sender_keys)
        return node_name_error(r, &own, "'sender_key' is for meetings with "
                               "'sender_keys'");
    if (p->key.kind == KEY_OWN && r->sender_keys)
        return node_error(r, &key, "with 'sender_keys' this is \"room\", "
                          "\"none\" or \"wrong\"; the own key is "
                          "'sender_key'");
    if (!at.json)
        return 0;
    if (p->key.kind == KEY_NONE)
        return node_name_error(r, &at, "'key_at' is for who gets a key");
    event.place = node_place(r, &at);
    event.key   = p->key;
    p->key      = (Key){ .kind = KEY_NONE };
    if ((ret = read_value(r, &at, &time, &event)) >= 0)
        ret = add_event(p, &event, NULL);
    key_wipe(&event.key);
    return ret;
}

static bool takes_keys(const ParticipantPlan *p)
{
    return p->key.kind == KEY_ROOM || p->key.kind == KEY_OWN ||
           (p->nb_key_events && p->key_events[0].key.kind != KEY_WRONG);
}

/* What everybody seals with, in the order of the participants. */
static int make_sender_keys(JsonReader *r, const Node *participants, Key *keys)
{
    const Scenario *s = r->scenario;
    int ret = 0;

    for (int i = 0; i < s->nb_participants && ret >= 0; i++) {
        Node element = node_element(participants, r->elements[i]);
        Node own     = node_member(&element, "sender_key");

        ret = own.json ? read_origin(r, &own, KEY_OWN, &keys[i])
                       : make_key(r, &keys[i], KEY_OWN, "sender",
                                  s->participants[i].name);
    }
    return ret;
}

static int give_sender_keys(const Scenario *s, int receiver, const Key *keys)
{
    ParticipantPlan *p = &s->participants[receiver];
    KeyEvent event = { .type = KEY_EVENT_SET, .place = p->place };
    int ret = 0;

    if (p->nb_key_events)
        event.time = p->key_events[0].time;
    *(p->nb_key_events ? &p->key_events[0].key : &p->key) = keys[receiver];
    for (int i = 0; i < s->nb_participants && ret >= 0; i++) {
        event.key = keys[i];
        if (i != receiver)
            ret = add_event(p, &event, s->participants[i].name);
    }
    key_wipe(&event.key);
    return ret;
}

int spread_sender_keys(JsonReader *r, const Node *participants)
{
    const Scenario *s = r->scenario;
    Key *keys = av_calloc(FFMAX(s->nb_participants, 1), sizeof(*keys));
    int ret;

    if (!keys)
        return no_memory();
    ret = make_sender_keys(r, participants, keys);
    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        if (takes_keys(&s->participants[i]))
            ret = give_sender_keys(s, i, keys);
    for (int i = 0; i < s->nb_participants; i++)
        key_wipe(&keys[i]);
    av_free(keys);
    return ret;
}

static const char *event_choice(int value)
{
    return key_event_name(value);
}

/* What is told beside these is read by name: it fits some events only. */
static int read_elsewhere(JsonReader *r, const Node *node, void *target)
{
    (void)r;
    (void)node;
    (void)target;
    return 0;
}

static const Member event_members[] = {
    RANGE("at", VALUE_TIME, KeyEvent, time, 0, TIME_LIMIT),
    CHOICE("do", KeyEvent, type, 0, KEY_EVENT_NB - 1, event_choice),
    RANGE("index", VALUE_INTEGER, KeyEvent, index, 0, 255),
    CALL("key", read_elsewhere, &key_type),
    CALL("participants", read_elsewhere, NULL),
    CALL("delays", read_elsewhere, NULL),
    CALL("sender", read_elsewhere, NULL),
    { 0 },
};

/** The members that say more of an event, and which events have them. */
static const struct {
    const char *name;
    unsigned    types; ///< bits
} more[] = {
    { "index",  1 << KEY_EVENT_SET | 1 << KEY_EVENT_ADD | 1 << KEY_EVENT_USE },
    { "key",    1 << KEY_EVENT_SET | 1 << KEY_EVENT_ADD },
    { "sender", 1 << KEY_EVENT_SET | 1 << KEY_EVENT_ADD },
};

static int begin_event(JsonReader *r, const Node *node, void *target)
{
    static const char *const needed[] = { "at", "do" };

    ((KeyEvent *)target)->place = node_place(r, node);
    for (int i = 0; i < 2; i++)
        if (!json_object_get(node->json, needed[i]))
            return node_error(r, node, "a change of keys needs '%s'",
                              needed[i]);
    return 0;
}

static int end_event(JsonReader *r, const Node *node, void *target)
{
    const KeyEvent *event = target;

    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        Node member = node_member(node, more[i].name);

        if (member.json && !(more[i].types & 1 << event->type))
            return node_name_error(r, &member, "'%s' does not go with '%s'",
                                   more[i].name, key_event_name(event->type));
    }
    return 0;
}

const ObjectType key_event_type = {
    "a change of keys", event_members, sizeof(KeyEvent), begin_event,
    end_event,
};

/** One element of "keys" and whom it concerns. */
typedef struct KeyChange {
    Node     node;
    KeyEvent event;
    char     label[32];  ///< of a key made for it
    const bool *takers;  ///< who has keys at all, by participant
    const char *sender;  ///< NULL: everybody's key
} KeyChange;

/* Only for who is in the list; without one for who has keys. */
static bool concerns(const KeyChange *c, const Scenario *s, int participant)
{
    Node list = node_member(&c->node, "participants");
    bool keys = c->event.type <= KEY_EVENT_REMOVE;

    for (size_t i = 0; list.json && i < node_nb_elements(&list); i++) {
        Node name = node_element(&list, i);

        if (!strcmp(node_text(&name), s->participants[participant].name))
            return true;
    }
    return !list.json && (!keys || c->takers[participant]);
}

static int read_delay(JsonReader *r, const KeyChange *c, const char *name,
                      KeyEvent *event)
{
    const Member time = RANGE("delays", VALUE_TIME, KeyEvent, time,
                              -TIME_LIMIT, TIME_LIMIT);
    Node delays = node_member(&c->node, "delays");
    Node delay  = node_member(&delays, name);
    int ret;

    if (!delay.json)
        return 0;
    if ((ret = read_value(r, &delay, &time, event)) < 0)
        return ret;
    event->time += c->event.time;
    if (event->time < 0)
        return node_error(r, &delay, "this is before the meeting");
    return 0;
}

/* Everybody gets the same new key, but wrong ones. */
static int read_event_key(JsonReader *r, const KeyChange *c, const char *name,
                          Key *key)
{
    Node node = node_member(&c->node, "key");
    char wrong[64];

    if (c->event.type != KEY_EVENT_SET && c->event.type != KEY_EVENT_ADD)
        return 0;
    if (!node.json)
        return make_key(r, key, KEY_ROOM, "change", c->label);
    if (node_text(&node) && !strcmp(node_text(&node), "none"))
        return node_error(r, &node, "to take keys away, 'do' is \"remove\"");
    snprintf(wrong, sizeof(wrong), "wrong %s", c->label);
    return read_key(r, &node, wrong, name, key);
}

static int change_key(JsonReader *r, const KeyChange *c, ParticipantPlan *p)
{
    KeyEvent event = c->event;
    int ret;

    if ((ret = read_delay(r, c, p->name, &event)) >= 0 &&
        (ret = read_event_key(r, c, p->name, &event.key)) >= 0)
        ret = add_event(p, &event, c->sender);
    key_wipe(&event.key);
    return ret;
}

static int check_delays(JsonReader *r, const Node *node)
{
    const char *name;
    json_t *value;

    if (node->json && !json_is_object(node->json))
        return node_error(r, node, "'delays' is to be an object of "
                          "participants and times");
    json_object_foreach(node->json, name, value)
    {
        Node delay = node_member(node, name);

        if (scenario_find(r->scenario, name) < 0)
            return node_name_error(r, &delay, "there is no participant '%s'",
                                   name);
    }
    return 0;
}

static int check_sender(JsonReader *r, const KeyChange *c, const Node *sender)
{
    bool with_key = c->event.type == KEY_EVENT_SET ||
                    c->event.type == KEY_EVENT_ADD;

    if (sender->json && !node_text(sender))
        return node_error(r, sender, "'sender' is to be a participant's name");
    if (sender->json)
        return check_participants(r, sender);
    if (r->sender_keys && with_key)
        return node_error(r, &c->node, "with 'sender_keys', say with 'sender' "
                          "whose key it is");
    return 0;
}

static int read_change(JsonReader *r, const Node *node, size_t number,
                       const bool *takers)
{
    const Scenario *s = r->scenario;
    KeyChange c = { *node, .takers = takers };
    Node sender, names, delays;
    int ret;

    if ((ret = read_object(r, node, &key_event_type, &c.event)) < 0)
        return ret;
    sender   = node_member(node, "sender");
    names    = node_member(node, "participants");
    delays   = node_member(node, "delays");
    c.sender = node_text(&sender);
    snprintf(c.label, sizeof(c.label), "%zu", number);
    if ((ret = check_sender(r, &c, &sender)) < 0 ||
        (names.json && (ret = check_participants(r, &names)) < 0) ||
        (ret = check_delays(r, &delays)) < 0)
        return ret;
    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        if (concerns(&c, s, i))
            ret = change_key(r, &c, &s->participants[i]);
    return ret;
}

int read_key_changes(JsonReader *r, const Node *node, void *target)
{
    const Scenario *s = target;
    bool *takers = av_calloc(FFMAX(s->nb_participants, 1), sizeof(*takers));
    int ret = takers ? 0 : no_memory();

    for (int i = 0; i < s->nb_participants && takers; i++)
        takers[i] = takes_keys(&s->participants[i]);
    for (size_t i = 0; i < node_nb_elements(node) && ret >= 0; i++) {
        Node element = node_element(node, i);

        ret = read_change(r, &element, i, takers);
    }
    av_free(takers);
    return ret;
}
