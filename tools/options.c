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
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <libavutil/parseutils.h>

#include "cmd.h"
#include "options.h"
#include "report/log.h"

#define MAX_OPTIONS 64

static const Option help_row = {
    "help", 'h', OPTION_FLAG, 0, NULL, "print this text", NULL
};

static int text_list_add(TextList *list, const char *text)
{
    const char **grown = av_realloc_array(list->texts, list->nb + 1,
                                          sizeof(*grown));

    if (!grown)
        return AVERROR(ENOMEM);
    list->texts = grown;
    grown[list->nb++] = text;
    return 0;
}

void text_list_free(TextList *list)
{
    av_freep(&list->texts);
    list->nb = 0;
}

static int set_integer(int64_t *value, const Option *o, const char *argument)
{
    char *end;

    errno  = 0;
    *value = strtoll(argument, &end, 0);
    if (!errno && end != argument && !*end && *value >= 0)
        return 0;
    log_error("--%s %s: give a whole number", o->name, argument);
    return AVERROR(EINVAL);
}

static int set_time(int64_t *value, const Option *o, const char *argument)
{
    if (av_parse_time(value, argument, 1) >= 0 && *value >= 0)
        return 0;
    log_error("--%s %s: give a time as seconds, 250ms or hh:mm:ss", o->name,
              argument);
    return AVERROR(EINVAL);
}

static int set_level(int *value, const Option *o, const char *argument)
{
    if (log_parse_level(argument, value) >= 0)
        return 0;
    log_error("--%s %s: choose quiet, error, warning, info, verbose, debug or "
              "trace", o->name, argument);
    return AVERROR(EINVAL);
}

static int set_option(void *target, const Option *o, const char *argument)
{
    void *value = (char *)target + o->offset;

    switch (o->type) {
    case OPTION_FLAG:
        *(bool *)value = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)value = argument;
        return 0;
    case OPTION_LIST:
        return text_list_add(value, argument);
    case OPTION_INTEGER:
        return set_integer(value, o, argument);
    case OPTION_TIME:
        return set_time(value, o, argument);
    case OPTION_LEVEL:
        return set_level(value, o, argument);
    default:
        return o->call(target, argument);
    }
}

static void print_option(const Option *o)
{
    char left[64];

    snprintf(left, sizeof(left), "%s%c%s --%s %s", o->letter ? "-" : "  ",
             o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
             o->argument ? o->argument : "");
    if (strlen(left) > 25)
        printf("%s\n%26s", left, "");
    else
        printf("%-26s", left);
    for (const char *c = o->help; *c; c++) {
        putchar(*c);
        if (*c == '\n')
            printf("%26s", "");
    }
    putchar('\n');
}

static void print_usage(const Usage *usage, const char *name)
{
    printf("usage: e2ee-meeting %s %s\n\n", name, usage->synopsis);
    for (const Option *o = usage->options; o->name; o++)
        print_option(o);
    print_option(&help_row);
    if (usage->notes)
        printf("\n%s\n", usage->notes);
}

/* Letters to be changed, put in or left out between two names. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], left, above, n = strlen(b);

    if (n >= 64)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        left   = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            above = row[j];
            left += a[i] != b[j - 1];
            if (left > above + 1)
                left = above + 1;
            if (left > row[j - 1] + 1)
                left = row[j - 1] + 1;
            row[j] = left;
            left   = above;
        }
    }
    return row[n];
}

const char *nearest_name(const char *text, const char *const *names, size_t nb)
{
    size_t length = strlen(text), most = 1 + length / 3, best = SIZE_MAX;
    const char *nearest = NULL;

    for (size_t i = 0; i < nb; i++) {
        size_t d = distance(text, names[i]);
        size_t rank = 2 * d + (text[0] != names[i][0]);

        if (d <= most && d < length && rank < best) {
            best    = rank;
            nearest = names[i];
        }
    }
    return nearest;
}

static int complain(const Usage *usage, const char *command, const char *word)
{
    const char *names[MAX_OPTIONS], *near;
    char name[64];
    size_t nb = 0;

    for (const Option *o = usage->options; o->name; o++)
        names[nb++] = o->name;
    names[nb++] = "help";
    snprintf(name, sizeof(name), "%.*s",
             (int)strcspn(word + strspn(word, "-"), "="),
             word + strspn(word, "-"));
    near = nearest_name(name, names, nb);
    if (near)
        log_error("%s: unknown option --%s; did you mean --%s?", command, name,
                  near);
    else
        log_error("%s: unknown option --%s; see e2ee-meeting %s --help",
                  command, name, command);
    return AVERROR(EINVAL);
}

static int take_operand(const Usage *usage, void *target,
                        const char *command, const char *word)
{
    if (usage->operands >= 0)
        return text_list_add((void *)((char *)target + usage->operands), word);
    log_error("%s: '%s' is not an option; see e2ee-meeting %s --help", command,
              word, command);
    return AVERROR(EINVAL);
}

static size_t build_tables(const Usage *usage, struct option *names,
                           char *letters)
{
    size_t nb = 0;

    *letters++ = '-'; /* operands come where they stand */
    *letters++ = ':'; /* errors are told here, not by getopt */
    for (;; nb++) {
        const Option *o = &usage->options[nb];

        if (!o->name)
            o = &help_row;
        names[nb] = (struct option){ o->name, !!o->argument, NULL,
                                     CHAR_MAX + 1 + nb };
        if (o->letter) {
            *letters++ = o->letter;
            if (o->argument)
                *letters++ = ':';
        }
        if (o == &help_row)
            break;
    }
    *letters = '\0';
    return nb;
}

static const Option *find_row(const Usage *usage, size_t nb, int c)
{
    for (size_t i = 0; i <= nb; i++) {
        const Option *o = i < nb ? &usage->options[i] : &help_row;

        if (c == CHAR_MAX + 1 + (int)i || (o->letter && c == o->letter))
            return o;
    }
    return NULL;
}

int options_parse(const Usage *usage, void *target, int argc, char **argv)
{
    struct option names[MAX_OPTIONS + 1] = { { 0 } };
    char letters[2 * MAX_OPTIONS + 4];
    size_t nb = build_tables(usage, names, letters);
    int c, ret = 0;

    optind = 0; /* so that a program may parse more than one line */
    while (ret >= 0 &&
           (c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        const Option *o = find_row(usage, nb, c);

        if (c == 1) {
            ret = take_operand(usage, target, argv[0], optarg);
        } else if (c == ':') {
            log_error("%s: %s wants a value; see e2ee-meeting %s --help",
                      argv[0], argv[optind - 1], argv[0]);
            ret = AVERROR(EINVAL);
        } else if (o == &help_row) {
            print_usage(usage, argv[0]);
            return EXIT_HELD;
        } else {
            ret = o ? set_option(target, o, optarg)
                    : complain(usage, argv[0], argv[optind - 1]);
        }
    }
    for (; ret >= 0 && optind < argc; optind++)
        ret = take_operand(usage, target, argv[0], argv[optind]);
    if (ret == AVERROR(ENOMEM))
        log_error("not enough memory");
    return ret < 0 ? EXIT_BAD_INPUT : -1;
}
