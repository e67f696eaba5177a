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
#include <stdio.h>

#include <jansson.h>
#include <libavcodec/avcodec.h>

#include "report/json_out.h"
#include "report/log.h"
#include "report/whole_file.h"
#include "stream_stats.h"

/* Counters of RTP, as both outputs name them. */
static const struct {
    const char *name, *text;
    size_t      offset;
} counters[] = {
#define COUNTER(name, text, member) \
    { name, text, offsetof(InputTrack, member) }
    COUNTER("packets", "packets", nb_packets),
    COUNTER("lost", "lost", nb_lost),
    COUNTER("gaps", "gaps", nb_gaps),
    COUNTER("late", "late", nb_late),
    COUNTER("duplicates", "duplicate", nb_duplicates),
    COUNTER("reordered", "reordered", nb_reordered),
    COUNTER("restarts", "restarts", nb_restarts),
    COUNTER("padded", "padded", nb_padded),
    COUNTER("rtx", "RTX", nb_rtx),
    COUNTER("red", "RED", nb_red),
    COUNTER("fec", "FEC", nb_fec),
    COUNTER("undecrypted", "SRTP not opened", nb_undecrypted),
};

#define NB_COUNTERS (sizeof(counters) / sizeof(counters[0]))

static uint64_t counter(const InputTrack *in, size_t i)
{
    return *(const uint64_t *)((const char *)in + counters[i].offset);
}

/* The first is always told, the others if there is something to tell. */
static void print_counters(const InputTrack *in)
{
    log_out("    packets  %" PRIu64, counter(in, 0));
    for (size_t i = 1; i < NB_COUNTERS; i++)
        if (counter(in, i))
            log_out(", %" PRIu64 " %s", counter(in, i), counters[i].text);
    log_out("\n");
}

static void print_indexes(const Survey *survey)
{
    int nb = 0;

    if (survey_indexes_random(survey)) {
        log_out("; the byte where a key index would be is random");
        return;
    }
    for (int i = 0; i < 256 && nb < 8; i++)
        if (survey->nb_index[i])
            log_out("%s %d (%" PRIu64 ")",
                    nb++ ? "," : "; key index", i, survey->nb_index[i]);
    if (survey_nb_indexes(survey) > nb)
        log_out(", ...");
}

static void print_sealed(const StreamStats *s)
{
    WireFormat format = survey_format(&s->survey);

    switch (survey_sealed(&s->survey)) {
    case SEALED_YES:
        log_out("    sealed   %s: %" PRIu64 " of %" PRIu64 " frames",
                wire_format_text(format),
                format == WIRE_SFRAME ? s->survey.nb_sframe
                                      : s->survey.nb_format[format],
                s->survey.nb_frames);
        print_indexes(&s->survey);
        log_out("\n");
        break;
    case SEALED_NO:
        log_out("    sealed   NO: these are the codec's own bytes\n");
        break;
    case SEALED_OTHER:
        log_out("    sealed   looks encrypted, in no format that is known\n");
        break;
    default:
        log_out("    sealed   cannot be told from so few frames\n");
    }
}

void stream_print(const StreamStats *s)
{
    const InputTrack *in = s->in;

    log_out("%s: %s: %s (%s)", in->file, in->label,
            avcodec_get_name(in->par->codec_id), in->codec_from);
    if (in->rtp)
        log_out(", payload type %d, SSRC 0x%08" PRIx32, in->payload_type,
                in->ssrc);
    log_out("\n");
    if (in->rtp)
        print_counters(in);
    log_out("    frames   %" PRIu64, s->nb_frames);
    if (s->nb_incomplete)
        log_out(", %" PRIu64 " incomplete", s->nb_incomplete);
    if (s->first >= 0)
        log_out(", from %.3f to %.3f s, %.0f kbit/s", s->first / 1e6,
                s->last / 1e6, stream_bit_rate(s) / 1e3);
    log_out("\n");
    print_sealed(s);
}

static json_t *pack_rtp(const InputTrack *in)
{
    json_t *o;

    if (!in->rtp)
        return json_null();
    o = json_pack("{s:I, s:i}", "ssrc", (json_int_t)in->ssrc, "payload_type",
                  in->payload_type);
    for (size_t i = 0; i < NB_COUNTERS; i++)
        json_object_set_new(o, counters[i].name,
                            json_integer(counter(in, i)));
    return o;
}

static json_t *pack_sealed(const StreamStats *s)
{
    const Survey *survey = &s->survey;
    WireFormat format = survey_format(survey);
    json_t *indexes   = json_object();
    char number[8];

    for (int i = 0; i < 256; i++) {
        if (!survey->nb_index[i])
            continue;
        snprintf(number, sizeof(number), "%d", i);
        json_object_set_new(indexes, number,
                            json_integer(survey->nb_index[i]));
    }
    return json_pack("{s:s, s:s, s:I, s:o, s:f}",
                     "sealed", stream_sealed_name(s),
                     "format", wire_format_name(format),
                     "frames", (json_int_t)(format == WIRE_SFRAME
                                                ? survey->nb_sframe
                                                : survey->nb_format[format]),
                     "key_indexes", indexes,
                     "entropy", survey_entropy(survey));
}

static json_t *pack_stream(const StreamStats *s)
{
    const InputTrack *in = s->in;

    return json_pack("{s:o, s:o, s:s?, s:s, s:s?, s:o, s:I, s:I, s:I, s:f, "
                     "s:f, s:f, s:o}",
                     "file", json_text(in->file),
                     "track", json_text(in->label),
                     "kind", in->kind,
                     "codec", avcodec_get_name(in->par->codec_id),
                     "codec_from", in->codec_from,
                     "rtp", pack_rtp(in),
                     "frames", (json_int_t)s->nb_frames,
                     "incomplete", (json_int_t)s->nb_incomplete,
                     "bytes", (json_int_t)s->nb_bytes,
                     "first", s->first / 1e6,
                     "last", s->last / 1e6,
                     "bits_per_second", stream_bit_rate(s),
                     "wire", pack_sealed(s));
}

int stream_list_write(const StreamList *list, const char *file)
{
    json_t *streams = json_array(), *root;
    WholeFile *out = NULL;
    int ret = AVERROR(ENOMEM);

    for (int i = 0; i < list->nb; i++)
        json_array_append_new(streams, pack_stream(list->streams[i]));
    root = json_pack("{s:s, s:i, s:o}", "command", "streams", "version", 1,
                     "streams", streams);
    if (!root || (ret = whole_file_open(&out, file)) < 0)
        goto end;
    json_dumpf(root, whole_file_stream(out),
               JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    fputc('\n', whole_file_stream(out));
    ret = whole_file_commit(&out);

end:
    whole_file_discard(&out);
    json_decref(root);
    return ret;
}
