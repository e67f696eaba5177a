/*
 * End-to-end encrypted media: Discord's DAVE, version 1.1
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
#include "e2ee_counter.h"
#include "e2ee_dave_keys.h"
#include "e2ee_dave_ranges.h"
#include "e2ee_nal.h"

/*
 * frame = media || tag(8) || nonce || { offset || size }* || size1 || FAFA
 *
 * media has its cipher ranges encrypted in place, the numbers are LEB128 and
 * tell the clear ranges, size1 is of all behind media. IV = 8 zero bytes ||
 * nonce, little-endian. The nonce's first byte is the key's generation.
 * protocol.md of discord/dave-protocol; doc/wire-formats.md has it in our
 * words.
 */
#define TAG_SIZE         E2EE_DAVE_TAG_SIZE
#define FOOTER_SIZE      3
#define TRAILER_SIZE_MIN (TAG_SIZE + FOOTER_SIZE)
#define TRAILER_SIZE_MAX 255
#define MARKER           0xfa
#define GENERATION_SHIFT 24

/* A start code in ciphertext comes once in 16 MB. */
#define NONCE_TRIES_MAX  10

/* Cipher and clear ranges take turns. */
#define SEGMENTS_MAX     (2 * E2EE_DAVE_RANGES_MAX + 1)

static const uint8_t silence[3] = { 0xf8, 0xff, 0xfe };

/** What the end of a sealed frame says. */
typedef struct Trailer {
    const uint8_t *tag;
    size_t         media_size;
    uint32_t       nonce;
    E2EEDaveRange  clear[E2EE_DAVE_RANGES_MAX];
    int            nb_clear;
} Trailer;

/* NULL if memory runs out; a key is ahead of itself by nothing. */
static E2EEKey *key_at(const E2EEKeyRing *ring, E2EEKey *key,
                       unsigned generation)
{
    while (key && key->steps < generation)
        key = ff_e2ee_keyring_ahead(ring, key);
    return key;
}

static void set_iv(uint8_t iv[E2EE_IV_SIZE], uint32_t nonce)
{
    memset(iv, 0, E2EE_IV_SIZE);
    for (int i = 8; i < E2EE_IV_SIZE; i++, nonce >>= 8)
        iv[i] = nonce;
}

static int set_segments(E2EESegment *segments, const uint8_t *src,
                        uint8_t *dst, size_t size,
                        const E2EEDaveRange *clear, int nb_clear)
{
    size_t at = 0;
    int nb = 0;

    for (int i = 0; i < nb_clear; i++) {
        size_t offset = clear[i].offset;

        segments[nb++] = (E2EESegment){ src + at, dst + at, offset - at, 0 };
        segments[nb++] = (E2EESegment){ src + offset, dst + offset,
                                        clear[i].size, 1 };
        at = offset + clear[i].size;
    }
    segments[nb++] = (E2EESegment){ src + at, dst + at, size - at, 0 };
    return nb;
}

static int is_silence(const E2EEFrame *frame)
{
    return frame->codec == E2EE_CODEC_OPUS &&
           frame->size == sizeof(silence) &&
           !memcmp(frame->data, silence, sizeof(silence));
}

/* The slot moves on to the nonce's generation. */
static enum E2EEReason next_nonce(E2EESession *session, E2EEKey **key,
                                  uint32_t *nonce)
{
    unsigned index = (*key)->index, generation;
    enum E2EEReason reason;
    uint8_t iv[E2EE_IV_SIZE];

    if (session->test_nonce) {
        reason = ff_e2ee_nonce_next(session->test_nonce, iv);
        *nonce = 0;
        for (int i = 8; i < E2EE_IV_SIZE && !reason; i++)
            *nonce = *nonce << 8 | iv[i];
    } else {
        reason = ff_e2ee_counter_next((*key)->salt, nonce);
    }
    if (reason)
        return reason;
    generation = *nonce >> GENERATION_SHIFT;
    if (generation < (*key)->steps)
        return E2EE_IV_SPENT;
    while ((*key)->steps < generation) {
        E2EEKey *next = ff_e2ee_keyring_ahead(&session->ring, *key);

        if (!next)
            return E2EE_NO_MEMORY;
        ff_e2ee_keyring_commit(&session->ring, index, next);
        *key = next;
    }
    return E2EE_OK;
}

/* Returns the bytes written, 0 if there are too many. */
static size_t write_trailer(uint8_t *tag, uint32_t nonce,
                            const E2EEDaveMedia *media)
{
    size_t size = TRAILER_SIZE_MIN + ff_e2ee_leb128_size(nonce);
    uint8_t *p = tag + TAG_SIZE;

    for (int i = 0; i < media->nb_clear; i++)
        size += ff_e2ee_leb128_size(media->clear[i].offset) +
                ff_e2ee_leb128_size(media->clear[i].size);
    if (size > TRAILER_SIZE_MAX)
        return 0;
    p += ff_e2ee_leb128_write(p, nonce);
    for (int i = 0; i < media->nb_clear; i++) {
        p += ff_e2ee_leb128_write(p, media->clear[i].offset);
        p += ff_e2ee_leb128_write(p, media->clear[i].size);
    }
    *p++ = size;
    *p++ = MARKER;
    *p   = MARKER;
    return size;
}

/* Whether a packetizer finds the NAL units that there are, and no others. A
 * zero before a start code would be lost on the way. */
static int units_stay(const E2EEDaveMedia *media, size_t size)
{
    E2EENal nal = { .end = media->data };
    int nb = 0;

    while (ff_e2ee_annexb_next(&nal, media->data + size)) {
        if (nal.data - nal.code != 4)
            return 0;
        nb++;
    }
    return nb == media->nb_units;
}

static enum E2EEReason seal_once(E2EESession *session, E2EEKey **key,
                                 const E2EEFrame *frame,
                                 E2EEDaveMedia *media, E2EEOutput *out)
{
    enum E2EEReason reason = ff_e2ee_dave_media(session, frame, out->data,
                                                media);
    E2EESegment segments[SEGMENTS_MAX];
    uint8_t iv[E2EE_IV_SIZE];
    uint32_t nonce;
    size_t trailer;
    int nb;

    if (!reason)
        reason = next_nonce(session, key, &nonce);
    if (reason)
        return reason;
    trailer = write_trailer(media->data + media->size, nonce, media);
    if (!trailer)
        return E2EE_LONG_CLEAR;
    set_iv(iv, nonce);
    nb = set_segments(segments, media->data, media->data, media->size,
                      media->clear, media->nb_clear);
    reason = ff_e2ee_aead_seal((*key)->aead, iv, segments, nb,
                               media->data + media->size);
    if (!reason)
        out->size = media->size + trailer;
    return reason;
}

static enum E2EEReason dave_seal(E2EESession *session, const E2EEFrame *frame,
                                 E2EEOutput *out)
{
    E2EEKey *key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    E2EEDaveMedia media;

    if (!key)
        return E2EE_NO_KEY;
    if (is_silence(frame)) {
        memcpy(out->data, silence, sizeof(silence));
        out->size = sizeof(silence);
        return E2EE_OK;
    }
    for (int i = 0; i < NONCE_TRIES_MAX; i++) {
        enum E2EEReason reason = seal_once(session, &key, frame, &media, out);

        out->warnings = media.warnings;
        if (reason || !media.nb_units || units_stay(&media, out->size))
            return reason;
        session->iv_retries++;
    }
    out->size = 0;
    return E2EE_START_CODE;
}

static int read_ranges(Trailer *trailer, const uint8_t *p, const uint8_t *end)
{
    size_t at = 0;

    trailer->nb_clear = 0;
    while (p < end) {
        uint64_t offset, size;

        if (!ff_e2ee_leb128_read(&p, end, &offset) ||
            !ff_e2ee_leb128_read(&p, end, &size) ||
            offset < at || offset > trailer->media_size ||
            size > trailer->media_size - offset)
            return 0;
        trailer->clear[trailer->nb_clear++] = (E2EEDaveRange){ offset, size };
        at = offset + size;
    }
    return 1;
}

/*
 * Clear bytes are authenticated, but not where among the others they were. All
 * senders begin with them, and a VP8 frame has them nowhere else: such a frame
 * can be read in one way only. libdave does not look.
 */
static int ranges_fit(const Trailer *trailer, enum E2EECodec codec)
{
    return !trailer->nb_clear ||
           (!trailer->clear[0].offset && trailer->clear[0].size &&
            (trailer->nb_clear == 1 || codec != E2EE_CODEC_VP8));
}

/* In the order in which libdave looks at it. */
static int read_trailer(Trailer *trailer, const uint8_t *data, size_t size,
                        enum E2EECodec codec)
{
    const uint8_t *p, *end;
    uint64_t nonce;

    if (size < TRAILER_SIZE_MIN)
        return 0;
    end = data + size - FOOTER_SIZE;
    if (end[1] != MARKER || end[2] != MARKER || *end > size ||
        *end < TRAILER_SIZE_MIN)
        return 0;
    trailer->media_size = size - *end;
    trailer->tag = data + trailer->media_size;
    p = trailer->tag + TAG_SIZE;
    if (!ff_e2ee_leb128_read(&p, end, &nonce) || nonce > UINT32_MAX)
        return 0;
    trailer->nonce = nonce;
    return read_ranges(trailer, p, end) && ranges_fit(trailer, codec);
}

/*
 * A key is wiped as soon as whatever it could open is outside of the replay
 * window; until then the one before the newest stays.
 */
static void forget_keys(E2EEKeyRing *ring, E2EEKey *slot, const E2EEKey *key,
                        uint32_t nonce)
{
    uint32_t count = nonce & ((UINT32_C(1) << GENERATION_SHIFT) - 1);
    E2EEKey *oldest = slot;

    while (oldest != key &&
           (oldest->next != key || count >= E2EE_REPLAY_WINDOW))
        oldest = oldest->next;
    ff_e2ee_keyring_commit(ring, slot->index, oldest);
}

static enum E2EEReason open_with(E2EESession *session, E2EEKey *slot,
                                 const uint8_t *data, const Trailer *trailer,
                                 E2EEOutput *out)
{
    unsigned generation = trailer->nonce >> GENERATION_SHIFT;
    E2EESegment segments[SEGMENTS_MAX];
    uint64_t sender = 0;
    uint8_t iv[E2EE_IV_SIZE];
    enum E2EEReason reason;
    E2EEKey *key;
    int nb;

    if (ff_e2ee_key_barred(&session->ring, slot))
        return E2EE_KEY_BARRED;
    for (size_t i = 0; i < sizeof(sender); i++)
        sender = sender << 8 | slot->salt[i];
    if (generation < slot->steps ||
        ff_e2ee_replayed(&session->replay, sender, trailer->nonce))
        return E2EE_REPLAYED;
    if (generation - slot->steps > session->ring.ratchet_window)
        return E2EE_DAMAGED;
    key = key_at(&session->ring, slot, generation);
    if (!key)
        return E2EE_NO_MEMORY;
    set_iv(iv, trailer->nonce);
    nb = set_segments(segments, data, out->data, trailer->media_size,
                      trailer->clear, trailer->nb_clear);
    reason = ff_e2ee_aead_open(key->aead, iv, segments, nb, trailer->tag);
    if (!reason) {
        ff_e2ee_replay_commit(&session->replay, sender, trailer->nonce);
        forget_keys(&session->ring, slot, key, trailer->nonce);
        session->last_attempt = out->key_index;
        out->size = trailer->media_size;
    }
    return reason;
}

/*
 * A frame does not say whose secret it was sealed with: all are tried, the
 * last one that fit first. Reported is the first that did not fit, but of a
 * frame that came before that it did.
 */
static enum E2EEReason open_any(E2EESession *session, const uint8_t *data,
                                size_t size, E2EEOutput *out)
{
    unsigned last = session->last_attempt, reported = 0;
    enum E2EEReason reason = E2EE_NO_KEY;
    Trailer trailer;

    if (!read_trailer(&trailer, data, size, session->codec))
        return E2EE_NOT_SEALED;
    for (unsigned i = 0; i <= session->ring.size; i++) {
        unsigned index = i ? i - 1 : last;
        E2EEKey *slot = ff_e2ee_keyring_get(&session->ring, index);
        enum E2EEReason ret;

        if (!slot || (i && index == last))
            continue;
        out->key_index = index;
        ret = open_with(session, slot, data, &trailer, out);
        if (ret != E2EE_DAMAGED && ret != E2EE_REPLAYED &&
            ret != E2EE_KEY_BARRED)
            return ret;
        if (reason == E2EE_NO_KEY || reason == E2EE_KEY_BARRED ||
            ret == E2EE_REPLAYED) {
            reason   = ret;
            reported = index;
        }
    }
    out->key_index = reported;
    return reason;
}

/* Of a delimiter that FFmpeg's MPEG-TS muxer put in front, 0: there is none. */
static size_t delimiter_size(const E2EEFrame *frame)
{
    const E2EENalTypes *types = ff_e2ee_nal_types(frame->codec);
    E2EENal nal = { .end = frame->data };

    if ((frame->codec != E2EE_CODEC_H264 && frame->codec != E2EE_CODEC_H265) ||
        !ff_e2ee_annexb_next(&nal, frame->data + frame->size) ||
        nal.code != frame->data ||
        !ff_e2ee_nal_is(types, nal.data, types->delimiters))
        return 0;
    return nal.end - frame->data;
}

static enum E2EEReason dave_open(E2EESession *session, const E2EEFrame *frame,
                                 E2EEOutput *out)
{
    enum E2EEReason reason;
    E2EEKey *key;

    if (is_silence(frame)) {
        memcpy(out->data, silence, sizeof(silence));
        out->size = sizeof(silence);
        return E2EE_INJECTED;
    }
    reason = open_any(session, frame->data, frame->size, out);
    if (reason == E2EE_DAMAGED || reason == E2EE_NOT_SEALED) {
        unsigned key_index = out->key_index;
        size_t skip = delimiter_size(frame);
        enum E2EEReason ret = skip ? open_any(session, frame->data + skip,
                                              frame->size - skip, out) :
                                     reason;

        if (!ret || ret == E2EE_REPLAYED)
            reason = ret;
        else
            out->key_index = key_index;
    }
    key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    return key ? ff_e2ee_key_result(key, reason) : reason;
}

/* Only tells which codecs there are; e2ee_dave_ranges.c has the ranges. */
static const E2EECodecRules rules[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_none } },
};

/* A generation lasts a day and more, so a window of 8 is one of a week. The
 * ring is as large as the memory for replays: secrets of three epochs. */
const E2EEScheme ff_e2ee_scheme_dave = {
    .name              = "dave",
    .salt              = "",
    .key_size          = E2EE_DAVE_KEY_SIZE,
    .ring_size         = E2EE_REPLAY_SENDERS,
    .ratchet_window    = 8,
    .failure_tolerance = -1,
    .key_ops           = &ff_e2ee_dave_key_ops,
    .text_kdf          = E2EE_KDF_HKDF,
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_HKDF_EMPTY,
                           [E2EE_PEER_NATIVE] = E2EE_KDF_HKDF_EMPTY },
    .rules             = { [E2EE_PEER_WEB]    = rules,
                           [E2EE_PEER_NATIVE] = rules },
    .overhead          = TRAILER_SIZE_MAX,
    .seal              = dave_seal,
    .open              = dave_open,
};
