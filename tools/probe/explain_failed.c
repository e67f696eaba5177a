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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/common.h>

#include "e2ee_nal.h"
#include "e2ee_annexb.h"
#include "explain.h"
#include "plausible.h"
#include "repair.h"

/* Frames on which keys are searched with every repair: it costs most. */
#define SEARCHED_MAX 2

typedef struct Failure {
    Probe      *probe;
    ProbeTrack *track;
    Group      *group;
    uint8_t    *sets;          ///< parameter sets of the track, or NULL
    size_t      sets_size;
    int         key;           ///< of probe->search, right by its looks; -1
    unsigned    key_size;
    uint64_t    nb_repaired[32]; ///< by bit of REPAIR_*
    SampleList  left;          ///< those that nothing repairs; not owned
    bool        some_delta;    ///< not only key frames fail
} Failure;

static bool has_nal_units(const ProbeTrack *track)
{
    return track->view.codec == E2EE_CODEC_H264 ||
           track->view.codec == E2EE_CODEC_H265;
}

static bool open_with_group(ProbeTrack *track, const E2EEFrame *frame,
                            const WireFrame *wire)
{
    Group *group = wire->has_sframe ?
                   probe_group(track, WIRE_SFRAME, wire->kid) : NULL;
    E2EEOutput out;

    if (!group)
        group = probe_group(track, wire->format, FFMAX(wire->key_index, 0));
    if (!group || !group->opener)
        return false;
    trial_forget(group->opener);
    return !trial_open(group->opener, frame, &out);
}

/* A key that opens a repaired frame is the track's from here on. */
static bool search_repaired(Failure *f, const E2EEFrame *frame,
                            const WireFrame *wire, int from, int to)
{
    Settings settings;
    Group *group;

    if (wire->format != WIRE_TRAILER && wire->format != WIRE_STREAM)
        return false;
    for (int i = from; i < to; i++)
        for (unsigned size = 0;
             (size = search_key_size(f->probe->search, i, size));) {
            if (!search_try(f->probe->search, &settings, i, size,
                            wire->format, wire->key_index, frame))
                continue;
            group = probe_add_group(f->track, wire->format, wire->key_index);
            if (group && !group->opener) {
                group->opener = trial_alloc(&settings, f->track->view.codec);
                group->searched = true;
            }
            return group && group->opener;
        }
    return false;
}

/* Which keys a repaired frame is worth trying: all with the ways that are
 * few, else one that looks right, or those that were given as they are. */
static bool try_form(Failure *f, const Repairer *r, bool search)
{
    const Search *s = f->probe->search;
    E2EEFrame frame = { r->room, r->size, r->codec, r->sample->key };
    bool units = r->repairs >= REPAIR_CODES;
    WireFrame wire;
    int end = s->nb_keys;

    wire_read(&wire, &frame);
    if (open_with_group(f->track, &frame, &wire))
        return true;
    if (f->key >= 0)
        return search_repaired(f, &frame, &wire, f->key, f->key + 1);
    while (units && end > 0 && s->keys[end - 1].secret->form)
        end--;
    return search && search_repaired(f, &frame, &wire, 0, end);
}

static int repair_one(Failure *f, const Sample *sample, bool search,
                      unsigned *repairs)
{
    Repairer r;
    int ret = repairer_init(&r, sample, f->track->view.codec, f->sets,
                            f->sets_size, has_nal_units(f->track));

    *repairs = 0;
    if (ret < 0)
        return ret;
    while (!*repairs && repairer_next(&r))
        if (try_form(f, &r, search))
            *repairs = r.repairs;
    repairer_free(&r);
    return 0;
}

/* Parameter sets of some frame of the track, for those that lost theirs. */
static void find_sets(Failure *f, const SampleList *list)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(f->track->view.codec);

    for (int i = 0; i < list->nb && !f->sets; i++) {
        const Sample *s = &list->samples[i];
        const uint8_t *end = s->data + s->size, *first = NULL;
        E2EENal nal = { .end = s->data };

        while (ff_e2ee_annexb_next(&nal, end) &&
               !ff_e2ee_nal_is(types, nal.data, types->slices))
            if (ff_e2ee_nal_is(types, nal.data, types->parameter_sets)) {
                first        = first ? first : nal.code;
                f->sets      = (uint8_t *)first;
                f->sets_size = nal.end - first;
            }
    }
}

static void find_all_sets(Failure *f)
{
    f->sets      = f->track->view.sets;
    f->sets_size = f->track->view.sets_size;
    for (int i = 0; i < f->track->nb_groups && !f->sets; i++) {
        find_sets(f, &f->track->groups[i]->samples);
        find_sets(f, &f->track->groups[i]->failed);
    }
}

static int repair_all(Failure *f)
{
    const SampleList *failed = &f->group->failed;
    bool search = !f->group->opener &&
                  survey_sealed(&f->track->survey) != SEALED_NO;
    int ret = 0;

    for (int i = 0; i < failed->nb && ret >= 0; i++) {
        const Sample *s = &failed->samples[i];
        unsigned repairs;

        ret = repair_one(f, s, search && i < SEARCHED_MAX, &repairs);
        for (int bit = 0; bit < 32; bit++)
            f->nb_repaired[bit] += repairs >> bit & 1;
        if (ret >= 0 && !repairs) {
            E2EEFrame frame = sample_frame(s, f->track->view.codec);

            f->some_delta |= !s->key;
            ret = sample_add(&f->left, &frame, s->time, s->number, NULL, 0);
        }
    }
    return ret;
}

static int tell_repairs(Failure *f)
{
    int ret = 0;

    for (const RepairRow *row = repair_rows; row->repair && ret >= 0; row++) {
        uint64_t nb = f->nb_repaired[av_log2(row->repair)];

        if (nb == (uint64_t)f->group->failed.nb)
            nb = f->group->nb_failed;
        if (nb)
            ret = finding_add(&f->track->findings, row->name, true, nb,
                              "%"PRIu64" frame%s open%s if %s", nb,
                              nb == 1 ? "" : "s", nb == 1 ? "s" : "",
                              row->text);
    }
    return ret;
}

static void find_plausible(Failure *f)
{
    Search *s = f->probe->search;

    for (int i = 0; i < s->nb_keys && f->key < 0; i++)
        for (unsigned size = 0; (size = search_key_size(s, i, size));) {
            const uint8_t *key = search_key(s, i);

            if (key && plausible_key(key, size, f->track->view.codec,
                                     &f->group->failed) == BIAS_STRUCTURED) {
                f->key      = i;
                f->key_size = size;
                break;
            }
        }
}

static const char *what_changed(const Failure *f)
{
    if (has_nal_units(f->track) && !f->some_delta)
        return "only key frames do not: their parameter sets were rewritten, "
               "as browsers do with an SPS without bitstream restriction, or "
               "something was put in front of the slice";
    return has_nal_units(f->track) ?
           "the clear part (start codes, SEI, parameter sets) or single bytes "
           "were changed on the way" :
           "clear or sealed bytes were changed on the way";
}

/* The key is known: it opens other frames of the group. */
static int tell_damaged(Failure *f)
{
    const Settings *s = &f->group->opener->settings;
    uint64_t nb = f->left.nb == f->group->failed.nb ? f->group->nb_failed :
                                                     (uint64_t)f->left.nb;
    const DerivedKey *keys = f->probe->search->keys;
    BiasVerdict looks = BIAS_UNKNOWN;

    for (int i = 0; i < f->probe->search->nb_keys && s->key_size; i++)
        if (keys[i].secret == s->secret && keys[i].kdf == s->kdf &&
            !strcmp(keys[i].salt, s->salt) && keys[i].derived)
            looks = plausible_key(keys[i].key, s->key_size,
                                  f->track->view.codec, &f->left);
    if (looks == BIAS_RANDOM && f->track->view.codec != E2EE_CODEC_OPUS)
        return finding_add(&f->track->findings, "two-keys", false, nb,
                           "these do not open and do not decrypt to anything "
                           "either, while others of their index do: two "
                           "senders with different keys, or damage");
    return finding_add(&f->track->findings, "clear-changed",
                       looks == BIAS_STRUCTURED, nb,
                       "the key is right, it opens other frames of the "
                       "index%s: %s", looks == BIAS_STRUCTURED ?
                       " and decrypts these" : "", what_changed(f));
}

static int tell_plausible(Failure *f)
{
    const DerivedKey *k = &f->probe->search->keys[f->key];

    return finding_add(&f->track->findings, "clear-changed", false,
                       f->group->nb_failed, "no tag fits, but with %s, line "
                       "%d by kdf=%s%s%s they decrypt to what looks like the "
                       "codec's payload: the key is right, and %s",
                       k->secret->file, k->secret->line, kdf_name(k->kdf),
                       *k->salt ? " and salt=" : "", k->salt,
                       what_changed(f));
}

static void list_indexes(const SecretList *list, char *text, size_t size)
{
    size_t used = 0;

    *text = '\0';
    for (int i = 0; i < list->nb_given && used < size; i++)
        used += snprintf(text + used, size - used, "%s%d", i ? ", " : "",
                         FFMAX(list->secrets[i].index, 0));
}

static bool index_given(const SecretList *list, uint64_t index)
{
    for (int i = 0; i < list->nb_given; i++)
        if ((uint64_t)FFMAX(list->secrets[i].index, 0) == index)
            return true;
    return false;
}

static int tell_no_key(Failure *f)
{
    const SecretList *secrets = f->probe->search->secrets;
    const Group *g = f->group;
    FindingList *list = &f->track->findings;
    char indexes[64];

    list_indexes(secrets, indexes, sizeof(indexes));
    if (!secrets->nb_given)
        return finding_add(list, "no-key", true, g->nb_failed,
                           "no key was given (--key-file)");
    if (g->format == WIRE_TRAILER && !index_given(secrets, g->id))
        return finding_add(list, "missing-index", true, g->nb_failed,
                           "no key was given for key index %"PRIu64" (there "
                           "%s: %s), and none of those given opens it; a "
                           "receiver says MissingKey", g->id,
                           secrets->nb_given == 1 ? "is" : "are", indexes);
    return finding_add(list, "wrong-key", false, g->nb_failed,
                       "%s open%s them by any derivation or salt known here: "
                       "another passphrase or key, or a salt of the "
                       "application's own (--salt)", secrets->nb_given == 1 ?
                       "the key that was given does not" :
                       "none of the keys that were given",
                       secrets->nb_given == 1 ? "" : "s");
}

static const char *wanted_key(WireFormat format)
{
    return format == WIRE_STREAM ? "the AES key itself, INDEX:hex: of 16 or "
                                   "32 bytes" :
           format == WIRE_DAVE   ? "the sender's base secret of the epoch, "
                                   "INDEX:hex: of 16 bytes" :
                                   "the base key, INDEX:hex: of 16 bytes or "
                                   "more";
}

/* It looks like a scheme that takes other key material than passphrases. */
static int tell_scheme(Failure *f)
{
    WireFormat format = f->group->format;

    if (format == WIRE_PLAIN)
        format = survey_format(&f->track->survey);
    if (format == WIRE_TRAILER || format == WIRE_PLAIN)
        return 0;
    return finding_add(&f->track->findings, "other-scheme", false,
                       f->group->nb_failed, "it looks like %s; that takes %s",
                       wire_format_text(format), wanted_key(format));
}

/* Nothing of a sealed frame in a track whose others have a trailer. */
static int tell_clear(Failure *f)
{
    uint64_t nb = f->left.nb == f->group->failed.nb ? f->group->nb_failed :
                                                     (uint64_t)f->left.nb;

    return finding_add(&f->track->findings, "clear-frames", false, nb,
                       "%"PRIu64" frame%s among sealed ones ha%s no trailer: "
                       "sent in the clear, or cut off", nb,
                       nb == 1 ? "" : "s", nb == 1 ? "s" : "ve");
}

static bool is_clear(const Failure *f)
{
    WireFormat format = survey_format(&f->track->survey);

    return f->group->format == WIRE_PLAIN && format != WIRE_PLAIN &&
           format != WIRE_SFRAME;
}

static int explain(Failure *f)
{
    int ret;

    if (!f->group->opener)
        find_plausible(f);
    ret = repair_all(f);
    if (ret >= 0)
        ret = tell_repairs(f);
    if (ret < 0 || !f->left.nb)
        return ret;
    if (is_clear(f))
        return tell_clear(f);
    if (f->group->format == WIRE_PLAIN &&
        survey_format(&f->track->survey) == WIRE_PLAIN)
        return 0; /* to be told of the whole track */
    if (f->group->opener && f->group->nb_opened)
        return tell_damaged(f);
    if (f->left.nb < f->group->failed.nb)
        return 0;
    if (f->key >= 0)
        return tell_plausible(f);
    ret = tell_scheme(f);
    return ret < 0 ? ret : tell_no_key(f);
}

int explain_failed(Probe *probe, ProbeTrack *track, Group *group)
{
    Failure f = { probe, track, group, .key = -1 };
    int ret;

    if (!group->nb_failed)
        return 0;
    if (has_nal_units(track))
        find_all_sets(&f);
    ret = explain(&f);
    sample_list_free(&f.left);
    return ret;
}
