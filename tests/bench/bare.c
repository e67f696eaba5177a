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


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gcrypt.h>
#include <libavformat/avformat.h>
#include <libavutil/common.h>
#include <libavutil/mem.h>

#include "bare.h"
#include "media/source.h"
#include "net/datagram_io.h"
#include "net/rtp.h"

#define MTU      1200
#define IV_SIZE  12
#define TAG_SIZE 16
#define TRAILER  (TAG_SIZE + IV_SIZE + 2) ///< LiveKit's and VideoSDK's

typedef struct Frame {
    uint8_t *plain, *sealed;
    size_t   clear, size;  ///< sealed has TRAILER more
    uint8_t  iv[IV_SIZE], tag[TAG_SIZE];
    int64_t  pts;
    int      flags;
} Frame;

typedef struct Piece {
    uint8_t data[MTU];
    int     size;
} Piece;

struct BareTrack {
    Source           *source;
    gcry_cipher_hd_t  cipher;
    Frame            *frames;
    size_t            nb_frames, room_frames;
    uint8_t          *out;
    size_t            max_size;
    Piece            *pieces;
    size_t            nb_pieces, room_pieces, next_piece;
    bool              keeping;
    char              sdp[2048];
};

static void *must(void *allocated)
{
    if (!allocated)
        abort();
    return allocated;
}

static void must_be_0(gcry_error_t error)
{
    if (error)
        abort();
}

double bare_cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* What is clear of VP8 and Opus, so that one file serves all its kinds. */
static size_t clear_bytes(const AVCodecParameters *par, const AVPacket *packet)
{
    size_t clear = par->codec_type == AVMEDIA_TYPE_AUDIO ? 1 :
                   packet->flags & AV_PKT_FLAG_KEY ? 10 : 3;

    return FFMIN(clear, (size_t)packet->size);
}

static void add_frame(BareTrack *t, const AVPacket *packet)
{
    Frame *f;

    if (t->nb_frames == t->room_frames) {
        t->room_frames = t->room_frames ? 2 * t->room_frames : 256;
        t->frames = must(av_realloc_array(t->frames, t->room_frames,
                                          sizeof(*t->frames)));
    }
    f  = &t->frames[t->nb_frames++];
    *f = (Frame){
        .plain  = must(av_memdup(packet->data, packet->size)),
        .sealed = must(av_mallocz(packet->size + TRAILER +
                                  AV_INPUT_BUFFER_PADDING_SIZE)),
        .clear  = clear_bytes(source_parameters(t->source), packet),
        .size   = packet->size, .pts = packet->pts, .flags = packet->flags,
    };
    memcpy(f->iv, &t->nb_frames, sizeof(t->nb_frames));
    t->max_size = FFMAX(t->max_size, f->size);
}

static int read_frames(BareTrack *t, int64_t length)
{
    const AVRational base = source_time_base(t->source);
    AVPacket *packet = must(av_packet_alloc());
    int64_t pts;
    int ret;

    while ((ret = source_next(t->source, &pts)) >= 0 &&
           av_rescale_q(pts, base, AV_TIME_BASE_Q) < length &&
           (ret = source_read(t->source, false, packet)) >= 0) {
        add_frame(t, packet);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return ret == AVERROR_EOF ? 0 : ret;
}

static void seal(BareTrack *t, Frame *f)
{
    must_be_0(gcry_cipher_setiv(t->cipher, f->iv, IV_SIZE));
    must_be_0(gcry_cipher_authenticate(t->cipher, f->plain, f->clear));
    must_be_0(gcry_cipher_encrypt(t->cipher, f->sealed + f->clear,
                                  f->size - f->clear, f->plain + f->clear,
                                  f->size - f->clear));
    must_be_0(gcry_cipher_gettag(t->cipher, f->tag, TAG_SIZE));
}

double bare_seal(BareTrack *t)
{
    double start = bare_cpu();

    for (size_t i = 0; i < t->nb_frames; i++)
        seal(t, &t->frames[i]);
    return bare_cpu() - start;
}

double bare_open(BareTrack *t)
{
    double start = bare_cpu();

    for (size_t i = 0; i < t->nb_frames; i++) {
        Frame *f = &t->frames[i];

        must_be_0(gcry_cipher_setiv(t->cipher, f->iv, IV_SIZE));
        must_be_0(gcry_cipher_authenticate(t->cipher, f->sealed, f->clear));
        must_be_0(gcry_cipher_decrypt(t->cipher, t->out, f->size - f->clear,
                                      f->sealed + f->clear,
                                      f->size - f->clear));
        must_be_0(gcry_cipher_checktag(t->cipher, f->tag, TAG_SIZE));
    }
    return bare_cpu() - start;
}

static int take_piece(void *opaque, WrittenByte *data, int size)
{
    BareTrack *t = opaque;
    Piece *p;

    if (!t->keeping || !rtp_is_media(data, size))
        return size;
    if (t->nb_pieces == t->room_pieces) {
        t->room_pieces = t->room_pieces ? 2 * t->room_pieces : 1024;
        t->pieces = must(av_realloc_array(t->pieces, t->room_pieces,
                                          sizeof(*t->pieces)));
    }
    p = &t->pieces[t->nb_pieces++];
    memcpy(p->data, data, size);
    p->size = size;
    return size;
}

static AVIOContext *open_io(int size, int writable, void *opaque,
                            int (*read)(void *, uint8_t *, int))
{
    AVIOContext *io = avio_alloc_context(must(av_malloc(size)), size,
                                         writable, opaque, read, take_piece,
                                         NULL);

    must(io);
    io->max_packet_size = size;
    return io;
}

static void close_io(AVIOContext **io)
{
    av_freep(&(*io)->buffer);
    avio_context_free(io);
}

static AVFormatContext *open_muxer(BareTrack *t)
{
    AVFormatContext *muxer = NULL;
    AVDictionary *options  = NULL;
    AVStream *stream;

    if (avformat_alloc_output_context2(&muxer, NULL, "rtp", NULL) < 0)
        abort();
    muxer->pb          = open_io(MTU, 1, t, NULL);
    muxer->packet_size = MTU;
    muxer->flags      |= AVFMT_FLAG_CUSTOM_IO;
    muxer->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    stream             = must(avformat_new_stream(muxer, NULL));
    if (avcodec_parameters_copy(stream->codecpar,
                                source_parameters(t->source)) < 0)
        abort();
    stream->codecpar->codec_tag = 0;
    stream->time_base           = source_time_base(t->source);
    av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    av_dict_set_int(&options, "payload_type", 96, 0);
    if (avformat_write_header(muxer, &options) < 0 ||
        av_sdp_create(&muxer, 1, t->sdp, sizeof(t->sdp)) < 0)
        abort();
    av_dict_free(&options);
    return muxer;
}

double bare_pack(BareTrack *t)
{
    AVFormatContext *muxer = open_muxer(t);
    AVPacket *packet       = must(av_packet_alloc());
    double start           = bare_cpu();

    for (size_t i = 0; i < t->nb_frames; i++) {
        const Frame *f = &t->frames[i];

        packet->data  = f->sealed;
        packet->size  = f->size + TRAILER;
        packet->flags = f->flags;
        packet->pts   = packet->dts = f->pts;
        if (av_write_frame(muxer, packet) < 0)
            abort();
        avio_flush(muxer->pb);
    }
    start = bare_cpu() - start;
    av_packet_free(&packet);
    av_write_trailer(muxer);
    close_io(&muxer->pb);
    avformat_free_context(muxer);
    return start;
}

static int read_sdp(void *opaque, uint8_t *data, int size)
{
    const char **sdp = opaque;
    int taken        = FFMIN(strlen(*sdp), (size_t)size);

    memcpy(data, *sdp, taken);
    *sdp += taken;
    return taken ? taken : AVERROR_EOF;
}

static int read_piece(void *opaque, uint8_t *data, int size)
{
    BareTrack *t = opaque;
    const Piece *p;

    if (t->next_piece == t->nb_pieces)
        return AVERROR_EOF;
    p = &t->pieces[t->next_piece++];
    if (p->size > size)
        abort();
    memcpy(data, p->data, p->size);
    return p->size;
}

static AVFormatContext *open_demuxer(BareTrack *t)
{
    AVFormatContext *demuxer = must(avformat_alloc_context());
    AVDictionary *options    = NULL;
    const char *sdp          = t->sdp;
    AVIOContext *text        = open_io(4096, 0, &sdp, read_sdp);

    demuxer->pb     = text;
    demuxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_NOPARSE |
                      AVFMT_FLAG_NOFILLIN;
    av_dict_set(&options, "sdp_flags", "custom_io", 0);
    av_dict_set(&options, "reorder_queue_size", "0", 0);
    if (avformat_open_input(&demuxer, NULL, av_find_input_format("sdp"),
                            &options) < 0)
        abort();
    av_dict_free(&options);
    close_io(&text);
    demuxer->pb   = open_io(65536, 1, t, read_piece);
    t->next_piece = 0;
    return demuxer;
}

double bare_unpack(BareTrack *t)
{
    AVFormatContext *demuxer = open_demuxer(t);
    AVPacket *packet         = must(av_packet_alloc());
    AVIOContext *io          = demuxer->pb;
    size_t nb                = 0;
    double start             = bare_cpu();

    while (av_read_frame(demuxer, packet) >= 0) {
        nb++;
        av_packet_unref(packet);
    }
    start = bare_cpu() - start;
    if (nb < t->nb_frames) {
        fprintf(stderr, "libavformat gave %zu of %zu frames back\n", nb,
                t->nb_frames);
        abort();
    }
    av_packet_free(&packet);
    avformat_close_input(&demuxer);
    close_io(&io);
    return start;
}

int bare_track_open(BareTrack **track, const char *file, const char *stream,
                    TrackKind kind, int64_t length)
{
    static const uint8_t key[16] = { 1 };
    const MediaSource media = {
        .file = (char *)file, .stream = (char *)stream, .loop = true,
    };
    const SourceSetup setup = {
        .media = &media, .kind = kind, .video_codec = AV_CODEC_ID_VP8,
    };
    BareTrack *t = *track = must(av_mallocz(sizeof(*t)));
    int ret = source_open(&t->source, &setup);

    if (ret < 0 || (ret = read_frames(t, length)) < 0)
        return ret;
    must_be_0(gcry_cipher_open(&t->cipher, GCRY_CIPHER_AES128,
                               GCRY_CIPHER_MODE_GCM, 0));
    must_be_0(gcry_cipher_setkey(t->cipher, key, sizeof(key)));
    t->out = must(av_malloc(t->max_size));
    for (size_t i = 0; i < t->nb_frames; i++)
        memcpy(t->frames[i].sealed, t->frames[i].plain, t->frames[i].clear);
    bare_seal(t);
    t->keeping = true;
    bare_pack(t);
    t->keeping = false;
    return 0;
}

size_t bare_nb_frames(const BareTrack *t)
{
    return t->nb_frames;
}

size_t bare_nb_packets(const BareTrack *t)
{
    return t->nb_pieces;
}

size_t bare_nb_bytes(const BareTrack *t)
{
    size_t size = 0;

    for (size_t i = 0; i < t->nb_frames; i++)
        size += t->frames[i].size;
    return size;
}

void bare_track_free(BareTrack **track)
{
    BareTrack *t = *track;

    if (!t)
        return;
    for (size_t i = 0; i < t->nb_frames; i++) {
        av_free(t->frames[i].plain);
        av_free(t->frames[i].sealed);
    }
    gcry_cipher_close(t->cipher);
    source_free(&t->source);
    av_free(t->frames);
    av_free(t->pieces);
    av_free(t->out);
    av_freep(track);
}
