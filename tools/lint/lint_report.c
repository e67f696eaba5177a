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
#include <libavutil/avutil.h>
#include <libavutil/error.h>

#include "lint.h"
#include "report/json_out.h"
#include "report/log.h"
#include "report/whole_file.h"

#define LINT_VERSION 1

static void print_finding(const LintTrack *t, const LintFinding *f)
{
    char text[640];

    log_out("  %s: %s", lint_level_name(f->level), f->rule->name);
    if (f->nb)
        log_out(", %"PRIu64" frame%s, first %"PRIu64" at %.3f s", f->nb,
                f->nb == 1 ? "" : "s", f->number, f->time / 1e6);
    log_out("\n");
    log_out_words("    ", f->rule->what);
    log_out_words("    seen  ", f->evidence.text);
    log_out_words("    for   ", f->rule->receivers);
    log_out_words("    see   ", f->rule->spec);
    lint_fix(t, f->rule, text, sizeof(text));
    log_out_words("    fix   ", text);
}

void lint_print(const Lint *lint)
{
    int nb[LINT_NB] = { 0 };

    for (int i = 0; i < lint->nb_tracks; i++) {
        const LintTrack *t = lint->tracks[i];

        log_out("%s, %s: %s, %"PRIu64" frames, %s\n", t->input->file,
                t->input->label, avcodec_get_name(t->input->par->codec_id),
                t->survey.nb_frames, t->sealed ? "sealed" : "not sealed");
        for (int j = 0; j < t->nb_findings; j++) {
            print_finding(t, &t->findings[j]);
            nb[t->findings[j].level]++;
        }
    }
    log_out("%d errors, %d warnings, %d notes\n", nb[LINT_ERROR],
            nb[LINT_WARNING], nb[LINT_INFO]);
}

void lint_print_rules(void)
{
    for (int i = 0; i < lint_nb_rules; i++) {
        const LintRule *r = &lint_rules[i];

        log_out("%s: %s before sealing, %s in sealed streams\n", r->name,
                lint_level_name(r->plain), lint_level_name(r->sealed));
        log_out_words("    ", r->what);
    }
}

static json_t *pack_finding(const LintTrack *t, const LintFinding *f)
{
    char fix[640];

    lint_fix(t, f->rule, fix, sizeof(fix));
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:s, s:o, s:s, s:s, s:s}",
                     "rule", f->rule->name,
                     "level", lint_level_name(f->level),
                     "frames", (json_int_t)f->nb,
                     "first", f->nb ? json_integer(f->number) : json_null(),
                     "time", f->nb ? json_real(f->time / 1e6) : json_null(),
                     "what", f->rule->what,
                     "evidence", json_text(f->evidence.text),
                     "receivers", f->rule->receivers,
                     "spec", f->rule->spec,
                     "fix", fix);
}

static json_t *pack_track(const LintTrack *t)
{
    json_t *findings = json_array();

    for (int i = 0; i < t->nb_findings; i++)
        json_array_append_new(findings, pack_finding(t, &t->findings[i]));
    return json_pack("{s:o, s:s, s:s?, s:s, s:I, s:b, s:o}",
                     "file", json_text(t->input->file),
                     "label", t->input->label,
                     "kind", t->input->kind,
                     "codec", avcodec_get_name(t->input->par->codec_id),
                     "frames", (json_int_t)t->survey.nb_frames,
                     "sealed", t->sealed,
                     "findings", findings);
}

int lint_write_json(const Lint *lint, const char *file)
{
    WholeFile *out = NULL;
    json_t *tracks = json_array(), *report;
    int ret;

    for (int i = 0; i < lint->nb_tracks; i++)
        json_array_append_new(tracks, pack_track(lint->tracks[i]));
    report = json_pack("{s:i, s:s, s:s, s:s, s:o}", "version", LINT_VERSION,
                       "command", "lint", "ffmpeg", av_version_info(),
                       "worst", lint_level_name(lint_worst(lint)),
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
