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

#include <string.h>

#include <gcrypt.h>
#include <libavutil/common.h>
#include <libavutil/mem.h>

#include "trial.h"

/* Of e2ee_trailer.c: each rule is tried with so many forms of start codes. */
#define NB_FORMS 3

static const char *const kdf_names[] = {
    [E2EE_KDF_AUTO]       = "auto",
    [E2EE_KDF_PBKDF2]     = "pbkdf2",
    [E2EE_KDF_HKDF]       = "hkdf",
    [E2EE_KDF_HKDF_EMPTY] = "hkdf_empty",
    [E2EE_KDF_RAW]        = "raw",
};

static const struct {
    E2EELayoutRule *rule;
    const char     *text;
} rule_texts[] = {
    { ff_e2ee_layout_audio, "1 byte clear" },
    { ff_e2ee_layout_vp8, "10 bytes of key frames clear, 3 of others" },
    { ff_e2ee_layout_frame_type, "10 bytes of key frames clear, 3 of others" },
    { ff_e2ee_layout_other_type, "10 / 3 bytes clear, key flag got lost" },
    { ff_e2ee_layout_vp8_clamped,
      "10 bytes of key frames clear, 3 of others" },
    { ff_e2ee_layout_frame_type_clamped,
      "10 bytes of key frames clear, 3 of others" },
    { ff_e2ee_layout_slice, "clear up to 2 bytes into the first slice" },
    { ff_e2ee_layout_slice_or_none,
      "clear up to 2 bytes into the first slice" },
    { ff_e2ee_layout_no_slice_escaped, "no slice: 10 / 3 bytes clear" },
    { ff_e2ee_layout_no_slice, "no slice: 10 / 3 bytes clear, not escaped" },
    { ff_e2ee_layout_no_slice_none, "no slice: nothing clear" },
    { ff_e2ee_layout_none, "nothing clear" },
};

static const char *const form_texts[NB_FORMS] = {
    "start codes sealed as 4 bytes",
    "start codes sealed as they are carried, some of 3 bytes",
    "an access unit delimiter was put in front after sealing",
};

static const unsigned tag_bits[] = { 0, 80, 64, 32, 128, 128, 80, 64, 32 };

const char *kdf_name(enum E2EEKdf kdf)
{
    return kdf_names[kdf];
}

static void set_up(Trial *o, const Settings *s, enum E2EECodec codec)
{
    E2EEKeyRing *ring = &o->session.ring;

    o->settings       = *s;
    o->session.scheme = s->scheme;
    o->session.peer   = s->peer;
    o->session.codec  = codec;
    ring->size              = E2EE_RING_SIZE_MAX;
    ring->key_size          = s->key_size;
    ring->ratchet_window    = s->window;
    ring->failure_tolerance = -1;
    ring->salt              = (const uint8_t *)s->salt;
    ring->salt_size         = strlen(s->salt);
    ring->ratchet_salt      = (const uint8_t *)s->scheme->ratchet_salt;
    ring->ratchet_salt_size = s->scheme->ratchet_salt ?
                              strlen(s->scheme->ratchet_salt) : 0;
    ring->ops               = s->scheme->key_ops;
    ring->suite             = s->suite;
    ring->first_kid         = s->first_kid;
    ring->ratchet_bits      = s->ratchet_bits;
}

Trial *trial_alloc(const Settings *settings, enum E2EECodec codec)
{
    Trial *o = av_mallocz(sizeof(*o));

    if (!o)
        return NULL;
    set_up(o, settings, codec);
    if (ff_e2ee_keyring_set(&o->session.ring, settings->index, settings->kdf,
                            settings->secret->data, settings->secret->size))
        trial_free(&o);
    return o;
}

enum E2EEReason trial_open(Trial *o, const E2EEFrame *frame,
                            E2EEOutput *out)
{
    size_t bound = ff_e2ee_bound(&o->session, frame->size);
    enum E2EEReason reason;

    if (bound > o->room_size) {
        av_freep(&o->room);
        o->room_size = 0;
        o->room = av_malloc(bound);
        if (!o->room)
            return E2EE_NO_MEMORY;
        o->room_size = bound;
    }
    out->data = o->room;
    reason = ff_e2ee_open(&o->session, frame, out);
    o->nb_opened += !reason;
    return reason;
}

void trial_forget(Trial *o)
{
    memset(&o->session.replay, 0, sizeof(o->session.replay));
}

unsigned trial_steps(const Trial *o)
{
    const E2EEKey *key = ff_e2ee_keyring_get(&o->session.ring,
                                             o->settings.index);

    return key ? key->steps : 0;
}

unsigned trial_tag_bits(const Trial *o)
{
    if (!strcmp(o->settings.scheme->name, "dave"))
        return 64;
    return o->settings.suite ? tag_bits[o->settings.suite] : 128;
}

/* Schemes with a format of their own have neither attempts nor forms. */
static bool has_attempts(const Trial *o)
{
    return o->settings.key_size && o->settings.scheme->key_size &&
           !o->settings.scheme->key_ops && !o->settings.scheme->count_from_one;
}

const char *trial_rule_text(const Trial *o)
{
    const E2EECodecRules *rules = ff_e2ee_scheme_rules(&o->session);
    int id = has_attempts(o) ? o->session.last_attempt / NB_FORMS : 0;

    if (!strcmp(o->settings.scheme->name, "dave"))
        return "the frame says what is clear";
    for (size_t i = 0; rules && i < FF_ARRAY_ELEMS(rule_texts); i++)
        if (rule_texts[i].rule == rules->rules[id])
            return rule_texts[i].text;
    return "unknown";
}

const char *trial_form_text(const Trial *o)
{
    enum E2EECodec codec = o->session.codec;

    if (!has_attempts(o) ||
        (codec != E2EE_CODEC_H264 && codec != E2EE_CODEC_H265))
        return NULL;
    return form_texts[o->session.last_attempt % NB_FORMS];
}

void trial_free(Trial **opener)
{
    if (!*opener)
        return;
    ff_e2ee_keyring_clear(&(*opener)->session.ring);
    av_freep(&(*opener)->room);
    av_freep(opener);
}
