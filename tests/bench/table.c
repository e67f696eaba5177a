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


#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <gcrypt.h>

#include "e2ee_aead.h"
#include "table.h"

#define QUICK_ROUNDS 3
#define COLUMNS_MAX  16

static const char *const vector_flags[] = { "aes", "avx2", "pclmulqdq",
                                            "vaes", "vpclmulqdq", "avx512f" };

void bench_die(const BenchOptions *options, const char *what)
{
    fprintf(stderr, "%s: %s\n", options->program, what);
    exit(2);
}

int bench_rounds(const BenchOptions *options, int usual)
{
    if (options->rounds)
        return options->rounds;
    return options->quick ? QUICK_ROUNDS : usual;
}

/* The part of a line of /proc/cpuinfo behind its colon, or "". */
static void read_cpuinfo(const char *name, char *out, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    static char line[4096];
    char *value;

    *out = 0;
    while (file && !*out && fgets(line, sizeof(line), file))
        if (!strncmp(line, name, strlen(name)) && (value = strchr(line, ':')))
            snprintf(out, size, "%.*s", (int)strcspn(value + 1, "\n"),
                     value + 1);
    if (file)
        fclose(file);
}

static json_t *machine(void)
{
    static char cpu[256], flags[4096];
    char has[128] = "", kernel[512];
    struct utsname names;

    read_cpuinfo("model name", cpu, sizeof(cpu));
    read_cpuinfo("flags", flags, sizeof(flags) - 1);
    strcat(flags, " ");
    for (size_t i = 0; i < sizeof(vector_flags) / sizeof(*vector_flags); i++) {
        char word[32];

        snprintf(word, sizeof(word), " %s ", vector_flags[i]);
        if (strstr(flags, word))
            snprintf(has + strlen(has), sizeof(has) - strlen(has), "%s%s",
                     *has ? " " : "", vector_flags[i]);
    }
    uname(&names);
    snprintf(kernel, sizeof(kernel), "%s %s %s", names.sysname, names.release,
             names.machine);
    return json_pack("{s:s,s:s,s:i,s:s,s:s,s:s}", "cpu", cpu + (*cpu == ' '),
                     "flags", has, "cpus",
                     (int)sysconf(_SC_NPROCESSORS_ONLN), "kernel", kernel,
                     "compiler", __VERSION__, "libgcrypt",
                     gcry_check_version(NULL));
}

/* Each program adds to the file what it has. */
static void keep(const BenchOptions *options, const char *part,
                 const char *name, json_t *value)
{
    json_t *all, *inner;

    if (!options->json) {
        json_decref(value);
        return;
    }
    all = json_load_file(options->json, 0, NULL);
    if (!json_object_get(all, "tables")) {
        json_decref(all);
        all = json_pack("{s:o,s:{}}", "machine", machine(), "tables");
    }
    inner = json_object_get(all, part);
    if (json_object_set_new(inner, name, value) < 0 ||
        json_dump_file(all, options->json, JSON_INDENT(2)) < 0)
        bench_die(options, "the JSON file cannot be written");
    json_decref(all);
}

void bench_version(const BenchOptions *options, const char *name,
                   const char *version)
{
    printf("%s %s\n", name, version);
    keep(options, "machine", name, json_string(version));
}

static void introduce(void)
{
    json_t *m = machine();

    printf("%s (%s), %s, compiler %s, libgcrypt %s\n",
           json_string_value(json_object_get(m, "cpu")),
           json_string_value(json_object_get(m, "flags")),
           json_string_value(json_object_get(m, "kernel")),
           json_string_value(json_object_get(m, "compiler")),
           json_string_value(json_object_get(m, "libgcrypt")));
    json_decref(m);
}

BenchOptions bench_parse(int argc, char **argv)
{
    BenchOptions o = { .program = program_invocation_short_name,
                       .suffix = "", .arguments = argv };

    for (int i = 1; i < argc; i++) {
        int value = i + 1 < argc;

        if (!strcmp(argv[i], "--quick"))
            o.quick = 1;
        else if (value && !strcmp(argv[i], "--json"))
            o.json = argv[++i];
        else if (value && !strcmp(argv[i], "--suffix"))
            o.suffix = argv[++i];
        else if (value && !strcmp(argv[i], "--rounds"))
            o.rounds = atoi(argv[++i]);
        else if (!strncmp(argv[i], "--", 2))
            bench_die(&o, "usage: [--json FILE] [--suffix TEXT] [--rounds N] "
                      "[--quick] [FILE...]");
        else
            argv[o.nb_arguments++] = argv[i];
    }
    if (o.rounds < 0 || o.rounds > MEASURE_ROUNDS_MAX)
        bench_die(&o, "--rounds takes a number up to 1001");
    measure_pin();
    introduce();
    return o;
}

BenchOptions bench_options(int argc, char **argv)
{
    BenchOptions o = bench_parse(argc, argv);

    if (ff_e2ee_crypto_init())
        bench_die(&o, "libgcrypt does not start");
    return o;
}

json_t *table_new(const char *title, const char *const *columns)
{
    json_t *names = json_array();

    while (*columns)
        json_array_append_new(names, json_string(*columns++));
    return json_pack("{s:s,s:s,s:o,s:[]}", "title", title, "libgcrypt",
                     gcry_check_version(NULL), "columns", names, "rows");
}

void table_add(json_t *table, json_t *row)
{
    if (!row)
        abort();
    json_array_append_new(json_object_get(table, "rows"), row);
}

json_t *table_spread(Spread s)
{
    return json_pack("{s:f,s:f,s:f}", "low", s.low, "median", s.median,
                     "high", s.high);
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

char *table_cell(const json_t *cell)
{
    char *text = NULL;
    int ret;

    if (json_is_object(cell))
        ret = asprintf(&text, "%.2f (%.2f .. %.2f)", number(cell, "median"),
                       number(cell, "low"), number(cell, "high"));
    else if (json_is_integer(cell))
        ret = asprintf(&text, "%lld", (long long)json_integer_value(cell));
    else if (json_is_real(cell) && json_real_value(cell) >= 1000)
        ret = asprintf(&text, "%.0f", json_real_value(cell));
    else if (json_is_real(cell))
        ret = asprintf(&text, "%.3g", json_real_value(cell));
    else
        ret = asprintf(&text, "%s", json_is_string(cell) ?
                       json_string_value(cell) : "-");
    if (ret < 0)
        abort();
    return text;
}

static void print_cell(const char *text, size_t width, int last)
{
    printf("%-*s%s", last ? 0 : (int)width, text, last ? "\n" : "  ");
}

static void print(const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns"), *row;
    const json_t *rows    = json_object_get(table, "rows");
    size_t nb = json_array_size(columns), width[COLUMNS_MAX], i;

    if (nb > COLUMNS_MAX)
        abort();
    printf("\n%s\n", json_string_value(json_object_get(table, "title")));
    for (size_t c = 0; c < nb; c++) {
        const char *name = json_string_value(json_array_get(columns, c));

        width[c] = strlen(name);
        json_array_foreach(rows, i, row) {
            char *text = table_cell(json_object_get(row, name));

            if (strlen(text) > width[c])
                width[c] = strlen(text);
            free(text);
        }
    }
    for (size_t c = 0; c < nb; c++)
        print_cell(json_string_value(json_array_get(columns, c)), width[c],
                   c + 1 == nb);
    json_array_foreach(rows, i, row) {
        for (size_t c = 0; c < nb; c++) {
            const char *name = json_string_value(json_array_get(columns, c));
            char *text = table_cell(json_object_get(row, name));

            print_cell(text, width[c], c + 1 == nb);
            free(text);
        }
    }
    fflush(stdout);
}

void table_end(const BenchOptions *options, const char *name, json_t *table)
{
    char *whole;

    if (asprintf(&whole, "%s%s", name, options->suffix) < 0)
        abort();
    print(table);
    keep(options, "tables", whole, table);
    free(whole);
}
