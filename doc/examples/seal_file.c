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

/* seal_file INPUT OUTPUT KEY_FILE: seals all tracks of a file and prints each
 * change of their states. Ends at the first error, with an output that was not
 * finished. */

#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

static AVFormatContext *in, *out;
static AVPacket *pkt;

static int must(int ret, const char *what)
{
    if (ret < 0 && ret != AVERROR(EAGAIN) && ret != AVERROR_EOF) {
        fprintf(stderr, "seal_file: %s: %s\n", what, av_err2str(ret));
        exit(1);
    }
    return ret;
}

/* One filter a track; it does not start without a key. */
static AVBSFContext *add_track(const AVStream *from, const char *key_file)
{
    AVStream *to = avformat_new_stream(out, NULL);
    AVBSFContext *bsf;

    must(to ? 0 : AVERROR(ENOMEM), "a track");
    must(av_bsf_list_parse_str("e2ee_encrypt", &bsf), "e2ee_encrypt");
    bsf->time_base_in = from->time_base;
    must(avcodec_parameters_copy(bsf->par_in, from->codecpar), "a track");
    must(av_opt_set(bsf->priv_data, "report", "changes", 0), "report");
    must(av_opt_set(bsf->priv_data, "key_file", key_file, 0), key_file);
    must(av_bsf_init(bsf), key_file);
    must(avcodec_parameters_copy(to->codecpar, bsf->par_out), "a track");
    to->codecpar->codec_tag = 0; /* the container's own */
    to->time_base = bsf->time_base_out;
    return bsf;
}

static void print_state(AVRational time_base)
{
    size_t size;
    const uint8_t *data = av_packet_get_side_data(
        pkt, AV_PKT_DATA_STRINGS_METADATA, &size);
    AVDictionary *dict = NULL;
    AVDictionaryEntry *state;

    if (data && !av_packet_unpack_dictionary(data, size, &dict) &&
        (state = av_dict_get(dict, "lavc.e2ee.state", NULL, 0)))
        printf("stream %d, %.3f s: %s\n", pkt->stream_index,
               pkt->pts * av_q2d(time_base), state->value);
    av_dict_free(&dict);
}

/* Seals the packet; no packet: ends the track. */
static void seal(AVBSFContext *bsf, int track, AVPacket *packet)
{
    must(av_bsf_send_packet(bsf, packet), "sealing");
    while (must(av_bsf_receive_packet(bsf, pkt), "sealing") >= 0) {
        pkt->stream_index = track;
        print_state(bsf->time_base_out);
        av_packet_rescale_ts(pkt, bsf->time_base_out,
                             out->streams[track]->time_base);
        must(av_interleaved_write_frame(out, pkt), "writing");
    }
}

int main(int argc, char **argv)
{
    AVBSFContext *bsf[16] = { NULL };

    if (argc != 4 || !(pkt = av_packet_alloc()))
        return 2;
    must(avformat_open_input(&in, argv[1], NULL, NULL), argv[1]);
    must(avformat_find_stream_info(in, NULL), argv[1]);
    must(avformat_alloc_output_context2(&out, NULL, NULL, argv[2]), argv[2]);
    must(in->nb_streams > 16 ? AVERROR_PATCHWELCOME : 0, argv[1]);
    for (unsigned i = 0; i < in->nb_streams; i++)
        bsf[i] = add_track(in->streams[i], argv[3]);
    must(avio_open(&out->pb, argv[2], AVIO_FLAG_WRITE), argv[2]);
    must(avformat_write_header(out, NULL), argv[2]);
    while (must(av_read_frame(in, pkt), argv[1]) >= 0) {
        if (pkt->stream_index < (int)out->nb_streams) /* else it came late */
            seal(bsf[pkt->stream_index], pkt->stream_index, pkt);
        av_packet_unref(pkt);
    }
    for (unsigned i = 0; i < out->nb_streams; i++) {
        seal(bsf[i], i, NULL);
        av_bsf_free(&bsf[i]); /* wipes the keys */
    }
    must(av_write_trailer(out), argv[2]);
    must(avio_closep(&out->pb), argv[2]);
    avformat_free_context(out);
    avformat_close_input(&in);
    av_packet_free(&pkt);
    return 0;
}
