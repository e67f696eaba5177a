/*
 * End-to-end encrypted media: keys from the filters' options
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libavutil/avstring.h"
#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/mathematics.h"
#include "libavutil/mem.h"
#include "libavutil/parseutils.h"

#include "e2ee_bsf_common.h"
#include "e2ee_keyfile.h"

/* 256 keys of 250 bytes; more is not a file of keys. */
#define KEY_FILE_MAX (64 << 10)

static void wipe_option(char **option)
{
    if (*option)
        ff_e2ee_wipe(*option, strlen(*option));
    av_freep(option);
}

static int set_key(AVBSFContext *bsf, unsigned index, int is_raw,
                   const uint8_t *secret, size_t size)
{
    E2EEBSFContext *s = bsf->priv_data;
    E2EEKeyRing *ring = &s->session.ring;
    enum E2EEKdf kdf = ff_e2ee_scheme_kdf(&s->session, s->kdf, is_raw);
    enum E2EEReason reason;

    if (kdf == E2EE_KDF_RAW && size != ring->key_size) {
        av_log(bsf, AV_LOG_ERROR, "kdf=raw with key_size=%u takes keys of %u "
               "bytes, the one at index %u has %zu.\n", ring->key_size * 8,
               ring->key_size, index, size);
        ff_e2ee_keyring_unset(ring, index);
        return AVERROR(EINVAL);
    }
    if (kdf == E2EE_KDF_PBKDF2 && !ring->salt_size) {
        av_log(bsf, AV_LOG_ERROR, "kdf=pbkdf2 needs a salt, this one is "
               "empty.\n");
        return AVERROR(EINVAL);
    }
    reason = ff_e2ee_keyring_set(ring, index, kdf, secret, size);
    if (reason) {
        av_log(bsf, AV_LOG_ERROR, "The key at index %u could not be set: "
               "%s.\n", index, ff_e2ee_reason_text(reason));
        return ff_e2ee_bsf_error(reason);
    }
    return 0;
}

/* Returns the bytes read, never more than KEY_FILE_MAX. */
static int read_key_file(AVBSFContext *bsf, const char *name, uint8_t *text)
{
    int fd = open(name, O_RDONLY), size = 0, ret = 0;
    struct stat st;

    if (fd < 0) {
        ret = AVERROR(errno);
        av_log(bsf, AV_LOG_ERROR, "Key file %s: %s.\n", name,
               av_err2str(ret));
        return ret;
    }
    if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
        (st.st_mode & (S_IRWXG | S_IRWXO)))
        av_log(bsf, AV_LOG_WARNING, "Key file %s may be read by others: "
               "chmod 600 it.\n", name);
    while (size <= KEY_FILE_MAX &&
           (ret = read(fd, text + size, KEY_FILE_MAX + 1 - size)) > 0)
        size += ret;
    if (ret < 0) {
        ret = AVERROR(errno);
        av_log(bsf, AV_LOG_ERROR, "Key file %s: %s.\n", name,
               av_err2str(ret));
    } else if (!size || size > KEY_FILE_MAX) {
        av_log(bsf, AV_LOG_ERROR, "Key file %s: %s.\n", name, size ?
               "more than 64 KiB, not a file of keys" : "it is empty");
        ret = AVERROR(EINVAL);
    }
    close(fd);
    return ret < 0 ? ret : size;
}

static int set_line(AVBSFContext *bsf, const char *name,
                    const E2EEKeyLine *line, int lines[E2EE_RING_SIZE_MAX])
{
    E2EEBSFContext *s = bsf->priv_data;
    unsigned index = line->index < 0 ? s->key_index : line->index;
    int *taken = &lines[index % s->session.ring.size];

    if (*taken) {
        av_log(bsf, AV_LOG_ERROR, "Key file %s, line %d: line %d has set the "
               "key at index %u already.\n", name, line->number, *taken,
               index % s->session.ring.size);
        return AVERROR(EINVAL);
    }
    *taken = line->number;
    return set_key(bsf, index, line->is_raw, line->secret, line->size);
}

/* All keys of the file, or none. */
static int set_keys(AVBSFContext *bsf, const char *name, E2EEKeyText *text)
{
    E2EEBSFContext *s = bsf->priv_data;
    int lines[E2EE_RING_SIZE_MAX] = { 0 };
    const char *error = NULL;
    E2EEKeyLine line;
    int ret = 0, more;

    while (ret >= 0 && (more = ff_e2ee_key_line(text, &line, &error)) > 0)
        ret = set_line(bsf, name, &line, lines);
    if (ret >= 0 && more < 0) {
        av_log(bsf, AV_LOG_ERROR, "Key file %s, line %d: %s.\n", name,
               line.number, error);
        ret = AVERROR(EINVAL);
    }
    for (unsigned i = 0; i < s->session.ring.size && ret < 0; i++)
        if (lines[i])
            ff_e2ee_keyring_unset(&s->session.ring, i);
    return ret;
}

static int load_key_file(AVBSFContext *bsf, char *name)
{
    uint8_t *bytes = av_malloc(KEY_FILE_MAX + 1);
    int ret;

    if (!bytes)
        return AVERROR(ENOMEM);
    ret = read_key_file(bsf, name, bytes);
    if (ret >= 0) {
        E2EEKeyText text = { bytes, bytes + ret };

        ret = set_keys(bsf, name, &text);
    }
    ff_e2ee_wipe(bytes, KEY_FILE_MAX + 1);
    av_free(bytes);
    return ret;
}

static int load_key_hex(AVBSFContext *bsf, char *digits)
{
    E2EEBSFContext *s = bsf->priv_data;
    size_t length = strlen(digits);
    size_t size   = ff_e2ee_hex(digits, digits, length);
    int ret;

    if (size) {
        ret = set_key(bsf, s->key_index, 1, digits, size);
    } else {
        av_log(bsf, AV_LOG_ERROR, "key_hex takes an even number of "
               "hexadecimal digits.\n");
        ret = AVERROR(EINVAL);
    }
    /* Now, since a decoded zero byte would end the text for others. */
    ff_e2ee_wipe(digits, length);
    return ret;
}

static int load_key(AVBSFContext *bsf, char *passphrase)
{
    E2EEBSFContext *s = bsf->priv_data;

    return set_key(bsf, s->key_index, 0, passphrase, strlen(passphrase));
}

int ff_e2ee_bsf_load_keys(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    const struct {
        char **option;
        int (*load)(AVBSFContext *bsf, char *value);
    } sources[] = {
        { &s->key_file, load_key_file },
        { &s->key_hex,  load_key_hex  },
        { &s->key,      load_key      },
    };
    int ret = 0;

    for (int i = 0; i < FF_ARRAY_ELEMS(sources); i++) {
        if (!*sources[i].option)
            continue;
        if (ret >= 0)
            ret = sources[i].load(bsf, *sources[i].option);
        if (ret < 0)
            ff_e2ee_keyring_unset(&s->session.ring, s->key_index);
        wipe_option(sources[i].option);
    }
    return ret;
}

void ff_e2ee_bsf_wipe_keys(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;

    wipe_option(&s->key_file);
    wipe_option(&s->key_hex);
    wipe_option(&s->key);
}

int ff_e2ee_bsf_parse_schedule(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    const char *p = s->key_schedule;

    s->first_key_index = s->key_index;
    while (p && *p) {
        char time[32];
        char *at;
        int steps  = av_strstart(p, "ratchet", (const char **)&at);
        long index = steps ? E2EE_RATCHET : strtol(p, &at, 10);
        size_t length = *at == '@' ? strcspn(++at, "/") : 0;
        int64_t previous = s->nb_schedule ?
                           s->schedule[s->nb_schedule - 1].time : INT64_MIN;
        E2EEScheduled *entry;

        entry = av_realloc_array(s->schedule, s->nb_schedule + 1,
                                 sizeof(*entry));
        if (!entry)
            return AVERROR(ENOMEM);
        s->schedule = entry;
        entry += s->nb_schedule;
        if (length && length < sizeof(time))
            av_strlcpy(time, at, length + 1);
        if ((!steps && !av_isdigit(*p)) || index > 255 ||
            !length || length >= sizeof(time) ||
            av_parse_time(&entry->time, time, 1) < 0 ||
            entry->time <= previous) {
            av_log(bsf, AV_LOG_ERROR, "key_schedule at '%s': INDEX@SECONDS or "
                   "ratchet@SECONDS, separated by '/', times rising.\n", p);
            return AVERROR(EINVAL);
        }
        entry->key_index = index;
        s->nb_schedule++;
        p = at + length + (at[length] == '/');
    }
    return 0;
}

void ff_e2ee_bsf_follow_schedule(AVBSFContext *bsf, const AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    int64_t time = pkt->dts != AV_NOPTS_VALUE ? pkt->dts : pkt->pts;

    if (time == AV_NOPTS_VALUE)
        return;
    while (s->next_scheduled < s->nb_schedule &&
           av_compare_ts(time, bsf->time_base_in,
                         s->schedule[s->next_scheduled].time,
                         AV_TIME_BASE_Q) >= 0) {
        E2EEScheduled *entry = &s->schedule[s->next_scheduled++];

        if (entry->key_index >= 0) {
            s->key_index = entry->key_index;
        } else if (entry->key_index == E2EE_RATCHET) {
            /* A step is for good, also when the stream begins anew. */
            entry->key_index = E2EE_RATCHETED;
            s->ratchet++;
        }
    }
}

/* What cannot be done stays asked for: to seal on with the old key would be
 * wrong. */
enum E2EEReason ff_e2ee_bsf_ratchet(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    enum E2EEReason reason;

    if (!s->ratchet)
        return E2EE_OK;
    reason = ff_e2ee_keyring_ratchet(&s->session.ring, s->key_index,
                                     s->ratchet);
    if (!reason)
        s->ratchet = 0;
    return reason;
}
