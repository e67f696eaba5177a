/*
 * End-to-end encrypted media: what the filters tell of each frame
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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libavutil/avstring.h"
#include "libavutil/avutil.h"
#include "libavutil/bprint.h"
#include "libavutil/dict.h"
#include "libavutil/mem.h"
#include "libavutil/timestamp.h"

#include "libavcodec/defs.h"

#include "e2ee_bsf_common.h"

/* A damaged stream changes state all the time; after so many lines it is
 * known, and the totals tell the rest. */
#define CHANGES_LOGGED 16

static const char *const kinds[] = {
    [E2EE_KIND_AUTO]        = "auto",
    [E2EE_KIND_AUDIO]       = "audio",
    [E2EE_KIND_VIDEO]       = "video",
    [E2EE_KIND_SHARE]       = "share",
    [E2EE_KIND_SHARE_AUDIO] = "share_audio",
};

static const struct {
    unsigned    warning;
    const char *text;
} warnings[] = {
    { E2EE_WARN_LONG_PREFIX,
      "The clear part of a frame passes 255 bytes: native receivers cannot "
      "open it" },
    { E2EE_WARN_SPS_REWRITTEN,
      "Browsers will rewrite this SPS (no VUI bitstream restriction, or "
      "reordering) and then not open its key frames: encode without B-frames "
      "and with a VUI" },
    { E2EE_WARN_B_FRAMES,
      "B-frames: meeting clients do not reorder frames" },
    { E2EE_WARN_NO_PARAMETERS,
      "A key frame has no parameter sets, nor has the extradata: what inserts "
      "them later keeps it from being opened (put dump_extra in front)" },
    { E2EE_WARN_IV_NOT_CHOSEN,
      "No IV was found that keeps a slice's pps_id readable: browsers will "
      "drop the frame" },
};

int ff_e2ee_bsf_error(enum E2EEReason reason)
{
    switch (reason) {
    case E2EE_NO_MEMORY:
        return AVERROR(ENOMEM);
    case E2EE_CRYPTO_ERROR:
    case E2EE_SELF_TEST:
        return AVERROR_EXTERNAL;
    default:
        return AVERROR_INVALIDDATA;
    }
}

static void log_change(AVBSFContext *bsf, const AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    const E2EEEvent *e = &s->last;
    const E2EEStateInfo *info = ff_e2ee_state_info(e->state);
    int level = info->frame_lost ? AV_LOG_WARNING : AV_LOG_INFO;
    int64_t time = pkt->pts != AV_NOPTS_VALUE ? pkt->pts : pkt->dts;

    if (++s->nb_changes > CHANGES_LOGGED)
        level = AV_LOG_DEBUG;
    av_log(bsf, level, "%s: %s, %s, key index %u, at %s s%s%s%s\n",
           info->name, kinds[s->kind], s->session.scheme->name, e->key_index,
           av_ts2timestr(time, &bsf->time_base_in),
           e->reason ? ": " : "",
           e->reason ? ff_e2ee_reason_text(e->reason) : "",
           s->nb_changes == CHANGES_LOGGED ?
           " (further changes are logged at debug level)" : "");
}

/* The same bytes serve every packet until something changes. */
static int pack_metadata(E2EEBSFContext *s)
{
    AVDictionary *dict = NULL;
    char index[16];

    snprintf(index, sizeof(index), "%u", s->last.key_index);
    av_dict_set(&dict, "lavc.e2ee.state",
                ff_e2ee_state_info(s->last.state)->name, 0);
    av_dict_set(&dict, "lavc.e2ee.kind", kinds[s->kind], 0);
    av_dict_set(&dict, "lavc.e2ee.scheme", s->session.scheme->name, 0);
    av_dict_set(&dict, "lavc.e2ee.key_index", index, 0);
    if (s->last.reason)
        av_dict_set(&dict, "lavc.e2ee.reason",
                    ff_e2ee_reason_name(s->last.reason), 0);
    av_freep(&s->metadata);
    if (av_dict_count(dict) == 4 + !!s->last.reason)
        s->metadata = av_packet_pack_dictionary(dict, &s->metadata_size);
    av_dict_free(&dict);
    return s->metadata ? 0 : AVERROR(ENOMEM);
}

/* Other entries that the packet carries stay, but an older reason. */
static int merge_metadata(AVPacket *pkt, const AVDictionary *entries)
{
    AVDictionary *dict = NULL;
    size_t old_size, size;
    const uint8_t *old = av_packet_get_side_data(pkt,
                                                 AV_PKT_DATA_STRINGS_METADATA,
                                                 &old_size);
    uint8_t *data;
    int ret = old ? av_packet_unpack_dictionary(old, old_size, &dict) : 0;

    av_dict_set(&dict, "lavc.e2ee.reason", NULL, 0);
    if (ret >= 0)
        ret = av_dict_copy(&dict, entries, 0);
    if (ret >= 0) {
        data = av_packet_pack_dictionary(dict, &size);
        ret  = data ? av_packet_add_side_data(pkt,
                                              AV_PKT_DATA_STRINGS_METADATA,
                                              data, size) : AVERROR(ENOMEM);
        if (ret < 0)
            av_free(data);
    }
    av_dict_free(&dict);
    return ret;
}

static int replace_metadata(E2EEBSFContext *s, AVPacket *pkt)
{
    AVDictionary *dict = NULL;
    int ret = av_packet_unpack_dictionary(s->metadata, s->metadata_size,
                                          &dict);

    if (ret >= 0)
        ret = merge_metadata(pkt, dict);
    av_dict_free(&dict);
    return ret;
}

/*
 * av_realloc() in place of av_packet_new_side_data(), which aligns and clears
 * what is written at once: an Opus packet took a fifth longer with it.
 */
static int attach_metadata(E2EEBSFContext *s, AVPacket *pkt)
{
    uint8_t *data;
    int ret;

    if (av_packet_get_side_data(pkt, AV_PKT_DATA_STRINGS_METADATA, NULL))
        return replace_metadata(s, pkt);
    data = av_realloc(NULL, s->metadata_size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!data)
        return AVERROR(ENOMEM);
    memcpy(data, s->metadata, s->metadata_size);
    memset(data + s->metadata_size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    ret = av_packet_add_side_data(pkt, AV_PKT_DATA_STRINGS_METADATA, data,
                                  s->metadata_size);
    if (ret < 0)
        av_free(data);
    return ret;
}

int ff_e2ee_bsf_report(AVBSFContext *bsf, AVPacket *pkt,
                       enum E2EEReason reason, unsigned key_index)
{
    E2EEBSFContext *s = bsf->priv_data;
    E2EEEvent event = { reason, ff_e2ee_state(reason, s->sealing),
                        key_index };
    int changed = event.reason    != s->last.reason ||
                  event.state     != s->last.state  ||
                  event.key_index != s->last.key_index;

    s->state = event.state;
    s->nb_states[event.state]++;
    s->nb_not_sealed += reason == E2EE_NOT_SEALED;
    s->nb_iv_retries  = s->session.iv_retries;
    if (changed) {
        int ret;

        s->last = event;
        log_change(bsf, pkt);
        ret = pack_metadata(s);
        if (ret < 0)
            return ret;
    }
    if (s->report == E2EE_REPORT_NONE ||
        (s->report == E2EE_REPORT_CHANGES && !changed))
        return 0;
    return attach_metadata(s, pkt);
}

int ff_e2ee_bsf_report_injected(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    AVDictionary *dict = NULL;
    int ret = 0;

    if (!s->nb_injected++)
        av_log(bsf, AV_LOG_INFO, "%s, %s: %s; others are only counted.\n",
               kinds[s->kind], s->session.scheme->name,
               ff_e2ee_reason_text(E2EE_INJECTED));
    if (s->report != E2EE_REPORT_ALL)
        return 0;
    av_dict_set(&dict, "lavc.e2ee.kind", kinds[s->kind], 0);
    av_dict_set(&dict, "lavc.e2ee.scheme", s->session.scheme->name, 0);
    av_dict_set(&dict, "lavc.e2ee.reason",
                ff_e2ee_reason_name(E2EE_INJECTED), 0);
    ret = merge_metadata(pkt, dict);
    av_dict_free(&dict);
    return ret;
}

int ff_e2ee_bsf_report_fields(AVBSFContext *bsf, AVPacket *pkt,
                              const E2EELkts *lkts)
{
    E2EEBSFContext *s = bsf->priv_data;
    AVDictionary *dict = NULL;
    char user[2 * E2EE_LKTS_USER_MAX + 1] = "";
    int ret = 0;

    if (s->report == E2EE_REPORT_NONE)
        return 0;
    if (lkts->has_timestamp)
        ret |= av_dict_set_int(&dict, "lavc.e2ee.lkts_timestamp",
                               lkts->timestamp, 0);
    if (lkts->has_frame_id)
        ret |= av_dict_set_int(&dict, "lavc.e2ee.lkts_frame_id",
                               lkts->frame_id, 0);
    for (size_t i = 0; i < lkts->user_size; i++)
        snprintf(user + 2 * i, 3, "%02x", lkts->user[i]);
    if (lkts->user_size)
        ret |= av_dict_set(&dict, "lavc.e2ee.lkts_user_data", user, 0);
    ret = ret < 0 ? AVERROR(ENOMEM) : dict ? merge_metadata(pkt, dict) : 0;
    av_dict_free(&dict);
    return ret;
}

void ff_e2ee_bsf_warn(AVBSFContext *bsf, unsigned flags)
{
    E2EEBSFContext *s = bsf->priv_data;

    for (int i = 0; i < FF_ARRAY_ELEMS(warnings); i++)
        if (flags & ~s->warned & warnings[i].warning)
            av_log(bsf, AV_LOG_WARNING, "%s.\n", warnings[i].text);
    s->warned |= flags;
}

void ff_e2ee_bsf_report_totals(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    enum E2EEState good = ff_e2ee_state(E2EE_OK, s->sealing);
    int level = AV_LOG_ERROR;
    int64_t total = 0;
    AVBPrint text;

    for (int i = 0; i < E2EE_STATE_NB; i++)
        total += s->nb_states[i];
    if (!total)
        return;
    if (s->nb_states[good])
        level = s->nb_states[good] == total ? AV_LOG_VERBOSE : AV_LOG_INFO;
    av_bprint_init(&text, 0, AV_BPRINT_SIZE_AUTOMATIC);
    for (int i = 0; i < E2EE_STATE_NB; i++)
        if (s->nb_states[i] && i != good)
            av_bprintf(&text, ", %"PRId64" %s", s->nb_states[i],
                       ff_e2ee_state_info(i)->name);
    if (s->nb_injected)
        av_bprintf(&text, ", %"PRId64" made by the server", s->nb_injected);
    if (s->nb_not_sealed)
        av_bprintf(&text, ", %"PRId64" never sealed", s->nb_not_sealed);
    av_log(bsf, level, "%"PRId64" of %"PRId64" frames %s%s\n",
           s->nb_states[good], total, s->sealing ? "sealed" : "opened",
           text.str);
    av_bprint_finalize(&text, NULL);
}
