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

# What lint says of files, that what it says to do works, and that it has
# nothing to say of what is good. tests/tool/check_lint.c has every rule.

. "${top_srcdir:-.}/tests/tool/common.sh"

captures=${top_srcdir:-.}/../shared/captures
umask 077

lint() { # STATUS ARGUMENT...: output in out and err, report.json
    expected=$1
    shift
    "$E2EE_MEETING" lint --json report.json "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: e2ee-meeting lint $*"
        return 1
    }
}

told() { # LEVEL RULE, in both reports
    grep -Eq "^  $1: $2(,|\$)" out && grep -q "\"rule\": \"$2\"" report.json
}

not_told() { # RULE
    ! grep -Eq "^  [a-z]+: $1(,|\$)" out
}

says() { # TEXT: wherever its lines are broken
    tr -s ' \n' '  ' <out | grep -qF -e "$1"
}

# The fix that is printed for a rule, as arguments of ffmpeg.
mend() { # RULE FROM TO: encodes anew or copies, as the fix has it
    fix=$(tr -d '\n' <report.json | sed "s/.*\"rule\": \"$1\"//" |
        sed 's/[^{}]*"fix": "\([^"]*\)".*/\1/')
    case $fix in
    'encode anew: '*) eval "make_media $3 -i $2 ${fix#*: }" ;;
    *'or encode anew: '*) eval "make_media $3 -i $2 ${fix##*: }" ;;
    *) eval "make_media $3 -v fatal -i $2 -c copy $fix" ;;
    esac
}

picture=testsrc2=size=192x144:rate=15:duration=2
h264="-f lavfi -i $picture -pix_fmt yuv420p -c:v libx264 -preset ultrafast"
echo 'correct horse' >key
printf '1:text:correct horse\n' >key.1
# shellcheck disable=SC2086 # the words are the arguments
{
make_media camera.nut $h264 -tune zerolatency -g 15 -threads 1
make_media b.nut $h264 -bf 2
make_media slices.nut $h264 -tune zerolatency -slices 4
}
make_media camera.mp4 -i camera.nut -c copy
make_media vp8.webm -f lavfi -i $picture -pix_fmt yuv420p -c:v libvpx \
    -deadline realtime -cpu-used -8 -lag-in-frames 0 -auto-alt-ref 0
make_media voice.ogg -f lavfi -i sine=duration=2:sample_rate=48000 \
    -c:a libopus
for pass in 1 2; do
    make_media hidden.webm -f lavfi -i $picture -pix_fmt yuv420p \
        -c:v libvpx-vp9 -b:v 50k -lag-in-frames 25 -auto-alt-ref 1 \
        -pass $pass
done
make_media av1.mkv -f lavfi -i $picture -t 0.5 -pix_fmt yuv420p \
    -c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0

seal() { # FROM TO OPTIONS
    make_media "$2" -v fatal -i "$1" -c copy -bsf "e2ee_encrypt=$3"
}

check 'VP8 and Opus are good' lint 0 --level info vp8.webm voice.ogg
check 'nothing is found' test "$(grep -c '0 errors, 0 warnings, 0 notes' \
    out)" -eq 1
seal vp8.webm vp8-sealed.webm key_file=key
seal voice.ogg voice-sealed.ogg key_file=key
check 'sealed they are, too' lint 0 --level info vp8-sealed.webm \
    voice-sealed.ogg

# What x264 makes: its version as SEI of hundreds of bytes.
check 'SEI of 255 bytes and more' lint 1 camera.nut
check 'is told' told warning long-clear
check 'with the frame' says 'long-clear, 1 frame, first 0 at 0.000 s'
check 'and how long it is' says 'of them SEI'
check 'the fix works' mend long-clear camera.nut good.nut
check 'nothing is left' lint 0 good.nut
check 'but for what e2ee_encrypt mends' told info sets-apart
seal good.nut good-sealed.nut key_file=key
check 'sealed it is good' lint 0 --level info good-sealed.nut
check 'the level counts' lint 1 --level info good.nut
check 'below it nothing does' lint 0 --level error camera.nut

check 'B-frames' lint 1 b.nut
check 'are told' told warning b-frames
check 'and the SPS that goes with them' told warning sps-rewritten
check 'the fix works' mend b-frames b.nut mended.nut
lint 1 mended.nut
check 'no B-frames are left' not_told b-frames
check 'and a good SPS' not_told sps-rewritten
check 'several slices' lint 1 --level info slices.nut
check 'are a note' told info slices
check 'the fix works' mend slices slices.nut one.nut
lint 1 one.nut
check 'and one is left' not_told slices
check 'MP4' lint 1 camera.mp4
check 'has lengths' told info lengths
check 'and sets in its header' told info sets-apart

check 'VP9 with frames that are not shown' lint 1 hidden.webm
check 'is told' told warning vp9-hidden
check 'for this container only' lint 0 --to nut hidden.webm
lint 1 hidden.webm
check 'the fix works' mend vp9-hidden hidden.webm shown.webm
check 'and nothing is left' lint 0 shown.webm
check 'AV1 in Matroska' lint 1 av1.mkv
check 'is told' told warning av1-container
check 'that web clients refuse it, too' told warning av1
check 'a scheme without it' lint 1 --scheme stream --to nut av1.mkv
check 'refuses it' told error scheme-refuses

seal good.nut risk.mkv key_file=key
check 'key index 0 in Matroska' lint 1 risk.mkv
check 'is told' told warning zero-at-risk
seal good.nut safe.mkv key_index=1:key_file=key.1
check 'key index 1 is fine' lint 0 --level info safe.mkv

check 'a track that was never sealed' lint 1 vp8-sealed.webm voice.ogg
check 'is told' told error never-sealed
check 'two are only if they have to be' lint 1 --sealed vp8.webm voice.ogg
check 'both' test "$(grep -c never-sealed out)" -eq 2
seal vp8.webm first.webm \
    key_file=key:iv=111111111111111111111100
seal voice.ogg second.ogg \
    key_file=key:iv=111111111111111111111100
seal voice.ogg third.ogg \
    key_file=key:iv=111111112222222222222200
check 'IVs that come again' lint 1 first.webm second.ogg
check 'are an alarm' told error nonce-reuse
check 'IVs that begin alike' lint 1 first.webm third.ogg
check 'are a warning' told warning iv-shared
check 'a copy of a file' lint 0 vp8-sealed.webm vp8-sealed.webm
check 'is a repeat' told info nonce-repeat
head -c 10000 vp8-sealed.webm >cut.webm
check 'a file cut short has no clear frames' lint 0 cut.webm
check 'one key for too long' lint 1 --max-key-frames 10 vp8-sealed.webm
check 'is told' told warning no-rotation
check 'by time, too' lint 1 --max-key-time 1 vp8-sealed.webm

rules() {
    "$E2EE_MEETING" lint --list >out
}

check 'the rules are listed' rules
check 'each of them' says 'nonce-reuse: none before sealing, error in sealed'
check 'a level that is none' lint 2 --level loud vp8.webm
check 'a scheme that is none' lint 2 --scheme rot13 vp8.webm
check 'no file' lint 2
check 'a file that is none' lint 2 key
check 'in one line' test "$(wc -l <err)" -eq 1

# What real clients sealed gives no alarm.
if [ -d "$captures" ]; then
    for capture in p2p-h264-rtpdump p2p-vp8-rtpdump sfu-h264-escape-lk \
        sfu-h264-vs sfu-mute-screen-vp8 sfu-rotate-vp8 sfu-vp8-vs sfu-vp9-lk
    do
        set -- "$captures/$capture"/*.mjr "$captures/$capture"/*.pcap
        for file in "$@"; do
            shift
            [ ! -f "$file" ] || set -- "$@" "$file"
        done
        check "$capture is good" lint 0 --sealed "$@"
    done
    set -- "$captures/sfu-vp8-plain"/*.mjr
    check 'sfu-vp8-plain was never sealed' lint 1 --sealed "$@"
    check 'which is told' told error never-sealed
else
    skip 1 "there are no captures in $captures"
fi

finish
