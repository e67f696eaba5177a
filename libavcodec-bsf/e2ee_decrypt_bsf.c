/*
 * Decryption of end-to-end encrypted frames
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

#include "libavutil/attributes.h"
#include "libavutil/mem.h"

#include "libavcodec/bsf_internal.h"

#include "e2ee_annexb.h"
#include "e2ee_bsf_common.h"
#include "e2ee_keyfile.h"

static av_cold int e2ee_decrypt_init(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    size_t length = s->sif_trailer ? strlen(s->sif_trailer) : 0;

    if (length) {
        uint8_t *trailer = s->sif_trailer;

        s->session.sif_trailer      = trailer;
        s->session.sif_trailer_size = ff_e2ee_hex(trailer, trailer, length);
        if (!s->session.sif_trailer_size) {
            av_log(bsf, AV_LOG_ERROR, "sif_trailer takes an even number of "
                   "hexadecimal digits.\n");
            return AVERROR(EINVAL);
        }
    }
    return ff_e2ee_bsf_init(bsf, 0);
}

/* Containers keep NAL units behind lengths; they were sealed behind start
 * codes. */
static int restore_start_codes(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    size_t size = ff_e2ee_annexb_from_lengths(NULL, pkt->data, pkt->size,
                                              s->length_size);
    AVBufferRef *buf;

    if (!size)
        return 0;
    buf = ff_e2ee_bsf_buffer(bsf, size);
    if (!buf)
        return AVERROR(ENOMEM);
    ff_e2ee_annexb_from_lengths(buf->data, pkt->data, pkt->size,
                                s->length_size);
    ff_e2ee_bsf_replace(pkt, &buf, size);
    return 0;
}

static int pass_injected(AVBSFContext *bsf, AVPacket *pkt, size_t size)
{
    E2EEBSFContext *s = bsf->priv_data;
    int ret = ff_e2ee_bsf_report_injected(bsf, pkt);

    if (ret < 0)
        return ret;
    return size && s->injected ? 0 : AVERROR(EAGAIN);
}

static int open_frame(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    E2EEFrame frame = { pkt->data, pkt->size, s->session.codec,
                        !!(pkt->flags & AV_PKT_FLAG_KEY) };
    size_t bound = ff_e2ee_bound(&s->session, pkt->size);
    AVBufferRef *buf = ff_e2ee_bsf_buffer(bsf, bound);
    enum E2EEReason reason;
    E2EEOutput out;
    int ret;

    if (!buf)
        return AVERROR(ENOMEM);
    out.data = buf->data;
    reason = ff_e2ee_open(&s->session, &frame, &out);
    if (!reason || (reason == E2EE_INJECTED && out.size))
        ff_e2ee_bsf_replace(pkt, &buf, out.size);
    av_buffer_unref(&buf);
    if (reason == E2EE_INJECTED)
        return pass_injected(bsf, pkt, out.size);
    ret = ff_e2ee_bsf_report_fields(bsf, pkt, &s->session.lkts);
    if (ret >= 0)
        ret = ff_e2ee_bsf_report(bsf, pkt, reason, out.key_index);
    if (ret < 0 || !reason)
        return ret;
    if (s->on_failure == E2EE_ON_FAILURE_FAIL ||
        ff_e2ee_state(reason, 0) == E2EE_STATE_INTERNAL_ERROR)
        return ff_e2ee_bsf_error(reason);
    if (s->on_failure == E2EE_ON_FAILURE_DROP)
        return AVERROR(EAGAIN);
    pkt->flags |= AV_PKT_FLAG_CORRUPT;
    return 0;
}

static int e2ee_decrypt_filter(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    int ret = ff_bsf_get_packet_ref(bsf, pkt);

    if (ret < 0)
        return ret;
    if (s->length_size && pkt->size)
        ret = restore_start_codes(bsf, pkt);
    if (ret >= 0)
        ret = ff_e2ee_bsf_prepare(bsf, pkt);
    if (ret > 0)
        ret = open_frame(bsf, pkt);
    if (ret < 0)
        av_packet_unref(pkt);
    return ret;
}

static const AVOption options[] = {
    E2EE_COMMON_OPTIONS,
    E2EE_INT(on_failure, "what becomes of a frame that does not open",
             E2EE_ON_FAILURE_DROP, E2EE_ON_FAILURE_DROP,
             E2EE_ON_FAILURE_FAIL, E2EE_RUNTIME, "on_failure"),
    E2EE_CONST("drop", "leave it out", E2EE_ON_FAILURE_DROP, "on_failure"),
    E2EE_CONST("keep", "pass it on sealed, marked corrupt",
               E2EE_ON_FAILURE_KEEP, "on_failure"),
    E2EE_CONST("fail", "return an error", E2EE_ON_FAILURE_FAIL,
               "on_failure"),
    E2EE_STRING(sif_trailer, "LiveKit: what the room's server ends its own "
                "frames with, as hexadecimal digits", NULL, E2EE_FLAGS),
    E2EE_INT(injected, "frames that LiveKit's server made", 1, 0, 1,
             E2EE_FLAGS, "injected"),
    E2EE_CONST("drop", "leave them out", 0, "injected"),
    E2EE_CONST("keep", "pass on those that are known", 1, "injected"),
    E2EE_COUNT("nb_injected", "frames that the server made", nb_injected),
    E2EE_COUNT("nb_success", "frames opened",
               nb_states[E2EE_STATE_DECRYPTION_SUCCESS]),
    E2EE_COUNT("nb_failed", "frames with DecryptionFailed",
               nb_states[E2EE_STATE_DECRYPTION_FAILED]),
    E2EE_COUNT("nb_invalid_key", "frames with that state",
               nb_states[E2EE_STATE_INVALID_KEY]),
    E2EE_COUNT("nb_not_sealed", "frames of nb_failed that were never sealed",
               nb_not_sealed),
    { NULL }
};

static const AVClass e2ee_decrypt_class = {
    .class_name = "e2ee_decrypt_bsf",
    .item_name  = av_default_item_name,
    .option     = options,
    .version    = LIBAVUTIL_VERSION_INT,
};

const FFBitStreamFilter ff_e2ee_decrypt_bsf = {
    .p.name         = "e2ee_decrypt",
    .p.codec_ids    = ff_e2ee_bsf_codec_ids,
    .p.priv_class   = &e2ee_decrypt_class,
    .priv_data_size = sizeof(E2EEBSFContext),
    .init           = e2ee_decrypt_init,
    .filter         = e2ee_decrypt_filter,
    .flush          = ff_e2ee_bsf_flush,
    .close          = ff_e2ee_bsf_close,
};
