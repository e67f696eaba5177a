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

#include <jansson.h>
#include <libavcodec/avcodec.h>
#include <libavutil/avutil.h>
#include <libavutil/error.h>

#include "explain.h"
#include "report.h"
#include "report/json_out.h"
#include "report/whole_file.h"

#define PROBE_VERSION 1

static json_t *pack_settings(const Group *g)
{
    const Settings *s = &g->opener->settings;
    json_t *o = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:o, s:i, s:s?}",
                          "scheme", s->scheme->name,
                          "peer", s->peer ? "native" : "web",
                          "kdf", kdf_name(s->kdf),
                          "key_size", 8 * s->key_size,
                          "key_index", s->index,
                          "ratchet_steps", g->last_steps,
                          "key_file", json_text(s->secret->file),
                          "line", s->secret->line, "clear", g->rule);

    if (*s->salt)
        json_object_set_new(o, "salt", json_text(s->salt));
    if (s->suite)
        json_object_set_new(o, "suite", json_integer(s->suite));
    return o;
}

static json_t *pack_group(const ProbeTrack *t, const Group *g)
{
    json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f}",
                          "format", wire_format_name(g->format),
                          "id", (json_int_t)g->id,
                          "frames", (json_int_t)g->nb,
                          "opened", (json_int_t)g->nb_opened,
                          "failed", (json_int_t)g->nb_failed,
                          "repeated", (json_int_t)g->nb_repeated,
                          "first", (g->first - t->first) / 1e6,
                          "last", (g->last - t->first) / 1e6);

    if (g->opener && g->nb_opened) {
        json_object_set_new(o, "certain", json_boolean(group_certain(g)));
        json_object_set_new(o, "opens_with", pack_settings(g));
    }
    return o;
}

static json_t *pack_findings(const FindingList *list)
{
    json_t *array = json_array();

    for (int i = 0; i < list->nb; i++) {
        const Finding *f = &list->findings[i];

        json_array_append_new(array, json_pack(
            "{s:s, s:b, s:I, s:o}", "name", f->name, "certain", f->certain,
            "frames", (json_int_t)f->nb_frames, "text",
            json_text(f->text)));
    }
    return array;
}

static json_t *pack_survey(const ProbeTrack *t)
{
    const Survey *s = &t->survey;
    json_t *indexes = json_object();
    char index[4];

    for (int i = 0; i < 256; i++)
        if (s->nb_index[i]) {
            snprintf(index, sizeof(index), "%d", i);
            json_object_set_new(indexes, index,
                                json_integer(s->nb_index[i]));
        }
    return json_pack("{s:s, s:s, s:i, s:f, s:I, s:f, s:o}",
                     "sealed", sealed_name(survey_sealed(s)),
                     "format", wire_format_name(survey_format(s)),
                     "iv_size", survey_iv_size(s),
                     "entropy", survey_entropy(s),
                     "entropy_bytes", (json_int_t)survey_entropy_bytes(s),
                     "score", bias_score(&s->bias),
                     "key_indexes", indexes);
}

static json_t *pack_track(const ProbeTrack *t)
{
    const InputTrack *in = t->input;
    json_t *groups = json_array(), *filters = json_array();

    for (int i = 0; i < t->nb_groups; i++)
        json_array_append_new(groups, pack_group(t, t->groups[i]));
    for (int i = 0; i < t->nb_filters; i++)
        json_array_append_new(filters, json_pack(
            "{s:o, s:i, s:i}", "filter", json_text(t->filters[i].text),
            "tried", t->filters[i].nb_tried,
            "opened", t->filters[i].nb_opened));
    return json_pack("{s:o, s:s, s:s?, s:s, s:b, s:I, s:I, s:I, s:I, s:o, "
                     "s:o, s:o, s:o}",
                     "file", json_text(in->file),
                     "label", in->label,
                     "kind", in->kind,
                     "codec", avcodec_get_name(in->par->codec_id),
                     "explained", t->explained,
                     "frames", (json_int_t)t->nb_frames,
                     "opened", (json_int_t)t->nb_opened,
                     "injected", (json_int_t)t->nb_injected,
                     "empty", (json_int_t)t->nb_empty,
                     "survey", pack_survey(t),
                     "groups", groups,
                     "findings", pack_findings(&t->findings),
                     "filters", filters);
}

int probe_write_json(const Probe *probe, const char *file)
{
    WholeFile *out = NULL;
    json_t *tracks = json_array(), *report;
    int nb_explained, nb_some, ret;

    for (int i = 0; i < probe->nb_tracks; i++)
        json_array_append_new(tracks, pack_track(probe->tracks[i]));
    probe_count(probe, &nb_explained, &nb_some);
    report = json_pack("{s:i, s:s, s:s, s:i, s:i, s:i, s:o}",
                       "version", PROBE_VERSION, "command", "probe",
                       "ffmpeg", av_version_info(),
                       "nb_tracks", probe->nb_tracks,
                       "nb_explained", nb_explained, "nb_some", nb_some,
                       "tracks", tracks);
    ret = report ? whole_file_open(&out, file) : AVERROR(ENOMEM);
    if (ret >= 0) {
        json_dumpf(report, whole_file_stream(out), JSON_INDENT(2) |
                   JSON_REAL_PRECISION(6));
        fputc('\n', whole_file_stream(out));
        ret = whole_file_commit(&out);
    }
    json_decref(report);
    return ret;
}
