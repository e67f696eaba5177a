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

#define _DEFAULT_SOURCE /* explicit_bzero, getentropy */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/sha.h>

#include "e2ee_keyfile.h"
#include "key.h"
#include "report/log.h"

/* More than any sensible key file: 256 slots of 255 characters. */
#define MAX_FILE_SIZE 65536

static const char *const kind_names[KEY_NB] = {
    [KEY_ROOM]  = "room",
    [KEY_OWN]   = "own",
    [KEY_NONE]  = "none",
    [KEY_WRONG] = "wrong",
};

const char *key_kind_name(KeyKind kind)
{
    return kind_names[kind];
}

/* A passphrase and key bytes of the same value are two keys. */
static int set_digest(Key *key, bool is_raw, const void *secret, size_t size)
{
    struct AVSHA *sha = av_sha_alloc();

    if (!sha)
        return AVERROR(ENOMEM);
    av_sha_init(sha, 256);
    av_sha_update(sha, (const uint8_t *)(is_raw ? "r" : "p"), 1);
    av_sha_update(sha, secret, size);
    av_sha_final(sha, key->digest);
    explicit_bzero(sha, av_sha_size);
    av_free(sha);
    key->held = true;
    return 0;
}

int key_make(Key *key, KeyKind kind)
{
    uint8_t random[16];
    int ret;

    memset(key, 0, sizeof(*key));
    key->kind = kind;
    if (kind == KEY_NONE)
        return 0;

    if (getentropy(random, sizeof(random)) < 0)
        return AVERROR(errno);
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(key->secret + 2 * i, 3, "%02x", random[i]);
    ret = set_digest(key, true, random, sizeof(random));
    explicit_bzero(random, sizeof(random));
    return ret;
}

/* The last key at index 0. A line that is wrong the filter will tell of. */
static int digest_lines(Key *key, uint8_t *text, size_t size)
{
    E2EEKeyText lines = { text, text + size, 0 };
    E2EEKeyLine line;
    const char *error;
    int ret = 0;

    while (ret >= 0 && ff_e2ee_key_line(&lines, &line, &error) > 0)
        if (line.index <= 0)
            ret = set_digest(key, line.is_raw, line.secret, line.size);
    return ret;
}

int key_from_file(Key *key, KeyKind kind, const char *file)
{
    uint8_t *text = malloc(MAX_FILE_SIZE);
    FILE    *f    = fopen(file, "r");
    size_t   size = 0;
    int      ret  = 0;

    memset(key, 0, sizeof(*key));
    key->kind = kind;
    key->file = file;

    if (f)
        setvbuf(f, NULL, _IONBF, 0); /* no copy of the key in stdio's buffer */
    if (!text || !f || (size = fread(text, 1, MAX_FILE_SIZE, f), ferror(f))) {
        ret = AVERROR(errno);
        log_error("%s: %s; name a key file that you may read", file,
                  av_err2str(ret));
        goto end;
    }
    if (size == MAX_FILE_SIZE) {
        ret = AVERROR(EFBIG);
        log_error("%s: %d bytes or more; a key file has one key a line", file,
                  MAX_FILE_SIZE);
        goto end;
    }
    ret = digest_lines(key, text, size);

end:
    if (text)
        explicit_bzero(text, MAX_FILE_SIZE);
    free(text);
    if (f)
        fclose(f);
    return ret;
}

int key_apply(const Key *key, void *priv)
{
    if (key->kind == KEY_NONE)
        return av_opt_set(priv, "require_key", "0", 0);
    if (key->file)
        return av_opt_set(priv, "key_file", key->file, 0);
    return av_opt_set(priv, "key_hex", key->secret, 0);
}

bool key_same(const Key *a, const Key *b)
{
    return a->held && b->held &&
           !memcmp(a->digest, b->digest, sizeof(a->digest));
}

void key_wipe(Key *key)
{
    explicit_bzero(key, sizeof(*key));
}
