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

#define _DEFAULT_SOURCE /* explicit_bzero */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>
#include <libavutil/base64.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "e2ee_aead.h"
#include "e2ee_keyfile.h"
#include "report/log.h"
#include "secrets.h"

#define MAX_FILE_SIZE 65536

static const char *const form_texts[FORM_SECRET_NB] = {
    [FORM_HEX]      = "its hexadecimal digits are key bytes: write "
                      "INDEX:hex:HEX",
    [FORM_BASE64]   = "it is base64 of key bytes: decode it and write "
                      "INDEX:hex:HEX",
    [FORM_HEX_TEXT] = "the sender took the digits themselves for a "
                      "passphrase: write INDEX:text:DIGITS",
    [FORM_NEWLINE]  = "the sender's passphrase has a line feed at its end: "
                      "write INDEX:hex: of its bytes and say kdf",
    [FORM_TRIMMED]  = "the blanks around it are not part of it",
};

const char *secret_form_text(SecretForm form)
{
    return form_texts[form];
}

static int add(SecretList *list, const Secret *like, const uint8_t *data,
               size_t size)
{
    Secret *grown = av_realloc_array(list->secrets, list->nb + 1,
                                     sizeof(*grown));
    uint8_t *copy = gcry_malloc_secure(size + 1);

    if (grown)
        list->secrets = grown;
    if (!grown || !copy) {
        gcry_free(copy);
        return AVERROR(ENOMEM);
    }
    memcpy(copy, data, size);
    grown[list->nb] = *like;
    grown[list->nb].data = copy;
    grown[list->nb++].size = size;
    return 0;
}

static int read_text(SecretList *list, const Secret *origin, uint8_t *text,
                     size_t size)
{
    E2EEKeyText lines = { text, text + size, 0 };
    E2EEKeyLine line;
    const char *error = NULL;
    int ret = 0, more = 0, nb = list->nb;

    while (ret >= 0 && (more = ff_e2ee_key_line(&lines, &line, &error)) > 0) {
        Secret secret = *origin;

        secret.line    = line.number;
        secret.index   = line.index;
        secret.is_raw  = secret.was_raw = line.is_raw;
        ret = add(list, &secret, line.secret, line.size);
    }
    if (ret >= 0 && more < 0) {
        log_error("%s, line %d: %s", origin->file, line.number, error);
        ret = AVERROR(EINVAL);
    } else if (ret >= 0 && list->nb == nb) {
        log_error("%s: there is no key in it; write one a line", origin->file);
        ret = AVERROR(EINVAL);
    }
    list->nb_given = list->nb;
    return ret;
}

int secrets_read_file(SecretList *list, const char *file)
{
    const Secret origin = { .file = file };
    uint8_t *text = malloc(MAX_FILE_SIZE);
    FILE    *f    = fopen(file, "r");
    size_t   size = 0;
    int      ret;

    if (f)
        setvbuf(f, NULL, _IONBF, 0); /* no copy of the key in stdio's buffer */
    if (!text || !f || (size = fread(text, 1, MAX_FILE_SIZE, f), ferror(f))) {
        ret = AVERROR(errno);
        log_error("%s: %s; name a key file that you may read", file,
                  av_err2str(ret));
    } else if (size == MAX_FILE_SIZE) {
        ret = AVERROR(EFBIG);
        log_error("%s: %d bytes or more; a key file has one key a line", file,
                  MAX_FILE_SIZE);
    } else if (ff_e2ee_crypto_init()) {
        ret = AVERROR_EXTERNAL;
        log_error("libgcrypt could not be initialised");
    } else {
        ret = read_text(list, &origin, text, size);
    }
    if (text)
        explicit_bzero(text, MAX_FILE_SIZE);
    free(text);
    if (f)
        fclose(f);
    return ret;
}

int secrets_read_env(SecretList *list, const char *name)
{
    const Secret origin = { .file = name, .from_env = true };
    const char *value = getenv(name);
    size_t size = value ? strlen(value) : 0;
    uint8_t *text;
    int ret;

    if (!value) {
        log_error("--key-env %s: there is no such variable", name);
        return AVERROR(ENOENT);
    }
    if (ff_e2ee_crypto_init() || !(text = gcry_malloc_secure(size + 1)))
        return AVERROR(ENOMEM);
    memcpy(text, value, size);
    ret = read_text(list, &origin, text, size);
    gcry_free(text);
    return ret;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What becomes of the secret in this form, in room for as many bytes and
 * twice as many more; -1: it has no such form. */
static int convert(SecretForm form, const Secret *s, uint8_t *out)
{
    size_t begin = 0, end = s->size;

    switch (form) {
    case FORM_HEX:
        return s->is_raw ? -1 : (int)ff_e2ee_hex(out, s->data, s->size);
    case FORM_BASE64:
        memcpy(out, s->data, s->size);
        out[s->size] = '\0';
        return s->is_raw || s->size < 8 || strlen((char *)out) < s->size ?
               -1 : av_base64_decode(out + s->size + 1, (char *)out, s->size);
    case FORM_HEX_TEXT:
        for (size_t i = 0; i < s->size; i++)
            snprintf((char *)out + 2 * i, 3, "%02x", s->data[i]);
        return s->is_raw ? (int)(2 * s->size) : -1;
    case FORM_NEWLINE:
        memcpy(out, s->data, s->size);
        out[s->size] = '\n';
        return s->is_raw ? -1 : (int)s->size + 1;
    default:
        while (begin < end && is_blank(s->data[begin]))
            begin++;
        while (end > begin && is_blank(s->data[end - 1]))
            end--;
        memcpy(out, s->data + begin, end - begin);
        return s->is_raw || end - begin == s->size ? -1 : (int)(end - begin);
    }
}

static int add_form(SecretList *list, const Secret *given, SecretForm form)
{
    size_t room = 3 * given->size + 8;
    uint8_t *bytes = gcry_malloc_secure(room);
    Secret secret = *given;
    int size, ret = 0;

    if (!bytes)
        return AVERROR(ENOMEM);
    size = convert(form, given, bytes);
    secret.form   = form;
    secret.is_raw = form == FORM_HEX || form == FORM_BASE64;
    if (size > 0)
        ret = add(list, &secret,
                  bytes + (form == FORM_BASE64 ? given->size + 1 : 0), size);
    gcry_free(bytes);
    return ret;
}

int secrets_add_forms(SecretList *list)
{
    int ret = 0;

    for (int i = 0; i < list->nb_given; i++)
        for (int form = FORM_GIVEN + 1; form < FORM_SECRET_NB && ret >= 0;
             form++) {
            const Secret given = list->secrets[i];

            ret = add_form(list, &given, form);
        }
    return ret;
}

void secrets_free(SecretList *list)
{
    for (int i = 0; i < list->nb; i++)
        gcry_free(list->secrets[i].data);
    av_freep(&list->secrets);
    list->nb = list->nb_given = 0;
}
