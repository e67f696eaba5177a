/*
 * End-to-end encrypted media: Stream Video, version 1
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
#include "e2ee_sender.h"

/*
 * frame = clear || E(ciphertext || tag(16) || counter(4) || prefix(8) ||
 *                    key index || clear length and flag(2) || 01 || E2EEFEED)
 *
 * IV = prefix || counter. E is emulation prevention, for which zeros at the
 * end of the clear part count, too. The last seven bytes never need any.
 * SPEC.md of stream-video-js; doc/wire-formats.md has it in our words.
 */
#define PREFIX_SIZE  8
#define COUNTER_SIZE 4
#define TRAILER_SIZE 20
#define FORMAT_VERSION 1
#define ESCAPED      0x8000
#define CLEAR_MAX    0x7fff

static const uint8_t magic[4] = { 0xe2, 0xee, 0xfe, 0xed };

static void write_trailer(uint8_t *dst, const uint8_t *iv,
                          unsigned key_index, unsigned clear)
{
    memcpy(dst, iv + PREFIX_SIZE, COUNTER_SIZE);
    memcpy(dst + COUNTER_SIZE, iv, PREFIX_SIZE);
    dst += E2EE_IV_SIZE;
    *dst++ = key_index;
    *dst++ = clear >> 8;
    *dst++ = clear;
    *dst++ = FORMAT_VERSION;
    memcpy(dst, magic, sizeof(magic));
}

/* Zeros before p that take part in emulation prevention. */
static size_t zeros_before(const uint8_t *p, size_t before)
{
    size_t zeros = 0;

    while (zeros < 2 && zeros < before && !p[-1 - (ptrdiff_t)zeros])
        zeros++;
    return zeros;
}

static enum E2EEReason stream_seal(E2EESession *session,
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
    if (clear.size > CLEAR_MAX)
        return E2EE_LONG_CLEAR;
    sealed = out->data + clear.size;
    size   = frame->size - clear.consumed;
    segments[0] = (E2EESegment){ out->data, out->data, clear.size, 1 };
    segments[1] = (E2EESegment){ frame->data + clear.consumed, sealed, size,
                                 0 };
    reason = ff_e2ee_next_iv(session, key, &clear, segments[1].src, size,
                             NULL, iv, out);
    if (!reason)
        reason = ff_e2ee_aead_seal(key->aead, iv, segments, 2,
                                   sealed + size);
    if (reason)
        return reason;
    write_trailer(sealed + size + E2EE_TAG_SIZE, iv, out->key_index,
                  clear.size | (clear.escaped ? ESCAPED : 0));
    size += E2EE_TAG_SIZE + TRAILER_SIZE;
    if (clear.escaped) {
        size_t zeros = zeros_before(sealed, clear.size);
        size_t extra = ff_e2ee_escape_extra(sealed - zeros, size + zeros);

        ff_e2ee_escape(sealed - zeros, size + zeros, extra);
        size += extra;
    }
    out->size = clear.size + size;
    return E2EE_OK;
}

static enum E2EEReason open_with(E2EESession *session, const uint8_t *src,
                                 size_t size, const uint8_t *header,
                                 size_t clear, E2EEKey *key, E2EEOutput *out)
{
    const uint8_t *trailer = src + size - TRAILER_SIZE;
    uint8_t iv[E2EE_IV_SIZE];
    uint64_t prefix = 0;
    uint32_t counter = 0;
    E2EESegment segments[2];
    enum E2EEReason reason;

    memcpy(iv, trailer + COUNTER_SIZE, PREFIX_SIZE);
    memcpy(iv + PREFIX_SIZE, trailer, COUNTER_SIZE);
    for (int i = 0; i < PREFIX_SIZE; i++)
        prefix = prefix << 8 | iv[i];
    for (int i = PREFIX_SIZE; i < E2EE_IV_SIZE; i++)
        counter = counter << 8 | iv[i];
    if (ff_e2ee_replayed(&session->replay, prefix, counter))
        return E2EE_REPLAYED;

    size -= E2EE_TAG_SIZE + TRAILER_SIZE;
    segments[0] = (E2EESegment){ header, out->data, clear, 1 };
    segments[1] = (E2EESegment){ src, out->data + clear, size, 0 };
    reason = ff_e2ee_aead_open(key->aead, iv, segments, 2, src + size);
    if (!reason) {
        ff_e2ee_replay_commit(&session->replay, prefix, counter);
        out->size = clear + size;
    }
    return reason;
}

static enum E2EEReason stream_open(E2EESession *session,
                                   const E2EEFrame *frame, E2EEOutput *out)
{
    const uint8_t *end = frame->data + frame->size;
    const uint8_t *src;
    E2EEKey *key;
    enum E2EEReason reason;
    size_t clear, size;
    unsigned flags;

    if (frame->size < TRAILER_SIZE || memcmp(end - 4, magic, sizeof(magic)))
        return E2EE_NOT_SEALED;
    if (end[-5] != FORMAT_VERSION)
        return E2EE_UNKNOWN_VERSION;
    flags = end[-7] << 8 | end[-6];
    clear = flags & CLEAR_MAX;
    if (clear > frame->size - TRAILER_SIZE)
        return E2EE_NOT_SEALED;
    src  = frame->data + clear;
    size = frame->size - clear;
    if (flags & ESCAPED) {
        size_t zeros = zeros_before(src, clear);
        uint8_t *dst = out->data + clear;

        size = ff_e2ee_unescape(dst - zeros, src - zeros, size + zeros) -
               zeros;
        src  = dst;
    }
    if (size < E2EE_TAG_SIZE + TRAILER_SIZE)
        return E2EE_NOT_SEALED;
    out->key_index = src[size - 8];
    key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    if (!key)
        return E2EE_NO_KEY;
    if (ff_e2ee_key_barred(&session->ring, key))
        return E2EE_KEY_BARRED;
    reason = open_with(session, src, size, frame->data, clear, key, out);
    return ff_e2ee_key_result(key, reason);
}

static const E2EECodecRules rules[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_audio } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_vp8_clamped } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_frame_type_clamped } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_slice_or_none } },
};

const E2EEScheme ff_e2ee_scheme_stream = {
    .name              = "stream",
    .salt              = "",
    .key_size          = 16,
    .ring_size         = 256,
    .failure_tolerance = -1,
    .count_from_one    = 1,
    .text_kdf          = E2EE_KDF_RAW,
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_RAW,
                           [E2EE_PEER_NATIVE] = E2EE_KDF_RAW },
    .rules             = { [E2EE_PEER_WEB]    = rules,
                           [E2EE_PEER_NATIVE] = rules },
    .overhead          = E2EE_TAG_SIZE + TRAILER_SIZE,
    .seal              = stream_seal,
    .open              = stream_open,
};
