/*
 * End-to-end encrypted media: what the two bitstream filters share
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

#ifndef AVCODEC_BSF_E2EE_BSF_COMMON_H
#define AVCODEC_BSF_E2EE_BSF_COMMON_H

#include "libavutil/buffer.h"
#include "libavutil/log.h"
#include "libavutil/opt.h"

#include "libavcodec/bsf.h"
#include "libavcodec/packet.h"

#include "e2ee_scheme.h"

#define E2EE_POOLS     32
#define E2EE_RATCHET   (-1)     ///< in a schedule
#define E2EE_RATCHETED (-2)     ///< the same, done

enum E2EEKind {
    E2EE_KIND_AUTO,
    E2EE_KIND_AUDIO,
    E2EE_KIND_VIDEO,
    E2EE_KIND_SHARE,
    E2EE_KIND_SHARE_AUDIO
};

enum E2EEReport {
    E2EE_REPORT_NONE,
    E2EE_REPORT_CHANGES,
    E2EE_REPORT_ALL
};

enum E2EEOnFailure {
    E2EE_ON_FAILURE_DROP,
    E2EE_ON_FAILURE_KEEP,
    E2EE_ON_FAILURE_FAIL
};

/** From this time on the sender uses this key index, or its next key. */
typedef struct E2EEScheduled {
    int64_t time;               ///< AV_TIME_BASE units of stream time
    int     key_index;          ///< E2EE_RATCHET: step the key on
} E2EEScheduled;

/** What a report shows of a frame. */
typedef struct E2EEEvent {
    enum E2EEReason reason;
    enum E2EEState  state;
    unsigned        key_index;
} E2EEEvent;

typedef struct E2EEBSFContext {
    const AVClass *class;

    /* options of both */
    char *scheme;
    int   peer;
    char *key;                  ///< these three are taken and wiped
    char *key_hex;
    char *key_file;
    int   key_index;
    int   kdf;
    char *salt;
    int   key_size;             ///< bits
    int   key_ring;
    int   enabled;
    int   discard_not_ready;
    int   require_key;
    int   kind;
    int   report;
    int   on_failure;
    int   ratchet_window;
    int   failure_tolerance;
    int   suite;
    int   sframe_ratchet_bits;
    int64_t sframe_first_kid;
    char *sframe_metadata;      ///< hexadecimal digits, decoded in place

    /* options of a receiver */
    char *sif_trailer;
    int   injected;

    /* options of a sender */
    char *key_schedule;
    int   ratchet;
    char *iv;
    char *counter_file;
    int   choose_iv;
    int   drop_sei;

    /* exported */
    int     state;
    int64_t nb_states[E2EE_STATE_NB];
    int64_t nb_not_sealed;
    int64_t nb_injected;
    int64_t nb_passed;          ///< empty, or not enabled
    int64_t nb_iv_retries;

    int            sealing;     ///< a sender, else a receiver
    E2EESession    session;
    E2EENonce      test_nonce;
    E2EECounterFile counter;
    E2EEScheduled *schedule;
    int            nb_schedule;
    int            next_scheduled;
    int            first_key_index; ///< before the schedule's first one
    AVBufferPool  *pools[E2EE_POOLS]; ///< of 1 << n bytes each

    /* H.264 and H.265 with length-prefixed NAL units */
    AVBSFContext  *to_annexb;   ///< a sender's
    unsigned       length_size; ///< bytes, 0: the packets have start codes

    /* report */
    E2EEEvent last;
    unsigned  nb_changes;
    unsigned  warned;           ///< E2EE_WARN_* told
    uint8_t  *metadata;         ///< packed, of the last event
    size_t    metadata_size;
} E2EEBSFContext;

/** Codecs that the filters take. */
extern const enum AVCodecID ff_e2ee_bsf_codec_ids[];

int ff_e2ee_bsf_init(AVBSFContext *bsf, int sealing);

void ff_e2ee_bsf_close(AVBSFContext *bsf);

void ff_e2ee_bsf_flush(AVBSFContext *bsf);

/**
 * Get ready for a packet: take what the options say of keys, and pass on what
 * is not to be touched.
 *
 * @return 1: seal or open it; 0: pass it on; AVERROR(EAGAIN): it was dropped;
 *         another error
 */
int ff_e2ee_bsf_prepare(AVBSFContext *bsf, AVPacket *pkt);

/** A pooled buffer with room for size bytes and padding, or NULL. */
AVBufferRef *ff_e2ee_bsf_buffer(AVBSFContext *bsf, size_t size);

/** Make a buffer the packet's data, and zero the padding. */
void ff_e2ee_bsf_replace(AVPacket *pkt, AVBufferRef **buf, size_t size);

/* e2ee_bsf_keys.c */

/**
 * Load the keys that options name, then wipe these. A slot whose key could not
 * be loaded is empty after it.
 */
int ff_e2ee_bsf_load_keys(AVBSFContext *bsf);

/** Wipe what was set and never loaded: FFmpeg frees options as they are. */
void ff_e2ee_bsf_wipe_keys(AVBSFContext *bsf);

/** Parse key_schedule. */
int ff_e2ee_bsf_parse_schedule(AVBSFContext *bsf);

/** Switch to the key index of the packet's time, note its ratchet steps. */
void ff_e2ee_bsf_follow_schedule(AVBSFContext *bsf, const AVPacket *pkt);

/** Step the sender's key on as often as asked for. */
enum E2EEReason ff_e2ee_bsf_ratchet(AVBSFContext *bsf);

/* e2ee_bsf_report.c */

/**
 * Count a frame, log what changed, and tell it in the packet's side data.
 *
 * @return 0, or AVERROR(ENOMEM)
 */
int ff_e2ee_bsf_report(AVBSFContext *bsf, AVPacket *pkt,
                       enum E2EEReason reason, unsigned key_index);

/**
 * Tell of a frame that the server made.
 *
 * @return 0, or AVERROR(ENOMEM)
 */
int ff_e2ee_bsf_report_injected(AVBSFContext *bsf, AVPacket *pkt);

/** Add what came beside the sealed frame to the packet's metadata. */
int ff_e2ee_bsf_report_fields(AVBSFContext *bsf, AVPacket *pkt,
                              const E2EELkts *lkts);

/** Log each warning of a sealed frame once. */
void ff_e2ee_bsf_warn(AVBSFContext *bsf, unsigned warnings);

/** Log the totals. */
void ff_e2ee_bsf_report_totals(AVBSFContext *bsf);

/** The return value of a filter for a reason other than E2EE_OK. */
int ff_e2ee_bsf_error(enum E2EEReason reason);

#define E2EE_OFFSET(x)   offsetof(E2EEBSFContext, x)
#define E2EE_FLAGS       (AV_OPT_FLAG_VIDEO_PARAM | AV_OPT_FLAG_AUDIO_PARAM | \
                          AV_OPT_FLAG_BSF_PARAM)
#define E2EE_RUNTIME     (E2EE_FLAGS | AV_OPT_FLAG_RUNTIME_PARAM)
#define E2EE_EXPORT      (E2EE_FLAGS | AV_OPT_FLAG_EXPORT | \
                          AV_OPT_FLAG_READONLY)

#define E2EE_STRING(name, help, value, flags)                                \
    { #name, help, E2EE_OFFSET(name), AV_OPT_TYPE_STRING,                    \
        { .str = value }, 0, 0, flags }
#define E2EE_INT(name, help, value, min, max, flags, ...)                    \
    { #name, help, E2EE_OFFSET(name), AV_OPT_TYPE_INT,                       \
        { .i64 = value }, min, max, flags, __VA_ARGS__ }
#define E2EE_BOOL(name, help, value, flags)                                  \
    { #name, help, E2EE_OFFSET(name), AV_OPT_TYPE_BOOL,                      \
        { .i64 = value }, 0, 1, flags }
#define E2EE_CONST(name, help, value, group)                                 \
    { name, help, 0, AV_OPT_TYPE_CONST,                                      \
        { .i64 = value }, 0, 0, E2EE_FLAGS, group }
#define E2EE_COUNT(name, help, field)                                        \
    { name, help, E2EE_OFFSET(field), AV_OPT_TYPE_INT64,                     \
        { .i64 = 0 }, 0, INT64_MAX, E2EE_EXPORT }
#define E2EE_STATE(name, state) E2EE_CONST(name, NULL, state, "state")

#define E2EE_COMMON_OPTIONS                                                  \
    { "scheme", "wire format", E2EE_OFFSET(scheme), AV_OPT_TYPE_STRING,      \
        { .str = "videosdk" }, 0, 0, E2EE_FLAGS, "scheme" },                 \
    E2EE_CONST("dave", "Discord, DAVE protocol 1.1", 0, "scheme"),           \
    E2EE_CONST("jitsi", "Jitsi Meet, JFrame of lib-jitsi-meet", 0, "scheme"),\
    E2EE_CONST("livekit", "LiveKit, client-sdk-js 2.11 to 2.23; Element "    \
               "Call", 0, "scheme"),                                         \
    E2EE_CONST("nextcloud", "Nextcloud Talk, of spreed", 0, "scheme"),       \
    E2EE_CONST("sframe", "SFrame, RFC 9605", 0, "scheme"),                   \
    E2EE_CONST("stream", "Stream Video, version 1", 0, "scheme"),            \
    E2EE_CONST("videosdk", "VideoSDK, js-sdk 0.2 to 1.1; inferred, as "      \
               "livekit with another salt", 0, "scheme"),                    \
    E2EE_INT(peer, "clients on the other side", E2EE_PEER_WEB,               \
             0, E2EE_PEER_NB - 1, E2EE_FLAGS, "peer"),                       \
    E2EE_CONST("web", "browsers", E2EE_PEER_WEB, "peer"),                    \
    E2EE_CONST("native", "mobile and desktop SDKs", E2EE_PEER_NATIVE,        \
               "peer"),                                                      \
    E2EE_STRING(key_file, "file of keys, one a line: SECRET, INDEX:SECRET, " \
                "INDEX:hex:HEX or INDEX:text:SECRET", NULL, E2EE_RUNTIME),   \
    E2EE_STRING(key, "passphrase (shows in process lists, use key_file)",    \
                NULL, E2EE_RUNTIME),                                         \
    E2EE_STRING(key_hex, "key bytes as hexadecimal digits (shows in process "\
                "lists, use key_file)", NULL, E2EE_RUNTIME),                 \
    E2EE_INT(key_index, "index of a key that is given without one, and the " \
             "one to seal with", 0, 0, 255, E2EE_RUNTIME, NULL),             \
    E2EE_INT(kdf, "how an AES key is derived from what is given",            \
             E2EE_KDF_AUTO, E2EE_KDF_AUTO, E2EE_KDF_RAW, E2EE_FLAGS, "kdf"), \
    E2EE_CONST("auto", "as the scheme does: passphrase or bytes, web or "    \
               "native", E2EE_KDF_AUTO, "kdf"),                              \
    E2EE_CONST("pbkdf2", "PBKDF2-HMAC-SHA256, 100000 rounds",                \
               E2EE_KDF_PBKDF2, "kdf"),                                      \
    E2EE_CONST("hkdf", "HKDF-SHA256", E2EE_KDF_HKDF, "kdf"),                 \
    E2EE_CONST("hkdf_empty", "HKDF-SHA256 with empty info",                  \
               E2EE_KDF_HKDF_EMPTY, "kdf"),                                  \
    E2EE_CONST("raw", "none, the bytes are the AES key", E2EE_KDF_RAW,       \
               "kdf"),                                                       \
    E2EE_STRING(salt, "salt of the derivation, as text (default: the "       \
                "scheme's)", NULL, E2EE_FLAGS),                              \
    E2EE_INT(key_size, "AES key size in bits, 128 or 256 (0: the scheme's)", \
             0, 0, 256, E2EE_FLAGS, NULL),                                   \
    E2EE_INT(key_ring, "slots for keys (0: the scheme's)", 0, 0,             \
             E2EE_RING_SIZE_MAX, E2EE_FLAGS, NULL),                          \
    E2EE_INT(ratchet_window, "ratchet steps to look ahead when a frame does "\
             "not open (-1: the scheme's)", -1, -1, 255, E2EE_FLAGS, NULL),  \
    E2EE_INT(failure_tolerance, "failures in a row after which a receiver "  \
             "gives a key up (-1: never, -2: the scheme's)", -2, -2,         \
             INT_MAX, E2EE_FLAGS, NULL),                                     \
    E2EE_INT(suite, "SFrame: the cipher suite", 4, 1, 8, E2EE_FLAGS,         \
             "suite"),                                                       \
    E2EE_CONST("aes_128_ctr_hmac_sha256_80", NULL, 1, "suite"),              \
    E2EE_CONST("aes_128_ctr_hmac_sha256_64", NULL, 2, "suite"),              \
    E2EE_CONST("aes_128_ctr_hmac_sha256_32", NULL, 3, "suite"),              \
    E2EE_CONST("aes_128_gcm_sha256_128", NULL, 4, "suite"),                  \
    E2EE_CONST("aes_256_gcm_sha512_128", NULL, 5, "suite"),                  \
    E2EE_CONST("aes_256_ctr_hmac_sha512_80", NULL, 6, "suite"),              \
    E2EE_CONST("aes_256_ctr_hmac_sha512_64", NULL, 7, "suite"),              \
    E2EE_CONST("aes_256_ctr_hmac_sha512_32", NULL, 8, "suite"),              \
    E2EE_INT(sframe_ratchet_bits, "SFrame: how many bits of the key id are " \
             "the ratchet's step", 0, 0, 8, E2EE_FLAGS, NULL),               \
    { "sframe_first_kid", "SFrame: the key id of key index 0, from which "   \
        "the others count", E2EE_OFFSET(sframe_first_kid),                   \
        AV_OPT_TYPE_INT64, { .i64 = 0 }, 0, INT64_MAX, E2EE_FLAGS },         \
    { "metadata", "SFrame: hexadecimal digits of what is authenticated "     \
        "with each frame and not sent", E2EE_OFFSET(sframe_metadata),        \
        AV_OPT_TYPE_STRING, { .str = NULL }, 0, 0, E2EE_FLAGS },             \
    E2EE_BOOL(enabled, "seal or open; without it frames are dropped or, "    \
              "with discard_not_ready=0, passed as they are", 1,             \
              E2EE_RUNTIME),                                                 \
    E2EE_BOOL(discard_not_ready, "drop frames while not enabled; 0 can send "\
              "clear frames", 1, E2EE_RUNTIME),                              \
    E2EE_BOOL(require_key, "refuse to start without a key", 1, E2EE_FLAGS),  \
    E2EE_INT(kind, "track kind in reports", E2EE_KIND_AUTO, E2EE_KIND_AUTO,  \
             E2EE_KIND_SHARE_AUDIO, E2EE_FLAGS, "kind"),                     \
    E2EE_CONST("auto", "audio or video, by the codec", E2EE_KIND_AUTO,       \
               "kind"),                                                      \
    E2EE_CONST("audio", NULL, E2EE_KIND_AUDIO, "kind"),                      \
    E2EE_CONST("video", NULL, E2EE_KIND_VIDEO, "kind"),                      \
    E2EE_CONST("share", "screen share", E2EE_KIND_SHARE, "kind"),            \
    E2EE_CONST("share_audio", "sound of a screen share",                     \
               E2EE_KIND_SHARE_AUDIO, "kind"),                               \
    E2EE_INT(report, "which packets get state metadata", E2EE_REPORT_ALL,    \
             E2EE_REPORT_NONE, E2EE_REPORT_ALL, E2EE_RUNTIME, "report"),     \
    E2EE_CONST("none", NULL, E2EE_REPORT_NONE, "report"),                    \
    E2EE_CONST("changes", "those at which it changes", E2EE_REPORT_CHANGES,  \
               "report"),                                                    \
    E2EE_CONST("all", NULL, E2EE_REPORT_ALL, "report"),                      \
    { "state", "state of the last frame", E2EE_OFFSET(state),                \
        AV_OPT_TYPE_INT, { .i64 = 0 }, 0, E2EE_STATE_NB - 1, E2EE_EXPORT,    \
        "state" },                                                           \
    E2EE_STATE("None", E2EE_STATE_NONE),                                     \
    E2EE_STATE("EncryptionSuccess", E2EE_STATE_ENCRYPTION_SUCCESS),          \
    E2EE_STATE("DecryptionSuccess", E2EE_STATE_DECRYPTION_SUCCESS),          \
    E2EE_STATE("EncryptionFailed", E2EE_STATE_ENCRYPTION_FAILED),            \
    E2EE_STATE("DecryptionFailed", E2EE_STATE_DECRYPTION_FAILED),            \
    E2EE_STATE("InternalError", E2EE_STATE_INTERNAL_ERROR),                  \
    E2EE_STATE("MissingKey", E2EE_STATE_MISSING_KEY),                        \
    E2EE_STATE("InvalidKey", E2EE_STATE_INVALID_KEY),                        \
    E2EE_COUNT("nb_internal_error", "frames with that state",                \
               nb_states[E2EE_STATE_INTERNAL_ERROR]),                        \
    E2EE_COUNT("nb_missing_key", "frames with that state",                   \
               nb_states[E2EE_STATE_MISSING_KEY]),                           \
    E2EE_COUNT("nb_passed", "frames passed as they were: empty, or not "     \
               "enabled", nb_passed)

#endif /* AVCODEC_BSF_E2EE_BSF_COMMON_H */
