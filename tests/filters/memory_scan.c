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

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>
#include <libavutil/base64.h>

#include "common.h"
#include "memory_scan.h"

#define CHUNK      (1 << 20)
#define HMAC_BLOCK 64
#define PART       8

static void add(Needles *needles, const char *secret, const char *form,
                const void *bytes, size_t size)
{
    Needle *n = &needles->list[needles->nb++];

    check_that(needles->nb <= 256 && size <= sizeof(n->bytes),
               "too many secrets, or too long ones");
    n->secret = secret;
    n->form   = form;
    n->size   = size;
    memcpy(n->bytes, bytes, size);
}

static void add_hex(Needles *needles, const char *secret,
                    const uint8_t *bytes, size_t size, const char *digits)
{
    char text[2 * 64];

    for (size_t i = 0; i < size; i++) {
        text[2 * i]     = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    add(needles, secret, digits[10] == 'a' ? "hex" : "HEX", text, 2 * size);
}

static void add_pad(Needles *needles, const char *secret, const char *form,
                    const uint8_t *bytes, size_t size, uint8_t pad)
{
    uint8_t block[HMAC_BLOCK];

    memset(block, pad, sizeof(block));
    for (size_t i = 0; i < size; i++)
        block[i] ^= bytes[i];
    add(needles, secret, form, block, size);
}

void needles_add(Needles *needles, const char *secret, const void *bytes,
                 size_t size)
{
    char text[AV_BASE64_SIZE(64)];

    check_that(size >= 8 && size <= 64, "%s: %zu bytes", secret, size);
    add(needles, secret, "raw", bytes, size);
    /* An allocator may have written over the rest. */
    for (size_t i = 0; i + PART <= size; i += PART)
        add(needles, secret, "part", (const uint8_t *)bytes + i, PART);
    add_hex(needles, secret, bytes, size, "0123456789abcdef");
    add_hex(needles, secret, bytes, size, "0123456789ABCDEF");
    av_base64_encode(text, sizeof(text), bytes, size);
    /* What the last group is depends on what follows. */
    add(needles, secret, "base64", text, size / 3 * 4);
    add_pad(needles, secret, "inner pad", bytes, size, 0x36);
    add_pad(needles, secret, "outer pad", bytes, size, 0x5c);
}

void needles_add_aes(Needles *needles, const char *secret, const void *key,
                     size_t size)
{
    uint8_t hash_key[16] = { 0 }, reversed[16];
    gcry_cipher_hd_t cipher;

    needles_add(needles, secret, key, size);
    check_that(!gcry_cipher_open(&cipher, size == 32 ? GCRY_CIPHER_AES256 :
                                                       GCRY_CIPHER_AES128,
                                 GCRY_CIPHER_MODE_ECB, 0) &&
               !gcry_cipher_setkey(cipher, key, size) &&
               !gcry_cipher_encrypt(cipher, hash_key, 16, NULL, 0), "AES");
    gcry_cipher_close(cipher);
    for (int i = 0; i < 16; i++)
        reversed[i] = hash_key[15 - i];
    add(needles, secret, "GHASH key", hash_key, 16);
    add(needles, secret, "reversed GHASH key", reversed, 16);
}

/* Which two bytes needles begin with; few places do. */
static void index_needles(uint8_t *begins, const Needles *needles)
{
    memset(begins, 0, 1 << 16);
    for (int i = 0; i < needles->nb; i++) {
        const uint8_t *b = needles->list[i].bytes;

        begins[b[0] << 8 | b[1]] = 1;
    }
}

static void search(const uint8_t *data, size_t size, size_t limit,
                   const Needles *needles, const uint8_t *begins,
                   MemoryFind *find, uintptr_t address,
                   void (*found)(void *opaque, const MemoryFind *find),
                   void *opaque)
{
    for (size_t at = 0; at < limit && at + 1 < size; at++) {
        if (!begins[data[at] << 8 | data[at + 1]])
            continue;
        for (int i = 0; i < needles->nb; i++) {
            const Needle *n = &needles->list[i];

            if (size - at < n->size || memcmp(data + at, n->bytes, n->size))
                continue;
            find->needle  = n;
            find->address = address + at;
            found(opaque, find);
        }
    }
}

/* What cannot be read any more or at all ([vvar]) is passed over. */
static long scan_mapping(int mem, const Needles *needles,
                         const uint8_t *begins, MemoryFind *find,
                         void (*found)(void *opaque, const MemoryFind *find),
                         void *opaque)
{
    uint8_t *data = malloc(CHUNK + NEEDLE_MAX);
    long scanned = 0;

    check_that(!!data, "not enough memory");
    for (uintptr_t at = find->begin; at < find->end; at += CHUNK) {
        size_t left = find->end - at;
        size_t want = left < CHUNK + NEEDLE_MAX ? left : CHUNK + NEEDLE_MAX;
        ssize_t got = pread(mem, data, want, (off_t)at);

        if (got <= 0)
            break;
        search(data, got, CHUNK, needles, begins, find, at, found, opaque);
        scanned += got < CHUNK ? got : CHUNK;
    }
    free(data);
    return scanned;
}

long memory_scan(const char *process, const Needles *needles,
                 void (*found)(void *opaque, const MemoryFind *find),
                 void *opaque)
{
    char name[64], line[1024], file[1024], mode[8];
    uint8_t *begins = malloc(1 << 16);
    long scanned = 0, got;
    unsigned long begin, end;
    int mem, n;
    FILE *maps;

    snprintf(name, sizeof(name), "%s/maps", process);
    maps = fopen(name, "r");
    snprintf(name, sizeof(name), "%s/mem", process);
    mem = open(name, O_RDONLY);
    check_that(!!begins, "not enough memory");
    index_needles(begins, needles);
    while (maps && mem >= 0 && fgets(line, sizeof(line), maps)) {
        MemoryFind find = { .mapping = file };

        file[0] = '\0';
        n = sscanf(line, "%lx-%lx %7s %*s %*s %*s %1000s", &begin, &end,
                   mode, file);
        /* A file's own bytes that nobody can have written to. */
        if (n < 3 || mode[0] != 'r' || (file[0] == '/' && mode[1] != 'w'))
            continue;
        find.begin = begin;
        find.end   = end;
        got = scan_mapping(mem, needles, begins, &find, found, opaque);
        scanned += got;
    }
    free(begins);
    if (maps)
        fclose(maps);
    if (mem >= 0)
        close(mem);
    return maps && mem >= 0 && scanned ? scanned : -1;
}
