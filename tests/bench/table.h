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


/**
 * @file
 * What the benchmarks have in common: their options, and tables of results
 * that are printed and kept as JSON:
 *
 *     { "machine": { "cpu": ..., "libgcrypt": ... },
 *       "tables": { NAME: { "title": ..., "columns": [ ... ],
 *                           "rows": [ { COLUMN: CELL, ... } ] } } }
 *
 * A cell is a string, a number, { "low", "median", "high" } or null.
 */

#ifndef TESTS_BENCH_TABLE_H
#define TESTS_BENCH_TABLE_H

#include <jansson.h>

#include "measure.h"

typedef struct BenchOptions {
    const char *program;
    const char *json;           ///< file, NULL: none
    const char *suffix;         ///< of the tables' names
    int         rounds;         ///< 0: as many as the program thinks fit
    int         quick;          ///< only that it works
    int         nb_arguments;   ///< what else there is
    char      **arguments;
} BenchOptions;

/**
 * --json FILE, --suffix TEXT, --rounds N, --quick; anything else is an
 * argument. Pins the process, starts libgcrypt, and exits with 2 on a mistake.
 */
BenchOptions bench_options(int argc, char **argv);

/** The same, with libgcrypt left as it is. */
BenchOptions bench_parse(int argc, char **argv);

/** How many rounds to run. */
int bench_rounds(const BenchOptions *options, int usual);

/** Print an error and exit with 2. */
void bench_die(const BenchOptions *options, const char *what);

/** @param columns  one after the other, NULL at the end */
json_t *table_new(const char *title, const char *const *columns);

/** @param row  an object with cells by their columns; taken over */
void table_add(json_t *table, json_t *row);

json_t *table_spread(Spread spread);

/** Print it, and keep it in the file of the options. Frees the table. */
void table_end(const BenchOptions *options, const char *name, json_t *table);

/** The text of a cell; the caller frees it. */
char *table_cell(const json_t *cell);

/** Note a version in the file of the options, beside the machine's name. */
void bench_version(const BenchOptions *options, const char *name,
                   const char *version);

#endif /* TESTS_BENCH_TABLE_H */
