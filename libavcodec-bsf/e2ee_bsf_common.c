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

#include <errno.h>
#include <string.h>

#include "libavutil/attributes.h"
#include "libavutil/intreadwrite.h"
#include "libavutil/mem.h"

#include "libavcodec/bsf_internal.h"
#include "libavcodec/codec_par.h"
#include "libavcodec/defs.h"

#include "e2ee_bsf_common.h"
#include "e2ee_keyfile.h"

#define POOL_MIN 8              /* log2 of bytes */

static const struct {
    enum AVCodecID id;
    enum E2EECodec codec;
    const char *to_annexb;      ///< the filter that makes start codes
    int length_size_at;         ///< byte of the extradata with it
} codecs[] = {
    { AV_CODEC_ID_OPUS, E2EE_CODEC_OPUS },
    { AV_CODEC_ID_VP8,  E2EE_CODEC_VP8 },
    { AV_CODEC_ID_VP9,  E2EE_CODEC_VP9 },
    { AV_CODEC_ID_AV1,  E2EE_CODEC_AV1 },
    { AV_CODEC_ID_H264, E2EE_CODEC_H264, "h264_mp4toannexb", 4 },
    { AV_CODEC_ID_HEVC, E2EE_CODEC_H265, "hevc_mp4toannexb", 21 },
};

const enum AVCodecID ff_e2ee_bsf_codec_ids[] = {
    AV_CODEC_ID_OPUS, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1,
    AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_NONE
};

static int has_start_code(const uint8_t *data, int size)
{
    return (size >= 3 && AV_RB24(data) == 1) ||
           (size >= 4 && AV_RB32(data) == 1);
}

/*
 * FFmpeg's own filter turns the extradata into a byte stream, and a sender's
 * packets. Not a receiver's: it would insert parameter sets, which are part
 * of what was authenticated.
 */
static av_cold int init_annexb(AVBSFContext *bsf, const char *name,
                               int length_size_at)
{
    E2EEBSFContext *s = bsf->priv_data;
    const AVBitStreamFilter *filter = av_bsf_get_by_name(name);
    const AVCodecParameters *par = bsf->par_in;
    int ret;

    if (par->extradata_size <= length_size_at ||
        has_start_code(par->extradata, par->extradata_size))
        return 0;
    if (!filter) {
        av_log(bsf, AV_LOG_ERROR, "Length-prefixed NAL units need the "
               "bitstream filter %s, which this build lacks.\n", name);
        return AVERROR_BSF_NOT_FOUND;
    }
    s->length_size = (par->extradata[length_size_at] & 3) + 1;
    ret = av_bsf_alloc(filter, &s->to_annexb);
    if (ret < 0)
        return ret;
    s->to_annexb->time_base_in = bsf->time_base_in;
    ret = avcodec_parameters_copy(s->to_annexb->par_in, par);
    if (ret < 0)
        return ret;
    ret = av_bsf_init(s->to_annexb);
    if (ret < 0)
        return ret;
    return avcodec_parameters_copy(bsf->par_out, s->to_annexb->par_out);
}

static av_cold int init_codec(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    const AVCodecParameters *par = bsf->par_in;
    int i = 0, ret = 0;

    while (codecs[i].id != par->codec_id)
        i++;
    s->session.codec = codecs[i].codec;
    if (!ff_e2ee_scheme_rules(&s->session)) {
        av_log(bsf, AV_LOG_ERROR, "Scheme %s does not say how to seal %s.\n",
               s->session.scheme->name, avcodec_get_name(par->codec_id));
        return AVERROR(EINVAL);
    }
    if (s->kind == E2EE_KIND_AUTO)
        s->kind = par->codec_id == AV_CODEC_ID_OPUS ? E2EE_KIND_AUDIO :
                                                      E2EE_KIND_VIDEO;
    if (codecs[i].to_annexb)
        ret = init_annexb(bsf, codecs[i].to_annexb, codecs[i].length_size_at);
    if (ret < 0)
        return ret;
    if (s->sealing && codecs[i].to_annexb &&
        has_start_code(bsf->par_out->extradata,
                       bsf->par_out->extradata_size)) {
        s->session.parameter_sets      = bsf->par_out->extradata;
        s->session.parameter_sets_size = bsf->par_out->extradata_size;
    }
    if (s->sealing && s->session.scheme->caveats[s->session.codec])
        av_log(bsf, AV_LOG_WARNING, "Scheme %s and %s: %s.\n",
               s->session.scheme->name, avcodec_get_name(par->codec_id),
               s->session.scheme->caveats[s->session.codec]);
    return 0;
}

/* What the options leave open is the scheme's. */
static av_cold void init_ring(E2EEBSFContext *s)
{
    const E2EEScheme *scheme = s->session.scheme;
    E2EEKeyRing *ring = &s->session.ring;

    ring->size              = s->key_ring ? s->key_ring : scheme->ring_size;
    ring->key_size          = s->key_size ? s->key_size / 8 :
                                            scheme->key_size;
    ring->ratchet_window    = s->ratchet_window >= 0 ? s->ratchet_window :
                                                       scheme->ratchet_window;
    ring->failure_tolerance = s->failure_tolerance >= -1 ?
                              s->failure_tolerance :
                              scheme->failure_tolerance;
    ring->salt              = s->salt ? s->salt : scheme->salt;
    ring->salt_size         = strlen(ring->salt);
    ring->ratchet_salt      = scheme->ratchet_salt;
    ring->ratchet_salt_size = scheme->ratchet_salt ?
                              strlen(scheme->ratchet_salt) : 0;
    ring->count_from_one    = scheme->count_from_one;
    ring->ops               = scheme->key_ops;
    ring->suite             = s->suite;
    ring->first_kid         = s->sframe_first_kid;
    ring->ratchet_bits      = s->sframe_ratchet_bits;
}

static av_cold int init_scheme(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    E2EESession *session = &s->session;

    if (!s->scheme) // there was no memory for its default
        return AVERROR(ENOMEM);
    session->scheme = ff_e2ee_scheme_find(s->scheme);
    if (!session->scheme) {
        /* Not what it is: a secret whose "key=" was forgotten. */
        av_log(bsf, AV_LOG_ERROR, "Unknown scheme; known:");
        for (int i = 0; ff_e2ee_schemes[i]; i++)
            av_log(bsf, AV_LOG_ERROR, " %s", ff_e2ee_schemes[i]->name);
        av_log(bsf, AV_LOG_ERROR, ". A key is given as key_file=FILE.\n");
        return AVERROR(EINVAL);
    }
    if (s->key_size && s->key_size != 128 && s->key_size != 256) {
        av_log(bsf, AV_LOG_ERROR, "key_size is 128 or 256, not %d.\n",
               s->key_size);
        return AVERROR(EINVAL);
    }
    if (s->key_size && !session->scheme->key_size) {
        av_log(bsf, AV_LOG_ERROR, "Scheme %s: suite says which cipher it is, "
               "not key_size.\n", s->scheme);
        return AVERROR(EINVAL);
    }
    session->peer      = s->peer;
    session->choose_iv = s->choose_iv < 0 ? !s->iv : s->choose_iv;
    session->drop_sei  = s->drop_sei;
    init_ring(s);
    return 0;
}

static av_cold int init_iv(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    uint8_t iv[E2EE_IV_SIZE];

    if (!s->iv)
        return 0;
    if (strlen(s->iv) != 2 * sizeof(iv) ||
        !ff_e2ee_hex(iv, s->iv, strlen(s->iv))) {
        av_log(bsf, AV_LOG_ERROR, "iv takes 24 hexadecimal digits.\n");
        return AVERROR(EINVAL);
    }
    av_log(bsf, AV_LOG_WARNING, "A given IV is for tests: used twice with one "
           "key, it gives the frames away.\n");
    ff_e2ee_nonce_init_fixed(&s->test_nonce, iv);
    s->session.test_nonce = &s->test_nonce;
    return 0;
}

static av_cold int init_metadata(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    char *digits = s->sframe_metadata;
    size_t length = digits ? strlen(digits) : 0;

    if (!length)
        return 0;
    s->session.metadata      = digits;
    s->session.metadata_size = ff_e2ee_hex(digits, digits, length);
    if (!s->session.metadata_size) {
        av_log(bsf, AV_LOG_ERROR, "metadata takes an even number of "
               "hexadecimal digits.\n");
        return AVERROR(EINVAL);
    }
    return 0;
}

/* A range is taken now, to refuse a file that cannot be used. */
static av_cold int init_counter(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    int ret;

    if (!s->counter_file) {
        if (s->sealing && s->session.scheme->keeps_counter && !s->iv)
            av_log(bsf, AV_LOG_WARNING, "Without counter_file the counter "
                   "begins at random: give each sender and each start a key "
                   "of its own.\n");
        return 0;
    }
    if (!s->session.scheme->keeps_counter || s->iv) {
        av_log(bsf, AV_LOG_ERROR, "counter_file has no use with %s.\n",
               s->iv ? "iv" : s->scheme);
        return AVERROR(EINVAL);
    }
    s->counter.path = s->counter_file;
    if (ff_e2ee_counter_file_reserve(&s->counter)) {
        ret = AVERROR(errno);
        av_log(bsf, AV_LOG_ERROR, "Counter file %s: %s.\n", s->counter_file,
               errno == EINVAL ? "it holds no counter, or no more are left" :
                                 av_err2str(ret));
        return ret;
    }
    if (!s->counter.next)
        av_log(bsf, AV_LOG_WARNING, "Counter file %s is new: the keys must "
               "be, too.\n", s->counter_file);
    s->session.counter_file = &s->counter;
    return 0;
}

/* Refuse at the start what could only drop every frame. */
static int check_keys(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;
    const E2EEKeyRing *ring = &s->session.ring;
    int nb_keys = 0;

    if (!s->require_key)
        return 0;
    for (unsigned i = 0; i < ring->size; i++)
        nb_keys += !!ring->slots[i];
    if (!nb_keys) {
        av_log(bsf, AV_LOG_ERROR, "No key: set key_file, key_hex or key "
               "(require_key=0 starts without one).\n");
        return AVERROR(EINVAL);
    }
    if (s->sealing && !ring->slots[s->key_index % ring->size]) {
        av_log(bsf, AV_LOG_ERROR, "No key at key_index %d.\n", s->key_index);
        return AVERROR(EINVAL);
    }
    for (int i = 0; i < s->nb_schedule; i++)
        if (s->schedule[i].key_index >= 0 &&
            !ring->slots[s->schedule[i].key_index % ring->size]) {
            av_log(bsf, AV_LOG_ERROR, "key_schedule: no key at index %d.\n",
                   s->schedule[i].key_index);
            return AVERROR(EINVAL);
        }
    return 0;
}

av_cold int ff_e2ee_bsf_init(AVBSFContext *bsf, int sealing)
{
    E2EEBSFContext *s = bsf->priv_data;
    int (*const steps[])(AVBSFContext *) = {
        init_scheme, init_codec, init_iv, init_metadata, init_counter,
        ff_e2ee_bsf_parse_schedule, ff_e2ee_bsf_load_keys, check_keys,
    };

    s->sealing = sealing;
    if (ff_e2ee_crypto_init()) {
        s->state = E2EE_STATE_INTERNAL_ERROR;
        av_log(bsf, AV_LOG_ERROR, "libgcrypt failed its test (%s): nothing "
               "can be sealed or opened.\n", ff_e2ee_crypto_failure());
        return AVERROR_EXTERNAL;
    }
    for (int i = 0; i < FF_ARRAY_ELEMS(steps); i++) {
        int ret = steps[i](bsf);

        if (ret < 0)
            return ret;
    }
    if (!sealing)
        av_bsf_free(&s->to_annexb);
    return 0;
}

av_cold void ff_e2ee_bsf_close(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;

    ff_e2ee_bsf_report_totals(bsf);
    ff_e2ee_bsf_wipe_keys(bsf);
    ff_e2ee_keyring_clear(&s->session.ring);
    for (int i = 0; i < E2EE_POOLS; i++)
        av_buffer_pool_uninit(&s->pools[i]);
    av_bsf_free(&s->to_annexb);
    av_freep(&s->schedule);
    av_freep(&s->metadata);
}

void ff_e2ee_bsf_flush(AVBSFContext *bsf)
{
    E2EEBSFContext *s = bsf->priv_data;

    if (s->nb_schedule)
        s->key_index = s->first_key_index;
    s->next_scheduled = 0;
    /* After a seek the same frames come again, and rightly. */
    memset(&s->session.replay, 0, sizeof(s->session.replay));
    if (s->to_annexb)
        av_bsf_flush(s->to_annexb);
}

AVBufferRef *ff_e2ee_bsf_buffer(AVBSFContext *bsf, size_t size)
{
    E2EEBSFContext *s = bsf->priv_data;
    int n = POOL_MIN;

    size += AV_INPUT_BUFFER_PADDING_SIZE;
    while (n < E2EE_POOLS - 1 && (size_t)1 << n < size)
        n++;
    if ((size_t)1 << n < size)
        return NULL;
    if (!s->pools[n])
        s->pools[n] = av_buffer_pool_init((size_t)1 << n, NULL);
    return s->pools[n] ? av_buffer_pool_get(s->pools[n]) : NULL;
}

void ff_e2ee_bsf_replace(AVPacket *pkt, AVBufferRef **buf, size_t size)
{
    av_buffer_unref(&pkt->buf);
    pkt->buf  = *buf;
    pkt->data = pkt->buf->data;
    pkt->size = size;
    memset(pkt->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    *buf = NULL;
}

int ff_e2ee_bsf_prepare(AVBSFContext *bsf, AVPacket *pkt)
{
    E2EEBSFContext *s = bsf->priv_data;
    int ret = ff_e2ee_bsf_load_keys(bsf);

    if (ret < 0)
        return ret;
    ff_e2ee_bsf_follow_schedule(bsf, pkt);
    s->session.key_index = s->key_index;
    if (s->enabled && pkt->size)
        return 1;
    if (!s->enabled && s->discard_not_ready) {
        av_packet_unref(pkt);
        return AVERROR(EAGAIN);
    }
    if (s->sealing && !s->enabled && pkt->size && !s->nb_passed)
        av_log(bsf, AV_LOG_WARNING, "Not enabled and discard_not_ready=0: "
               "frames pass in the clear.\n");
    s->nb_passed++;
    return 0;
}
