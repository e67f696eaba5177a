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


#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/base64.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "report/log.h"
#include "srtp_keys.h"

#define MAX_LINE 1024
#define SEPARATORS " \t\r\n"

static void wipe(void *data, size_t size)
{
    volatile uint8_t *p = data;

    while (size--)
        *p++ = 0;
}

/* "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BASE64|2^31|1:1" behind "a=".
 * @return NULL or what is wrong */
static const char *parse_sdes(char *text, SrtpKey *key)
{
    char *save, *name, *inline_key;

    av_strtok(text, SEPARATORS, &save);
    name       = av_strtok(NULL, SEPARATORS, &save);
    inline_key = av_strtok(NULL, SEPARATORS, &save);
    if (!name || !inline_key || strncmp(inline_key, "inline:", 7))
        return "no suite and inline: in it";
    key->profile = srtp_profile_from_name(name);
    if (key->profile == SRTP_NONE || key->profile == SRTP_PROFILE_NB)
        return "an unknown suite";
    inline_key += 7;
    inline_key[strcspn(inline_key, "|;")] = '\0';
    key->any = true;
    if (av_base64_decode(key->key, inline_key, sizeof(key->key)) !=
        (int)srtp_key_size(key->profile))
        return "a key of another length than the suite's";
    return NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "SRTP_MASTER_KEY SSRC PROFILE HEX" */
static const char *parse_log(char *text, SrtpKey *key)
{
    char *save, *end, *ssrc, *name, *hex;
    size_t size;

    av_strtok(text, SEPARATORS, &save);
    ssrc = av_strtok(NULL, SEPARATORS, &save);
    name = av_strtok(NULL, SEPARATORS, &save);
    hex  = av_strtok(NULL, SEPARATORS, &save);
    if (!hex)
        return "no SSRC, profile and key in it";
    key->any  = !strcmp(ssrc, "any");
    key->ssrc = strtoul(ssrc, &end, 0);
    if (!key->any && (end == ssrc || *end))
        return "an SSRC that is neither a number nor any";
    key->profile = srtp_profile_from_name(name);
    if (key->profile == SRTP_NONE || key->profile == SRTP_PROFILE_NB)
        return "an unknown profile";
    size = srtp_key_size(key->profile);
    if (strlen(hex) != 2 * size)
        return "a key of another length than the profile's";
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return "a key that is not hexadecimal";
        key->key[i] = high << 4 | low;
    }
    return NULL;
}

/* av_realloc() would leave a copy of the keys behind. */
static int append(SrtpKeys *keys, const SrtpKey *key)
{
    SrtpKey *grown = av_malloc_array(keys->nb_keys + 1, sizeof(*grown));
    int nb = keys->nb_keys;

    if (!grown)
        return AVERROR(ENOMEM);
    if (nb)
        memcpy(grown, keys->keys, nb * sizeof(*grown));
    grown[nb] = *key;
    srtp_keys_free(keys);
    *keys = (SrtpKeys){ grown, nb + 1 };
    return 0;
}

static int read_lines(SrtpKeys *keys, const char *file, FILE *in)
{
    char line[MAX_LINE];
    int  ret = 0;

    for (int number = 1; ret >= 0 && fgets(line, sizeof(line), in);
         number++) {
        SrtpKey key = { 0 };
        const char *wrong = NULL;
        bool sdes = av_strstart(line, "a=crypto:", NULL);

        if (!sdes && !av_strstart(line, "SRTP_MASTER_KEY ", NULL))
            continue;
        wrong = sdes ? parse_sdes(line, &key) : parse_log(line, &key);
        if (wrong) {
            log_error("--srtp-keys: %s: line %d has %s; see e2ee-meeting(1)",
                      file, number, wrong);
            ret = AVERROR_INVALIDDATA;
        } else {
            ret = append(keys, &key);
        }
        wipe(&key, sizeof(key));
    }
    wipe(line, sizeof(line));
    return ret;
}

int srtp_keys_read(SrtpKeys *keys, const char *file)
{
    FILE *in = fopen(file, "r");
    int   ret;

    if (!in) {
        ret = AVERROR(errno);
        log_error("--srtp-keys: %s: %s; give a file of a=crypto lines or of "
                  "SRTP_MASTER_KEY lines", file, av_err2str(ret));
        return ret;
    }
    setvbuf(in, NULL, _IONBF, 0); /* no copy of the keys stays in a buffer */
    ret = read_lines(keys, file, in);
    fclose(in);
    if (ret >= 0 && !keys->nb_keys) {
        log_error("--srtp-keys: %s: no line begins with a=crypto: or "
                  "SRTP_MASTER_KEY", file);
        ret = AVERROR_INVALIDDATA;
    }
    if (ret < 0)
        srtp_keys_free(keys);
    return ret;
}

void srtp_keys_free(SrtpKeys *keys)
{
    if (keys->keys)
        wipe(keys->keys, keys->nb_keys * sizeof(*keys->keys));
    av_freep(&keys->keys);
    keys->nb_keys = 0;
}
