/*
 * End-to-end encrypted media: SFrame, RFC 9605
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

#include <limits.h>
#include <string.h>

#include <gcrypt.h>

#include "e2ee_ctr_hmac.h"
#include "e2ee_scheme.h"
#include "e2ee_sframe_header.h"

/*
 * frame = header || ciphertext || tag
 *
 * All of the frame is encrypted, AAD = header || metadata. The key id is the
 * key's index, followed by the last bits of its ratchet's step count where
 * there are such bits, and counted from that of index 0.
 * doc/wire-formats.md has more.
 */
#define KEY_SIZE_MAX  96
#define HASH_SIZE_MAX 64
#define SUITE_DEFAULT 4

/* The RFC leaves it open; less than AES-128 has would be guessed. */
#define BASE_KEY_SIZE_MIN 16

static const struct Suite {
    enum E2EEHash hash;
    size_t        hash_size;
    size_t        cipher_size;  ///< of the key, AES's
    size_t        key_size;     ///< that and the HMAC's
    size_t        tag_size;
} suites[] = {
    [1] = { E2EE_SHA256, 32, 16, 48, 10 },
    [2] = { E2EE_SHA256, 32, 16, 48, 8  },
    [3] = { E2EE_SHA256, 32, 16, 48, 4  },
    [4] = { E2EE_SHA256, 32, 16, 16, 16 },
    [5] = { E2EE_SHA512, 64, 32, 32, 16 },
    [6] = { E2EE_SHA512, 64, 32, 96, 10 },
    [7] = { E2EE_SHA512, 64, 32, 96, 8  },
    [8] = { E2EE_SHA512, 64, 32, 96, 4  },
};

#define NB_SUITES (sizeof(suites) / sizeof(*suites))

static unsigned suite_number(const E2EEKeyRing *ring)
{
    return ring->suite ? ring->suite : SUITE_DEFAULT;
}

static unsigned step_mask(const E2EEKeyRing *ring)
{
    return (1U << ring->ratchet_bits) - 1;
}

static uint64_t key_id(const E2EEKeyRing *ring, const E2EEKey *key)
{
    return ring->first_kid + ((uint64_t)key->index << ring->ratchet_bits) +
           (key->steps & step_mask(ring));
}

/* The base key, later what a ratchet step left of it. */
static size_t base_size(const E2EEKeyRing *ring, const E2EEKey *key)
{
    return key->steps ? suites[suite_number(ring)].hash_size :
                        key->material_size;
}

static enum E2EEReason expand(const E2EEKeyRing *ring, const E2EEKey *key,
                              const char *label, uint8_t *out, size_t size)
{
    unsigned suite = suite_number(ring);
    size_t label_size = strlen(label);
    uint64_t kid = key_id(ring, key);
    uint8_t info[48], *p = info;

    memcpy(p, label, label_size);
    p += label_size;
    for (int shift = 56; shift >= 0; shift -= 8)
        *p++ = kid >> shift;
    *p++ = suite >> 8;
    *p++ = suite;
    return ff_e2ee_hkdf(suites[suite].hash, key->material,
                        base_size(ring, key), (const uint8_t *)"", 0,
                        info, p - info, out, size);
}

static enum E2EEReason sframe_derive(const E2EEKeyRing *ring, E2EEKey *key)
{
    const struct Suite *suite = &suites[suite_number(ring) % NB_SUITES];
    enum E2EEReason reason;
    uint8_t *bytes;

    if (suite_number(ring) >= NB_SUITES || key->kdf != E2EE_KDF_HKDF_EMPTY ||
        base_size(ring, key) < BASE_KEY_SIZE_MIN)
        return E2EE_BAD_SECRET;
    bytes = gcry_malloc_secure(KEY_SIZE_MAX);
    if (!bytes)
        return E2EE_NO_MEMORY;
    reason = expand(ring, key, "SFrame 1.0 Secret key ", bytes,
                    suite->key_size);
    if (!reason)
        reason = expand(ring, key, "SFrame 1.0 Secret salt ", key->salt,
                        E2EE_IV_SIZE);
    if (!reason)
        reason = suite->key_size == suite->cipher_size ?
            ff_e2ee_aead_alloc(&key->aead, bytes, suite->key_size) :
            ff_e2ee_ctr_hmac_alloc(&key->aead, suite->hash, bytes,
                                   suite->key_size, suite->cipher_size,
                                   suite->tag_size);
    gcry_free(bytes);
    return reason;
}

/* Without bits for it in the key id no receiver could follow. */
static enum E2EEReason sframe_step(const E2EEKeyRing *ring,
                                   const E2EEKey *key, uint8_t *material)
{
    static const char label[] = "SFrame 1.0 Ratchet";
    const struct Suite *suite = &suites[suite_number(ring)];

    if (!ring->ratchet_bits)
        return E2EE_UNSUPPORTED;
    return ff_e2ee_hkdf(suite->hash, key->material, base_size(ring, key),
                        (const uint8_t *)"", 0, (const uint8_t *)label,
                        strlen(label), material, suite->hash_size);
}

static const E2EEKeyOps key_ops = {
    .derive = sframe_derive, .step = sframe_step, .step_size = HASH_SIZE_MAX,
};

static uint64_t read64(const uint8_t *p)
{
    uint64_t n = 0;

    for (size_t i = 0; i < sizeof(n); i++)
        n = n << 8 | p[i];
    return n;
}

/*
 * Without a file the counter begins at 64 random bits for each use of a key,
 * and goes on for less than 2^32 frames.
 */
static enum E2EEReason next_counter(E2EESession *session, E2EEKey *key,
                                    uint64_t *ctr)
{
    E2EENonce *nonce = session->test_nonce ? session->test_nonce :
                                             &key->nonce;
    enum E2EEReason reason;
    uint8_t iv[E2EE_IV_SIZE];

    if (session->counter_file && !session->test_nonce)
        return ff_e2ee_counter_file_next(session->counter_file, ctr);
    reason = ff_e2ee_nonce_next(nonce, iv);
    *ctr = read64(iv + 4);
    if (!session->test_nonce)
        *ctr = read64(iv) + (uint32_t)*ctr;
    return reason;
}

static void set_iv(uint8_t iv[E2EE_IV_SIZE], const E2EEKey *key, uint64_t ctr)
{
    memcpy(iv, key->salt, E2EE_IV_SIZE);
    for (int i = E2EE_IV_SIZE - 1; ctr; i--, ctr >>= 8)
        iv[i] ^= ctr;
}

/** The parts of a frame: header, metadata, which is not sent, and media. */
static void set_segments(E2EESegment segments[3], const E2EESession *session,
                         const uint8_t *header, uint8_t *header_dst,
                         size_t header_size, const uint8_t *src, uint8_t *dst,
                         size_t size)
{
    segments[0] = (E2EESegment){ header, header_dst, header_size, 1 };
    segments[1] = (E2EESegment){ session->metadata, session->metadata,
                                 session->metadata_size, 1 };
    segments[2] = (E2EESegment){ src, dst, size, 0 };
}

static enum E2EEReason sframe_seal(E2EESession *session,
                                   const E2EEFrame *frame, E2EEOutput *out)
{
    E2EEKey *key = ff_e2ee_keyring_get(&session->ring, out->key_index);
    E2EESFrameHeader header;
    E2EESegment segments[3];
    enum E2EEReason reason;
    uint8_t iv[E2EE_IV_SIZE];
    uint8_t *media;
    size_t size;

    if (!key)
        return E2EE_NO_KEY;
    header.kid = key_id(&session->ring, key);
    reason = next_counter(session, key, &header.ctr);
    if (reason)
        return reason;
    size  = ff_e2ee_sframe_header_write(out->data, &header);
    media = out->data + size;
    set_iv(iv, key, header.ctr);
    set_segments(segments, session, out->data, out->data, size,
                 frame->data, media, frame->size);
    reason = ff_e2ee_aead_seal(key->aead, iv, segments, 3,
                               media + frame->size);
    if (!reason)
        out->size = size + frame->size +
                    suites[suite_number(&session->ring)].tag_size;
    return reason;
}

/* The key of the ratchet step that the key id names, if it is near enough. */
static enum E2EEReason find_key(const E2EEKeyRing *ring, E2EEKey *slot,
                                unsigned steps, E2EEKey **key)
{
    unsigned ahead = (steps - slot->steps) & step_mask(ring);

    if (ahead > ring->ratchet_window)
        return E2EE_NO_KEY;
    for (*key = slot; ahead && *key; ahead--)
        *key = ff_e2ee_keyring_ahead(ring, *key);
    return *key ? E2EE_OK : E2EE_NO_MEMORY;
}

static enum E2EEReason open_with(E2EESession *session, E2EEKey *key,
                                 uint64_t ctr, size_t header_size,
                                 const E2EEFrame *frame, E2EEOutput *out)
{
    size_t tag_size = suites[suite_number(&session->ring)].tag_size;
    const uint8_t *media = frame->data + header_size;
    size_t size = frame->size - header_size - tag_size;
    /* The salt tells keys apart: a new one's counter may begin at 0. */
    uint64_t sender = read64(key->salt) + (ctr >> 32);
    uint8_t header[E2EE_SFRAME_HEADER_MAX], iv[E2EE_IV_SIZE];
    E2EESegment segments[3];
    enum E2EEReason reason;

    if (ff_e2ee_replayed(&session->replay, sender, (uint32_t)ctr))
        return E2EE_REPLAYED;
    set_iv(iv, key, ctr);
    set_segments(segments, session, frame->data, header, header_size,
                 media, out->data, size);
    reason = ff_e2ee_aead_open(key->aead, iv, segments, 3, media + size);
    if (!reason) {
        ff_e2ee_replay_commit(&session->replay, sender, (uint32_t)ctr);
        out->size = size;
    }
    return reason;
}

static enum E2EEReason sframe_open(E2EESession *session,
                                   const E2EEFrame *frame, E2EEOutput *out)
{
    E2EEKeyRing *ring = &session->ring;
    E2EESFrameHeader header;
    E2EEKey *slot, *key;
    enum E2EEReason reason;
    uint64_t index;
    size_t used;

    reason = ff_e2ee_sframe_header_read(&header, frame->data, frame->size,
                                        &used);
    if (reason)
        return reason;
    header.kid -= ring->first_kid;
    index = header.kid >> ring->ratchet_bits;
    out->key_index = index < UINT_MAX ? index : UINT_MAX;
    slot = ff_e2ee_keyring_get(ring, out->key_index);
    if (!slot)
        return E2EE_NO_KEY;
    if (ff_e2ee_key_barred(ring, slot))
        return E2EE_KEY_BARRED;
    if (frame->size - used < suites[suite_number(ring)].tag_size)
        return E2EE_TOO_SHORT;
    reason = find_key(ring, slot, (unsigned)header.kid, &key);
    if (reason)
        return reason;
    reason = open_with(session, key, header.ctr, used, frame, out);
    if (reason)
        return ff_e2ee_key_result(slot, reason);
    ff_e2ee_keyring_commit(ring, slot->index, key);
    return ff_e2ee_key_result(key, reason);
}

/* Only tells which codecs there are. */
static const E2EECodecRules rules[E2EE_CODEC_NB] = {
    [E2EE_CODEC_OPUS] = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_VP8]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_VP9]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_AV1]  = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_H264] = { { ff_e2ee_layout_none } },
    [E2EE_CODEC_H265] = { { ff_e2ee_layout_none } },
};

static const char opaque[] = "nothing stays clear, so packetizers, parsers "
    "and servers cannot read the frames; use NUT, or SFrame's own RTP "
    "payload format";

const E2EEScheme ff_e2ee_scheme_sframe = {
    .name              = "sframe",
    .salt              = "",
    .ring_size         = 256,
    .ratchet_window    = 16,
    .failure_tolerance = -1,
    .count_from_one    = 1,
    .keeps_counter     = 1,
    .key_ops           = &key_ops,
    .text_kdf          = E2EE_KDF_HKDF,
    .raw_kdf           = { [E2EE_PEER_WEB]    = E2EE_KDF_HKDF_EMPTY,
                           [E2EE_PEER_NATIVE] = E2EE_KDF_HKDF_EMPTY },
    .rules             = { [E2EE_PEER_WEB]    = rules,
                           [E2EE_PEER_NATIVE] = rules },
    .caveats           = { [E2EE_CODEC_VP8]  = opaque,
                           [E2EE_CODEC_VP9]  = opaque,
                           [E2EE_CODEC_AV1]  = opaque,
                           [E2EE_CODEC_H264] = opaque,
                           [E2EE_CODEC_H265] = opaque },
    .overhead          = E2EE_SFRAME_HEADER_MAX + E2EE_TAG_SIZE,
    .seal              = sframe_seal,
    .open              = sframe_open,
};
