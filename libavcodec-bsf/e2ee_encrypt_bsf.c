/*
 * End-to-end encryption of encoded frames
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

#include "libavutil/attributes.h"
#include "libavutil/mem.h"

#include "libavcodec/bsf_internal.h"

#include "e2ee_bsf_common.h"

static av_cold int e2ee_encrypt_init(AVBSFContext *bsf)
{
    return ff_e2ee_bsf_init(bsf, 1);
}

/* FFmpeg's own filter takes the packet and, unless it fails, gives it back. */
static enum E2EEReason to_annexb(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    int64_t pts = pkt->pts, dts = pkt->dts;
    int ret = av_bsf_send_packet(s->to_annexb, pkt);

    if (ret >= 0)
        ret = av_bsf_receive_packet(s->to_annexb, pkt);
    if (ret >= 0)
        return E2EE_OK;
    pkt->pts = pts;
    pkt->dts = dts;
    return ret == AVERROR(ENOMEM) ? E2EE_NO_MEMORY : E2EE_NOT_ANNEXB;
}

static int refuse(AVBSFContext *bsf, AVPacket *pkt, enum E2EEReason reason,
                  unsigned key_index)
{
    E2EEBSFContext *s = bsf->priv_data;
    int ret = ff_e2ee_bsf_report(bsf, pkt, reason, key_index);

    if (ret < 0)
        return ret;
    if (reason == E2EE_NO_KEY || s->on_failure == E2EE_ON_FAILURE_DROP)
        return AVERROR(EAGAIN);
    return ff_e2ee_bsf_error(reason);
}

static int seal(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    E2EEFrame frame = { pkt->data, pkt->size, s->session.codec,
                        !!(pkt->flags & AV_PKT_FLAG_KEY) };
    size_t bound = ff_e2ee_bound(&s->session, pkt->size);
    AVBufferRef *buf = ff_e2ee_bsf_buffer(bsf, bound);
    enum E2EEReason reason;
    E2EEOutput out;

    if (!buf)
        return AVERROR(ENOMEM);
    out.data = buf->data;
    reason = ff_e2ee_seal(&s->session, &frame, &out);
    if (!reason) {
        ff_e2ee_bsf_replace(pkt, &buf, out.size);
        ff_e2ee_bsf_warn(bsf, out.warnings);
    }
    av_buffer_unref(&buf);
    if (reason)
        return refuse(bsf, pkt, reason, out.key_index);
    return ff_e2ee_bsf_report(bsf, pkt, reason, out.key_index);
}

static int e2ee_encrypt_filter(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    enum E2EEReason reason = E2EE_OK;
    int ret = ff_bsf_get_packet_ref(bsf, pkt);

    if (ret < 0)
        return ret;
    /* Parameter sets of before would be wrong in the frames from here on. */
    if (av_packet_get_side_data(pkt, AV_PKT_DATA_NEW_EXTRADATA, NULL))
        s->session.parameter_sets_size = 0;
    if (s->to_annexb && pkt->size)
        reason = to_annexb(bsf, pkt);
    if (reason)
        ret = refuse(bsf, pkt, reason, s->key_index % s->session.ring.size);
    else
        ret = ff_e2ee_bsf_prepare(bsf, pkt);
    if (ret > 0) {
        reason = ff_e2ee_bsf_ratchet(bsf);
        ret = reason ? refuse(bsf, pkt, reason,
                              s->key_index % s->session.ring.size) :
                       seal(bsf, pkt);
    }
    if (ret < 0)
        av_packet_unref(pkt);
    return ret;
}

static const AVOption options[] = {
    E2EE_COMMON_OPTIONS,
    E2EE_STRING(key_schedule, "key indexes to switch to, as "
                "INDEX@SECONDS/INDEX@SECONDS of stream time, or "
                "ratchet@SECONDS", NULL, E2EE_FLAGS),
    E2EE_INT(ratchet, "step the key on so often before the next frame; is 0 "
             "again when that is done", 0, 0, 255, E2EE_RUNTIME, NULL),
    E2EE_INT(on_failure, "what a frame that cannot be sealed does; it is "
             "never sent in the clear", E2EE_ON_FAILURE_FAIL,
             E2EE_ON_FAILURE_DROP, E2EE_ON_FAILURE_FAIL, E2EE_RUNTIME,
             "on_failure"),
    E2EE_CONST("drop", "leave it out", E2EE_ON_FAILURE_DROP, "on_failure"),
    E2EE_CONST("fail", "return an error", E2EE_ON_FAILURE_FAIL,
               "on_failure"),
    { "choose_iv", "H.264: pass over IVs that would make a receiver read "
        "another pps_id or need an escape (auto: unless iv is given)",
        E2EE_OFFSET(choose_iv), AV_OPT_TYPE_BOOL, { .i64 = -1 }, -1, 1,
        E2EE_FLAGS },
    E2EE_INT(drop_sei, "H.264 and H.265: leave out SEI and access unit "
             "delimiters before the first slice", E2EE_DROP_SEI_AUTO,
             E2EE_DROP_SEI_NEVER, E2EE_DROP_SEI_ALWAYS, E2EE_FLAGS,
             "drop_sei"),
    E2EE_CONST("never", NULL, E2EE_DROP_SEI_NEVER, "drop_sei"),
    E2EE_CONST("auto", "when the clear part would pass 255 bytes",
               E2EE_DROP_SEI_AUTO, "drop_sei"),
    E2EE_CONST("always", NULL, E2EE_DROP_SEI_ALWAYS, "drop_sei"),
    E2EE_STRING(counter_file, "SFrame: file that keeps the counter from one "
                "start to the next", NULL, E2EE_FLAGS),
    E2EE_STRING(iv, "TESTS ONLY: the first frame's IV as 24 hexadecimal "
                "digits, then counted up", NULL, E2EE_FLAGS),
    E2EE_COUNT("nb_success", "frames sealed",
               nb_states[E2EE_STATE_ENCRYPTION_SUCCESS]),
    E2EE_COUNT("nb_failed", "frames with EncryptionFailed",
               nb_states[E2EE_STATE_ENCRYPTION_FAILED]),
    E2EE_COUNT("nb_iv_retries", "IVs passed over by choose_iv",
               nb_iv_retries),
    { NULL }
};

static const AVClass e2ee_encrypt_class = {
    .class_name = "e2ee_encrypt_bsf",
    .item_name  = av_default_item_name,
    .option     = options,
    .version    = LIBAVUTIL_VERSION_INT,
};

const FFBitStreamFilter ff_e2ee_encrypt_bsf = {
    .p.name         = "e2ee_encrypt",
    .p.codec_ids    = ff_e2ee_bsf_codec_ids,
    .p.priv_class   = &e2ee_encrypt_class,
    .priv_data_size = sizeof(E2EEBSFContext),
    .init           = e2ee_encrypt_init,
    .filter         = e2ee_encrypt_filter,
    .flush          = ff_e2ee_bsf_flush,
    .close          = ff_e2ee_bsf_close,
};
