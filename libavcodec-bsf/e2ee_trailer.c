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
#include "e2ee_h264.h"
#include "e2ee_nal.h"
#include "e2ee_trailer.h"

/* How much of a slice header is looked at; 3 Exp-Golomb codes fit. */
#define PEEK_SIZE 12

/* A pps_id of 31 takes 11 bits: one try in 2048 reads right. */
#define IV_TRIES_MAX (1 << 14)

/* Where the IV of a frame has to keep something readable. */
typedef struct IvCondition {
    uint8_t        clear;       ///< last byte before the sealed ones
    const uint8_t *plain;       ///< the bytes that follow it
    size_t         size;
    uint8_t        first_bits;  ///< H.265: of the first that must stay
    int            check_slice;
    E2EESliceStart start;       ///< H.264: what has to be read from them
} IvCondition;

static void write_trailer(uint8_t *dst, const uint8_t *iv, unsigned key_index)
{
    memcpy(dst, iv, E2EE_IV_SIZE);
    dst[E2EE_IV_SIZE]     = E2EE_IV_SIZE;
    dst[E2EE_IV_SIZE + 1] = key_index;
}

/* Two zeros in front stand for the worst end that a tag can have. */
static int trailer_needs_escape(const uint8_t *iv, unsigned key_index)
{
    uint8_t bytes[2 + E2EE_TRAILER_SIZE] = { 0 };

    write_trailer(bytes + 2, iv, key_index);
    return !!ff_e2ee_escape_extra(bytes, sizeof(bytes));
}

/*
 * Before they decrypt, receivers of H.264 read first_mb, slice_type and pps_id
 * of a slice and drop it in silence if it names a picture parameter set that
 * they do not know. In H.265 parsers take a frame to begin where
 * first_slice_segment_in_pic_flag is set, the first encrypted bit. What of
 * these is encrypted must by chance read the same.
 */
static void set_condition(IvCondition *c, const E2EESession *session,
                          const uint8_t *clear_end, const uint8_t *plain,
                          size_t size)
{
    uint8_t bytes[1 + PEEK_SIZE];

    c->clear = clear_end[-1];
    c->plain = plain;
    c->size  = size < PEEK_SIZE ? size : PEEK_SIZE;
    bytes[0] = c->clear;
    memcpy(bytes + 1, plain, c->size);
    c->first_bits  = session->codec == E2EE_CODEC_H265 && size ? 0x80 : 0;
    c->check_slice = session->codec == E2EE_CODEC_H264 &&
                     ff_e2ee_h264_slice_start(&c->start, bytes,
                                              1 + c->size, 1) &&
                     c->start.bits > 8;
}

static enum E2EEReason iv_fits(const IvCondition *c, E2EEAead *aead,
                               const uint8_t *iv, unsigned key_index,
                               int *fits)
{
    uint8_t bytes[1 + PEEK_SIZE] = { c->clear };
    E2EESliceStart start;
    enum E2EEReason reason;

    *fits = !trailer_needs_escape(iv, key_index);
    if (!*fits || (!c->check_slice && !c->first_bits))
        return E2EE_OK;
    reason = ff_e2ee_aead_peek(aead, iv, c->plain, bytes + 1, c->size);
    *fits = !reason && !((bytes[1] ^ *c->plain) & c->first_bits);
    if (!*fits || !c->check_slice)
        return reason;
    *fits = ff_e2ee_h264_slice_start(&start, bytes, 1 + c->size, 0) &&
            start.first_mb   == c->start.first_mb &&
            start.slice_type == c->start.slice_type &&
            start.pps_id     == c->start.pps_id;
    return reason;
}

static enum E2EEReason choose_iv(E2EESession *session, E2EEKey *key,
                                 const IvCondition *condition,
                                 uint8_t iv[E2EE_IV_SIZE], E2EEOutput *out)
{
    E2EENonce *nonce = session->test_nonce ? session->test_nonce :
                                             &key->nonce;

    for (int tries = 0; ; tries++) {
        enum E2EEReason reason = ff_e2ee_nonce_next(nonce, iv);
        int fits;

        if (reason || !condition || session->test_nonce)
            return reason;
        reason = iv_fits(condition, key->aead, iv, out->key_index, &fits);
        if (reason || fits)
            return reason;
        if (tries == IV_TRIES_MAX) {
            out->warnings |= E2EE_WARN_IV_NOT_CHOSEN;
            return E2EE_OK;
        }
        session->iv_retries++;
    }
}

enum E2EEReason ff_e2ee_trailer_seal(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out)
{
    E2EELayoutRule *rule = ff_e2ee_scheme_rules(session)->rules[0];
    E2EEKey *key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    E2EEAccessUnit unit = { 0 };
    IvCondition condition;
    E2EESegment segments[2];
    E2EELayout layout;
    enum E2EEReason reason;
    uint8_t iv[E2EE_IV_SIZE];
    uint8_t *sealed;
    size_t size;

    if (!key)
        return E2EE_NO_KEY;
    reason = rule(frame, &layout);
    if (reason)
        return reason;
    if (layout.annexb) {
        reason = ff_e2ee_access_unit(&unit, out->data, frame, &layout,
                                     session->drop_sei,
                                     session->parameter_sets,
                                     session->parameter_sets_size);
        if (reason)
            return reason;
    } else {
        unit.clear = unit.consumed = layout.clear;
        memcpy(out->data, frame->data, layout.clear);
    }
    out->warnings = unit.warnings;
    sealed = out->data + unit.clear;
    size   = frame->size - unit.consumed;
    segments[0] = (E2EESegment){ out->data, out->data, unit.clear, 1 };
    segments[1] = (E2EESegment){ frame->data + unit.consumed, sealed, size,
                                 0 };

    if (layout.escaped)
        set_condition(&condition, session, sealed, segments[1].src, size);
    reason = choose_iv(session, key, layout.escaped && session->choose_iv ?
                       &condition : NULL, iv, out);
    if (!reason)
        reason = ff_e2ee_aead_seal(key->aead, iv, segments, 2,
                                   sealed + size);
    if (reason)
        return reason;
    write_trailer(sealed + size + E2EE_TAG_SIZE, iv, out->key_index);
    size += E2EE_TAG_SIZE + E2EE_TRAILER_SIZE;
    if (layout.escaped) {
        size_t extra = ff_e2ee_escape_extra(sealed, size);

        ff_e2ee_escape(sealed, size, extra);
        size += extra;
    }
    out->size = unit.clear + size;
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

/* Each way once, the one that opened the last frame first. */
static enum E2EEReason open_with(E2EESession *session, const E2EEFrame *frame,
                                 E2EEKey *key, int lost, E2EEOutput *out)
{
    const E2EECodecRules *rules = ff_e2ee_scheme_rules(session);
    Attempt tried[1 + ATTEMPTS_MAX];
    enum E2EEReason reason = E2EE_NOT_SEALED;
    int nb = 0;

    for (int i = -1; i < 0 || rules->rules[i / FORM_NB]; i++) {
        int id = i < 0 ? session->last_attempt : i, seen = 0;
        enum E2EEReason ret = set_attempt(&tried[nb], id, rules, frame);

        for (int j = 0; j < nb && !ret; j++)
            seen |= same_attempt(&tried[nb], &tried[j]);
        if (ret || seen)
            continue;
        ret = attempt_open(frame, &tried[nb++], key, lost, out);
        if (!ret)
            session->last_attempt = id;
        if (ret != E2EE_NOT_SEALED)
            reason = ret;
        if (ret != E2EE_NOT_SEALED && ret != E2EE_DAMAGED)
            break;
    }
    return reason;
}

/* The key at the frame's index, then those a ratchet would give. */
static enum E2EEReason open_at(E2EESession *session, const E2EEFrame *frame,
                               int lost, E2EEOutput *out)
{
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
        reason = open_with(session, frame, key, lost, out);
        if (!reason) {
            key->opened   = 1;
            key->failures = 0;
            ff_e2ee_keyring_commit(ring, index, key);
        } else if (reason == E2EE_DAMAGED) {
            key = step < ring->ratchet_window ?
                  ff_e2ee_keyring_ahead(ring, key) : NULL;
        }
    }
    return reason == E2EE_DAMAGED && !slot->opened ? E2EE_WRONG_KEY : reason;
}

/* A failure counts once, against the key at the index that is reported. */
static enum E2EEReason count_failure(const E2EEKeyRing *ring,
                                     enum E2EEReason reason, unsigned index)
{
    if (reason == E2EE_DAMAGED || reason == E2EE_WRONG_KEY)
        ff_e2ee_keyring_get(ring, index)->failures++;
    return reason;
}

enum E2EEReason ff_e2ee_trailer_open(E2EESession *session,
                                     const E2EEFrame *frame, E2EEOutput *out)
{
    int nal_units = session->codec == E2EE_CODEC_H264 ||
                    session->codec == E2EE_CODEC_H265;
    enum E2EEReason reason = E2EE_NOT_SEALED;

    if (frame->size >= 2 && frame->data[frame->size - 2] == E2EE_IV_SIZE)
        reason = open_at(session, frame, 0, out);
    if (reason && nal_units &&
        frame->data[frame->size - 1] == E2EE_IV_SIZE) {
        unsigned key_index = out->key_index;
        enum E2EEReason ret = open_at(session, frame, 1, out);

        if (!ret || reason == E2EE_NOT_SEALED)
            reason = ret;
        else
            out->key_index = key_index;
    }
    return count_failure(&session->ring, reason, out->key_index);
}
