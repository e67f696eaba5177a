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

# What the tests of the filters on the command line share: TAP, media and a
# folder of their own. To be sourced; takes FFMPEG and FFPROBE.

. "${top_srcdir:-.}/tests/tap.sh"
: "${top_builddir:=.}"
: "${FFMPEG:=$top_builddir/build/bin/ffmpeg}"
: "${FFPROBE:=$top_builddir/build/bin/ffprobe}"
unset FFREPORT AV_LOG_FORCE_COLOR
export AV_LOG_FORCE_NOCOLOR=1

case $("$FFMPEG" -hide_banner -bsfs 2>/dev/null) in
*e2ee_encrypt*) ;;
*) skip_all "$FFMPEG has no e2ee filters" ;;
esac
cd "$work" || exit 99
umask 077

# 5, 7, ... or nothing for a version that is no number.
major=$("$FFMPEG" -version | sed -n '1s/^ffmpeg version n*\([0-9]*\).*/\1/p')

has_input_filters() { # -bsf in front of -i
    [ "${major:-99}" -ge 7 ]
}

ffmpeg() { # ARGUMENT...: output in out and err, the status in status
    "$FFMPEG" -nostdin -nostats -hide_banner -y "$@" >out 2>err </dev/null
    status=$?
    return $status
}

must() { # ARGUMENT...: ffmpeg, or there is no test
    ffmpeg -v error "$@" && return
    echo "Bail out! ffmpeg $*"
    sed 's/^/# /' err
    exit 99
}

picture=testsrc2=size=192x144:rate=15
tone=sine=frequency=440:sample_rate=48000

# What a meeting's encoders give, in NUT, which keeps everything.
make_media() { # CODEC SECONDS
    case $1 in
    opus)
        must -f lavfi -i "$tone:duration=$2" -c:a libopus opus.nut ;;
    vp8) # with another -cpu-used the bytes depend on how busy the machine is
        must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
            -c:v libvpx -deadline realtime -cpu-used -8 -lag-in-frames 0 \
            -auto-alt-ref 0 -g 15 vp8.nut ;;
    vp9)
        must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
            -c:v libvpx-vp9 -deadline realtime -lag-in-frames 0 \
            -auto-alt-ref 0 -g 15 vp9.nut ;;
    vp9-altref) # only two passes make hidden frames of so short a stream
        for pass in 1 2; do
            must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
                -c:v libvpx-vp9 -b:v 50k -lag-in-frames 25 -auto-alt-ref 1 \
                -pass $pass vp9-altref.nut
        done ;;
    av1)
        must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
            -c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0 \
            -g 15 av1.nut ;;
    h264)
        must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
            -c:v libx264 -preset ultrafast -tune zerolatency -bf 0 -g 15 \
            -x264-params slices=4 h264.nut ;;
    h265)
        must -f lavfi -i "$picture:duration=$2" -pix_fmt yuv420p \
            -c:v libx265 -preset ultrafast -tune zerolatency -g 15 \
            -x265-params log-level=none h265.nut ;;
    esac
}
