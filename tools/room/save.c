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

#include <errno.h>
#include <sys/stat.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "media/key_frame.h"
#include "media/mux.h"
#include "open/playable.h"
#include "report/log.h"
#include "save.h"

/** One track at one receiver, opened or sealed. */
typedef struct SavedFile {
    char      *name;
    Muxer     *muxer;
    int        stream;
    AVRational time_base;
    int64_t    last;      ///< time of the latest packet
} SavedFile;

struct Saver {
    const char *directory;
    bool        sealed;
    const Room *room;
    int         nb_tracks, nb_receivers;
    SavedFile  *files;    ///< by receiver, track and whether it is opened
    AVPacket   *packet;
    int         error;
};

/* NUT keeps sealed frames as they are, whatever the codec. */
static const char *extension(enum AVCodecID codec, bool opened)
{
    if (!opened)
        return "nut";
    return codec == AV_CODEC_ID_VP8 || codec == AV_CODEC_ID_VP9 ||
           codec == AV_CODEC_ID_OPUS ? "webm" : "mkv";
}

int saver_open(Saver **saver, const char *directory, bool sealed)
{
    Saver *s = *saver = av_mallocz(sizeof(*s));

    if (!s || !(s->packet = av_packet_alloc())) {
        saver_free(saver);
        return AVERROR(ENOMEM);
    }
    s->directory = directory;
    s->sealed    = sealed;
    if (mkdir(directory, 0777) < 0 && errno != EEXIST) {
        int ret = AVERROR(errno);

        log_error("%s: %s; name a directory that can be made", directory,
                  av_err2str(ret));
        saver_free(saver);
        return ret;
    }
    return 0;
}

int saver_begin(Saver *s, const Room *room)
{
    s->room         = room;
    s->nb_tracks    = room_nb_tracks(room);
    s->nb_receivers = room_nb_participants(room);
    s->files = av_calloc((size_t)s->nb_tracks * s->nb_receivers * 2 + 1,
                         sizeof(*s->files));
    return s->files ? 0 : AVERROR(ENOMEM);
}

/* What the file's header has to say. */
static int describe(AVCodecParameters *par, const RoomTrack *track,
                    const AVPacket *packet, bool opened)
{
    par->codec_type = track->par->codec_type;
    par->codec_id   = track->par->codec_id;
    if (opened || par->codec_type == AVMEDIA_TYPE_AUDIO)
        return playable_parameters(par, packet);
    par->width  = track->par->width;
    par->height = track->par->height;
    return 0;
}

static int begin_file(Saver *s, SavedFile *file, int receiver, int track,
                      const AVPacket *packet, bool opened)
{
    AVCodecParameters *par = avcodec_parameters_alloc();
    MuxerSetup  setup  = { 0 };
    MuxerStream stream = { .par = par };
    RoomTrack t;
    int ret = AVERROR(ENOMEM);

    room_track(s->room, track, &t);
    file->time_base = stream.time_base = t.time_base;
    file->last      = INT64_MIN;
    file->name = av_asprintf("%s/%s-%s-%s-%d%s.%s", s->directory,
                             room_participant(s->room, receiver), t.sender,
                             t.kind, track, opened ? "" : "-sealed",
                             extension(t.par->codec_id, opened));
    setup.name = file->name;
    if (par && file->name)
        ret = describe(par, &t, packet, opened);
    if (ret >= 0 && (ret = muxer_open(&file->muxer, &setup)) >= 0 &&
        (ret = muxer_add(file->muxer, &stream)) >= 0) {
        file->stream = ret;
        ret = muxer_start(file->muxer);
    }
    avcodec_parameters_free(&par);
    if (!file->muxer)
        av_freep(&file->name);
    return ret;
}

static bool is_key(const Saver *s, int track, const AVPacket *packet)
{
    RoomTrack t;

    room_track(s->room, track, &t);
    return frame_is_key(t.par->codec_id, packet->data, packet->size);
}

/* A player has to be able to begin with the first frame. */
static int write_frame(Saver *s, SavedFile *file, int receiver, int track,
                       const AVPacket *packet, bool opened)
{
    bool key = opened && is_key(s, track, packet);
    int ret;

    if (!file->muxer && opened && !key)
        return 0;
    if (!file->muxer &&
        (ret = begin_file(s, file, receiver, track, packet, opened)) < 0)
        return ret == AVERROR_INVALIDDATA ? 0 : ret;
    if ((ret = av_packet_ref(s->packet, packet)) < 0)
        return ret;
    av_packet_free_side_data(s->packet);
    s->packet->flags = key || !opened ? AV_PKT_FLAG_KEY : 0;
    /* The server's own frames come at times of their own. */
    if (file->last != INT64_MIN &&
        (s->packet->pts <= file->last ||
         s->packet->pts > file->last + 60 * (int64_t)file->time_base.den))
        s->packet->pts = file->last + 1;
    file->last = s->packet->dts = s->packet->pts;
    ret = muxer_write(file->muxer, file->stream, s->packet);
    av_packet_unref(s->packet);
    return ret;
}

void saver_frame(void *saver, int receiver, int track, const AVPacket *packet,
                 bool opened)
{
    Saver *s = saver;
    SavedFile *file = &s->files[((size_t)receiver * s->nb_tracks + track) *
                                2 + opened];

    if ((opened || s->sealed) && packet->size && s->error >= 0)
        s->error = write_frame(s, file, receiver, track, packet, opened);
}

int saver_finish(Saver *s)
{
    int nb = 2 * s->nb_tracks * s->nb_receivers;

    for (int i = 0; i < nb && s->error >= 0; i++)
        if (s->files[i].muxer)
            s->error = muxer_finish(&s->files[i].muxer);
    return s->error;
}

void saver_free(Saver **saver)
{
    Saver *s = *saver;

    if (!s)
        return;
    for (int i = 0; s->files && i < 2 * s->nb_tracks * s->nb_receivers; i++) {
        muxer_free(&s->files[i].muxer);
        av_free(s->files[i].name);
    }
    av_packet_free(&s->packet);
    av_free(s->files);
    av_freep(saver);
}
