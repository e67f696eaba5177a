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

#include <libavutil/bprint.h>
#include <libavutil/macros.h>

#include "log.h"
#include "table.h"

#define BIT(fate) (1u << (fate))

static uint64_t nb_lost(const ReportRow *r)
{
    return r->nb_fate[FATE_UNSEALED] + r->nb_fate[FATE_WITHHELD] +
           r->nb_fate[FATE_LOST_UPLINK] + r->nb_fate[FATE_LOST_DOWNLINK] +
           r->nb_fate[FATE_LATE];
}

static uint64_t nb_decoded(const ReportRow *r)
{
    return r->nb_shown[SHOWN_DIFFERENT] + r->nb_shown[SHOWN_IDENTICAL];
}

/* Nothing was to be decoded, or nothing could be. */
static bool was_decoded(const ReportRow *r)
{
    return nb_decoded(r) || r->nb_shown[SHOWN_WAITING] ||
           r->nb_shown[SHOWN_FAILED];
}

/* A name may be UTF-8; what is cut is cut between characters. */
static void fit(char *cell, size_t width, const char *text)
{
    size_t columns = 0;

    for (; *text && columns < width; columns++)
        do
            *cell++ = *text++;
        while ((*text & 0xc0) == 0x80);
    while (columns++ < width)
        *cell++ = ' ';
    *cell = '\0';
}

static void print_name(const char *name, size_t width)
{
    char cell[4 * 32 + 1];

    fit(cell, width, name ? name : "");
    log_out("%s ", cell);
}

static void print_row(const ReportRow *r, bool receivers)
{
    if (receivers)
        print_name(r->receiver, 8);
    print_name(r->sender, receivers ? 8 : 17);
    print_name(r->kind, 11);
    print_name(r->codec, 4);
    log_out("%6"PRIu64" %5"PRIu64" %7"PRIu64" %6"PRIu64, r->nb_sent,
            nb_lost(r), r->nb_fate[FATE_REFUSED], r->nb_fate[FATE_OPENED]);
    if (was_decoded(r))
        log_out(" %7"PRIu64" %9"PRIu64"\n", nb_decoded(r),
                r->nb_shown[SHOWN_IDENTICAL]);
    else
        log_out(" %7s %9s\n", "-", "-");
}

static void print_rows(const Report *report)
{
    bool receivers = false;

    for (int i = 0; i < report->nb_rows; i++)
        receivers |= !!report->rows[i].receiver;
    log_out("\n%s%s", log_colour(COLOUR_BOLD), receivers ? "receiver " : "");
    print_name("sender", receivers ? 8 : 17);
    log_out("%-11s %-5s%6s %5s %7s %6s %7s %9s%s\n", "kind", "codec", "sent",
            "lost", "refused", "opened", "decoded", "identical",
            log_colour(COLOUR_PLAIN));
    for (int i = 0; i < report->nb_rows; i++)
        print_row(&report->rows[i], receivers);
}

/* What befell frames, by the fates that one sentence is about: "bob lost 12
 * of alice's video frames on the uplink" or, where nobody is to be named as
 * the receiver, "12 of alice's video frames were lost on the uplink". */
static const struct {
    unsigned    fates;
    const char *active, *passive, *where;
} sentences[] = {
    { BIT(FATE_UNSEALED), NULL, "were not sent", "" },
    { BIT(FATE_LOST_UPLINK), "lost", "were lost", " on the uplink" },
    { BIT(FATE_LOST_DOWNLINK) | BIT(FATE_LATE),
      "lost", "were lost", " on the downlink" },
    { BIT(FATE_WITHHELD),
      "was not sent", "were withheld", " by the server" },
    { BIT(FATE_REFUSED), "did not open", "did not open", "" },
    { BIT(FATE_OPENED), "did not see", "were not shown", "" },
};

static uint64_t count(const RowCauses *causes, unsigned fates)
{
    uint64_t nb = 0;

    for (int i = 0; i < causes->nb; i++)
        if (fates & BIT(causes->list[i].fate))
            nb += causes->list[i].nb;
    return nb;
}

/* A recording has no receiver who lost anything, and its hops are not known. */
static void print_sentence(const ReportRow *r, const RowCauses *causes, int i,
                           bool recording)
{
    const char *active = recording || !r->receiver ? NULL
                                                   : sentences[i].active;
    const char *comma  = "";
    AVBPrint out;

    av_bprint_init(&out, 0, AV_BPRINT_SIZE_UNLIMITED);
    if (active)
        av_bprintf(&out, "%s %s ", r->receiver, active);
    av_bprintf(&out, "%"PRIu64" of %s's %s frames%s%s%s:",
               count(causes, sentences[i].fates), r->sender ? r->sender : "",
               r->kind ? r->kind : "media", active ? "" : " ",
               active ? "" : sentences[i].passive,
               recording ? "" : sentences[i].where);
    for (int j = 0; j < causes->nb; j++) {
        const Cause *c = &causes->list[j];

        if (sentences[i].fates & BIT(c->fate)) {
            av_bprintf(&out, "%s %"PRIu64" %s", comma, c->nb, c->text);
            comma = ",";
        }
    }
    log_out_words("", out.str);
    av_bprint_finalize(&out, NULL);
}

/* What the sender did is told once, not for each receiver. */
static bool told_before(const Report *report, int row)
{
    const ReportRow *r = &report->rows[row];

    for (int i = 0; i < row; i++)
        if (!strcmp(report->rows[i].sender, r->sender) &&
            !strcmp(report->rows[i].kind, r->kind))
            return true;
    return false;
}

static void print_rest(const ReportRow *r)
{
    const char *who = r->receiver ? r->receiver : "the recorder";

    if (r->nb_shown[SHOWN_DIFFERENT]) {
        log_out("%s saw %"PRIu64" of %s's %s frames not as they were sent",
                who, r->nb_shown[SHOWN_DIFFERENT], r->sender, r->kind);
        if (r->psnr >= 0)
            log_out(": PSNR %.1f dB", r->psnr);
        if (r->ssim >= 0)
            log_out("%s SSIM %.3f", r->psnr >= 0 ? "," : ":", r->ssim);
        log_out("\n");
    }
    if (r->nb_injected)
        log_out("%s got %"PRIu64" frames in %s's %s that the server had put "
                "in\n", who, r->nb_injected, r->sender, r->kind);
    if (r->nb_replayed)
        log_out("%s got %"PRIu64" of %s's %s frames once more, as new ones\n",
                who, r->nb_replayed, r->sender, r->kind);
}

static void print_causes(const Report *report, LifeLines *lines,
                         const Causes *causes)
{
    bool recording = !strcmp(report->command, "open");

    log_out("\n");
    for (int i = 0; i < report->nb_rows; i++) {
        const ReportRow *r    = &report->rows[i];
        const RowCauses *list = causes_of(
            causes, life_lines_row(lines, r->receiver, r->sender, r->kind));

        for (size_t j = 0; list && j < FF_ARRAY_ELEMS(sentences); j++)
            if (count(list, sentences[j].fates) &&
                (sentences[j].active || !told_before(report, i)))
                print_sentence(r, list, j, recording);
        print_rest(r);
    }
}

static void print_expectations(const Report *report)
{
    int nb_held = 0;

    for (int i = 0; i < report->nb_expectations; i++) {
        const ReportExpectation *e = &report->expectations[i];

        nb_held += e->held;
        if (e->held)
            continue;
        if (e->line > 0 && report->file)
            log_error("%s:%d: expectation failed: %s: %s", report->file,
                      e->line, e->text, e->seen);
        else
            log_error("expectation failed: %s: %s", e->text, e->seen);
    }
    if (report->nb_expectations)
        log_out("%s%d of %d expectations held%s\n",
                log_colour(nb_held == report->nb_expectations ? COLOUR_GREEN
                                                              : COLOUR_RED),
                nb_held, report->nb_expectations, log_colour(COLOUR_PLAIN));
}

void table_print(const Report *report, LifeLines *lines, const Causes *causes)
{
    print_rows(report);
    print_causes(report, lines, causes);
    print_expectations(report);
}
