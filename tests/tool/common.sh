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

# What the tests of e2ee-meeting share: TAP, media, a folder of their own.
# To be sourced; needs FFMPEG and E2EE_MEETING.

. "${top_srcdir:-.}/tests/tap.sh"
: "${FFMPEG:=ffmpeg}" "${E2EE_MEETING:=e2ee-meeting}"
cd "$work" || exit 99
unset NO_COLOR

"$FFMPEG" -version >/dev/null 2>&1 ||
    skip_all "there is no $FFMPEG to make media with"

meeting() { # STATUS ARGUMENT...: output in out and err
    expected=$1
    shift
    "$E2EE_MEETING" run "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: e2ee-meeting run $*"
        return 1
    }
}

make_media() { # FILE ARGUMENT...
    file=$1
    shift
    "$FFMPEG" -nostdin -v error -y "$@" "$file" || {
        echo "Bail out! $file could not be made"
        exit 99
    }
}

# A camera as files have it (4:4:4, B-frames, PCM sound), one as meetings
# have it, a screen and a voice.
make_all_media() {
    picture=testsrc2=size=192x144:rate=15:duration=2
    tone=sine=frequency=440:sample_rate=44100:duration=2
    make_media camera.mkv -filter_complex "$picture;$tone" \
        -pix_fmt yuv444p -c:v libx264 -preset veryfast -bf 3 -c:a pcm_s16le
    make_media plain.mp4 -filter_complex "$picture" -pix_fmt yuv420p \
        -c:v libx264 -preset veryfast -tune zerolatency -bf 0 -g 10
    make_media screen.webm -filter_complex "$picture" -pix_fmt yuv420p \
        -c:v libvpx -deadline realtime -cpu-used -8 -lag-in-frames 0 \
        -auto-alt-ref 0
    make_media voice.ogg -filter_complex "$tone" -ar 48000 -c:a libopus
    make_media voice.wav -filter_complex "$tone" -c:a pcm_s16le
}
