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

#define _GNU_SOURCE /* dl_iterate_phdr */

#include <link.h>
#include <stdio.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>
#include <libavutil/sha.h>

#include "report/log.h"
#include "repeatable_iv.h"

/* As the filters draw IVs of their own: a zero in what is not counted, or a
 * small first byte, would need emulation prevention in each frame. */
#define FIELD_SIZE     8
#define FIRST_BYTE_MIN 4

typedef struct AVSHA SHA;

static void add_bytes(SHA *sha, const void *bytes, size_t size)
{
    uint64_t length = size;

    av_sha_update(sha, (const uint8_t *)&length, sizeof(length));
    av_sha_update(sha, bytes, size);
}

static void add_text(SHA *sha, const char *text)
{
    add_bytes(sha, text ? text : "", text ? strlen(text) + 1 : 0);
}

static void add_number(SHA *sha, int64_t number)
{
    av_sha_update(sha, (const uint8_t *)&number, sizeof(number));
}

static void add_real(SHA *sha, double number)
{
    av_sha_update(sha, (const uint8_t *)&number, sizeof(number));
}

/* What makes media; any other library may come and go. "" is the program. */
static bool makes_media(const char *path)
{
    static const char *const prefixes[] = {
        "libaom", "libav", "libdav1d", "libopus", "libsw", "libvpx",
        "libx264", "libx265",
    };
    const char *slash = strrchr(path, '/');
    const char *name  = slash ? slash + 1 : path;

    for (size_t i = 0; i < FF_ARRAY_ELEMS(prefixes); i++)
        if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
            return true;
    return !*name;
}

/* With its build id, which is in the notes. */
static int add_library(struct dl_phdr_info *info, size_t size, void *sha)
{
    (void)size;
    if (!makes_media(info->dlpi_name))
        return 0;
    add_text(sha, info->dlpi_name);
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            add_bytes(sha, (const void *)(info->dlpi_addr +
                                          info->dlpi_phdr[i].p_vaddr),
                      info->dlpi_phdr[i].p_memsz);
    return 0;
}

static int add_file(SHA *sha, const char *name)
{
    uint8_t buffer[65536];
    FILE *file = fopen(name, "rb");
    size_t size;
    int ret = 0;

    if (!file) {
        ret = AVERROR(errno);
        log_error("%s: %s; give a media file that ffmpeg can read", name,
                  av_err2str(ret));
        return ret;
    }
    while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
        av_sha_update(sha, buffer, size);
    if (ferror(file)) {
        ret = AVERROR(EIO);
        log_error("%s: reading stopped; is the file whole?", name);
    }
    fclose(file);
    return ret;
}

/* Number of the first track with the same file. */
static int first_with_file(const Scenario *s, const char *file)
{
    int nb = 0;

    for (int i = 0; i < s->nb_participants; i++)
        for (int j = 0; j < s->participants[i].nb_tracks; j++, nb++) {
            const char *other = s->participants[i].tracks[j].source.file;

            if (other && !strcmp(other, file))
                return nb;
        }
    return nb;
}

static int add_track(SHA *sha, const Scenario *s, const TrackPlan *t,
                     int number)
{
    const MediaSource *m = &t->source;
    int first;

    add_number(sha, t->kind);
    add_text(sha, m->stream);
    add_text(sha, m->generate);
    add_number(sha, m->start);
    add_number(sha, m->length);
    add_number(sha, m->loop);
    for (int i = 0; i < t->nb_encodings; i++) {
        const Encoding *e = &t->encodings[i];

        add_text(sha, e->codec);
        add_number(sha, e->bitrate);
        add_number(sha, e->width);
        add_number(sha, e->height);
        add_real(sha, e->rate);
        add_number(sha, e->key_interval);
    }
    add_number(sha, t->published.from);
    add_number(sha, t->published.to);
    for (int i = 0; i < t->nb_muted; i++) {
        add_number(sha, t->muted[i].from);
        add_number(sha, t->muted[i].to);
    }
    if (!m->file)
        return 0;
    /* A file may be many people's, and hashing is slow. */
    if ((first = first_with_file(s, m->file)) == number)
        return add_file(sha, m->file);
    add_number(sha, first);
    return 0;
}

static void add_netem(SHA *sha, const Netem *netem, int nb)
{
    for (int i = 0; i < nb; i++) {
        const Netem *n = &netem[i];

        add_number(sha, n->from);
        add_number(sha, n->to);
        add_number(sha, n->delay);
        add_number(sha, n->jitter);
        add_real(sha, n->delay_correlation);
        add_real(sha, n->loss);
        add_real(sha, n->loss_correlation);
        add_real(sha, n->gilbert_p);
        add_real(sha, n->gilbert_r);
        add_real(sha, n->gilbert_bad);
        add_real(sha, n->gilbert_good);
        add_text(sha, n->trace);
        add_real(sha, n->duplicate);
        add_real(sha, n->corrupt);
        add_real(sha, n->reorder);
        add_number(sha, n->reorder_gap);
        add_number(sha, n->rate);
        add_number(sha, n->limit);
    }
}

static int add_participant(SHA *sha, const Scenario *s,
                           const ParticipantPlan *p, int *nb_tracks)
{
    int ret = 0;

    add_text(sha, p->name);
    add_number(sha, p->present.from);
    add_number(sha, p->present.to);
    add_bytes(sha, p->key.digest, sizeof(p->key.digest));
    add_number(sha, p->e2ee);
    add_number(sha, p->discard_not_ready);
    add_number(sha, p->receives);
    add_text(sha, p->options);
    for (int i = 0; i < p->nb_key_events; i++) {
        const KeyEvent *e = &p->key_events[i];

        add_number(sha, e->time);
        add_number(sha, e->type);
        add_number(sha, e->index);
        add_bytes(sha, e->key.digest, sizeof(e->key.digest));
        add_text(sha, e->sender);
    }
    add_netem(sha, p->uplink, p->nb_uplink);
    add_netem(sha, p->downlink, p->nb_downlink);
    for (int i = 0; i < p->nb_tracks && ret >= 0; i++)
        ret = add_track(sha, s, &p->tracks[i], (*nb_tracks)++);
    return ret;
}

/* Feedback makes key frames, and so what the server does makes media. */
static void add_action(SHA *sha, const ServerAction *a)
{
    add_number(sha, a->type);
    add_number(sha, a->span.from);
    add_number(sha, a->span.to);
    add_text(sha, a->sender);
    add_text(sha, a->receiver);
    add_number(sha, a->kind);
    add_real(sha, a->share);
    add_number(sha, a->layer);
    add_number(sha, a->delay);
    add_number(sha, a->nb_bytes);
}

static int add_all(SHA *sha, const Scenario *s)
{
    int nb_tracks = 0, ret = 0;

    add_text(sha, "e2ee-meeting run 1");
    add_text(sha, av_version_info());
    add_text(sha, avcodec_configuration());
    dl_iterate_phdr(add_library, sha);
    add_number(sha, s->seed);
    add_number(sha, s->duration);
    add_text(sha, s->scheme);
    add_text(sha, s->options);
    add_number(sha, s->packets);
    add_bytes(sha, s->key.digest, sizeof(s->key.digest));
    add_number(sha, s->srtp);
    add_number(sha, s->mtu);
    add_text(sha, s->video_codec);
    add_number(sha, s->jitter);
    add_number(sha, s->nack);
    add_number(sha, s->sfu);
    add_netem(sha, s->network, s->nb_network);
    for (int i = 0; i < s->nb_actions; i++)
        add_action(sha, &s->actions[i]);
    for (int i = 0; i < s->nb_participants && ret >= 0; i++)
        ret = add_participant(sha, s, &s->participants[i], &nb_tracks);
    return ret;
}

int scenario_fingerprint(const Scenario *scenario,
                         uint8_t out[FINGERPRINT_SIZE])
{
    SHA *sha = av_sha_alloc();
    int ret;

    if (!sha)
        return AVERROR(ENOMEM);
    av_sha_init(sha, 256);
    ret = add_all(sha, scenario);
    av_sha_final(sha, out);
    av_free(sha);
    return ret;
}

int repeatable_iv(const uint8_t fingerprint[FINGERPRINT_SIZE],
                  const uint8_t *digest, const char *name,
                  char out[IV_DIGITS + 1])
{
    uint8_t hash[32];
    SHA *sha = av_sha_alloc();

    if (!sha)
        return AVERROR(ENOMEM);
    av_sha_init(sha, 256);
    add_bytes(sha, fingerprint, FINGERPRINT_SIZE);
    add_bytes(sha, digest, digest ? 32 : 0);
    add_text(sha, name);
    av_sha_final(sha, hash);
    av_free(sha);
    for (int i = 0; i < FIELD_SIZE; i++)
        if (hash[i] < (i ? 1 : FIRST_BYTE_MIN))
            hash[i] = FIRST_BYTE_MIN;
    for (size_t i = 0; i < IV_DIGITS / 2; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return 0;
}
