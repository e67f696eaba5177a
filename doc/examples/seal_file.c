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

/* seal_file INPUT OUTPUT KEY_FILE: seals the sound and the pictures of a file,
 * leaves out all else, and prints each change of a stream's state. */

#include <stdio.h>
#include <string.h>

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

#define MAX_STREAMS 16

/* One filter a stream; it does not start without a key. */
static int open_sealer(AVBSFContext **bsf, const AVStream *in,
                       const char *key_file, AVFormatContext *output)
{
    const AVBitStreamFilter *filter = av_bsf_get_by_name("e2ee_encrypt");
    AVStream *out = avformat_new_stream(output, NULL);
    int ret = filter && out ? av_bsf_alloc(filter, bsf)
                            : AVERROR_BSF_NOT_FOUND;

    if (ret < 0)
        return ret;
    (*bsf)->time_base_in = in->time_base;
    if ((ret = avcodec_parameters_copy((*bsf)->par_in, in->codecpar)) < 0 ||
        (ret = av_opt_set((*bsf)->priv_data, "key_file", key_file, 0)) < 0 ||
        (ret = av_bsf_init(*bsf)) < 0 ||
        (ret = avcodec_parameters_copy(out->codecpar, (*bsf)->par_out)) < 0)
        return ret;
    out->codecpar->codec_tag = 0; /* the container's own */
    out->time_base = (*bsf)->time_base_out;
    return out->index;
}

static void print_state(const AVPacket *pkt, AVRational time_base)
{
    static char last[MAX_STREAMS][32];
    AVDictionary *dict = NULL;
    const AVDictionaryEntry *state;
    size_t size;
    const uint8_t *data = av_packet_get_side_data(
        pkt, AV_PKT_DATA_STRINGS_METADATA, &size);

    if (data && av_packet_unpack_dictionary(data, size, &dict) >= 0 &&
        (state = av_dict_get(dict, "lavc.e2ee.state", NULL, 0)) &&
        strcmp(state->value, last[pkt->stream_index])) {
        snprintf(last[pkt->stream_index], 32, "%s", state->value);
        printf("stream %d, %.3f s: %s\n", pkt->stream_index,
               pkt->pts * av_q2d(time_base), state->value);
    }
    av_dict_free(&dict);
}

/* NULL at the end. A frame that cannot be sealed is an error. */
static int seal(AVBSFContext *bsf, AVPacket *pkt, AVPacket *sealed,
                AVFormatContext *output, int stream)
{
    int ret = av_bsf_send_packet(bsf, pkt);

    while (ret >= 0 && (ret = av_bsf_receive_packet(bsf, sealed)) >= 0) {
        sealed->stream_index = stream;
        print_state(sealed, bsf->time_base_out);
        av_packet_rescale_ts(sealed, bsf->time_base_out,
                             output->streams[stream]->time_base);
        ret = av_interleaved_write_frame(output, sealed);
    }
    return ret == AVERROR(EAGAIN) || ret == AVERROR_EOF ? 0 : ret;
}

int main(int argc, char **argv)
{
    AVFormatContext *in = NULL, *out = NULL;
    AVBSFContext *bsf[MAX_STREAMS] = { NULL };
    AVPacket *pkt = av_packet_alloc(), *sealed = av_packet_alloc();
    int stream[MAX_STREAMS], nb, ret;

    if (argc != 4 || !pkt || !sealed)
        return 2;
    if ((ret = avformat_open_input(&in, argv[1], NULL, NULL)) < 0 ||
        (ret = avformat_find_stream_info(in, NULL)) < 0 ||
        (ret = avformat_alloc_output_context2(&out, NULL, NULL,
                                              argv[2])) < 0)
        goto end;
    nb = FFMIN(in->nb_streams, MAX_STREAMS);
    for (int i = 0; i < nb && ret >= 0; i++) {
        enum AVMediaType type = in->streams[i]->codecpar->codec_type;

        if (type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_VIDEO)
            ret = stream[i] = open_sealer(&bsf[i], in->streams[i], argv[3],
                                          out);
    }
    if (ret < 0 || (ret = avio_open(&out->pb, argv[2], AVIO_FLAG_WRITE)) < 0 ||
        (ret = avformat_write_header(out, NULL)) < 0)
        goto end;
    while ((ret = av_read_frame(in, pkt)) >= 0) {
        int i = pkt->stream_index;

        if (i < nb && bsf[i])
            ret = seal(bsf[i], pkt, sealed, out, stream[i]);
        av_packet_unref(pkt);
        if (ret < 0)
            goto end;
    }
    if (ret == AVERROR_EOF)
        ret = 0;
    for (int i = 0; i < nb && ret >= 0; i++)
        if (bsf[i])
            ret = seal(bsf[i], NULL, sealed, out, stream[i]);
    if (ret >= 0)
        ret = av_write_trailer(out);

end:
    if (ret < 0)
        fprintf(stderr, "seal_file: %s\n", av_err2str(ret));
    for (int i = 0; i < MAX_STREAMS; i++)
        av_bsf_free(&bsf[i]);
    if (out)
        avio_closep(&out->pb);
    avformat_free_context(out);
    avformat_close_input(&in);
    av_packet_free(&pkt);
    av_packet_free(&sealed);
    return ret < 0;
}
