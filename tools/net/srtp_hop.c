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

#include <pthread.h>
#include <string.h>

#include <srtp2/srtp.h>

#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "report/log.h"
#include "rtp.h"
#include "srtp_hop.h"

#define WINDOW      1024             ///< packets that a replay is known of
#define BUFFER_SIZE 2048
#define TRAILER     (SRTP_MAX_TRAILER_LEN + 4)

static const struct {
    const char *name;
    size_t      key_size;
    void      (*set_rtp)(srtp_crypto_policy_t *);
    void      (*set_rtcp)(srtp_crypto_policy_t *);
} profiles[SRTP_PROFILE_NB] = {
    [SRTP_NONE] = { "none", 0, NULL, NULL },
    [SRTP_AES_CM_128_HMAC_SHA1_80] = {
        "AES_CM_128_HMAC_SHA1_80", 30,
        srtp_crypto_policy_set_rtp_default,
        srtp_crypto_policy_set_rtcp_default,
    },
    /* Shorter for RTP alone (RFC 4568, 6.2.2). */
    [SRTP_AES_CM_128_HMAC_SHA1_32] = {
        "AES_CM_128_HMAC_SHA1_32", 30,
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
        srtp_crypto_policy_set_rtcp_default,
    },
    [SRTP_AEAD_AES_128_GCM] = {
        "AEAD_AES_128_GCM", 28,
        srtp_crypto_policy_set_aes_gcm_128_16_auth,
        srtp_crypto_policy_set_aes_gcm_128_16_auth,
    },
    [SRTP_AEAD_AES_256_GCM] = {
        "AEAD_AES_256_GCM", 44,
        srtp_crypto_policy_set_aes_gcm_256_16_auth,
        srtp_crypto_policy_set_aes_gcm_256_16_auth,
    },
};

struct SrtpHop {
    srtp_t        session;  ///< NULL: nothing is done
    PacketPool *pool;
};

static pthread_once_t    init_once = PTHREAD_ONCE_INIT;
static srtp_err_status_t init_status;

static void init_library(void)
{
    init_status = srtp_init();
}

const char *srtp_profile_name(SrtpProfile profile)
{
    return profiles[profile].name;
}

SrtpProfile srtp_profile_from_name(const char *name)
{
    int i = 0;

    while (i < SRTP_PROFILE_NB && strcmp(name, profiles[i].name))
        i++;
    return i;
}

size_t srtp_key_size(SrtpProfile profile)
{
    return profiles[profile].key_size;
}

static int open_session(SrtpHop *hop, SrtpProfile profile, bool protect,
                        const uint8_t *key)
{
    srtp_policy_t policy = {
        .ssrc.type       = protect ? ssrc_any_outbound : ssrc_any_inbound,
        .key             = (uint8_t *)key, /* only read */
        .window_size     = WINDOW,
        .allow_repeat_tx = 1,
    };
    srtp_err_status_t status;

    pthread_once(&init_once, init_library);
    profiles[profile].set_rtp(&policy.rtp);
    profiles[profile].set_rtcp(&policy.rtcp);
    status = init_status ? init_status
                         : srtp_create(&hop->session, &policy);
    if (!status)
        return 0;
    log_error("SRTP with %s: libsrtp refuses it, error %d",
              profiles[profile].name, status);
    return AVERROR_EXTERNAL;
}

int srtp_hop_open(SrtpHop **hop, SrtpProfile profile, bool protect,
                  const uint8_t *key)
{
    SrtpHop *h = *hop = av_mallocz(sizeof(*h));
    int ret = AVERROR(ENOMEM);

    if (h && (h->pool = packet_pool_alloc(BUFFER_SIZE)))
        ret = profile == SRTP_NONE ? 0
                                   : open_session(h, profile, protect, key);
    if (ret < 0)
        srtp_hop_free(hop);
    return ret;
}

static int status_error(srtp_err_status_t status)
{
    switch (status) {
    case srtp_err_status_ok:
        return 0;
    case srtp_err_status_alloc_fail:
        return AVERROR(ENOMEM);
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return AVERROR(EEXIST);
    case srtp_err_status_auth_fail:
    case srtp_err_status_bad_param:
    case srtp_err_status_cant_check: /* SRTCP without its encryption flag */
    case srtp_err_status_no_ctx:
    case srtp_err_status_parse_err:
        return AVERROR_INVALIDDATA;
    default:
        return AVERROR_EXTERNAL;
    }
}

/* The whole packet in one piece that may be written to, with room behind. */
static uint8_t *get_packet(SrtpHop *hop, Datagram *d)
{
    const size_t size = datagram_size(d) + TRAILER;
    PacketBuffer *buffer;
    uint8_t *packet;

    if (packet_buffer_is_own(d->buffer)) {
        const size_t offset = d->payload - d->buffer->data;

        packet = d->buffer->data + offset - d->header_size;
        if (offset >= d->header_size && !((uintptr_t)packet & 3) &&
            offset - d->header_size + size <= d->buffer->size) {
            memcpy(packet, d->header, d->header_size);
            return packet;
        }
    }
    if (!(buffer = packet_buffer_get(hop->pool, size)))
        return NULL;
    datagram_write(d, buffer->data);
    packet_buffer_unref(&d->buffer);
    d->buffer  = buffer;
    d->payload = buffer->data + d->header_size;
    return buffer->data;
}

typedef srtp_err_status_t (*Operation)(srtp_t session, void *packet,
                                       int *size);

static int run(SrtpHop *hop, Datagram *d, Operation rtp, Operation rtcp)
{
    int size = datagram_size(d);
    uint8_t *packet;
    int ret;

    if (!hop->session)
        return 0;
    if (!(packet = get_packet(hop, d)))
        return AVERROR(ENOMEM);
    ret = status_error((d->header_size ? rtp : rtcp)(hop->session, packet,
                                                     &size));
    if (ret >= 0)
        d->payload_size = size - d->header_size;
    return ret;
}

int srtp_hop_protect(SrtpHop *hop, Datagram *datagram)
{
    return run(hop, datagram, srtp_protect, srtp_protect_rtcp);
}

int srtp_hop_open_datagram(SrtpHop *hop, Datagram *datagram)
{
    return run(hop, datagram, srtp_unprotect, srtp_unprotect_rtcp);
}

int srtp_hop_open_bytes(SrtpHop *hop, uint8_t *data, size_t *size)
{
    Operation open = rtp_is_media(data, *size) ? srtp_unprotect
                                               : srtp_unprotect_rtcp;
    int length = *size;
    int ret    = hop->session ? status_error(open(hop->session, data, &length))
                              : 0;

    if (ret >= 0)
        *size = length;
    return ret;
}

void srtp_hop_free(SrtpHop **hop)
{
    SrtpHop *h = *hop;

    if (!h)
        return;
    if (h->session)
        srtp_dealloc(h->session); /* wipes its keys */
    packet_pool_free(&h->pool);
    av_freep(hop);
}
