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
 * scan_memory PROCESS FILE: where a process's memory, or a core dump, holds
 * the passphrase of a key file and VideoSDK's AES key of it. One line a place:
 * FORM MAPPING, which is "secure" for what core dumps leave out.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "e2ee_aead.h"
#include "e2ee_scheme.h"
#include "memory_scan.h"

#define POOLS_MAX 64

typedef struct Pools {
    unsigned long begin[POOLS_MAX];
    int           nb;
} Pools;

static Pools find_pools(const char *process)
{
    Pools pools = { .nb = 0 };
    unsigned long begin = 0, b, e;
    char name[64], line[512];
    FILE *smaps;

    snprintf(name, sizeof(name), "%s/smaps", process);
    smaps = fopen(name, "r");
    while (smaps && fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "%lx-%lx ", &b, &e) == 2)
            begin = b;
        /* The kernel's own ones are not dumped either. */
        if (!strncmp(line, "VmFlags:", 8) && strstr(line, " dd") &&
            !strstr(line, " io") && !strstr(line, " pf") &&
            pools.nb < POOLS_MAX)
            pools.begin[pools.nb++] = begin;
    }
    if (smaps)
        fclose(smaps);
    return pools;
}

static void print_find(void *opaque, const MemoryFind *find)
{
    const Pools *pools = opaque;
    const char *where = *find->mapping ? find->mapping : "anonymous";

    for (int i = 0; i < pools->nb; i++)
        if (pools->begin[i] == find->begin)
            where = "secure";
    printf("%s, %s: %s\n", find->needle->secret, find->needle->form, where);
}

int main(int argc, char **argv)
{
    const E2EEScheme *scheme = ff_e2ee_scheme_find("videosdk");
    uint8_t secret[64], key[16];
    static Needles needles;
    int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
    ssize_t size = fd < 0 ? 0 : read(fd, secret, sizeof(secret));
    Pools pools;

    while (size > 0 && secret[size - 1] == '\n')
        size--;
    if (size < 8 || ff_e2ee_crypto_init() ||
        ff_e2ee_kdf(E2EE_KDF_PBKDF2, secret, size,
                    (const uint8_t *)scheme->salt, strlen(scheme->salt), key,
                    sizeof(key)))
        return 2;
    needles_add(&needles, "passphrase", secret, size);
    needles_add_aes(&needles, "AES key", key, sizeof(key));
    pools = find_pools(argv[1]);
    return memory_scan(argv[1], &needles, print_find, &pools) > 0 ? 0 : 3;
}
