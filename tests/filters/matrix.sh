#!/bin/sh
# This file is part of ffmpeg-e2ee.
#
# ffmpeg-e2ee is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# ffmpeg-e2ee is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.
#
# You should have received a copy of the GNU Lesser General Public
# License along with ffmpeg-e2ee; if not, write to the Free Software
# Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA


# Every codec that a scheme takes, in every container that keeps it: each
# frame that went in comes out, and opens. What is not in the table a scheme
# does not take, a container refuses, or FFmpeg's parsers take to pieces
# there: a codec of which nothing readable stays clear (VP9 with livekit, all
# with sframe), and NAL units without escapes (jitsi, nextcloud, sframe).
# tests/filters/schemes.sh has what is refused, tests/filters/containers.sh the same for
# videosdk with the frames decoded.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

table='
dave      opus  mp4,nut,ogg
dave      vp8   ivf,mkv,webm,nut,ogg
dave      vp9   nut
dave      av1   mkv,webm,mp4,nut
dave      h264  mkv,mp4,nut,ts,h264
dave      h265  mkv,mp4,nut
jitsi     opus  mkv,webm,mp4,nut,ts,ogg
jitsi     vp8   ivf,mkv,webm,nut,ogg
jitsi     vp9   ivf,mkv,webm,mp4,nut
jitsi     av1   nut
jitsi     h264  nut
jitsi     h265  nut
livekit   opus  mkv,webm,mp4,nut,ts,ogg
livekit   vp8   ivf,mkv,webm,nut,ogg
livekit   vp9   nut
livekit   h264  mkv,mp4,nut,ts,h264
livekit   h265  mkv,mp4,nut
nextcloud opus  mkv,webm,mp4,nut,ts,ogg
nextcloud vp8   ivf,mkv,webm,nut,ogg
nextcloud vp9   ivf,mkv,webm,mp4,nut
nextcloud av1   nut
nextcloud h264  nut
nextcloud h265  nut
sframe    opus  mp4,nut,ogg
sframe    vp8   nut
sframe    vp9   nut
sframe    av1   nut
sframe    h264  nut
sframe    h265  nut
stream    opus  mkv,webm,mp4,nut,ts,ogg
stream    vp8   ivf,mkv,webm,nut,ogg
stream    vp9   ivf,mkv,webm,mp4,nut
stream    h264  mkv,mp4,nut,h264
videosdk  opus  mkv,webm,mp4,nut,ts,ogg
videosdk  vp8   ivf,mkv,webm,nut,ogg
videosdk  vp9   ivf,mkv,webm,mp4,nut
videosdk  av1   nut
videosdk  h264  mkv,mp4,nut,ts,h264
videosdk  h265  mkv,mp4,nut
'

seal_all() { # SCHEME CODEC CONTAINERS: one run for all of them
    # shellcheck disable=SC2046 # the containers are words
    set -- "$1" "$2" $(echo "$3" | tr , ' ')
    scheme=$1
    codec=$2
    shift 2
    for container; do
        set -- "$@" -c copy -bsf \
            "e2ee_encrypt=scheme=$scheme:key_file=room.key:key_index=1" \
            "sealed.$container"
        shift
    done
    ffmpeg -i "$codec.nut" "$@"
}

# MP4 ends Opus where its sound ends, within the last frame.
comes_back() { # SCHEME CODEC CONTAINER
    nb_frames=$("$FFPROBE" -v error -count_packets -show_entries \
        stream=nb_read_packets -of csv=p=0 "$2.nut")
    [ "$2 $3" != 'opus mp4' ] || nb_frames=$((nb_frames - 1))
    ffmpeg -v verbose -i "sealed.$3" -c copy \
        -bsf "e2ee_decrypt=scheme=$1:key_file=room.key" -f null -
    grep "^\[e2ee_decrypt @.* $nb_frames of $nb_frames frames opened\$" err
}

printf '%s\n' '0:hex:000102030405060708090a0b0c0d0e0f' \
    '1:hex:101112131415161718191a1b1c1d1e1f' >room.key
for codec in opus vp8 vp9 av1 h264 h265; do
    make_media $codec 2
done

echo "$table" | sed '/^$/d' >rows
while read -r scheme codec containers; do
    rm -f sealed.*
    check "$scheme: $codec is sealed" seal_all "$scheme" "$codec" "$containers"
    for container in $(echo "$containers" | tr , ' '); do
        check "$scheme: $codec in $container" \
            comes_back "$scheme" "$codec" "$container"
    done
done <rows
finish
