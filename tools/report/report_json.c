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


#include <inttypes.h>

#include <gcrypt.h>
#include <libavcodec/avcodec.h>
#include <srtp2/srtp.h>

#include "log.h"
#include "report_json.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static json_t *number(uint64_t value)
{
    return json_integer(value);
}

static json_t *quality(double value)
{
    return value < 0 ? json_null() : json_real(value);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_text(text) : json_null();
}

static json_t *pack_versions(void)
{
    unsigned v = avcodec_version();
    char avcodec[32];

    snprintf(avcodec, sizeof(avcodec), "%u.%u.%u", AV_VERSION_MAJOR(v),
             AV_VERSION_MINOR(v), AV_VERSION_MICRO(v));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}",
                     "e2ee-meeting", PACKAGE_VERSION,
                     "ffmpeg", av_version_info(),
                     "libavcodec", avcodec,
                     "libgcrypt", gcry_check_version(NULL),
                     "libsrtp", srtp_get_version_string(),
                     "jansson", JANSSON_VERSION);
}

static json_t *pack_expectation(const ReportExpectation *e)
{
    return json_pack("{s:o, s:o, s:b, s:o}",
                     "expected", json_text(e->text),
                     "seen", json_text(e->seen),
                     "held", e->held,
                     "line", e->line > 0 ? number(e->line) : json_null());
}

static json_t *pack_participant(const ReportParticipant *p)
{
    return json_pack("{s:o, s:o, s:o, s:o}",
                     "name", text_or_null(p->name),
                     "key", text_or_null(p->key),
                     "joined", json_time(p->joined),
                     "left", json_time(p->left));
}

static json_t *pack_track(const ReportParts *parts, const ReportTrack *t)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
        " s:o, s:o, s:o}",
        "id", json_integer(life_lines_track(parts->lines, t->sender, t->kind)),
        "sender", text_or_null(t->sender),
        "kind", text_or_null(t->kind),
        "codec", text_or_null(t->codec),
        "source", text_or_null(t->source),
        "encoded", t->encoded,
        "layers", number(t->nb_layers),
        "frames", number(t->nb_frames),
        "sealed", number(t->nb_sealed),
        "packets", number(t->nb_packets),
        "plain_bytes", number(t->plain_bytes),
        "sealed_bytes", number(t->sealed_bytes),
        "wire_bytes", number(t->wire_bytes),
        "overhead_bytes", number(t->sealed_bytes < t->plain_bytes ? 0 :
                                 t->sealed_bytes - t->plain_bytes),
        "sfu_frames", number(t->sfu_frames),
        "sfu_disagree", number(t->sfu_disagree));
}

static json_t *pack_fates(const ReportRow *r)
{
    json_t *object = json_object();

    for (int i = 0; i < FATE_NB; i++)
        json_object_set_new(object, fate_key(i), number(r->nb_fate[i]));
    return object;
}

static json_t *pack_shown(const ReportRow *r)
{
    json_t *object = json_object();

    for (int i = 0; i < SHOWN_NB; i++)
        json_object_set_new(object, shown_name(i), number(r->nb_shown[i]));
    return object;
}

static json_t *pack_states(const ReportRow *r)
{
    json_t *object = json_object();

    for (int i = STATE_NONE + 1; i < STATE_NB; i++)
        if (r->nb_state[i])
            json_object_set_new(object, state_name(i), number(r->nb_state[i]));
    return object;
}

static json_t *pack_lost_packets(const ReportRow *r)
{
    json_t *object = json_object();

    for (int i = HOP_NONE + 1; i < HOP_NB; i++)
        json_object_set_new(object, hop_name(i),
                            number(r->nb_lost_packets[i]));
    return object;
}

static json_t *pack_causes(const RowCauses *causes)
{
    json_t *list = json_array();

    for (int i = 0; causes && i < causes->nb; i++) {
        const Cause *c = &causes->list[i];

        json_array_append_new(list, json_pack(
            "{s:s, s:o, s:o}", "fate", fate_key(c->fate),
            "cause", json_text(c->text), "frames", number(c->nb)));
    }
    return list;
}

static json_t *pack_row(const ReportParts *parts, const ReportRow *r)
{
    int id = life_lines_row(parts->lines, r->receiver, r->sender, r->kind);
    json_t *object = json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "id", id,
        "receiver", text_or_null(r->receiver),
        "sender", text_or_null(r->sender),
        "kind", text_or_null(r->kind),
        "codec", text_or_null(r->codec),
        "sent", number(r->nb_sent),
        "fates", pack_fates(r),
        "states", pack_states(r),
        "shown", pack_shown(r),
        "causes", pack_causes(causes_of(parts->causes, id)));
    json_t *more = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
        " s:o, s:o, s:o}",
        "injected", number(r->nb_injected),
        "replayed", number(r->nb_replayed),
        "packets", number(r->nb_packets),
        "lost_packets", pack_lost_packets(r),
        "late_packets", number(r->nb_late_packets),
        "duplicates", number(r->nb_duplicates),
        "resent", number(r->nb_resent),
        "bytes", number(r->nb_bytes),
        "psnr", quality(r->psnr),
        "ssim", quality(r->ssim),
        "max_freeze", json_time(r->max_freeze),
        "gaps", number(r->nb_gaps),
        "padded", number(r->nb_padded),
        "rtx", number(r->nb_rtx),
        "red", number(r->nb_red),
        "fec", number(r->nb_fec));

    if (!object || !more || json_object_update(object, more) < 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(more);
    return object;
}

static void put_member(JsonOut *out, const char *name, json_t *value)
{
    json_out_format(out, "\"%s\":", name);
    json_out_value(out, value);
    json_out_format(out, ",\n");
}

static void start_list(JsonOut *out, const char *name)
{
    json_out_format(out, "\"%s\":[", name);
}

static void put_element(JsonOut *out, int i, json_t *value)
{
    json_out_format(out, i ? ",\n" : "\n");
    json_out_value(out, value);
}

static void end_list(JsonOut *out, const char *behind)
{
    json_out_format(out, "\n]%s\n", behind);
}

static void write_head(JsonOut *out, const Report *r, const char *kept)
{
    char seed[24];

    snprintf(seed, sizeof(seed), "%"PRIu64, r->seed);
    json_out_format(out, "{\n");
    put_member(out, "version", number(REPORT_VERSION));
    put_member(out, "command", text_or_null(r->command));
    put_member(out, "versions", pack_versions());
    put_member(out, "scenario", text_or_null(r->scenario));
    put_member(out, "file", text_or_null(r->file));
    put_member(out, "seed", json_string(seed));
    put_member(out, "scheme", text_or_null(r->scheme));
    put_member(out, "duration", json_time(r->duration));
    put_member(out, "held", json_boolean(r->held));
    put_member(out, "kept", json_string(kept));
}

static void write_totals(JsonOut *out, const ReportParts *parts)
{
    const Report *r = parts->report;

    start_list(out, "expectations");
    for (int i = 0; i < r->nb_expectations; i++)
        put_element(out, i, pack_expectation(&r->expectations[i]));
    end_list(out, ",");
    start_list(out, "participants");
    for (int i = 0; i < r->nb_participants; i++)
        put_element(out, i, pack_participant(&r->participants[i]));
    end_list(out, ",");
    start_list(out, "tracks");
    for (int i = 0; i < r->nb_tracks; i++)
        put_element(out, i, pack_track(parts, &r->tracks[i]));
    end_list(out, ",");
    start_list(out, "received");
    for (int i = 0; i < r->nb_rows; i++)
        put_element(out, i, pack_row(parts, &r->rows[i]));
    end_list(out, ",");
    if (!r->nb_stages)
        return;
    start_list(out, "cpu");
    for (int i = 0; i < r->nb_stages; i++)
        put_element(out, i, json_pack("{s:s, s:f}",
                                      "stage", r->stages[i].name,
                                      "seconds", r->stages[i].seconds));
    end_list(out, ",");
}

int report_json_write(JsonOut *out, const ReportParts *parts)
{
    int ret;

    write_head(out, parts->report, parts->kept);
    write_totals(out, parts);
    put_member(out, "legend", life_legend());
    start_list(out, "events");
    if ((ret = spool_copy(parts->events, json_out_text, out)) < 0)
        return ret;
    end_list(out, ",");
    start_list(out, "sent");
    if ((ret = spool_copy(parts->sent, json_out_text, out)) < 0)
        return ret;
    end_list(out, ",");
    start_list(out, "frames");
    if ((ret = spool_copy(parts->frames, json_out_text, out)) < 0)
        return ret;
    end_list(out, "");
    json_out_format(out, "}\n");
    if (out->error < 0)
        log_error("not enough memory for the report");
    return out->error;
}
