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

#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "list.h"
#include "scenario_tables.h"

/** What can be sent, and as what kind of media. */
static const struct {
    const char *name;
    bool        audio, video;
} codecs[] = {
    { "copy", true,  true  },
    { "opus", true,  false },
    { "vp8",  false, true  },
    { "vp9",  false, true  },
    { "h264", false, true  },
    { "hevc", false, true  },
    { "av1",  false, true  },
};

const int nb_codecs = sizeof(codecs) / sizeof(codecs[0]);

const char *codec_choice(int value)
{
    return codecs[value].name;
}

int read_codec(JsonReader *r, const Node *node, void *target)
{
    const Member choice = {
        .name = "codec", .type = VALUE_CHOICE, .size = sizeof(int),
        .max = nb_codecs - 1, .name_of = codec_choice,
    };
    char **codec = target;
    int value, ret = read_value(r, node, &choice, &value);

    if (ret < 0)
        return ret;
    *codec = av_strdup(codecs[value].name);
    return *codec ? 0 : no_memory();
}

static int read_encoding_codec(JsonReader *r, const Node *node, void *target)
{
    return read_codec(r, node, &((Encoding *)target)->codec);
}

static const Member encoding_members[] = {
    CALL("codec", read_encoding_codec, NULL),
    RANGE("bitrate", VALUE_RATE, Encoding, bitrate, 6000, 1e9),
    RANGE("size", VALUE_SIZE, Encoding, width, 16, 8192),
    RANGE("rate", VALUE_NUMBER, Encoding, rate, 0.1, 240),
    RANGE("key_interval", VALUE_TIME, Encoding, key_interval, 1e4, TIME_LIMIT),
    { 0 },
};

const ObjectType encoding_type = {
    .what = "an encoding", .members = encoding_members,
    .size = sizeof(Encoding),
};

/* A member of the track that is one of its only encoding. */
static int read_only_encoding(JsonReader *r, const Node *node, void *target)
{
    TrackPlan *track = target;

    if (!track->nb_encodings &&
        !list_add(&track->encodings, &track->nb_encodings, sizeof(Encoding)))
        return no_memory();
    return read_value(r, node, member_find(encoding_members, node->path.name),
                      &track->encodings[0]);
}

static const char *kind_choice(int value)
{
    return track_kind_name(value);
}

static const Member span_members[] = {
    RANGE("from", VALUE_TIME, Span, from, 0, TIME_LIMIT),
    RANGE("to", VALUE_TIME, Span, to, 0, TIME_LIMIT),
    { 0 },
};

static int end_span(JsonReader *r, const Node *node, void *target)
{
    const Span *span = target;

    return check_span(r, node, span->from, span->to);
}

static const ObjectType span_type = {
    .what = "a span", .members = span_members, .size = sizeof(Span),
    .end = end_span,
};

#define OF_ENCODING(text) \
    CALL(text, read_only_encoding, NULL)

static const Member track_members[] = {
    CHOICE("kind", TrackPlan, kind, 0, KIND_NB - 1, kind_choice),
    MEMBER("file", VALUE_FILE, TrackPlan, source.file),
    MEMBER("stream", VALUE_TEXT, TrackPlan, source.stream),
    RANGE("start", VALUE_TIME, TrackPlan, source.start, 0, TIME_LIMIT),
    RANGE("length", VALUE_TIME, TrackPlan, source.length, 1e4, TIME_LIMIT),
    MEMBER("loop", VALUE_FLAG, TrackPlan, source.loop),
    MEMBER("generate", VALUE_TEXT, TrackPlan, source.generate),
    RANGE("from", VALUE_TIME, TrackPlan, published.from, 0, TIME_LIMIT),
    RANGE("to", VALUE_TIME, TrackPlan, published.to, 0, TIME_LIMIT),
    LIST("muted", TrackPlan, muted, nb_muted, span_type),
    LIST("encodings", TrackPlan, encodings, nb_encodings, encoding_type),
    OF_ENCODING("codec"),
    OF_ENCODING("bitrate"),
    OF_ENCODING("size"),
    OF_ENCODING("rate"),
    OF_ENCODING("key_interval"),
    { 0 },
};

static const char *const of_file[] = { "stream", "start", "loop" };

static int begin_track(JsonReader *r, const Node *node, void *target)
{
    TrackPlan *track = target;

    track->place = node_place(r, node);
    if (!json_object_get(node->json, "kind"))
        return node_error(r, node, "a track needs a 'kind': audio, video, "
                          "share or share_audio");
    if (!json_object_get(node->json, "encodings"))
        return 0;
    for (const Member *m = encoding_members; m->name; m++) {
        Node member = node_member(node, m->name);

        if (member.json)
            return node_name_error(r, &member, "'%s' is said in each of the "
                                   "'encodings'", m->name);
    }
    return 0;
}

/* Without a word on it: something that moves, something that sounds. */
static const char *const generators[KIND_NB] = {
    [KIND_AUDIO]       = "sine=frequency=440:beep_factor=4",
    [KIND_VIDEO]       = "testsrc2=size=640x360:rate=25",
    [KIND_SHARE]       = "testsrc2=size=1280x720:rate=10",
    [KIND_SHARE_AUDIO] = "sine=frequency=330:beep_factor=2",
};

static int end_source(JsonReader *r, const Node *node, TrackPlan *track)
{
    MediaSource *source = &track->source;

    if (source->file && source->generate)
        return node_error(r, node, "a track is from a 'file' or from what is "
                          "to 'generate', not from both");
    if (source->file)
        return 0;
    for (size_t i = 0; i < sizeof(of_file) / sizeof(of_file[0]); i++) {
        Node member = node_member(node, of_file[i]);

        if (member.json)
            return node_name_error(r, &member, "'%s' is of a 'file', and "
                                   "there is none", of_file[i]);
    }
    if (!source->generate &&
        !(source->generate = av_strdup(generators[track->kind])))
        return no_memory();
    return 0;
}

static int check_encoding(JsonReader *r, const Node *node,
                          const TrackPlan *track, const Encoding *e)
{
    bool audio = track->kind == KIND_AUDIO || track->kind == KIND_SHARE_AUDIO;
    bool copy  = e->codec && !strcmp(e->codec, "copy");

    for (int i = 0; i < nb_codecs && e->codec; i++)
        if (!strcmp(codecs[i].name, e->codec) &&
            !(audio ? codecs[i].audio : codecs[i].video))
            return node_error(r, node, "%s is no codec for %s", e->codec,
                              track_kind_name(track->kind));
    if (audio && (e->width || e->rate || e->key_interval))
        return node_error(r, node, "audio has no 'size', 'rate' or "
                          "'key_interval'");
    if (copy && (e->bitrate || e->width || e->rate || e->key_interval))
        return node_error(r, node, "what is copied is not encoded: leave out "
                          "'codec' or what it is encoded to");
    if (copy && !track->source.file)
        return node_error(r, node, "only a 'file' can be copied");
    return 0;
}

static int end_encodings(JsonReader *r, const Node *node, TrackPlan *track)
{
    Node list = node_member(node, "encodings");
    int ret = 0;

    for (int i = 0; i < track->nb_encodings && ret >= 0; i++) {
        Node element = list.json ? node_element(&list, i) : *node;

        ret = check_encoding(r, &element, track, &track->encodings[i]);
    }
    if (ret < 0 || track->nb_encodings == 1)
        return ret;
    if (!track->nb_encodings)
        return list_add(&track->encodings, &track->nb_encodings,
                        sizeof(Encoding)) ? 0 : no_memory();
    if (track->nb_encodings > 3)
        return node_error(r, &list, "simulcast has 3 'encodings' at most");
    if (track->kind != KIND_VIDEO && track->kind != KIND_SHARE)
        return node_error(r, &list, "only video and share have several "
                          "'encodings'");
    for (int i = 0; i < track->nb_encodings; i++) {
        const Encoding *e = &track->encodings[i];
        Node element = node_element(&list, i);

        if (e->codec && !strcmp(e->codec, "copy"))
            return node_error(r, &element, "an encoding of several is encoded, "
                              "not copied");
        if (i && (!e[-1].width || (e->width && e->width < e[-1].width)))
            return node_error(r, &element, "list the 'encodings' from the "
                              "smallest 'size' to the largest");
    }
    return 0;
}

static int end_track(JsonReader *r, const Node *node, void *target)
{
    TrackPlan *track = target;
    int ret;

    if ((ret = end_source(r, node, track)) < 0 ||
        (ret = end_encodings(r, node, track)) < 0)
        return ret;
    return check_span(r, node, track->published.from, track->published.to);
}

const ObjectType track_type = {
    "a track", track_members, sizeof(TrackPlan), begin_track, end_track,
};
