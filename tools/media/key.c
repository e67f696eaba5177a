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
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/sha.h>

#include "e2ee_keyfile.h"
#include "key.h"
#include "report/log.h"

/* More than any sensible key file: 256 slots of 255 characters. */
#define MAX_FILE_SIZE 65536
#define MADE_SIZE 16

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

static void write_hex(char *text, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}

static int set_bytes(Key *key, uint8_t bytes[MADE_SIZE])
{
    int ret;

    write_hex(key->secret, bytes, MADE_SIZE);
    ret = set_digest(key, true, bytes, MADE_SIZE);
    explicit_bzero(bytes, MADE_SIZE);
    return ret;
}

int key_make(Key *key, KeyKind kind)
{
    uint8_t random[MADE_SIZE];

    *key = (Key){ .kind = kind };
    if (kind == KEY_NONE)
        return 0;
    if (getentropy(random, sizeof(random)) < 0)
        return AVERROR(errno);
    return set_bytes(key, random);
}

int key_from_seed(Key *key, KeyKind kind, uint64_t seed, const char *name)
{
    static const char label[] = "e2ee-meeting key";
    struct AVSHA *sha = av_sha_alloc();
    uint8_t number[8], hash[32];

    *key = (Key){ .kind = kind };
    if (!sha)
        return AVERROR(ENOMEM);
    AV_WB64(number, seed);
    av_sha_init(sha, 256);
    av_sha_update(sha, (const uint8_t *)label, sizeof(label));
    av_sha_update(sha, number, sizeof(number));
    av_sha_update(sha, (const uint8_t *)name, strlen(name));
    av_sha_final(sha, hash);
    av_free(sha);
    return set_bytes(key, hash);
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

    *key = (Key){ .kind = kind, .file = file };
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

typedef struct Secret {
    char  *text;
    size_t size;
} Secret;

/* A copy of what the variable holds, to be wiped, and its one line. */
static Secret read_variable(const char *variable, E2EEKeyLine *line,
                            const char **error)
{
    const char *value = getenv(variable);
    char *copy = value ? strdup(value) : NULL;
    size_t size = copy ? strlen(copy) : 0;
    E2EEKeyText text = { (uint8_t *)copy, (uint8_t *)copy + size, 0 };

    *error = NULL;
    if (!value)
        *error = "there is no such variable";
    else if (!copy)
        *error = "not enough memory";
    else if (!size)
        *error = "it is empty";
    else if (ff_e2ee_key_line(&text, line, error) > 0 && text.p < text.end)
        *error = "it has more than one line";
    return (Secret){ copy, size };
}

static void free_secret(Secret *secret)
{
    if (secret->text)
        explicit_bzero(secret->text, secret->size);
    free(secret->text);
}

int key_from_environment(Key *key, KeyKind kind, const char *variable)
{
    E2EEKeyLine line;
    const char *error;
    Secret copy = read_variable(variable, &line, &error);
    int ret = 0;

    *key = (Key){ .kind = kind, .variable = variable };
    if (error) {
        log_error("environment variable %s: %s; put a passphrase or a key "
                  "file's line into it", variable, error);
        ret = AVERROR(EINVAL);
    } else if (line.index <= 0) {
        ret = set_digest(key, line.is_raw, line.secret, line.size);
    }
    free_secret(&copy);
    return ret;
}

static int apply_line(const E2EEKeyLine *line, void *priv)
{
    size_t size = 2 * line->size + 1;
    Secret copy = { malloc(size), size };
    int ret = 0;

    if (!copy.text)
        return AVERROR(ENOMEM);
    if (line->is_raw) {
        write_hex(copy.text, line->secret, line->size);
    } else {
        memcpy(copy.text, line->secret, line->size);
        copy.text[line->size] = '\0';
    }
    if (line->index >= 0)
        ret = av_opt_set_int(priv, "key_index", line->index, 0);
    if (ret >= 0)
        ret = av_opt_set(priv, line->is_raw ? "key_hex" : "key", copy.text,
                         0);
    free_secret(&copy);
    return ret;
}

static int apply_variable(const char *variable, void *priv)
{
    E2EEKeyLine line;
    const char *error;
    Secret copy = read_variable(variable, &line, &error);
    int ret = error ? AVERROR(EINVAL) : apply_line(&line, priv);

    free_secret(&copy);
    return ret;
}

int key_apply(const Key *key, void *priv)
{
    if (key->kind == KEY_NONE)
        return av_opt_set(priv, "require_key", "0", 0);
    if (key->file)
        return av_opt_set(priv, "key_file", key->file, 0);
    if (key->variable)
        return apply_variable(key->variable, priv);
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
