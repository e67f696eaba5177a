/*
 * End-to-end encrypted media: the trailer format of LiveKit's family
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

#include <string.h>

#include "e2ee_annexb.h"
#include "e2ee_nal.h"
#include "e2ee_sender.h"
#include "e2ee_trailer.h"

static void write_trailer(uint8_t *dst, const uint8_t *iv, unsigned key_index)
{
    memcpy(dst, iv, E2EE_IV_SIZE);
    dst[E2EE_IV_SIZE]     = E2EE_IV_SIZE;
    dst[E2EE_IV_SIZE + 1] = key_index;
}

/*
 * Native clients read the IV where an escape may have moved it. Two zeros in
 * front stand for the worst end that a tag can have.
 */
static int trailer_fits(const uint8_t iv[E2EE_IV_SIZE], unsigned key_index)
{
    uint8_t bytes[2 + E2EE_TRAILER_SIZE] = { 0 };

    write_trailer(bytes + 2, iv, key_index);
    return !ff_e2ee_escape_extra(bytes, sizeof(bytes));
}

enum E2EEReason ff_e2ee_trailer_seal(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out)
{
    E2EEKey *key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    E2EEClear clear;
    E2EESegment segments[2];
    enum E2EEReason reason;
    uint8_t iv[E2EE_IV_SIZE];
    uint8_t *sealed;
    size_t size;

    if (!key)
        return E2EE_NO_KEY;
    reason = ff_e2ee_write_clear(session, frame, out, &clear);
    if (reason)
        return reason;
    sealed = out->data + clear.size;
    size   = frame->size - clear.consumed;
    segments[0] = (E2EESegment){ out->data, out->data, clear.size, 1 };
    segments[1] = (E2EESegment){ frame->data + clear.consumed, sealed, size,
                                 0 };
    reason = ff_e2ee_next_iv(session, key, &clear, segments[1].src, size,
                             trailer_fits, iv, out);
    if (!reason)
        reason = ff_e2ee_aead_seal(key->aead, iv, segments, 2,
                                   sealed + size);
    if (reason)
        return reason;
    write_trailer(sealed + size + E2EE_TAG_SIZE, iv, out->key_index);
    size += E2EE_TAG_SIZE + E2EE_TRAILER_SIZE;
    if (clear.escaped) {
        size_t extra = ff_e2ee_escape_extra(sealed, size);

        ff_e2ee_escape(sealed, size, extra);
        size += extra;
    }
    out->size = clear.size + size;
    return E2EE_OK;
}

/* What may have happened to a frame of NAL units on its way. */
enum Form {
    FORM_FOUR_BYTES,            ///< start codes were sealed with four bytes
    FORM_CARRIED,               ///< they were sealed as they are
    FORM_DELIMITER,             ///< an access unit delimiter was put in front
    FORM_NB
};

/* One way to read a sealed frame. */
typedef struct Attempt {
    E2EELayout layout;
    enum Form  form;
    size_t     skip;            ///< bytes of a delimiter at the front
} Attempt;

#define ATTEMPTS_MAX (FORM_NB * E2EE_RULES_MAX)

/* Failures in a row with a key, after which a frame costs at most two
 * attempts, in place of each way with each key of the ratchet's window. */
#define SEARCH_FAILURES 16

/*
 * lost is 1 when the last byte, a key index of 0, is not there.
 * E2EE_NOT_SEALED: the frame is too short to be read this way.
 */
static enum E2EEReason attempt_open(const E2EEFrame *frame, const Attempt *a,
                                    E2EEKey *key, int lost, E2EEOutput *out)
{
    size_t tail  = E2EE_TRAILER_SIZE - lost;
    size_t clear = a->layout.clear - a->skip;
    size_t size  = frame->size - a->layout.clear;
    const uint8_t *header = frame->data + a->skip;
    const uint8_t *src    = header + clear;
    uint8_t *dst;
    E2EESegment segments[2];
    enum E2EEReason reason;

    if (a->layout.annexb && a->form != FORM_CARRIED) {
        clear = ff_e2ee_annexb_normalize(out->data, header, clear);
        segments[0] = (E2EESegment){ out->data, out->data, clear, 1 };
    } else {
        segments[0] = (E2EESegment){ header, out->data, clear, 1 };
    }
    dst = out->data + clear;
    if (a->layout.escaped && ff_e2ee_escaped(src, size)) {
        size = ff_e2ee_unescape(dst, src, size);
        src  = dst;
    }
    if (size < E2EE_TAG_SIZE + tail)
        return E2EE_NOT_SEALED;
    size -= E2EE_TAG_SIZE + tail;
    segments[1] = (E2EESegment){ src, dst, size, 0 };
    reason = ff_e2ee_aead_open(key->aead, src + size + E2EE_TAG_SIZE,
                               segments, 2, src + size);
    if (!reason)
        out->size = clear + size;
    return reason;
}

static int same_attempt(const Attempt *a, const Attempt *b)
{
    return a->layout.clear   == b->layout.clear   &&
           a->layout.annexb  == b->layout.annexb  &&
           a->layout.escaped == b->layout.escaped &&
           a->form           == b->form;
}

/* Start codes of four bytes are the same either way. */
static int has_short_codes(const E2EEFrame *frame, const E2EELayout *layout)
{
    const uint8_t *end = frame->data + layout->clear;
    E2EENal nal = { .end = frame->data };

    while (layout->annexb && ff_e2ee_annexb_next(&nal, end))
        if (nal.data - nal.code == 3)
            return 1;
    return 0;
}

/* The bytes of an access unit delimiter at the front, as the MPEG-TS muxer
 * puts one there. */
static size_t delimiter_size(const E2EEFrame *frame, const E2EELayout *layout)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(frame->codec);
    E2EENal nal = { .end = frame->data };

    if (!layout->annexb ||
        !ff_e2ee_annexb_next(&nal, frame->data + layout->clear) ||
        !ff_e2ee_nal_is(types, nal.data, types->delimiters))
        return 0;
    return nal.end - frame->data;
}

static enum E2EEReason set_attempt(Attempt *a, int id,
                                   const E2EECodecRules *rules,
                                   const E2EEFrame *frame)
{
    enum E2EEReason reason = rules->rules[id / FORM_NB](frame, &a->layout);

    a->form = id % FORM_NB;
    a->skip = 0;
    if (reason)
        return reason;
    if (a->form == FORM_CARRIED && !has_short_codes(frame, &a->layout))
        return E2EE_UNSUPPORTED;
    if (a->form == FORM_DELIMITER) {
        a->skip = delimiter_size(frame, &a->layout);
        if (!a->skip)
            return E2EE_UNSUPPORTED;
    }
    return E2EE_OK;
}

/** The ways to read a frame, each once, found when they are asked for. */
typedef struct Ways {
    const E2EESession *session;
    const E2EEFrame   *frame;
    int                nb, next; ///< found; the id to look at, -1: the last's
    int                ids[1 + ATTEMPTS_MAX];
    Attempt            list[1 + ATTEMPTS_MAX];
} Ways;

/* The nth way, first of all the one that opened the last frame, or NULL. */
static const Attempt *get_way(Ways *w, int n)
{
    const E2EECodecRules *rules = ff_e2ee_scheme_rules(w->session);

    while (w->nb <= n && (w->next < 0 || rules->rules[w->next / FORM_NB])) {
        int id   = w->next < 0 ? w->session->last_attempt : w->next;
        int seen = set_attempt(&w->list[w->nb], id, rules, w->frame);

        /* A rule that says nothing does so in all forms. */
        w->next += seen && w->next >= 0 && !(w->next % FORM_NB) ? FORM_NB : 1;
        for (int i = 0; i < w->nb && !seen; i++)
            seen = same_attempt(&w->list[w->nb], &w->list[i]);
        w->ids[w->nb] = id;
        w->nb        += !seen;
    }
    return n < w->nb ? &w->list[n] : NULL;
}

/* Whether the next way is to be tried. After many failures, as with a wrong
 * key, these are the first one and each time another of the others. */
static int take_way(E2EESession *session, const E2EEKey *slot)
{
    unsigned way = session->ways++;

    return slot->failures < SEARCH_FAILURES || !way ||
           way == session->retry;
}

static enum E2EEReason open_with(E2EESession *session, Ways *ways,
                                 const E2EEKey *slot, E2EEKey *key, int lost,
                                 E2EEOutput *out)
{
    enum E2EEReason reason = E2EE_NOT_SEALED;
    const Attempt *way;

    for (int i = 0; (way = get_way(ways, i)); i++) {
        enum E2EEReason ret = E2EE_DAMAGED;

        if (take_way(session, slot))
            ret = attempt_open(ways->frame, way, key, lost, out);
        if (!ret)
            session->last_attempt = ways->ids[i];
        if (ret != E2EE_NOT_SEALED)
            reason = ret;
        if (ret != E2EE_NOT_SEALED && ret != E2EE_DAMAGED)
            break;
    }
    return reason;
}

/* The key at the frame's index, then those a ratchet would give. */
static enum E2EEReason open_at(E2EESession *session, Ways *ways, int lost,
                               E2EEOutput *out)
{
    const E2EEFrame *frame = ways->frame;
    unsigned index = lost ? 0 : frame->data[frame->size - 1];
    E2EEKeyRing *ring = &session->ring;
    E2EEKey *slot = ff_e2ee_keyring_get(ring, index), *key = slot;
    enum E2EEReason reason = E2EE_DAMAGED;

    out->key_index = index;
    if (!slot)
        return E2EE_NO_KEY;
    if (ff_e2ee_key_barred(ring, slot))
        return E2EE_KEY_BARRED;
    for (unsigned step = 0; key && reason == E2EE_DAMAGED; step++) {
        reason = open_with(session, ways, slot, key, lost, out);
        if (!reason)
            ff_e2ee_keyring_commit(ring, index, key);
        else if (reason == E2EE_DAMAGED)
            key = step < ring->ratchet_window ?
                  ff_e2ee_keyring_ahead(ring, key) : NULL;
    }
    return reason;
}

enum E2EEReason ff_e2ee_trailer_open(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out)
{
    int nal_units = session->codec == E2EE_CODEC_H264 ||
                    session->codec == E2EE_CODEC_H265;
    enum E2EEReason reason = E2EE_NOT_SEALED;
    Ways ways;
    E2EEKey *key;

    ways.session = session;
    ways.frame   = frame;
    ways.nb      = 0;
    ways.next    = -1;
    session->retry = session->retry + 1 < session->ways ?
                     session->retry + 1 : 1;
    session->ways  = 0;
    if (frame->size >= 2 && frame->data[frame->size - 2] == E2EE_IV_SIZE)
        reason = open_at(session, &ways, 0, out);
    if (reason && nal_units &&
        frame->data[frame->size - 1] == E2EE_IV_SIZE) {
        unsigned key_index = out->key_index;
        enum E2EEReason ret = open_at(session, &ways, 1, out);

        if (!ret || reason == E2EE_NOT_SEALED)
            reason = ret;
        else
            out->key_index = key_index;
    }
    /* A failure counts once, against the key at the index reported. */
    key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    return key ? ff_e2ee_key_result(key, reason) : reason;
}
