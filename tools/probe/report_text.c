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
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/common.h>

#include "explain.h"
#include "report.h"
#include "report/log.h"

static const char *const sealed_names[] = {
    [SEALED_UNKNOWN] = "unknown",
    [SEALED_NO]      = "no",
    [SEALED_YES]     = "yes",
    [SEALED_OTHER]   = "unknown-format",
};

const char *sealed_name(Sealed sealed)
{
    return sealed_names[sealed];
}

bool group_certain(const Group *group)
{
    return group->opener &&
           trial_tag_bits(group->opener) * group->nb_opened >= 64;
}

void probe_count(const Probe *probe, int *nb_explained, int *nb_some)
{
    *nb_explained = *nb_some = 0;
    for (int i = 0; i < probe->nb_tracks; i++) {
        *nb_explained += probe->tracks[i]->explained;
        *nb_some      += probe->tracks[i]->nb_opened > 0;
    }
}

static void print_head(const ProbeTrack *t)
{
    const InputTrack *in = t->input;

    log_out("%s, %s: %s, %"PRIu64" frames, %.1f s\n", in->file, in->label,
            avcodec_get_name(in->par->codec_id), t->nb_frames,
            (t->last - t->first) / 1e6);
    if (in->rtp)
        log_out("  RTP       SSRC 0x%08"PRIx32", payload type %d, codec by "
                "%s\n", in->ssrc, in->payload_type, in->codec_from);
}

static void print_sealed(const ProbeTrack *t)
{
    const Survey *s = &t->survey;
    WireFormat format = survey_format(s);
    uint64_t nb = s->nb_frames - t->nb_empty - t->nb_injected;
    char text[256];

    if (format == WIRE_SFRAME)
        snprintf(text, sizeof(text), "%s in %"PRIu64" of %"PRIu64" frames",
                 wire_format_text(format), s->nb_sframe, nb);
    else if (format == WIRE_PLAIN)
        snprintf(text, sizeof(text), "no scheme's trailer or header in most "
                 "of %"PRIu64" frames", nb);
    else
        snprintf(text, sizeof(text), "%s in %"PRIu64" of %"PRIu64" frames",
                 wire_format_text(format), s->nb_format[format], nb);
    log_out_words("  sealed    ", text);
    log_out("  entropy   %.2f of 8 bits in %"PRIu64" bytes behind the header, "
            "score %.1f\n", survey_entropy(s), survey_entropy_bytes(s),
            bias_score(&s->bias));
}

static void describe(const Group *g, char *text, size_t size)
{
    const Settings *s = &g->opener->settings;
    size_t used = snprintf(text, size, "scheme %s", s->scheme->name);

    if (s->suite)
        used += snprintf(text + used, size - used, ", suite %u", s->suite);
    else
        used += snprintf(text + used, size - used, ", kdf %s%s%s, AES-%u",
                         kdf_name(s->kdf), *s->salt ? ", salt " : "", s->salt,
                         8 * s->key_size);
    if (g->rule)
        used += snprintf(text + used, size - used, "; %s", g->rule);
    if (trial_form_text(g->opener) && g->nb_short_codes + g->nb_delimiter == 0)
        used += snprintf(text + used, size - used, ", start codes of 4 bytes");
    if (g->last_steps)
        used += snprintf(text + used, size - used, "; %u steps ahead",
                         g->last_steps);
    snprintf(text + used, size - used, " (%s, line %d)", s->secret->file,
             s->secret->line);
}

static void print_group(const ProbeTrack *t, const Group *g)
{
    char name[64], label[24], text[512];

    group_name(g, name, sizeof(name));
    log_out("  %s: %"PRIu64" frames, %.1f to %.1f s, %"PRIu64" open", name,
            g->nb, (g->first - t->first) / 1e6, (g->last - t->first) / 1e6,
            g->nb_opened);
    if (g->nb_repeated)
        log_out(", %"PRIu64" came again", g->nb_repeated);
    log_out("\n");
    if (!g->opener || !g->nb_opened)
        return;
    snprintf(label, sizeof(label), "  %-10s",
             group_certain(g) ? "certain" : "likely");
    describe(g, text, sizeof(text));
    log_out_words(label, text);
}

/* Groups of a few frames are accidents of a track that is in the clear. */
static bool shown(const ProbeTrack *t, const Group *g)
{
    return g->nb && (g->opener ||
                     (survey_sealed(&t->survey) != SEALED_NO &&
                      (g->format == survey_format(&t->survey) ||
                       20 * g->nb > t->nb_frames)));
}

/* For a shell to take as one word. */
static void print_quoted(const char *text)
{
    log_out("'");
    for (; *text; text++)
        log_out("%s%c", *text == '\'' ? "'\\'" : "", *text);
    log_out("'\n");
}

static void print_filter(const FilterString *f)
{
    log_out("  opens by  -bsf ");
    print_quoted(f->text);
    if (f->nb_opened < f->nb_tried)
        log_out_words("            ", "once the key file is as said above");
    else if (!f->nb_tried)
        log_out_words("            ", "with the key in a file");
}

static void print_track(const ProbeTrack *t)
{
    char label[24], text[480];
    int nb_shown = 0;

    print_head(t);
    print_sealed(t);
    for (int i = 0; i < t->nb_groups; i++) {
        if (!shown(t, t->groups[i]))
            continue;
        if (nb_shown++ == 16)
            log_out("  ... and more; --json has them all\n");
        if (nb_shown <= 16)
            print_group(t, t->groups[i]);
    }
    for (int i = 0; i < t->findings.nb; i++) {
        const Finding *f = &t->findings.findings[i];

        snprintf(label, sizeof(label), "  %-10s",
                 f->certain ? "certain" : "likely");
        snprintf(text, sizeof(text), "%s: %s", f->name, f->text);
        log_out_words(label, text);
    }
    for (int i = 0; i < t->nb_filters; i++)
        print_filter(&t->filters[i]);
    log_out("\n");
}

void probe_print(const Probe *probe)
{
    int nb_explained, nb_some;

    for (int i = 0; i < probe->nb_tracks; i++)
        print_track(probe->tracks[i]);
    probe_count(probe, &nb_explained, &nb_some);
    log_out("%d of %d tracks open, %d in part\n", nb_explained,
            probe->nb_tracks, nb_some - nb_explained);
}
