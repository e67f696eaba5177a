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
 * main() of a fuzz target that is built without libFuzzer: gives it each file
 * of its corpus, what once crashed among them, and counts in TAP.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void bail_out(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(99);
}

/* In memory of its own size, so that a sanitizer sees reads beyond it. */
static void replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    long size = -1;

    if (file && !fseek(file, 0, SEEK_END))
        size = ftell(file);
    if (size < 0)
        bail_out(path);
    rewind(file);
    data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != (size_t)size)
        bail_out(path);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

int main(int argc, char **argv)
{
    const char *top  = getenv("top_srcdir");
    const char *name = strrchr(argv[0], '/');
    char folder[4096], path[8192];
    struct dirent *entry;
    int nb = 0;
    DIR *dir;

    name = name ? name + 1 : argv[0];
    name = strchr(name, '_') ? strchr(name, '_') + 1 : name;
    snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
             top ? top : ".", name);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    if (!(dir = opendir(folder)))
        bail_out(folder);
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        printf("# %s\n", entry->d_name);
        fflush(stdout);
        replay(path);
        nb++;
    }
    closedir(dir);
    printf("%s 1 - %d files of the corpus\n1..1\n", nb ? "ok" : "not ok", nb);
    return !nb;
}
