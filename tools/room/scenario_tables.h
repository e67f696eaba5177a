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
 * The objects of a scenario file.
 */

#ifndef TOOLS_ROOM_SCENARIO_TABLES_H
#define TOOLS_ROOM_SCENARIO_TABLES_H

#include "scenario_json.h"

extern const ObjectType scenario_type;    ///< the file: a Scenario
extern const ObjectType participant_type; ///< ParticipantPlan
extern const ObjectType track_type;       ///< TrackPlan
extern const ObjectType encoding_type;    ///< Encoding
extern const ObjectType netem_type;       ///< Netem
extern const ObjectType gemodel_type;     ///< Netem, its gilbert_*
extern const ObjectType key_type;         ///< KeyOrigin
extern const ObjectType key_event_type;   ///< KeyEvent
extern const ObjectType action_type;      ///< ServerAction
extern const ObjectType expectation_type; ///< Expectation

/** SfuRules by name, for a choice. */
const char *sfu_choice(int value);

/** SRTP profiles by name, for a choice. */
const char *srtp_choice(int value);

/** What media can be encoded to, and "copy". */
const char *codec_choice(int value);

/** Of codec_choice(). */
extern const int nb_codecs;

/** A codec's name into a char *. */
int read_codec(JsonReader *reader, const Node *node, void *target);

/** The root's key into a Scenario, and a participant's, with who gets it. */
int read_room_key(JsonReader *reader, const Node *node, void *target);
int read_participant_key(JsonReader *reader, const Node *participant,
                         ParticipantPlan *plan);

/** "keys" into the participants' key events. */
int read_key_changes(JsonReader *reader, const Node *node, void *target);

/** "server" and "expect" into the Scenario. */
int read_actions(JsonReader *reader, const Node *node, void *target);
int read_expectations(JsonReader *reader, const Node *node, void *target);

/** Let everybody have every sender's key, where each has an own one. */
int spread_sender_keys(JsonReader *reader, const Node *participants);

/** Whether a from and a to are in order, after an error line if not. */
int check_span(JsonReader *reader, const Node *node, int64_t from, int64_t to);

/** What is wrong with a network as a whole, in words; NULL: nothing. */
const char *netem_problem(const Netem *netem);

/** Whether all names of a member, one or a list, are of participants. */
int check_participants(JsonReader *reader, const Node *node);

/** Whether it is a name for a participant. */
bool name_is_good(const char *name);

#endif /* TOOLS_ROOM_SCENARIO_TABLES_H */
