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


/*
 * Puts the tables of a file of results into a text, in place of what stands
 * between "<!-- table NAME -->" and "<!-- end -->".
 *
 *     bench_tables --json FILE TEXT
 */

#define _GNU_SOURCE

#include <stdlib.h>
#include <string.h>

#include "table.h"

#define BEGIN "<!-- table "
#define END   "<!-- end -->"

static void write_row(FILE *out, const json_t *columns, const json_t *row)
{
    const json_t *name;
    size_t i;

    json_array_foreach(columns, i, name) {
        char *text = row ? table_cell(json_object_get(row,
                                                      json_string_value(name)))
                         : strdup(json_string_value(name));

        fprintf(out, "| %s ", text);
        free(text);
    }
    fprintf(out, "|\n");
}

static void write_table(FILE *out, const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns"), *row;
    size_t i;

    write_row(out, columns, NULL);
    for (i = 0; i < json_array_size(columns); i++)
        fprintf(out, "|---");
    fprintf(out, "|\n");
    json_array_foreach(json_object_get(table, "rows"), i, row)
        write_row(out, columns, row);
}

static void write_machine(FILE *out, const json_t *machine)
{
    const char *name;
    json_t *value;

    fprintf(out, "| | |\n|---|---|\n");
    json_object_foreach((json_t *)machine, name, value) {
        char *text = table_cell(value);

        fprintf(out, "| %s | %s |\n", name, text);
        free(text);
    }
}

/* What the results do not have stays as it is. */
static void copy(FILE *out, FILE *in, const json_t *all)
{
    const json_t *tables = json_object_get(all, "tables");
    char *line = NULL, name[64];
    size_t size = 0;
    int skips = 0;

    while (getline(&line, &size, in) >= 0) {
        const json_t *table = NULL;

        if (!strncmp(line, END, strlen(END)))
            skips = 0;
        if (!skips)
            fputs(line, out);
        if (sscanf(line, BEGIN "%63s", name) != 1)
            continue;
        if (!strcmp(name, "machine"))
            write_machine(out, json_object_get(all, "machine"));
        else if ((table = json_object_get(tables, name)))
            write_table(out, table);
        skips = table || !strcmp(name, "machine");
    }
    free(line);
}

int main(int argc, char **argv)
{
    BenchOptions o = { .program = "bench_tables" };
    char *temporary;
    json_t *all;
    FILE *in, *out;

    if (argc != 4 || strcmp(argv[1], "--json"))
        bench_die(&o, "usage: bench_tables --json FILE TEXT");
    all = json_load_file(argv[2], 0, NULL);
    in  = fopen(argv[3], "r");
    if (!all || !in || asprintf(&temporary, "%s.new", argv[3]) < 0)
        bench_die(&o, "a file cannot be read");
    out = fopen(temporary, "w");
    if (!out)
        bench_die(&o, "the text cannot be written");
    copy(out, in, all);
    fclose(in);
    if (fclose(out) || rename(temporary, argv[3]))
        bench_die(&o, "the text cannot be written");
    free(temporary);
    json_decref(all);
    return 0;
}
