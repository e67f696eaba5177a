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

/**
 * @file
 * Sealed frames out of whatever a meeting left behind: captures of RTP and
 * containers, many files at once, behind one interface.
 *
 *     file > records > RTP streams > jitter buffer > frames > input_read()
 */

#ifndef TOOLS_CAPTURE_INPUT_H
#define TOOLS_CAPTURE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

typedef struct Input Input;

typedef struct InputSetup {
    const char *format;       ///< of the files; NULL: found by content
    const char *sdp;          ///< file that describes the RTP; NULL: none
    const char *const *maps;  ///< payload types: "96=vp8/90000", "97=rtx/96",
                              ///< "63=red", "117=ulpfec"
    int         nb_maps;
    const char *srtp_keys;    ///< file of hop keys: SDES lines or a key log
    int64_t     deadline;     ///< how long a gap waits in the capture's time,
                              ///< microseconds; 0: 1 s
    bool        sframe;       ///< the payload is SFrame's RTP payload format
} InputSetup;

/** One stream of frames. Counters grow as frames are read. */
typedef struct InputTrack {
    int         index;
    const char *file;         ///< as it was named
    char        label[64];    ///< unique and short, for people: "video",
                              ///< "screen", "ssrc 0x1234abcd"
    const char *kind;         ///< audio, video, share, share_audio
    AVCodecParameters *par;   ///< codec, NONE if not known (no frames come
                              ///< then); of sealed video no sizes
    AVRational  time_base;    ///< of the frames
    const char *codec_from;   ///< how the codec is known: "mjr header", "SDP",
                              ///< "--map", "container", "guessed", "nothing"
    /* RTP only, zero for containers */
    bool        rtp;
    uint32_t    ssrc;
    int         payload_type;
    uint64_t    nb_packets, nb_bytes, nb_lost, nb_duplicates, nb_reordered;
    uint64_t    nb_late, nb_gaps, nb_padded, nb_rtx, nb_red, nb_fec;
    uint64_t    nb_restarts;  ///< SSRC or sequence began anew
    uint64_t    nb_undecrypted; ///< SRTP packets that did not open
    uint64_t    nb_incomplete;///< frames that lack packets
    /* all */
    uint64_t    nb_frames;    ///< whole ones, given out
    const char *container;    ///< libavformat's name; NULL: it came as RTP
    char        language[16]; ///< as the container has it; "" if it has none
} InputTrack;

/** What one file holds besides tracks. Counters grow as it is read. */
typedef struct InputFileInfo {
    const char *name;         ///< as it was named; "standard input"
    const char *format;       ///< pcap, rtpdump, mjr, container
    uint64_t    nb_records;   ///< datagrams, or packets of a container
    uint64_t    nb_rtp, nb_rtcp, nb_stun, nb_dtls;
    uint64_t    nb_other;     ///< none of these, or not UDP
    uint64_t    nb_fragments; ///< of IP; skipped
    uint64_t    nb_cut;       ///< recorded in part; skipped
    uint64_t    nb_malformed; ///< impossible headers; skipped
    uint64_t    nb_unknown;   ///< RTP whose stream or payload type nothing
                              ///< explains; skipped
    uint64_t    nb_undecrypted; ///< SRTP that no hop key opened
    bool        damaged;      ///< ends before its end; a line said so
} InputFileInfo;

/** What is known of a frame besides its bytes. */
typedef struct InputFrame {
    int64_t  time;        ///< in common with the other tracks, microseconds
                          ///< from the earliest frame of all
    uint64_t number;      ///< of the track's frames, incomplete ones counted
    unsigned nb_packets;  ///< 0: from a container
    bool     whole;       ///< false: packets are missing, the packet is empty
    bool     gap_before;  ///< packets missing right before it
    bool     padded;      ///< RTP padding was taken off its last packet
    bool     red, rtx;    ///< came in a RED or RTX packet
    /** The bytes that RTP carried behind the frame's end and that were taken
     *  off: padding; NULL if there were none. For `probe`. */
    const uint8_t *tail;
    size_t   tail_size;
} InputFrame;

/**
 * Open files ("-": standard input). What cannot be read is told in one line
 * with the file and the place.
 *
 * @return 0 or a negative AVERROR
 */
int input_open(Input **input, const char *const *files, int nb_files,
               const InputSetup *setup);

/**
 * Next frame of any track, about in the order of time.
 *
 * @param[out] packet its pts in the track's time base
 * @param[out] track  may be new
 * @return 0, AVERROR_EOF, or another negative AVERROR after an error line
 */
int input_read(Input *input, AVPacket *packet, InputFrame *frame,
               InputTrack **track);

/** Tracks known so far. */
int         input_nb_tracks(const Input *input);
InputTrack *input_track(const Input *input, int index);

int         input_nb_files(const Input *input);
const InputFileInfo *input_file(const Input *input, int index);

/** Bytes read and bytes in all files; the latter 0 if not known. */
void input_progress(const Input *input, uint64_t *done, uint64_t *all);

void input_free(Input **input);

#endif /* TOOLS_CAPTURE_INPUT_H */
