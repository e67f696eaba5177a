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
 * Numbers for names: which row of the report a frame belongs to.
 */

#ifndef TOOLS_REPORT_NAMES_H
#define TOOLS_REPORT_NAMES_H

/** All zero is an empty table. */
typedef struct NameTable {
    struct NameEntry *entries; ///< sorted
    int               nb;
} NameTable;

/**
 * The number of three names together, the next free one if they are new.
 * NULL is a name of its own.
 *
 * @return the number, from 0, or AVERROR(ENOMEM)
 */
int name_table_index(NameTable *table, const char *first, const char *second,
                     const char *third);

void name_table_free(NameTable *table);

#endif /* TOOLS_REPORT_NAMES_H */
