/*
 * End-to-end encrypted media: wire formats
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

#ifndef AVCODEC_BSF_E2EE_SCHEME_H
#define AVCODEC_BSF_E2EE_SCHEME_H

#include "e2ee_access_unit.h"
#include "e2ee_counter_file.h"
#include "e2ee_keyring.h"
#include "e2ee_layout.h"
#include "e2ee_lkts.h"
#include "e2ee_replay.h"

/** Whose clients are on the other side, where that changes bytes. */
enum E2EEPeer {
    E2EE_PEER_WEB,
    E2EE_PEER_NATIVE,
    E2EE_PEER_NB
};

#define E2EE_RULES_MAX 4

/** A codec's rules: the first one seals, all of them are tried to open. */
typedef struct E2EECodecRules {
    E2EELayoutRule *rules[E2EE_RULES_MAX + 1];
} E2EECodecRules;

typedef struct E2EEScheme E2EEScheme;

/**
 * One direction of one track: a sender seals with it, or a receiver opens.
 * Not to be shared by threads. The caller fills it in, ff_e2ee_seal() and
 * ff_e2ee_open() neither allocate nor log.
 */
typedef struct E2EESession {
    const E2EEScheme *scheme;
    enum E2EEPeer     peer;
    enum E2EECodec    codec;
    E2EEKeyRing       ring;
    uint8_t          *metadata;     ///< SFrame: authenticated, not sent
    size_t            metadata_size;

    /* of a sender */
    unsigned          key_index;    ///< as sent, stored modulo the ring's size
    int               choose_iv;    ///< H.264: pass over IVs that trip peers
    enum E2EEDropSei  drop_sei;
    E2EENonce        *test_nonce;   ///< instead of the key's own, or NULL
    E2EECounterFile  *counter_file; ///< of a scheme that keeps it, or NULL
    const uint8_t    *parameter_sets; ///< byte stream, for key frames, or NULL
    size_t            parameter_sets_size;
    uint64_t          iv_retries;   ///< how many IVs were passed over

    /* of a receiver */
    const uint8_t    *sif_trailer;  ///< LiveKit: the room's, or NULL
    size_t            sif_trailer_size;
    E2EELkts          lkts;         ///< LiveKit: what came with the last frame
    int               last_attempt; ///< what opened the last frame
    unsigned          ways;         ///< to open it that there were
    unsigned          retry;        ///< which of them is tried after many
                                    ///< failures, besides the first
    E2EEReplay        replay;
} E2EESession;

/** What became of a frame. */
typedef struct E2EEOutput {
    uint8_t *data;              ///< the caller's room, ff_e2ee_bound() bytes
    size_t   size;              ///< bytes written, if all went well
    unsigned key_index;         ///< that was used or asked for
    unsigned warnings;          ///< E2EE_WARN_* of a sealed frame
} E2EEOutput;

/** A wire format with its defaults; one object and one row each. */
struct E2EEScheme {
    const char     *name;
    const char     *salt;       ///< text
    const char     *ratchet_salt; ///< text, NULL: salt
    unsigned        key_size;   ///< bytes, 0: the suite's
    unsigned        ring_size;
    unsigned        ratchet_window;
    int             failure_tolerance;
    int             count_from_one; ///< see ff_e2ee_nonce_init()
    int             keeps_counter; ///< a sender's may be kept in a file
    const E2EEKeyOps *key_ops;  ///< how keys are made, NULL: the usual
    enum E2EEKdf    text_kdf;   ///< of a passphrase
    enum E2EEKdf    raw_kdf[E2EE_PEER_NB]; ///< of key bytes
    const E2EECodecRules *rules[E2EE_PEER_NB]; ///< by codec
    const char     *caveats[E2EE_CODEC_NB]; ///< what a sender is told, or NULL
    size_t          overhead;   ///< bytes it adds, escapes apart

    enum E2EEReason (*seal)(E2EESession *session, const E2EEFrame *frame,
                            E2EEOutput *out);
    enum E2EEReason (*open)(E2EESession *session, const E2EEFrame *frame,
                            E2EEOutput *out);
};

/** The schemes, NULL at the end. */
extern const E2EEScheme *const ff_e2ee_schemes[];

/** NULL if there is none of that name. */
const E2EEScheme *ff_e2ee_scheme_find(const char *name);

/** The derivation that a key gets; wanted wins unless it is AUTO. */
enum E2EEKdf ff_e2ee_scheme_kdf(const E2EESession *session,
                                enum E2EEKdf wanted, int is_raw);

/** The rules for the session's codec, NULL if the scheme has none. */
const E2EECodecRules *ff_e2ee_scheme_rules(const E2EESession *session);

/** Bytes of room that sealing or opening a frame of this size may need. */
size_t ff_e2ee_bound(const E2EESession *session, size_t size);

/**
 * Seal a frame. Empty frames (DTX) stay empty.
 *
 * @param frame  its data does not overlap out->data
 */
enum E2EEReason ff_e2ee_seal(E2EESession *session, const E2EEFrame *frame,
                             E2EEOutput *out);

/**
 * Open a frame. What is not authentic leaves nothing in out->data but bytes
 * that were clear on the wire.
 *
 * @param frame  its data does not overlap out->data, and stays as it is
 */
enum E2EEReason ff_e2ee_open(E2EESession *session, const E2EEFrame *frame,
                             E2EEOutput *out);

#endif /* AVCODEC_BSF_E2EE_SCHEME_H */
