/*
 * End-to-end encrypted media: what senders of several schemes share
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

#include "e2ee_h264.h"
#include "e2ee_sender.h"

/* How much of a slice header is looked at; 3 Exp-Golomb codes fit. */
#define PEEK_SIZE 12

/* A pps_id of 31 takes 11 bits: one try in 2048 reads right. */
#define IV_TRIES_MAX (1 << 14)

/* What has to stay readable of a frame whatever encrypts it. */
typedef struct Condition {
    uint8_t        clear;       ///< last byte before the sealed ones
    const uint8_t *plain;       ///< the bytes that follow it
    size_t         size;
    uint8_t        first_bits;  ///< H.265: of the first that must stay
    int            check_slice;
    E2EESliceStart start;       ///< H.264: what has to be read from them
} Condition;

enum E2EEReason ff_e2ee_write_clear(const E2EESession *session,
                                    const E2EEFrame *frame, E2EEOutput *out,
                                    E2EEClear *clear)
{
    E2EELayoutRule *rule = ff_e2ee_scheme_rules(session)->rules[0];
    E2EEAccessUnit unit = { 0 };
    E2EELayout layout;
    enum E2EEReason reason = rule(frame, &layout);

    if (reason)
        return reason;
    if (layout.annexb) {
        reason = ff_e2ee_access_unit(&unit, out->data, frame, &layout,
                                     session->drop_sei,
                                     session->parameter_sets,
                                     session->parameter_sets_size);
        out->warnings = unit.warnings;
    } else {
        unit.clear = unit.consumed = layout.clear;
        memcpy(out->data, frame->data, layout.clear);
    }
    clear->size     = unit.clear;
    clear->consumed = unit.consumed;
    clear->escaped  = layout.escaped;
    clear->last     = unit.clear ? out->data[unit.clear - 1] : 0;
    return reason;
}

/*
 * Before they decrypt, receivers of H.264 read first_mb, slice_type and pps_id
 * of a slice and drop it in silence if it names a picture parameter set that
 * they do not know. In H.265 parsers take a frame to begin where
 * first_slice_segment_in_pic_flag is set, the first encrypted bit. What of
 * these is encrypted must by chance read the same.
 */
static void set_condition(Condition *c, enum E2EECodec codec, uint8_t clear,
                          const uint8_t *plain, size_t size)
{
    uint8_t bytes[1 + PEEK_SIZE] = { clear };

    c->clear = clear;
    c->plain = plain;
    c->size  = size < PEEK_SIZE ? size : PEEK_SIZE;
    memcpy(bytes + 1, plain, c->size);
    c->first_bits  = codec == E2EE_CODEC_H265 && size ? 0x80 : 0;
    c->check_slice = codec == E2EE_CODEC_H264 &&
                     ff_e2ee_h264_slice_start(&c->start, bytes,
                                              1 + c->size, 1) &&
                     c->start.bits > 8;
}

static enum E2EEReason meets(const Condition *c, E2EEAead *aead,
                             const uint8_t *iv, int *met)
{
    uint8_t bytes[1 + PEEK_SIZE] = { c->clear };
    E2EESliceStart start;
    enum E2EEReason reason;

    *met = 1;
    if (!c->check_slice && !c->first_bits)
        return E2EE_OK;
    reason = ff_e2ee_aead_peek(aead, iv, c->plain, bytes + 1, c->size);
    *met = !reason && !((bytes[1] ^ *c->plain) & c->first_bits);
    if (!*met || !c->check_slice)
        return reason;
    *met = ff_e2ee_h264_slice_start(&start, bytes, 1 + c->size, 0) &&
           start.first_mb   == c->start.first_mb &&
           start.slice_type == c->start.slice_type &&
           start.pps_id     == c->start.pps_id;
    return reason;
}

enum E2EEReason ff_e2ee_next_iv(E2EESession *session, E2EEKey *key,
                                const E2EEClear *clear,
                                const uint8_t *plain, size_t size,
                                E2EETrailerFits *trailer_fits,
                                uint8_t iv[E2EE_IV_SIZE], E2EEOutput *out)
{
    E2EENonce *nonce = session->test_nonce ? session->test_nonce :
                                             &key->nonce;
    int choose = clear->escaped && session->choose_iv;
    Condition condition;

    if (choose)
        set_condition(&condition, session->codec, clear->last, plain, size);
    for (int tries = 0; ; tries++) {
        enum E2EEReason reason = ff_e2ee_nonce_next(nonce, iv);
        int met = 1;

        if (reason || !choose)
            return reason;
        if (trailer_fits)
            met = trailer_fits(iv, out->key_index);
        if (met)
            reason = meets(&condition, key->aead, iv, &met);
        if (reason || met)
            return reason;
        if (tries == IV_TRIES_MAX) {
            out->warnings |= E2EE_WARN_IV_NOT_CHOSEN;
            return E2EE_OK;
        }
        session->iv_retries++;
    }
}
