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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "list.h"
#include "options.h"
#include "report/log.h"
#include "scenario_tables.h"

#define MAX_FILE_SIZE 16777216 /* more is no scenario */
#define MAX_NAME 32
#define MAX_SEED 9007199254740992.0 /* numbers of JSON are exact up to it */
#define MAX_COUNT 1000
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
                        "abcdefghijklmnopqrstuvwxyz0123456789._-"

bool name_is_good(const char *name)
{
    size_t length = strlen(name);

    return length && length <= MAX_NAME &&
           strspn(name, NAME_CHARACTERS) == length;
}

int check_span(JsonReader *r, const Node *node, int64_t from, int64_t to)
{
    Node member = node_member(node, "to");

    if (member.json && to <= from)
        return node_error(r, &member, "'to' is to be after 'from'");
    return 0;
}

static int stranger(JsonReader *r, const Node *node)
{
    const Scenario *s = r->scenario;
    const char **names = av_calloc(FFMAX(s->nb_participants, 1),
                                   sizeof(*names));
    const char *near;

    if (!names)
        return no_memory();
    for (int i = 0; i < s->nb_participants; i++)
        names[i] = s->participants[i].name;
    near = nearest_name(node_text(node), names, s->nb_participants);
    av_free(names);
    if (near)
        return node_error(r, node, "there is no participant '%s'; did you mean "
                          "'%s'?", node_text(node), near);
    return node_error(r, node, "there is no participant '%s'",
                      node_text(node));
}

int check_participants(JsonReader *r, const Node *node)
{
    for (size_t i = 0; i < node_nb_elements(node); i++) {
        Node name = node_element(node, i);

        if (!node_text(&name))
            return node_error(r, &name, "this is to be the name of a "
                              "participant");
        if (scenario_find(r->scenario, node_text(&name)) < 0)
            return stranger(r, &name);
    }
    return 0;
}

/* Read with the participant's other keys. */
static int read_with_key(JsonReader *r, const Node *node, void *target)
{
    (void)r;
    (void)node;
    (void)target;
    return 0;
}

/* Both directions at once. */
static int read_both(JsonReader *r, const Node *node, void *target)
{
    static const Member directions[] = {
        LIST("network", ParticipantPlan, uplink, nb_uplink, netem_type),
        LIST("network", ParticipantPlan, downlink, nb_downlink, netem_type),
    };
    int ret = read_value(r, node, &directions[0], target);

    return ret < 0 ? ret : read_value(r, node, &directions[1], target);
}

static const Member participant_members[] = {
    CALL("name", read_with_key, NULL),
    CALL("count", read_with_key, NULL),
    RANGE("join", VALUE_TIME, ParticipantPlan, present.from, 0, TIME_LIMIT),
    RANGE("leave", VALUE_TIME, ParticipantPlan, present.to, 0, TIME_LIMIT),
    CALL("key", read_with_key, &key_type),
    CALL("key_at", read_with_key, NULL),
    CALL("sender_key", read_with_key, &key_type),
    MEMBER("e2ee", VALUE_FLAG, ParticipantPlan, e2ee),
    MEMBER("discard_not_ready", VALUE_FLAG, ParticipantPlan, discard_not_ready),
    MEMBER("options", VALUE_TEXT, ParticipantPlan, options),
    CALL("network", read_both, &netem_type),
    LIST("uplink", ParticipantPlan, uplink, nb_uplink, netem_type),
    LIST("downlink", ParticipantPlan, downlink, nb_downlink, netem_type),
    LIST("tracks", ParticipantPlan, tracks, nb_tracks, track_type),
    MEMBER("receives", VALUE_FLAG, ParticipantPlan, receives),
    { 0 },
};

static int end_participant(JsonReader *r, const Node *node, void *target)
{
    ParticipantPlan *p = target;
    Node both  = node_member(node, "network");
    Node leave = node_member(node, "leave");

    if (both.json && (json_object_get(node->json, "uplink") ||
                      json_object_get(node->json, "downlink")))
        return node_name_error(r, &both, "say 'network' for both directions, "
                               "or 'uplink' and 'downlink'");
    if (leave.json && p->present.to <= p->present.from)
        return node_error(r, &leave, "'leave' is to be after 'join'");
    return read_participant_key(r, node, p);
}

const ObjectType participant_type = {
    .what = "a participant", .members = participant_members,
    .size = sizeof(ParticipantPlan), .end = end_participant,
};

static int add_participant(JsonReader *r, const Node *node, const char *name,
                           size_t element)
{
    Scenario *s = r->scenario;
    int *number, added;

    if (scenario_find(s, name) >= 0) {
        Node member = node_member(node, "name");

        return node_error(r, &member, "there is a participant '%s' already",
                          name);
    }
    added  = scenario_add_participant(s, name);
    number = list_add(&r->elements, &r->nb_elements, sizeof(*number));
    if (added < 0 || !number)
        return no_memory();
    *number = element;
    s->participants[added].place = node_place(r, node);
    return read_object(r, node, &participant_type, &s->participants[added]);
}

/* One participant, or with a count as many that are told apart by a number
 * behind the name. */
static int read_participant(JsonReader *r, const Node *node, size_t element)
{
    const Member number = {
        .name = "count", .type = VALUE_INTEGER, .size = sizeof(int), .min = 1,
        .max = MAX_COUNT,
    };
    Node name  = node_member(node, "name");
    Node count = node_member(node, "count");
    const char *text = node_text(&name);
    char numbered[64];
    int nb = 1, ret = 0;

    if (!json_is_object(node->json))
        return node_error(r, node, "a participant is to be an object in "
                          "braces");
    if (!name.json)
        return node_error(r, node, "a participant needs a 'name'");
    if (count.json && (ret = read_value(r, &count, &number, &nb)) < 0)
        return ret;
    if (text)
        snprintf(numbered, sizeof(numbered), count.json ? "%s%d" : "%s", text,
                 nb);
    if (!text || !name_is_good(numbered))
        return node_error(r, &name, "a 'name' is 1 to %d letters, digits, "
                          ". _ -", MAX_NAME);
    for (int i = 1; i <= nb && ret >= 0; i++) {
        snprintf(numbered, sizeof(numbered), count.json ? "%s%d" : "%s", text,
                 i);
        ret = add_participant(r, node, numbered, element);
    }
    return ret;
}

static int read_participants(JsonReader *r, const Node *node, void *target)
{
    int ret = scenario_room_key(target);

    if (ret < 0)
        return no_memory();
    for (size_t i = 0; i < node_nb_elements(node) && ret >= 0; i++) {
        Node element = node_element(node, i);

        ret = read_participant(r, &element, i);
    }
    return ret >= 0 && r->sender_keys ? spread_sender_keys(r, node) : ret;
}

static int read_note(JsonReader *r, const Node *node, void *target)
{
    (void)target;
    return node_text(node) ? 0 : node_error(r, node, "this is to be a text");
}

static int read_version(JsonReader *r, const Node *node, void *target)
{
    const Member version = RANGE("version", VALUE_INTEGER, Scenario, seed, 1,
                                 SCENARIO_VERSION);
    Scenario given = { 0 };

    (void)target;
    return read_value(r, node, &version, &given);
}

static int read_seed(JsonReader *r, const Node *node, void *target)
{
    const Member seed = RANGE("seed", VALUE_INTEGER, Scenario, seed, 0,
                              MAX_SEED);
    Scenario given = { 0 }, *s = target;
    int ret = read_value(r, node, &seed, &given);

    if (!s->seed_given)
        s->seed = given.seed;
    return ret;
}

static int read_video_codec(JsonReader *r, const Node *node, void *target)
{
    return read_codec(r, node, &((Scenario *)target)->video_codec);
}

static int read_sender_keys(JsonReader *r, const Node *node, void *target)
{
    const Member flag = MEMBER("sender_keys", VALUE_FLAG, JsonReader,
                               sender_keys);

    (void)target;
    return read_value(r, node, &flag, r);
}

/* In the order in which things build on each other. */
static const Member scenario_members[] = {
    CALL("$schema", read_note, NULL),
    CALL("version", read_version, NULL),
    MEMBER("name", VALUE_TEXT, Scenario, name),
    CALL("description", read_note, NULL),
    CALL("seed", read_seed, NULL),
    RANGE("duration", VALUE_TIME, Scenario, duration, 1e4, TIME_LIMIT),
    MEMBER("scheme", VALUE_TEXT, Scenario, scheme),
    MEMBER("options", VALUE_TEXT, Scenario, options),
    MEMBER("packets", VALUE_FLAG, Scenario, packets),
    CHOICE("srtp", Scenario, srtp, 0, SRTP_PROFILE_NB - 1, srtp_choice),
    RANGE("mtu", VALUE_INTEGER, Scenario, mtu, 200, 65000),
    CALL("codec", read_video_codec, NULL),
    RANGE("jitter_buffer", VALUE_TIME, Scenario, jitter, 0, 60e6),
    MEMBER("nack", VALUE_FLAG, Scenario, nack),
    LIST("network", Scenario, network, nb_network, netem_type),
    CHOICE("sfu", Scenario, sfu, 0, SFU_NB - 1, sfu_choice),
    CALL("key", read_room_key, &key_type),
    CALL("sender_keys", read_sender_keys, NULL),
    CALL("participants", read_participants, &participant_type),
    CALL("keys", read_key_changes, &key_event_type),
    CALL("server", read_actions, &action_type),
    CALL("expect", read_expectations, &expectation_type),
    { 0 },
};

const ObjectType scenario_type = {
    .what = "the scenario", .members = scenario_members,
    .size = sizeof(Scenario),
};

const char *sfu_choice(int value)
{
    return sfu_name(value);
}

const char *srtp_choice(int value)
{
    return srtp_profile_name(value);
}

static int load_text(const char *file, char **text, size_t *size)
{
    FILE *f = fopen(file, "rb");
    int ret = 0;

    *text = NULL;
    *size = 0;
    if (!f || !(*text = av_malloc(MAX_FILE_SIZE))) {
        ret = f ? no_memory() : AVERROR(errno);
    } else {
        *size = fread(*text, 1, MAX_FILE_SIZE, f);
        if (ferror(f))
            ret = AVERROR(errno);
        else if (*size == MAX_FILE_SIZE)
            ret = AVERROR(EFBIG);
    }
    if (ret < 0 && ret != AVERROR(ENOMEM))
        log_error("%s: %s; name a scenario file that you may read", file,
                  av_err2str(ret));
    if (f)
        fclose(f);
    return ret;
}

/* Jansson stands behind the token that it does not like. */
static int syntax_error(const JsonReader *r, const json_error_t *error)
{
    const char *near = strstr(error->text, " near '"), *end = NULL;
    size_t length;
    int column = error->column;

    if (errno == ENOMEM) /* which Jansson takes for an error of the text */
        return no_memory();
    if (near)
        end = strrchr(near += strlen(" near '"), '\'');
    length = end && end > near ? end - near : 0;
    if (length && (size_t)error->position >= length &&
        (size_t)error->position <= r->size &&
        !memcmp(r->text + error->position - length, near, length))
        for (size_t i = 0; i < length; i++)
            column -= ((uint8_t)near[i] & 0xc0) != 0x80 && i;
    if (json_error_code(error) == json_error_duplicate_key && length > 1)
        log_error("%s:%d:%d: %.*s is there twice; leave one", r->file,
                  error->line, FFMAX(column, 1), (int)length, near);
    else
        log_error("%s:%d:%d: %s", r->file, error->line, FFMAX(column, 1),
                  error->text);
    return AVERROR(EINVAL);
}

static int read_text(JsonReader *r)
{
    json_error_t error;
    Node root;
    int ret;

    errno = 0;
    root  = (Node){ .json = json_loadb(r->text, r->size,
                                       JSON_REJECT_DUPLICATES, &error) };
    ret   = root.json ? read_object(r, &root, &scenario_type, r->scenario)
                      : syntax_error(r, &error);

    json_decref(root.json);
    return ret;
}

int scenario_read_text(Scenario *scenario, const char *file, const char *text,
                       size_t size)
{
    const char *slash = strrchr(file, '/');
    JsonReader r = { .scenario = scenario, .file = file, .text = text,
                     .size = size };
    int ret;

    r.directory    = av_strndup(file, slash ? slash + 1 - file : 0);
    scenario->file = av_strdup(file);
    ret = r.directory && scenario->file ? read_text(&r) : no_memory();
    av_free(r.elements);
    av_free(r.directory);
    return ret;
}

int scenario_read(Scenario *scenario, const char *file)
{
    size_t size = 0;
    char *text;
    int ret = load_text(file, &text, &size);

    if (text && ret >= 0)
        ret = scenario_read_text(scenario, file, text, size);
    av_free(text);
    return ret;
}
